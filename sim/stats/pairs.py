"""Two scenarios that share their luck, counted replication by replication: exact, and added in any order.

What is counted are chances of teams, chances that are responses, and measures, wherever both scenarios have
them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from sim.engines.outcomes import Outcomes
from sim.model.points import Bools
from sim.rules.decisions import Codes, Fate
from sim.scenario.models.scenario import Scenario
from sim.stats.intervals import LEVEL
from sim.stats.paired import PairedDifference
from sim.stats.responses import Chance, Measure, responses

ChanceKey = tuple[str, str, str]
"""Stage ('' for the programme), team ('' for a response), and what: `leaves`, `selected`, or a response."""

LEFT = (Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE)


class Moments(NamedTuple):
    """Sums over the replications in which both were asked, of whole steps of a resolution."""

    n: int
    first: int
    second: int
    first_square: int
    second_square: int
    product: int


class PairCounts(NamedTuple):
    """Of `n` replications those in which something holds in the second only, in the first only, in each."""

    b: int
    c: int
    n: int
    first: int
    second: int


@dataclass(frozen=True)
class MeasureDifference:
    """By how much the mean of a measure differs, over the replications in which both were asked."""

    moments: Moments
    resolution: float

    @property
    def means(self) -> tuple[float, float]:
        """The mean in each; nan where neither was asked."""
        m = self.moments
        if not m.n:
            return math.nan, math.nan
        return m.first / m.n * self.resolution, m.second / m.n * self.resolution

    @property
    def estimate(self) -> float:
        """Second minus first; nan where neither was asked."""
        m = self.moments
        return (m.second - m.first) / m.n * self.resolution if m.n else math.nan

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Normal interval of the mean difference, paired; without ends where there is none."""
        if not self.has_interval:
            return -math.inf, math.inf
        z = NormalDist().inv_cdf(0.5 + level / 2)
        half = z * math.sqrt(self._paired() / self.moments.n) * self.resolution
        return self.estimate - half, self.estimate + half

    @property
    def has_interval(self) -> bool:
        """Whether there are enough replications for an interval: one alone does not tell how they vary."""
        return self.moments.n > 1

    @property
    def variance_ratio(self) -> float:
        """How many times fewer replications the pairing needs; inf where the difference never varies."""
        m = self.moments
        if m.n < 2:
            return math.nan
        apart = _variance(m.first, m.first_square, m.n) + _variance(m.second, m.second_square, m.n)
        paired = self._paired()
        return apart / paired if paired else (math.inf if apart else math.nan)

    def _paired(self) -> float:
        m = self.moments
        square = m.first_square + m.second_square - 2 * m.product
        return _variance(m.second - m.first, square, m.n)


def _variance(total: int, square: int, n: int) -> float:
    """Of n whole numbers, from their sum and their sum of squares; exact up to the division."""
    return max(n * square - total**2, 0) / (n * (n - 1))


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

    def __add__(self, other: Pairs) -> Pairs:
        return Pairs(
            self.runs + other.runs,
            {name: PairCounts(*_summed(here, other.chances[name])) for name, here in self.chances.items()},
            {
                name: (Moments(*_summed(here, other.measures[name][0])), step)
                for name, (here, step) in self.measures.items()
            },
            _earlier(self.first_difference, other.first_difference),
        )

    def differences(self) -> Iterator[tuple[ChanceKey, PairedDifference]]:
        """Every chance."""
        for name, counts in self.chances.items():
            yield name, PairedDifference(*counts)

    def changes(self) -> Iterator[tuple[str, MeasureDifference]]:
        """Every measure."""
        for name, (moments, step) in self.measures.items():
            yield name, MeasureDifference(moments, step)


def _earlier(one: FirstDifference | None, other: FirstDifference | None) -> FirstDifference | None:
    """Return that of the smaller replication; no two pieces have the same one."""
    there = [each for each in (one, other) if each is not None]
    return min(there, key=lambda each: each.replication, default=None)


def _summed(one: Sequence[int], other: Sequence[int]) -> Iterator[int]:
    return (a + b for a, b in zip(one, other, strict=True))


def count_pairs(first: Scenario, one: Outcomes, second: Scenario, other: Outcomes) -> Pairs:
    """Count the same range of replications of two scenarios; teams and stages are compared by their ids.

    Outcomes say all that is needed, whichever engine and rules they come from: nothing is played here.
    """
    found = Pairs(one.stop - one.start)
    every = np.ones(found.runs, dtype=bool)
    shared = [t for t in first.teams if t in second.teams]
    places = {t: (list(first.teams).index(t), list(second.teams).index(t)) for t in shared}
    for stage in (s for s in first.stages if s in second.stages):
        fates = [_fates(scenario, outcomes, stage) for scenario, outcomes in ((first, one), (second, other))]
        for team, (i, j) in places.items():
            found.chances[stage, team, "leaves"] = _chance(
                _left(fates[0][:, i]), _left(fates[1][:, j]), every
            )
    for team, (i, j) in places.items():
        found.chances["", team, "selected"] = _chance(one.selected[:, i], other.selected[:, j], every)
    _count_responses(found, first, one, second, other)
    found.first_difference = _first_difference(first, one, second, other, places)
    return found


def _fates(scenario: Scenario, outcomes: Outcomes, stage: str) -> Codes:
    return outcomes.stages[list(scenario.stages).index(stage)].fate


def _left(fate: Codes) -> Bools:
    left: Bools = np.isin(fate, LEFT)
    return left


def _chance(first: Bools, second: Bools, asked: Bools) -> PairCounts:
    counted = (second & ~first, first & ~second, asked, first, second)
    return PairCounts(*(int(np.count_nonzero(each & asked)) for each in counted))


def _count_responses(found: Pairs, first: Scenario, one: Outcomes, second: Scenario, other: Outcomes) -> None:
    there = {response.name: response for response in responses(second)}
    for response in responses(first):
        match = there.get(response.name)
        if isinstance(response, Chance) and isinstance(match, Chance):
            (here, asked), (over, over_asked) = response.ask(one), match.ask(other)
            found.chances["", "", response.name] = _chance(here, over, asked & over_asked)
        elif isinstance(response, Measure) and isinstance(match, Measure):
            step = max(response.resolution, match.resolution)
            found.measures[response.name] = _moments(response.ask(one), match.ask(other), step), step


def _moments(one: tuple[np.ndarray, Bools], other: tuple[np.ndarray, Bools], step: float) -> Moments:
    asked = one[1] & other[1]
    first, second = (np.rint(values[asked] / step).astype(np.int64).tolist() for values, _ in (one, other))
    return Moments(
        len(first),
        sum(first),
        sum(second),
        sum(a * a for a in first),
        sum(b * b for b in second),
        sum(a * b for a, b in zip(first, second, strict=True)),
    )


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
    names += [("", t, "selected") for t in shared]
    there = {response.name: response for response in responses(second)}
    found = Pairs(0)
    for response in responses(first):
        match = there.get(response.name)
        if isinstance(response, Chance) and isinstance(match, Chance):
            names.append(("", "", response.name))
        elif isinstance(response, Measure) and isinstance(match, Measure):
            step = max(response.resolution, match.resolution)
            found.measures[response.name] = Moments(0, 0, 0, 0, 0, 0), step
    found.chances |= dict.fromkeys(names, PairCounts(0, 0, 0, 0, 0))
    return found
