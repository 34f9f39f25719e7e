"""A sweep in a folder: what is there at the end, and what becomes of one that was broken off."""

import shutil
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.execute import piece, runner
from sim.execute.runner import Runner
from sim.folder.lock import lock_folder
from sim.studies.inspect import inspect_folder
from sim.studies.saved import plot_folder, replay_folder
from tests.playing import fail_in
from tests.studies.resealed import manifest, reseal

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
POINTS = 5
REQUEST: dict[str, Any] = {
    "scenario": SCENARIO,
    "vary": f"stages.first.grants.pool.B200=500:3000:{POINTS}",
    "runs": 300,
    "given": (str(SCENARIO),),
}
FILES = {
    *("manifest.json", "results.xlsx", "counts/total.json.gz", "cost_per_point.csv"),
    *(f"{name}.{suffix}" for name in ("chances", "responses") for suffix in ("parquet", "csv")),
}


BESIDE_FIRST = 1
"""All points once more, paired, for what a percentage point costs: that is no part of the counts."""


class StoppedError(Exception):
    """What ends a sweep in the middle."""


def content(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def saved(folder, **how):
    """Sweep into a folder, its tables too, as `sim sweep --out` does."""
    found = sim.sweep(**(REQUEST | how), out=folder, tables="en")
    found.write_tables(folder, "en")
    return found


def broken_off(folder, after, **how):
    """Sweep into a folder until so many pieces are done."""

    told = []

    def stop(done, of):
        told.append(done)
        if len(told) == after:
            raise StoppedError

    with pytest.raises(StoppedError):
        saved(folder, jobs=1, progress=stop, **how)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a sweep that was not broken off; tests copy what they change."""
    folder = tmp_path_factory.mktemp("made") / "whole"
    saved(folder)
    return folder


@pytest.fixture
def whole(made, tmp_path):
    return shutil.copytree(made, tmp_path / "whole")


@pytest.fixture
def plays(monkeypatch):
    """Which ranges are played."""
    played = []

    def noted(group, start, stop, *more):
        played.append((start, stop))
        return play(group, start, stop, *more)

    play = piece.play_piece
    monkeypatch.setattr(runner, "play_piece", noted)
    return played


def test_at_the_end_there_are_two_tables_and_a_manifest(whole):
    assert set(content(whole)) == FILES
    assert sim.resume(whole) is None


@pytest.mark.parametrize("after", [1, 3, POINTS])
def test_gone_on_with_it_ends_with_the_same_bytes_and_plays_only_what_is_missing(
    whole, tmp_path, plays, after
):
    broken_off(tmp_path / "other", after)
    plays.clear()
    assert sim.resume(tmp_path / "other", jobs=1) is not None
    assert len(plays) == POINTS - after + BESIDE_FIRST
    assert content(tmp_path / "other") == content(whole)


@pytest.mark.parametrize("after", [1, 3])
def test_one_that_was_broken_off_says_how_much_is_done(tmp_path, after):
    broken_off(tmp_path / "other", after)
    state = inspect_folder(tmp_path / "other")
    assert (state.there, state.parts, state.is_complete) == (after, POINTS, False)


def test_until_precise_it_goes_on_from_the_look_that_it_had_reached(tmp_path, plays):
    request = {"vary": "stages.first.cut.keep=2,3", "until_halfwidth": 0.02}
    saved(tmp_path / "whole", jobs=1, **request)
    of = len(plays)
    looks = sorted({stop for _, stop in plays})
    assert looks[:2] == [2000, 2500]
    assert manifest(tmp_path / "whole")["ranges"] == [[0, looks[-1]]]
    broken_off(tmp_path / "other", 1, **request)
    state = inspect_folder(tmp_path / "other")
    assert (state.there, state.parts) == (1, None)  # nobody knows yet of how many
    plays.clear()
    sim.resume(tmp_path / "other", jobs=1)
    assert len(plays) == of - 1
    assert content(tmp_path / "other") == content(tmp_path / "whole")


def test_kept_counts_that_were_edited_are_named_and_played_again(whole, tmp_path, plays):
    broken_off(tmp_path / "other", 3)
    plays.clear()
    file = sorted((tmp_path / "other" / "counts").rglob("*.gz"))[0]
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.warns(
        sim.ResultsWarning, match=rf"{file.name}: truncated or edited; its replications are played"
    ):
        sim.resume(tmp_path / "other", jobs=1)
    assert len(plays) == POINTS - 2 + BESIDE_FIRST
    assert content(tmp_path / "other") == content(whole)


def test_a_table_that_was_edited_is_written_again_from_the_counts(whole, plays):
    before = content(whole)
    (whole / "chances.parquet").write_bytes(b"mine")
    with pytest.warns(
        sim.ResultsWarning, match=r"chances\.parquet: truncated or edited; it is written again"
    ):
        assert sim.resume(whole) is not None
    assert content(whole) == before
    assert plays == [(0, 300)] * BESIDE_FIRST  # nothing of the sweep itself


def test_another_scenario_file_is_refused_with_what_differs(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(SCENARIO.read_text(encoding="utf-8"), encoding="utf-8")
    saved(tmp_path / "sweep", vary=f"FILE={mine},one-finalist")
    before = content(tmp_path / "sweep")
    text = mine.read_text(encoding="utf-8")
    mine.write_text(text.replace("keep: 2", "keep: 1", 1), encoding="utf-8")
    assert mine.read_text(encoding="utf-8") != text
    with pytest.raises(sim.ResultsError, match=r"scenario_hash \w{8}, its scenario has \w{8}"):
        sim.resume(tmp_path / "sweep")
    mine.unlink()
    with pytest.raises(sim.ResultsError, match=r"cannot be read: .*mine\.yaml.*no such file"):
        sim.resume(tmp_path / "sweep")
    assert content(tmp_path / "sweep") == before


@pytest.mark.parametrize("vary", ["stages.first.cut.keep=2,1", "stages.first.train.days=100,150"])
def test_without_its_file_it_is_shown_verified_drawn_replayed_and_gone_on_with(tmp_path, monkeypatch, vary):
    """Its manifest holds the scenario, wherever it is looked at from."""
    folder, began = tmp_path / "sweep", tmp_path / "began"
    monkeypatch.chdir(tmp_path)
    mine = Path("mine.yaml")
    mine.write_text(SCENARIO.read_text(encoding="utf-8"), encoding="utf-8")
    how = {"scenario": mine, "vary": vary, "runs": 100, "set": {"capability.stage_spread": 3}}
    saved(folder, **how)
    broken_off(began, 1, **how)
    mine.unlink()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert inspect_folder(folder).is_complete
    assert sim.resume(folder) is None
    assert replay_folder(folder, Runner()).differ == {}
    assert plot_folder(folder, ["en"]).files
    assert sim.resume(began) is not None
    assert content(began) == {name: raw for name, raw in content(folder).items() if "sweep-en" not in name}


def test_another_version_is_refused(tmp_path):
    broken_off(tmp_path / "out", 2)
    reseal(tmp_path / "out", lambda said: said["versions"].update(numpy="1.0"))
    with pytest.raises(sim.ResultsError, match=r"versions\.numpy 1\.0, this run has"):
        sim.resume(tmp_path / "out")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"seed": 2}, "seed 1, this run has 2"),
        ({"runs": 301}, "ranges"),
        ({"vary": "stages.first.cut.keep=1,2"}, "scenario_hash"),
        ({"until_halfwidth": 0.02}, "until_halfwidth None, this run has 0.02"),
    ],
)
def test_another_sweep_is_refused_and_the_folder_left_alone(whole, change, key):
    before = content(whole)
    with pytest.raises(sim.ResultsError, match=key):
        saved(whole, **change)
    assert content(whole) == before


def test_a_second_process_is_refused(whole):
    with lock_folder(whole), pytest.raises(sim.ResultsError, match="another process is writing here"):
        saved(whole)


def test_replaying_says_whether_every_byte_agrees(whole):
    found = replay_folder(whole, Runner())
    assert (found.files, found.differ, found.more) == (len(FILES), {}, [])
    (whole / "chances.parquet").write_bytes(b"mine")
    assert replay_folder(whole, Runner()).differ == {"chances.parquet": "differs"}


def test_replications_that_fail_are_told_with_the_command_that_plays_one(monkeypatch, tmp_path):
    fail_in(monkeypatch, 7)
    with pytest.warns(sim.ResultsWarning) as told:
        found = saved(tmp_path / "out", jobs=1)
    assert [str(each.message) for each in told] == [
        "point 0, default (and at 4 more): 1 of 300 replications failed and are not counted. replication 7: "
        f"ZeroDivisionError: no power in 7. To see it: sim run {SCENARIO} "
        "--set stages.first.grants.pool.B200=500 --seed 1 --replications 7:8 --engine batch"
    ]
    assert {summary.tally.runs for summary in found.summaries} == {299}
