"""Exact counts, so that any two pieces of a run add up to the whole, whatever their order.

The distribution of a response is counted, too: values are rounded to a stated resolution; means, errors and
quantiles follow from the counts alone and do not depend on blocks, workers or their order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Floats
from sim.model.points import Bools
from sim.stats.intervals import reach

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Ints = NDArray[np.int64]


class Counts(Protocol):
    """What a block of replications yields: counts that add up to the same in any order."""

    def __add__(self, other: Self, /) -> Self:
        """Both together."""
        ...


C = TypeVar("C", bound=Counts)
Record = TypeVar("Record", bound="DataclassInstance")


def add_fields(one: Record, other: Record) -> Record:
    """Add two dataclasses of counts field by field, as `add_counts` does."""
    names = [each.name for each in fields(one)]
    return type(one)(*(add_counts(getattr(one, name), getattr(other, name)) for name in names))


def add_counts(one: Any, other: Any) -> Any:
    """Add two counts; of tuples, such as those of islands, each to its like.

    None stands for what there is none of, or what is not known before something was played: the other one is
    the sum then.
    """
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, tuple):
        return tuple(add_counts(a, b) for a, b in zip(one, other, strict=True))
    return one + other


class Groups:
    """To which of so many groups each value belongs: all are counted together, and each group by itself."""

    def __init__(self, size: int, of: Ints | None = None, number: int = 0) -> None:
        self.size, self.of, self.number = size, of, number

    @classmethod
    def taking_turns(cls, start: int, stop: int, number: int | None) -> Groups:
        """The groups of the replications from `start` to before `stop`; None stands for none."""
        if number is None:
            return cls(stop - start)
        return cls(stop - start, np.arange(start, stop) % number, number)

    def among(self, some: Bools) -> Groups:
        """The groups of some of the values."""
        of = None if self.of is None else self.of[some]
        return Groups(int(np.count_nonzero(some)), of, self.number)

    def count(self, kinds: Ints, number: int) -> Ints:
        """How often each of so many kinds occurs, (1 + groups, kinds): the first row is of all together."""
        if self.of is None:
            return np.bincount(kinds, minlength=number)[None]
        counts = np.bincount(self.of * number + kinds, minlength=self.number * number)
        counts = counts.reshape(self.number, number)
        return np.concatenate([counts.sum(axis=0, keepdims=True), counts])

    def sizes(self) -> list[int]:
        """How many values there are in all, and in each group."""
        return [self.size] if self.of is None else self.count(np.zeros_like(self.of), 1)[:, 0].tolist()


_LARGEST = 2**62
"""Above every step; the difference of two such numbers still fits into 64 bits."""


@dataclass
class Histogram:
    """Counts of values that are whole multiples of `resolution`."""

    resolution: float
    steps: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # sorted multiples
    counts: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def of(cls, values: Floats, resolution: float) -> Histogram:
        """The histogram of `values`, of any number, rounded to `resolution`."""
        return cls.of_groups(values, Groups(values.size), resolution)[0]

    @classmethod
    def of_groups(cls, values: Floats, groups: Groups, resolution: float) -> list[Histogram]:
        """The histograms of all `values` together, and then of each group."""
        every = np.rint(values / resolution).astype(np.int64)
        least = every.min(initial=_LARGEST)
        if every.max(initial=-_LARGEST) - least < every.size:  # so close together that counting beats sorting
            at = every - least
            steps = np.arange(least, least + at.max(initial=-1) + 1)
        elif groups.of is None:  # sorting alone is faster than sorting with what belongs to it
            steps, counts = np.unique(every, return_counts=True)
            return [cls(resolution, steps, counts.astype(np.int64))]
        else:
            steps, at = np.unique(every, return_inverse=True)
        return [cls(resolution, steps[of > 0], of[of > 0]) for of in groups.count(at, len(steps))]

    def __add__(self, other: Histogram) -> Histogram:
        most, few = (self, other) if self.steps.size >= other.steps.size else (other, self)
        if not few.steps.size:  # counts begin with those of nothing
            return most
        steps, counts = _merge(most, few) if 4 * few.steps.size > most.steps.size else _put_into(most, few)
        return Histogram(self.resolution, steps, counts)

    @property
    def size(self) -> int:
        """How many values."""
        return int(self.counts.sum())

    def mean(self) -> float:
        """The mean; nan of nothing. Whole numbers are added, so no order can matter."""
        return self._moment(1) / self.size * self.resolution if self.size else math.nan

    def mean_interval(self) -> tuple[float, float]:
        """Normal 95 % interval for the mean, its sampling error (not the spread of the values)."""
        n = self.size
        if n < 2:
            return -math.inf, math.inf
        # Whole numbers up to the one division: of a float's digits too few may be left after a difference.
        variance = (n * self._moment(2) - self._moment(1) ** 2) / (n * (n - 1))
        half = reach() * math.sqrt(max(variance, 0.0) / n) * self.resolution
        return self.mean() - half, self.mean() + half

    def quantile(self, p: float) -> float:
        """The least value with at least a share `p` of all at or below it; nan of nothing."""
        if not self.size:
            return math.nan
        position = np.searchsorted(np.cumsum(self.counts), p * self.size)
        return float(self.steps[min(int(position), self.steps.size - 1)] * self.resolution)

    def _moment(self, power: int) -> int:
        """The sum of all steps to a power, exactly: by NumPy where 64 bits hold it."""
        total = 0
        for first in range(0, self.steps.size, _CHUNK):  # a list of millions of Python's numbers is large
            steps, counts = self.steps[first : first + _CHUNK], self.counts[first : first + _CHUNK]
            if max(abs(int(end)) for end in steps[[0, -1]]) ** power * int(counts.sum()) < 2**63:
                total += int((steps**power * counts).sum())
            else:
                pairs = zip(steps.tolist(), counts.tolist(), strict=True)
                total += sum(step**power * count for step, count in pairs)
        return total


_CHUNK = 2**16
"""Steps whose moments are worked out at a time."""


def _put_into(most: Histogram, few: Histogram) -> tuple[Ints, Ints]:
    """Add a small histogram to a large one, both sorted already, as a piece of a run to the whole."""
    at = np.searchsorted(most.steps, few.steps)
    known = at < most.steps.size
    known[known] = most.steps[at[known]] == few.steps[known]
    counts = most.counts.copy()
    counts[at[known]] += few.counts[known]
    at, new = at[~known], ~known
    return np.insert(most.steps, at, few.steps[new]), np.insert(counts, at, few.counts[new])


def _merge(one: Histogram, other: Histogram) -> tuple[Ints, Ints]:
    """Add histograms of about the same size: a stable sort merges what is sorted already."""
    steps = np.concatenate([one.steps, other.steps])
    order = np.argsort(steps, kind="stable")
    steps, counts = steps[order], np.concatenate([one.counts, other.counts])[order]
    first = np.flatnonzero(np.diff(steps, prepend=steps[:1] - 1))
    return steps[first], np.add.reduceat(counts, first) if first.size else counts
