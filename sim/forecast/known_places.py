"""The places that teams are known to have had at a decided stage, by facts about totals and by who left."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from sim.forecast.results import result_statements
from sim.forecast.statements import StagePoints, Statement, fact_statements
from sim.scenario.models.facts import TOTAL
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.scenario import Scenario


class PlaceRange(NamedTuple):
    """The best and the worst place that a team can have had, counted from 1."""

    best: int
    worst: int


def known_places(scenario: Scenario, stage_id: str) -> dict[str, PlaceRange]:
    """Return between which places each team that the cut ranked was; what is open says nothing.

    A gate that comes first takes teams before they are ranked.
    """
    points = StagePoints(scenario, stage_id)
    ranked = [team for team in points.teams if team not in gone_before_cut(scenario, stage_id)]
    at = {team: i for i, team in enumerate(ranked)}
    ahead = np.zeros((len(ranked), len(ranked)), dtype=bool)
    said = [each for each in _statements(points) if not each.when]
    for team in ranked:
        for other in ranked:
            ahead[at[team], at[other]] = team != other and _is_ahead(points, said, team, other)
    for middle in range(len(ranked)):  # ahead of whoever is ahead of another (Warshall)
        ahead |= ahead[:, middle, None] & ahead[None, middle, :]
    return {
        team: PlaceRange(1 + int(ahead[:, i].sum()), len(ranked) - int(ahead[i].sum()))
        for team, i in at.items()
    }


def gone_before_cut(scenario: Scenario, stage_id: str) -> frozenset[str]:
    """Return who failed a gate that comes first, and so was not ranked."""
    stage = scenario.stages[stage_id]
    if stage.gate is None or stage.gate.mode != "first":
        return frozenset()
    return frozenset(team for team, how in (stage.happened or {}).items() if how == "out-at-gate")


def _statements(points: StagePoints) -> Iterable[Statement]:
    cut = points.stage.cut
    yield from fact_statements(points)
    if not any(isinstance(number, Uncertain) for number in (cut.keep, cut.drop, cut.minimum)):
        yield from result_statements(points)


def _is_ahead(points: StagePoints, said: Iterable[Statement], team: str, other: str) -> bool:
    """Whether it is said that a team has more points in total, or between which numbers both lie."""
    difference = points.difference(team, other, TOTAL)
    sums = {name: points.sum_of(name, TOTAL) for name in (team, other)}
    least, most = -math.inf, math.inf
    for each in said:
        if np.array_equal(each.weights, difference) and each.low >= 0:
            return True
        if np.array_equal(each.weights, sums[team]):
            least = max(least, each.low)
        if np.array_equal(each.weights, sums[other]):
            most = min(most, each.high)
    return least >= most
