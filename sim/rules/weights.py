"""At which weights of a block or an item would somebody else have left? Solved for, not searched."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from typing import NamedTuple

from sim.model.draws import Floats
from sim.rules.recount import ScoreSheet, points_of, recount_points

EXACT = 1e-9
"""Totals, out of 100, are rounded to this and not as the stage says, which would blur a crossing."""


class Span(NamedTuple):
    """Shares of all points, from `low` to `high`, at which the same teams leave."""

    low: float
    high: float
    leaving: tuple[str, ...]
    tied: tuple[str, ...]


class Crossing(NamedTuple):
    """A share at which two teams have the same total, and where it may lie given the report's rounding."""

    share: float
    low: float
    high: float


class Weight(NamedTuple):
    """A block or an item: its share of all points now, and who leaves at which other shares."""

    name: str
    now: float
    spans: tuple[Span, ...]
    borders: tuple[Crossing, ...]  # between a span and the next


def weights(sheet: ScoreSheet) -> list[Weight]:
    """Who leaves when the share of each block and item goes from 0 to 1 and the rest shrinks in proportion.

    Blocks and items beside which nothing counts have no share to change, and are left out.
    """
    names: dict[tuple[int, ...], str] = {}
    for name in (name for part in sheet.parts for name in (part.block, part.name)):
        names.setdefault(tuple(sheet.within(name)), name)  # a block of one item is that item
    whole = sum(part.maximum for part in sheet.parts)
    found = []
    for inside, name in names.items():
        maximum = sum(sheet.parts[i].maximum for i in inside)
        if whole - maximum > EXACT * whole:
            found.append(Weight(name, maximum / whole, *_spans(sheet, name)))
    return found


def _spans(sheet: ScoreSheet, name: str) -> tuple[tuple[Span, ...], tuple[Crossing, ...]]:
    """Neighbouring spans at which different teams leave, from 0 to 1, and the borders between them."""
    crossings = _crossings(_at(sheet, name, 0.0), _at(sheet, name, 1.0))
    ends = [0.0, *(crossing.share for crossing in crossings), 1.0]
    spans: list[Span] = []
    borders: list[Crossing] = []
    for i, (low, high) in enumerate(pairwise(ends)):
        counted = recount_points(_at(sheet, name, (low + high) / 2))
        span = Span(low, high, counted.leaving, counted.tied)
        if spans and spans[-1][2:] == span[2:]:
            spans[-1] = spans[-1]._replace(high=high)
        else:
            borders += [crossings[i - 1]] if i else []
            spans.append(span)
    return tuple(spans), tuple(borders)


def _at(sheet: ScoreSheet, name: str, share: float) -> ScoreSheet:
    """The sheet with 100 points in all, of which `name` has its share; all else keeps its proportions."""
    inside = sheet.within(name)
    others = [part for i, part in enumerate(sheet.parts) if i not in inside]
    scale = 100 * (1 - share) / sum(part.maximum for part in others)
    maxima = {name: 100 * share} | {part.name: scale * part.maximum for part in others}
    return replace(sheet.weighing(maxima), round_to=EXACT)


def _crossings(without: ScoreSheet, alone: ScoreSheet) -> list[Crossing]:
    """Where the totals of two teams cross, each once, in order: they are linear between two sheets."""
    (start, start_error), (end, end_error) = _totals(without), _totals(alone)
    found: list[Crossing] = []
    for i, j in combinations(range(start.size), 2):
        before, after = float(start[i] - start[j]), float(end[i] - end[j])
        if before * after < 0:
            found.append(_crossing(abs(before), abs(after), 2 * start_error, 2 * end_error))
    merged: list[Crossing] = []
    for each in sorted(found):
        if merged and each.share - merged[-1].share < EXACT:
            share, low, high = merged[-1]
            merged[-1] = Crossing(share, min(low, each.low), max(high, each.high))
        else:
            merged.append(each)
    return merged


def _totals(sheet: ScoreSheet) -> tuple[Floats, float]:
    """Points of each team, (teams,), and what rounding in the report can have moved any of them by."""
    error = sum(part.rounding * part.maximum / part.out_of for part in sheet.parts)
    return points_of(sheet, range(len(sheet.parts))), error


def _crossing(lead: float, lag: float, lead_error: float, lag_error: float) -> Crossing:
    """Where a lead, shrinking evenly, has turned into a lag; and where at the least and at the most."""
    low, high = max(lead - lead_error, 0.0), max(lag - lag_error, 0.0)
    return Crossing(
        lead / (lead + lag), low / (low + lag + lag_error), (lead + lead_error) / (lead + lead_error + high)
    )
