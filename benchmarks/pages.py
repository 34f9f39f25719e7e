"""Reports: how long it takes to write one from a folder, and how large it is, beside what was asked for.

Run by `python -m benchmarks.pages`, and after it `benchmarks.explorer`. Processor seconds of the whole
command, from its start to its end.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import sim
from benchmarks import explorer
from benchmarks.scenarios import programme
from sim.scenario.language.load import from_data

REPEATS = 3


class Asked(NamedTuple):
    """A report, and what it may take at most; None where nothing was asked."""

    name: str
    langs: str
    seconds: float | None
    kilobytes: float


PAGES = (
    Asked("k-ai", "en", None, 100),
    Asked("k-ai", "ko", None, 200),
    Asked("k-ai", "both", None, 300),
    Asked("32 teams x 32 stages", "en", 2.0, 2000),
    Asked("32 teams x 32 stages", "both", None, 2000),
)


_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As whoever has installed it: compiled once. The first of the tries compiles."""


def large() -> sim.Scenario:
    """The largest programme that is promised, with decisions and doubts."""
    data = programme(32, 32).resolved()
    data["stages"]["s31"]["cut"] = {"keep": {"choice": [4, 1, 2, 8]}}
    data["doubts"] = {"judging.lasting": [0, 1], "judging.follows_strength": [-0.4, 0.9]}
    return from_data(data)


def seconds_of_report(folder: Path, langs: str) -> float:
    """Least processor seconds of `sim report` in a few tries."""
    found = []
    for _ in range(REPEATS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "sim", "report", str(folder), "--lang", langs]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_ENVIRONMENT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found)


def main() -> None:
    """Print a line for each report."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = {"k-ai": Path(scratch, "k-ai"), "32 teams x 32 stages": Path(scratch, "large")}
        for name, scenario in (("k-ai", sim.load("scenarios/k-ai.yaml")), ("32 teams x 32 stages", large())):
            found = sim.run(scenario, runs=500, out=folders[name], tables="en")
            found.write_tables(folders[name], "en")
        print(f"{'report':<24}{'language':>9}{'CPU, s':>8}{'asked':>7}{'kB':>7}{'asked':>7}")
        for one in PAGES:
            seconds = seconds_of_report(folders[one.name], one.langs)
            size = (folders[one.name] / f"report-{one.langs}.html").stat().st_size / 1000
            asked = "–" if one.seconds is None else f"{one.seconds:.1f}"
            print(f"{one.name:<24}{one.langs:>9}{seconds:>8.2f}{asked:>7}{size:>7.0f}{one.kilobytes:>7.0f}")


if __name__ == "__main__":
    main()
    explorer.main()
