"""How many teams can be there at each stage, by the rules and by what is known."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.scenario.models.numbers import extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage


class FeasibleCounts(NamedTuple):
    """The least and the greatest number of teams at a stage, and after its gate and cut.

    `known` are the most that entries and known results leave, if no cut or gate before took anybody.
    """

    least: int
    most: int
    least_left: int
    most_left: int
    known: int


def feasible_counts(scenario: Scenario) -> dict[str, FeasibleCounts]:
    """The possible numbers of teams stage by stage, whatever is drawn."""
    found: dict[str, FeasibleCounts] = {}
    least = most = known = len(set(scenario.teams) - scenario.candidates)
    for stage_id, stage in scenario.stages.items():
        here = FeasibleCounts(least, most, *_range_left(scenario, stage, least, most), known)
        found[stage_id] = here
        entered = _range_entered(stage, here)
        least, most = here.least_left + entered[0], here.most_left + entered[1]
        known = max(known - len(stage.happened or ()), 0) + entered[1]
    return found


def round_teams(number: float) -> int:
    """A number of teams as a run takes it: halves up."""
    return math.floor(min(max(number, -1e9), 1e9) + 0.5)


def range_kept(stage: Stage, present: int) -> tuple[int, int]:
    """The least and the greatest number of teams that keep or drop leaves of `present`."""
    if stage.cut.keep is not None:
        low, high = (round_teams(end) for end in extremes(stage.cut.keep))
        return min(low, present), min(high, present)
    if stage.cut.drop is not None:
        low, high = (round_teams(end) for end in extremes(stage.cut.drop))
        return max(present - high, 0), max(present - low, 0)
    return present, present


def minimum_can_drop(stage: Stage) -> bool:
    """Whether a minimum of points can take anybody."""
    return stage.cut.minimum is not None and extremes(stage.cut.minimum)[1] > 0


def _range_left(scenario: Scenario, stage: Stage, least: int, most: int) -> tuple[int, int]:
    if stage.happened is not None:
        return max(least - len(stage.happened), 0), max(most - len(stage.happened), 0)
    fewest = 0 if minimum_can_drop(stage) else range_kept(stage, least)[0]
    taken = 0 if stage.gate is None else sum(_may_fail_gate(scenario, stage, team) for team in scenario.teams)
    return max(fewest - taken, 0), range_kept(stage, most)[1]


def _may_fail_gate(scenario: Scenario, stage: Stage, team: str) -> bool:
    own = scenario.teams[team].gate_risk
    assert stage.gate is not None
    return extremes(stage.gate.risk if own is None else own)[1] > 0


def _range_entered(stage: Stage, counts: FeasibleCounts) -> tuple[int, int]:
    entry = stage.entry
    if entry is None or entry.happened == "nobody":
        return 0, 0
    if entry.happened is not None:
        return len(entry.happened), len(entry.happened)
    places, limit = min(entry.places, len(entry.candidates)), entry.when_fewer_than
    held = limit is None or counts.least_left < limit
    surely = entry.panel.minimum is None and (limit is None or counts.most_left < limit)
    return places if surely else 0, places if held else 0
