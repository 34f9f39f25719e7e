"""Part files: fixed ranges, each whole or not at all."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.folder import rows as parts
from tests.folder.reading import read_rows
from tests.helpers import quiet, stage
from tests.stats.small import JURY

MINIMAL = sim.load(Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml")
LARGE = quiet({f"t{i}": {} for i in range(32)}, [stage(n, JURY) for n in range(1, 33)])


@given(st.integers(0, 10**7), st.integers(1, 10**6))
def test_ranges_cover_exactly_what_is_asked(start, length):
    found = list(parts.part_ranges(MINIMAL, start, start + length))
    assert (found[0][0], found[-1][1]) == (start, start + length)
    assert all(a < b for a, b in found)
    assert all(one[1] == next_[0] for one, next_ in pairwise(found))


@given(st.integers(0, 10**7), st.integers(1, 10**6), st.integers(0, 10**7), st.integers(1, 10**6))
def test_borders_inside_a_run_are_those_of_every_other_run(start, length, other_start, other_length):
    def inner(start, length):
        return {first for first, _ in parts.part_ranges(MINIMAL, start, start + length)} - {start}

    size = parts.part_size(MINIMAL)
    assert all(border % size == 0 for border in inner(start, length) | inner(other_start, other_length))


@pytest.mark.parametrize("scenario", [MINIMAL, LARGE], ids=["small", "large"])
def test_a_part_has_no_more_rows_than_fit_into_memory_with_ease(scenario):
    size = parts.part_size(scenario)
    assert size & (size - 1) == 0
    assert size * len(scenario.stages) * len(scenario.teams) <= 500_000


def test_a_large_programme_is_split_into_parts_at_their_fixed_borders(tmp_path):
    sim.run(LARGE, replications=(200, 600), out=tmp_path)
    names = [path.name for path in parts.part_files(tmp_path)]
    assert names == [
        "part-000000000200-000000000256.parquet",
        "part-000000000256-000000000512.parquet",
        "part-000000000512-000000000600.parquet",
    ]
    rows = [pq.read_metadata(path).num_rows for path in parts.part_files(tmp_path)]
    assert rows == [n * 32 * 32 for n in (56, 256, 88)]


def read(folder) -> Any:
    """All rows of a folder as an Arrow table."""
    return read_rows(folder)


def test_names_sort_as_the_ranges_do():
    ends = [(0, 256), (256, 512), (65_536, 131_072), (10**9, 10**9 + 5)]
    names = [parts.part_name(*each) for each in ends]
    assert names == sorted(names)


def test_a_row_stands_for_each_replication_stage_and_team_in_this_order(tmp_path):
    sim.run(MINIMAL, replications=(3, 8), out=tmp_path)
    rows = read(tmp_path).to_pandas()
    found = list(zip(rows.replication, rows.stage, rows.team, strict=True))
    assert found == [(r, s, t) for r in range(3, 8) for s in MINIMAL.stages for t in MINIMAL.teams]


def test_what_has_no_value_is_null_in_a_file(tmp_path):
    sim.run(MINIMAL, 50, out=tmp_path)
    table = read(tmp_path)
    gone = table["fate"].cast("string").to_pylist().count("gone")
    assert gone == 50  # one of three teams leaves after the first of two stages
    for name in ("capability", "total", "compute", "points_exam"):
        assert table[name].null_count == gone
    assert table["rank"].null_count == 0


def broken_halfway(table, path, **_):
    Path(path).write_bytes(b"PAR1 and no more")
    raise OSError(28, "No space left on device", str(path))


def test_a_writer_that_fails_leaves_no_part_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(pq, "write_table", broken_halfway)
    with pytest.raises(OSError, match="No space left"):
        sim.run(MINIMAL, 50, out=tmp_path, jobs=1)
    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert left in (["manifest.json"], [])


def test_a_part_that_was_there_stays_whole_when_its_writer_fails(tmp_path, monkeypatch):
    sim.run(MINIMAL, 50, out=tmp_path)
    (path,) = parts.part_files(tmp_path)
    before = path.read_bytes()
    for counts in (tmp_path / "counts").iterdir():
        counts.unlink()  # so that it is played again
    monkeypatch.setattr(pq, "write_table", broken_halfway)
    with pytest.raises(OSError, match="No space left"):
        sim.run(MINIMAL, 50, out=tmp_path, jobs=1)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_run_that_failed_goes_on_in_the_same_folder(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(pq, "write_table", broken_halfway)
        with pytest.raises(OSError, match="No space left"):
            sim.run(MINIMAL, 50, out=tmp_path, jobs=1)
    sim.run(MINIMAL, 50, out=tmp_path)
    assert read(tmp_path).num_rows == 50 * 6
