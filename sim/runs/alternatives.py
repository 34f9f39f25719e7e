"""A scenario's choices, each played with the same luck, and for each its range over the doubts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from sim.runs.variants import Beside, beside
from sim.runs.work import Job, with_mean_faults
from sim.scenario.options import Option, doubt_options, options
from sim.stats.summary import Kind, Summary
from sim.stats.tally import Tally

DOUBT_RUNS = 2_000
"""Replications, the first ones, in which a doubt is compared with the scenario itself."""


@dataclass(frozen=True)
class Shift:
    """A doubt's summary and that of the scenario itself, over the same few replications."""

    doubt: Option
    doubted: Summary
    itself: Summary

    def of(self, ask: Callable[[Summary], float]) -> float:
        """By how much the doubt changes what is asked."""
        return ask(self.doubted) - ask(self.itself)


@dataclass(frozen=True)
class Alternative:
    """One option of the choices: its chances, its difference from the default, what the doubts do to it."""

    option: Option
    summary: Summary
    beside: Beside | None  # None: this is the default
    shifts: tuple[Shift, ...]

    def range(self, ask: Callable[[Summary], float]) -> tuple[float, float] | None:
        """The least and greatest value of what is asked, over the doubts and without any; None if none."""
        if not self.shifts:
            return None
        here = ask(self.summary)
        values = [here, *(here + shift.of(ask) for shift in self.shifts)]
        return min(values), max(values)

    @cached_property
    def ranges(self) -> dict[tuple[str, str, Kind], tuple[float, float]]:
        """The range of every chance of every team, by stage, team and kind; empty without doubts."""
        if not self.shifts:
            return {}
        changes = [(shift.doubted.shares(), shift.itself.shares()) for shift in self.shifts]
        found = {}
        for key, here in self.summary.shares().items():
            values = [here, *(min(1.0, max(0.0, here + there[key] - base[key])) for there, base in changes)]
            found[key] = min(values), max(values)
        return found


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
    doubts = doubt_options(here.scenario)
    itself, *others = beside(here, [here.scenario, *(doubt.scenario for doubt in doubts)], start, stop)
    flag = one.summary.by_the_file
    base = Summary(here.scenario, itself.tally, flag)
    played = zip(doubts, others, strict=True)
    return tuple(Shift(doubt, Summary(doubt.scenario, other.tally, flag), base) for doubt, other in played)
