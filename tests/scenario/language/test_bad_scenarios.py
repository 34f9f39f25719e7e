"""Broken files, and what each of them has to be told: the lines beside it, word for word."""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.cli.app import run_command
from sim.scenario import ScenarioError, load
from tests.scenario.broken import GOOD

FOLDER = Path(__file__).parents[2] / "bad_scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def said(name):
    with pytest.raises(ScenarioError) as refused:
        load(name)
    return str(refused.value)


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_file_is_told_what_stands_beside_it(name, monkeypatch):
    monkeypatch.chdir(FOLDER)
    assert said(f"{name}.yaml").splitlines() == Path(f"{name}.txt").read_text(encoding="utf-8").splitlines()


def test_there_are_many_and_each_has_its_lines():
    assert len(NAMES) >= 80
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == NAMES


def a_folder(path):
    path.mkdir()


def a_file_of_fifty_megabytes(path):
    path.write_bytes(GOOD.encode() + b"#" * 50_000_000)


def a_link_to_nothing(path):
    path.symlink_to("nowhere.yaml")


def a_link_to_itself(path):
    path.symlink_to(path.name)


def a_picture(path):
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")


def a_link_out_of_the_folder(path):
    (path.parent / "inner").mkdir()
    (path.parent / "inner" / "link.yaml").symlink_to(path.parent / "outside.yaml")
    (path.parent / "outside.yaml").write_text(GOOD, encoding="utf-8")
    path.write_text("extends: inner/link.yaml\n", encoding="utf-8")


BUILT = [
    (a_folder, "bad.yaml: cannot be read: is a directory, expected a scenario file"),
    (
        a_file_of_fifty_megabytes,
        "bad.yaml:1:1: more than 200 kB in all, expected a scenario of a few pages",
    ),
    (a_link_to_nothing, "bad.yaml: no such file"),
    (
        a_link_to_itself,
        "bad.yaml: cannot be read: too many levels of symbolic links, expected a scenario file",
    ),
    (a_picture, "bad.yaml:1:1: a byte that is not UTF-8, expected a file saved as UTF-8"),
]


@pytest.mark.parametrize(("build", "line"), BUILT)
def test_what_cannot_be_kept_as_a_file_is_told_of_too(folder, build, line):
    build(Path("bad.yaml"))
    assert said("bad.yaml") == line


@contextmanager
def without_privileges():
    """As somebody who may not read everything, even if root runs the tests."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)  # nobody
    try:
        yield
    finally:
        if before == 0:
            os.seteuid(before)


def test_an_unreadable_file_is_told_of(folder):
    path = Path("bad.yaml")
    path.write_text(GOOD, encoding="utf-8")
    path.chmod(0)
    with without_privileges():
        found = said("bad.yaml")
    assert found == "bad.yaml: cannot be read: permission denied, expected a scenario file"


def test_a_link_in_the_folder_may_not_lead_out_of_it(folder):
    Path("inside").mkdir()
    Path("outside.yaml").write_text(GOOD, encoding="utf-8")
    Path("inside/link.yaml").symlink_to(Path("../outside.yaml"))
    Path("inside/bad.yaml").write_text("extends: link.yaml\n", encoding="utf-8")
    assert said("inside/bad.yaml") == (
        "inside/bad.yaml:1:1: extends: 'link.yaml' leads out of the file's folder, "
        "expected a file in the same folder or below, as in parts/k-ai.yaml"
    )


def test_a_quoted_date_is_a_date(folder):
    text = GOOD.replace("as_of: 2026-01-01", "as_of: '2026-01-01'").replace(
        "result: 2026-07-15", 'result: "2026-07-15"'
    )
    Path("good.yaml").write_text(text, encoding="utf-8")
    Path("plain.yaml").write_text(GOOD, encoding="utf-8")
    assert load("good.yaml") == load("plain.yaml")


def test_the_command_prints_the_lines_and_ends_with_2(monkeypatch, capsys):
    monkeypatch.chdir(FOLDER)
    assert run_command(["run", "misspelt-keys.yaml"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", Path("misspelt-keys.txt").read_text(encoding="utf-8"))
