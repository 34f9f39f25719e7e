"""Worker processes of our own, which may die without taking the run with them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from typing import TypeVar

from sim.execute.allocator import keep_freed_memory


class WorkerError(RuntimeError):
    """Pieces of work that end every worker they are given; one line names them."""


Unit = TypeVar("Unit", bound=Hashable)
Found = TypeVar("Found")

TRIES = 3
"""Workers that a piece may kill before it is named and left out."""


def play_by_workers(
    submit: Callable[[Executor, Unit], Future[Found]],
    pieces: Sequence[Unit],
    workers: int,
    *,
    writes: bool,
    luggage: object = None,
) -> Iterator[tuple[Unit, Found]]:
    """Give each piece with what a worker found for it, in the order in which they finish.

    Every worker is given the `luggage` once, when it starts, and keeps it.

    When a worker dies, the pieces that were under way are played again, each alone in a new pool, so that it
    is known which of them it is. Raises `WorkerError` for those that have ended `TRIES` workers, once all
    others are done.
    """
    fresh, suspects, poisonous = deque(pieces), deque[Unit](), list[Unit]()
    tries = Counter[Unit]()
    while fresh or suspects:
        todo, size = (suspects, 1) if suspects else (fresh, workers)
        under_way: dict[Future[Found], Unit] = {}
        try:
            with open_pool(size, writes=writes, luggage=luggage) as pool:
                yield from take_turns(submit, todo, pool, under_way, size if size == 1 else size + 1)
        except BrokenProcessPool:
            for piece in under_way.values():
                tries[piece] += 1
                (suspects if tries[piece] < TRIES else poisonous).append(piece)
    if poisonous:
        named = ", ".join(str(piece) for piece in poisonous)
        raise WorkerError(
            f"replications {named} ended their worker process {TRIES} times (too little memory, or code that "
            "ends it); all others have been played"
        )


def take_turns(
    submit: Callable[[Executor, Unit], Future[Found]],
    todo: deque[Unit],
    pool: Executor,
    under_way: dict[Future[Found], Unit],
    most: int,
) -> Iterator[tuple[Unit, Found]]:
    """Hand out `most` pieces at a time, so that no more can wait here to be added up.

    What is not done is in `under_way` for whoever catches an error.
    """
    try:
        while todo or under_way:
            while todo and len(under_way) < most:
                with main_module_hidden(), _working_folder_hidden(), interrupts_deferred():
                    under_way[submit(pool, todo[0])] = todo[0]
                todo.popleft()
            done = list(wait(under_way, return_when=FIRST_COMPLETED).done)
            while done:
                found = done[-1].result()  # which may raise, and is under way until then
                yield under_way.pop(done.pop()), found
                del found  # not kept while the next one is waited for
    except BaseException:
        for future in under_way:
            future.cancel()
        raise


def open_pool(workers: int, *, writes: bool, luggage: object = None) -> Executor:
    """Return a pool of worker processes, which end with this one; `writes` if they will write rows."""
    context, _ = _start_fork_server(writes)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_work, initargs=(luggage,))


_luggage: list[object] = []
"""What this worker was given when it started: to hold it is all that is done with it."""


def _begin_work(luggage: object) -> None:
    """Begin as a worker, with what it is to keep."""
    _luggage.append(luggage)
    keep_freed_memory()
    _end_with_parent()


def is_pool_ready(*, writes: bool) -> bool:
    """Tell whether workers could start at once, without waiting for their imports.

    The first call begins those imports in another process and returns at once.
    """
    _, began = _start_fork_server(writes)
    return time.perf_counter() - began > _IMPORTS_TAKE


_IMPORTS_TAKE = 0.5
"""Seconds in which the fork server imports what workers need; who comes sooner waits for the first worker."""


@cache
def _start_fork_server(writes: bool) -> tuple[BaseContext, float]:
    """Start the process that imports what workers need, once, and forks them; and when it began."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    context.set_forkserver_preload(["sim.execute.runner", *(["pyarrow.parquet"] if writes else [])])
    if method == "forkserver":
        with _working_folder_hidden():
            # The fork server would start the tracker itself, and with it unblock the signal blocked below.
            resource_tracker.ensure_running()
            # Ctrl-C is not for the imports of the fork server: it would print their traceback.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                forkserver.ensure_running()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context, time.perf_counter()


def _end_with_parent() -> None:
    """End this worker when the process that started it is killed; it would wait for work forever otherwise.

    Ctrl-C ends it at once and without a word: speaking is for the process that started it.
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
    """Keep workers that start now from importing the user's script again.

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


@contextmanager
def _working_folder_hidden() -> Iterator[None]:
    """Keep processes that start now from importing what lies in the working folder, a `random.py` say.

    They are started with `python -c`, which looks there first. Workers get the path of this process later.
    """
    # Small matrices by several threads take three times the processor, and workers have all cores as it is.
    changed = {"PYTHONSAFEPATH": "1", "OPENBLAS_NUM_THREADS": "1"}
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
