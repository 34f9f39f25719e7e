"""Prints how fast the engines are. Every ratio comes from one run, its sides timed in turns.

    python -m benchmarks

Nothing here passes or fails: other work on the machine shifts a time by more than any tolerance.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import scipy
import simpy

from benchmarks import plain_numpy, plain_simpy, sweep
from benchmarks.check import differing
from benchmarks.floor import draw_numbers, draw_uniforms, requests_of_batch
from benchmarks.timing import interleaved
from sim.engines import batch, event
from sim.execute.allocator import keep_freed_memory
from sim.model.draws import Draws
from sim.scenario import Scenario, load

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
PLAN, AS_IT_WENT = SCENARIOS / "k-ai-2025-plan.yaml", SCENARIOS / "k-ai.yaml"
SEED = 1

BATCH_SIZE = 16_384
"""Replications in a block of the batch engine and of its floors."""

EVENT_SIZE = 500
"""Replications in a block of the event engine and of the SimPy script."""

CHECKED = 5_000
"""Replications in which the SimPy script must agree before anything is timed."""

REPEATS = 15


def main() -> int:
    """Check the SimPy script, time the contenders and print what came out; 1 if the script is wrong."""
    keep_freed_memory()  # as the command line does; for every side
    scenario, source = load(PLAN), Draws(SEED)
    print(f"Seed {SEED}; least of {REPEATS} timings in turns, draws included")
    print(f"{os.cpu_count()} CPUs, {platform.machine()}, Python {platform.python_version()}, ", end="")
    print(f"NumPy {np.__version__}, SciPy {scipy.__version__}, SimPy {simpy.__version__}")
    wrong = differing(scenario, source, CHECKED)
    if wrong:
        print(f"\nThe SimPy script differs from the batch engine in {wrong} of {CHECKED} replications.")
        print("Against a wrong script nothing is compared.")
        return 1
    print(f"The SimPy script has the fates of the batch engine in all of {CHECKED} replications.")
    by_hand = {"numpy": partial(plain_numpy.play, SEED, BATCH_SIZE)}
    simulated = {"simpy": partial(plain_simpy.play, source, 0, EVENT_SIZE)}
    report(PLAN.stem, *timed(scenario, source, by_hand, simulated), most=1.8)
    report(f"{AS_IT_WENT.stem} --from-start", *timed(load(AS_IT_WENT).from_start(), source, {}, {}), most=1.5)
    sweep.report(AS_IT_WENT)
    return 0


def timed(
    scenario: Scenario,
    source: Draws,
    beside_batch: Mapping[str, Callable[[], object]],
    beside_event: Mapping[str, Callable[[], object]],
) -> tuple[dict[str, float], int]:
    """Seconds a replication of each contender, and how many numbers a replication draws."""
    requests = requests_of_batch(scenario, source, BATCH_SIZE)
    seconds = interleaved(
        {
            "batch": partial(batch.play_batch, scenario, source, 0, BATCH_SIZE),
            "uniforms": partial(draw_uniforms, source, requests, BATCH_SIZE),
            "numbers": partial(draw_numbers, source, requests, BATCH_SIZE),
            **beside_batch,
        },
        REPEATS,
    )
    each = {name: taken / BATCH_SIZE for name, taken in seconds.items()}
    play = partial(event.play_events, scenario, source, 0, EVENT_SIZE)
    seconds = interleaved({"event": play, **beside_event}, REPEATS)
    return each | {name: taken / EVENT_SIZE for name, taken in seconds.items()}, sum(map(len, requests))


def report(name: str, each: dict[str, float], numbers: int, *, most: float) -> None:
    """Print seconds for one replication of each contender, and their ratios; `most` is batch's target."""
    rows = [
        ("uniforms", f"floor, {numbers} uniforms only"),
        ("numbers", "floor, as the numbers the model uses"),
        ("numpy", "NumPy script, its own random numbers"),
        ("batch", "batch engine"),
        ("simpy", "SimPy script"),
        ("event", "event engine"),
    ]
    print(f"\n{name:40}{'us a replication':>18}{'a second':>14}")
    for key, label in rows:
        if key in each:
            print(f"{label:40}{each[key] * 1e6:18.2f}{1 / each[key]:14,.0f}")
    ratios = [
        ("batch engine to the floor of numbers", "batch", "numbers", f"at most {most:g}"),
        ("batch engine to the floor of uniforms", "batch", "uniforms", "(with the quantiles)"),
        ("batch engine to the NumPy script", "batch", "numpy", "at most 1.2"),
        ("event engine to the SimPy script", "event", "simpy", "at most 1.6"),
        ("event engine to the batch engine", "event", "batch", ""),
    ]
    print(f"\n{'time of the one to time of the other':40}{'ratio':>14}{'target':>24}")
    for label, one, other, target in ratios:
        if one in each and other in each:
            print(f"{label:40}{each[one] / each[other]:14.2f}{target:>24}".rstrip())
    print(f"{'event engine, replications a second':40}{1 / each['event']:14,.0f}{'at least 2,000':>24}")


if __name__ == "__main__":
    sys.exit(main())
