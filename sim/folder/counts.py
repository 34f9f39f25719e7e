"""Counts of a range of replications in a file: what is there whole is added up and not played again.

Counts are written last, after the rows that belong to them, so a range is done as soon as they are there.
A part knows of which study and which range it is: a copy in another's place gives itself away.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sim.folder.files import atomic_file
from sim.folder.rows import part_name
from sim.stats.tally import Failure

COUNTS = "counts"


class Part(NamedTuple):
    """What a file of counts holds."""

    study: Mapping[str, Any]  # what decides the outcomes of a replication
    group: str  # whose counts they are, of several groups of a study
    start: int
    stop: int
    rows: str | None  # the checksum of the rows, where rows are kept
    counts: Any  # packed
    failures: tuple[Failure, ...]


def counts_file(out: Path, group: str, start: int, stop: int) -> Path:
    """Return the path of the counts of a group's range."""
    return out / COUNTS / group / f"{part_name(start, stop)}.json.gz"


def write_counts(path: Path, part: Part) -> None:
    """Write a part, whole or not at all. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as partial:
        partial.write_bytes(_encode(part))


def read_counts(path: Path) -> Part:
    """Read a part.

    Raises `OSError` if it cannot be read, and `ValueError` if it is not, byte for byte, what was written.
    """
    raw = path.read_bytes()
    try:
        said = json.loads(gzip.decompress(raw))["part"]
        failures = tuple(Failure(*each) for each in said.pop("failures"))
        part = Part(**said, failures=failures)
        if _encode(part) == raw:
            return part
    except (EOFError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error):
        pass  # not even what this program writes
    raise ValueError(f"{path}: not as it was written")


def _encode(part: Part) -> bytes:
    text = json.dumps(part._asdict(), separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    # No time in the header: the same counts are the same bytes.
    return gzip.compress(f'{{"sha256":"{digest}","part":{text}}}\n'.encode(), compresslevel=6, mtime=0)
