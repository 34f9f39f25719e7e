"""What a run keeps of each range, and what is taken of it by the next run into the same folder."""

import gzip
import json
import shutil
import warnings
from pathlib import Path

import pytest

import sim
from sim.execute import piece, runner
from sim.execute.case import Case
from sim.execute.group import tally_group
from sim.execute.runner import Runner
from sim.folder import rows as parts
from sim.folder.counts import pack
from sim.folder.errors import ResultsError
from sim.studies import store
from sim.studies.store import unpack_counts
from tests.studies.resealed import manifest, reseal, unseal

SCENARIO = sim.load(Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml")
RUNS, PART = 1000, 256


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """So small that a few runs fill several."""
    monkeypatch.setattr(parts, "_ROWS", PART * len(SCENARIO.stages) * len(SCENARIO.teams))


def content(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def counts_of(number):
    return Path("counts") / f"{parts.part_name(number * PART, min((number + 1) * PART, RUNS))}.json.gz"


def rows_of(number):
    return Path("rows") / f"{parts.part_name(number * PART, min((number + 1) * PART, RUNS))}.parquet"


@pytest.fixture
def whole(tmp_path):
    """A folder as an unbroken run leaves it."""
    sim.run(SCENARIO, RUNS, out=tmp_path / "whole", jobs=1)
    return tmp_path / "whole"


@pytest.fixture
def played(monkeypatch):
    """The ranges that are played."""
    asked = []

    def play_piece(group, first, last, *more):
        asked.append((first, last))
        return play(group, first, last, *more)

    play = piece.play_piece
    monkeypatch.setattr(runner, "play_piece", play_piece)
    return asked


def test_every_range_has_rows_and_counts(whole):
    assert set(content(whole)) == {"manifest.json"} | {
        str(file) for number in range(4) for file in (counts_of(number), rows_of(number))
    }


@pytest.mark.parametrize("how", [{"jobs": 2}, {"block": 100}, {"jobs": 2, "block": 7}], ids=str)
@pytest.mark.parametrize("keep", ["rows", "counts"])
def test_neither_workers_nor_blocks_change_a_byte_of_counts(whole, tmp_path, how, keep):
    sim.run(SCENARIO, RUNS, out=tmp_path / "other", keep=keep, **how)
    names = [str(counts_of(number)) for number in range(4)]
    here, there = content(tmp_path / "other"), content(whole)
    if keep == "rows":
        assert [here[name] for name in names] == [there[name] for name in names]
    again = sim.run(SCENARIO, RUNS, out=tmp_path / "other", keep=keep)
    assert again.as_json() == sim.run(SCENARIO, RUNS).as_json()


def test_a_finished_run_is_added_up_and_not_played(whole, played):
    before = content(whole)
    again = sim.run(SCENARIO, RUNS, out=whole)
    assert (content(whole), played) == (before, [])
    assert again.as_json() == sim.run(SCENARIO, RUNS).as_json()


def broken_off(whole, tmp_path, missing):
    """The folder of a run that was killed: no checksums, and some files are not there."""
    folder = tmp_path / "broken"
    shutil.copytree(whole, folder)
    unseal(folder)
    for file in missing:
        (folder / file).unlink()
    return folder


@pytest.mark.parametrize(
    ("missing", "again"),
    [
        ([counts_of(0), rows_of(0)], [(0, 256)]),
        ([counts_of(1)], [(256, 512)]),
        ([counts_of(1), rows_of(1), counts_of(3)], [(256, 512), (768, 1000)]),
        ([counts_of(n) for n in range(4)], [(0, 256), (256, 512), (512, 768), (768, 1000)]),
    ],
    ids=["first", "rows without counts", "two", "all"],
)
def test_only_what_is_missing_is_played_and_the_end_is_the_same(whole, tmp_path, played, missing, again):
    folder = broken_off(whole, tmp_path, missing)
    before = manifest(whole)
    result = sim.run(SCENARIO, RUNS, out=folder, jobs=1)
    assert played == again
    assert manifest(folder) == before
    assert content(folder) == content(whole)
    assert result.as_json() == sim.run(SCENARIO, RUNS).as_json()


def test_what_a_killed_writer_left_is_swept_away(whole, tmp_path):
    folder = broken_off(whole, tmp_path, [counts_of(2)])
    (folder / "rows" / "part-x.parquet.123.partial").write_bytes(b"PAR1")
    (folder / "result.json.9.partial").touch()
    sim.run(SCENARIO, RUNS, out=folder, jobs=1)
    assert content(folder) == content(whole)


def test_a_run_that_was_killed_while_it_wrote_its_manifest_may_begin_again(whole, tmp_path):
    folder = tmp_path / "begun"
    folder.mkdir()
    (folder / "manifest.json.4711.partial").write_text('{"format": 2, "scen', encoding="utf-8")
    (folder / ".lock").touch()
    sim.run(SCENARIO, RUNS, out=folder, jobs=1)
    assert content(folder) == content(whole)


def truncated(raw):
    return raw[: len(raw) // 2]


def emptied(raw):
    return b""


def flipped(where):
    def flip(raw):
        at = int(where * (len(raw) - 1))
        return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]

    return flip


def recounted(raw):
    """Somebody thinks that a team was kept once more, and packs the file again."""
    said = json.loads(gzip.decompress(raw))
    said["part"]["counts"]["kept"][0][0] += 1
    return gzip.compress(json.dumps(said, separators=(",", ":")).encode(), mtime=0)


@pytest.mark.parametrize("file", [counts_of(1), rows_of(1)], ids=["counts", "rows"])
@pytest.mark.parametrize(
    "spoil",
    [truncated, emptied, *map(flipped, (0, 0.0005, 0.3, 0.7, 1))],
    ids=["truncated", "emptied", "first", "header", "early", "late", "last"],
)
@pytest.mark.parametrize("finished", [True, False])
def test_a_spoilt_part_is_named_and_played_again(whole, tmp_path, played, file, spoil, finished):
    expected = content(whole)
    folder = whole if finished else broken_off(whole, tmp_path, [])
    (folder / file).write_bytes(spoil((folder / file).read_bytes()))
    with pytest.warns(sim.ResultsWarning) as told:
        sim.run(SCENARIO, RUNS, out=folder, jobs=1)
    assert [str(each.message) for each in told] == [
        f"{folder / file}: truncated or edited; its replications are played again"
    ]
    assert played == [(256, 512)]
    assert content(folder) == expected


def test_edited_counts_are_noticed_even_if_packed_with_care(whole, played):
    expected = content(whole)
    (whole / counts_of(0)).write_bytes(recounted((whole / counts_of(0)).read_bytes()))
    with pytest.warns(sim.ResultsWarning, match="truncated or edited"):
        sim.run(SCENARIO, RUNS, out=whole, jobs=1)
    assert content(whole) == expected


def test_rows_that_were_removed_are_named_and_played_again(whole, played):
    expected = content(whole)
    (whole / rows_of(3)).unlink()
    with pytest.warns(sim.ResultsWarning, match="parquet: missing"):
        sim.run(SCENARIO, RUNS, out=whole, jobs=1)
    assert (content(whole), played) == (expected, [(768, 1000)])


def test_counts_of_another_run_are_refused_and_left_alone(whole, tmp_path):
    folder = broken_off(whole, tmp_path, [])
    sim.run(SCENARIO, RUNS, seed=2, out=tmp_path / "other", jobs=1)
    shutil.copy(tmp_path / "other" / counts_of(1), folder / counts_of(1))
    before = content(folder)
    with pytest.raises(sim.ResultsError, match="seed 2, this run has 1"):
        sim.run(SCENARIO, RUNS, out=folder)
    assert content(folder) == before


def test_counts_of_another_run_in_a_finished_folder_are_played_again(whole, tmp_path, played):
    """Its manifest has the checksum of what was there before, so nobody need ask whose they are."""
    before = content(whole)
    sim.run(SCENARIO, RUNS, seed=2, out=tmp_path / "other", jobs=1)
    played.clear()
    shutil.copy(tmp_path / "other" / counts_of(1), whole / counts_of(1))
    with pytest.warns(sim.ResultsWarning, match="truncated or edited"):
        sim.run(SCENARIO, RUNS, out=whole, jobs=1)
    assert (content(whole), played) == (before, [(256, 512)])


@pytest.mark.parametrize("package", ["evalsched", "numpy", "python"])
def test_a_run_by_another_version_is_refused_by_its_name(whole, package):
    reseal(whole, lambda said: said["versions"].update({package: "0.0.9"}))
    with pytest.raises(sim.ResultsError, match=rf"versions\.{package} 0\.0\.9, this run has"):
        sim.run(SCENARIO, RUNS, out=whole)


def test_a_command_in_other_words_goes_on_under_the_first(whole, monkeypatch):
    before = content(whole)
    monkeypatch.setattr("sys.argv", ["sim", "run", "elsewhere.yaml"])
    sim.run(SCENARIO, RUNS, out=whole)
    assert content(whole) == before


def nothing(world):
    yield world.env.timeout(1)


def test_parts_of_a_run_with_functions_of_ones_own_are_not_trusted(tmp_path, played):
    for _ in range(2):
        sim.run(SCENARIO, 10, processes=[nothing], out=tmp_path, jobs=1)
    assert played == [(0, 10), (0, 10)]


def test_progress_counts_what_was_there(whole, tmp_path):
    folder = broken_off(whole, tmp_path, [counts_of(3)])
    told: list[tuple[int, int]] = []
    with warnings.catch_warnings():
        sim.run(SCENARIO, RUNS, out=folder, jobs=1, progress=lambda done, of: told.append((done, of)))
    assert told == [(RUNS, RUNS)]


def test_counts_that_lack_what_is_asked_are_none():
    """As a folder has them that was saved before a response was there."""
    group = tally_group(Case(SCENARIO, 1, "batch"), [(0, 50)])
    (counted,) = Runner(jobs=1).play([group])
    data = pack(counted.counts)
    assert pack(unpack_counts(group, data)) == data
    data["measures"] = [each for each in data["measures"] if each[0] != "gpu_hours"]
    with pytest.raises(ValueError, match="no counts: 'gpu_hours'"):
        unpack_counts(group, data)


def test_rows_that_a_worker_has_written_elsewhere_are_told(monkeypatch, tmp_path):
    """On a disk of its own; without them the folder would be no better than counts, and say otherwise."""
    monkeypatch.setattr(store, "_write_rows", lambda *_: "0" * 64)
    with pytest.raises(ResultsError, match=rf"{rows_of(0)}: written by a worker, and not there; expected a"):
        sim.run(SCENARIO, RUNS, out=tmp_path / "other", jobs=1)
    assert not list((tmp_path / "other").glob("counts/*"))
