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
from sim.rules.fates import Codes, Fate
from sim.scenario.scenario import Scenario
from sim.stats.intervals import LEVEL
from sim.stats.paired import Difference
from sim.stats.responses import Chance, Measure, responses

Name = tuple[str, str, str]
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


class Counts(NamedTuple):
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
        """Normal interval of the mean difference, paired."""
        if self.moments.n < 2:
            return -math.inf, math.inf
        z = NormalDist().inv_cdf(0.5 + level / 2)
        half = z * math.sqrt(self._paired() / self.moments.n) * self.resolution
        return self.estimate - half, self.estimate + half

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


@dataclass
class Pairs:
    """Counts over replications of two scenarios."""

    runs: int
    chances: dict[Name, Counts] = field(default_factory=dict)
    measures: dict[str, tuple[Moments, float]] = field(default_factory=dict)  # and their resolution
    parted: tuple[int, int] | None = None  # replication and stage at which fates first differ

    def __add__(self, other: Pairs) -> Pairs:
        return Pairs(
            self.runs + other.runs,
            {name: Counts(*_summed(here, other.chances[name])) for name, here in self.chances.items()},
            {
                name: (Moments(*_summed(here, other.measures[name][0])), step)
                for name, (here, step) in self.measures.items()
            },
            min((p for p in (self.parted, other.parted) if p is not None), default=None),
        )

    def differences(self) -> Iterator[tuple[Name, Difference]]:
        """Every chance."""
        for name, counts in self.chances.items():
            yield name, Difference(*counts)

    def changes(self) -> Iterator[tuple[str, MeasureDifference]]:
        """Every measure."""
        for name, (moments, step) in self.measures.items():
            yield name, MeasureDifference(moments, step)


def _summed(one: Sequence[int], other: Sequence[int]) -> Iterator[int]:
    return (a + b for a, b in zip(one, other, strict=True))


def pairs(first: Scenario, one: Outcomes, second: Scenario, other: Outcomes) -> Pairs:
    """Count the same range of replications of two scenarios; those are compared by ids."""
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
    last = [outcomes.stages[-1].fate == Fate.KEPT for outcomes in (one, other)]
    for team, (i, j) in places.items():
        found.chances["", team, "selected"] = _chance(last[0][:, i], last[1][:, j], every)
    _count_responses(found, first, one, second, other)
    found.parted = _first_parted(first, one, second, other, places)
    return found


def _fates(scenario: Scenario, outcomes: Outcomes, stage: str) -> Codes:
    return outcomes.stages[list(scenario.stages).index(stage)].fate


def _left(fate: Codes) -> Bools:
    left: Bools = np.isin(fate, LEFT)
    return left


def _chance(first: Bools, second: Bools, asked: Bools) -> Counts:
    counted = (second & ~first, first & ~second, asked, first, second)
    return Counts(*(int(np.count_nonzero(each & asked)) for each in counted))


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


def _first_parted(
    first: Scenario, one: Outcomes, second: Scenario, other: Outcomes, places: dict[str, tuple[int, int]]
) -> tuple[int, int] | None:
    """The earliest replication with other fates of the shared teams, and there the earliest shared stage."""
    here, there = ([p[k] for p in places.values()] for k in (0, 1))
    earliest: tuple[int, int] | None = None
    for s, stage in enumerate(first.stages):
        if stage in second.stages:
            differ = _fates(first, one, stage)[:, here] != _fates(second, other, stage)[:, there]
            at = np.flatnonzero(differ.any(axis=1))
            if at.size:
                found = one.start + int(at[0]), s
                earliest = found if earliest is None else min(earliest, found)
    return earliest


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
    found.chances |= dict.fromkeys(names, Counts(0, 0, 0, 0, 0))
    return found
