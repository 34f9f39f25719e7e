"""A block of points that counts more or less than it does: all that is in points, by one factor."""

from __future__ import annotations

from typing import Any

_IN_POINTS = ("max", "mean", "per_eci", "spread", "noise", "sd")


def times(block: dict[str, Any], factor: float) -> dict[str, Any]:
    """A block, an item or its raters, with all that is in points multiplied."""
    found = {}
    for key, value in block.items():
        if key in _IN_POINTS:
            found[key] = _scaled(value, factor)
        elif key in ("items",):
            found[key] = {item: times(of_item, factor) for item, of_item in value.items()}
        else:
            found[key] = times(value, factor) if key == "raters" else value
    return found


def holds_count(data: Any) -> bool:
    """Whether a number in it follows a Poisson law: what is twice as much follows none."""
    return isinstance(data, dict) and ("poisson" in data or any(map(holds_count, data.values())))


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return factor * value
    if not isinstance(value, dict):
        return value
    if "weighted" in value:
        return {**value, "weighted": {str(factor * float(x)): w for x, w in value["weighted"].items()}}
    unscaled = ("sd_log", "a", "b", "shared", "source", "confidence", "guess")
    return {key: part if key in unscaled else _scaled(part, factor) for key, part in value.items()}
