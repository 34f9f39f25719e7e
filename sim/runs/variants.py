"""Scenarios beside the one that is run, played with the same luck and compared replication by replication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import add

from sim.runs.run import added
from sim.runs.surviving import surviving
from sim.runs.work import Job, blocks, play
from sim.scenario.scenario import Scenario
from sim.stats.paired_tally import PairedTally, empty_paired_tally, paired_tallies


@dataclass(frozen=True)
class _All:
    """What a range yields for all variants."""

    of: tuple[PairedTally, ...]

    def __add__(self, other: _All) -> _All:
        return _All(tuple(one + two for one, two in zip(self.of, other.of, strict=True)))


def beside(job: Job, variants: Sequence[Scenario], start: int, stop: int) -> list[PairedTally]:
    """Each variant played over the same replications, with the luck of `job`, beside the job's scenario.

    The variants have the teams of the job's scenario, in the same order.
    """
    alone = replace(job, out=None)
    return list(added(alone, partial(_compare, alone, tuple(variants)), start, stop).of) if variants else []


def _compare(job: Job, variants: tuple[Scenario, ...], start: int, stop: int) -> _All:
    total = _All(tuple(map(empty_paired_tally, variants)))
    scenarios = (job.scenario, *variants)

    def block(first: int, last: int) -> _All:
        outcomes = [play(replace(job, scenario=each), first, last) for each in scenarios]
        return _All(paired_tallies(scenarios, outcomes))

    for first, last in blocks(job, start, stop):
        # A replication that fails in one of them is counted in none: differences are between the same ones.
        total = reduce(add, surviving(block, first, last, lambda *_: None), total)
    return total
