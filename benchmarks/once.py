"""One run in a process of its own, as a command has it: seconds, with the start of workers, and peak memory.

    python -m benchmarks.once SCENARIO RUNS one|auto|processes|threads
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, NamedTuple

from sim.api import run
from sim.scenario import Scenario, load

ROOT = Path(__file__).resolve().parent.parent
How = Literal["one", "auto", "processes", "threads"]
WORKERS = 2


class Cost(NamedTuple):
    """What a run took."""

    seconds: float  # of the run alone, without the start of Python
    megabytes: float  # at most, of the process that asked for it


def once(scenario: str, runs: int, how: How) -> Cost:
    """Play a bundled scenario in a fresh process; `-from-start` after its name forgets what is known."""
    command = [sys.executable, "-m", "benchmarks.once", scenario, str(runs), how]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return Cost(*json.loads(told))


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


def main(name: str, runs: str, how: How) -> None:
    """Play and print what it took, as JSON."""
    seconds = timed(scenario_named(name), int(runs), how)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # on Linux; bytes on macOS
    print(json.dumps(Cost(seconds, kilobytes / (2**20 if sys.platform == "darwin" else 2**10))))


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type] # once() writes them
