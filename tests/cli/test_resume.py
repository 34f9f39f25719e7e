"""`sim resume`: goes on with what was broken off, verifies what was not."""

import os
import shutil
import sys

import pytest

from sim.folder import rows as parts
from tests.cli.command import MINIMAL, ROOT, command, process
from tests.studies.resealed import manifest, reseal

RUNS, PART = 700, 256


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(parts, "_ROWS", PART * 6)


def content(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """The folder of a run that was not broken off."""
    folder = tmp_path_factory.mktemp("unbroken") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "_ROWS", PART * 6)
        assert command("run", MINIMAL, "--runs", RUNS, "--out", folder, "--lang", "ko").code == 0
    return folder


@pytest.fixture
def folder(unbroken, tmp_path):
    """A copy of it."""
    return shutil.copytree(unbroken, tmp_path / "out")


def edit(folder, **values):
    """Set keys of a manifest, or take them away, as if it had been written so."""

    def change(said):
        said.update(values)
        for key in [key for key, value in values.items() if value is None]:
            del said[key]

    reseal(folder, change)


def ask_else(folder, **values):
    """Likewise, keys of its request."""
    edit(folder, parts=None, request=without_none(manifest(folder)["request"] | values))


def without_none(request):
    return {key: value for key, value in request.items() if value is not None}


def counts(number):
    return f"counts/part-{number * PART:012d}-{min(RUNS, (number + 1) * PART):012d}.json.gz"


def rows(number):
    return f"rows/part-{number * PART:012d}-{min(RUNS, (number + 1) * PART):012d}.parquet"


def test_a_complete_run_is_verified_and_left_alone(folder):
    before = content(folder)
    told = command("resume", folder)
    assert (told.code, told.err) == (0, "")
    assert told.out == f"Complete: nothing is missing in {folder}, and every checksum agrees.\n"
    assert content(folder) == before


def test_a_complete_run_by_another_version_is_still_verified(folder):
    edit(folder, versions={"numpy": "1.0"})
    assert command("resume", folder).code == 0
    (folder / counts(0)).unlink()
    told = command("resume", folder)
    assert (told.code, told.out) == (2, "")
    assert "this run has" in told.err
    assert "versions." in told.err


def test_a_run_without_its_last_parts_goes_on_and_ends_the_same(folder, unbroken):
    edit(folder, parts=None, files=None)
    for name in (counts(1), counts(2), rows(2), "chances.csv", "leaving-ko.svg", "result.json"):
        (folder / name).unlink()
    told = command("resume", folder, "--lang", "ko")
    assert (told.code, told.err) == (0, "")
    assert "완료" in told.out
    assert content(folder) == content(unbroken)


def test_repeating_the_command_goes_on_too(folder, unbroken):
    edit(folder, parts=None, files=None)
    (folder / counts(1)).unlink()
    assert command("run", MINIMAL, "--runs", RUNS, "--out", folder, "--lang", "ko").code == 0
    assert content(folder) == content(unbroken)


def test_a_run_that_was_stopped_before_its_tables_gets_them(folder, unbroken):
    edit(folder, files=None)
    for path in folder.glob("*.[cps]*"):
        path.unlink()
    assert command("resume", folder).code == 0
    assert content(folder) == content(unbroken)


@pytest.mark.parametrize("name", [counts(0), rows(1), "chances.csv", "survival-ko.png", "result.json"])
@pytest.mark.parametrize("spoil", ["truncate", "edit", "remove"])
def test_a_spoilt_file_is_named_on_stderr_and_made_again(folder, unbroken, name, spoil):
    raw = (folder / name).read_bytes()
    if spoil == "remove":
        (folder / name).unlink()
    else:
        half = len(raw) // 2
        (folder / name).write_bytes(
            raw[:half] if spoil == "truncate" else raw[:half] + b"?" + raw[half + 1 :]
        )
    told = command("resume", folder)
    assert told.code == 0
    missing_counts = spoil == "remove" and name.startswith("counts")  # as after a kill: nothing is wrong
    assert told.err.count("\n") == (0 if missing_counts else 1)
    assert missing_counts or f"{folder / name}: " in told.err
    assert content(folder) == content(unbroken)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 2}, "seed 1, this run has 2"),
        ({"own_processes": ["fire"]}, "fire"),
        ({"engine": None}, "no request.engine"),
        ({"scenario": {"format": 1}}, "manifest.json: "),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_manifest_that_was_edited_is_refused_in_one_line(folder, change, said):
    ask_else(folder, **change)
    before = content(folder)
    told = command("resume", folder)
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert len(told.err.splitlines()) == 1
    assert content(folder) == before


def test_a_manifest_of_another_scenario_is_refused_in_one_line(folder):
    edit(folder, scenario_hash="0" * 64)
    told = command("resume", folder)
    assert (told.code, told.out, len(told.err.splitlines())) == (2, "", 1)
    assert "scenario_hash 00000000, its scenario has" in told.err


def test_a_folder_without_results_is_refused(tmp_path):
    told = command("resume", tmp_path)
    assert told.code == 2
    assert "no results here" in told.err


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from sim.folder import rows as parts
parts._ROWS = 6 * 512
from sim.cli.app import run_command
sys.exit(run_command(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_disk_that_is_full_is_said_in_one_line_and_the_run_goes_on_once_it_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "_ROWS", 6 * 512)
    arguments = ["run", MINIMAL, "--runs", 1500, "--jobs", 1, "--out"]
    assert command(*arguments, tmp_path / "whole").code == 0
    monkeypatch.chdir(ROOT)
    full = process(*arguments, tmp_path / "full", code=LIMITED)
    assert full.code == 2
    assert "too large" in full.err.lower()
    assert len(full.err.splitlines()) == 1
    assert not list((tmp_path / "full").rglob("*.partial"))
    assert command("resume", tmp_path / "full").code == 0
    here, there = content(tmp_path / "full"), content(tmp_path / "whole")
    differ = {name for name in {**here, **there} if here.get(name) != there.get(name)}
    assert differ <= {"manifest.json"}  # which names the command, another here


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_only_be_read_is_refused_in_one_line(folder):
    edit(folder, parts=None)
    folder.chmod(0o500)
    told = command("resume", folder)
    folder.chmod(0o700)
    assert (told.code, len(told.err.splitlines())) == (2, 1)
    assert "permission denied" in told.err


def test_a_folder_that_may_only_be_read_is_still_verified(folder, monkeypatch):
    def denied(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.open", denied)  # file modes would not stop a test that runs as root
    assert command("resume", folder).code == 0
    edit(folder, parts=None)
    told = command("resume", folder)
    assert (told.code, told.err) == (2, f"sim: {folder / '.lock'}: permission denied\n")
