"""What it costs to play a replication that does nothing: here, in Mesa and in EMA Workbench, side by side.

    python3 -m uv run --with mesa==3.3.1 --with ema-workbench==2.5.3 python -m benchmarks.overhead

Every side draws one random number for each replication, calls the same function with it and keeps number,
input and result of each; all in one process and one thread, timed in turns in one run. Prints the table that
stands in docs/performance.md.
"""

from __future__ import annotations

import argparse
import random
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any, cast

from benchmarks.machine import described
from benchmarks.scenarios import smallest
from benchmarks.timing import interleaved
from sim.execute.case import Case, Engine
from sim.execute.group import Group, Worlds, tally_group
from sim.execute.piece import play_piece
from sim.execute.runner import Runner
from sim.model.draws import Draws, Key, Purpose, Source

SEED = 1
INPUT = Key(Purpose.PARAMETER, item="x")

Record = tuple[int, float, float]
"""A replication: its number, what went in, what came out."""


def nothing(x: float) -> float:
    """The function that is played: it gives back what it is given."""
    return x


def loop(runs: int) -> list[Record]:
    """No library at all: what drawing, calling and keeping cost by themselves."""
    chance = random.Random(SEED)
    return [(i, x, nothing(x)) for i in range(runs) for x in (chance.random(),)]


def by_the_runner(runs: int) -> list[Record]:
    """By what plays all runs of this program: ranges of replications, keyed draws, results added up."""
    case = EmptyCase(smallest(), SEED, "batch")
    (played,) = Runner(jobs=1).play([Group[list[Record]]((case,), ((0, runs),), records, [])])
    return played.counts


class EmptyCase(Case):
    """A case whose replications do nothing: the function stands in the place of an engine."""

    keeps_its_course = False

    def play(self, start: int, stop: int, source: Source | None = None) -> Any:
        """Play a range of replications; their records."""
        drawn = (source or Draws(self.seed)).columns([INPUT], start, stop)[0].tolist()
        return [(i, x, nothing(x)) for i, x in zip(range(start, stop), drawn, strict=True)]


def records(cases: tuple[Case, ...], worlds: Worlds) -> list[Record]:
    """Return what the only case gave, in the place of counts."""
    (found,) = worlds
    return list(cast(Sequence[Record], found))


def by_an_engine(engine: Engine, runs: int) -> int:
    """Whole replications of the smallest scenario, counted: far more than nothing."""
    played, _ = play_piece(tally_group(Case(smallest(), SEED, engine), [(0, runs)]), 0, runs)
    return played.counts.runs


def with_mesa() -> Callable[[int], list[dict[str, Any]]]:
    """A Mesa model that calls the function in its only step, and its batch run."""
    import mesa

    class Nothing(mesa.Model):  # type: ignore[misc] # Mesa has no types
        def __init__(self, seed: int) -> None:
            super().__init__(seed=seed)
            self.x = self.y = 0.0
            self.datacollector = mesa.DataCollector(model_reporters={"x": "x", "y": "y"})

        def step(self) -> None:
            self.x = self.random.random()
            self.y = nothing(self.x)
            self.datacollector.collect(self)
            self.running = False

    def batch_run(runs: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = mesa.batch_run(Nothing, {"seed": range(runs)}, display_progress=False)
        return found

    return batch_run


def with_ema() -> Callable[[int], list[float]]:
    """An EMA Workbench model of the function, and its experiments, one after the other."""
    with warnings.catch_warnings(action="ignore"):  # it tells of evaluators that are not installed
        import ema_workbench as ema

    model = ema.Model("nothing", function=lambda x: {"y": nothing(x)})
    model.uncertainties = [ema.RealParameter("x", 0, 1)]
    model.outcomes = [ema.ScalarOutcome("y")]

    def perform_experiments(runs: int) -> list[float]:
        # Monte Carlo is the cheapest of its samplers; progress is logged, which costs less than its bar.
        _, outcomes = ema.perform_experiments(
            model, scenarios=runs, uncertainty_sampling=ema.Samplers.MC, log_progress=True
        )
        found: list[float] = outcomes["y"].tolist()
        return found

    return perform_experiments


def contenders(runs: int) -> dict[str, Callable[[], Any]]:
    """All sides by name. Raises `ModuleNotFoundError` where a library is missing."""
    mesa, ema = with_mesa(), with_ema()
    for play in (loop, by_the_runner, mesa, ema):
        assert len(play(runs)) == runs, f"{play} has lost replications"
    return {
        "a loop, no library": partial(loop, runs),
        "evalsched, what plays its runs": partial(by_the_runner, runs),
        f"EMA Workbench {version('ema_workbench')}, `perform_experiments`": partial(ema, runs),
        f"Mesa {version('mesa')}, `batch_run`": partial(mesa, runs),
        "evalsched, smallest scenario, batch engine": partial(by_an_engine, "batch", runs),
        "evalsched, smallest scenario, event engine": partial(by_an_engine, "event", runs),
    }


def table(seconds: Mapping[str, float], runs: int) -> list[str]:
    """The lines of the table: microseconds a replication, and how many times those of the runner."""
    ours = seconds["evalsched, what plays its runs"]
    return [
        "| | µs a replication | times |",
        "|---|---:|---:|",
        *(f"| {name} | {s / runs * 1e6:.2f} | {s / ours:.1f} |" for name, s in seconds.items()),
    ]


COMMAND = "python3 -m uv run --with mesa==3.3.1 --with ema-workbench==2.5.3 python -m benchmarks.overhead"


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    found = argparse.ArgumentParser(prog="python -m benchmarks.overhead", description=__doc__.splitlines()[0])
    found.add_argument("--runs", type=int, default=10_000, help="replications of each side in a round")
    found.add_argument("--repeats", type=int, default=7, help="rounds; the least time of each side counts")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Time all sides and print the table; 2 where a library is missing."""
    options = parser().parse_args(arguments)
    try:
        sides = contenders(options.runs)
    except ModuleNotFoundError as missing:
        print(f"{missing.name} is not installed; run it with: {COMMAND}", file=sys.stderr)
        return 2
    print(described(), f"{options.runs:,} replications, least of {options.repeats} rounds.", "", sep="\n")
    print(*table(interleaved(sides, options.repeats), options.runs), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
