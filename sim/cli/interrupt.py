"""Ctrl-C at any moment: one line, exit code 130, no traceback. What was being saved can be resumed.

Python turns Ctrl-C into an exception, which takes its time (a pool waits for its workers) and can get lost:
in a destructor, in a callback, in the import of a library. So the exception gets a moment in which to tidy
up; after that the process ends in any case. It may: folders of results are made to survive a kill.

This module imports nothing that takes time, for it is there before the rest of the command is imported.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

TYPE_CHECKING = False  # see sim/__init__.py

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C has stopped, as shells have it: 128 and the number of SIGINT."""

LINE = "sim: stopped"

TIDY_UP_WITHIN = 3.0
"""Seconds between Ctrl-C and the end of a process that does not end by itself."""


class _Interrupt:
    """What there is to know of this process's Ctrl-C."""

    def __init__(self) -> None:
        self.asked = False  # whether it has been pressed
        self.said = False  # whether the line has been printed

    def handle(self, _signal: int, _frame: FrameType | None) -> None:
        """Stop workers, raise `KeyboardInterrupt`, and see that the process ends; at once if asked again."""
        if self.asked:
            self.end()
        self.asked = True
        deadline = threading.Timer(TIDY_UP_WITHIN, self.end)
        deadline.daemon = True
        deadline.start()
        _end_workers()
        raise KeyboardInterrupt

    def say(self) -> int:
        """Print the line, once, and return the exit code."""
        if not self.said:
            self.said = True
            print(LINE, file=sys.stderr, flush=True)
        return INTERRUPTED

    def end(self) -> None:
        """End the process at once."""
        try:
            self.say()
        finally:
            os._exit(INTERRUPTED)

    def handle_in_thread(self, arguments: threading.ExceptHookArgs) -> None:
        """Say nothing of a thread that breaks because everything is being stopped, as a pool's may."""
        if not self.asked:
            threading.__excepthook__(arguments)

    def handle_ignored(self, unraisable: Any) -> None:
        """End the process at an interrupt that Python would only have reported: from a destructor, say."""
        if unraisable.exc_type is not None and issubclass(unraisable.exc_type, KeyboardInterrupt):
            self.end()
        if not self.asked:  # what else goes wrong while everything is being stopped is of no interest
            sys.__unraisablehook__(unraisable)


_interrupt = _Interrupt()


def say_stopped() -> int:
    """Print that the command has been stopped, unless that has been said; return the exit code."""
    return _interrupt.say()


def run_interruptibly(command: Callable[[], int]) -> int:
    """Return the exit code of `command`, or 130 after one line on standard error if Ctrl-C stops it.

    For the main thread of a process that runs nothing but this command.
    """
    # Somebody may have this process ignore Ctrl-C, as a shell does for what it starts in the background.
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return command()
    signal.signal(signal.SIGINT, _interrupt.handle)
    sys.unraisablehook = _interrupt.handle_ignored
    threading.excepthook = _interrupt.handle_in_thread
    try:
        code = command()
    except BaseException:
        if not _interrupt.asked:
            raise
        code = say_stopped()  # whatever an interrupt has become on its way
    # Nothing is left to stop, and no traceback is to come from the interpreter's own end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not _interrupt.asked:
        return code
    # CPython remembers an interrupt that passed through code made from text, as named tuples are, until such
    # code runs again; `python -m` would end by the signal for it, and not with the exit code.
    exec("")
    return say_stopped()


def _end_workers() -> None:
    """End worker processes: the pool waits for them, and only a terminal tells them of Ctrl-C too."""
    if "multiprocessing.process" in sys.modules:
        from multiprocessing import active_children

        for child in active_children():
            child.terminate()
