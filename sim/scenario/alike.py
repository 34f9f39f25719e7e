"""Which teams no input tells apart."""

from __future__ import annotations

import json
from typing import Any

from sim.scenario.base import Model
from sim.scenario.grants import Grants
from sim.scenario.scenario import Scenario
from sim.scenario.windows import window_of

_MARKS = ("source", "confidence", "guess")


def indistinct_teams(scenario: Scenario) -> list[tuple[str, ...]]:
    """Groups of two or more teams with the same inputs but for name and marks, in the order of the file.

    Two teams whose uncertain numbers follow the same law are alike: each draws its own, from the same hat.
    """
    groups: dict[str, list[str]] = {}
    for team in scenario.contenders:
        groups.setdefault(json.dumps(_inputs(scenario, team), sort_keys=True), []).append(team)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _inputs(scenario: Scenario, team: str) -> list[Any]:
    hidden = {"name", "own"}
    record = scenario.teams[team].model_dump(mode="json", exclude_none=True, exclude=hidden)
    stages = _told_apart_by(scenario)
    return [_unmarked(record), *(_unmarked(_of_stage(scenario, s, team)) for s in stages)]


def _told_apart_by(scenario: Scenario) -> list[str]:
    """Stages whose inputs can still matter: those ahead, and all of them if compute carries over."""
    return scenario.ahead if scenario.capability.carry == 0 else list(scenario.stages)


def _of_stage(scenario: Scenario, stage_id: str, team: str) -> list[Any]:
    stage = scenario.stages[stage_id]
    candidate = stage.entry is not None and team in stage.entry.candidates
    own = _plain(scenario.own_gpus(stage_id, team))
    return [_granted(stage.grants, team), str(window_of(stage.train, team)), candidate, own]


def _plain(value: Any) -> Any:
    """A number, or a table of numbers, as it is written in a file."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value.model_dump(mode="json", exclude_none=True) if isinstance(value, Model) else value


def _unmarked(data: Any) -> Any:
    """The data without source, confidence and guess, wherever they stand."""
    if isinstance(data, dict):
        return {key: _unmarked(value) for key, value in data.items() if key not in _MARKS}
    return [_unmarked(value) for value in data] if isinstance(data, list) else data


def _granted(grants: Grants, team: str) -> list[Any]:
    """What the rules of a stage say about one team, by name or by default."""
    by_team = isinstance(grants.shares, dict)
    share = _plain(grants.share_of(team) if by_team else grants.shares)
    among = grants.among is None or team in grants.among
    return [_plain(grants.gpus_of(team)), share, among, grants.supplier_of(team)]
