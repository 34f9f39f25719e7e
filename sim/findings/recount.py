"""What reported points come to when they are counted again: who leaves, and what would change that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from sim.rules.recount import (
    Disagreement,
    Recount,
    ScoreSheet,
    SheetPart,
    disagreements,
    recount_points,
    without,
)
from sim.rules.weights import Crossing, Weight, weights
from sim.scenario.models.facts import decimals, report_columns
from sim.scenario.models.scenario import Scenario

RecountVerdict = Literal["leave", "by_ladder", "tie", "all_leave", "none_leaves"]
"""How it is decided who leaves: by points, by the ladder of ties, by nothing reported, or by no cut."""

RecountFate = Literal["stays", "leaves", "tied"]


@dataclass(frozen=True)
class RecountRow:
    """One team in the table."""

    team: str
    points: Mapping[str, float]  # by block
    total: float
    rank: int  # the best place that it can claim, from 1
    rank_at_worst: int  # the same but for ties
    fate: RecountFate


@dataclass(frozen=True)
class Flip:
    """Shares of all points at which not the same teams leave as now, between two borders.

    `low` is None from 0 on, `high` is None up to 1. `new` leave there and not now, `old` now and not there.
    """

    low: Crossing | None
    high: Crossing | None
    leaving: tuple[str, ...]
    tied: tuple[str, ...]
    new: tuple[str, ...]
    old: tuple[str, ...]


@dataclass(frozen=True)
class Reweighing:
    """A block or an item at other shares of all points; without flips the same teams leave at any."""

    weight: Weight
    flips: tuple[Flip, ...]  # from the lowest share to the highest


@dataclass(frozen=True)
class RecountFindings:
    """The count of one stage's reported points, as they were reported and as they are to count."""

    scenario: Scenario
    stage: str
    maxima: Mapping[str, float]  # what each block counts now
    parts: tuple[SheetPart, ...]
    as_reported: Recount
    now: Recount
    rows: tuple[RecountRow, ...]
    reported_totals: Mapping[str, float]
    disagreements: tuple[Disagreement, ...]  # totals that are not the sums of their points
    without: Mapping[str, Recount]  # by the block that is left out
    reweighings: tuple[Reweighing, ...]
    digits: int  # decimals in which points were reported

    @property
    def changes(self) -> tuple[SheetPart, ...]:
        """The parts that count out of another maximum than they were reported under."""
        return tuple(part for part in self.parts if part.maximum != part.out_of)

    @property
    def sum_of_maxima(self) -> float:
        """What all blocks count together now."""
        return sum(self.maxima.values())

    @property
    def sum_reported_out_of(self) -> float:
        """What all blocks counted together in the report."""
        return sum(part.out_of for part in self.parts)


def recount_findings(
    scenario: Scenario, stage: str, reported: ScoreSheet, counted: ScoreSheet
) -> RecountFindings:
    """Count the points of a stage: `reported` at the weights of the report, `counted` at those of now.

    Raises `ValueError` if nothing counts.
    """
    report = scenario.stages[stage].reported
    assert report is not None  # there is a sheet of it
    given = [
        x for block in report.out_of for column in report_columns(report, block).values() for x in column
    ]
    found = recount_points(counted)
    return RecountFindings(
        scenario=scenario,
        stage=stage,
        maxima=counted.maxima,
        parts=counted.parts,
        as_reported=recount_points(reported),
        now=found,
        rows=_rows(found),
        reported_totals=report.totals,
        disagreements=tuple(disagreements(report)),
        without=without(counted),
        reweighings=tuple(Reweighing(each, tuple(_flips(each))) for each in weights(counted)),
        digits=decimals([*given, *report.totals.values()]),
    )


def verdict_of(found: Recount) -> RecountVerdict:
    """Tell how a count decides who leaves."""
    if found.tied:
        return "tie"
    if found.margin is None:
        return "all_leave" if found.leaving else "none_leaves"
    return "by_ladder" if found.margin == 0 else "leave"


def _rows(found: Recount) -> tuple[RecountRow, ...]:
    return tuple(
        RecountRow(
            team,
            {block: float(points[i]) for block, points in found.blocks.items()},
            float(found.total[i]),
            int(found.first[i]),
            int(found.last[i]),
            "stays" if found.stays[i] else "leaves" if found.leaves[i] else "tied",
        )
        for i, team in enumerate(found.sheet.teams)
    )


def _flips(weight: Weight) -> Iterator[Flip]:
    here = next(span for span in weight.spans if weight.now <= span.high)
    ends = pairwise((None, *weight.borders, None))
    for span, (low, high) in zip(weight.spans, ends, strict=True):
        if span is not here:
            new = tuple(team for team in span.leaving if team not in here.leaving)
            old = tuple(team for team in here.leaving if team not in span.leaving)
            yield Flip(low, high, span.leaving, span.tied, new, old)
