"""Scenarios set beside the first of them: the same replications, the same luck, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

from sim.runs.run import added
from sim.runs.work import Job, blocks, fault_modes, play
from sim.scenario.models.scenario import Scenario
from sim.stats.pairs import Pairs, pairs
from sim.stats.summary import Summary
from sim.stats.tally import Tally, tally


@dataclass(frozen=True)
class Compared:
    """What each scenario comes to, and how each but the first differs from the first."""

    start: int
    stop: int
    summaries: tuple[Summary, ...]
    beside_first: tuple[Pairs, ...]  # one fewer


@dataclass(frozen=True)
class _Counted:
    """What a range of replications yields; adds up in any order."""

    tallies: tuple[Tally, ...]
    pairs: tuple[Pairs, ...]

    def __add__(self, other: _Counted) -> _Counted:
        return _Counted(
            tuple(a + b for a, b in zip(self.tallies, other.tallies, strict=True)),
            tuple(a + b for a, b in zip(self.pairs, other.pairs, strict=True)),
        )


def compare(
    scenarios: Sequence[Scenario], start: int, stop: int, seed: int, executor: Executor | None = None
) -> Compared:
    """Play every scenario, its choices at their default, over the same replications, beside the first."""
    jobs = tuple(_job(scenario.settled(), seed) for scenario in scenarios)
    counted = added(jobs[0], partial(_count, jobs), start, stop, executor)
    found = zip(jobs, counted.tallies, strict=True)
    summaries = tuple(Summary(job.scenario, each) for job, each in found)
    return Compared(start, stop, summaries, counted.pairs)


def _job(scenario: Scenario, seed: int) -> Job:
    return Job(scenario, seed, "event" if "each" in fault_modes(scenario) else "batch")


def _count(jobs: tuple[Job, ...], start: int, stop: int) -> _Counted:
    """A range, block by block, each block of all scenarios at once."""
    total: _Counted | None = None
    for first, last in blocks(jobs[0], start, stop):
        outcomes = [play(job, first, last) for job in jobs]
        found = _Counted(
            tuple(tally(job.scenario, one) for job, one in zip(jobs, outcomes, strict=True)),
            tuple(
                pairs(jobs[0].scenario, outcomes[0], job.scenario, one)
                for job, one in zip(jobs[1:], outcomes[1:], strict=True)
            ),
        )
        total = found if total is None else total + found
    assert total is not None
    return total
