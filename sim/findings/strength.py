"""How strong teams are at each stage, beside the world's best model, which moves, and the target."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import brentq

from sim.findings.cells import Floats
from sim.model.capability import basket_accuracy, frontier, years_between
from sim.model.quantiles import quantile
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.scenario import Scenario
from sim.stats.intervals import HIGH, LOW, MEDIAN

if TYPE_CHECKING:
    import pandas as pd

_GRID = (np.arange(200) + 0.5) / 200
_WEAKEST = -1000.0  # ECI: below anything that solves a task


class StrengthBand(NamedTuple):
    """Quantiles of a strength over the runs: 5, 50 and 95 %."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Strengths:
    """Strength by stage, in ECI: of each team (None where it is hardly there), the frontier, the target."""

    stages: tuple[str, ...]
    days: tuple[datetime.date, ...]
    teams: dict[str, tuple[StrengthBand | None, ...]]
    frontier: tuple[StrengthBand, ...]
    share: float | None  # of the frontier's accuracy that is the target of the programme
    target: tuple[float, ...] | None  # the strength that has it


def find_strengths(rows: pd.DataFrame, scenario: Scenario, teams: Sequence[str]) -> Strengths | None:
    """Work out strengths from a row for each replication, stage and team (`outcomes_table`).

    None for a programme without compute, in which strength is on a scale of its own.
    """
    if not scenario.hardware:
        return None
    stages = [s for s in scenario.held_stages if rows.capability[rows.stage == s].notna().any()]
    if not stages:
        return None
    days = tuple(scenario.stages[s].decided for s in stages)
    best = tuple(_frontier_on(scenario, day) for day in days)
    share = scenario.frontier.target
    return Strengths(
        tuple(stages),
        days,
        {team: tuple(_spread(rows, s, team) for s in stages) for team in teams},
        best,
        share,
        None if share is None else tuple(_strength_with(share, each.middle) for each in best),
    )


_LEAST_PART = 0.01
"""Part of the runs in which a team is there at a stage, below which nothing is told of it."""


def _spread(rows: pd.DataFrame, stage: str, team: str) -> StrengthBand | None:
    here = rows[(rows.stage == stage) & (rows.team == team)]
    values = here.capability.dropna().to_numpy(np.float64)
    if len(values) < _LEAST_PART * len(here) or not len(values):
        return None
    return StrengthBand(*(float(q) for q in np.quantile(values, (LOW, MEDIAN, HIGH))))


def _frontier_on(scenario: Scenario, day: datetime.date) -> StrengthBand:
    """The world's best on a day: its level and growth may be uncertain, each by itself."""
    line = scenario.frontier
    level, growth = (_quantiles(number) for number in (line.level, line.growth_per_year))
    found = frontier(_years(line.date, day), level[:, None], growth[None, :])
    return StrengthBand(*(float(q) for q in np.quantile(found, (LOW, MEDIAN, HIGH))))


def _years(first: datetime.date, last: datetime.date) -> float:
    return float(years_between(last.toordinal(), first.toordinal()))


def _quantiles(number: object) -> Floats:
    if isinstance(number, Uncertain):
        return np.asarray(quantile(number, _GRID), dtype=np.float64)
    return np.array([number], dtype=np.float64)


def _strength_with(share: float, best: float) -> float:
    """The strength at which a model has a share of the accuracy of the best."""
    wanted = share * float(basket_accuracy(best))
    return float(brentq(lambda eci: float(basket_accuracy(eci)) - wanted, _WEAKEST, best))
