"""Atomic writes: a file is there whole or not at all, also after a kill, a full disk or a power cut."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import Any, NamedTuple

PARTIAL = ".partial"


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` to write to; it takes the place of `path` at the end.

    On an error nothing is left behind, and what stood at `path` stays.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}{PARTIAL}")
    try:
        yield partial
        _flush_to_disk(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_atomically(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a text file whole or not at all. Raises `OSError` or `UnicodeEncodeError`."""
    with atomic_file(path) as partial:
        partial.write_text(text, encoding=encoding, newline="")


def write_bytes_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises `OSError`."""
    with atomic_file(path) as partial:
        partial.write_bytes(data)


class SavedFiles(NamedTuple):
    """Files that were written, and where other files are now that had their names."""

    files: list[Path]
    kept: list[Path]


def put_aside(path: Path, data: bytes) -> Path | None:
    """Rename a file that holds anything but `data`, and return where it is now; None if there is none.

    `leaving-en.png` becomes `leaving-en.before.png`, then `leaving-en.before-2.png`: none is ever lost.
    """
    if not path.exists() or path.read_bytes() == data:
        return None
    names = chain(("before",), (f"before-{n}" for n in count(2)))
    aside = next(
        there for name in names if not (there := path.with_name(f"{path.stem}.{name}{path.suffix}")).exists()
    )
    path.rename(aside)
    return aside


DIGITS = 9
"""Significant digits of a fraction that people or programs are told, where nothing computes with it again.

A chance of a billion runs has an interval of 3 in 100,000 or more of it on both sides, so that four of these
digits are beyond all that it supports; and money is exact to a won in a billion.
"""


def round_fraction(value: float) -> float:
    """Return a number in `DIGITS` significant digits."""
    return float(f"{value:.{DIGITS}g}")


def as_json_text(data: Any) -> str:
    """Return JSON for people and programs alike."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def name_in(folder: Path, path: Path) -> str:
    """Return the name of a file in a folder as manifests have it, on every system."""
    return path.relative_to(folder).as_posix()


def remove_partial_files(folder: Path) -> None:
    """Delete temporary files that an interrupted writer left below `folder`."""
    for path in folder.rglob(f"*{PARTIAL}"):
        path.unlink(missing_ok=True)


def _flush_to_disk(path: Path) -> None:
    # Without this, a power cut may leave the new name with nothing behind it.
    with path.open("rb+") as file:
        os.fsync(file.fileno())


BESIDE_PICTURES = (".svg", ".txt", ".csv")
"""Beside each PNG of a figure: the same as SVG, what it shows in words, and its numbers."""


def without_companions(files: Sequence[Path]) -> list[Path]:
    """Return files to be told of: all but those that only stand beside a picture of the same name."""
    pictures = {path.with_suffix("") for path in files if path.suffix == ".png"}
    return [
        path for path in files if path.suffix not in BESIDE_PICTURES or path.with_suffix("") not in pictures
    ]
