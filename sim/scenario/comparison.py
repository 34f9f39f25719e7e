"""What two scenarios, or the teams of one, differ in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.scenario.models.base import MARKS, Model
from sim.scenario.models.grants import Grants, SupplyGrants
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import window_of
from sim.scenario.wider import saves


def indistinguishable_teams(scenario: Scenario) -> list[tuple[str, ...]]:
    """Groups of two or more teams with the same inputs but for name and marks, in the order of the file.

    Two teams whose uncertain numbers follow the same law are alike: each draws its own, from the same hat.
    """
    # What facts say of teams that were evaluated tells them apart, whatever it is.
    told = {t for s, stage in scenario.stages.items() if stage.facts for t in scenario.evaluated(s)}
    groups: dict[str, list[str]] = {}
    for team in (team for team in scenario.contenders if team not in told):
        key = json.dumps(_inputs(scenario, team), sort_keys=True, default=str)
        groups.setdefault(key, []).append(team)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _inputs(scenario: Scenario, team: str) -> list[Any]:
    hidden = ("name", "own", "base")
    record = {key: value for key, value in _plain(scenario.teams[team]).items() if key not in hidden}
    stages = _stages_that_matter(scenario)
    first = [name for name, one in (scenario.breakthroughs or {}).items() if team in (one.teams or ())]
    bought = None if scenario.data is None else _plain(scenario.data.own_budget(team))
    return [
        record,
        first,
        bought,
        *(_stage_inputs(scenario, s, team) for s in stages),
    ]


def _stages_that_matter(scenario: Scenario) -> list[str]:
    """Stages whose inputs can still matter: those to come, and all if compute carries over or is kept."""
    forgotten = scenario.capability.carry == 0 and not saves(scenario)
    return scenario.to_come if forgotten else list(scenario.stages)


def _stage_inputs(scenario: Scenario, stage_id: str, team: str) -> list[Any]:
    stage = scenario.stages[stage_id]
    groups = [group for group, members in (scenario.groups or {}).items() if team in members]
    return [
        _grant_inputs(stage.grants, team),
        str(window_of(stage.train, team)),
        _plain(scenario.own_gpus(stage_id, team)),
        groups if stage.cut.by_group else [],
        _plain(stage.cut.asked_by(team)),
        scenario.base_kind(stage_id, team),
        *_entry_inputs(scenario, stage_id, team),
        *([] if (model := scenario.model_of(stage_id, team)) is None else [_plain(model)]),
    ]


def _entry_inputs(scenario: Scenario, stage_id: str, team: str) -> list[Any]:
    """What the entry after a stage says about one team."""
    entry = scenario.stages[stage_id].entry
    if entry is None:
        return []
    return [team in entry.candidates, scenario.may_return(stage_id, team), _plain(entry.applying(team))]


def _plain(value: Any) -> Any:
    """A part of a scenario as plain data, without what is left out and without its marks."""
    if isinstance(value, Model):
        return {key: _plain(part) for key, part in value if key not in MARKS and part is not None}
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if part is not None}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _grant_inputs(grants: Grants, team: str) -> list[Any]:
    """What the rules of a stage say about one team, by name or by default."""
    by_team = isinstance(grants.shares, dict)
    share = _plain(grants.share_of(team) if by_team else grants.shares)
    among = grants.among is None or team in grants.among
    more = [_plain(each.gpus_of(team)) for each in (grants.more or {}).values()]
    supplied = [] if (lent := grants.supply) is None else [_supply_inputs(lent, team)]
    return [_plain(grants.gpus_of(team)), share, among, grants.supplier_of(team), more, *supplied]


def _supply_inputs(lent: SupplyGrants, team: str) -> list[Any]:
    """What a team is told apart by in the rule of a supply."""
    share = _plain(lent.share_of(team) if isinstance(lent.shares, dict) else lent.shares)
    return [_plain(lent.gpus_of(team)), share, lent.among is None or team in lent.among]


@dataclass(frozen=True)
class Difference:
    """What two scenarios have at a path: a value, a whole block that the other lacks, or None for nothing."""

    path: str
    first: Any
    second: Any


ORDERED = ("teams", "stages")
"""Tables whose order means something: that of teams breaks the very last ties, that of stages is time."""


def differences(first: Scenario, second: Scenario) -> list[Difference]:
    """All that differs, in the order of the scenarios; sources, confidence and guesses are left aside."""
    # Whether a guess counts as known is no property of the programme.
    here, there = (_strip_empty({**scenario.resolved(), "given": {}}) for scenario in (first, second))
    return [*_compare(here, there, ""), *_compare_orders(here, there)]


def _strip_empty(data: Any) -> Any:
    """Data without marks and without what is empty."""
    if not isinstance(data, dict):
        return data
    meant = {key: _strip_empty(value) for key, value in data.items() if key not in MARKS}
    return {key: value for key, value in meant.items() if value not in ({}, [])}


def _compare(here: dict[str, Any], there: dict[str, Any], path: str) -> Iterator[Difference]:
    for key in dict.fromkeys([*here, *there]):
        one, other = here.get(key), there.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _compare(one, other, f"{path}{key}.")
        elif one != other:
            yield Difference(f"{path}{key}", one, other)


def _compare_orders(here: dict[str, Any], there: dict[str, Any]) -> Iterator[Difference]:
    for name in ORDERED:
        one, other = (list(data[name]) for data in (here, there))
        if one != other and set(one) == set(other):
            yield Difference(f"{name} (order)", one, other)
