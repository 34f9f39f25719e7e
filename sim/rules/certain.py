"""What the rules alone decide, before any dice: worked out, never read off counts.

A count of 0 of 10,000 does not make a thing impossible; a cut that keeps more teams than there are does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from sim.scenario.checks.feasible import range_kept as kept_by_cut
from sim.scenario.models.numbers import extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Entry, Stage


class Possible(NamedTuple):
    """What can become of a team at a stage, if it is there; and whether it can or must be there, or wait."""

    by_points: bool
    by_gate: bool
    kept: bool
    may_be_there: bool
    must_be_there: bool
    may_wait: bool
    must_wait: bool

    @property
    def leaves(self) -> bool:
        """Whether it can leave."""
        return self.by_points or self.by_gate

    @property
    def waits(self) -> Literal[0, 1] | None:
        """1 if it cannot have come in yet, 0 if it must have."""
        return 1 if self.must_wait else None if self.may_wait else 0

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


@dataclass
class _Field:
    """How many teams can be there, and for each team whether it may or must be there, or wait."""

    least: int
    most: int
    may: dict[str, bool]
    must: dict[str, bool]
    may_wait: dict[str, bool]
    must_wait: dict[str, bool]


def possible(scenario: Scenario) -> Prospects:
    """What can become of each team at each stage, by the scenario's own rules and known results.

    Cautious: a thing is called impossible only where the number of teams, the cut and the gate rule it out.
    """
    found: dict[tuple[str, str], Possible] = {}
    there = {t: t not in scenario.candidates for t in scenario.teams}
    waits = {t: not here for t, here in there.items()}
    field = _Field(sum(there.values()), sum(there.values()), {**there}, {**there}, {**waits}, {**waits})
    for stage_id, stage in scenario.stages.items():
        ends = _known(scenario, stage) if stage.happened is not None else _open(scenario, stage, field.most)
        for team, (by_points, by_gate, kept) in ends.items():
            states = (field.may[team], field.must[team], field.may_wait[team], field.must_wait[team])
            found[stage_id, team] = Possible(by_points, by_gate, kept, *states)
            field.may[team] = field.may[team] and kept
            field.must[team] = field.must[team] and not (by_points or by_gate)
        _count(scenario, stage, field)
        if stage.entry is not None:
            _enter(stage.entry, field)
    return Prospects(found, field.least, field.most)


def _known(scenario: Scenario, stage: Stage) -> dict[str, tuple[bool, bool, bool]]:
    known = stage.happened or {}
    return {
        t: (known.get(t) == "out-by-points", known.get(t) == "out-at-gate", t not in known)
        for t in scenario.teams
    }


def _open(scenario: Scenario, stage: Stage, most: int) -> dict[str, tuple[bool, bool, bool]]:
    """Whether each team can leave by points, at the gate, or stay, if it is there."""
    keeps_all = _dropped(stage, most)[1] == 0 and not _may_fall_short(stage)
    keeps_none = kept_by_cut(stage, most)[1] == 0
    risks = {t: _risk(scenario, stage, t) for t in scenario.teams}
    return {
        t: (not keeps_all and low < 1, high > 0, not keeps_none and low < 1)
        for t, (low, high) in risks.items()
    }


def _count(scenario: Scenario, stage: Stage, field: _Field) -> None:
    if stage.happened is not None:
        field.least, field.most = field.least - len(stage.happened), field.most - len(stage.happened)
        return
    gate_can_take = sum(_risk(scenario, stage, t)[1] > 0 for t in scenario.teams)
    least = 0 if _may_fall_short(stage) else kept_by_cut(stage, field.least)[0]
    field.least, field.most = max(0, least - gate_can_take), kept_by_cut(stage, field.most)[1]


def _may_fall_short(stage: Stage) -> bool:
    """Whether a minimum of points can take anybody."""
    return stage.cut.minimum is not None and extremes(stage.cut.minimum)[1] > 0


def _enter(entry: Entry, field: _Field) -> None:
    limit, candidates = entry.when_fewer_than, entry.candidates
    places = min(entry.places, len(candidates))
    surely_held = entry.panel.minimum is None and (limit is None or field.most < limit)
    if entry.happened is not None:
        names = () if entry.happened == "nobody" else entry.happened
        least = most = len(names)
        may, must = set(names), set(names)
    else:
        most = places if limit is None or field.least < limit else 0
        least = places if surely_held else 0
        may, must = set(candidates if most else ()), set(candidates if least == len(candidates) else ())
    field.least, field.most = field.least + least, field.most + most
    for team in candidates:
        field.may[team], field.must[team] = team in may, team in must
        field.may_wait[team], field.must_wait[team] = team not in must, team not in may


def _risk(scenario: Scenario, stage: Stage, team: str) -> tuple[float, float]:
    if stage.gate is None:
        return 0.0, 0.0
    own = scenario.teams[team].gate_risk
    return extremes(stage.gate.risk if own is None else own)


def _dropped(stage: Stage, present: int) -> tuple[int, int]:
    """Least and most teams that the cut drops of `present`."""
    low, high = kept_by_cut(stage, present)
    return present - high, present - low
