"""Folders that somebody has meddled with: noticed, named, and never believed."""

import json
import shutil
import time
from pathlib import Path

import pytest

import sim
from sim.execute.runner import Runner
from sim.folder import rows as parts
from sim.folder.counts import read_counts, write_counts
from sim.folder.files import checksum
from sim.studies import DEFAULT_RUNS
from sim.studies.inspect import inspect_folder
from sim.studies.saved import plot_folder, replay_folder
from tests.cli.command import command
from tests.studies.resealed import manifest, reseal, unseal
from tests.studies.small_studies import KINDS, PART, content, save_small

TOTAL = "counts/total.json.gz"
FIRST, SECOND = (f"counts/{parts.part_name(n * PART, (n + 1) * PART)}.json.gz" for n in range(2))


pytestmark = pytest.mark.usefixtures("small_parts")


@pytest.fixture
def folder(made, kind, tmp_path):
    return shutil.copytree(made / kind, tmp_path / "folder")


@pytest.fixture
def run_folder(made, tmp_path):
    return shutil.copytree(made / "run", tmp_path / "folder")


def seal_again(folder, *names):
    """Put the checksums of files as they are now into the manifest, and seal it."""
    reseal(folder, lambda said: said["parts"].update({name: checksum(folder / name) for name in names}))


@pytest.mark.parametrize("state", ["sealed", "resealed", "unsealed"])
def test_counts_in_the_place_of_others_are_named_and_played_again(made, run_folder, state):
    """However carefully the manifest was edited: a part knows which replications it has."""
    shutil.copy(run_folder / FIRST, run_folder / SECOND)
    if state == "resealed":
        seal_again(run_folder, SECOND)
    elif state == "unsealed":
        unseal(run_folder)
    shown = inspect_folder(run_folder)
    assert shown.missing == [(256, 512)]
    assert shown.played is not None
    assert shown.played[0].counts.runs == 1000 - PART  # and not 1,000
    told = command("results", "show", run_folder)
    assert told.code == 0
    assert all(said in told.out for said in ("Counted: 744 replications.", "Not complete", SECOND))
    if state != "sealed":
        assert f"In another part's place: {SECOND}" in told.out
    why = "truncated or edited" if state == "sealed" else "holds replications 0:256"
    with pytest.warns(sim.ResultsWarning, match=why):
        sim.run(KINDS["run"][1]["scenario"], 1000, out=run_folder, tables="en", jobs=1)
    assert (run_folder / SECOND).read_bytes() == (made / "run" / SECOND).read_bytes()


def test_resume_names_a_part_in_the_place_of_another_even_in_a_resealed_folder(made, run_folder):
    shutil.copy(run_folder / FIRST, run_folder / SECOND)
    seal_again(run_folder, SECOND)
    with pytest.warns(sim.ResultsWarning, match=f"{Path(SECOND).name}: holds replications 0:256"):
        result = sim.resume(run_folder, jobs=1)
    assert result.tally.runs == 1000
    assert content(run_folder) == content(made / "run")


@pytest.mark.parametrize("kind", ["sweep", "comparison", "sensitivity"])
def test_a_sum_of_another_study_is_not_believed(made, folder, kind, tmp_path):
    """Even if the manifest has its checksum."""
    save_small(kind, tmp_path / "other", seed=2)
    shutil.copy(tmp_path / "other" / TOTAL, folder / TOTAL)
    assert inspect_folder(folder).damage == {TOTAL: "truncated or edited"}
    seal_again(folder, TOTAL)
    state = inspect_folder(folder)
    assert (state.damage, state.played, state.is_complete) == ({TOTAL: "of another run"}, None, False)
    with pytest.raises(sim.ResultsError, match="of another run"):
        sim.resume(folder)


@pytest.mark.parametrize("kind", ["sweep", "comparison"])
def test_a_sum_of_other_replications_is_not_believed(folder, kind, tmp_path):
    save_small(kind, tmp_path / "other", runs=300)
    shutil.copy(tmp_path / "other" / TOTAL, folder / TOTAL)
    seal_again(folder, TOTAL)
    state = inspect_folder(folder)
    assert (state.damage, state.played, state.is_complete) == ({TOTAL: "truncated or edited"}, None, False)


def test_a_sum_of_a_sweep_that_was_precise_earlier_is_not_believed(tmp_path):
    """Only the manifest says how many replications there are of a sweep that stops once it is precise."""
    folder, other = tmp_path / "folder", tmp_path / "other"
    how = {"runs": DEFAULT_RUNS, "until_halfwidth": 0.02}
    save_small("sweep", folder, **how)
    found = save_small("sweep", other, **(how | {"until_halfwidth": 0.05}))
    made = content(folder)
    assert found.ranges != inspect_folder(folder).manifest.ranges
    shutil.copy(other / TOTAL, folder / TOTAL)
    seal_again(folder, TOTAL)
    state = inspect_folder(folder)
    assert (state.damage, state.played, state.is_complete) == ({TOTAL: "truncated or edited"}, None, False)
    with pytest.warns(sim.ResultsWarning, match=f"{Path(TOTAL).name}: truncated or edited"):
        sim.resume(folder, jobs=1)
    assert content(folder) == made


def test_a_resealed_manifest_that_promises_rows_is_not_believed(tmp_path):
    save_small("run", tmp_path, keep="counts")
    reseal(tmp_path, lambda said: said["request"].update(keep="rows"))
    state = inspect_folder(tmp_path)
    assert not state.is_complete
    assert set(state.damage.values()) == {"missing"}


@pytest.mark.parametrize("lacks", ["runs", "kept", "measures"])
def test_counts_without_a_part_of_them_are_none(made, run_folder, lacks):
    """Written by this program's own code, with their own checksum and that of the manifest."""
    found = read_counts(run_folder / FIRST)
    less = {key: value for key, value in found.counts.items() if key != lacks}
    write_counts(run_folder / FIRST, found._replace(counts=less))
    seal_again(run_folder, FIRST)
    assert inspect_folder(run_folder).damage == {FIRST: "truncated or edited"}
    with pytest.warns(sim.ResultsWarning, match="truncated or edited"):
        sim.resume(run_folder, jobs=1)
    assert content(run_folder) == content(made / "run")


@pytest.mark.parametrize("kind", ["sweep", "comparison", "sensitivity"])
@pytest.mark.parametrize("counts", [[], [[]], [[{}, []]], [[1, 2]], {}, None], ids=str)
def test_a_sum_that_is_none_is_none(folder, kind, counts):
    found = read_counts(folder / TOTAL)
    write_counts(folder / TOTAL, found._replace(counts=counts))
    seal_again(folder, TOTAL)
    state = inspect_folder(folder)
    assert (state.damage, state.played) == ({TOTAL: "truncated or edited"}, None)


def test_a_resealed_manifest_of_another_scenario_is_refused(folder):
    """Its own scenario has another hash, and so have its parts."""
    reseal(folder, lambda said: said.update(scenario_hash="0" * 64))
    before = content(folder)
    for use in (inspect_folder, sim.resume, plot_folder, lambda out: replay_folder(out, Runner())):
        with pytest.raises(sim.ResultsError, match="scenario_hash 00000000"):
            use(folder)
    assert content(folder) == before


def test_a_resealed_manifest_whose_parts_are_of_another_study_is_refused(folder, kind):
    """The seed decides every number; nothing that is there is of this one."""
    reseal(folder, lambda said: said["request"].update(seed=2))
    state = inspect_folder(folder)
    assert not state.is_complete
    assert "of another run" in state.damage.values()
    assert state.played is None
    (folder / ("chances.csv" if kind == "run" else TOTAL)).touch()
    with pytest.raises(sim.ResultsError, match=r"of another run \(seed 1, this run has 2\)"):
        KINDS[kind][0](**(KINDS[kind][1] | {"seed": 2}), out=folder, tables="en")


HUGE = 10**15


@pytest.mark.parametrize("state", ["sealed", "unsealed"])
@pytest.mark.parametrize("ranges", [[[0, HUGE]], [[0, 2**80]], [[HUGE, HUGE + 1]]], ids=str)
def test_huge_ranges_are_refused_at_once(folder, state, ranges):
    def edit(said):
        said["ranges"] = ranges
        if "ranges" in said["request"]:
            said["request"]["ranges"] = ranges

    reseal(folder, edit)
    if state == "unsealed":
        unseal(folder)
    began = time.process_time()
    for use in (inspect_folder, sim.resume, plot_folder):
        with pytest.raises(sim.ResultsError):
            use(folder)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("name", ["manifest.json", "rows", "counts"])
def test_a_link_in_the_place_of_what_was_written_is_refused(folder, tmp_path, name):
    if name == "rows" and not (folder / name).exists():
        (folder / name).mkdir()
    elsewhere = tmp_path / "elsewhere"
    (folder / name).rename(elsewhere)
    (folder / name).symlink_to(elsewhere)
    before = elsewhere.read_bytes() if elsewhere.is_file() else content(elsewhere)
    for use in (inspect_folder, sim.resume, plot_folder, lambda out: replay_folder(out, Runner())):
        with pytest.raises(sim.ResultsError, match=f"{name}: a link"):
            use(folder)
    assert before == (elsewhere.read_bytes() if elsewhere.is_file() else content(elsewhere))


@pytest.mark.parametrize("name", ["rows", "counts"])
def test_nothing_is_written_through_a_link(tmp_path, name):
    """Into a folder that does not hold results yet, either."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(sim.ResultsError, match="not empty"):
        save_small("run", tmp_path / "out")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_link_to_one_part_is_not_followed(made, run_folder, tmp_path):
    (run_folder / FIRST).rename(tmp_path / "part")
    (run_folder / FIRST).symlink_to(tmp_path / "part")
    assert not inspect_folder(run_folder).is_complete
    with pytest.warns(sim.ResultsWarning, match="truncated or edited"):
        sim.resume(run_folder, jobs=1)
    assert not (run_folder / FIRST).is_symlink()
    assert content(run_folder) == content(made / "run")


def test_a_format_of_an_earlier_version_is_refused_in_one_line(folder):
    said = manifest(folder) | {"format": 1}
    (folder / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(sim.ResultsError, match=r"not a manifest of format 2 \(format 1") as refused:
        inspect_folder(folder)
    assert "\n" not in str(refused.value)
