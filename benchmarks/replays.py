"""What it takes to play a scenario again after one change, beside playing it whole, on one core.

python -m benchmarks.replays
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from benchmarks.timing import interleaved
from sim.engines import batch, replay
from sim.engines.changes import Said, changes_between
from sim.engines.outcomes import Outcomes
from sim.engines.replay import Course
from sim.execute.allocator import keep_freed_memory
from sim.execute.case import Case
from sim.execute.runner import Runner
from sim.model.draws import CachedSource, Draws
from sim.scenario import load
from sim.scenario.language.load import with_values
from sim.scenario.models.scenario import Scenario
from sim.stats.summary import Summary
from sim.stats.tally import tally
from sim.studies.factors import overrides

SCENARIO, STAGE, SEED, RUNS, REPEATS = "k-ai", "stages.stage-3", 1, 10_000, 9

CHANGES: dict[str, dict[str, Any]] = {
    "how many stay": {"cut.keep": 1},
    "risk at the gate": {"gate.risk": 0.1},
    "weight of a block": {"points.benchmark.max_rescaled": 30},
    "spread of a judged block": {"points.experts.spread": 1.0},
    "GPUs of the stage ahead": {"grants.gpus": {"default": {"B200": 2000}}},
    "day of the result": {"result": "2027-03-15"},
    "not held": {"held": False},
}


def main() -> None:
    """Time every change in turns with whole plays, and print the least of each."""
    keep_freed_memory()  # as the command line does
    case = Runner(jobs=1).inform(Case(load(SCENARIO).settled(), SEED, "batch"))
    cold, warm = case.source(Draws(SEED)), case.source(CachedSource(Draws(SEED)))
    course = replay.play_course(case.played, warm, 0, RUNS)
    base, said = case.scenario.resolved(), Said.by(case.played)
    contenders: dict[str, Callable[[], object]] = {
        "whole, its luck drawn": partial(batch.play_batch, case.played, cold, 0, RUNS),
        "whole, its luck kept": partial(batch.play_batch, case.played, warm, 0, RUNS),
    }
    for name, values in CHANGES.items():
        change = overrides(case.scenario, {f"{STAGE}.{path}": value for path, value in values.items()})
        other = replace(case, scenario=with_values(base, change))
        contenders[name] = partial(_again, course, said, other.played, warm)
        contenders[f"{name}, from the change to chances"] = partial(
            _to_chances, case, course, said, base, change, warm
        )
    seconds = interleaved(contenders, REPEATS)
    whole = seconds["whole, its luck drawn"]
    print(f"{SCENARIO}, {RUNS:,} runs, one core{'ms':>40}{'of a whole play':>18}")
    for name, taken in seconds.items():
        print(f"{name:55}{taken * 1000:11.1f}{taken / whole:18.3f}")


def _again(course: Course, said: Said, scenario: Scenario, source: Any) -> Outcomes:
    changes = changes_between(said, Said.by(scenario))
    assert changes is not None
    return replay.play_again(course, scenario, changes, source).outcomes


def _to_chances(
    case: Case, course: Course, said: Said, base: dict[str, Any], change: dict[str, Any], source: Any
) -> Summary:
    """What a page would do when a slider is let go."""
    other = replace(case, scenario=with_values(base, change))
    outcomes = other.informed(_again(course, said, other.played, source))
    found = Summary(other.scenario, tally(other.scenario, outcomes), by_the_file=True)
    found.rows()
    return found


if __name__ == "__main__":
    main()
