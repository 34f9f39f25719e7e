"""The runner: plays one or many groups of cases, here or by workers, and adds up what is counted."""

from __future__ import annotations

import os
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any, Generic, NoReturn, Protocol, runtime_checkable

from sim.execute.case import Case
from sim.execute.cluster import Cluster
from sim.execute.group import Group, Played
from sim.execute.parcel import make_parcel, shared_pasts
from sim.execute.piece import Found, Piece, Store, cut_into_pieces, play_packed, play_piece
from sim.execute.pool import is_pool_ready, play_by_workers, take_turns
from sim.execute.sums import RunningSum
from sim.execute.tree import play_as_tree
from sim.stats.counts import C
from sim.stats.precision import looks
from sim.stats.tally import Failure

POOL_PAYS_AFTER = 2.0
"""Seconds of work below which starting workers costs more than they save."""

_MOST_SUBMITTED = 256
"""Pieces that an executor of the user's own is handed at a time; how many workers it has nobody knows."""

Progress = Callable[[int, int], None]
"""Told (replications done, of all) as pieces finish."""


@runtime_checkable
class TimedProgress(Protocol):
    """Progress that reckons the time left, for which it is told of work in units that take alike."""

    def begin(self, work: float) -> None:
        """So much is to be done from now on."""
        ...

    def advance(self, work: float) -> None:
        """So much more was done."""
        ...


class Runner:
    """Plays groups of cases with one policy, whatever they are and wherever they are played.

    A replication that raises is counted out of every case of its group and told in `Played.failures`. A
    worker that dies is replaced. What a `Store` has is not played again. The counts are the same, byte for
    byte, whatever `jobs`, `executor` and `block` are.

    `jobs` is the number of worker processes; None starts them where the first pieces show that it pays. An
    `executor` is used as it is, a `Cluster` adds up by itself. `block` is how many replications are played at
    a time.
    """

    def __init__(
        self,
        *,
        jobs: int | None = None,
        executor: Executor | Cluster | None = None,
        progress: Progress | None = None,
        block: int | None = None,
    ) -> None:
        if (jobs is not None and jobs < 1) or (block is not None and block < 1):
            raise ValueError("jobs and block, where given, are at least 1")
        self.jobs, self.executor, self.block, self.progress = jobs, executor, block, progress

    def for_later(self, progress: Progress | None) -> Runner:
        """Return what plays what is asked of a result later: an executor may have been shut down by then.

        A cluster knows whether it was closed.
        """
        return Runner(
            jobs=self.jobs,
            executor=self.executor if isinstance(self.executor, Cluster) else None,
            progress=progress,
        )

    def inform(self, case: Case) -> Case:
        """Return a case with its past, inferred if its scenario has facts and that was not done yet."""
        if case.past is not None or not case.scenario.has_facts:
            return case
        from sim.execute.inference import infer  # which is played by a runner, in its turn

        return replace(case, past=infer(case, self).past)

    def _inform_all(self, groups: Sequence[Group[C]]) -> Sequence[Group[C]]:
        uninformed = [case for group in groups for case in group.uninformed]
        if not uninformed:
            return groups
        from sim.execute.inference import infer_all

        infer_all(uninformed, self)
        return [
            replace(group, cases=tuple(map(self.inform, group.cases))) if group.uninformed else group
            for group in groups
        ]

    def play(
        self, groups: Sequence[Group[C]], store: Store | None = None, *, done: int = 0
    ) -> list[Played[C]]:
        """Play every group over its ranges and return what each yielded.

        `done` replications were played before, by what progress tells. Raises what a replication raises where
        all do, `WorkerError` for pieces that end every worker, and `OSError` where the store cannot write.
        """
        groups = self._inform_all(groups)
        if self.block is not None:
            groups = [replace(group, block=self.block) for group in groups]
        sums: list[RunningSum[C]] = [RunningSum(group.zero) for group in groups]
        pieces = []
        for piece, found in cut_into_pieces(groups, store):
            if found is None:
                pieces.append(piece)
            else:
                sums[piece.group].add(found)
        of = done + sum(group.size for group in groups)
        report = _Report(self.progress, groups, pieces, of)
        cluster = self.executor if isinstance(self.executor, Cluster) else None
        if cluster is not None and cluster.is_open:
            for number, found in _play_on_cluster(cluster, groups, pieces, store, report):
                sums[number].add_large(found)
                del found
        else:
            writes = store is not None and store.row_writer is not None
            for piece, (played, rows) in self._played(_Work(groups, store), pieces, writes=writes):
                if store is not None:
                    store.save(groups[piece.group], (piece.start, piece.stop), played, rows)
                sums[piece.group].add(played)
                del played  # not kept while the next one is waited for
                report(piece)
        totals = [each.total() for each in sums]
        # Of one group among many, too: chances of no replication would be printed as numbers.
        for group, total in zip(groups, totals, strict=True):
            if group.size and len(total.failures) == group.size:
                _raise_again(group, total.failures[0])
        return totals

    def play_until(
        self,
        groups: Sequence[Group[C]],
        is_precise: Callable[[Sequence[Played[C]]], bool],
        store: Store | None = None,
    ) -> tuple[int, list[Played[C]]]:
        """Play replications from 0 on until they are precise enough, at numbers that are fixed beforehand.

        Returns how many there are of each case, and what each group yielded (see `sim.stats.precision`).
        """
        played: list[Played[C]] = [Played(group.zero) for group in groups]
        done = 0
        for look in looks():
            ahead = [group.over((done, look)) for group in groups]
            more = self.play(ahead, store, done=done * len(groups))
            played = [one + other for one, other in zip(played, more, strict=True)]
            done = look
            if is_precise(played):
                return done, played
        raise AssertionError("looks() never ends")

    def _played(
        self, work: _Work[C], pieces: Sequence[Piece], *, writes: bool
    ) -> Iterator[tuple[Piece, Found[C]]]:
        """Give each piece with what was found, in whatever order they end."""
        if isinstance(self.executor, Executor):
            return _play_by_executor(work, pieces, self.executor)
        if self.jobs is not None and self.jobs > 1 and pieces:
            if not work.can_travel(asked=True):
                raise ValueError(
                    f"jobs={self.jobs} with rules or processes that hold what cannot be sent to workers, "
                    "such as a lock or a connection: leave it out"
                )
            return work.play_by_workers(pieces, min(self.jobs, len(pieces)), writes=writes)
        cores = min(count_cores(), len(pieces))
        if self.jobs is None and cores > 1 and work.is_long and work.can_travel():
            return work.play_by_workers(pieces, cores, writes=writes)
        return self._play_here(work, pieces, writes=writes)

    def _play_here(
        self, work: _Work[C], pieces: Sequence[Piece], *, writes: bool
    ) -> Iterator[tuple[Piece, Found[C]]]:
        """Play one piece after another; hand the rest to workers once that is known to pay."""
        began, played, of = time.perf_counter(), 0, sum(piece.size for piece in pieces)
        for done, piece in enumerate(pieces, start=1):
            yield piece, work(piece)
            played += piece.size
            rest = pieces[done:]
            left = (time.perf_counter() - began) / played * (of - played)
            # Starting a pool costs about two seconds: only once the rest is known to take longer.
            pays = self.jobs is None and left > POOL_PAYS_AFTER and len(rest) > 1 and count_cores() > 1
            if pays and work.can_travel() and is_pool_ready(writes=writes):
                workers = min(count_cores(), len(rest))
                yield from work.play_by_workers(rest, workers, writes=writes)
                return


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Work(Generic[C]):
    """What is to be played of each piece, here or by a worker."""

    def __init__(self, groups: Sequence[Group[C]], store: Store | None) -> None:
        self._groups = groups
        self._row_writer = None if store is None else store.row_writer
        self._by_value = False  # whether functions of a user's own are sent as code

    def __call__(self, piece: Piece) -> Found[C]:
        return play_piece(self._groups[piece.group], piece.start, piece.stop, self._row_writer)

    def submit(self, executor: Executor, piece: Piece) -> Future[Found[C]]:
        """Hand a piece to any executor."""
        group, start, stop = self._groups[piece.group], piece.start, piece.stop
        if self._by_value:
            return executor.submit(
                play_packed, make_parcel(group, by_value=True), start, stop, self._row_writer
            )
        return executor.submit(play_piece, group, start, stop, self._row_writer)

    def play_by_workers(
        self, pieces: Sequence[Piece], workers: int, *, writes: bool
    ) -> Iterator[tuple[Piece, Found[C]]]:
        """Play pieces by workers of our own, who are given once what pieces share."""
        pasts = shared_pasts([self._groups[piece.group] for piece in pieces])

        def submit(pool: Executor, piece: Piece) -> Future[Found[C]]:
            code = make_parcel(self._groups[piece.group], pasts, by_value=self._by_value)
            return pool.submit(play_packed, code, piece.start, piece.stop, self._row_writer)

        return play_by_workers(submit, pieces, workers, writes=writes, luggage=pasts)

    @property
    def is_long(self) -> bool:
        """Whether all of it is of groups whose pieces take long."""
        return all(group.is_long for group in self._groups)

    def can_travel(self, *, asked: bool = False) -> bool:
        """Tell whether workers can be given it; functions of a script or a notebook are sent as code.

        A process that was made there stays here unless workers were `asked` for: it may write down what it
        sees, and what a worker writes down is lost.
        """
        case = self._groups[0].cases[0]
        if _is_found_by_name(case):
            return True
        if case.processes and not asked:
            return False
        import cloudpickle

        try:
            cloudpickle.dumps(case)
        except Exception:  # whatever the things that it holds raise
            return False
        self._by_value = True
        return True


def _is_found_by_name(case: Case) -> bool:
    """Tell whether a worker can import all functions of a user's own."""
    own = [getattr(case.rules, name) for name in case.rules.replaced()] + list(case.processes)
    if any(getattr(function, "__module__", "__main__") == "__main__" for function in own):
        return False
    try:
        pickle.dumps(case)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True


def _raise_again(group: Group[C], failure: Failure) -> NoReturn:
    """Raise what a group's first replication raised; all failed, so that nothing could be told of it."""
    first = failure.replication
    group.cases[failure.case].play(first, first + 1)
    raise RuntimeError(f"every replication failed: {failure}")  # and does not do so again


def _play_by_executor(
    work: _Work[C], pieces: Sequence[Piece], executor: Executor
) -> Iterator[tuple[Piece, Found[C]]]:
    """Play by an executor of the user's own, whatever it is."""
    return take_turns(work.submit, deque(pieces), executor, {}, _MOST_SUBMITTED)


def _play_on_cluster(
    cluster: Cluster,
    groups: Sequence[Group[C]],
    pieces: Sequence[Piece],
    store: Store | None,
    report: _Report,
) -> Iterator[tuple[int, Played[C]]]:
    """Give sums of pieces, each with the number of its group; one piece at a time comes here to be kept."""

    def keep(piece: Piece, fetch: Callable[[], Found[C]]) -> None:
        if store is not None:
            store.save(groups[piece.group], (piece.start, piece.stop), *fetch())
        report(piece)

    return play_as_tree(cluster, groups, pieces, None if store is None else store.row_writer, keep)


class _Report:
    """Tells progress of pieces as they finish: of replications, and of work if it reckons the time left."""

    def __init__(
        self, progress: Progress | None, groups: Sequence[Group[Any]], pieces: Sequence[Piece], of: int
    ) -> None:
        self._progress, self._of = progress, of
        self._done = of - sum(piece.size for piece in pieces)
        told: object = progress
        self._timed = told if isinstance(told, TimedProgress) else None
        if self._timed is not None:
            # What was played before takes no time now, and a run of events takes many times that of arrays.
            self._duration = [group.duration for group in groups]
            self._timed.begin(sum(map(self._work, pieces)))

    def _work(self, piece: Piece) -> float:
        return piece.size * self._duration[piece.group]

    def __call__(self, piece: Piece) -> None:
        """Tell that a piece is done."""
        self._done += piece.size
        if self._timed is not None:
            self._timed.advance(self._work(piece))
        if self._progress is not None:
            self._progress(self._done, self._of)
