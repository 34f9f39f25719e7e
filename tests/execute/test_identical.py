"""The same bytes whatever the workers, the blocks, the executor and the ranges."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import sim
from sim.folder import rows as parts
from tests.folder.reading import read_rows

K_AI = sim.load(Path(__file__).resolve().parents[2] / "scenarios" / "k-ai-2025-plan.yaml")
RUNS, SEED, PART = 2500, 20260901, 256


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """So small that a few runs fill several."""
    monkeypatch.setattr(parts, "_ROWS", PART * len(K_AI.stages) * len(K_AI.teams))


def files(folder):
    """Name -> bytes of the part files."""
    return {path.name: path.read_bytes() for path in parts.part_files(folder)}


def told(result):
    """All chances and responses with every digit."""
    return json.dumps(result.as_json())


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Files and numbers of one worker with blocks as they come."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "_ROWS", PART * len(K_AI.stages) * len(K_AI.teams))
        folder = tmp_path_factory.mktemp("plain")
        result = sim.run(K_AI, RUNS, SEED, jobs=1, out=folder)
    return files(folder), told(result)


@pytest.mark.parametrize("how", [{"jobs": 2}, {"jobs": 7}, {"block": 64}, {"block": RUNS}], ids=str)
def test_neither_workers_nor_blocks_change_a_byte(plain, how, tmp_path):
    result = sim.run(K_AI, RUNS, SEED, out=tmp_path, **({"jobs": 1} | how))
    assert files(tmp_path) == plain[0]
    assert told(result) == plain[1]


def test_neither_does_an_executor_of_ones_own(plain, tmp_path):
    with ThreadPoolExecutor(3) as executor:
        result = sim.run(K_AI, RUNS, SEED, executor=executor, block=100, out=tmp_path)
        counted = sim.run(K_AI, RUNS, SEED, executor=executor, block=100)
    assert files(tmp_path) == plain[0]
    assert told(result) == told(counted) == plain[1]


@pytest.mark.parametrize("block", [64, 999, RUNS])
def test_counts_without_files_are_those_with_files(plain, block):
    assert told(sim.run(K_AI, RUNS, SEED, jobs=1, block=block)) == plain[1]


@pytest.fixture(scope="module")
def halves(tmp_path_factory):
    """Folder and result of the replications 0:1000 and 1000:2500."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "_ROWS", PART * len(K_AI.stages) * len(K_AI.teams))
        folders = [tmp_path_factory.mktemp("half") for _ in range(2)]
        ends = [(0, 1000), (1000, RUNS)]
        return [
            (f, sim.run(K_AI, seed=SEED, replications=r, out=f)) for f, r in zip(folders, ends, strict=True)
        ]


def test_counts_of_two_ranges_are_those_of_the_whole(plain, halves):
    (_, first), (_, second) = halves
    request = first.study.request.model_copy(update={"ranges": ((0, RUNS),)})
    study = replace(first.study, request=request)
    played = tuple(one + other for one, other in zip(first.played, second.played, strict=True))
    whole = replace(first, study=study, ranges=((0, RUNS),), played=played)
    assert told(whole) == plain[1]


def test_rows_of_two_ranges_are_those_of_the_whole(plain, halves, tmp_path):
    sim.run(K_AI, RUNS, SEED, out=tmp_path)
    whole: Any = read_rows(tmp_path)
    joined = pa.concat_tables([read_rows(folder) for folder, _ in halves])
    assert serialised(whole.combine_chunks()) == serialised(joined.combine_chunks())


def serialised(table):
    """The bytes of a table; its dictionaries written out."""
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(i, field.name, table[field.name].cast(pa.string()))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def test_parts_that_both_halves_fill_are_the_same_files(plain, halves):
    full = {name for folder, _ in halves for name in files(folder)} & set(plain[0])
    assert len(full) == 9  # all of 10 but the one that is split
    for folder, _ in halves:
        for name, content in files(folder).items():
            assert name not in full or content == plain[0][name]


def test_another_seed_gives_other_rows(plain, tmp_path):
    sim.run(K_AI, 256, SEED + 1, out=tmp_path)
    (name, content), *_ = files(tmp_path).items()
    assert content != plain[0][name]


def test_both_engines_give_the_same_chances():
    event, batch = (sim.run(K_AI, 600, SEED, engine=engine) for engine in ("event", "batch"))
    assert event.tally.together == batch.tally.together
    assert event.odds().equals(batch.odds())
    assert event.tally.chances == batch.tally.chances


@pytest.mark.parametrize("engine", ["batch", "event"])
def test_one_run_at_a_time_gives_the_bytes_of_all_at_once(engine, tmp_path):
    found = []
    for block in (1, 64, 300):
        result = sim.run(K_AI, 300, SEED, engine=engine, jobs=1, block=block, out=tmp_path / str(block))
        found.append((files(tmp_path / str(block)), told(result)))
    assert len(found[0][0]) == 2
    assert found[0] == found[1] == found[2]


def test_progress_is_told_of_finished_runs_up_to_all():
    heard = []
    sim.run(K_AI, RUNS, SEED, jobs=1, block=100, progress=lambda done, of: heard.append((done, of)))
    assert heard == sorted(heard)
    assert heard[-1] == (RUNS, RUNS)
    assert len(heard) > 2
