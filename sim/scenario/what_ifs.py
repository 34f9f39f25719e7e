"""What may move a team's chance: more or fewer GPUs, a block of points that counts more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sim.scenario.language.load import from_data
from sim.scenario.models.base import MARKS, is_number
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.scenario import Scenario


@dataclass(frozen=True)
class WhatIf:
    """A change of the stages ahead: `factor` times a team's grants, the pool, or a block's points."""

    kind: Literal["gpus", "pool", "weight"]
    what: str  # block of a weight, otherwise empty
    factor: float
    scenario: Scenario


def what_ifs(scenario: Scenario, team: str) -> list[WhatIf]:
    """Return twice and half the GPUs of `team`, or of the pool that all share; each benchmark counting twice.

    GPUs change in every stage ahead, each by the table from which it lends; a benchmark counts twice at the
    last stage, which decides who is selected.
    """
    return [*_gpus(scenario, team), *_weights(scenario)]


def _gpus(scenario: Scenario, team: str) -> Iterator[WhatIf]:
    kinds: tuple[Literal["gpus", "pool"], ...] = ("gpus", "pool")
    tables = {kind: _tables(scenario, team, kind) for kind in kinds}
    for factor in (2.0, 0.5):
        for kind in (kind for kind in kinds if tables[kind]):
            changes = {
                path: {hardware: factor * gpus for hardware, gpus in table.items()}
                for path, table in tables[kind].items()
            }
            yield WhatIf(kind, "", factor, from_data(scenario.resolved(), changes))


def _tables(scenario: Scenario, team: str, kind: Literal["gpus", "pool"]) -> dict[str, dict[str, float]]:
    """The tables that lend a team GPUs in the stages ahead, by path; none that holds an uncertain number."""
    found = {}
    for s in scenario.to_come:
        grants = scenario.stages[s].grants
        path, table = f"stages.{s}.grants.gpus.{team}", grants.gpus_of(team)
        if kind == "pool":
            path, table = f"stages.{s}.grants.pool", grants.pool
        certain = {h: gpus for h, gpus in table.items() if not isinstance(gpus, Uncertain) and gpus > 0}
        if table and certain == table:
            found[path] = certain
    return found


def _weights(scenario: Scenario) -> Iterator[WhatIf]:
    if not scenario.to_come:
        return
    s = scenario.to_come[-1]
    for name, block in scenario.stages[s].points.items():
        data = scenario.resolved()
        stage = data["stages"][s]
        if not block.judged and len(stage["points"]) > 1 and not holds_count(stage["points"][name]):
            stage["points"][name] = scale_block(stage["points"][name], 2.0)
            stage.pop("reported", None)  # of other maxima
            yield WhatIf("weight", name, 2.0, from_data(data))


_IN_POINTS = ("max", "mean", "per_eci", "spread", "noise", "sd")


def scale_block(block: dict[str, Any], factor: float) -> dict[str, Any]:
    """Return a block, an item or its raters, as plain data, with all that is in points multiplied."""
    found = {}
    for key, value in block.items():
        if key in _IN_POINTS:
            found[key] = _scaled(value, factor)
        elif key == "items":
            found[key] = {item: scale_block(of_item, factor) for item, of_item in value.items()}
        else:
            found[key] = scale_block(value, factor) if key == "raters" else value
    return found


def holds_count(data: Any) -> bool:
    """Whether a number in plain data follows a Poisson law: twice as much would follow none."""
    return isinstance(data, dict) and ("poisson" in data or any(map(holds_count, data.values())))


def _scaled(value: Any, factor: float) -> Any:
    if is_number(value):
        return factor * value
    if not isinstance(value, dict):
        return value
    if "weighted" in value:
        return {**value, "weighted": {str(factor * float(x)): w for x, w in value["weighted"].items()}}
    # A law's shape, and what is said about it, are not in points.
    unscaled = ("sd_log", "a", "b", "shared", *MARKS)
    return {key: part if key in unscaled else _scaled(part, factor) for key, part in value.items()}
