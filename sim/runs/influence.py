"""Which of the guessed and uncertain inputs matter: each moved alone between its ends, with the same luck."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sim.model.quantiles import at
from sim.runs.run import run
from sim.runs.work import Job
from sim.scenario.load import from_data
from sim.scenario.marks import Input, inputs
from sim.scenario.numbers import Uncertain
from sim.scenario.problems import ScenarioError
from sim.scenario.scenario import Scenario
from sim.stats.summary import Estimate, Summary
from sim.stats.tally import Tally

RUNS = 1_000
"""Replications at each end: enough to tell what matters from what does not."""

LOW, HIGH = 0.05, 0.95
"""Quantiles at which an uncertain number is held."""


@dataclass(frozen=True)
class Influence:
    """What happens when one input goes from its low to its high end."""

    path: str  # with * for the stages, if it is the same number at every stage
    meaning: str
    low: float
    high: float
    team: str  # whose chance of being selected moves most
    selected: tuple[Estimate, Estimate]  # that chance at the low and at the high end
    strongest_dropped: tuple[Estimate, Estimate]  # chance that the strongest leaves the last stage

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


def influences(scenario: Scenario, seed: int, runs: int = RUNS) -> list[Influence]:
    """The guessed or uncertain inputs that have a range, those that move a chance most first."""
    groups: dict[str, list[Input]] = {}
    for each in inputs(scenario):
        if _ends(each) is not None:
            groups.setdefault(re.sub(r"^stages\.[^.]+\.", "stages.*.", each.path), []).append(each)
    found = list(_moved(scenario, seed, runs, groups))
    return sorted(found, key=lambda influence: (-influence.strength, influence.path))


def _ends(each: Input) -> tuple[float, float] | None:
    if isinstance(each.value, Uncertain):
        low, high = at(each.value, LOW), at(each.value, HIGH)
        return (low, high) if low < high else None
    return each.plausible if each.guess else None


def _moved(scenario: Scenario, seed: int, runs: int, groups: dict[str, list[Input]]) -> Iterator[Influence]:
    data = scenario.resolved()
    for path, members in groups.items():
        ends = {member.path: found for member in members if (found := _ends(member)) is not None}
        lows, highs = ({at_path: pair[i] for at_path, pair in ends.items()} for i in (0, 1))
        try:
            low, high = _play(data, lows, seed, runs), _play(data, highs, seed, runs)
        except ScenarioError:
            continue  # an end that this scenario does not allow says nothing
        yield _compared(scenario, path, members[0], ends[members[0].path], low, high)


def _play(data: dict[str, object], values: dict[str, float], seed: int, runs: int) -> Tally:
    return run(Job(from_data(data, values), seed, "batch"), 0, runs, jobs=1)


def _compared(
    scenario: Scenario, path: str, each: Input, ends: tuple[float, float], low: Tally, high: Tally
) -> Influence:
    before, after = Summary(scenario, low, by_the_file=False), Summary(scenario, high, by_the_file=False)
    t = int(abs(high.kept[-1] / high.runs - low.kept[-1] / low.runs).argmax())
    selected = before.estimate(int(low.kept[-1, t])), after.estimate(int(high.kept[-1, t]))
    last = f"most_capable_dropped.{list(scenario.stages)[-1]}"
    dropped = before.chance(last), after.chance(last)
    return Influence(path, each.meaning, *ends, list(scenario.teams)[t], selected, dropped)
