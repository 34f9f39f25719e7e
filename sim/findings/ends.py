"""Where each team ends: never in, out by points or at the gate of a stage, or selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.findings.cells import Floats, read_cells
from sim.scenario.models.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Way = Literal["never_entered", "by_points", "by_gate", "selected"]

_NEAR = 1e-6


@dataclass(frozen=True)
class End:
    """One way in which teams end, and the share of runs in which each does; the stage is "" for the whole."""

    way: Way
    stage: str
    shares: Floats  # by team, 0..1
    low: Floats  # the intervals of these
    high: Floats

    def of(self, places: Sequence[int]) -> tuple[float, float, float]:
        """Return the share of some teams on average, and the ends of its interval."""
        share, low, high = (float(each[list(places)].mean()) for each in (self.shares, self.low, self.high))
        return share, low, high


@dataclass(frozen=True)
class Ends:
    """All ways that are seen, in the order of time, and the teams in file order."""

    teams: tuple[str, ...]
    ends: tuple[End, ...]


def has_one_end(scenario: Scenario) -> bool:
    """Tell whether each team ends once in every run: none that has left may come in again."""
    return all(stage.entry is None or not stage.entry.returning for stage in scenario.stages.values())


def find_ends(chances: pd.DataFrame, teams: Sequence[str]) -> Ends:
    """Work out where teams end from a table of chances.

    Raises `ValueError` if columns or rows are missing, or the ways do not add up to all runs.
    """
    whole = chances[chances["stage"] == ""].set_index(["chance", "team"])[["p", "low", "high"]]
    cells = {way: read_cells(chances, way) for way in ("by_points", "by_gate")}
    place = [cells["by_points"].teams.index(team) for team in teams]

    def of_all(way: Way) -> End:
        rows = whole.loc[[(way, team) for team in teams]].to_numpy(np.float64)
        return End(way, "", *rows.T)

    def of_stage(way: Literal["by_points", "by_gate"], j: int, stage: str) -> End:
        made = cells[way]
        return End(way, stage, *(np.nan_to_num(each[place, j]) for each in (made.p, made.low, made.high)))

    found = [of_all("never_entered")]
    for j, stage in enumerate(cells["by_points"].stages):
        found += [of_stage("by_points", j, stage), of_stage("by_gate", j, stage)]
    found.append(of_all("selected"))
    total = np.sum([end.shares for end in found], axis=0)
    if not np.allclose(total, 1.0, atol=_NEAR):
        raise ValueError("the ways in which a team ends do not add up to all runs")
    seen = [end for end in found if end.way == "selected" or (end.shares > 0).any()]
    return Ends(tuple(teams), tuple(seen))
