"""How many teams can be there at each stage, by the rules and by what is known."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.scenario.numbers import extremes
from sim.scenario.scenario import Scenario
from sim.scenario.stages import Stage


class Field(NamedTuple):
    """The least and the greatest number of teams at a stage, and after its gate and cut.

    `known` are the most that entries and known results leave, if no cut or gate before took anybody.
    """

    least: int
    most: int
    least_left: int
    most_left: int
    known: int


def fields(scenario: Scenario) -> dict[str, Field]:
    """The possible numbers of teams stage by stage, whatever is drawn."""
    found: dict[str, Field] = {}
    least = most = known = len(set(scenario.teams) - scenario.candidates)
    for stage_id, stage in scenario.stages.items():
        here = Field(least, most, *_left(scenario, stage_id, least, most), known)
        found[stage_id] = here
        entered = _entered(stage, here)
        least, most = here.least_left + entered[0], here.most_left + entered[1]
        known = max(known - len(stage.happened or ()), 0) + entered[1]
    return found


def whole(number: float) -> int:
    """A number of teams as a run takes it: halves up."""
    return math.floor(min(max(number, -1e9), 1e9) + 0.5)


def kept(stage: Stage, present: int) -> tuple[int, int]:
    """The least and the greatest number of teams that keep or drop leaves of `present`."""
    if stage.cut.keep is not None:
        low, high = (whole(end) for end in extremes(stage.cut.keep))
        return min(low, present), min(high, present)
    if stage.cut.drop is not None:
        low, high = (whole(end) for end in extremes(stage.cut.drop))
        return max(present - high, 0), max(present - low, 0)
    return present, present


def takes_by_points(stage: Stage) -> bool:
    """Whether a minimum of points can take anybody."""
    return stage.cut.minimum is not None and extremes(stage.cut.minimum)[1] > 0


def _left(scenario: Scenario, stage_id: str, least: int, most: int) -> tuple[int, int]:
    stage = scenario.stages[stage_id]
    if stage.happened is not None:
        return max(least - len(stage.happened), 0), max(most - len(stage.happened), 0)
    fewest = 0 if takes_by_points(stage) else kept(stage, least)[0]
    taken = sum(extremes(scenario.gate_risk(stage_id, team))[1] > 0 for team in scenario.teams)
    return max(fewest - taken, 0), kept(stage, most)[1]


def _entered(stage: Stage, field: Field) -> tuple[int, int]:
    entry = stage.entry
    if entry is None or entry.happened == "nobody":
        return 0, 0
    if entry.happened is not None:
        return len(entry.happened), len(entry.happened)
    places, limit = min(entry.places, len(entry.candidates)), entry.when_fewer_than
    held = limit is None or field.least_left < limit
    surely = entry.panel.minimum is None and (limit is None or field.most_left < limit)
    return places if surely else 0, places if held else 0
