"""Counts of a range of replications in a file: what is there whole is added up and not played again.

Counts are written last, after the rows that belong to them, so a range is done as soon as they are there.
A part knows of which study and which range it is: a copy in another's place gives itself away.

Whatever a study counts is built of dataclasses, named tuples, tables, whole numbers and arrays of them, and
is packed as plain data, exact. Their type hints say how to read them back; nothing of a file decides what is
made.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from sim.folder.files import atomic_file
from sim.folder.rows import part_name
from sim.stats.counts import Histogram
from sim.stats.tally import Failure

T = TypeVar("T")

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


def pack(value: Any) -> Any:
    """Return counts as lists, tables and numbers that JSON can hold, in a fixed order."""
    if isinstance(value, Histogram):
        gaps = np.diff(value.steps, prepend=0)  # small numbers: a third of the size
        return {"resolution": value.resolution, "gaps": gaps.tolist(), "counts": value.counts.tolist()}
    if is_dataclass(value):
        given = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: pack(each) for field, each in given if not (each is None and _is_optional(field))}
    if isinstance(value, Counter):
        return [[pack(key), count] for key, count in sorted(value.items())]
    if isinstance(value, Mapping):
        return [[pack(key), pack(each)] for key, each in value.items()]
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [pack(each) for each in value] if isinstance(value, (list, tuple)) else value


def unpack(kind: type[T], data: Any) -> T:
    """Return the counts of a type from what `pack` made of them.

    Raises `KeyError`, `TypeError` or `ValueError` for anything else.
    """
    found: T = _read(kind, data)
    return found


def _read(kind: Any, data: Any) -> Any:
    if get_origin(kind) is not None:
        return _read_generic(get_origin(kind), get_args(kind), data)
    if kind in (int, float, str) and isinstance(data, (int, float, str)):
        return kind(data)
    if isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, tuple)):
        return _read_record(kind, data)
    raise TypeError(f"counts of {kind!r} from {data!r}")


def _read_record(kind: type[Any], data: Any) -> Any:
    """A histogram, another dataclass, or a named tuple."""
    if kind is Histogram:
        steps = np.cumsum(np.array(data["gaps"], dtype=np.int64))
        return Histogram(float(data["resolution"]), steps, np.array(data["counts"], dtype=np.int64))
    hints = get_type_hints(kind)
    if is_dataclass(kind):
        absent = {field.name for field in fields(kind) if _is_optional(field) and field.name not in data}
        return kind(**{name: _read(hint, data[name]) for name, hint in hints.items() if name not in absent})
    return kind(*(_read(hint, each) for hint, each in zip(hints.values(), data, strict=True)))


def _is_optional(field: Field[Any]) -> bool:
    """Whether a field that is None is not written down: only some counts have it at all."""
    return field.default is None


def _read_generic(origin: Any, of: tuple[Any, ...], data: Any) -> Any:
    found: Any
    if origin is np.ndarray:
        found = np.array(data, dtype=np.int64)
    elif origin is Counter:
        found = Counter({_read(of[0], key): int(count) for key, count in data})
    elif origin in (dict, Mapping):
        found = {_read(of[0], key): _read(of[1], value) for key, value in data}
    elif origin is tuple and of[1:] == (Ellipsis,):
        found = tuple(_read(of[0], each) for each in data)
    elif origin is tuple:
        found = tuple(_read(kind, each) for kind, each in zip(of, data, strict=True))
    elif origin in (Union, UnionType) and NoneType in of:
        (some,) = (each for each in of if each is not NoneType)
        found = None if data is None else _read(some, data)
    else:
        raise TypeError(f"counts of {origin!r}")
    return found
