"""Which of the guessed and uncertain inputs matter: each moved alone between its ends, with the same luck."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from sim.model.quantiles import at
from sim.runs.run import run
from sim.runs.work import Job, noise_numbers
from sim.scenario.load import from_data
from sim.scenario.marks import Input, inputs
from sim.scenario.numbers import Uncertain
from sim.scenario.paths import luck_of, over_stages
from sim.stats.effects import Effect
from sim.stats.summary import Summary
from sim.stats.tally import Tally

MOST_RUNS, LEAST_RUNS = 1_000, 200
"""Replications at each end: enough to tell what matters from what does not, fewer for huge scenarios."""

_NUMBERS = 10_000_000
"""Random numbers that all of it may draw, about: people are waiting."""

LOW, HIGH = 0.05, 0.95
"""Quantiles at which an uncertain number is held."""


def influences(job: Job) -> list[Effect]:
    """The guessed or uncertain inputs that have a range, those that move a chance most first."""
    job = replace(job, scenario=job.scenario.settled())
    groups: dict[str, list[Input]] = {}
    for each in inputs(job.scenario):
        if _ends(each) is not None:
            groups.setdefault(_group(each), []).append(each)
    plays = 2 * max(1, len(groups)) * noise_numbers(job.scenario)
    runs = min(MOST_RUNS, max(LEAST_RUNS, _NUMBERS // plays))
    found = [_compared(job, path, members, runs) for path, members in groups.items()]
    return sorted(found, key=lambda influence: (-influence.strength, influence.path))


def _group(each: Input) -> str:
    """What is moved together: the numbers of one name, or the same number of every stage."""
    name = luck_of(each.path, each.value) if isinstance(each.value, Uncertain) else each.path
    return over_stages(name)


def _ends(each: Input) -> tuple[float, float] | None:
    if isinstance(each.value, Uncertain):
        low, high = at(each.value, LOW), at(each.value, HIGH)
        return (low, high) if low < high else None
    return each.plausible if each.guess else None


def _compared(job: Job, path: str, members: list[Input], runs: int) -> Effect:
    ends = _ends(members[0])
    assert ends is not None
    low, high = (_play(job, members, i, runs) for i in (0, 1))
    scenario = job.scenario
    before, after = Summary(scenario, low, by_the_file=False), Summary(scenario, high, by_the_file=False)
    t = int(abs(high.kept[-1] / high.runs - low.kept[-1] / low.runs).argmax())
    selected = before.estimate(int(low.kept[-1, t])), after.estimate(int(high.kept[-1, t]))
    last = f"most_capable_dropped.{list(scenario.stages)[-1]}"
    dropped = before.chance(last), after.chance(last)
    return Effect(path, members[0].meaning, *ends, list(scenario.teams)[t], selected, dropped, runs)


def _play(job: Job, members: list[Input], end: Literal[0, 1], runs: int) -> Tally:
    """All members at their low (0) or high (1) end: the uncertain ones held there, the others set."""
    held, values = {}, {}
    for each in members:
        if isinstance(each.value, Uncertain):
            held[luck_of(each.path, each.value)] = (LOW, HIGH)[end]
        elif (ends := _ends(each)) is not None:
            values[each.path] = ends[end]
    scenario = from_data(job.scenario.resolved(), values) if values else job.scenario
    return run(replace(job, scenario=scenario, held=held, out=None), 0, runs, jobs=1)
