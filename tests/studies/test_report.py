"""Reports of folders: of every kind of study, from what is saved, without playing anything."""

import json

import pytest

import sim
from sim.execute.runner import Runner
from sim.folder.errors import ResultsError
from sim.studies.manifest import read_manifest
from sim.studies.report import report_folder, study_command
from sim.studies.saved import replay_folder
from sim.text import LANGS, Lang
from tests.studies.small_studies import KINDS, MINIMAL, break_off, content, save_small


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A folder of each kind of study."""
    made = {kind: tmp_path_factory.mktemp("saved") / kind for kind in KINDS}
    for kind, folder in made.items():
        save_small(kind, folder)
    return made


@pytest.fixture
def no_play(monkeypatch):
    """Whoever plays fails."""

    def refuse(*_, **__):
        raise AssertionError("a report plays nothing")

    monkeypatch.setattr(Runner, "play", refuse)
    monkeypatch.setattr(Runner, "play_until", refuse)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_study_gets_a_report_without_playing(kind, folders, no_play):
    each: list[tuple[Lang, ...]] = [("en",), ("ko",), LANGS]
    for langs in each:
        (path,), kept = report_folder(folders[kind], langs)
        first = path.read_bytes()
        assert kept == []
        assert report_folder(folders[kind], langs).kept == []
        assert path.read_bytes() == first
    assert {"report-en.html", "report-ko.html", "report-both.html"} <= content(folders[kind]).keys()


def test_a_report_is_no_part_of_a_study(folders):
    report_folder(folders["run"], ["en"])
    found = replay_folder(folders["run"], Runner(jobs=1))
    assert (found.differ, found.more) == ({}, [])


def test_what_a_point_costs_is_read_from_its_table(tmp_path, monkeypatch):
    folder = tmp_path / "sweep"
    vary = "stages.first.grants.pool.B200=500:6000:3"
    found = sim.sweep(MINIMAL, vary, runs=1000, jobs=1, out=folder, tables="en")
    found.write_tables(folder, "en")
    played = found.findings().cost_path
    monkeypatch.setattr(Runner, "play", None)
    read = found.study.read_findings(folder, lambda: found).cost_path
    assert played is not None
    assert read is not None
    assert (read.team, read.first, read.runs) == (played.team, played.first, played.runs)
    for here, there in zip(read.steps, played.steps, strict=True):
        told = (here.level, here.money, here.change.estimate, here.low, here.high)
        expected = (there.level, there.money, there.change.estimate, there.low, there.high)
        assert told == pytest.approx(expected, rel=1e-7)
        assert here.is_seen
        assert there.is_seen
        assert here.per_point == pytest.approx(there.per_point, rel=1e-6)


def test_a_report_of_what_was_edited_is_refused(tmp_path):
    folder = tmp_path / "run"
    save_small("run", folder)
    path = folder / "result.json"
    data = json.loads(path.read_text("utf-8"))
    data["headline"]["standing"] = "apart"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ResultsError, match=r"result\.json: truncated or edited; sim resume"):
        report_folder(folder, ["en"])
    path.unlink()
    with pytest.raises(ResultsError, match=r"result\.json: missing"):
        report_folder(folder, ["en"])


@pytest.mark.parametrize("kind", ["comparison", "sweep", "sensitivity"])
def test_a_report_of_counts_that_were_edited_is_refused(kind, tmp_path):
    folder = tmp_path / kind
    save_small(kind, folder)
    (total,) = (folder / "counts").glob("total*")
    total.write_bytes(total.read_bytes()[:-9])
    with pytest.raises(ResultsError, match="not as it was written; sim resume"):
        report_folder(folder, ["en"])


def test_a_report_of_what_was_broken_off_is_refused(tmp_path):
    folder = tmp_path / "run"
    break_off("run", folder, 1)
    with pytest.raises(ResultsError, match="not complete; sim resume"):
        report_folder(folder, ["en"])


def test_another_report_of_that_name_is_kept(folders):
    folder = folders["run"]
    (path,), _ = report_folder(folder, ["en"])
    path.write_text("mine", encoding="utf-8")
    (again,), kept = report_folder(folder, ["en"])
    assert again == path
    assert [one.read_text("utf-8") for one in kept] == ["mine"]


def test_a_report_names_whom_to_ask(folders):
    (path,), _ = report_folder(folders["run"], ["en"], "Kim <policy>, 02-1234")
    assert "Questions: Kim &lt;policy&gt;, 02-1234" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("/usr/bin/sim", "run", "k-ai", "--out", "/home/me/x"), "sim run k-ai"),
        (("sim", "run", "/home/me/k.yaml", "--out=x", "--seed", "3"), "sim run k.yaml --seed 3"),
        (("sim", "compare", "a", "b --set x=1", "--jobs", "2"), "sim compare a 'b --set x=1'"),
        (("notebook.py",), "sim results replay DIR"),
        (("sim", "results", "merge", "a", "b"), "sim results replay DIR"),
    ],
)
def test_the_command_is_told_without_what_is_of_one_machine(typed, told, folders):
    manifest = read_manifest(folders["run"])
    assert study_command(manifest.changed(command=typed)) == told
