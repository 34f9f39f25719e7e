"""Which uncertain numbers matter for who leaves: Sobol' indices of chances, the dice averaged out.

Points are those of a scrambled Sobol' sequence over the uniforms of all uncertain numbers; A, B and every
AB_i are played over the same replications, `INNER` for each point, so that nothing but the numbers differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from sim.engines import batch
from sim.model.draws import Draws, Floats
from sim.model.points import Bools
from sim.model.sources import CachedSource, DesignSource, SpySource
from sim.runs.ends import Ends, ends
from sim.runs.run import Progress, added
from sim.runs.targets import LEAVES, Target, beside, targets
from sim.runs.unknowns import Opened, Unknown, opened
from sim.runs.work import Job, block_size, blocks, with_mean_faults
from sim.scenario.scenario import Scenario
from sim.stats.histogram import Ints
from sim.stats.sobol import Indices, Noise, Terms, indices, terms, together

POINTS = 512
"""Points of A and of B; a power of two, for the sequence is balanced for no other number."""

LEAST, MOST = 64, 65_536

INNER = 64
"""Replications of each point; their mean stands for its chance."""

_BLOCK = 16 * INNER
"""A quarter of what a worker takes at a time: enough pieces for several workers."""

Uniforms = Mapping[str, Floats]
"""The uniforms of drawn numbers at every point, by the name of their luck."""


@dataclass(frozen=True)
class Sensitivity:
    """What every uncertain number of a scenario does to its chances; indices are by target."""

    scenario: Scenario  # as it is
    opened: Opened  # with its guesses drawn, too
    points: int
    seed: int
    targets: tuple[Target, ...]
    indices: tuple[Indices, ...]  # of each target, by number; none if nothing is uncertain
    leaving: Indices | None  # of all chances of leaving as one
    ends: Ends | None
    failed: int  # replications that could not be played at a point or beside it, and count nowhere

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """The uncertain numbers."""
        return self.opened.unknowns

    @property
    def runs(self) -> int:
        """Replications in all samples together."""
        return self.points * INNER * (2 + len(self.unknowns)) if self.indices else 0

    def most_moved(self) -> str | None:
        """The team whose chance of leaving varies most; None if no team's can."""
        of_teams = (
            (indices.variance.estimate, target.team)
            for target, indices in zip(self.targets, self.indices, strict=False)
            if target.what == LEAVES
        )
        return max(of_teams, default=(0.0, None))[1]


def points_wrong(points: int) -> str:
    """What is wrong with a number of points; empty if nothing is."""
    if points.bit_count() == 1 and LEAST <= points <= MOST:
        return ""
    return f"{points}: expected a power of two from {LEAST} to {MOST:,}, such as {POINTS}"


def sensitivity(
    scenario: Scenario,
    seed: int,
    points: int = POINTS,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Sobol' indices of every uncertain number of a scenario, its choices at their default.

    Faults are taken at their mean. Raises `ValueError` for a number of points that is no power of two.
    """
    if wrong := points_wrong(points):
        raise ValueError(f"points {wrong}")
    job = with_mean_faults(Job(scenario.settled(), seed, "batch"))
    found = opened(job.scenario)
    asked = targets(job.scenario)
    job = replace(job, scenario=found.scenario)
    job = replace(job, block=min(_BLOCK, block_size(job.scenario, job.engine)))
    if not (found.unknowns and asked):
        return Sensitivity(scenario, found, points, seed, asked, (), None, None, 0)
    counted = added(job, _task(job, found, asked, points), 0, points * INNER, jobs=jobs, progress=progress)
    whole = counted.all()
    parts = _terms(whole)
    each = [i for i, target in enumerate(asked) if target.what == LEAVES]
    leaving = indices(together(_of(parts, each)), seed)[0] if each else None
    failed = points * INNER - int(whole.played.sum())
    at_ends = ends(job, [unknown.luck for unknown in found.unknowns], asked, jobs=jobs)
    return Sensitivity(
        scenario, found, points, seed, asked, tuple(indices(parts, seed)), leaving, at_ends, failed
    )


def _of(parts: Terms, targets: Sequence[int]) -> Terms:
    return Terms(*(x[..., targets, :] for x in (parts.variance, parts.first, parts.total)))


@dataclass(frozen=True)
class _Plan:
    """What is played at every point: A, B, and A with the numbers of one unknown from B."""

    job: Job
    asked: tuple[Target, ...]
    samples: tuple[Uniforms, ...]


class _Piece(NamedTuple):
    """Some points: in how many of their replications targets come true, or in one of two samples only."""

    played: Ints  # (points,)
    a: Ints  # (targets, points)
    b: Ints
    ab: Ints  # (unknowns, targets, points)
    a_b: Ints  # (targets, points) in either but not both
    a_ab: Ints  # (unknowns, targets, points)
    b_ab: Ints


@dataclass(frozen=True)
class _Counted:
    """Pieces by their first replication."""

    pieces: Mapping[int, _Piece]

    def __add__(self, other: _Counted) -> _Counted:
        return _Counted({**self.pieces, **other.pieces})

    def all(self) -> _Piece:
        """All points in order."""
        ordered = (self.pieces[first] for first in sorted(self.pieces))
        return _Piece(*(np.concatenate(same, axis=-1) for same in zip(*ordered, strict=True)))


def _task(job: Job, found: Opened, asked: tuple[Target, ...], points: int) -> partial[_Counted]:
    """What a worker plays: a range of replications, at the points of a design."""
    spy = SpySource(Draws(job.seed))
    batch.play(job.scenario, spy, 0, 1)
    owners = {item: owner.luck for item in spy.asked if (owner := found.owner(item)) is not None}
    a, b = design(list(owners), points, job.seed)
    mixed = (
        {item: (b if luck == unknown.luck else a)[item] for item, luck in owners.items()}
        for unknown in found.unknowns
    )
    return partial(_count, _Plan(job, asked, (a, b, *mixed)))


def design(items: Sequence[str], points: int, seed: int) -> tuple[Uniforms, Uniforms]:
    """Two samples of so many points, from one scrambled Sobol' sequence with two columns for each number."""
    from scipy.stats import qmc  # takes a second to import

    if not items:
        return {}, {}
    sample = qmc.Sobol(2 * len(items), bits=52, rng=seed).random_base2(points.bit_length() - 1)
    columns = np.ascontiguousarray(sample.T) + 2.0**-53  # never 0 or 1, as keyed uniforms
    a, b = np.split(columns, 2)
    return dict(zip(items, a, strict=True)), dict(zip(items, b, strict=True))


def _count(plan: _Plan, start: int, stop: int) -> _Counted:
    pieces = {}
    for first, last in blocks(replace(plan.job, block=None), start, stop):
        drawn = CachedSource(Draws(plan.job.seed))
        sources = [DesignSource(drawn, sample, INNER) for sample in plan.samples]
        true, played = beside(plan.job.scenario, plan.asked, sources, first, last)
        a, b, ab = true[0], true[1], true[2:]
        counted = (played, *(each & played for each in (a, b, ab, a != b, a != ab, b != ab)))
        pieces[first] = _Piece(*map(_by_point, counted))
    return _Counted(pieces)


def _by_point(true: Bools) -> Ints:
    """Counts of the replications of each point."""
    counts: Ints = np.count_nonzero(true.reshape(*true.shape[:-1], -1, INNER), axis=-1)
    return counts


def _terms(counted: _Piece) -> Terms:
    """The terms of those points of which enough was played to tell their noise."""
    enough = counted.played > 1
    n, a, b, ab, a_b, a_ab, b_ab = (each[..., enough] for each in counted)

    def noise(apart: Ints, difference: Ints) -> Floats:
        """Of the mean of n differences that are -1, 0 or 1, `apart` of them not 0."""
        spread: Floats = (apart / n - (difference / n) ** 2) / (n - 1)
        return spread

    differ = Noise(noise(a_b, a - b), noise(a_ab, a - ab), noise(b_ab, b - ab))
    return terms(a / n, b / n, ab / n, differ)
