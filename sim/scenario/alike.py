"""Which teams no input tells apart."""

from __future__ import annotations

import json
from typing import Any

from sim.scenario.scenario import Scenario
from sim.scenario.stages import Grants

_MARKS = ("source", "confidence", "guess")


def indistinct_teams(scenario: Scenario) -> list[tuple[str, ...]]:
    """Groups of two or more teams with the same inputs but for name and marks, in the order of the file.

    Two teams whose uncertain numbers follow the same law are alike: each draws its own, from the same hat.
    """
    groups: dict[str, list[str]] = {}
    for team in scenario.teams:
        groups.setdefault(json.dumps(_inputs(scenario, team), sort_keys=True), []).append(team)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _inputs(scenario: Scenario, team: str) -> list[Any]:
    own = scenario.teams[team].model_dump(mode="json", exclude_none=True, exclude={"name"})
    stages = [_granted(stage.grants, team) for stage in scenario.stages.values()]
    return [_unmarked(own), _unmarked(stages)]


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
    share = shares.get(team, shares.get("default", 0.0)) if isinstance(shares, dict) else shares
    return [{} if given == "none" else given, share, grants.among is None or team in grants.among]
