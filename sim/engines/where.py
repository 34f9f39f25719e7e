"""In which stage an exception was raised: a note that travels with it and is printed with its traceback."""

from __future__ import annotations

_NOTE = "in stage "


def note_stage(error: Exception, stage: str) -> None:
    """Say in which stage it was."""
    error.add_note(f"{_NOTE}{stage}")


def noted_stage(error: Exception) -> str:
    """The stage that was noted; empty if none was."""
    notes = [note for note in getattr(error, "__notes__", ()) if note.startswith(_NOTE)]
    return notes[0].removeprefix(_NOTE) if notes else ""
