"""Printing a report: to a terminal at its width up to 80 columns, to a pipe as plain text."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from sim.api import Result
from sim.cli.report import WIDTH, Report
from sim.runs.parts import FOLDER


def show_run(result: Result, scenario: Path, out: Path | None, files: Sequence[Path], lang: str) -> None:
    """Print the text about a run and where its files are."""
    report = Report(result, scenario.name, lang)
    console = Console(
        file=sys.stdout, width=WIDTH, highlight=False, soft_wrap=False, emoji=False, markup=False
    )
    with console.capture() as printed:
        console.print(report.whole(result.influences(), list(_last_lines(report, scenario, out, files))))
    print("\n".join(line.rstrip() for line in printed.get().splitlines()))


def _last_lines(report: Report, scenario: Path, out: Path | None, files: Sequence[Path]) -> Iterator[str]:
    if out is None:
        yield report.say("unsaved")
        stage = list(report.stages)[-1]
        cut = report.result.scenario.stages[stage].cut
        if isinstance(cut.keep, (int, float)):
            example = report.say(
                "set_example", file=scenario, path=f"stages.{stage}.cut.keep", value=f"{cut.keep + 1:g}"
            )
            yield report.say("next", command=example)
        else:
            yield report.say("next", command=f"sim run {scenario} --out out")
        return
    names = [path.name for path in files if path.suffix != ".svg"]
    parts = len(list((out / FOLDER).glob("part-*.parquet")))
    if parts:
        names.append(report.say("rows", n=parts))
    yield report.say("saved", files=" ".join(names), folder=out)
    yield report.say("next", command=f"sim plot {out}")
