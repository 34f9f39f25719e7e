"""What `sim recount --json` prints; docs/recount.md describes it."""

from __future__ import annotations

from typing import Any

from sim.findings.recount import RecountFindings
from sim.rules.recount import Recount
from sim.rules.weights import Span, Weight
from sim.scenario.models.scenario import Scenario

DIGITS = 9
"""Decimals of a number: enough for any use, few enough to hide how binary fractions end."""


def as_json(scenario: Scenario, found: RecountFindings) -> dict[str, Any]:
    """Return the recount as plain data."""
    name = scenario.name
    return {
        "scenario": {"name": {"en": name.en, "ko": name.ko}, "hash": scenario.digest()},
        "stage": found.stage,
        "maxima": {part.name: _round(part.maximum) for part in found.parts},
        "reported_out_of": {part.name: _round(part.out_of) for part in found.parts},
        **_leaving(found.now),
        "teams": {
            row.team: {
                "points": {block: _round(points) for block, points in row.points.items()},
                "total": _round(row.total),
                "reported_total": found.reported_totals.get(row.team),
                "rank": row.rank,
                "rank_at_worst": row.rank_at_worst,
                "fate": row.fate,
            }
            for row in found.rows
        },
        "without": {block: _leaving(one) for block, one in found.without.items()},
        "weights": {each.weight.name: _weight(each.weight) for each in found.reweighings},
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), DIGITS)


def _leaving(found: Recount) -> dict[str, Any]:
    return {"leaves": list(found.leaving), "tied": list(found.tied), "margin": _round(found.margin)}


def _weight(weight: Weight) -> dict[str, Any]:
    borders = [
        {"at": _round(each.share), "low": _round(each.low), "high": _round(each.high)}
        for each in weight.borders
    ]
    return {"now": _round(weight.now), "spans": [_span(span) for span in weight.spans], "borders": borders}


def _span(span: Span) -> dict[str, Any]:
    return {
        "from": _round(span.low),
        "to": _round(span.high),
        "leaves": list(span.leaving),
        "tied": list(span.tied),
    }
