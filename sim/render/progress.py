"""How far it has come while something is played from Python: told in a notebook, and in a script if asked."""

from __future__ import annotations

import html
import sys
import time
from collections import deque
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


class TimeLeft:
    """How long the rest of some work takes, by the later half of the time that it has taken so far.

    The start is left behind that way: workers that are started and modules that are loaded cost seconds that
    do not come again. What was done before it began took no time, and is not counted. A unit of work takes
    about as long as any other; what a unit is, is for others to say.
    """

    def __init__(self, began: float, of: float, done: float = 0.0) -> None:
        self.began, self._of = began, of
        self._marks = deque([(began, done)])  # (second, work that was done by then), from half of the time on

    def advance(self, now: float, done: float) -> None:
        """Note how much is done in all by now."""
        self._marks.append((now, done))
        half = (self.began + now) / 2
        while len(self._marks) > 2 and self._marks[1][0] <= half:
            self._marks.popleft()

    @property
    def done(self) -> float:
        """How much is done in all."""
        return self._marks[-1][1]

    def seconds(self, now: float) -> float | None:
        """Return the seconds left, at least 0; None as long as nothing tells."""
        (first, before), (last, done) = self._marks[0], self._marks[-1]
        if done <= before or last <= first:
            return None
        return max(0.0, (last - first) / (done - before) * (self._of - done) - (now - last))


class Timer:
    """Keeps the time of one thing after another, of which progress is told (done, of all).

    A runner says by `begin` and `advance` how much work it does, in units that take about as long as each
    other; of whoever does not, the numbers that are told are taken.
    """

    def __init__(self) -> None:
        self._left: TimeLeft | None = TimeLeft(time.monotonic(), 0)  # the first thing begins now
        self._by_work = False
        self._told = 0, 0

    def begin(self, work: float) -> None:
        """Begin something new: so much work, from now on."""
        self._left, self._by_work, self._told = TimeLeft(time.monotonic(), work), True, (0, 0)

    def advance(self, work: float) -> None:
        """Add work that was done."""
        if self._left is not None and self._by_work:
            self._left.advance(time.monotonic(), self._left.done + work)

    def is_new(self, done: int, of: int) -> bool:
        """Whether what is told is of something else than before, or of the same anew after an error."""
        return self._told == (0, 0) or of != self._told[1] or done < self._told[0]

    def tell(self, done: int, of: int) -> tuple[float, float | None]:
        """Take what is told; return the seconds since it began, and those left, None if nothing tells."""
        now = time.monotonic()
        if not self._by_work:
            if self._told == (0, 0) and self._left is not None:
                self._left = TimeLeft(self._left.began, of)
            elif self._left is None or self.is_new(done, of):
                self._left = TimeLeft(now, of, done)  # when it began nobody said: what came before is lost
            self._left.advance(now, done)
        assert self._left is not None
        taken, left = now - self._left.began, self._left.seconds(now)
        self._told = done, of
        if done >= of:
            self._left, self._by_work, self._told = None, False, (0, 0)
        return taken, left


def format_progress(lang: str, done: int, of: int, left: float | None) -> str:
    """Return how much is done, and how long the rest takes if that is known: in seconds, minutes or hours."""
    numbers = {"done": f"{done:,}", "of": f"{of:,}"}
    if left is None:
        return say(lang, "run.progress_alone", **numbers)
    if left < 2 * _MINUTE:
        return say(lang, "run.progress", **numbers, left=f"{left:.0f}")
    if left < 2 * _HOUR:
        return say(lang, "run.progress_minutes", **numbers, left=f"{left / _MINUTE:.0f}")
    return say(lang, "run.progress_hours", **numbers, left=f"{left / _HOUR:.1f}")


_MINUTE, _HOUR = 60.0, 3600.0


class Bar(Timer):
    """A progress bar that appears once something takes a second, and goes away when it is done.

    It is told (replications done, of all), of one thing after another. `open_place` gives it a place where
    people look now: in a notebook, below the cell that is running.
    """

    def __init__(self, open_place: Callable[[], Draw]) -> None:
        super().__init__()
        self._open_place = open_place
        self._draw: Draw | None = None
        self._drawn = 0.0

    def __call__(self, done: int, of: int) -> None:
        """Draw how much is done; take the bar away at the end."""
        if self.is_new(done, of):
            self._draw = None
        now = time.monotonic()
        taken, left = self.tell(done, of)
        if done >= of:
            if self._draw is not None:
                self._draw("", "")
            self._draw = None
        elif taken >= QUIET_FOR and now - self._drawn >= REDRAWN_EVERY:
            self._drawn = now
            self._draw = self._draw or self._open_place()
            said = format_progress("en", done, of, left)
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
