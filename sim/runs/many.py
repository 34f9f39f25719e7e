"""Many scenarios played over the same replications: the points of a sweep, the sides of a comparison."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, as_completed
from concurrent.futures.process import BrokenProcessPool

from sim.runs.problems import WorkerError
from sim.runs.run import POOL_PAYS_AFTER, Progress, can_travel, cores
from sim.runs.work import Job, blocks, work
from sim.runs.workers import main_module_hidden, pool
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
) -> list[Tally]:
    """The counts of each job over the replications from `start` to before `stop`.

    `workers` None decides by the work that the first pieces show. The counts are the same, byte for byte,
    whichever is chosen. `progress` is told (pieces done, of all).
    """
    report = progress or (lambda done, of: None)
    pieces = [(i, a, b) for i, job in enumerate(jobs) for a, b in _pieces(job, start, stop)]
    found: list[Tally | None] = [None] * len(jobs)
    if executor is not None:
        _share(jobs, pieces, executor, found, report, 0)
        return _all(found)
    began, wanted = time.perf_counter(), workers or cores()
    for done, piece in enumerate(pieces, start=1):
        i, first, last = piece
        _add(found, i, work(jobs[i], first, last))
        report(done, len(pieces))
        left = (time.perf_counter() - began) / done * (len(pieces) - done)
        worth = (workers or 0) > 1 or (workers is None and left > POOL_PAYS_AFTER)
        if worth and wanted > 1 and len(pieces) - done > 1 and can_travel(jobs[i]):
            with pool(min(wanted, len(pieces) - done), writes=False) as helpers:
                _share(jobs, pieces[done:], helpers, found, report, done)
            break
    return _all(found)


def _pieces(job: Job, start: int, stop: int) -> Iterator[tuple[int, int]]:
    several = list(blocks(job, start, stop))
    for i in range(0, len(several), _BLOCKS_A_PIECE):
        part = several[i : i + _BLOCKS_A_PIECE]
        yield part[0][0], part[-1][1]


def _share(
    jobs: Sequence[Job],
    pieces: Sequence[Piece],
    executor: Executor,
    found: list[Tally | None],
    report: Progress,
    before: int,
) -> None:
    with main_module_hidden():
        waiting = {executor.submit(work, jobs[i], first, last): i for i, first, last in pieces}
    try:
        for done, future in enumerate(as_completed(waiting), start=before + 1):
            _add(found, waiting[future], future.result())
            report(done, before + len(pieces))
    except BrokenProcessPool:
        raise WorkerError("a worker process died (too little memory, perhaps); try --jobs 1") from None
    except BaseException:
        for future in waiting:
            future.cancel()
        raise


def _add(found: list[Tally | None], i: int, tally: Tally) -> None:
    there = found[i]
    found[i] = tally if there is None else there + tally


def _all(found: Sequence[Tally | None]) -> list[Tally]:
    return [tally for tally in found if tally is not None]
