"""A sweep in a folder: what is there at the end, and what becomes of one that was broken off."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sim.results import replay, resume
from sim.runs.lock import locked
from sim.runs.sweep_store import done, saved
from sim.runs.visits import Request
from sim.runs.work import work

import sim
from sim.runs import manifest as manifests
from sim.runs import many

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
POINTS = 5
REQUEST = Request(str(SCENARIO), (f"stages.first.grants.pool.B200=500:3000:{POINTS}",), replications=(0, 300))
FILES = {"manifest.json", "chances.parquet", "responses.parquet"}


class StoppedError(Exception):
    """What ends a sweep in the middle."""


def content(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def broken_off(request, folder, after):
    """Sweep into a folder until so many pieces are done."""

    told = []

    def stop(done, of):
        told.append(done)
        if len(told) == after:
            raise StoppedError

    with pytest.raises(StoppedError):
        saved(request, folder, ["sim"], workers=1, progress=stop)


@pytest.fixture
def whole(tmp_path):
    saved(REQUEST, tmp_path / "whole", ["sim"])
    return tmp_path / "whole"


@pytest.fixture
def plays(monkeypatch):
    """Which seeds and ranges are played."""
    played = []

    def noted(job, start, stop):
        played.append((start, stop))
        return work(job, start, stop)

    monkeypatch.setattr(many, "work", noted)
    return played


def test_at_the_end_there_are_two_tables_and_a_manifest(whole):
    assert set(content(whole)) == FILES
    assert resume(whole) is None


@pytest.mark.parametrize("after", [1, 3, POINTS])
def test_gone_on_with_it_ends_with_the_same_bytes_and_plays_only_what_is_missing(
    whole, tmp_path, plays, after
):
    broken_off(REQUEST, tmp_path / "other", after)
    plays.clear()
    assert resume(tmp_path / "other") is not None
    assert len(plays) == POINTS - after
    assert content(tmp_path / "other") == content(whole)


@pytest.mark.parametrize("after", [1, 3])
def test_one_that_was_broken_off_says_how_much_is_done(tmp_path, after):
    broken_off(REQUEST, tmp_path / "other", after)
    known = manifests.read(tmp_path / "other")
    assert done(tmp_path / "other", known) == (after, POINTS)


def test_until_precise_it_goes_on_from_the_look_that_it_had_reached(tmp_path, plays):
    request = Request(str(SCENARIO), ("stages.first.cut.keep=2,3",), until_halfwidth=0.02)
    saved(request, tmp_path / "whole", ["sim"], workers=1)
    of = len(plays)
    looks = sorted({stop for _, stop in plays})
    assert looks[:2] == [2000, 2500]
    assert json.loads((tmp_path / "whole" / "manifest.json").read_text("utf-8"))["replications"] == [
        0,
        looks[-1],
    ]
    broken_off(request, tmp_path / "other", 1)
    plays.clear()
    resume(tmp_path / "other")
    assert len(plays) == of - 1
    assert content(tmp_path / "other") == content(tmp_path / "whole")


def test_kept_counts_that_were_edited_are_named_and_played_again(whole, tmp_path, plays):
    broken_off(REQUEST, tmp_path / "other", 3)
    plays.clear()
    file = sorted((tmp_path / "other" / "counts").rglob("*.gz"))[0]
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.warns(sim.ResultsWarning, match=rf"{file.name}: truncated or edited; it is played again"):
        resume(tmp_path / "other")
    assert len(plays) == POINTS - 2
    assert content(tmp_path / "other") == content(whole)


def test_a_table_that_was_edited_is_written_again(whole):
    before = content(whole)
    (whole / "chances.parquet").write_bytes(b"mine")
    assert resume(whole) is not None
    assert content(whole) == before


def test_another_scenario_file_is_refused_with_what_differs(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(SCENARIO.read_text(encoding="utf-8"), encoding="utf-8")
    request = Request(str(mine), REQUEST.vary, replications=(0, 300))
    broken_off(request, tmp_path / "out", 2)
    text = mine.read_text(encoding="utf-8")
    mine.write_text(text.replace("keep: 2", "keep: 1", 1), encoding="utf-8")
    assert mine.read_text(encoding="utf-8") != text
    with pytest.raises(sim.ResultsError, match=r"began as another sweep \(scenario_hash \w{8}, this run has"):
        resume(tmp_path / "out")
    mine.unlink()
    with pytest.raises(sim.ResultsError, match=r"cannot be read: .*mine\.yaml.*no such file"):
        resume(tmp_path / "out")


def test_another_version_is_refused(tmp_path):
    broken_off(REQUEST, tmp_path / "out", 2)
    file = tmp_path / "out" / "manifest.json"
    known = json.loads(file.read_text("utf-8"))
    known["versions"]["numpy"] = "1.0"
    file.write_text(json.dumps(known), encoding="utf-8")
    with pytest.raises(sim.ResultsError, match=r"versions\.numpy 1\.0, this run has"):
        resume(tmp_path / "out")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"seed": 2}, "seed 1, this run has 2"),
        ({"replications": (0, 301)}, "replications"),
        ({"vary": ("stages.first.cut.keep=1,2",)}, "scenario_hash"),
        ({"until_halfwidth": 0.02}, "request.until_halfwidth None, this run has 0.02"),
    ],
)
def test_another_sweep_is_refused_and_the_folder_left_alone(whole, change, key):
    before = content(whole)
    other = replace(REQUEST, **change)
    with pytest.raises(sim.ResultsError, match=key):
        saved(other, whole, ["sim"])
    assert content(whole) == before


def test_a_second_process_is_refused(whole):
    with locked(whole), pytest.raises(sim.ResultsError, match="another process is writing here"):
        saved(REQUEST, whole, ["sim"])


def test_replaying_says_whether_every_byte_agrees(whole):
    found = replay(whole)
    assert (found.files, found.differ, found.more) == (len(FILES), {}, [])
    (whole / "chances.parquet").write_bytes(b"mine")
    assert replay(whole).differ == {"chances.parquet": "differs"}


def test_replications_that_fail_are_told_with_the_command_that_plays_one(monkeypatch, tmp_path):
    from sim.engines import batch

    play = batch.play

    def seven_fails(scenario, source, start, stop, rules):
        if start <= 7 < stop:
            raise ZeroDivisionError("no power")
        return play(scenario, source, start, stop, rules)

    monkeypatch.setattr(batch, "play", seven_fails)
    with pytest.warns(sim.ResultsWarning) as told:
        found = saved(REQUEST, tmp_path / "out", ["sim"], workers=1)
    assert [str(each.message) for each in told] == [
        "point 0, default (and at 4 more): 1 of 300 replications failed and are not counted. replication 7: "
        f"ZeroDivisionError: no power. To see it: sim run {SCENARIO} "
        "--set 'stages.first.grants.pool.B200=500' --seed 1 --replications 7:8 --engine batch"
    ]
    assert {summary.tally.runs for summary in found.summaries} == {299}
