"""How many teams can be there at each stage, by the rules and by what is known.

The checks refuse cuts that cannot be met with it, and `sim.rules.certain` works out from it what is certain.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.scenario.models.numbers import Uncertain, extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Entry, Stage


class FeasibleCounts(NamedTuple):
    """The least and the greatest number of teams at a stage, after its gate and cut, and that enter after it.

    `known` are the most that entries and known results leave, if no cut or gate before took anybody.
    """

    least: int
    most: int
    least_left: int
    most_left: int
    least_entering: int
    most_entering: int
    known: int


def feasible_counts(scenario: Scenario) -> dict[str, FeasibleCounts]:
    """Work out the possible numbers of teams stage by stage, whatever is drawn.

    Cautious: every number that can come about lies within, but not every number within can come about.
    """
    found: dict[str, FeasibleCounts] = {}
    least = most = known = len(set(scenario.teams) - scenario.candidates)
    for stage_id, stage in scenario.stages.items():
        left = _range_left(scenario, stage_id, least, most)
        entering = (0, 0)
        if stage.entry is not None and scenario.may_enter_after(stage_id):
            entering = _range_entering(stage.entry, *left)
        found[stage_id] = FeasibleCounts(least, most, *left, *entering, known)
        least, most = left[0] + entering[0], left[1] + entering[1]
        known = max(known - len(stage.happened or ()), 0) + entering[1]
    return found


def round_teams(number: float) -> int:
    """Round a number of teams as a run does: halves up."""
    return math.floor(number + 0.5)


def least_teams(count: float | Uncertain | None) -> int:
    """Return the least number of teams that a rule of a cut can name; 0 where there is no such rule."""
    return 0 if count is None else round_teams(extremes(count)[0])


def range_kept(stage: Stage, present: int) -> tuple[int, int]:
    """Return the least and the greatest number of teams that keep or drop leaves of `present`."""
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


def _range_left(scenario: Scenario, stage_id: str, least: int, most: int) -> tuple[int, int]:
    stage = scenario.stages[stage_id]
    if stage.happened is not None:
        return max(least - len(stage.happened), 0), max(most - len(stage.happened), 0)
    if not scenario.is_held(stage_id):
        return least, most
    fewest = 0 if minimum_can_drop(stage) else range_kept(stage, least)[0]
    at_gate = sum(extremes(scenario.gate_risk(stage_id, team))[1] > 0 for team in scenario.teams)
    return max(fewest - at_gate, 0), range_kept(stage, most)[1]


def _range_entering(entry: Entry, least_left: int, most_left: int) -> tuple[int, int]:
    if entry.happened is not None:
        return len(entry.entered), len(entry.entered)
    places, limit = min(entry.places, len(entry.candidates)), entry.when_fewer_than
    may_be_held = limit is None or least_left < limit
    # A panel with a minimum may find nobody good enough, so that places stay empty.
    all_filled = entry.panel.minimum is None and (limit is None or most_left < limit)
    return places if all_filled else 0, places if may_be_held else 0
