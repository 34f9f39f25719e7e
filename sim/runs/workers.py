"""Ranges played by worker processes of our own, which may die without taking the run with them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from typing import TypeVar

from sim.runs.problems import WorkerError

Piece = tuple[int, int]
"""Replications from the first to before the second."""

Found = TypeVar("Found")

TRIES = 3
"""Workers that a range may kill before it is named and left out."""


def by_workers(
    task: Callable[[int, int], Found], pieces: Sequence[Piece], workers: int, *, writes: bool
) -> Iterator[tuple[Piece, Found]]:
    """Each piece with what `task` makes of it, in the order in which they finish.

    When a worker dies, those that were under way are played again, each alone in a new pool, so that it is
    known which one it is. Raises `WorkerError` at the end, when all others are done, for those that have
    ended `TRIES` workers.
    """
    fresh, suspects, poisonous = deque(pieces), deque[Piece](), list[Piece]()
    tries = Counter[Piece]()
    while fresh or suspects:
        todo, size = (suspects, 1) if suspects else (fresh, workers)
        under_way: dict[Future[Found], Piece] = {}
        try:
            with pool(size, writes=writes) as started:
                yield from _in_turn(task, todo, started, under_way, size if size == 1 else size + 1)
        except BrokenProcessPool:
            for piece in under_way.values():
                tries[piece] += 1
                (suspects if tries[piece] < TRIES else poisonous).append(piece)
    if poisonous:
        named = ", ".join(f"{first}:{last}" for first, last in sorted(poisonous))
        raise WorkerError(
            f"replications {named} ended their worker process {TRIES} times (too little memory, or code that "
            "ends it); all others have been played"
        )


def _in_turn(
    task: Callable[[int, int], Found],
    todo: deque[Piece],
    pool: Executor,
    under_way: dict[Future[Found], Piece],
    most: int,
) -> Iterator[tuple[Piece, Found]]:
    """Pieces as they finish; `most` at a time are handed out, and are in `under_way` until they are done."""
    try:
        while todo or under_way:
            while todo and len(under_way) < most:
                with main_module_hidden(), interrupts_deferred():
                    under_way[pool.submit(task, *todo[0])] = todo[0]
                todo.popleft()
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                found = future.result()
                yield under_way.pop(future), found
    except BaseException:
        for future in under_way:
            future.cancel()
        raise


def pool(workers: int, *, writes: bool) -> Executor:
    """Worker processes, which end with this one; `writes` if they will write rows."""
    context, _ = _begun(writes)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)


def ready(*, writes: bool) -> bool:
    """Whether workers can start at once. Who asks first makes it so, soon, and may go on meanwhile."""
    _, began = _begun(writes)
    return time.perf_counter() - began > _BEGINS_IN


_BEGINS_IN = 0.5
"""Seconds in which all is imported that workers need; who does not wait for it waits at the first worker."""


@cache
def _begun(writes: bool) -> tuple[BaseContext, float]:
    """What starts workers, and when it began: a process that imports what they need once, and forks them."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    context.set_forkserver_preload(["sim.runs.store", *(["pyarrow.parquet"] if writes else [])])
    if method == "forkserver":
        resource_tracker.ensure_running()  # or the forkserver starts it, and unblocks what is blocked here
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Ctrl-C is not for its imports
        try:
            forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context, time.perf_counter()


def _end_with_parent() -> None:
    """End this worker when the process that started it is killed; it would else wait for work forever.

    Ctrl-C ends it at once and without a word: that is for the process that started it to say.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Let Ctrl-C wait for the end of the block: for the start of workers, which is not to be left half-way.

    A worker of which nobody knows yet would outlive this process for a moment, miss the locks that this
    process takes away at its end, and print a traceback. Blocking the signal would not do: another thread
    may get it.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is None:
        yield
        return
    pressed: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if pressed:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def main_module_hidden() -> Iterator[None]:
    """Workers that start now do not import the user's script again.

    They would, to find what it defines, and a script that is not guarded by `if __name__ == "__main__"`
    would so start its run once more. What they need is in this package.
    """
    main = sys.modules["__main__"]
    hidden = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    main.__dict__.pop("__file__", None)
    main.__spec__ = None
    try:
        yield
    finally:
        for name, value in hidden.items():
            setattr(main, name, value)
