"""How fast a sweep visits its points, and what share of its time goes to anything but the engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sim.api import sweep
from sim.engines import batch
from sim.engines.outcomes import Outcomes
from sim.execute.runner import count_cores
from sim.studies.sweep import SweepResult

POINTS, RUNS = 100, 10_000

FACTOR = f"judging.follows_strength=-0.4:0.9:{POINTS}"

SEED = 1


def report(path: Path) -> None:
    """Sweep the scenario at `path` with all cores and with one, and print what it took, tables included."""
    print(f"\n{path.stem}: {POINTS} points x {RUNS:,} runs")
    together, found = _seconds(path, count_cores())
    with _engine_timed() as engine:
        alone, _ = _seconds(path, 1)
    visits = len(found.points)
    print(f"{'scenarios played, with their options':40}{visits:14,}")
    for label, seconds in ((f"{count_cores()} cores", together), ("1 core", alone)):
        print(f"{label + ', seconds':40}{seconds:14.1f}")
        print(f"{label + ', points a second':40}{POINTS / seconds:14.1f}")
    print(f"{'1 core, share outside the engine':40}{1 - engine[0] / alone:14.1%}{'at most 25 %':>24}")


def _seconds(path: Path, workers: int) -> tuple[float, SweepResult]:
    began = time.perf_counter()
    found = sweep(path, FACTOR, RUNS, SEED, jobs=workers)
    found.odds(), found.responses()
    return time.perf_counter() - began, found


@contextmanager
def _engine_timed() -> Iterator[list[float]]:
    """The seconds that the batch engine takes in this process, as the one number of a list."""
    spent, play = [0.0], batch.play_batch

    def timed(*request: Any) -> Outcomes:
        began = time.perf_counter()
        outcomes = play(*request)
        spent[0] += time.perf_counter() - began
        return outcomes

    with patch.object(batch, "play_batch", timed):
        yield spent
