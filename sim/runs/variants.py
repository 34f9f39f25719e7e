"""Scenarios beside the one that is run, played with the same luck and compared replication by replication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.engines.outcomes import Outcomes
from sim.model.points import Bools
from sim.rules.fates import Fate
from sim.runs.work import Job, blocks, play
from sim.scenario.scenario import Scenario
from sim.stats.histogram import Ints
from sim.stats.paired import Difference
from sim.stats.tally import Tally, tally


@dataclass(frozen=True)
class Beside:
    """A variant's counts, and how its selections differ from those of the scenario it stands beside."""

    scenario: Scenario
    tally: Tally
    only_here: Ints  # (teams,) replications in which the team is selected in the variant alone
    only_there: Ints  # (teams,) in the other scenario alone
    there: Ints  # (teams,) in the other scenario

    def leaves_more(self, team: str) -> Difference:
        """By how much the team's chance of not being selected is greater in the variant, paired."""
        t = list(self.scenario.teams).index(team)
        b, c, n = int(self.only_there[t]), int(self.only_here[t]), self.tally.runs
        out_there = n - int(self.there[t])
        return Difference(b, c, n, first=out_there, second=out_there + b - c)


def beside(job: Job, variants: Sequence[Scenario], start: int, stop: int) -> list[Beside]:
    """Each variant played over the same replications, with the luck of `job`, beside the job's scenario.

    The variants have the teams of the job's scenario, in the same order.
    """
    totals: list[Beside | None] = [None] * len(variants)
    for first, last in blocks(job, start, stop):
        there = _selected(play(job, first, last))
        for v, scenario in enumerate(variants):
            outcomes = play(replace(job, scenario=scenario, out=None), first, last)
            counted = _compared(scenario, outcomes, there)
            before = totals[v]
            totals[v] = counted if before is None else _sum(before, counted)
    return [total for total in totals if total is not None]


def _selected(outcomes: Outcomes) -> Bools:
    selected: Bools = outcomes.stages[-1].fate == Fate.KEPT
    return selected


def _compared(scenario: Scenario, outcomes: Outcomes, there: Bools) -> Beside:
    here = _selected(outcomes)
    only_here, only_there = (np.count_nonzero(x, axis=0) for x in (here & ~there, there & ~here))
    return Beside(scenario, tally(scenario, outcomes), only_here, only_there, np.count_nonzero(there, axis=0))


def _sum(one: Beside, other: Beside) -> Beside:
    return Beside(
        one.scenario,
        one.tally + other.tally,
        one.only_here + other.only_here,
        one.only_there + other.only_there,
        one.there + other.there,
    )
