"""Standard output and error as they are: of any encoding, full, closed, or a pipe that nobody reads.

What is printed is never worth a traceback: a character that the encoding lacks is replaced, and what cannot
be written is dropped and told once, at the end, when all else (a folder of results above all) is done.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import re
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from sim.cli.errors import plainly
from sim.render.progress import Timer, format_progress

if TYPE_CHECKING:
    from sim.execute.runner import Runner

REPLACED = {
    "±": "+-",
    "…": "...",
    "–": "-",
    "—": "-",
    "·": "-",
    "→": "->",
    "×": "x",
    "∞": "inf",
    "≤": "<=",
    "≥": ">=",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "억": " eok",
}
"""What stands for a character that an encoding lacks; a question mark for any other."""

HANDLER = "sim.replace"
"""The name of the error handler of the streams."""


def replace_unencodable(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for the characters that could not be encoded, and where they end.

    A codec's error handler. What stands for them is plain ASCII, which every encoding of a console has.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(REPLACED.get(each, "?") for each in error.object[error.start : error.end]), error.end


codecs.register_error(HANDLER, replace_unencodable)


class GuardedOutput(io.RawIOBase):
    """The lowest layer of a standard stream: it keeps the first error, and drops what comes after it."""

    def __init__(self, raw: io.RawIOBase | None) -> None:
        """Write to `raw`; None stands for a stream that was closed before the program began."""
        super().__init__()
        self.raw = raw
        self.error: OSError | None = None

    def writable(self) -> bool:
        """Return True: an error shows only when something is written."""
        return True

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self.raw is not None and self.raw.isatty()

    def fileno(self) -> int:
        """Return the descriptor; raise `OSError` if there is none."""
        if self.raw is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return self.raw.fileno()

    def write(self, data: Any, /) -> int:
        """Write, or drop what cannot be written: this never fails."""
        if self.error is None:
            try:
                return self._write(data)
            except OSError as error:
                self.error = error
        return len(data)

    def _write(self, data: Any) -> int:
        if self.raw is None:
            raise OSError(errno.EBADF, "closed")
        # A pipe may be set not to wait for its reader, by whoever has the other end: then we do.
        while (written := self.raw.write(data)) is None:
            select.select([], [self.raw.fileno()], [])
        return written


@contextmanager
def guard_outputs() -> Iterator[Callable[[], OSError | None]]:
    """Replace standard output and error by streams that take any character and never fail.

    Yields a function that writes what waits to be written, and returns what has kept standard output from
    being written, if anything has. Streams that are no files, such as a test's, stay as they are.
    """
    if sys.stdout is None or sys.stderr is None:
        _occupy_standard_descriptors()
    before, out, err = (sys.stdout, sys.stderr), _guarded(sys.stdout), _guarded(sys.stderr)
    sys.stdout, sys.stderr = out or sys.stdout, err or sys.stderr

    def failure() -> OSError | None:
        if out is None:
            return None
        out.flush()
        guard = out.buffer.raw  # type: ignore[attr-defined] # of the BufferedWriter that `_guarded` makes
        return guard.error if isinstance(guard, GuardedOutput) else None

    try:
        yield failure
    finally:
        for stream in (out, err):
            if stream is not None:
                stream.flush()
        sys.stdout, sys.stderr = before


def _guarded(stream: TextIO | None) -> io.TextIOWrapper | None:
    """The same stream with a guard below it; None for a stream that is no file."""
    if stream is None:  # closed before the program began
        return io.TextIOWrapper(io.BufferedWriter(GuardedOutput(None)), "utf-8", HANDLER)
    binary = getattr(stream, "buffer", None)
    if binary is None:
        return None
    stream.flush()
    raw = GuardedOutput(getattr(binary, "raw", binary))  # python -u has no buffer in between
    at_once = bool(getattr(stream, "line_buffering", False) or getattr(stream, "write_through", False))
    return io.TextIOWrapper(io.BufferedWriter(raw), stream.encoding, HANDLER, line_buffering=at_once)


def _occupy_standard_descriptors() -> None:
    """Open the null device in the place of closed standard streams.

    Or a file of results would get their number, and whatever writes to that would write into the file.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _LAST_STANDARD:
        pass
    os.close(descriptor)


_LAST_STANDARD = 2
"""The descriptor of standard error."""


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def print_json(text: str) -> None:
    """Print JSON so that it is JSON in any encoding: where that is not UTF-8, in ASCII with escapes."""
    encoding = codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name
    if encoding != "utf-8":
        text = _NOT_ASCII.sub(_escape, text)
    sys.stdout.write(text)


def print_as_json(found: Any) -> None:
    """Print what was found, of dictionaries and lists, as JSON."""
    from sim.folder.files import as_json_text

    print_json(as_json_text(found))


def _escape(match: re.Match[str]) -> str:
    """A character beyond ASCII as JSON writes it: in units of UTF-16, two for those beyond 0xffff."""
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


PLAIN_EVERY = 10.0
"""Seconds between lines where stderr is no terminal."""

QUIET_FOR = 1.0
"""Seconds before a bar appears: short runs show none."""


class Lines(Timer):
    """Prints a plain line on standard error now and then."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang, self._printed = lang, time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        """Take what is told; print it if it is time. What is finished needs no line."""
        _, left = self.tell(done, of)
        now = time.monotonic()
        if done < of and now - self._printed >= PLAIN_EVERY:
            self._printed = now
            print(format_progress(self._lang, done, of, left), file=sys.stderr, flush=True)


class TerminalBar(Timer):
    """Draws a bar of the terminal, with the time left by the same reckoning as the plain lines."""

    def __init__(self, lang: str, bar: Any) -> None:
        super().__init__()
        self._lang, self._bar = lang, bar
        self._began, self._task = time.monotonic(), bar.add_task("", total=None, visible=False)

    def __call__(self, done: int, of: int) -> None:
        """Take what is told and draw it, once it takes longer than a second."""
        _, left = self.tell(done, of)
        visible = time.monotonic() - self._began > QUIET_FOR
        told = format_progress(self._lang, done, of, left)
        self._bar.update(self._task, completed=done, total=of, visible=visible, description=told)


@contextmanager
def progress(lang: str) -> Iterator[Lines | TerminalBar]:
    """Yield what is to be told (done, of): a bar for people, a plain line every ten seconds for logs.

    It shows finished runs, or islands, and not those handed out.
    """
    if not sys.stderr.isatty():
        yield Lines(lang)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    # Rich's own time left is by the speed of the last seconds alone, of runs that take unlike times.
    columns = BarColumn(bar_width=24), TextColumn("{task.description}")
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield TerminalBar(lang, bar)


@contextmanager
def following(runner: Runner, lang: str, folder: Path | None = None) -> Iterator[None]:
    """Show how far what is asked of a result has come: pasts that are inferred take their minute."""
    with plainly(folder), progress(lang) as report:
        runner.progress = report
        try:
            yield
        finally:
            runner.progress = None
