"""How fast a sweep visits its points, and what share of its time goes to anything but the engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from sim.api import sweep
from sim.engines import batch, replay
from sim.execute.runner import count_cores
from sim.studies.sweep import SweepResult

POINTS, RUNS = 100, 10_000

FACTOR = f"stages.stage-3.grants.gpus.default.B200=500:2000:{POINTS}"
"""Of the stage ahead: a factor of the past would have one inferred for each point."""

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
    print(f"{'1 core, share outside the engine':40}{1 - engine[0] / alone:14.1%}{'at most a third':>24}")


def _seconds(path: Path, workers: int) -> tuple[float, SweepResult]:
    began = time.perf_counter()
    found = sweep(path, FACTOR, RUNS, SEED, jobs=workers)
    found.odds(), found.responses()
    return time.perf_counter() - began, found


@contextmanager
def _engine_timed() -> Iterator[list[float]]:
    """The seconds that the batch engine takes in this process, as the one number of a list."""
    spent = [0.0]

    def timed(module: ModuleType, name: str) -> Any:
        play = getattr(module, name)

        def timed_play(*request: Any) -> Any:
            began = time.perf_counter()
            played = play(*request)
            spent[0] += time.perf_counter() - began
            return played

        return patch.object(module, name, timed_play)

    with ExitStack() as patches:
        for module, name in ((batch, "play_batch"), (replay, "play_course"), (replay, "play_again")):
            patches.enter_context(timed(module, name))
        yield spent
