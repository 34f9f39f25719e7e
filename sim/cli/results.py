"""Folders of results: `sim results show`, `merge` and `replay`, `sim resume` and `sim plot`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Literal

from sim.cli.console import progress
from sim.cli.errors import BadInputError, at_least_one, plainly
from sim.cli.options import FiguresLang, Jobs, TextLang
from sim.text import Lang, say

if TYPE_CHECKING:
    from sim.folder.rows import Range
    from sim.studies.inspect import FolderState

_MOST_NAMED = 5
"""Ranges or files that a line names."""


def show_results(folder: Path, /, *, lang: TextLang = "en") -> None:
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
    from sim.render.text.run import chances_and_cost
    from sim.studies.inspect import inspect_folder

    with plainly(folder):
        state = inspect_folder(folder)
    result = state.result(Runner())
    counted = None if result is None else result.counted_findings()
    print_text(Text("\n".join(_lines(state, lang, None if counted is None else counted.runs))))
    if counted is not None:
        print()
        print_text(chances_and_cost(Names.of(counted.scenario, lang), counted.chances, counted.ending))


def _lines(state: FolderState, lang: Lang, counted: int | None) -> Iterator[str]:
    """What was asked, how much of it is there, and what comes next."""
    study, manifest = state.study, state.manifest
    yield say(lang, f"results.kind.{manifest.request.kind}", **study.describe(lang))
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


def merge(folder: Path, /, *more: Path, out: Path, lang: FiguresLang = "en") -> None:
    """Join ranges of one run that were computed apart (sim run --replications A:B) in a new folder.

    Parameters
    ----------
    folder
        A folder that sim run --out has written.
    more
        Further ones, of the same scenario, seed, engine and versions.
    out
        The new folder.
    """
    from rich.text import Text

    from sim.execute.runner import Runner
    from sim.folder.rows import count_replications
    from sim.render.text.layout import print_text
    from sim.studies.saved import merge_folders

    with plainly(out):
        found, gaps = merge_folders([folder, *more], out, Runner(), lang)
    runs = count_replications(found.manifest.ranges or ())
    print_text(Text(say(lang, "results.merged", n=1 + len(more), runs=f"{runs:,}", folder=out)))
    if gaps:
        ranges = ", ".join(f"{first}:{last}" for first, last in gaps)
        print_text(Text(say(lang, "results.gaps", ranges=ranges)))


def replay(folder: Path, /, *, jobs: Jobs = None, lang: TextLang = "en") -> None:
    """Run what the manifest says again, elsewhere, and say whether every byte agrees.

    Parameters
    ----------
    folder
        A complete folder that sim run, sweep, compare or sensitivity --out has written. It is not changed.
    """
    from rich.text import Text

    from sim.execute.runner import Runner
    from sim.render.text.layout import print_text
    from sim.studies.saved import replay_folder

    at_least_one("--jobs", jobs)
    with plainly(folder), progress(lang) as report:
        found = replay_folder(folder, Runner(jobs=jobs, progress=report))
    if found.versions:
        print_text(Text(say(lang, "results.versions", versions="; ".join(found.versions))))
    if found.more:
        print_text(Text(say(lang, "results.not_of_it", files=", ".join(found.more))))
    if found.differ:
        lines = [
            f"{folder / name}: {say(lang, f'results.replay.{why}')}" for name, why in found.differ.items()
        ]
        heading = say(lang, "results.other", n=len(lines), of=found.files)
        raise BadInputError("\n".join([heading, *lines]))
    print(say(lang, "results.same", n=found.files))


def resume(folder: Path, /, *, jobs: Jobs = None, lang: TextLang = "en") -> None:
    """Go on with what was broken off, or verify that nothing of it is missing or changed.

    A run, a sweep, a comparison or a sensitivity analysis ends with the same bytes as if it had never been
    broken off.

    Parameters
    ----------
    folder
        A folder that sim run, sweep, compare or sensitivity --out was writing.
    """
    from sim import api

    at_least_one("--jobs", jobs)
    with plainly(folder), progress(lang) as report:
        result = api.resume(folder, jobs=jobs, progress=report)
    print(say(lang, "results.complete" if result is None else "results.resumed", folder=folder))


def plot(folder: Path, /, *, x: str | None = None, lang: Literal["en", "ko", "both"] = "both") -> None:
    """Draw the figures of a folder of results, as PNG and SVG, with what they show as text and CSV.

    Of a run: where each team ends, who leaves and stays when, points and strength, how chances
    settle, and what facts about points moved. Of a sweep: chances against what varies. Of a
    comparison: how each scenario differs. Of a sensitivity analysis: what matters most. Each
    language and each axis has files of its own; a figure that was edited, or drawn otherwise, is
    kept under another name.

    Parameters
    ----------
    folder
        A folder that sim run, sweep, compare or sensitivity --out has written.
    x
        For a sweep: the axis, such as cost_eok or gpu_hours. [default: what varies]
    lang
        Language of the figures.
    """
    from sim.folder.files import without_companions
    from sim.render.text.layout import WIDTH
    from sim.studies.saved import plot_folder

    with plainly(folder):
        files, kept = plot_folder(folder, ("en", "ko") if lang == "both" else (lang,), x)
    told, names = "en" if lang == "both" else lang, " ".join(path.name for path in without_companions(files))
    lines = [say(told, "results.figures", files=names, folder=folder)]
    if kept:
        lines.append(say(told, "results.kept_figures", files=" ".join(path.name for path in kept)))
    for line in lines:
        print(fill(line, WIDTH, break_long_words=False, break_on_hyphens=False))
