"""What a run keeps of each range: its rows, and its counts with the checksum of the rows.

The counts are written last, so a range is done as soon as they are there; what a run that was broken off
has left is added up from them and not played again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import warnings
from collections.abc import Mapping
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from sim.engines.outcomes import Outcomes
from sim.runs.parts import part_name, rows_file, write_part
from sim.runs.problems import ResultsError, ResultsWarning
from sim.runs.whole import checksum, whole
from sim.runs.work import Job, rounds, stretches
from sim.stats.packed import packed, unpacked
from sim.stats.tally import Tally

COUNTS = "counts"


def counts_file(out: Path, start: int, stop: int) -> Path:
    """The file of a range's counts."""
    return out / COUNTS / f"{part_name(start, stop)}.json.gz"


def keep(job: Job, start: int, stop: int) -> Tally:
    """Play a range, write what the job keeps of it, and return its counts. Raises `OSError`."""
    assert job.out is not None
    outcomes: list[Outcomes] = []
    counted: list[Tally] = []
    for played, counts in rounds(job, start, stop):
        counted.append(counts)
        if job.keep == "rows":
            outcomes += played
    path, rows = rows_file(job.out, start, stop), None
    if outcomes:
        rows = checksum(write_part(path, job.scenario, stretches(outcomes)))
    else:
        path.unlink(missing_ok=True)
    total = reduce(add, counted)
    write_counts(counts_file(job.out, start, stop), identity(job), rows, total)
    return total


def identity(job: Job) -> dict[str, Any]:
    """What decides the outcomes of a replication, as it is written into every file of counts."""
    return {"scenario_hash": job.scenario.digest(), "seed": job.seed, "engine": job.engine}


def write_counts(path: Path, run: Mapping[str, Any], rows: str | None, tally: Tally) -> None:
    """Write the counts of a range; `rows` is the checksum of its rows, None where there are none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as partial:
        partial.write_bytes(_encoded({**run, "rows": rows, "counts": packed(tally)}))


def read_counts(path: Path) -> tuple[dict[str, Any], Tally]:
    """What a file of counts says of its range, and the counts.

    Raises `OSError` if it cannot be read and `ValueError` if it is not, byte for byte, what was written.
    """
    raw = path.read_bytes()
    try:
        said = json.loads(gzip.decompress(raw))["part"]
        if _encoded(said) == raw:
            return said, unpacked(said["counts"])
    except (EOFError, OSError, ValueError, KeyError, TypeError):
        pass  # not even what this program writes
    raise ValueError(f"{path}: not as it was written")


def _encoded(part: Mapping[str, Any]) -> bytes:
    text = json.dumps(part, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return gzip.compress(f'{{"sha256":"{digest}","part":{text}}}\n'.encode(), compresslevel=6, mtime=0)


def reusable(job: Job) -> bool:
    """Whether ranges that are there may be taken for this run's: a user's own functions may have changed."""
    return job.by_the_file


def found(job: Job, start: int, stop: int) -> Tally | None:
    """The counts of a range that an earlier run into the same folder has finished; None if it has not.

    What is there but not as it was written is named in a `ResultsWarning`. Raises `ResultsError` for a part
    of another run.
    """
    assert job.out is not None
    path = counts_file(job.out, start, stop)
    try:
        said, tally = read_counts(path)
    except FileNotFoundError:
        return None
    except ValueError:
        _again(path, "truncated or edited")
        return None
    for key, value in identity(job).items():
        if said.get(key) != value:
            was, now = brief(said.get(key)), brief(value)
            raise ResultsError(f"{path}: of another run ({key} {was}, this run has {now}); remove the file")
    return tally if said["rows"] is None or _rows_agree(job.out, start, stop, said["rows"]) else None


def _rows_agree(out: Path, start: int, stop: int, written: str) -> bool:
    path = rows_file(out, start, stop)
    if not path.exists():
        _again(path, "missing")
    elif checksum(path) != written:
        _again(path, "truncated or edited")
    else:
        return True
    return False


def brief(value: Any) -> str:
    """A value in a message: of a hash the first digits are enough."""
    return value[:8] if isinstance(value, str) and len(value) == _HASH else str(value)


_HASH = 64


def _again(path: Path, why: str) -> None:
    warnings.warn(f"{path}: {why}; its replications are played again", ResultsWarning, stacklevel=2)
