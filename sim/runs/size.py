"""How much a run will write, told before it does."""

from __future__ import annotations

import io
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

from sim.runs.parts import write_rows
from sim.runs.problems import ResultsWarning
from sim.runs.work import Job, played

MANY_ROWS = 10_000_000
"""Rows from which on a run says how much it will write."""

_SAMPLE = 512
"""Replications that are written to memory, to measure how large a row is."""


def warn_of_size(job: Job, runs: int, start: int) -> None:
    """Say in a `ResultsWarning` how large the rows of so many replications will be, if they are many.

    `start` is one of them.
    """
    rows = runs * len(job.scenario.stages) * len(job.scenario.teams)
    if job.out is None or job.keep == "counts" or rows < MANY_ROWS:
        return
    size = bytes_of_a_replication(job, start) * runs
    free = shutil.disk_usage(_existing(job.out)).free
    warnings.warn(
        f"{job.out}: {rows:,} rows, about {_short(size)}, will be written ({_short(free)} free); "
        "--keep counts writes none and tells the same chances",
        ResultsWarning,
        stacklevel=2,
    )


def bytes_of_a_replication(job: Job, start: int) -> float:
    """The size of a replication's rows in a part file, measured on the first few."""
    outcomes, _ = played(replace(job, out=None), start, start + _SAMPLE)
    file = io.BytesIO()
    write_rows(file, job.scenario, outcomes)
    return file.getbuffer().nbytes / sum(each.stop - each.start for each in outcomes)


def _existing(path: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(each for each in (path, *path.absolute().parents) if each.exists())


def _short(size: float) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"
