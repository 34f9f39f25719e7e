"""`sim results show`: what is in a folder of results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim.render.text.words_results import words

if TYPE_CHECKING:
    from sim.folder.rows import Range
    from sim.studies.inspect import FolderState

MOST_NAMED = 5
"""Ranges or files that a line names."""


def show(folder: Path, /, *, lang: Literal["en", "ko"] = "en") -> None:
    """Say what is in a folder of results, how much of it is done, and what comes next.

    Every checksum is compared. Of a run its chances are printed again, from its counts alone; choices of the
    scenario are at their default.

    Parameters
    ----------
    folder
        A folder that sim run, sweep, compare or sensitivity --out has written, finished or not.
    lang
        Language of the text.
    """
    from rich.text import Text

    from sim.cli.errors import plainly
    from sim.execute.runner import Runner
    from sim.render.text.layout import show as show_text
    from sim.studies.inspect import inspect_folder
    from sim.studies.run import RunResult

    with plainly(folder):
        state = inspect_folder(folder)
    result = state.result(Runner())
    counted = result.tally.runs if isinstance(result, RunResult) else None
    show_text(Text("\n".join(_lines(state, lang, counted))))
    if isinstance(result, RunResult):
        from sim.render.text.report import answer
        from sim.render.text.telling import Telling

        print()
        show_text(answer(Telling(result.settled(), folder.name, lang)))


def _lines(state: FolderState, lang: Literal["en", "ko"], counted: int | None) -> Iterator[str]:
    """What was asked, how much of it is there, and what comes next."""
    say, manifest = words(lang), state.manifest
    yield say[manifest.request.kind].format(**state.study.facts(lang))
    ranges = say["unknown"] if manifest.ranges is None else _named(manifest.ranges)
    about = {"hash": manifest.scenario_hash[:8], "seed": manifest.request.seed, "ranges": ranges}
    yield say["kind"].format(**about)
    yield say[state.study.keeps].format(engine=", ".join(sorted(state.engines)))
    if state.parts is None:
        yield say["parts alone"].format(there=f"{state.there:,}")
    else:
        yield say["parts"].format(there=f"{state.there:,}", of=f"{state.parts:,}")
    if counted is not None:
        yield say["counted"].format(runs=f"{counted:,}")
    if state.missing:
        yield say["missing"].format(ranges=_named(state.missing))
    yield from _damaged(state.damage, say)
    if failures := [each for one in state.played or () for each in one.failures]:
        yield say["failed"].format(n=f"{len(failures):,}", first=failures[0])
    yield say["whole" if state.is_complete else "unfinished"].format(folder=state.out)
    if state.is_complete:
        yield say["plot"].format(folder=state.out)


def _damaged(damage: dict[str, str], say: dict[str, str]) -> Iterator[str]:
    """Files that are not as they were written."""
    for file, why in list(damage.items())[:MOST_NAMED]:
        yield say[f"file {why}"].format(file=file)
    if len(damage) > MOST_NAMED:
        yield say["more"].format(n=len(damage) - MOST_NAMED)


def _named(ranges: list[Range] | tuple[Range, ...]) -> str:
    shown = [f"{first}:{last}" for first, last in ranges[:MOST_NAMED]]
    return ", ".join([*shown, *(["…"] if len(ranges) > MOST_NAMED else [])])
