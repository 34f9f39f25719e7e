"""`sim results show`: what is in a folder of results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim.cli.words_results import words

if TYPE_CHECKING:
    from sim.runs.saved import Saved

MOST_NAMED = 5
"""Ranges or files that a line names."""


def show(folder: Path, /, *, lang: Literal["en", "ko"] = "en") -> None:
    """Say what is in a folder of results, and print its chances again, from its counts alone.

    Every checksum is compared. Choices of the scenario are at their default.

    Parameters
    ----------
    folder
        A folder that sim run --out has written, finished or not.
    lang
        Language of the text.
    """
    from rich.text import Text

    from sim.cli.errors import plainly
    from sim.cli.layout import show as show_text
    from sim.cli.report import answer
    from sim.cli.telling import Telling
    from sim.results import counted
    from sim.runs.saved import saved

    with plainly(folder):
        found = saved(folder)
    show_text(Text("\n".join(_lines(found, lang))))
    if found.tally.runs:
        print()
        show_text(answer(Telling(counted(found), folder.name, lang)))


def _lines(found: Saved, lang: Literal["en", "ko"]) -> Iterator[str]:
    say, known, tally = words(lang), found.known, found.tally
    name = found.job.scenario.name.get(lang)
    yield say["what"].format(name=name, hash=known["scenario_hash"][:8], seed=known["seed"])
    yield say["ranges"].format(
        ranges=_named(found.known.get("ranges", [known["replications"]])), runs=tally.runs
    )
    yield say["kept"].format(keep=say[known["keep"]], engine=known["engine"])
    there = len(found.parts) - len(found.missing)
    yield say["parts"].format(there=f"{there:,}", of=f"{len(found.parts):,}")
    if found.missing:
        yield say["missing"].format(ranges=_named(found.missing))
    for file, why in list(found.wrong.items())[:MOST_NAMED]:
        yield say[f"file {why}"].format(file=file)
    if len(found.wrong) > MOST_NAMED:
        yield say["more"].format(n=len(found.wrong) - MOST_NAMED)
    if tally.failures:
        yield say["failed"].format(n=f"{len(tally.failures):,}", first=tally.failures[0])
    yield say["whole" if found.complete else "unfinished"].format(folder=found.out)


def _named(ranges: list[tuple[int, int]]) -> str:
    shown = [f"{first}:{last}" for first, last in ranges[:MOST_NAMED]]
    return ", ".join([*shown, *(["…"] if len(ranges) > MOST_NAMED else [])])
