"""What `sim recount --json` prints; docs/recount.md describes it."""

from __future__ import annotations

from typing import Any

from sim.rules.recount import Recount, recount, without
from sim.rules.sheet import Sheet
from sim.rules.weights import Span, Weight, weights
from sim.scenario.models.scenario import Scenario

DIGITS = 9
"""Decimals of a number: enough for any use, few enough to hide how binary fractions end."""


def as_json(scenario: Scenario, stage_id: str, sheet: Sheet) -> dict[str, Any]:
    """The recount as plain data."""
    report = scenario.stages[stage_id].reported
    totals = report.totals if report else {}
    name = scenario.name
    return {
        "scenario": {"name": {"en": name.en, "ko": name.ko}, "hash": scenario.digest()},
        "stage": stage_id,
        "maxima": {part.name: _number(part.maximum) for part in sheet.parts},
        "reported_out_of": {part.name: _number(part.out_of) for part in sheet.parts},
        **_who(recount(sheet)),
        "teams": _teams(recount(sheet), totals),
        "without": {block: _who(counted) for block, counted in without(sheet).items()},
        "weights": {weight.name: _weight(weight) for weight in weights(sheet)},
    }


def _number(value: float | None) -> float | None:
    return None if value is None else round(float(value), DIGITS)


def _who(counted: Recount) -> dict[str, Any]:
    return {"leaves": list(counted.leaving), "tied": list(counted.tied), "margin": _number(counted.margin)}


def _teams(counted: Recount, totals: dict[str, float]) -> dict[str, Any]:
    return {
        team: {
            "points": {block: _number(points[i]) for block, points in counted.blocks.items()},
            "total": _number(counted.total[i]),
            "reported_total": totals.get(team),
            "rank": int(counted.first[i]),
            "rank_at_worst": int(counted.last[i]),
            "fate": "stays" if counted.stays[i] else "leaves" if counted.leaves[i] else "tied",
        }
        for i, team in enumerate(counted.sheet.teams)
    }


def _weight(weight: Weight) -> dict[str, Any]:
    borders = [
        {"at": _number(each.share), "low": _number(each.low), "high": _number(each.high)}
        for each in weight.borders
    ]
    return {"now": _number(weight.now), "spans": [_span(span) for span in weight.spans], "borders": borders}


def _span(span: Span) -> dict[str, Any]:
    return {
        "from": _number(span.low),
        "to": _number(span.high),
        "leaves": list(span.leaving),
        "tied": list(span.tied),
    }
