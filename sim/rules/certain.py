"""What the rules alone decide, before any dice: worked out, never read off counts.

A count of 0 of 10,000 does not make a thing impossible; a cut that keeps more teams than there are does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from sim.scenario.checks.cuts import (
    FeasibleCounts,
    feasible_counts,
    minimum_can_drop,
    range_kept,
    range_of_gate_risk,
)
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage


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
    most_at: dict[str, int]  # how many teams can be there at each stage

    def can_have(self, award: str, awards: Mapping[str, int], stage: str, team: str) -> bool:
        """Whether a team can have an award of a stage that is held; `awards` are for how many each, in order.

        Whoever leaves by points may have one, too, but nobody who fails the gate; and an award so far down
        that there cannot be enough teams is nobody's.
        """
        can, names = self.of[stage, team], list(awards)
        above = sum(awards[name] for name in names[: names.index(award)])
        return can.may_be_there and (can.kept or can.by_points) and above < self.most_at[stage]

    @property
    def selected(self) -> tuple[str, ...] | None:
        """The teams that are selected in every run; None unless the rules settle it for each of them."""
        last = next(reversed(self.of))[0]
        stays = {team: can.certain(can.kept, can.leaves) for (s, team), can in self.of.items() if s == last}
        return None if None in stays.values() else tuple(team for team, sure in stays.items() if sure)


class _Standing(NamedTuple):
    """Whether a team may or must be there, or be waiting for its entry."""

    may_be_there: bool
    must_be_there: bool
    may_wait: bool
    must_wait: bool


def possible(scenario: Scenario) -> Prospects:
    """Work out what can become of each team at each stage, by the scenario's own rules and known results.

    Cautious: a thing is called impossible only where the number of teams, the cut and the gate rule it out.
    """
    found: dict[tuple[str, str], Possible] = {}
    counts_of = feasible_counts(scenario)
    standing = {
        t: _Standing(False, False, True, True)
        if t in scenario.candidates
        else _Standing(True, True, False, False)
        for t in scenario.teams
    }
    for stage_id, stage in scenario.stages.items():
        counts = counts_of[stage_id]
        ends = (
            _known(scenario, stage) if stage.happened is not None else _open(scenario, stage_id, counts.most)
        )
        if not scenario.is_held(stage_id):
            ends = dict.fromkeys(scenario.teams, (False, False, True))
        for team, (by_points, by_gate, kept) in ends.items():
            before = standing[team]
            found[stage_id, team] = Possible(by_points, by_gate, kept, *before)
            standing[team] = before._replace(
                may_be_there=before.may_be_there and kept,
                must_be_there=before.must_be_there and not (by_points or by_gate),
            )
        if stage.entry is not None and scenario.may_enter_after(stage_id):
            standing |= _entered(scenario, stage_id, counts, standing)
    most_at = {stage_id: one.most for stage_id, one in counts_of.items()}
    return Prospects(found, counts.least_left, counts.most_left, most_at)


def _known(scenario: Scenario, stage: Stage) -> dict[str, tuple[bool, bool, bool]]:
    known = stage.happened or {}
    return {
        t: (known.get(t) == "out-by-points", known.get(t) == "out-at-gate", t not in known)
        for t in scenario.teams
    }


def _open(scenario: Scenario, stage_id: str, most: int) -> dict[str, tuple[bool, bool, bool]]:
    """Whether each team can leave by points, at the gate, or stay, if it is there."""
    stage = scenario.stages[stage_id]
    fewest, greatest = range_kept(stage, most)
    keeps_all = fewest == most and not minimum_can_drop(stage)
    risks = {t: range_of_gate_risk(scenario, stage_id, t) for t in scenario.teams}
    return {
        t: (not keeps_all and low < 1, high > 0, greatest > 0 and low < 1) for t, (low, high) in risks.items()
    }


def _entered(
    scenario: Scenario, stage_id: str, counts: FeasibleCounts, standing: dict[str, _Standing]
) -> dict[str, _Standing]:
    """Where those who may come in after a stage stand after it; before, they stand as `standing` says."""
    entry = scenario.stages[stage_id].entry
    assert entry is not None
    back = [t for t in scenario.teams if scenario.may_return(stage_id, t) and not standing[t].must_wait]
    if entry.happened is not None:
        may = must = set(entry.entered)
    else:
        # Which of them come in is drawn, unless there is a place for each.
        may = {*entry.candidates, *back} if counts.most_entering else set()
        all_new = not back and counts.least_entering == len(entry.candidates)
        must = set(entry.candidates if all_new else ())
    return {t: _joined(standing[t], may=t in may, must=t in must) for t in (*entry.candidates, *back)}


def _joined(before: _Standing, *, may: bool, must: bool) -> _Standing:
    return _Standing(
        may_be_there=before.may_be_there or may,
        must_be_there=before.must_be_there or must,
        may_wait=before.may_wait and not must,
        must_wait=before.must_wait and not may,
    )
