"""Many scenarios played over the same replications: the points of a sweep, the sides of a comparison."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from concurrent.futures.process import BrokenProcessPool

from sim.runs.checkpoint import Checkpoint
from sim.runs.problems import WorkerError
from sim.runs.run import POOL_PAYS_AFTER, Progress, can_travel, cores
from sim.runs.work import Job, blocks, work
from sim.runs.workers import main_module_hidden, pool, ready
from sim.stats.tally import Tally

_BLOCKS_A_PIECE = 16
"""Blocks that one worker plays of one scenario before it takes the next piece."""

Piece = tuple[int, int, int]
"""A scenario's place in the list, and a range of its replications."""


def played(
    jobs: Sequence[Job],
    start: int,
    stop: int,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
) -> list[Tally]:
    """The counts of each job over the replications from `start` to before `stop`.

    `workers` None decides by the work that the first pieces show. The counts are the same, byte for byte,
    whichever is chosen. `progress` is told (replications done, of those of all jobs). Pieces in the
    `checkpoint` are not played again, and those that are played go there.
    """
    counts = _Counts(jobs, checkpoint)
    pieces = counts.missing(
        (i, a, b) for i, job in enumerate(jobs) for a, b in piece_ranges(job, start, stop)
    )
    report = _Report(progress, (stop - start) * len(jobs), _size(pieces))
    if executor is not None:
        _share(pieces, executor, counts, report)
        return counts.of_each()
    began, wanted = time.perf_counter(), workers or cores()
    for done, piece in enumerate(pieces, start=1):
        i, first, last = piece
        counts.add(piece, work(jobs[i], first, last))
        report(piece)
        left = (time.perf_counter() - began) / done * (len(pieces) - done)
        asked = (workers or 0) > 1
        worth = asked or (workers is None and left > POOL_PAYS_AFTER and ready(writes=False))
        if worth and wanted > 1 and len(pieces) - done > 1 and can_travel(jobs[i]):
            with pool(min(wanted, len(pieces) - done), writes=False) as helpers:
                _share(pieces[done:], helpers, counts, report)
            break
    return counts.of_each()


def _size(pieces: Sequence[Piece]) -> int:
    return sum(last - first for _, first, last in pieces)


class _Report:
    """Tells how many replications are done, of all, as pieces end."""

    def __init__(self, progress: Progress | None, of: int, missing: int) -> None:
        self._progress, self._of, self._done = progress, of, of - missing

    def __call__(self, piece: Piece) -> None:
        self._done += _size([piece])
        if self._progress is not None:
            self._progress(self._done, self._of)


class _Counts:
    """The counts of each job so far."""

    def __init__(self, jobs: Sequence[Job], checkpoint: Checkpoint | None) -> None:
        self.jobs, self._checkpoint = jobs, checkpoint
        self._found: list[Tally | None] = [None] * len(jobs)

    def missing(self, pieces: Iterable[Piece]) -> list[Piece]:
        """The pieces that are not at the checkpoint; the others are added."""
        if self._checkpoint is None:
            return list(pieces)
        missing = []
        for i, first, last in pieces:
            tally = self._checkpoint.found(self.jobs[i], first, last)
            if tally is None:
                missing.append((i, first, last))
            else:
                self._add(i, tally)
        return missing

    def add(self, piece: Piece, tally: Tally) -> None:
        """Count what was played."""
        i, first, last = piece
        if self._checkpoint is not None:
            self._checkpoint.keep(self.jobs[i], first, last, tally)
        self._add(i, tally)

    def of_each(self) -> list[Tally]:
        """The counts of each job, all of whose pieces are there."""
        return [tally for tally in self._found if tally is not None]

    def _add(self, i: int, tally: Tally) -> None:
        there = self._found[i]
        self._found[i] = tally if there is None else there + tally


def piece_ranges(job: Job, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The ranges of the pieces in which a job is played."""
    several = list(blocks(job, start, stop))
    for i in range(0, len(several), _BLOCKS_A_PIECE):
        part = several[i : i + _BLOCKS_A_PIECE]
        yield part[0][0], part[-1][1]


def _share(pieces: Sequence[Piece], executor: Executor, counts: _Counts, report: _Report) -> None:
    with main_module_hidden():
        waiting = {executor.submit(work, counts.jobs[i], a, b): (i, a, b) for i, a, b in pieces}
    try:
        for future in as_completed(waiting):
            counts.add(waiting[future], future.result())
            report(waiting[future])
    except BrokenProcessPool:
        raise WorkerError("a worker process died (too little memory, perhaps); try --jobs 1") from None
    except BaseException:
        for future in waiting:
            future.cancel()
        raise
