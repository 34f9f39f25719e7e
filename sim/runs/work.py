"""What is to be played, and the playing of one range of it: the only thing that a worker runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from itertools import pairwise
from operator import add
from pathlib import Path
from typing import Literal

from sim.engines import batch, event
from sim.engines.outcomes import Outcomes, concatenate, stage_of
from sim.model.draws import Draws
from sim.model.sources import PinnedSource
from sim.rules.book import BUILT_IN, Rulebook
from sim.runs.surviving import surviving
from sim.scenario.load import from_data
from sim.scenario.scenario import Scenario
from sim.stats.failure import Failure
from sim.stats.tally import Tally, nothing, tally

Engine = Literal["batch", "event"]
Keep = Literal["rows", "counts"]

MAX_BLOCK = {"batch": 8192, "event": 1024}
"""Replications at a time: large enough that overheads vanish, small enough for the processor's cache."""

_BLOCK_NUMBERS = 2_000_000
"""Random numbers that a block may hold at once; bounds memory for scenarios of many teams and stages."""


@dataclass(frozen=True)
class Job:
    """A scenario with all that decides its outcomes, and where its rows go."""

    scenario: Scenario
    seed: int
    engine: Engine
    rules: Rulebook = BUILT_IN
    processes: tuple[event.UserProcess, ...] = ()
    held: Mapping[str, float] = field(default_factory=dict)  # uncertain numbers held at a quantile, by path
    block: int | None = None  # replications at a time; changes no result
    out: Path | None = None  # folder for what is kept, None to count only
    keep: Keep = "rows"  # what is kept there; counts always are

    @property
    def by_the_file(self) -> bool:
        """Whether the scenario alone decides, and no rule or process of a user's own."""
        return not self.rules.replaced() and not self.processes


def fault_modes(scenario: Scenario) -> set[str]:
    """Every `faults.mode` that a scenario asks for: its own, and those of its choices and doubts."""
    found: set[str] = {scenario.faults.mode}
    for table in (scenario.choices, scenario.doubts):
        found.update(table.get("faults.mode", ()))
        found.update(block["mode"] for block in table.get("faults", ()) if "mode" in block)
    return found


def with_mean_faults(job: Job) -> Job:
    """A job whose faults are played one by one, with their mean instead, by the batch engine.

    That is for differences between scenarios, which take many runs and hardly depend on it. A job with
    processes of a user's own stays as it is, and so does one that doubts the mode.
    """
    scenario = job.scenario
    doubted = "faults.mode" in scenario.doubts or "faults" in scenario.doubts
    if doubted or job.processes or "each" not in fault_modes(scenario):
        return job
    average = from_data(scenario.resolved(), {"faults.mode": "average"})
    return replace(job, scenario=average, engine="batch", out=None)


def play(job: Job, start: int, stop: int) -> Outcomes:
    """The outcomes of one block of replications."""
    source = PinnedSource(Draws(job.seed), job.held, job.scenario) if job.held else Draws(job.seed)
    if job.engine == "event":
        return event.play(job.scenario, source, start, stop, job.rules, job.processes)
    return batch.play(job.scenario, source, start, stop, job.rules)


def blocks(job: Job, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The range from `start` to before `stop` in blocks."""
    size = job.block or block_size(job.scenario, job.engine)
    for first in range(start, stop, size):
        yield first, min(first + size, stop)


def block_size(scenario: Scenario, engine: Engine) -> int:
    """Replications at a time for a scenario of this size."""
    size = MAX_BLOCK[engine]
    while size > 64 and size * noise_numbers(scenario) > _BLOCK_NUMBERS:
        size //= 2
    return size


def noise_numbers(scenario: Scenario) -> int:
    """Random numbers of a replication, about: the noise of every item of every team."""
    blocks = (block for stage in scenario.stages.values() for block in stage.points.values())
    return sum(max(1, len(block.items)) for block in blocks) * len(scenario.teams)


def rounds(job: Job, start: int, stop: int) -> Iterator[tuple[list[Outcomes], Tally]]:
    """A range played block by block: outcomes, without the replications that failed, and their counts."""
    for first, last in blocks(job, start, stop):
        outcomes, failures = played(job, first, last)
        counted = [tally(job.scenario, each) for each in outcomes]
        if failures:
            counted.append(nothing(job.scenario, tuple(failures)))
        yield outcomes, reduce(add, counted)


def played(job: Job, start: int, stop: int) -> tuple[list[Outcomes], list[Failure]]:
    """A block of replications, in stretches between those that failed, and these."""
    failures: list[Failure] = []

    def failed(index: int, error: Exception) -> None:
        failures.append(Failure(index, stage_of(error), type(error).__name__, str(error)))

    return stretches(surviving(partial(play, job), start, stop, failed)), failures


def stretches(outcomes: Sequence[Outcomes]) -> list[Outcomes]:
    """Outcomes in order, those without gaps between them as one."""
    gaps = [i for i, (one, following) in enumerate(pairwise(outcomes), 1) if one.stop != following.start]
    ends = [0, *gaps, len(outcomes)]
    return [concatenate(outcomes[a:b]) for a, b in pairwise(ends) if a < b]


def work(job: Job, start: int, stop: int) -> Tally:
    """Play a range and return its counts."""
    return reduce(add, (counted for _, counted in rounds(job, start, stop)))
