"""A scenario that was exported, as the kernel reads it: JSON with leaves by number, and columns as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.live.columns import Leaf
from sim.live.export import Exported, Move
from sim.live.moves import Way, leaves
from sim.live.plan import Plan

_SIGNIFICANT = 15
"""Digits of a factor: its last bit may differ between machines, and the same input gives the same bytes."""


def kernel_data(exported: Exported) -> dict[str, Any]:
    """Return what the kernel reads, as plain data for JSON; `luck_bytes` has its columns."""
    places = exported.column_places
    numbers = {way: i for i, (way, _) in enumerate(leaves(exported.plan))}
    return {
        "runs": exported.runs,
        "teams": list(exported.field.teams),
        "leaves": [_leaf(leaf, places) for _, leaf in leaves(exported.plan)],
        "plan": _by_number(exported.plan, numbers),
        "luck": exported.luck,
        "moves": {move.control.path: _move(move, numbers, places) for move in exported.moves},
        "checks": [
            {"settings": check.settings, "counts": check.counts.tolist()} for check in exported.checks
        ],
        "islands": exported.islands,
    }


def luck_bytes(exported: Exported) -> bytes:
    """Return all columns, one after another, as little-endian numbers of four bytes."""
    return exported.columns.astype("<f4").tobytes()


def _leaf(leaf: Leaf, places: Mapping[int, int]) -> list[float]:
    """A leaf as [factor] or [factor, column]."""
    factor = float(f"{leaf.factor:.{_SIGNIFICANT}g}")
    return [factor] if leaf.column is None else [factor, places[leaf.column]]


def _move(move: Move, numbers: Mapping[Way, int], places: Mapping[int, int]) -> dict[str, Any]:
    """A move: of a choice its values, each with its leaves; else lines."""
    if move.control.kind == "choice":
        at = [[[numbers[way], *_leaf(leaf, places)] for way, leaf in each.items()] for each in move.values]
        return {"values": list(move.control.values), "leaves": at}
    found = []
    for way, line in move.lines.items():
        slope, start = (float(f"{number:.{_SIGNIFICANT}g}") for number in (line.slope, line.start))
        found.append([numbers[way], slope, start, *([] if line.column is None else [places[line.column]])])
    return {"lines": found}


def _by_number(plan: Plan | Any, numbers: Mapping[Way, int], way: Way = ()) -> Any:
    """The plan with the number of each leaf in its place."""
    if isinstance(plan, Leaf):
        return numbers[way]
    if isinstance(plan, dict):
        return {key: _by_number(part, numbers, (*way, key)) for key, part in plan.items()}
    if isinstance(plan, list):
        return [_by_number(part, numbers, (*way, i)) for i, part in enumerate(plan)]
    return plan
