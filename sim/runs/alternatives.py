"""A scenario's choices, each played with the same luck, and for each its range over the doubts."""

from __future__ import annotations

from dataclasses import replace

from sim.runs.variants import beside
from sim.runs.work import Job, with_mean_faults
from sim.scenario.options import doubted, options
from sim.stats.alternatives import Alternative, Shift
from sim.stats.summary import Summary
from sim.stats.tally import Tally

DOUBT_RUNS = 2_000
"""Replications, the first ones, in which a doubt is compared with the scenario itself."""


def alternatives(job: Job, start: int, stop: int, tally: Tally, *, by_the_file: bool) -> list[Alternative]:
    """Every option of the scenario, the default first; `tally` counts the default."""
    default, *others = options(job.scenario)
    played = beside(job, [option.scenario for option in others], start, stop)
    found = [Alternative(default, Summary(default.scenario, tally, by_the_file), None, ())]
    for option, one in zip(others, played, strict=True):
        found.append(Alternative(option, Summary(option.scenario, one.tally, by_the_file), one, ()))
    few = min(stop, start + DOUBT_RUNS)
    return [replace(one, shifts=_shifts(job, one, start, few)) for one in found]


def _shifts(job: Job, one: Alternative, start: int, stop: int) -> tuple[Shift, ...]:
    if not one.option.scenario.doubts:
        return ()
    here = with_mean_faults(replace(job, scenario=one.option.scenario, out=None))
    doubts = doubted(here.scenario)
    itself, *others = beside(here, [here.scenario, *(doubt.scenario for doubt in doubts)], start, stop)
    flag = one.summary.by_the_file
    base = Summary(here.scenario, itself.tally, flag)
    played = zip(doubts, others, strict=True)
    return tuple(Shift(doubt, Summary(doubt.scenario, other.tally, flag), base) for doubt, other in played)
