"""Counts that wait in a folder until all of a sweep is played, so that breaking it off loses little."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

from sim.runs.parts import part_name
from sim.runs.problems import ResultsWarning
from sim.runs.store import COUNTS, identity, read_counts, write_counts
from sim.runs.work import Job
from sim.stats.tally import Tally


class Checkpoint:
    """The counts of ranges of many scenarios, a file each, below `out`."""

    def __init__(self, out: Path) -> None:
        self._folder = out / COUNTS

    def found(self, job: Job, start: int, stop: int) -> Tally | None:
        """The counts of a range, if they are there as they were written; a `ResultsWarning` if not so."""
        path = self._file(job, start, stop)
        try:
            said, tally = read_counts(path)
        except FileNotFoundError:
            return None
        except ValueError:
            warnings.warn(f"{path}: truncated or edited; it is played again", ResultsWarning, stacklevel=2)
            return None
        return tally if identity(job).items() <= said.items() else None

    def keep(self, job: Job, start: int, stop: int, tally: Tally) -> None:
        """Write the counts of a range. Raises `OSError`."""
        write_counts(self._file(job, start, stop), identity(job), None, tally)

    def files(self) -> Iterator[Path]:
        """The files that are there."""
        return self._folder.glob("*/*.json.gz")

    def remove(self) -> None:
        """Remove all of it: the tables are there."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _file(self, job: Job, start: int, stop: int) -> Path:
        return self._folder / job.scenario.digest()[:16] / f"{part_name(start, stop)}.json.gz"
