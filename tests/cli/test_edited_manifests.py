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
VALUES = (GONE, None, 5, "x", [], {}, [5, 1])
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


def edits(known):
    """Each key, and each key of the request, removed or set to something else: (name, manifest)."""
    for key in known:
        for value in VALUES:
            yield key, {**{k: v for k, v in known.items() if k != key}, **with_value(key, value)}
    request = known.get("request", {})
    for key in request:
        for value in VALUES:
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
    for key, edited in edits(known):
        if edited == known or (key in HARMLESS and edited.get(key, []) == []):
            continue
        text = json.dumps(edited)
        for verb in VERBS:
            (folder / "manifest.json").write_text(text, encoding="utf-8")
            told = command(*verb, folder)
            sound = state == "complete" and told.code == 0 and "omplete" in told.out and "Not" not in told.out
            if not plain(told) or (sound and key not in HARMLESS and "parts" in edited):
                bad.append((key, edited.get(key), verb, told))
            if told.code == 0 and verb != VERBS[0]:
                shutil.rmtree(folder)
                shutil.copytree(pristine, folder)
    assert bad == []
