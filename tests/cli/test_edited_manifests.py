"""Folders whose manifest somebody has edited: one plain line, never a traceback, never called sound."""

import json
import shutil

import pytest

from tests.cli.command import MINIMAL, command

KINDS = {
    "run": ("run", MINIMAL, "--runs", 20, "--jobs", 1),
    "sweep": ("sweep", MINIMAL, "--vary", "stages.first.cut.keep=1,2", "--runs", 20, "--jobs", 1),
    "comparison": ("compare", "minimal", "minimal --set stages.first.cut.keep=1", "--runs", 20),
    "sensitivity": ("sensitivity", MINIMAL, "--points", 64, "--jobs", 1),
}
GONE = object()
VALUES = {
    "complete": (GONE, 5, "x"),  # refused where it is read, whatever it is
    "unfinished": (GONE, None, 5, "x", [], {}, [5, 1]),
}
VERBS = (("results", "show"), ("resume",), ("results", "replay"), ("plot", "--lang", "en"))
HARMLESS = {"command", "checksum"}
"""Keys that decide nothing: without a checksum a manifest is one of an earlier version."""


def unfinished(folder, kind):
    """As a kill leaves a folder: a manifest without checksums, and no tables."""
    known = json.loads((folder / "manifest.json").read_text("utf-8"))
    later = {"parts", "files", "checksum"} | ({"team", "runs", "failed"} if kind == "sensitivity" else set())
    text = json.dumps({key: value for key, value in known.items() if key not in later})
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    (folder / "manifest.json").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folders by kind, complete and not."""
    root = tmp_path_factory.mktemp("made")
    for kind, arguments in KINDS.items():
        assert command(*arguments, "--out", root / kind / "complete").code == 0
        shutil.copytree(root / kind / "complete", root / kind / "unfinished")
        unfinished(root / kind / "unfinished", kind)
    return root


def edits(known, values):
    """Each key, and each key of the request, removed or set to something else: (name, manifest)."""
    for key in known:
        for value in values:
            yield key, {**{k: v for k, v in known.items() if k != key}, **with_value(key, value)}
    request = known.get("request", {})
    for key in request:
        for value in values:
            asked = {**{k: v for k, v in request.items() if k != key}, **with_value(key, value)}
            yield f"request.{key}", {**known, "request": asked}


def with_value(key, value):
    return {} if value is GONE else {key: value}


def plain(told):
    """Whether a command ended as it should: well, or with one line on stderr."""
    if told.code == 0:
        return "Traceback" not in told.err
    return told.code == 2 and len(told.err.splitlines()) == 1


@pytest.mark.parametrize("state", ["complete", "unfinished"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_edited_manifest_is_one_plain_line_and_never_sound(made, tmp_path, kind, state):
    pristine, folder = made / kind / state, tmp_path / "folder"
    known = json.loads((pristine / "manifest.json").read_text("utf-8"))
    shutil.copytree(pristine, folder)
    bad = []
    for key, edited in edits(known, VALUES[state]):
        if edited == known or (key in HARMLESS and edited.get(key, []) == []):
            continue
        text = json.dumps(edited)
        for verb in VERBS:
            (folder / "manifest.json").write_text(text, encoding="utf-8")
            told = command(*verb, folder)
            sound = told.code == 0 and "omplete" in told.out and "Not" not in told.out
            believed = sound and state == "complete" and key not in HARMLESS and "parts" in edited
            if not plain(told) or believed:
                bad.append((key, edited.get(key), verb, told))
            if told.code == 0 and verb != VERBS[0]:
                shutil.rmtree(folder)
                shutil.copytree(pristine, folder)
    assert bad == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("edit", [{"seed": 7}, {"scenario_hash": "0" * 64}, {"versions": {}}], ids=str)
def test_what_decides_the_numbers_cannot_be_edited_unnoticed(made, tmp_path, kind, edit):
    folder = shutil.copytree(made / kind / "complete", tmp_path / "folder")
    known = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(known | edit), encoding="utf-8")
    for verb in VERBS:
        told = command(*verb, folder)
        assert (told.code, told.out, len(told.err.splitlines())) == (2, "", 1)
        assert f"{folder / 'manifest.json'}: " in told.err


@pytest.mark.parametrize("kind", KINDS)
def test_a_manifest_of_an_earlier_version_has_no_checksum_and_is_verified_and_repeated(made, tmp_path, kind):
    folder = shutil.copytree(made / kind / "complete", tmp_path / "folder")
    known = json.loads((folder / "manifest.json").read_text("utf-8"))
    text = json.dumps({k: v for k, v in known.items() if k not in ("checksum", "visits")}, indent=2)
    (folder / "manifest.json").write_bytes((text + "\n").encode())
    for verb in VERBS[:3]:
        assert command(*verb, folder).code == 0


@pytest.mark.parametrize(
    ("kind", "edit", "said"),
    [
        ("run", {"replications": [5, 1]}, "replications: '[5, 1]', expected at least one replication"),
        ("run", {"keep": "x"}, "keep: 'x', expected 'rows' or 'counts'"),
        ("run", {"versions": "x"}, "versions: 'x', expected a block of keys"),
        ("run", {"parts": {"../mine": "0" * 64}}, "parts.../mine: '../mine', expected the name of a file"),
        ("comparison", {"given": 5}, "given: '5', expected a list"),
        ("comparison", {"given": ["a", "b", "c"]}, "expected as many names in given as there are scenarios"),
        ("sweep", {"request": {}}, "no request.scenario, so it cannot be repeated"),
        ("sweep", {"seed": 5}, "expected seed and replications as in its request"),
        ("sensitivity", {"replications": [0, 5]}, "expected replications as in its request"),
        (
            "sensitivity",
            {"kind": "x"},
            "kind: 'x', expected sweep, comparison, sensitivity or",
        ),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_manifest_is_told_with_its_place(made, tmp_path, kind, edit, said):
    folder = shutil.copytree(made / kind / "unfinished", tmp_path / "folder")
    known = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(known | edit), encoding="utf-8")
    told = command("results", "show", folder)
    assert (told.code, told.err.startswith(f"sim: {folder / 'manifest.json'}: {said}")) == (2, True), told.err


@pytest.mark.parametrize("kind", KINDS)
def test_an_unfinished_folder_is_not_replayed_and_not_drawn(made, kind):
    folder = made / kind / "unfinished"
    told = command("results", "replay", folder)
    assert (told.code, told.err) == (2, f"sim: {folder}: not complete; sim resume {folder} first\n")
    first = {
        "run": "chances.csv",
        "sweep": "chances.parquet",
        "comparison": "differences.csv",
        "sensitivity": "sensitivity.csv",
    }
    assert f"no {first[kind]}" in command("plot", folder).err
    shown = command("results", "show", folder).out
    assert "Not complete: sim resume" in shown
    assert ("Pieces played: 0 of 2." in shown) == (kind == "sweep")


@pytest.mark.parametrize("kind", ["comparison", "sensitivity"])
def test_one_that_was_broken_off_ends_with_the_same_bytes_and_its_figures(made, tmp_path, kind):
    folder = shutil.copytree(made / kind / "unfinished", tmp_path / "folder")
    assert command("resume", folder).code == 0
    expected = {path.name: path.read_bytes() for path in (made / kind / "complete").iterdir()}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == expected


@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_a_file_is_no_folder(tmp_path, verb):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    told = command(*verb, tmp_path / "file")
    assert (told.code, told.err) == (2, f"sim: {tmp_path / 'file'}: a file, expected a folder of results\n")
