"""Scenarios beside the one that is run, played with the same luck and compared replication by replication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import add

import numpy as np

from sim.engines.outcomes import Outcomes
from sim.model.points import Bools
from sim.rules.fates import Fate
from sim.runs.run import added
from sim.runs.surviving import surviving
from sim.runs.work import Job, blocks, play
from sim.scenario.models.scenario import Scenario
from sim.stats.histogram import Ints
from sim.stats.paired import Difference
from sim.stats.tally import Tally, nothing, tally


@dataclass(frozen=True)
class Beside:
    """A variant's counts, and how its selections differ from those of the scenario it stands beside."""

    scenario: Scenario
    tally: Tally
    only_here: Ints  # (teams,) replications in which the team is selected in the variant alone
    only_there: Ints  # (teams,) in the other scenario alone
    there: Ints  # (teams,) in the other scenario

    def __add__(self, other: Beside) -> Beside:
        return Beside(
            self.scenario,
            self.tally + other.tally,
            self.only_here + other.only_here,
            self.only_there + other.only_there,
            self.there + other.there,
        )

    def leaves_more(self, team: str) -> Difference:
        """By how much the team's chance of not being selected is greater in the variant, paired."""
        t = list(self.scenario.teams).index(team)
        b, c, n = int(self.only_there[t]), int(self.only_here[t]), self.tally.runs
        out_there = n - int(self.there[t])
        return Difference(b, c, n, first=out_there, second=out_there + b - c)


@dataclass(frozen=True)
class _All:
    """What a range yields for all variants."""

    of: tuple[Beside, ...]

    def __add__(self, other: _All) -> _All:
        return _All(tuple(one + two for one, two in zip(self.of, other.of, strict=True)))


def beside(job: Job, variants: Sequence[Scenario], start: int, stop: int) -> list[Beside]:
    """Each variant played over the same replications, with the luck of `job`, beside the job's scenario.

    The variants have the teams of the job's scenario, in the same order.
    """
    alone = replace(job, out=None)
    return list(added(alone, partial(_compare, alone, tuple(variants)), start, stop).of) if variants else []


def _compare(job: Job, variants: tuple[Scenario, ...], start: int, stop: int) -> _All:
    nobody = np.zeros(len(job.scenario.teams), dtype=np.int64)
    total = _All(tuple(Beside(v, nothing(v), nobody, nobody, nobody) for v in variants))

    def block(first: int, last: int) -> _All:
        there = _selected(play(job, first, last))
        return _All(tuple(_compared(replace(job, scenario=v), first, last, there) for v in variants))

    for first, last in blocks(job, start, stop):
        # A replication that fails in one of them is counted in none: differences are between the same ones.
        total = reduce(add, surviving(block, first, last, lambda *_: None), total)
    return total


def _selected(outcomes: Outcomes) -> Bools:
    selected: Bools = outcomes.stages[-1].fate == Fate.KEPT
    return selected


def _compared(job: Job, start: int, stop: int, there: Bools) -> Beside:
    outcomes = play(job, start, stop)
    here = _selected(outcomes)
    only_here, only_there = (np.count_nonzero(x, axis=0) for x in (here & ~there, there & ~here))
    counted = tally(job.scenario, outcomes)
    return Beside(job.scenario, counted, only_here, only_there, np.count_nonzero(there, axis=0))
