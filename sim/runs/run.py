"""Replications by the thousand: split into ranges, played here or by workers, added up."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from functools import partial, reduce
from operator import add
from typing import Protocol, Self, TypeVar

from sim.runs.parts import ranges
from sim.runs.size import warn_of_size
from sim.runs.store import found, keep, reusable
from sim.runs.work import Job, blocks, work
from sim.runs.workers import Piece, by_workers, main_module_hidden, ready
from sim.stats.tally import Tally, nothing

POOL_PAYS_AFTER = 2.0
"""Seconds of work below which starting workers costs more than they save."""

Progress = Callable[[int, int], None]
"""Told (replications done, of all) as ranges finish."""


class Adds(Protocol):
    """What ranges of replications yield: it adds up to the same in any order."""

    def __add__(self, other: Self, /) -> Self:
        """Both together."""
        ...


Yield = TypeVar("Yield", bound=Adds)
Task = Callable[[int, int], Yield]
"""Plays a range of replications; it can be sent to a worker if its job can."""


def run(
    job: Job,
    start: int,
    stop: int,
    *,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Tally:
    """Play the replications from `start` to before `stop` and count them.

    `jobs` workers; None decides by the work that the first range shows. An `executor` is used as it is.
    The result is the same, byte for byte, whichever is chosen. Where the job has a folder, what an earlier
    run has finished there is not played again.
    """
    if job.out is None:
        return _added(job, partial(work, job), list(_pieces(job, start, stop)), jobs, executor, progress)
    done, missing = _there(job, list(ranges(job.scenario, start, stop)))
    if not missing:
        return done
    warn_of_size(job, _size(missing), missing[0][0])
    report = _after(stop - start - _size(missing), stop - start, progress or _silent)
    return done + _added(job, partial(keep, job), missing, jobs, executor, report)


def _there(job: Job, pieces: Sequence[Piece]) -> tuple[Tally, list[Piece]]:
    """The counts of the pieces that are there already, and the pieces that are not."""
    done, missing = nothing(job.scenario), []
    for piece in pieces:
        tally = found(job, *piece) if reusable(job) else None
        if tally is None:
            missing.append(piece)
        else:
            done += tally
    return done, missing


def added(
    job: Job,
    task: Task[Yield],
    start: int,
    stop: int,
    executor: Executor | None = None,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Yield:
    """What `task` yields for the replications from `start` to before `stop`, by workers where that pays."""
    return _added(job, task, list(_pieces(job, start, stop)), jobs, executor, progress)


def _added(
    job: Job,
    task: Task[Yield],
    pieces: Sequence[Piece],
    jobs: int | None,
    executor: Executor | None,
    progress: Progress | None,
) -> Yield:
    report = progress or _silent
    writes = job.out is not None
    if executor is not None:
        return _shared(task, pieces, executor, report)
    if jobs is not None and jobs > 1:
        if not can_travel(job):
            raise ValueError(
                f"jobs={jobs} with rules or processes made in a script: put them in a module, or leave it out"
            )
        return _added_up(by_workers(task, pieces, min(jobs, len(pieces)), writes=writes), pieces, report)
    return _alone(job, task, pieces, report, may_share=jobs is None)


def _silent(done: int, of: int) -> None:
    """No progress."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _pieces(job: Job, start: int, stop: int) -> Iterator[Piece]:
    """Ranges for workers when nothing is written, in blocks of the job.

    The first are small, so that it is soon known how long a run takes, and so are the last, so that no
    worker plays a long one while the others have nothing left.
    """
    several = list(blocks(job, start, stop))
    done = 0
    while done < len(several):
        size = max(1, min(done // 4, (len(several) - done) // _LAST_PIECES, _BLOCKS_A_PIECE))
        yield several[done][0], several[done + size - 1][1]
        done += size


_BLOCKS_A_PIECE = 8
_LAST_PIECES = 12
"""Pieces of one block at the end, about."""


def _alone(
    job: Job, task: Task[Yield], pieces: Sequence[Piece], report: Progress, *, may_share: bool
) -> Yield:
    total: Yield | None = None
    done, of = 0, _size(pieces)
    began, writes = time.perf_counter(), job.out is not None
    for i, (first, last) in enumerate(pieces):
        one = task(first, last)
        total = one if total is None else total + one
        done += last - first
        report(done, of)
        left = (time.perf_counter() - began) / done * (of - done)
        worth = may_share and left > POOL_PAYS_AFTER and cores() > 1 and len(pieces) - i > 2
        if worth and can_travel(job) and ready(writes=writes):
            rest = pieces[i + 1 :]
            played = by_workers(task, rest, min(cores(), len(rest)), writes=writes)
            return total + _added_up(played, rest, _after(done, of, report))
    assert total is not None
    return total


def _size(pieces: Sequence[Piece]) -> int:
    """Replications in all."""
    return sum(last - first for first, last in pieces)


def can_travel(job: Job) -> bool:
    """Whether workers can be given the job: functions made on the spot or in a script cannot be sent."""
    own = [getattr(job.rules, name) for name in job.rules.replaced()] + list(job.processes)
    if any(getattr(function, "__module__", "__main__") == "__main__" for function in own):
        return False
    try:
        pickle.dumps(job)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True


def _after(before: int, of: int, report: Progress) -> Progress:
    """A report that adds what was done before."""
    return lambda done, _: report(before + done, of)


def _shared(task: Task[Yield], pieces: Sequence[Piece], executor: Executor, report: Progress) -> Yield:
    """By an executor of the user's own, whatever it is."""
    with main_module_hidden():
        waiting = {executor.submit(task, first, last): (first, last) for first, last in pieces}
    try:
        return _added_up(((waiting[f], f.result()) for f in as_completed(waiting)), pieces, report)
    except BaseException:
        for future in waiting:
            future.cancel()
        raise


def _added_up(played: Iterable[tuple[Piece, Yield]], pieces: Sequence[Piece], report: Progress) -> Yield:
    """All that the pieces yield, added in whatever order they come, told as they come.

    Like is added to like, two pieces, then two pairs: a sum of many is not gone through for each piece.
    """
    sums: list[Yield] = []
    done, of = 0, _size(pieces)
    for count, ((first, last), one) in enumerate(played, start=1):
        total = one
        for _ in range((count & -count).bit_length() - 1):  # as often as two divides the count
            total = sums.pop() + total
        sums.append(total)
        done += last - first
        report(done, of)
    return reduce(add, reversed(sums))
