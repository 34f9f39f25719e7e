"""How far it has come while something is played from Python: told in a notebook, and in a script if asked."""

from __future__ import annotations

import html
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from sim.text import say

Draw = Callable[[str, str], None]
"""Puts a bar, as HTML and as plain text, in the place of the one before; both empty takes it away."""

QUIET_FOR = 1.0
"""Seconds before a bar appears: what is quick needs none."""

REDRAWN_EVERY = 0.2
"""Seconds between two states of a bar."""


class Bar:
    """A progress bar that appears once something takes a second, and goes away when it is done.

    It is told (replications done, of all), of one thing after another. `open_place` gives it a place where
    people look now: in a notebook, below the cell that is running.
    """

    def __init__(self, open_place: Callable[[], Draw]) -> None:
        self._open_place = open_place
        self._draw: Draw | None = None
        self._began: float | None = time.monotonic()
        self._done = self._of = 0
        self._told = 0.0

    def __call__(self, done: int, of: int) -> None:
        """Draw how much is done; take the bar away at the end."""
        now = time.monotonic()
        if self._began is None or (self._of and of != self._of) or done < self._done:
            self._began, self._draw = now, None  # something else, or the same anew after an error
        self._done, self._of = done, of
        if done >= of:
            if self._draw is not None:
                self._draw("", "")
            self._began, self._draw, self._done, self._of = None, None, 0, 0
        elif now - self._began >= QUIET_FOR and now - self._told >= REDRAWN_EVERY:
            self._told, left = now, (now - self._began) / max(done, 1) * (of - done)
            self._draw = self._draw or self._open_place()
            said = say("en", "run.progress", done=f"{done:,}", of=f"{of:,}", left=f"{left:.0f}")
            self._draw(f'<progress value="{done}" max="{of}"></progress> {html.escape(said)}', said)


def bar_in_notebook() -> Bar | None:
    """Return a bar that a Jupyter notebook shows; None where none is running."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    return Bar(_open_in_notebook) if hasattr(shell, "kernel") else None


def bar_in_terminal() -> Bar:
    """Return a bar of one line on standard error."""
    return Bar(lambda: _draw_in_terminal)


def _open_in_notebook() -> Draw:
    # There is a notebook, so there is IPython, on which this program does not depend otherwise.
    handle = import_module("IPython.display").display({"text/plain": ""}, raw=True, display_id=True)

    def draw(as_html: str, plain: str) -> None:
        handle.update({"text/html": as_html, "text/plain": plain}, raw=True)

    return draw


def _draw_in_terminal(_: str, plain: str) -> None:
    print(f"\r\x1b[K{plain}", end="", file=sys.stderr, flush=True)
