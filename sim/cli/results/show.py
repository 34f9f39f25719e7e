"""`sim results show`: what is in a folder of results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.render.text.words_results import words

if TYPE_CHECKING:
    from sim.runs.saved import Saved

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
    from sim.findings.run import chances, ending
    from sim.render.text.layout import show as show_text
    from sim.render.text.names import Names
    from sim.render.text.run import answer
    from sim.results import counted
    from sim.runs import manifest as manifests
    from sim.runs.saved import saved

    with plainly(folder):
        if "kind" in (known := manifests.read(folder)):
            show_text(Text("\n".join(_lines_of_kind(folder, known, lang))))
            return
        found = saved(folder)
    show_text(Text("\n".join(_lines(found, lang))))
    if found.tally.runs:
        print()
        result = counted(found)
        told = chances(result.alternatives)
        end = ending(result.scenario, told.default)
        show_text(answer(Names.of(result.scenario, lang), told, end))


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
    yield from _wrong(found.wrong, say)
    if tally.failures:
        yield say["failed"].format(n=f"{len(tally.failures):,}", first=tally.failures[0])
    yield say["whole" if found.complete else "unfinished"].format(folder=found.out)


def _lines_of_kind(folder: Path, known: dict[str, Any], lang: Literal["en", "ko"]) -> Iterator[str]:
    """What a sweep, a comparison or an analysis was asked, how much of it is there, and what comes next."""
    from sim.runs import manifest as manifests
    from sim.runs import sensitivity_store, sweep_store
    from sim.runs.saved import scenario_of

    say, kind = words(lang), known["kind"]
    asked = {"points": known.get("points"), "given": ", ".join(known.get("given", ()))}
    asked |= known.get("request", {}) | {"vary": ", ".join(known.get("request", {}).get("vary", ()))}
    if kind == sensitivity_store.KIND:
        asked["name"] = scenario_of(folder, known).name.get(lang)
    yield say[kind].format(**asked)
    ranges = _named([known["replications"]]) if known["replications"] else say["unknown"]
    yield say["kind"].format(hash=known["scenario_hash"][:8], seed=known["seed"], ranges=ranges)
    yield from _wrong(manifests.amiss(folder, known), say)
    whole = manifests.intact(folder, known)
    if kind == sweep_store.KIND and "parts" not in known:
        there, of = sweep_store.done(folder, known)
        yield say["pieces" if of else "pieces alone"].format(there=f"{there:,}", of=f"{of or 0:,}")
    yield say["whole" if whole else "unfinished"].format(folder=folder)
    if whole:
        yield say["plot"].format(folder=folder)


def _wrong(wrong: dict[str, str], say: dict[str, str]) -> Iterator[str]:
    """Files that are not as they were written."""
    for file, why in list(wrong.items())[:MOST_NAMED]:
        yield say[f"file {why}"].format(file=file)
    if len(wrong) > MOST_NAMED:
        yield say["more"].format(n=len(wrong) - MOST_NAMED)


def _named(ranges: list[tuple[int, int]]) -> str:
    shown = [f"{first}:{last}" for first, last in ranges[:MOST_NAMED]]
    return ", ".join([*shown, *(["…"] if len(ranges) > MOST_NAMED else [])])
