"""Which teams no input tells apart."""

from __future__ import annotations

import json
from typing import Any

from sim.scenario.grants import Grants
from sim.scenario.numbers import Uncertain
from sim.scenario.scenario import Scenario
from sim.scenario.stages import Stage
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
    stages = (scenario.stages[s] for s in _told_apart_by(scenario))
    return [_unmarked(record), *(_unmarked(_of_stage(scenario, stage, team)) for stage in stages)]


def _told_apart_by(scenario: Scenario) -> list[str]:
    """Stages whose inputs can still matter: those ahead, and all of them if compute carries over."""
    return scenario.ahead if scenario.capability.carry == 0 else list(scenario.stages)


def _of_stage(scenario: Scenario, stage: Stage, team: str) -> list[Any]:
    candidate = stage.entry is not None and team in stage.entry.candidates
    named = stage.own.get(team, stage.own.get("default", scenario.teams[team].own))
    own = {} if named == "none" else {h: _plain(gpus) for h, gpus in named.items()}
    return [_granted(stage.grants, team), str(window_of(stage.train, team)), candidate, own]


def _plain(number: float | Uncertain) -> Any:
    return number.model_dump(mode="json", exclude_none=True) if isinstance(number, Uncertain) else number


def _unmarked(data: Any) -> Any:
    """The data without source, confidence and guess, wherever they stand."""
    if isinstance(data, dict):
        return {key: _unmarked(value) for key, value in data.items() if key not in _MARKS}
    return [_unmarked(value) for value in data] if isinstance(data, list) else data


def _granted(grants: Grants, team: str) -> list[Any]:
    """What the rules of a stage say about one team, by name or by default."""
    table = grants.model_dump(mode="json", exclude_none=True)
    gpus, shares = table.get("gpus", {}), table.get("shares")
    given = gpus.get(team, gpus.get("default", "none"))
    if isinstance(shares, dict) and "by_rank" not in shares:
        share = shares.get(team, shares.get("default", 0.0))
    else:
        share = shares
    among = grants.among is None or team in grants.among
    return [{} if given == "none" else given, share, among, grants.supplier_of(team)]
