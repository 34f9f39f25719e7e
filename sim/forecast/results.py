"""What the result of a decided stage says of its totals: who left by points was behind, or below the minimum.

The rules are those of `sim.rules.decisions`. Ties are left aside, for they have no width.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain, combinations
from typing import NamedTuple

from sim.forecast.statements import Question, RowName, StagePoints, Statement
from sim.model.draws import Floats
from sim.scenario.checks.cuts import round_teams
from sim.scenario.models.facts import TOTAL
from sim.scenario.models.stages import Cut

HAPPENED = "happened"

_WAY: Question = (HAPPENED, "cut")

_Teams = frozenset[str]


class _Way(NamedTuple):
    """A way in which a result can have come about, by how each team stood when the cut fell."""

    kept: _Teams  # by the cut; a gate that stands apart may have taken some of them
    behind: _Teams  # all of those kept
    reached: _Teams  # the minimum
    below: _Teams  # the minimum


def result_statements(points: StagePoints) -> Iterator[Statement]:
    """What follows for totals from who left and how, in each way in which it can have come about.

    A gate says nothing of the points of those whom it took. Where it stands apart, though, the cut has ranked
    them too: if it left fewer than it was to keep, some of them had places, and so were above who was cut.
    Where the rules of the file could not have led to the result, as in a what-if with other rules, it says
    nothing.
    """
    ways = list(_ways(points))
    for way in ways:
        answer = tuple(frozenset(teams) for teams in way)
        when = ((_WAY, answer),) if len(ways) > 1 else ()
        for weights, low, high in _bounds(points, way):
            name = RowName(f"{points.id}.{HAPPENED}", "out-by-points")
            yield Statement(name, ("stages", points.id, HAPPENED), weights, low, high, when)


def _bounds(points: StagePoints, way: _Way) -> Iterator[tuple[Floats, float, float]]:
    """Weights of sums of points, (places,), and between what they lie."""
    for ahead in _in_order(points, way.kept):
        for behind in _in_order(points, way.behind):
            yield points.difference(ahead, behind, TOTAL), 0.0, math.inf
    minimum = points.stage.cut.minimum
    if minimum is not None:
        assert isinstance(minimum, float)  # an uncertain one is refused
        for team in _in_order(points, way.reached):
            yield points.sum_of(team, TOTAL), minimum, math.inf
        for team in _in_order(points, way.below):
            yield points.sum_of(team, TOTAL), -math.inf, minimum


def _ways(points: StagePoints) -> Iterator[_Way]:
    """All ways, none of which overlaps with another but in ties."""
    happened = points.stage.happened or {}
    stayed = frozenset(points.teams) - happened.keys()
    by_points = frozenset(team for team, how in happened.items() if how == "out-by-points")
    at_gate = frozenset(happened) - by_points
    gate = points.stage.gate
    if gate is None or gate.mode == "first":  # the cut was among those who had passed
        yield from _ways_of_cut(points.stage.cut, stayed, by_points)
        return
    for had_place in _subsets(_in_order(points, at_gate)):
        kept, cut = stayed | had_place, by_points | (at_gate - had_place)
        yield from _ways_of_cut(points.stage.cut, kept, cut)


def _ways_of_cut(cut: Cut, kept: _Teams, gone: _Teams) -> Iterator[_Way]:
    """The ways in which a cut keeps just these teams; none if it cannot."""
    nobody: _Teams = frozenset()
    if cut.drop is None:
        full = cut.keep is not None and len(kept) == _whole(cut.keep)
        crowded = cut.keep is not None and len(kept) > _whole(cut.keep)
        if full:
            yield _Way(kept, gone, kept, nobody)
        elif not crowded and (cut.minimum is not None or not gone):
            yield _Way(kept, nobody, kept, gone)  # only the minimum can have taken them
        return
    for below in _subsets(sorted(gone)) if cut.minimum is not None else [nobody]:
        dropped = gone - below
        # A drop takes the last of those who have reached the minimum, or all if there are no more.
        if len(dropped) == _whole(cut.drop) or (not kept and len(dropped) < _whole(cut.drop)):
            yield _Way(kept, dropped, kept | dropped, below)


def _whole(number: object) -> int:
    assert isinstance(number, float)  # an uncertain cut is refused
    return round_teams(number)


def _subsets(teams: Iterable[str]) -> Iterator[_Teams]:
    teams = list(teams)
    sizes = (combinations(teams, size) for size in range(len(teams) + 1))
    return (frozenset(some) for some in chain.from_iterable(sizes))


def _in_order(points: StagePoints, teams: _Teams) -> list[str]:
    return [team for team in points.teams if team in teams]
