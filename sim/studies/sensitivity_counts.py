"""What a sensitivity analysis counts: point by point of its samples, and with each input at its ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from sim.engines.outcomes import common_islands
from sim.execute.case import Case
from sim.execute.group import Worlds
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.stats.counts import Ints
from sim.stats.input_effects import Target, TornadoCounts, find_true
from sim.stats.sobol import Noise, Terms, variance_terms

INNER = 64
"""Replications of each point; their mean stands for its chance."""


@dataclass(frozen=True)
class PointCounts:
    """In how many replications of each point a target comes true, or in one of two samples only.

    Arrays end in the points from `first` on. Adds up in any order; points between two pieces have no
    replications until a third piece brings them.
    """

    first: int
    played: Ints  # (points,)
    a: Ints  # (targets, points)
    b: Ints
    ab: Ints  # (inputs, targets, points)
    a_b: Ints  # (targets, points) in either but not both
    a_ab: Ints  # (inputs, targets, points)
    b_ab: Ints

    @classmethod
    def none(cls, targets: int, inputs: int) -> PointCounts:
        """The counts of no replication."""
        one, many = (np.zeros(shape, dtype=np.int64) for shape in ((targets, 0), (inputs, targets, 0)))
        return cls(0, np.zeros(0, dtype=np.int64), one, one, many, one, many, many)

    def __add__(self, other: PointCounts) -> PointCounts:
        if not (self.played.size and other.played.size):
            return self if self.played.size else other
        first = min(self.first, other.first)
        size = max(each.first + each.played.size for each in (self, other)) - first
        sums = []
        for name in (field.name for field in fields(self)[1:]):
            here = getattr(self, name)
            total = np.zeros((*here.shape[:-1], size), dtype=np.int64)
            for each in (self, other):
                at = each.first - first
                total[..., at : at + each.played.size] += getattr(each, name)
            sums.append(total)
        return PointCounts(first, *sums)


def count_points(asked: Sequence[Target], cases: tuple[Case, ...], worlds: Worlds) -> PointCounts:
    """Count the cases A, B and AB_i point by point."""
    start, stop = worlds[0].start, worlds[0].stop
    true = np.stack([find_true(cases[0].scenario, asked, world) for world in worlds])
    a, b, ab = true[0], true[1], true[2:]
    first = start // INNER
    borders = np.maximum(np.arange(first, (stop - 1) // INNER + 1) * INNER - start, 0)
    counted = (np.ones(stop - start, dtype=bool), a, b, ab, a != b, a != ab, b != ab)
    return PointCounts(first, *(np.add.reduceat(x.astype(np.int64), borders, axis=-1) for x in counted))


def count_ends(asked: Sequence[Target], cases: tuple[Case, ...], worlds: Worlds) -> TornadoCounts:
    """Count the case as it is, then each input at its low end, then each at its high end."""
    true = np.stack([find_true(cases[0].scenario, asked, world) for world in worlds])
    islands = common_islands(*worlds)
    if islands is None:
        return _count_ends(true)
    of = np.arange(worlds[0].start, worlds[0].stop) % islands
    parts = tuple(_count_ends(true[..., of == number]) for number in range(islands))
    return replace(_count_ends(true), islands=parts)


def _count_ends(true: Bools) -> TornadoCounts:
    """Count from what comes true in each case, (cases, targets, replications)."""
    low, high = true[1:].reshape(2, -1, *true.shape[1:])
    counts = (np.count_nonzero(x, axis=-1) for x in (true[0], low, high, low & ~high, high & ~low))
    return TornadoCounts(true.shape[-1], *counts)


def terms_of(counted: PointCounts) -> Terms:
    """Return the variance terms of those points of which enough was played to tell their noise."""
    enough = counted.played > 1
    n, a, b, ab, a_b, a_ab, b_ab = (
        getattr(counted, field.name)[..., enough] for field in fields(counted)[1:]
    )

    def noise(apart: Ints, difference: Ints) -> Floats:
        """Of the mean of n differences that are -1, 0 or 1, `apart` of them not 0."""
        spread: Floats = (apart / n - (difference / n) ** 2) / (n - 1)
        return spread

    differ = Noise(noise(a_b, a - b), noise(a_ab, a - ab), noise(b_ab, b - ab))
    return variance_terms(a / n, b / n, ab / n, differ)
