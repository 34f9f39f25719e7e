"""Plays the doubts of a scenario at every value of the one key that a sweep varies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.execute.case import with_mean_faults
from sim.execute.runner import Runner
from sim.findings.chances import DoubtRange
from sim.folder.rows import Range
from sim.folder.tables import read_table
from sim.scenario.checks.semantic import contradictions
from sim.scenario.language.load import settles_doubt
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import Option, doubt_options
from sim.scenario.problems import ScenarioError
from sim.stats.alternatives import ranges_over
from sim.stats.design import FILE, DesignPoint, Factor
from sim.stats.summary import Kind, Summary
from sim.studies.factors import overrides
from sim.studies.study import OwnCode
from sim.studies.what_ifs import DOUBT_RUNS, doubt_cases, first_replications, play_doubts

Doubts = Mapping[str, tuple[Any, ...]]
"""Values by path, as a scenario has its doubts."""

PointRanges = Mapping[tuple[str, str, Kind], DoubtRange]
"""The range over the doubts of every chance at a point, by stage, team and kind."""


def doubts_of_sweep(
    scenario: Scenario, factors: Sequence[Factor], given: Mapping[str, Any], pasts: Sequence[str | None]
) -> Doubts:
    """Return the doubts of a scenario that a sweep plays, without those about what is `given` or varies.

    None where more than one key varies, or whole files do. Nor where what varies bears on facts: each doubt
    would take an inference of its own at every value.
    """
    if len(factors) != 1 or factors[0].path == FILE or len({*pasts} - {None}) > 1:
        return {}
    # A window that varies is several paths.
    varied = overrides(scenario.settled(), {factors[0].path: factors[0].levels[0]})
    return {
        doubt: values
        for doubt, values in scenario.doubts.items()
        if not any(settles_doubt(path, doubt) for path in (*given, *varied))
    }


def play_doubts_of_points(
    points: Sequence[DesignPoint],
    summaries: Sequence[Summary],
    doubts: Doubts,
    code: OwnCode,
    seed: int,
    ranges: Sequence[Range],
    runner: Runner,
) -> dict[int, PointRanges]:
    """Return the ranges of all chances at each point by its place, choices at their default.

    `sim run` gives the same ranges at the same value. A point at which a doubt makes no scenario has none; of
    many points only some are looked at.
    """
    rows, made = {}, _DoubtMaker()
    for i in _looked_at([i for i, point in enumerate(points) if point.default]):
        point = points[i]
        if doubts:
            scenario = point.scenario.model_copy(update={"doubts": dict(doubts)})
            here = runner.inform(with_mean_faults(code.case(scenario, seed)))
            if options := made.at(here.scenario):
                rows[i] = doubt_cases(here, options)
    few = first_replications(ranges, DOUBT_RUNS)
    # Points by themselves: a sweep may have thousands, and what they share is remembered between groups.
    played = play_doubts([[row] for row in rows.values()], few, runner)
    return {i: ranges_over(summaries[i], shifts) for i, (shifts,) in zip(rows, played, strict=True)}


MOST_LOOKED_AT, FEW_LOOKED_AT = 16, 9
"""Up to so many points doubts are played at each, of more at so few of them: a range changes slowly."""


def _looked_at(places: Sequence[int]) -> Sequence[int]:
    """All of them, or, of many, some that lie evenly, the first and the last among them."""
    if len(places) <= MOST_LOOKED_AT:
        return places
    return [places[i] for i in np.linspace(0, len(places) - 1, FEW_LOOKED_AT).round().astype(int)]


class _DoubtMaker:
    """Makes the doubts of points; a block that a doubt changes is checked once where all points have it."""

    def __init__(self) -> None:
        self._known: tuple[Scenario, list[Option]] | None = None

    def at(self, scenario: Scenario) -> list[Option]:
        """Return the doubts of a scenario; none where one of them makes no scenario."""
        try:
            if self._known is None:
                self._known = scenario, doubt_options(scenario)
                return self._known[1]
            found = [swap_blocks(scenario, self._known[0], option) for option in self._known[1]]
            return doubt_options(scenario) if None in found else [each for each in found if each]
        except ScenarioError:
            return []


def swap_blocks(scenario: Scenario, first: Scenario, option: Option) -> Option | None:
    """Return an option of `first` as one of another scenario that has the same blocks where it changes any.

    To check a whole scenario anew takes ten milliseconds. None where the blocks are not the same, or
    contradict what the scenario has elsewhere.
    """
    changed = [name for name in _BLOCKS if getattr(option.scenario, name) != getattr(first, name)]
    if any(getattr(scenario, name) != getattr(first, name) for name in changed):
        return None
    swapped = {name: getattr(option.scenario, name) for name in changed}
    found = scenario.settled().model_copy(update=swapped)
    return None if contradictions(found) else replace(option, scenario=found)


_BLOCKS = [name for name in Scenario.model_fields if name not in ("choices", "doubts")]


def leaving_of(ranges: PointRanges) -> dict[str, DoubtRange]:
    """Return the ranges of the chances of leaving at any stage, by team."""
    return {team: ends for (_, team, kind), ends in ranges.items() if kind == "leaves_at_all"}


def read_ranges(file: Path) -> dict[int, dict[str, DoubtRange]]:
    """Read the same from the table of chances, by the number of the point and team."""
    table = read_table(file)
    told = table[table.default & (table.chance == "leaves_at_all") & table.range_low.notna()]
    found: dict[int, dict[str, DoubtRange]] = {}
    row: Any
    for row in told.itertuples():
        found.setdefault(row.point, {})[row.team] = (row.range_low, row.range_high)
    return found
