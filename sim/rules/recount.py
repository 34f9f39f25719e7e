"""Reported points counted again: who leaves as it stands, and without a block. Nothing is drawn.

Points that count out of another maximum than they were reported under count in proportion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.model.draws import Floats
from sim.model.points import Bools, round_to_step
from sim.model.quantiles import whole
from sim.rules.decisions import Codes, cut, rank
from sim.rules.sheet import Sheet
from sim.scenario.models.observed import Reported, half_unit, report_columns
from sim.scenario.models.stages import Cut


@dataclass(frozen=True)
class Recount:
    """Totals, places and who stays; arrays are (teams,).

    Whoever neither stays nor leaves is in a tie across the cut that the rules do not break without luck.
    """

    sheet: Sheet
    blocks: dict[str, Floats]  # points counted
    total: Floats
    first: Codes  # the best place that a team can claim, from 1
    last: Codes  # the worst; the same but for ties
    stays: Bools
    leaves: Bools

    @property
    def leaving(self) -> tuple[str, ...]:
        """The teams that leave."""
        return self._of(self.leaves)

    @property
    def tied(self) -> tuple[str, ...]:
        """The teams between which the cut falls although nothing tells them apart."""
        return self._of(~(self.stays | self.leaves))

    @property
    def margin(self) -> float | None:
        """Points between the last to stay and the first to leave; None if the cut parts nobody."""
        if self.tied:
            return 0.0
        if not (self.stays.any() and self.leaves.any()):
            return None
        return float(self.total[self.stays].min() - self.total[self.leaves].max())

    def _of(self, which: Bools) -> tuple[str, ...]:
        return tuple(team for team, it in zip(self.sheet.teams, which, strict=True) if it)


def recount_points(sheet: Sheet) -> Recount:
    """Count the points: totals rounded as the stage says, ties broken by its ladder, the cut by its rule.

    Raises `ValueError` if nothing counts.
    """
    if not sum(sheet.maxima.values()) > 0:
        raise ValueError("no points are left to count")
    blocks = {block: points_of(sheet, sheet.within(block)) for block in sheet.maxima}
    total = round_to_step(points_of(sheet, range(len(sheet.parts))), sheet.round_to)
    first, last = _places(total, [round_to_step(blocks[block], sheet.round_to) for block in sheet.ties])
    return Recount(sheet, blocks, total, first, last, _kept(sheet.cut, last), ~_kept(sheet.cut, first))


def points_of(sheet: Sheet, parts: Sequence[int]) -> Floats:
    """Points counted in these parts, (teams,), added first to last."""
    total = np.zeros(len(sheet.teams))
    for part in (sheet.parts[i] for i in parts):
        total = total + part.points * (part.maximum / part.out_of)
    return total


def without(sheet: Sheet) -> dict[str, Recount]:
    """The recount without each block that counts; empty where only one does."""
    counting = [block for block, maximum in sheet.maxima.items() if maximum > 0]
    return {block: recount_points(sheet.weighing({block: 0.0})) for block in counting if len(counting) > 1}


class Disagreement(NamedTuple):
    """A total that is not the sum of its points."""

    team: str
    summed: float
    reported: float


def disagreements(report: Reported) -> list[Disagreement]:
    """Where totals as reported differ from the sums of the points by more than rounding can make them."""
    terms = [column for block in report.out_of for column in report_columns(report, block).values()]
    rounding = sum(map(half_unit, terms)) + half_unit(report.totals.values())
    sums = {team: math.fsum(points) for team, *points in zip(report.points, *terms, strict=True)}
    return [
        Disagreement(team, sums[team], total)
        for team, total in report.totals.items()
        if abs(sums[team] - total) > rounding * (1 + 1e-9)
    ]


def _places(total: Floats, rungs: list[Floats]) -> tuple[Codes, Codes]:
    """The best and the worst place of each team, (teams,): they differ where only luck could tell."""
    one_each = np.eye(total.size)  # row i: luck as team i would wish, or fear

    def places(luck: Floats) -> Codes:
        field = np.ones(luck.shape, dtype=bool)
        rows = (np.broadcast_to(rung, luck.shape) for rung in rungs)
        return rank(np.broadcast_to(total, luck.shape), field, rows, lambda: luck).diagonal()

    return places(one_each), places(-one_each)


def _kept(rule: Cut, places: Codes) -> Bools:
    keep, drop = (None if limit is None else whole(np.array([limit])) for limit in (rule.keep, rule.drop))
    return cut(places, np.ones(places.shape, dtype=bool), keep, drop)
