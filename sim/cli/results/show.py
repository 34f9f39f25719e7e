"""`sim results show`: what is in a folder of results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.errors import plainly
from sim.cli.options import TextLang
from sim.text import Lang, say

if TYPE_CHECKING:
    from sim.folder.rows import Range
    from sim.studies.inspect import FolderState

_MOST_NAMED = 5
"""Ranges or files that a line names."""


def show(folder: Path, /, *, lang: TextLang = "en") -> None:
    """Say what is in a folder of results, how much of it is done, and what comes next.

    Every checksum is compared. Of a run its chances are printed again, from its counts alone; choices of the
    scenario are at their default.

    Parameters
    ----------
    folder
        A folder that sim run, sweep, compare or sensitivity --out has written, finished or not.
    """
    from rich.text import Text

    from sim.execute.runner import Runner
    from sim.render.text.layout import Names, print_text
    from sim.render.text.run import answer
    from sim.studies.inspect import inspect_folder

    with plainly(folder):
        state = inspect_folder(folder)
    result = state.result(Runner())
    counted = None if result is None else result.counted_findings()
    print_text(Text("\n".join(_lines(state, lang, None if counted is None else counted.runs))))
    if counted is not None:
        print()
        print_text(answer(Names.of(counted.scenario, lang), counted.chances, counted.ending))


def _lines(state: FolderState, lang: Lang, counted: int | None) -> Iterator[str]:
    """What was asked, how much of it is there, and what comes next."""
    study, manifest = state.study, state.manifest
    yield say(lang, f"results.kind.{manifest.request.kind}", **study.facts(lang))
    ranges = say(lang, "results.unknown") if manifest.ranges is None else _named(manifest.ranges)
    about = {"hash": manifest.scenario_hash[:8], "seed": manifest.request.seed, "ranges": ranges}
    yield say(lang, "results.about", **about)
    yield say(lang, f"results.keep.{study.keeps}", engine=", ".join(sorted(state.engines)))
    if state.parts is None:
        yield say(lang, "results.parts_so_far", there=f"{state.there:,}")
    else:
        yield say(lang, "results.parts", there=f"{state.there:,}", of=f"{state.parts:,}")
    if counted is not None:
        yield say(lang, "results.counted", runs=f"{counted:,}")
    if state.missing:
        yield say(lang, "results.missing", ranges=_named(state.missing))
    yield from _damaged(state.damage, lang)
    if failures := [each for one in state.played or () for each in one.failures]:
        yield say(lang, "results.failed", n=f"{len(failures):,}", first=failures[0])
    yield say(lang, "results.whole" if state.is_complete else "results.unfinished", folder=state.out)
    if state.is_complete:
        yield say(lang, "results.plot", folder=state.out)


def _damaged(damage: dict[str, str], lang: Lang) -> Iterator[str]:
    """Files that are not as they were written."""
    for file, why in list(damage.items())[:_MOST_NAMED]:
        yield say(lang, f"results.file.{why}", file=file)
    if len(damage) > _MOST_NAMED:
        yield say(lang, "results.more", n=len(damage) - _MOST_NAMED)


def _named(ranges: Sequence[Range]) -> str:
    shown = [f"{first}:{last}" for first, last in ranges[:_MOST_NAMED]]
    return ", ".join([*shown, *(["…"] if len(ranges) > _MOST_NAMED else [])])
