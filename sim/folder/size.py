"""How much a run will write, told before it does."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

from sim.folder.errors import ResultsWarning

MANY_ROWS = 10_000_000
"""Rows from which on a run says how much it will write."""


def warn_of_size(out: Path, rows: int, size: float) -> None:
    """Say in a `ResultsWarning` that so many rows, about so many bytes, are going to be written."""
    free = shutil.disk_usage(_existing(out)).free
    warnings.warn(
        f"{out}: {rows:,} rows, about {_short(size)}, will be written ({_short(free)} free); "
        "--keep counts writes none and tells the same chances",
        ResultsWarning,
        stacklevel=3,
    )


def _existing(path: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(each for each in (path, *path.absolute().parents) if each.exists())


def _short(size: float) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"
