"""What moving a control does to the leaves of a plan: found by moving it, not by knowing what it is.

A plan is described at three values of the control. Where nothing but leaves changes, and each of these by a
straight line, the kernel can follow; whatever else a control does, it is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isclose
from typing import Any, NamedTuple

from sim.live.columns import Leaf
from sim.live.plan import Plan

Way = tuple[str | int, ...]
"""Where a leaf stands in a plan."""


class Line(NamedTuple):
    """A leaf that follows a control: factor = slope x value + start."""

    slope: float
    start: float
    column: int | None

    def at(self, value: float) -> Leaf:
        """The leaf at a value of the control."""
        return Leaf(self.slope * value + self.start, self.column)


Lines = Mapping[Way, Line]


def leaves(plan: Any, way: Way = ()) -> Iterator[tuple[Way, Leaf]]:
    """Return every leaf of a plan and where it stands, in the plan's own order."""
    if isinstance(plan, Leaf):
        yield way, plan
    elif isinstance(plan, dict):
        for key, part in plan.items():
            yield from leaves(part, (*way, key))
    elif isinstance(plan, list):
        for i, part in enumerate(plan):
            yield from leaves(part, (*way, i))


def without_leaves(plan: Any) -> Any:
    """Return a plan without what its leaves are: the kernel can go to another with the same frame."""
    if isinstance(plan, Leaf):
        return Leaf
    if isinstance(plan, dict):
        return {key: without_leaves(part) for key, part in plan.items()}
    return [without_leaves(part) for part in plan] if isinstance(plan, list) else plan


def changed(base: Plan, other: Plan) -> dict[Way, Leaf] | None:
    """Return the leaves that differ; None if more than leaves does, or what luck was made with."""
    if without_leaves(base) != without_leaves(other):
        return None
    pairs = zip(leaves(base), leaves(other), strict=True)
    found = {way: leaf for (way, before), (_, leaf) in pairs if leaf != before}
    return None if any("fixed" in way for way in found) else found


def lines(base: Plan, plans: Sequence[tuple[float, Plan]]) -> Lines | None:
    """Return how leaves follow a control, by plans at three of its values; None if not by straight lines."""
    differing = [changed(base, plan) for _, plan in plans]
    if any(each is None for each in differing):
        return None
    ways = {way: None for each in differing if each is not None for way in each}
    by_value = [(value, dict(leaves(plan))) for value, plan in plans]
    found = {way: _line([(value, at[way]) for value, at in by_value]) for way in ways}
    return None if None in found.values() else {way: line for way, line in found.items() if line}


_CLOSE = 1e-9


def _line(points: Sequence[tuple[float, Leaf]]) -> Line | None:
    """The line through three points, with the same column at each; None if there is none."""
    (first, low), (second, middle), (third, high) = points
    columns = {leaf.column for leaf in (low, middle, high) if leaf.factor}  # nothing has no column
    if len(columns) > 1:
        return None
    slope = (high.factor - low.factor) / (third - first)
    start = low.factor - slope * first
    if isclose(low.factor, slope * first, rel_tol=1e-12):
        start = 0.0
    line = Line(slope, start, columns.pop() if columns else None)
    is_straight = isclose(line.at(second).factor, middle.factor, rel_tol=_CLOSE, abs_tol=1e-12)
    return line if is_straight else None
