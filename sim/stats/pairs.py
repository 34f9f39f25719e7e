"""Two scenarios that share their luck, counted replication by replication: exact, and added in any order.

What is counted are chances of teams, chances that are responses, and measures, wherever both scenarios have
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import add
from typing import NamedTuple, TypeVar

import numpy as np

from sim.engines.outcomes import Outcomes, common_islands
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.decisions import Codes, Fate
from sim.scenario.models.scenario import Scenario
from sim.stats.counts import Ints, add_counts
from sim.stats.differences import MeasureDifference, Moments, PairedDifference
from sim.stats.responses import Chance, Measure, responses

R = TypeVar("R", Chance, Measure)

ChanceKey = tuple[str, str, str]
"""Stage ('' for the programme), team ('' for a response), and what.

That is `leaves` (at the stage), `leaves_at_all` (at any stage), `selected`, or a response.
"""


class PairCounts(NamedTuple):
    """Of `n` replications those in which something holds in the second only, in the first only, in each."""

    b: int
    c: int
    n: int
    first: int
    second: int


class TeamFates(NamedTuple):
    """What becomes of a team at a stage in each of two scenarios, as the codes of `Fate`."""

    team: str
    first: int  # plain numbers, for counts are saved while a study is played
    second: int


class FirstDifference(NamedTuple):
    """The first replication in which fates differ, and there the first stage at which they do."""

    replication: int
    stage: str
    fates: tuple[TeamFates, ...]  # of every team that both scenarios have, in the order of the first

    @property
    def parted(self) -> tuple[TeamFates, ...]:
        """The teams whose fates differ there."""
        return tuple(each for each in self.fates if each.first != each.second)


@dataclass
class Pairs:
    """Counts over replications of two scenarios; they add up in any order."""

    runs: int
    chances: dict[ChanceKey, PairCounts] = field(default_factory=dict)
    measures: dict[str, tuple[Moments, float]] = field(default_factory=dict)  # and their resolution
    first_difference: FirstDifference | None = None  # None: every replication has the same fates
    # Of forecasts: the same of each island, but for the first difference; None where replications are
    # independent, or nothing was played yet.
    islands: tuple[Pairs, ...] | None = None

    def __add__(self, other: Pairs) -> Pairs:
        parted = [each for each in (self.first_difference, other.first_difference) if each is not None]
        return Pairs(
            self.runs + other.runs,
            {name: PairCounts(*map(add, here, other.chances[name])) for name, here in self.chances.items()},
            {
                name: (Moments(*map(add, here, other.measures[name][0])), step)
                for name, (here, step) in self.measures.items()
            },
            min(parted, default=None),  # of the smaller replication; no two pieces have the same one
            add_counts(self.islands, other.islands),
        )

    @property
    def has_same_fates(self) -> bool:
        """Whether in every replication the same of the teams that both have leave, and at the same stages."""
        same = all(each.b == each.c == 0 for (_, team, _), each in self.chances.items() if team)
        return same and self.first_difference is None

    def differences(self) -> Iterator[tuple[ChanceKey, PairedDifference]]:
        """Every chance."""
        for name, counts in self.chances.items():
            parts = tuple(PairedDifference(*island.chances[name]) for island in self.islands or ())
            yield name, PairedDifference(*counts, islands=parts)

    def changes(self) -> Iterator[tuple[str, MeasureDifference]]:
        """Every measure."""
        for name, (moments, step) in self.measures.items():
            parts = tuple(MeasureDifference(island.measures[name][0], step) for island in self.islands or ())
            yield name, MeasureDifference(moments, step, parts)


def count_pairs(first: Scenario, one: Outcomes, second: Scenario, other: Outcomes) -> Pairs:
    """Count the same range of replications of two scenarios; teams and stages are compared by their ids.

    Outcomes say all that is needed, whichever engine and rules they come from: nothing is played here.
    """
    found = _count(first, one, second, other)
    found.first_difference = _first_difference(first, one, second, other, _places(first, second))
    if (islands := common_islands(one, other)) is not None:
        parts = ([world.of_island(number, islands) for world in (one, other)] for number in range(islands))
        found.islands = tuple(_count(first, here, second, there) for here, there in parts)
    return found


def _places(first: Scenario, second: Scenario) -> dict[str, tuple[int, int]]:
    """The positions in each of the teams that both have, in the order of the first."""
    return {
        t: (list(first.teams).index(t), list(second.teams).index(t)) for t in first.teams if t in second.teams
    }


def _count(first: Scenario, one: Outcomes, second: Scenario, other: Outcomes) -> Pairs:
    found = Pairs(one.stop - one.start)
    every = np.ones(found.runs, dtype=bool)
    places = _places(first, second)
    for stage in (s for s in first.stages if s in second.stages):
        fates = [_fates(scenario, outcomes, stage) for scenario, outcomes in ((first, one), (second, other))]
        for team, (i, j) in places.items():
            found.chances[stage, team, "leaves"] = _chance(
                _left(fates[0][:, i]), _left(fates[1][:, j]), every
            )
    for team, (i, j) in places.items():
        found.chances["", team, "leaves_at_all"] = _chance(one.left[:, i], other.left[:, j], every)
        found.chances["", team, "selected"] = _chance(one.selected[:, i], other.selected[:, j], every)
    for here, there in _shared(Chance, first, second):
        (holds, asked), (other_holds, other_asked) = here.ask(one), there.ask(other)
        found.chances["", "", here.name] = _chance(holds, other_holds, asked & other_asked)
    for mine, its in _shared(Measure, first, second):
        step = max(mine.resolution, its.resolution)
        (values, asked), (other_values, other_asked) = mine.ask(one), its.ask(other)
        both = asked & other_asked
        found.measures[mine.name] = _moments(values[both], other_values[both], step), step
    return found


def _fates(scenario: Scenario, outcomes: Outcomes, stage: str) -> Codes:
    return outcomes.stages[list(scenario.stages).index(stage)].fate


def _left(fate: Codes) -> Bools:
    left: Bools = (fate == Fate.OUT_BY_POINTS) | (fate == Fate.OUT_AT_GATE)
    return left


def _chance(first: Bools, second: Bools, asked: Bools) -> PairCounts:
    counted = (second & ~first, first & ~second, asked, first, second)
    return PairCounts(*(int(np.count_nonzero(each & asked)) for each in counted))


def _shared(kind: type[R], first: Scenario, second: Scenario) -> Iterator[tuple[R, R]]:
    """Responses of a kind that both scenarios have, by name and unit: dollars less won are nothing."""
    there = {_known_by(response): response for response in responses(second) if isinstance(response, kind)}
    for here in responses(first):
        if isinstance(here, kind) and _known_by(here) in there:
            yield here, there[_known_by(here)]


def _known_by(response: Chance | Measure) -> tuple[str, str]:
    return response.name, response.unit if isinstance(response, Measure) else ""


def _moments(one: Floats, other: Floats, step: float) -> Moments:
    first, second = (np.rint(values / step).astype(np.int64) for values in (one, other))
    once = np.ones_like(first)
    return Moments(
        len(first),
        _sum_of_products(first, once),
        _sum_of_products(second, once),
        _sum_of_products(first, first),
        _sum_of_products(second, second),
        _sum_of_products(first, second),
    )


def _sum_of_products(one: Ints, other: Ints) -> int:
    """The exact sum: in 64 bits where it cannot be too large for them, else as whole numbers of Python's."""
    most = [np.abs(values.astype(float)).max(initial=0.0) for values in (one, other)]
    if most[0] * most[1] * len(one) < _LARGEST_SUM:
        return int(one @ other)
    return sum(a * b for a, b in zip(one.tolist(), other.tolist(), strict=True))


_LARGEST_SUM = 2.0**62
"""Half of what 64 bits hold, so that the rounding of what is compared with it does no harm."""


def _first_difference(
    first: Scenario, one: Outcomes, second: Scenario, other: Outcomes, places: dict[str, tuple[int, int]]
) -> FirstDifference | None:
    """Find the earliest replication with other fates of shared teams, and there the earliest shared stage."""
    here, there = ([p[k] for p in places.values()] for k in (0, 1))
    earliest: tuple[int, str] | None = None
    for stage in (s for s in first.stages if s in second.stages):
        differ = _fates(first, one, stage)[:, here] != _fates(second, other, stage)[:, there]
        at = np.flatnonzero(differ.any(axis=1))
        # A later stage takes the place of an earlier one only by an earlier replication.
        if at.size and (earliest is None or at[0] < earliest[0]):
            earliest = int(at[0]), stage
    if earliest is None:
        return None
    row, stage = earliest
    sides = _fates(first, one, stage)[row, here], _fates(second, other, stage)[row, there]
    fates = (TeamFates(team, int(a), int(b)) for team, a, b in zip(places, *map(list, sides), strict=True))
    return FirstDifference(one.start + row, stage, tuple(fates))


def no_pairs(first: Scenario, second: Scenario) -> Pairs:
    """Return the counts of no replication of two scenarios."""
    shared = [t for t in first.teams if t in second.teams]
    names = [(stage, t, "leaves") for stage in first.stages if stage in second.stages for t in shared]
    names += [("", t, what) for t in shared for what in ("leaves_at_all", "selected")]
    names += [("", "", here.name) for here, _ in _shared(Chance, first, second)]
    return Pairs(
        0,
        dict.fromkeys(names, PairCounts(0, 0, 0, 0, 0)),
        {
            here.name: (Moments(0, 0, 0, 0, 0, 0), max(here.resolution, there.resolution))
            for here, there in _shared(Measure, first, second)
        },
    )
