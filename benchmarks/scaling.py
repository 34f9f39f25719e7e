"""How the cost of a run grows: with cores, runs, teams and stages.

    python -m benchmarks.scaling                  all four
    python -m benchmarks.scaling teams stages     some of them

Prints the tables that stand in docs/performance.md. Nothing here passes or fails: other work on the machine
shifts a time by more than any tolerance.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from benchmarks.machine import described
from benchmarks.once import How, once
from benchmarks.scenarios import programme
from benchmarks.timing import interleaved
from sim.execute.case import Case, Engine
from sim.execute.group import block_size, tally_group
from sim.execute.piece import play_piece
from sim.scenario import Scenario

SEED = 1
SIZES = (2, 4, 8, 16, 32)
FIXED_TEAMS, FIXED_STAGES = 8, 3
EVENT_RUNS = 500

CORES = (("k-ai-2025-plan", 1_000_000), ("k-ai-2025-plan", 4_000_000), ("k-ai-from-start", 1_000_000))
HOW: dict[How, str] = {
    "one": "one process",
    "auto": "two processes, as `sim run` decides",
    "processes": "two processes, `jobs=2`",
    "threads": "two threads",
}
RUNS = (10_000, 100_000, 1_000_000, 10_000_000)
RUNS_OF = "k-ai-2025-plan"


def cores(repeats: int) -> Iterator[str]:
    """Two cores against one: the first run of a fresh process, and the next one in it."""
    yield "| scenario | runs | played by | first run | faster | next run | faster |"
    yield "|---|---:|---|---:|---:|---:|---:|"
    for scenario, runs in CORES:
        seconds = {how: [float("inf")] * 2 for how in HOW}
        for _ in range(repeats):
            for how in HOW:
                costs = once(scenario, runs, how, times=1 if how == "one" else 2)
                found = [cost.seconds for cost in costs]
                seconds[how] = [min(pair) for pair in zip(seconds[how], (found[0], found[-1]), strict=True)]
        one = min(seconds["one"])
        for how, told in HOW.items():
            cells = " | ".join(f"{s:.1f} s | {one / s:.2f} times" for s in seconds[how])
            yield f"| `{scenario}` | {runs:,} | {told} | {cells} |"


def runs(repeats: int) -> Iterator[str]:
    """Seconds and memory against runs, on one core, each in a fresh process; the longest only once."""
    yield f"| runs of `{RUNS_OF}` | seconds | µs a run | peak memory |"
    yield "|---:|---:|---:|---:|"
    seconds = []
    for size in RUNS:
        costs = [once(RUNS_OF, size, "one")[0] for _ in range(1 if size == max(RUNS) else repeats)]
        seconds.append(min(cost.seconds for cost in costs))
        peak = max(cost.megabytes for cost in costs)
        yield f"| {size:,} | {seconds[-1]:.2f} | {seconds[-1] / size * 1e6:.2f} | {peak:.0f} MB |"
    yield f"| exponent | {exponent(RUNS, seconds):.2f} | | |"


def teams(repeats: int) -> Iterator[str]:
    """Microseconds a run against teams."""
    yield from growth("teams", {n: programme(n, FIXED_STAGES) for n in SIZES}, repeats)


def stages(repeats: int) -> Iterator[str]:
    """Microseconds a run against stages."""
    yield from growth("stages", {n: programme(FIXED_TEAMS, n) for n in (1, *SIZES)}, repeats)


def growth(what: str, scenarios: Mapping[int, Scenario], repeats: int) -> Iterator[str]:
    """A row for each size, and the exponents of each engine over all sizes and over the upper ones."""
    batch = microseconds("batch", scenarios, repeats)
    event = microseconds("event", scenarios, repeats)
    yield f"| {what} | batch engine, µs a run | event engine, µs a run |"
    yield "|---:|---:|---:|"
    for n in scenarios:
        yield f"| {n} | {batch[n]:.2f} | {event[n]:.0f} |"
    for least in (min(scenarios), 8):
        up = [n for n in scenarios if n >= least]
        found = (f"{exponent(up, [one[n] for n in up]):.2f}" for one in (batch, event))
        yield f"| exponent from {least} | {' | '.join(found)} |"


def microseconds(engine: Engine, scenarios: Mapping[int, Scenario], repeats: int) -> dict[int, float]:
    """Of one run of each scenario, played and counted; sizes in turns."""
    sizes = {
        n: 2 * block_size(one, "batch") if engine == "batch" else EVENT_RUNS for n, one in scenarios.items()
    }
    groups = {n: tally_group(Case(one, SEED, engine), [(0, sizes[n])]) for n, one in scenarios.items()}
    plays = {str(n): partial(play_piece, group, 0, sizes[n]) for n, group in groups.items()}
    return {int(n): seconds / sizes[int(n)] * 1e6 for n, seconds in interleaved(plays, repeats).items()}


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """b of cost = a size^b, by least squares of the logarithms."""
    slope, _ = np.polyfit(np.log(sizes), np.log(costs), 1)
    return float(slope)


SECTIONS: dict[str, Callable[[int], Iterator[str]]] = {
    "cores": cores,
    "runs": runs,
    "teams": teams,
    "stages": stages,
}


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    found = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__.splitlines()[0])
    found.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; else all")
    found.add_argument("--repeats", type=int, default=3, help="rounds; the least time counts")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Time the sections asked for and print their tables as they come; 2 for one that is not there."""
    options = parser().parse_args(arguments)
    unknown = [name for name in options.sections if name not in SECTIONS]
    if unknown:
        print(f"no section '{unknown[0]}', expected {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    print(described(), f"Least of {options.repeats} rounds.", sep="\n")
    for name in options.sections or SECTIONS:
        print()
        for line in SECTIONS[name](options.repeats):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
