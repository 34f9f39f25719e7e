"""Part files: the rows of fixed ranges of replications as Parquet, each written whole or not at all."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sim.engines.outcomes import Outcomes
from sim.folder.errors import ResultsWarning
from sim.folder.files import atomic_file
from sim.scenario.models.scenario import Scenario
from sim.stats.tables import Labelled, columns, concatenated

if TYPE_CHECKING:
    import pandas as pd

Range = tuple[int, int]
"""Replications from the first to before the second."""


def count_replications(ranges: Iterable[Range]) -> int:
    """Return how many replications there are in all ranges together."""
    return sum(stop - start for start, stop in ranges)


ROWS = "rows"

_ROWS = 500_000
"""Rows that a part may have, about: they fit into memory with ease."""

_LEAST, _MOST = 256, 65_536
"""Replications of a full part."""


def part_size(scenario: Scenario) -> int:
    """Return how many replications a full part has: a power of two, by the scenario alone."""
    # By powers of two, so that a border of large parts is one of small parts as well.
    size = _MOST
    while size > _LEAST and size * len(scenario.stages) * len(scenario.teams) > _ROWS:
        size //= 2
    return size


def part_ranges(scenario: Scenario, start: int, stop: int) -> Iterator[Range]:
    """Split the range from `start` to before `stop` at the fixed borders of parts.

    The borders depend on the scenario alone, so ranges that were computed apart have parts in common.
    """
    size = part_size(scenario)
    first = start
    while first < stop:
        last = min(stop, (first // size + 1) * size)
        yield first, last
        first = last


def part_name(start: int, stop: int) -> str:
    """Return what the files of a range are called, without suffix; names sort as the ranges do."""
    return f"part-{start:012d}-{stop:012d}"


def rows_file(out: Path, start: int, stop: int) -> Path:
    """Return the path of a range's rows."""
    return out / ROWS / f"{part_name(start, stop)}.parquet"


def part_files(out: Path) -> list[Path]:
    """List the files of rows below `out`, in order of replication."""
    return sorted((out / ROWS).glob("part-*.parquet"))


def read_rows(out: Path, names: Sequence[str], most: int) -> pd.DataFrame | None:
    """Read columns of the rows of the first `most` replications below `out`; None where no rows are kept.

    What a file lacks is left out. Words are categories.
    """
    import pandas as pd
    import pyarrow.parquet as pq

    found, number = [], 0
    for file in part_files(out):
        there = set(pq.read_schema(file).names)
        found.append(pd.read_parquet(file, columns=[name for name in names if name in there]))
        number += found[-1].replication.nunique()
        if number >= most:
            break
    if not found:
        return None
    rows = pd.concat(found, ignore_index=True)
    return rows[rows.replication.isin(sorted(rows.replication.unique())[:most])] if number > most else rows


def write_part(path: Path, scenario: Scenario, outcomes: Sequence[Outcomes]) -> Path:
    """Write the rows of one part, stretch by stretch, and return its path. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as partial:
        write_rows(partial, scenario, outcomes)
    return path


def write_rows(file: Path | BinaryIO, scenario: Scenario, outcomes: Sequence[Outcomes]) -> None:
    """Write rows as Parquet, compressed with zstd."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {}
    for name, column in concatenated([columns(scenario, stretch) for stretch in outcomes]).items():
        if isinstance(column, Labelled):
            arrays[name] = pa.DictionaryArray.from_arrays(pa.array(column.codes), pa.array(column.names))
        else:
            # nan stands for "nothing to say", which is what null is for in a file
            arrays[name] = pa.array(column, from_pandas=True)
    pq.write_table(pa.table(arrays), file, compression="zstd", row_group_size=_ROWS)


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
