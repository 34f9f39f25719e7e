"""One small study of each kind, saved and broken off, for tests of what all of them do alike."""

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.execute import piece, runner

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
MINIMAL = sim.load(SCENARIO)
ONE_LESS = sim.load(SCENARIO, {"stages.first.cut.keep": 1})
PART = 256

KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "run": (sim.run, {"scenario": MINIMAL, "runs": 1000}),
    "sweep": (sim.sweep, {"scenario": MINIMAL, "vary": "stages.first.cut.keep=2,1", "runs": 600}),
    "comparison": (sim.compare, {"scenarios": [MINIMAL, ONE_LESS], "runs": 1000}),
    "sensitivity": (sim.sensitivity, {"scenario": MINIMAL, "points": 64}),
}


def save_small(kind, folder, **how):
    """Play the study of a kind into a folder, with its tables."""
    play, asked = KINDS[kind]
    found = play(**(asked | {"jobs": 1} | how), out=folder, tables="en")
    found.write_tables(folder, "en")
    return found


class StoppedError(Exception):
    """What ends a study in the middle."""


def break_off(kind, folder, after, **how):
    """Play into a folder until so many parts are done."""
    told = []

    def stop(*now):
        told.append(now)
        if len(told) == after:
            raise StoppedError

    with pytest.raises(StoppedError):
        save_small(kind, folder, progress=stop, **how)


def content(folder):
    """Every file below a folder with its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def note_plays(monkeypatch):
    """The pieces that are played from now on, as a list that grows: (name of the group, start, stop).

    What a run is set beside is no part of it: its groups are called by an input and have no name of a folder.
    """
    played = []
    play = piece.play_piece

    def noted(group, start, stop, *more):
        if group.name or not group.label:
            played.append((group.name, start, stop))
        return play(group, start, stop, *more)

    monkeypatch.setattr(runner, "play_piece", noted)
    return played
