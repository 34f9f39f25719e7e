"""Printing a report: to a terminal at its width up to 80 columns, to a pipe as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote

from sim.folder.rows import part_files
from sim.render.text.layout import packed, show
from sim.render.text.report import answer, opening, rest
from sim.render.text.telling import Telling


def show_answer(told: Telling) -> None:
    """Print the chances, before anything is saved or looked into: people wait for these."""
    show(opening(told))
    show(answer(told))  # which plays a scenario's choices and doubts first


def show_rest(
    told: Telling, team: str | None, scenario: Path, out: Path | None, files: Sequence[Path]
) -> None:
    """Print what moves a team, what is guessed, where the files are and what to try next."""
    show(rest(told, team, list(_last_lines(told, scenario, out, files))))


def _last_lines(told: Telling, scenario: Path, out: Path | None, files: Sequence[Path]) -> Iterator[str]:
    if out is None:
        one = f" --replication {told.result.ranges[0][0]}" if told.result.ranges[0][0] else ""
        yield from packed(
            [told.say("unsaved"), told.say("next", command=f"sim trace {quote(str(scenario))}{one}")]
        )
        return
    names = [path.name for path in files if path.suffix != ".svg"]
    parts = len(part_files(out))
    if parts:
        names.append(told.say("rows", n=parts))
    yield told.say("saved", files=" ".join(names), folder=out)
    yield told.say("next", command=f"sim plot {quote(str(out))}")
