"""Part files: rows of fixed ranges of replications, each written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from sim.engines.outcomes import Outcomes
from sim.runs.whole import whole
from sim.scenario.models.scenario import Scenario
from sim.stats.rows import Labelled, columns, concatenated

FOLDER = "rows"

_ROWS = 500_000
"""Rows that a part may have, about; the ranges depend on the scenario alone, never on the run."""


def part_size(scenario: Scenario) -> int:
    """Replications in a full part: a power of two."""
    size = 65_536
    while size > 256 and size * len(scenario.stages) * len(scenario.teams) > _ROWS:
        size //= 2
    return size


def ranges(scenario: Scenario, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The range from `start` to before `stop`, split at the fixed borders of parts."""
    size = part_size(scenario)
    first = start
    while first < stop:
        last = min(stop, (first // size + 1) * size)
        yield first, last
        first = last


def part_name(start: int, stop: int) -> str:
    """What the files of a range are called, without their suffix; names sort as the ranges do."""
    return f"part-{start:012d}-{stop:012d}"


def rows_file(out: Path, start: int, stop: int) -> Path:
    """The file of a range's rows."""
    return out / FOLDER / f"{part_name(start, stop)}.parquet"


def write_part(path: Path, scenario: Scenario, outcomes: Sequence[Outcomes]) -> Path:
    """Write the rows of one part, stretch by stretch, and return its file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as partial:
        write_rows(partial, scenario, outcomes)
    return path


def write_rows(file: Path | BinaryIO, scenario: Scenario, outcomes: Sequence[Outcomes]) -> None:
    """Write rows as Parquet."""
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


def read_rows(out: Path) -> Any:
    """All rows below `out` as one Arrow table (pyarrow has no types), in order of replication."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pa.concat_tables([pq.read_table(path) for path in part_files(out)])


def part_files(out: Path) -> list[Path]:
    """The part files below `out`, in order."""
    return sorted((out / FOLDER).glob("part-*.parquet"))
