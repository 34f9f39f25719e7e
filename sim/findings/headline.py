"""Who stays or leaves most often, as far as the runs tell: of the first sentence and of a figure's title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from sim.findings.standing import Kind, compare_chances
from sim.scenario.comparison import indistinguishable_teams
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import default_name
from sim.stats.summary import Certain, Estimate, Summary, estimate
from sim.stats.tally import Tally

if TYPE_CHECKING:
    import pandas as pd

Judged = Literal["selected", "leaves_at_all"]


class TeamGroup(NamedTuple):
    """Teams in the order of the file, and the least and the greatest of their chances."""

    teams: tuple[str, ...]
    lowest: Estimate
    highest: Estimate


class Common(NamedTuple):
    """A chance that several teams share: its mean, and the ends of their intervals, 0..1."""

    p: float
    low: float
    high: float


class FieldSize(NamedTuple):
    """How many teams of how many are left at the end most often, and in how many runs; None for in all."""

    left: int
    teams: int
    share: Estimate | None
    stage: str  # the last that is held


@dataclass(frozen=True)
class Headline:
    """What matters most about a run, of the teams of which it is not known that they are out.

    With choices or doubts it is about leaving under the default option, unless late entrants might never have
    come in: who was never there cannot leave, and would seem safest. Else it is about staying.
    """

    judged: Judged
    option: str  # name of the default; empty where there is nothing to choose
    standing: Kind  # how the teams compare
    everybody: TeamGroup
    common: Common
    equal: float | None  # mean of the chances that dice decide, if nothing told those teams apart
    most: TeamGroup | None  # of whom it is judged most likely; none unless they stand apart, or are settled
    least: TeamGroup | None
    size: FieldSize | None  # where nothing is to be chosen and nothing doubted


def headline(summary: Summary) -> Headline:
    """Return what matters most about a run; `summary` counts the default option."""
    scenario = summary.scenario
    chances = {(row.team, row.chance): row.estimate for row in summary.rows() if not row.stage}
    teams = scenario.contenders or list(scenario.teams)
    undecided = bool(scenario.choices or scenario.doubts)
    all_there = all(chances[t, "never_entered"].certain == 0 for t in teams)
    judged: Judged = "leaves_at_all" if undecided and all_there else "selected"
    option = default_name(scenario) if scenario.choices else ""
    size = None if undecided else _size(summary)
    return _judge({t: chances[t, judged] for t in teams}, judged, option, summary.indistinct(), size)


def headline_of_options(table: pd.DataFrame, scenario: Scenario, runs: int) -> Headline:
    """Return the same from a table of options (see `sim.stats.alternatives.options_table`) of so many runs.

    Raises `ValueError` for a table without a default option.
    """
    rows = table[table.default]
    if rows.empty:
        raise ValueError("no row of a default option")
    sure: dict[str, Certain] = {"0": 0, "1": 1}
    chances = {
        str(team): estimate(round(float(p) * runs), runs, len(scenario.teams), sure.get(str(certain)))
        for team, p, certain in zip(rows.team, rows.p, rows.certain, strict=True)
    }
    if "all_low" in rows:  # of a forecast, whose dice are not those of so many independent runs
        ends = zip(rows.team, rows.low, rows.high, rows.all_low, rows.all_high, strict=True)
        chances |= {
            str(team): replace(
                chances[str(team)],
                low=float(low),
                high=float(high),
                all_low=float(least),
                all_high=float(most),
            )
            for team, low, high, least, most in ends
        }
    option = str(rows.option.iloc[0]) if table.option.nunique() > 1 else ""
    return _judge(chances, "leaves_at_all", option, indistinguishable_teams(scenario), None)


def _judge(
    chances: Mapping[str, Estimate],
    judged: Judged,
    option: str,
    indistinct: Iterable[tuple[str, ...]],
    size: FieldSize | None,
) -> Headline:
    standing = compare_chances(chances, indistinct)
    # Of an unclear order a sentence names nobody, whichever group may lie apart on one side.
    is_told = standing.kind != "unclear"
    everybody, diced = list(chances.values()), [e.p for e in chances.values() if e.certain is None]
    common = Common(
        sum(e.p for e in everybody) / len(everybody),
        min(e.low for e in everybody),
        max(e.high for e in everybody),
    )
    return Headline(
        judged,
        option,
        standing.kind,
        _group(chances, chances),
        common,
        sum(diced) / len(diced) if diced else None,
        _group(chances, standing.most) if standing.most and is_told else None,
        _group(chances, standing.least) if standing.least and is_told else None,
        size,
    )


def _group(chances: Mapping[str, Estimate], teams: Iterable[str]) -> TeamGroup:
    members = tuple(teams)
    ranked = sorted((chances[t] for t in members), key=lambda e: e.p)
    return TeamGroup(members, ranked[0], ranked[-1])


def _size(summary: Summary) -> FieldSize:
    sizes = _sizes(summary.tally)
    left, count = sizes.most_common(1)[0]
    share = None if count == summary.tally.runs else summary.estimate(lambda t: (_sizes(t)[left], t.runs))
    last = summary.scenario.last_held or list(summary.scenario.stages)[-1]
    return FieldSize(left, len(summary.scenario.teams), share, last)


def _sizes(tally: Tally) -> Counter[int]:
    """In how many runs so many teams are left at the end."""
    found: Counter[int] = Counter()
    for bits, count in tally.together.items():
        found[bits.bit_count()] += count
    return found
