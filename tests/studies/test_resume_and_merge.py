"""Every kind of study goes on with what is there, and halves that were played apart are the whole."""

import shutil

import pytest

import sim
from sim.execute.runner import Runner
from sim.studies.inspect import inspect_folder
from sim.studies.saved import merge_folders, replay_folder
from tests.playing import fail_in
from tests.studies.resealed import manifest
from tests.studies.small_studies import (
    KINDS,
    break_off,
    content,
    note_plays,
    save_small,
)

TOTAL = "counts/total.json.gz"
SUMMED = [kind for kind in KINDS if kind != "run"]
"""Kinds that keep the sum of all counts, and no parts."""

PARTS = {"run": 4, "sweep": 6, "comparison": 4, "sensitivity": 32}
"""Parts of each, of 256 replications: of all of its groups."""


pytestmark = pytest.mark.usefixtures("small_parts")


@pytest.mark.parametrize("after", [1, 3])
def test_it_goes_on_from_the_parts_that_are_there(made, tmp_path, monkeypatch, kind, after):
    break_off(kind, tmp_path / "other", after)
    state = inspect_folder(tmp_path / "other")
    assert (state.there, state.parts, state.is_complete) == (after, PARTS[kind], False)
    played = note_plays(monkeypatch)
    assert sim.resume(tmp_path / "other", jobs=1) is not None
    assert len(played) == PARTS[kind] - after
    assert content(tmp_path / "other") == content(made / kind)


def test_a_complete_one_is_verified_without_playing(made, kind, monkeypatch):
    monkeypatch.setattr("sim.execute.runner.play_piece", None)
    assert sim.resume(made / kind) is None
    assert inspect_folder(made / kind).is_complete


def test_only_tables_that_are_missing_are_written_again_from_the_counts(made, tmp_path, monkeypatch, kind):
    folder = shutil.copytree(made / kind, tmp_path / "folder")
    for path in folder.iterdir():
        if path.is_file() and path.name != "manifest.json":
            path.unlink()
    played = note_plays(monkeypatch)
    with pytest.warns(sim.ResultsWarning, match="missing; it is written again"):
        sim.resume(folder, jobs=1)
    assert played == []
    assert content(folder) == content(made / kind)


@pytest.mark.parametrize("kind", SUMMED)
@pytest.mark.parametrize("spoil", [lambda raw: b"", lambda raw: raw[:-9], lambda raw: raw + b"x"])
def test_a_spoilt_sum_is_named_and_everything_is_played_again(made, tmp_path, monkeypatch, kind, spoil):
    folder = shutil.copytree(made / kind, tmp_path / "folder")
    (folder / TOTAL).write_bytes(spoil((folder / TOTAL).read_bytes()))
    state = inspect_folder(folder)
    assert (state.damage, state.played) == ({TOTAL: "truncated or edited"}, None)
    played = note_plays(monkeypatch)
    with pytest.warns(sim.ResultsWarning, match=r"total\.json\.gz: truncated or edited; its replications"):
        sim.resume(folder, jobs=1)
    assert len(played) == PARTS[kind]
    assert content(folder) == content(made / kind)


def test_the_same_call_goes_on_and_ends_with_the_same_bytes(made, tmp_path, monkeypatch, kind):
    break_off(kind, tmp_path / "other", 2)
    played = note_plays(monkeypatch)
    save_small(kind, tmp_path / "other")
    assert len(played) == PARTS[kind] - 2
    assert content(tmp_path / "other") == content(made / kind)


def test_a_replay_agrees_byte_for_byte(made, kind):
    found = replay_folder(made / kind, Runner(jobs=1))
    assert (found.differ, found.more, found.files) == ({}, [], len(content(made / kind)))


def test_what_was_played_is_saved_as_it_is(tmp_path, kind, monkeypatch):
    play, asked = KINDS[kind]
    found = play(**asked, jobs=1)
    if kind == "run":
        found.findings()  # what it is set beside is played when it is first looked at
    monkeypatch.setattr("sim.execute.runner.play_piece", None)
    found.save(tmp_path / "saved", lang="ko")
    assert {name for name in content(tmp_path / "saved") if "/" in name} == {TOTAL}
    assert inspect_folder(tmp_path / "saved").is_complete
    again = inspect_folder(tmp_path / "saved").result(Runner())
    assert again is not None
    assert again.odds().equals(found.odds())
    assert [*again.failures] == [*found.failures]


@pytest.mark.parametrize("kind", ["sweep", "comparison"])
@pytest.mark.parametrize("border", [256, 300])
def test_halves_are_the_whole(tmp_path, kind, border):
    """Wherever they meet: of sums no border of a part need be kept to."""
    ends = {"one": (0, border), "two": (border, 500), "all": (0, 500)}
    for name, each in ends.items():
        save_small(kind, tmp_path / name, replications=each, runs=1)
    state, gaps = merge_folders([tmp_path / "two", tmp_path / "one"], tmp_path / "merged", Runner(), "en")
    assert (gaps, state.is_complete) == ([], True)
    found, expected = content(tmp_path / "merged"), content(tmp_path / "all")
    found.pop("manifest.json"), expected.pop("manifest.json")
    assert found == expected
    ours, theirs = manifest(tmp_path / "merged"), manifest(tmp_path / "all")
    assert {key for key in ours if ours[key] != theirs[key]} <= {"command"}
    assert sim.resume(tmp_path / "merged") is None


@pytest.mark.parametrize("kind", ["sweep", "comparison"])
def test_halves_with_a_gap_between_them_have_no_tables_and_can_be_closed(tmp_path, kind):
    for name, each in {"one": (0, 100), "two": (200, 300), "between": (100, 200), "all": (0, 300)}.items():
        save_small(kind, tmp_path / name, replications=each, runs=1)
    state, gaps = merge_folders([tmp_path / "one", tmp_path / "two"], tmp_path / "gap", Runner(), "en")
    assert (gaps, state.is_complete, state.manifest.ranges) == ([(100, 200)], True, ((0, 100), (200, 300)))
    assert set(content(tmp_path / "gap")) == {"manifest.json", TOTAL}
    merge_folders([tmp_path / "gap", tmp_path / "between"], tmp_path / "closed", Runner(), "en")
    found, expected = content(tmp_path / "closed"), content(tmp_path / "all")
    tables = [name for name in expected if name.endswith((".csv", ".parquet", ".gz"))]
    assert tables
    assert all(found[name] == expected[name] for name in tables)


@pytest.mark.parametrize("kind", SUMMED)
def test_what_overlaps_is_not_merged(made, tmp_path, kind):
    with pytest.raises(sim.ResultsError, match="overlaps"):
        merge_folders([made / kind, made / kind], tmp_path / "merged", Runner(), "en")
    assert not (tmp_path / "merged").exists()


def test_failures_of_halves_are_those_of_the_whole(tmp_path, monkeypatch):
    fail_in(monkeypatch, 70)
    for name, each in {"one": (0, 100), "two": (100, 200), "all": (0, 200)}.items():
        if name == "two":
            save_small("comparison", tmp_path / name, replications=each, runs=1)
        else:
            with pytest.warns(sim.ResultsWarning, match="failed"):
                save_small("comparison", tmp_path / name, replications=each, runs=1)
    state, _ = merge_folders([tmp_path / "one", tmp_path / "two"], tmp_path / "merged", Runner(), "en")
    found = state.result(Runner())
    assert found is not None
    assert [each.replication for each in found.failures] == [70]
    for name in ("failures.csv", "differences.csv", TOTAL):
        assert (tmp_path / "merged" / name).read_bytes() == (tmp_path / "all" / name).read_bytes()


def nothing(world):
    yield world.env.timeout(1)


@pytest.mark.parametrize("kind", ["run", "sweep", "comparison"])  # an analysis by single events takes long
def test_with_code_of_ones_own_nothing_is_taken_from_a_folder(tmp_path, monkeypatch, kind):
    """It may have changed since."""
    play, asked = KINDS[kind]
    times = []
    for _ in range(2):
        played = note_plays(monkeypatch)
        play(**(asked | {"runs": 20}), processes=[nothing], jobs=1, out=tmp_path / "own")
        times.append(len(set(played)))
    assert times == [times[0]] * 2 == [len(inspect_folder(tmp_path / "own").study.groups)] * 2
    with pytest.raises(sim.ResultsError, match="nothing"):
        replay_folder(tmp_path / "own", Runner())
