"""What `sim score --json` prints; docs/forecast.md describes it."""

from __future__ import annotations

import math
from typing import Any

from sim.findings.score import ForecastScore, ScoreFindings, StageScore
from sim.stats.summary import Estimate


def score_as_json(found: ScoreFindings) -> dict[str, Any]:
    """Return the scores as plain data; what is infinite is the text "infinity", what is not known null."""
    played, odds = found.played, found.odds
    return {
        "scenario": {"name": dict(played.name), "hash": played.digest, "as_of": str(played.as_of)},
        "seed": played.seed,
        "runs": played.runs,
        "n": len(found.stages),
        "odds_against_equal": {"odds": odds.odds, "low": odds.low, "high": odds.high},
        "stages": {each.stage: _stage(each) for each in found.stages},
        "not_scored": list(found.nobody_left),
    }


def _stage(found: StageScore) -> dict[str, Any]:
    return {
        "result": str(found.decided),
        "forecast_as_of": str(found.eve),
        "facts": found.facts,
        "evaluated": list(found.there),
        "given": {"failed_gate": list(found.failed)},
        "left_by_points": list(found.left),
        "runs": found.runs,
        "chances": {team: _chance(chance) for team, chance in found.chances.items()},
        "chance_of_what_happened": _chance(found.happened),
        "scores": {score.who: _score(score) for score in found.scores},
        "set_after_the_result": {"widened": list(found.widened), "not_cleaned": list(found.unclean)},
    }


def _chance(found: Estimate) -> dict[str, float | int]:
    return {"count": found.count, "of": found.of, "p": found.p, "low": found.low, "high": found.high}


def _score(found: ForecastScore) -> dict[str, float | str | None]:
    return {"brier": found.brier, "log": _number(found.log), "places": _number(found.places)}


def _number(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return "infinity" if math.isinf(value) else value
