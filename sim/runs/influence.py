"""Which of the guessed and uncertain inputs matter: each moved alone between its ends, with the same luck."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from sim.model.quantiles import at
from sim.runs.run import run
from sim.runs.work import Job, noise_numbers
from sim.scenario.load import from_data
from sim.scenario.marks import Input, inputs
from sim.scenario.numbers import Uncertain
from sim.scenario.paths import over_stages
from sim.stats.summary import Estimate, Summary
from sim.stats.tally import Tally

MOST_RUNS, LEAST_RUNS = 1_000, 200
"""Replications at each end: enough to tell what matters from what does not, fewer for huge scenarios."""

_NUMBERS = 10_000_000
"""Random numbers that all of it may draw, about: people are waiting."""

LOW, HIGH = 0.05, 0.95
"""Quantiles at which an uncertain number is held."""


@dataclass(frozen=True)
class Influence:
    """What happens when one input goes from its low to its high end."""

    path: (
        str  # with * for the stages, if it is the same number at every stage; `shared:NAME` for a shared one
    )
    meaning: str
    low: float
    high: float
    team: str  # whose chance of being selected moves most
    selected: tuple[Estimate, Estimate]  # that chance at the low and at the high end
    strongest_dropped: tuple[Estimate, Estimate]  # chance that the strongest leaves the last stage
    runs: int  # at each end

    @property
    def notable(self) -> bool:
        """Whether it stands out from the dice of its few runs."""
        return self.strength >= 1.6 / math.sqrt(self.runs)

    @property
    def swing(self) -> float:
        """By how much the chance of the team that is moved most changes."""
        return _change(self.selected)

    @property
    def strength(self) -> float:
        """The larger of the two changes: of a team's chance, or of the chance that the strongest leaves."""
        return max(self.swing, _change(self.strongest_dropped))


def _change(ends: tuple[Estimate, Estimate]) -> float:
    change = abs(ends[1].p - ends[0].p)
    return 0.0 if math.isnan(change) else change


def influences(job: Job) -> list[Influence]:
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
    name = each.value.draw_name if isinstance(each.value, Uncertain) else each.path
    return over_stages(name)


def _ends(each: Input) -> tuple[float, float] | None:
    if isinstance(each.value, Uncertain):
        low, high = at(each.value, LOW), at(each.value, HIGH)
        return (low, high) if low < high else None
    return each.plausible if each.guess else None


def _compared(job: Job, path: str, members: list[Input], runs: int) -> Influence:
    ends = _ends(members[0])
    assert ends is not None
    low, high = (_play(job, members, i, runs) for i in (0, 1))
    scenario = job.scenario
    before, after = Summary(scenario, low, by_the_file=False), Summary(scenario, high, by_the_file=False)
    t = int(abs(high.kept[-1] / high.runs - low.kept[-1] / low.runs).argmax())
    selected = before.estimate(int(low.kept[-1, t])), after.estimate(int(high.kept[-1, t]))
    last = f"most_capable_dropped.{list(scenario.stages)[-1]}"
    dropped = before.chance(last), after.chance(last)
    return Influence(path, members[0].meaning, *ends, list(scenario.teams)[t], selected, dropped, runs)


def _play(job: Job, members: list[Input], end: Literal[0, 1], runs: int) -> Tally:
    """All members at their low (0) or high (1) end: the uncertain ones held there, the others set."""
    held, values = {}, {}
    for each in members:
        if isinstance(each.value, Uncertain):
            held[each.value.draw_name] = (LOW, HIGH)[end]
        elif (ends := _ends(each)) is not None:
            values[each.path] = ends[end]
    scenario = from_data(job.scenario.resolved(), values) if values else job.scenario
    return run(replace(job, scenario=scenario, held=held, out=None), 0, runs, jobs=1)
