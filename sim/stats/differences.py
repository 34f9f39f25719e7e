"""Differences between two scenarios over the same replications, with the same random numbers.

One replication is one pair: what the dice do to both sides of it cancels. Of a forecast, whose particles
depend on their fellows, one island is one pair: the difference of its means.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

from sim.stats.intervals import LEVEL, chance_interval, island_interval, paired_interval, reach
from sim.stats.percent import points


class ChanceShift(Protocol):
    """A difference of two chances and the ends of its 95 % interval, counted or read."""

    @property
    def estimate(self) -> float:
        """The second chance minus the first."""

    @property
    def low(self) -> float:
        """Lower end of the interval."""

    @property
    def high(self) -> float:
        """Upper end of the interval."""

    @property
    def is_beyond_dice(self) -> bool:
        """Whether 0 lies outside the interval."""


class SavedDifference(NamedTuple):
    """A paired difference as a file holds it, without what it was counted from."""

    estimate: float
    low: float
    high: float

    @property
    def is_beyond_dice(self) -> bool:
        """Whether 0 lies outside the 95 % interval."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        """The difference in percentage points with its sign."""
        return points(self.estimate, self.low, self.high)


@dataclass(frozen=True)
class PairedDifference:
    """By how much the chance of something differs between two scenarios played with the same luck.

    `b` replications of `n` have it in the second scenario only, `c` in the first only; `first` and `second`
    are all that have it in each. `islands` has the same of each island of a forecast (see `common_islands` of
    `sim.engines.outcomes`). Raises `ValueError` if these counts contradict each other.
    """

    b: int
    c: int
    n: int
    first: int
    second: int
    islands: tuple[PairedDifference, ...] = ()

    def __post_init__(self) -> None:
        both = self.first - self.c
        if both != self.second - self.b:
            raise ValueError(
                f"b - c = {self.b - self.c}, expected second - first = {self.second - self.first}"
            )
        if min(self.b, self.c, both) < 0 or self.b + self.c + both > self.n:
            raise ValueError(f"{self!r}, expected counts of parts of the n replications")

    @property
    def estimate(self) -> float:
        """Chance in the second scenario minus that in the first; nan without replications."""
        return (self.b - self.c) / self.n if self.n else math.nan

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self._interval[0]

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self._interval[1]

    @cached_property
    def _interval(self) -> tuple[float, float]:
        return self.interval(LEVEL)

    def interval(self, level: float) -> tuple[float, float]:
        """Return the ends of an interval of another level, such as one good for several teams at once."""
        by_island = [island.estimate for island in self.islands if island.n]
        if len(set(by_island)) > 1:  # alike in all of them is what Tango's interval is for
            low, high = island_interval(self.estimate, by_island, level)
            return max(low, -1.0), min(high, 1.0)
        low, high = (float(end) for end in paired_interval(self.b, self.c, self.n, level))
        return low, high

    @property
    def is_seen(self) -> bool:
        """Whether any replication has it in one scenario and not in the other."""
        return self.b + self.c > 0

    @property
    def half_width_of_chances(self) -> float:
        """Half the width of the wider of the 95 % intervals of the two chances."""
        sides = [(self.first, [(each.first, each.n) for each in self.islands])]
        sides += [(self.second, [(each.second, each.n) for each in self.islands])]
        ends = [chance_interval(count, self.n, islands) for count, islands in sides]
        return max(high - low for low, high in ends) / 2

    @property
    def variance_ratio(self) -> float:
        """How many times fewer replications the pairing needs than two runs that share no luck.

        Of a forecast that is of its futures: their number says nothing of what particles leave open. Infinite
        where no replication differs, nan where nothing varies in either scenario.
        """
        unpaired = self.first * (self.n - self.first) + self.second * (self.n - self.second)
        paired = self.n * (self.b + self.c) - (self.b - self.c) ** 2
        if not paired:
            return math.inf if unpaired else math.nan
        return unpaired / paired

    @property
    def is_beyond_dice(self) -> bool:
        """Whether 0 lies outside the 95 % interval."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        """The difference in percentage points with its sign."""
        return points(self.estimate, self.low, self.high)


class Moments(NamedTuple):
    """Sums over the replications in which both were asked, of whole steps of a resolution."""

    n: int
    first: int
    second: int
    first_square: int
    second_square: int
    product: int


@dataclass(frozen=True)
class MeasureDifference:
    """By how much the mean of a measure differs, over the replications in which both were asked."""

    moments: Moments
    resolution: float
    islands: tuple[MeasureDifference, ...] = ()  # the same of each island of a forecast

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

    def interval(self) -> tuple[float, float]:
        """Normal 95 % interval of the mean difference, paired; without ends where there is none.

        Of a forecast Student's, by how islands differ.
        """
        if not self.has_interval:
            return -math.inf, math.inf
        by_island = [island.estimate for island in self.islands if island.moments.n]
        if len(set(by_island)) > 1:
            return island_interval(self.estimate, by_island)
        half = reach() * math.sqrt(self._paired() / self.moments.n) * self.resolution
        return self.estimate - half, self.estimate + half

    @property
    def is_constant(self) -> bool:
        """Whether every replication has the same difference, to the resolution."""
        return self._spread() == 0

    @property
    def is_seen(self) -> bool:
        """Whether any replication has another value in the second scenario."""
        m = self.moments
        return m.first_square + m.second_square != 2 * m.product

    @property
    def is_beyond_dice(self) -> bool:
        """Whether 0 lies outside the 95 % interval, or every run has the same difference, which is not 0."""
        is_sure = self.is_constant and self.has_interval
        low, high = (self.estimate, self.estimate) if is_sure else self.interval()
        return low > 0 or high < 0

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
        return self._spread() / (m.n * (m.n - 1))

    def _spread(self) -> int:
        """A whole number that is 0 where the differences do not vary."""
        m = self.moments
        return _spread(m.second - m.first, m.first_square + m.second_square - 2 * m.product, m.n)


def _variance(total: int, square: int, n: int) -> float:
    """Of n whole numbers, from their sum and their sum of squares; exact up to the division."""
    return _spread(total, square, n) / (n * (n - 1))


def _spread(total: int, square: int, n: int) -> int:
    return max(n * square - total**2, 0)
