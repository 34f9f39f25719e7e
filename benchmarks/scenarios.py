"""Scenarios that benchmarks make up, as plain data."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from sim.scenario import Scenario
from sim.scenario.language.load import from_data

FIRST_DAY = date(2026, 1, 1)
WINDOW = timedelta(days=60)
HARDWARE = {"B200": {"peak": "2250 TFLOPS", "mfu": 0.23, "price": "9500 KRW"}}
EXAM = {"max": 60, "mean": 35, "per_eci": 0.8}


@cache
def smallest() -> Scenario:
    """One team with GPUs of its own, one evaluation of one number, one place."""
    return from_data(
        {
            "format": 1,
            "name": "One team",
            "as_of": FIRST_DAY.isoformat(),
            "hardware": HARDWARE,
            "teams": {"a": {"name": "A", "own": {"B200": 8}}},
            "stages": {"s": window(0) | {"points": {"exam": EXAM}, "cut": {"keep": 1}}},
        }
    )


def programme(teams: int, stages: int) -> Scenario:
    """So many teams over so many stages, with the two blocks of points, the grants and the gate of each."""
    points = {"exam": EXAM, "jury": {"max": 40, "mean": 28, "spread": 2.5}}
    rules = {
        "grants": {"pool": {"B200": 1536}, "shares": "equal"},
        "points": points,
        "gate": {"mode": "first", "risk": 0.05},
        "cut": {"keep": max(1, teams // 2)},
    }
    return from_data(
        {
            "format": 1,
            "name": f"{teams} teams, {stages} stages",
            "as_of": FIRST_DAY.isoformat(),
            "hardware": HARDWARE,
            "teams": {f"t{i}": {"name": f"Team {i}", "own": {"B200": 256}} for i in range(teams)},
            "stages": {f"s{i}": window(i) | rules for i in range(stages)},
        }
    )


def window(i: int) -> dict[str, Any]:
    """The training window of the i-th stage, and its result a day after."""
    opens = FIRST_DAY + i * (WINDOW + timedelta(days=10))
    closes = opens + WINDOW
    return {"train": f"{opens} to {closes}", "result": str(closes + timedelta(days=1))}
