"""Folders whose manifest somebody has edited: one plain line, never a traceback, never called sound."""

import json
import shutil

import pytest
from pydantic import ValidationError

from sim.render.figures import save
from sim.studies.manifest import Manifest
from tests.cli.command import MINIMAL, command
from tests.studies.resealed import manifest, unseal

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
HARMLESS = {"command", "request.given"}
"""Keys that decide nothing."""


def unfinished(folder, kind):
    """As a kill leaves a folder: a manifest without checksums, and no tables."""
    unseal(folder)
    for path in folder.iterdir():
        if path.is_file() and path.name != "manifest.json":
            path.unlink()
    if kind != "run":  # of which the parts are all there
        shutil.rmtree(folder / "counts")


@pytest.fixture(scope="module", autouse=True)
def svg_alone():
    """Figures take most of the time here, and nothing of them is looked at but that their bytes agree."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(save, "SUFFIXES", ("svg",))
        yield


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
    request = known["request"]
    for key in request:
        for value in values:
            asked = {**{k: v for k, v in request.items() if k != key}, **with_value(key, value)}
            yield f"request.{key}", {**known, "request": asked}


def value_at(said, key):
    """What a manifest has at a path; an empty list where it has nothing."""
    for step in key.split("."):
        said = said.get(step, [])
    return said


def with_value(key, value):
    return {} if value is GONE else {key: value}


def says_the_same(edited, known):
    """Whether only keys were taken away that are at their default."""
    try:
        return Manifest.model_validate_json(json.dumps(edited)) == known
    except ValidationError:
        return False


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
    meant = Manifest.model_validate_json(json.dumps(known))
    shutil.copytree(pristine, folder)
    bad = []
    for key, edited in edits(known, VALUES[state]):
        if edited == known or (key in HARMLESS and value_at(edited, key) == []):
            continue
        text = json.dumps(edited)
        same = says_the_same(edited, meant)
        for verb in VERBS:
            (folder / "manifest.json").write_text(text, encoding="utf-8")
            told = command(*verb, folder)
            sound = told.code == 0 and "omplete" in told.out and "Not" not in told.out
            decides = key not in HARMLESS and "parts" in edited and not same
            found_out = same and told.err.endswith("manifest.json: differs\n")  # byte for byte, by a replay
            if not (plain(told) or found_out) or (sound and state == "complete" and decides):
                bad.append((key, value_at(edited, key), verb, told))
            if told.code == 0 and verb != VERBS[0]:
                shutil.rmtree(folder)
                shutil.copytree(pristine, folder)
    assert bad == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "edit", [{"request": {"seed": 7}}, {"scenario_hash": "0" * 64}, {"versions": {}}], ids=str
)
def test_what_decides_the_numbers_cannot_be_edited_unnoticed(made, tmp_path, kind, edit):
    folder = shutil.copytree(made / kind / "complete", tmp_path / "folder")
    write(folder, laid_over(manifest(folder), edit))
    for verb in VERBS:
        told = command(*verb, folder)
        assert (told.code, told.out, len(told.err.splitlines())) == (2, "", 1)
        assert f"{folder / 'manifest.json'}: " in told.err


def write(folder, said):
    (folder / "manifest.json").write_text(json.dumps(said), encoding="utf-8")


def laid_over(said, edit):
    """A manifest with other values, and its request with other values."""
    return said | edit | {"request": said["request"] | edit.get("request", {})}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_a_manifest_of_an_earlier_version_is_refused_in_one_line(made, tmp_path, kind, verb):
    folder = shutil.copytree(made / kind / "complete", tmp_path / "folder")
    write(folder, manifest(folder) | {"format": 1})
    told = command(*verb, folder)
    said = f"sim: {folder / 'manifest.json'}: not a manifest of format 2 (format 1 is of an earlier version"
    assert (told.code, told.out, told.err.startswith(said)) == (2, "", True)
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("kind", "edit", "said"),
    [
        (
            "run",
            {"request": {"ranges": [[5, 1]]}},
            "request.ranges.0: '[5, 1]', expected at least one replication",
        ),
        ("run", {"request": {"keep": "x"}}, "request.keep: 'x', expected 'rows', 'counts' or 'total'"),
        ("run", {"versions": "x"}, "versions: 'x', expected a block of keys"),
        ("run", {"parts": {"../mine": "0" * 64}}, "parts.../mine: '../mine', expected the name of a file"),
        ("run", {"ranges": [[0, 5]]}, "edited: its ranges are not those of its request"),
        ("run", {"seed": 5}, "seed: unknown, so it cannot be repeated"),
        ("comparison", {"request": {"given": 5}}, "request.given: '5', expected a list"),
        (
            "comparison",
            {"request": {"given": ["a", "b", "c"]}},
            "request: '{",
        ),
        ("sweep", {"request": {"vary": []}}, "request.vary: '[]', expected at least 1"),
        ("sensitivity", {"ranges": [[0, 5]]}, "edited: its ranges are not those of its request"),
        (
            "sensitivity",
            {"request": {"kind": "x"}},
            "request.kind: 'x', expected 'run', 'sweep'",
        ),
        ("sensitivity", {"request": {"kind": None}}, "request.kind: "),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_manifest_is_told_with_its_place(made, tmp_path, kind, edit, said):
    folder = shutil.copytree(made / kind / "unfinished", tmp_path / "folder")
    write(folder, laid_over(manifest(folder), edit))
    told = command("results", "show", folder)
    assert (told.code, told.err.startswith(f"sim: {folder / 'manifest.json'}: {said}")) == (2, True), told.err
    assert len(told.err.splitlines()) == 1


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
    of = {"run": "1 of 1", "sweep": "0 of 2", "comparison": "0 of 1", "sensitivity": "0 of 2"}
    assert f"Parts there and as they were written: {of[kind]}." in shown


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_was_broken_off_ends_with_the_same_bytes_and_its_figures(made, tmp_path, kind):
    folder = shutil.copytree(made / kind / "unfinished", tmp_path / "folder")
    assert command("resume", folder).code == 0
    assert content(folder) == content(made / kind / "complete")


def content(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_a_file_is_no_folder(tmp_path, verb):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    told = command(*verb, tmp_path / "file")
    assert (told.code, told.err) == (2, f"sim: {tmp_path / 'file'}: a file, expected a folder of results\n")
