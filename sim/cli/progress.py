"""Progress on stderr: a bar for people, a plain line every ten seconds for logs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sim.text import say

PLAIN_EVERY = 10.0
"""Seconds between lines where stderr is no terminal."""

QUIET_FOR = 1.0
"""Seconds before a bar appears: short runs show none."""


@contextmanager
def progress(lang: str) -> Iterator[Callable[[int, int], None]]:
    """A function to be told (done, of); it shows finished runs, or islands, and not those handed out."""
    began = told = time.monotonic()
    asked = 0

    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=None, visible=False)

            def draw(done: int, of: int) -> None:
                bar.update(task, completed=done, total=of, visible=time.monotonic() - began > QUIET_FOR)

            yield draw
        return

    def line(done: int, of: int) -> None:
        nonlocal began, told, asked
        now = time.monotonic()
        if of != asked:  # something else is played: how long that takes is not known yet
            began, asked = now if asked else began, of
        if done < of and now - told >= PLAIN_EVERY:  # what is finished needs no line
            told = now
            left = (now - began) / done * (of - done)
            numbers = {"done": f"{done:,}", "of": f"{of:,}", "left": f"{left:.0f}"}
            print(say(lang, "run.progress", **numbers), file=sys.stderr, flush=True)

    yield line
