"""Reported points counted again: who leaves as it stands, and without a block. Nothing is drawn.

A sheet has the points in parts that are known apart, each with what it counts now. Points that count out of
another maximum than they were reported under count in proportion.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from sim.model.draws import Floats
from sim.model.points import Bools, round_to_step
from sim.model.quantiles import whole
from sim.rules.decisions import Codes, cut, rank
from sim.scenario.models.facts import Reported, half_unit, report_columns
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.points import PointsBlock
from sim.scenario.models.stages import Cut, Stage
from sim.scenario.problems import did_you_mean


class SheetPart(NamedTuple):
    """A block, or the items of one, whose points are known apart from the rest."""

    block: str
    items: tuple[str, ...]  # empty: the whole block
    points: Floats  # as reported, (teams,)
    out_of: float  # the maximum under which they were reported
    maximum: float  # what it counts now
    rounding: float  # what rounding in the report can have moved a team's points by

    @property
    def name(self) -> str:
        """`block`, or `block/item`, or `block/item+item` for items known only together."""
        return f"{self.block}/{'+'.join(self.items)}" if self.items else self.block


@dataclass(frozen=True)
class ScoreSheet:
    """All that a recount needs: the points of the teams, and the rules of the stage."""

    teams: tuple[str, ...]
    parts: tuple[SheetPart, ...]
    cut: Cut
    ties: tuple[str, ...]
    round_to: float

    @property
    def maxima(self) -> dict[str, float]:
        """What each block counts, in the order of the report."""
        found: dict[str, float] = {}
        for part in self.parts:
            found[part.block] = found.get(part.block, 0.0) + part.maximum
        return found

    def within(self, name: str) -> list[int]:
        """The positions of the parts that make up the block or the item `name`.

        Raises `ValueError` for a name that is no block, and no item whose points are known by themselves.
        """
        found = [i for i, part in enumerate(self.parts) if name in (part.block, part.name)]
        if not found:
            known = dict.fromkeys([*self.maxima, *(part.name for part in self.parts)])
            raise ValueError(f"no points of '{name}' are reported ({did_you_mean(name, known)})")
        return found

    def weighing(self, maxima: Mapping[str, float]) -> ScoreSheet:
        """The same points with other maxima, by block (its parts keep their proportions) or `block/item`.

        Raises `ValueError` as `within` does.
        """
        parts = list(self.parts)
        for name in sorted(maxima, key=lambda name: "/" in name):  # a block first, then what differs in it
            inside = self.within(name)
            shares = [parts[i].maximum for i in inside]
            if not any(shares):
                shares = [parts[i].out_of for i in inside]
            for i, share in zip(inside, shares, strict=True):
                parts[i] = parts[i]._replace(maximum=maxima[name] * share / sum(shares))
        return replace(self, parts=tuple(parts))


def sheet(stage: Stage) -> ScoreSheet:
    """What was reported of `stage`, each part with the maximum that the stage gives it now.

    Raises `ValueError` if nothing was reported, if the cut is no plain number or goes by more than that, or
    if items of which only the sum is known would count in new proportions.
    """
    report = stage.reported
    if report is None:
        raise ValueError("no points are reported")
    for limit in (stage.cut.keep, stage.cut.drop):
        if isinstance(limit, Uncertain):
            raise ValueError("the cut is uncertain, expected a number of teams")
    for key in ("minimum", "within", "places", "at_most", "budget"):
        if getattr(stage.cut, key) is not None:
            raise ValueError(
                f"the cut goes by `{key}`, which is not counted again, expected `keep` or `drop` alone"
            )
    parts = (part for block in report.out_of for part in _parts(report, block, stage.points[block]))
    return ScoreSheet(tuple(report.points), tuple(parts), stage.cut, stage.ties, stage.round_to)


def _parts(report: Reported, block: str, rules: PointsBlock) -> Iterator[SheetPart]:
    """A block in as many parts as are known apart."""
    out_of, given = report.out_of[block], report_columns(report, block)
    if not isinstance(out_of, dict):
        yield SheetPart(block, (), np.array(given[""]), out_of, rules.max, half_unit(given[""]))
        return
    known = {i: [points[team] for team in report.points] for i, points in report.items.get(block, {}).items()}
    known |= {item: points for item, points in given.items() if item}
    parts = [
        SheetPart(block, (item,), np.array(known[item]), most, rules.items[item].max, half_unit(known[item]))
        for item, most in out_of.items()
        if item in known
    ]
    yield from parts
    others = {item: most for item, most in out_of.items() if item not in known}
    if others:
        yield _rest(block, others, given[""], parts, rules)


def _rest(
    block: str, out_of: dict[str, float], given: list[float], known: list[SheetPart], rules: PointsBlock
) -> SheetPart:
    """What the known items of a block leave of it, as one part."""
    now = {item: rules.items[item].max for item in out_of}
    most, maximum = sum(out_of.values()), sum(now.values())
    if any(abs(now[item] * most - maximum * of) > 1e-9 * most * maximum for item, of in out_of.items()):
        which = f"the items {', '.join(out_of)} of {block}"
        raise ValueError(f"only the sum of {which} is known, so they cannot count in new proportions")
    points = np.array(given)
    for part in known:
        points = points - part.points
    rounding = half_unit(given) + sum(part.rounding for part in known)
    return SheetPart(block, tuple(out_of), np.maximum(points, 0.0), most, maximum, rounding)


@dataclass(frozen=True)
class Recount:
    """Totals, places and who stays; arrays are (teams,).

    Whoever neither stays nor leaves is in a tie across the cut that the rules do not break without luck.
    """

    sheet: ScoreSheet
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


def recount_points(sheet: ScoreSheet) -> Recount:
    """Count the points: totals rounded as the stage says, ties broken by its ladder, the cut by its rule.

    Raises `ValueError` if nothing counts.
    """
    if not sum(sheet.maxima.values()) > 0:
        raise ValueError("no points are left to count")
    blocks = {block: points_of(sheet, sheet.within(block)) for block in sheet.maxima}
    total = round_to_step(points_of(sheet, range(len(sheet.parts))), sheet.round_to)
    first, last = _places(total, [round_to_step(blocks[block], sheet.round_to) for block in sheet.ties])
    return Recount(sheet, blocks, total, first, last, _kept(sheet.cut, last), ~_kept(sheet.cut, first))


def points_of(sheet: ScoreSheet, parts: Sequence[int]) -> Floats:
    """Points counted in these parts, (teams,), added first to last."""
    total = np.zeros(len(sheet.teams))
    for part in (sheet.parts[i] for i in parts):
        total = total + part.points * (part.maximum / part.out_of)
    return total


def without(sheet: ScoreSheet) -> dict[str, Recount]:
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
