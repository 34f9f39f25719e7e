"""What the rules alone decide, before any dice: worked out, never read off counts.

A count of 0 of 10,000 does not make a thing impossible; a cut that keeps more teams than there are does.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from sim.scenario.numbers import extremes
from sim.scenario.scenario import Scenario
from sim.scenario.stages import Stage


class Possible(NamedTuple):
    """What can become of a team at a stage if it is there, and whether it can or must be there."""

    by_points: bool
    by_gate: bool
    kept: bool
    may_be_there: bool
    must_be_there: bool

    @property
    def leaves(self) -> bool:
        """Whether it can leave."""
        return self.by_points or self.by_gate

    def certain(self, what: bool, otherwise: bool) -> Literal[0, 1] | None:
        """0 if `what` cannot be, 1 if it must be because there is no `otherwise`; None if it may be."""
        if not (self.may_be_there and what):
            return 0
        return 1 if self.must_be_there and not otherwise else None


class Prospects(NamedTuple):
    """What the rules of a scenario leave open: for each (stage, team), and how many teams can be left."""

    of: dict[tuple[str, str], Possible]
    least: int
    most: int


def possible(scenario: Scenario) -> Prospects:
    """What can become of each team at each stage, by the scenario's own rules.

    Cautious: a thing is called impossible only where the number of teams, the cut and the gate rule it out.
    """
    found: dict[tuple[str, str], Possible] = {}
    least = most = len(scenario.teams)  # teams that may be present
    may, must = dict.fromkeys(scenario.teams, True), dict.fromkeys(scenario.teams, True)
    for stage_id, stage in scenario.stages.items():
        risks = {t: _risk(scenario, stage, t) for t in scenario.teams}
        keeps_all = _dropped(stage, most)[1] == 0
        keeps_none = _kept(stage, most)[1] == 0
        for team, (low, high) in risks.items():
            by_points, by_gate, kept = not keeps_all and low < 1, high > 0, not keeps_none and low < 1
            found[stage_id, team] = Possible(by_points, by_gate, kept, may[team], must[team])
            may[team], must[team] = may[team] and kept, must[team] and not (by_points or by_gate)
        gate_can_take = sum(high > 0 for _, high in risks.values())
        least, most = max(0, _kept(stage, least)[0] - gate_can_take), _kept(stage, most)[1]
    return Prospects(found, least, most)


def _risk(scenario: Scenario, stage: Stage, team: str) -> tuple[float, float]:
    if stage.gate is None:
        return 0.0, 0.0
    own = scenario.teams[team].gate_risk
    return extremes(stage.gate.risk if own is None else own)


def _whole(number: float) -> int:
    return math.floor(number + 0.5)


def _kept(stage: Stage, present: int) -> tuple[int, int]:
    """Least and most teams that the cut leaves of `present`."""
    if stage.cut.keep is not None:
        low, high = (_whole(x) for x in extremes(stage.cut.keep))
        return min(low, present), min(high, present)
    if stage.cut.drop is not None:
        low, high = (_whole(x) for x in extremes(stage.cut.drop))
        return max(present - high, 0), max(present - low, 0)
    return present, present


def _dropped(stage: Stage, present: int) -> tuple[int, int]:
    """Least and most teams that the cut drops of `present`."""
    low, high = _kept(stage, present)
    return present - high, present - low
