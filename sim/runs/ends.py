"""Chances where one uncertain number is at its low or its high end, and all others are drawn as ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from sim.model.draws import Draws, Source
from sim.model.held import Held
from sim.model.kept import Kept
from sim.runs.influence import HIGH, LOW
from sim.runs.run import Progress, added
from sim.runs.targets import beside
from sim.runs.work import Job, blocks
from sim.stats.targets import Target
from sim.stats.tornado import TornadoCounts

RUNS = 4096
"""Replications at each end: chances to 1.6 points, what lies between the ends far more exactly."""


def ends(
    job: Job,
    lucks: Sequence[str],
    asked: Sequence[Target],
    runs: int = RUNS,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> TornadoCounts:
    """Play both ends of each number, by the name of its luck, over the replications before `runs`."""
    return added(job, partial(_count, job, tuple(lucks), tuple(asked)), 0, runs, jobs=jobs, progress=progress)


def _count(
    job: Job, lucks: tuple[str, ...], asked: tuple[Target, ...], start: int, stop: int
) -> TornadoCounts:
    shape = (len(lucks), len(asked))
    total = TornadoCounts(0, *(np.zeros(x, dtype=np.int64) for x in (shape[1:], shape, shape, shape, shape)))
    for first, last in blocks(replace(job, block=None), start, stop):
        drawn = Kept(Draws(job.seed))
        sources: list[Source] = [drawn, *(Held(drawn, {luck: end}) for end in (LOW, HIGH) for luck in lucks)]
        true, played = beside(job.scenario, asked, sources, first, last)
        true &= played
        low, high = true[1:].reshape(2, *shape, -1)
        counts = (np.count_nonzero(x, axis=-1) for x in (true[0], low, high, low & ~high, high & ~low))
        total += TornadoCounts(int(played.sum()), *counts)
    return total
