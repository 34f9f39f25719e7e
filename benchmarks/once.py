"""Runs in a process of their own, as a command has them: seconds, with the start of workers, and peak memory.

python -m benchmarks.once SCENARIO RUNS one|auto|processes|threads TIMES
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from sim.api import run
from sim.scenario import Scenario, load

ROOT = Path(__file__).resolve().parent.parent
How = Literal["one", "auto", "processes", "threads"]
WORKERS = 2


class Cost(NamedTuple):
    """What a run took."""

    seconds: float  # of the run alone, without the start of Python
    megabytes: float  # at most, of the process that asked for it


def once(scenario: str, runs: int, how: How, times: int = 1) -> list[Cost]:
    """Play a bundled scenario in a fresh process, so many times in a row; the first starts the workers.

    `-from-start` after the scenario's name forgets what is known.
    """
    command = [sys.executable, "-m", "benchmarks.once", scenario, str(runs), how, str(times)]
    # As users have it: where Python may not keep what it compiles, workers take thrice as long to start.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told = subprocess.run(command, cwd=ROOT, env=kept, check=True, capture_output=True, text=True).stdout
    return [Cost(*cost) for cost in json.loads(told)]


def scenario_named(name: str) -> Scenario:
    """A bundled scenario; `-from-start` after its name forgets what is known."""
    found = load(ROOT / "scenarios" / f"{name.removesuffix('-from-start')}.yaml")
    return found.from_start() if name.endswith("-from-start") else found


def timed(scenario: Scenario, runs: int, how: How) -> float:
    """Seconds of a run that keeps counts alone."""
    began = time.perf_counter()
    match how:
        case "one":
            run(scenario, runs, jobs=1)
        case "auto":
            run(scenario, runs)
        case "processes":
            run(scenario, runs, jobs=WORKERS)
        case "threads":
            with ThreadPoolExecutor(WORKERS) as executor:
                run(scenario, runs, executor=executor)
    return time.perf_counter() - began


def peak() -> float:
    """Megabytes that this process has had at most."""
    told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return told / 2**20 if sys.platform == "darwin" else told / 2**10


def main(arguments: Sequence[str]) -> None:
    """Play and print what it took, as JSON. Raises `KeyError` for a way to play that is none."""
    name, runs, way, times = arguments
    how, scenario = {each: each for each in get_args(How)}[way], scenario_named(name)
    print(json.dumps([Cost(timed(scenario, int(runs), how), peak()) for _ in range(int(times))]))


if __name__ == "__main__":
    main(sys.argv[1:])
