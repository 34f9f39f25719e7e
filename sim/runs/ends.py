"""Chances where one uncertain number is at its low or its high end, and all others are drawn as ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sim.model.draws import Draws, Source
from sim.model.sources import CachedSource, PinnedSource
from sim.runs.influence import HIGH, LOW
from sim.runs.run import Progress, added
from sim.runs.targets import Target, beside
from sim.runs.work import Job, blocks
from sim.stats.histogram import Ints
from sim.stats.paired import Difference

RUNS = 4096
"""Replications at each end: chances to 1.6 points, what lies between the ends far more exactly."""


@dataclass(frozen=True)
class Ends:
    """Counts over the same replications; adds up in any order."""

    runs: int
    drawn: Ints  # (targets,) all numbers drawn
    low: Ints  # (numbers, targets)
    high: Ints
    only_low: Ints  # (numbers, targets) replications in which the target comes true at the low end alone
    only_high: Ints

    def __add__(self, other: Ends) -> Ends:
        return Ends(
            self.runs + other.runs,
            self.drawn + other.drawn,
            self.low + other.low,
            self.high + other.high,
            self.only_low + other.only_low,
            self.only_high + other.only_high,
        )

    def between(self, number: int, target: int) -> Difference:
        """How much greater a target's chance is at the high end of a number than at the low end, paired."""
        at = number, target
        counts = self.only_high, self.only_low, self.low, self.high
        b, c, first, second = (int(each[at]) for each in counts)
        return Difference(b, c, self.runs, first=first, second=second)


def ends(
    job: Job,
    lucks: Sequence[str],
    asked: Sequence[Target],
    runs: int = RUNS,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Ends:
    """Play both ends of each number, by the name of its luck, over the replications before `runs`."""
    return added(job, partial(_count, job, tuple(lucks), tuple(asked)), 0, runs, jobs=jobs, progress=progress)


def _count(job: Job, lucks: tuple[str, ...], asked: tuple[Target, ...], start: int, stop: int) -> Ends:
    shape = (len(lucks), len(asked))
    total = Ends(0, *(np.zeros(x, dtype=np.int64) for x in (shape[1:], shape, shape, shape, shape)))
    for first, last in blocks(replace(job, block=None), start, stop):
        drawn = CachedSource(Draws(job.seed))
        pinned = (PinnedSource(drawn, {luck: end}, job.scenario) for end in (LOW, HIGH) for luck in lucks)
        sources: list[Source] = [drawn, *pinned]
        true, played = beside(job.scenario, asked, sources, first, last)
        true &= played
        low, high = true[1:].reshape(2, *shape, -1)
        counts = (np.count_nonzero(x, axis=-1) for x in (true[0], low, high, low & ~high, high & ~low))
        total += Ends(int(played.sum()), *counts)
    return total
