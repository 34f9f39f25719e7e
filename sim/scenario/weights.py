"""The weights of blocks of points: all that is in points of a block, times a factor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.scenario.models.base import MARKS, is_number

_IN_POINTS = ("max", "mean", "per_eci", "per_strength", "spread", "noise", "sd", "per_halving")


def scale_weights(stage_id: str, stage: dict[str, Any], factors: Mapping[str, float]) -> dict[str, Any]:
    """Return, by path, the values of a stage, as resolved data, that change when its blocks count otherwise.

    `factors` has the blocks that shall count so many times. All their points are multiplied, and those of
    other blocks stay; so does what a model that is made for one field gets from each of them.
    """
    here, points = f"stages.{stage_id}", stage["points"]
    changes = {f"{here}.points.{name}": _scale_block(points[name], by) for name, by in factors.items()}
    for team, model in (stage.get("model") or {}).items():
        if special := model.get("special"):
            block, _, item = special["of"].partition("/")
            times = {
                "gain": factors.get(block, 1.0),
                "elsewhere": _growth_elsewhere(points, block, item, factors),
            }
            changes |= {
                f"{here}.model.{team}.special.{key}": _scaled(special[key], by)
                for key, by in times.items()
                if by != 1.0
            }
    return changes


def _growth_elsewhere(points: dict[str, Any], block: str, item: str, factors: Mapping[str, float]) -> float:
    """By how much the maxima of all that is not a field grow with the weights of blocks.

    What a model gets elsewhere is shared out by these maxima: growing as they do, it leaves to each block
    that stays what it had. 1 where the field is everything.
    """
    rest = {name: each["max"] for name, each in points.items()}
    rest[block] -= points[block]["items"][item]["max"] if item else points[block]["max"]
    before = sum(rest.values())
    return sum(part * factors.get(name, 1.0) for name, part in rest.items()) / before if before else 1.0


def _scale_block(block: dict[str, Any], factor: float) -> dict[str, Any]:
    """A block, an item or its raters, as plain data, with all that is in points multiplied."""
    found = {}
    for key, value in block.items():
        if key in _IN_POINTS:
            found[key] = _scaled(value, factor)
        elif key == "items":
            found[key] = {item: _scale_block(of_item, factor) for item, of_item in value.items()}
        elif key == "rewards":
            found[key] = {modality: _scaled(reward, factor) for modality, reward in value.items()}
        else:
            found[key] = _scale_block(value, factor) if key in ("raters", "efficiency") else value
    return found


def can_be_scaled(stage: dict[str, Any], name: str) -> bool:
    """Whether a block of a stage, as resolved data, can count otherwise: twice a count has no law.

    Nor can it where a model that is made for one field gets such a number.
    """
    models = (stage.get("model") or {}).values()
    return not any(map(_holds_count, [stage["points"][name], *(model.get("special") for model in models)]))


def _holds_count(data: Any) -> bool:
    return isinstance(data, dict) and ("poisson" in data or any(map(_holds_count, data.values())))


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
