"""Who stands out among several chances, as far as the runs tell; and of that what matters most about a run.

One definition for all renderers: of first sentences, of figures' titles and of what stands below these.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sim.scenario.comparison import indistinguishable_teams
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import default_name
from sim.stats.summary import Certain, Estimate, Summary, estimate
from sim.stats.tally import Tally

if TYPE_CHECKING:
    import pandas as pd

Judged = Literal["selected", "leaves_at_all"]

MOST_RUNS = 0.9
"""The part of runs of which a range of numbers of teams is told."""

_DECIDED = ("nobody", "everybody", "settled", "known")

Kind = Literal["nobody", "everybody", "settled", "alike", "level", "unclear", "apart", "known"]
"""How the teams stand to one another.

The rules alone decide the chance of each: 0 for all (`nobody`), 1 for all (`everybody`), or both are there
(`settled`). No input tells the teams apart (`alike`). All intervals overlap (`level`). Some do not, but no
group lies apart from all others on both sides (`unclear`). One group lies above all others and one below
(`apart`). Every result has happened, so that there is no chance to compare (`known`).
"""


@dataclass(frozen=True)
class TeamOrder:
    """How the chances of several teams compare.

    `most` and `least` are the teams that are certain where the rules decide, else the smallest groups whose
    intervals, good for all teams at once, lie above, or below, those of everybody else; empty where none
    does. `lowest` and `highest` are the teams with the least and the greatest chance seen.
    """

    kind: Kind
    most: tuple[str, ...]
    least: tuple[str, ...]
    lowest: str
    highest: str

    @property
    def is_decided(self) -> bool:
        """Whether the rules alone decide all of the chances."""
        return self.kind in _DECIDED


def compare_chances(chances: Mapping[str, Estimate], indistinct: Iterable[tuple[str, ...]] = ()) -> TeamOrder:
    """Compare the chances of teams, by team id; `indistinct` are groups of teams that no input tells apart.

    Raises ValueError if there is no chance.
    """
    if not chances:
        raise ValueError("no chances to compare")
    by_chance = {team: one.p for team, one in chances.items()}
    lowest, highest = (of(by_chance, key=by_chance.__getitem__) for of in (min, max))
    kind, most, least = _rank(chances, indistinct)
    return TeamOrder(kind, tuple(most), tuple(least), lowest, highest)


def _rank(
    chances: Mapping[str, Estimate], indistinct: Iterable[tuple[str, ...]]
) -> tuple[Kind, list[str], list[str]]:
    certain = {team: one.certain for team, one in chances.items()}
    if None not in certain.values():
        surely, never = ([team for team in certain if certain[team] == sure] for sure in (1, 0))
        return "nobody" if not surely else "everybody" if not never else "settled", surely, never
    # Before any look at intervals: whatever separates these is luck, and 5 % of samples would name somebody.
    if len(chances) > 1 and any(set(chances) <= set(group) for group in indistinct):
        return "alike", [], []
    if max(one.all_low for one in chances.values()) <= min(one.all_high for one in chances.values()):
        return "level", [], []
    most, least = _leading(chances), _leading(chances, reverse=True)
    return "apart" if most and least else "unclear", most, least


def _leading(chances: Mapping[str, Estimate], *, reverse: bool = False) -> list[str]:
    """The smallest group whose intervals, good for all at once, lie above those of everybody else.

    In the order of `chances`; empty if no group stands apart. `reverse`: below instead of above.
    """
    sign = -1 if reverse else 1
    ends = {team: sorted((sign * one.all_low, sign * one.all_high)) for team, one in chances.items()}
    ranked = sorted(chances, key=lambda team: -sign * chances[team].p)
    for size in range(1, len(ranked)):
        group, others = ranked[:size], ranked[size:]
        if min(ends[team][0] for team in group) > max(ends[team][1] for team in others):
            return [team for team in chances if team in group]
    return []


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


class SizeRange(NamedTuple):
    """From how many to how many teams are left, and in how many runs."""

    low: int
    high: int
    share: Estimate


class FieldSize(NamedTuple):
    """How many teams of how many are left at the end most often, and in how many runs; None for in all."""

    left: int
    teams: int
    share: Estimate | None
    stage: str  # the last that is held
    range: SizeRange | None = None  # where no number is left in half of the runs


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
    size: FieldSize | None  # where nothing is to be chosen and nothing doubted, or all is known
    day: datetime.date | None = None  # of the last result, where all are known

    @property
    def is_decided(self) -> bool:
        """Whether the rules alone, or known results, decide all of the chances."""
        return self.standing in _DECIDED


def headline(summary: Summary) -> Headline:
    """Return what matters most about a run; `summary` counts the default option."""
    scenario = summary.scenario
    chances = {(row.team, row.chance): row.estimate for row in summary.rows() if not row.stage}
    teams = scenario.contenders or list(scenario.teams)
    if scenario.is_over:
        return _known({t: chances[t, "selected"] for t in teams}, scenario)
    undecided = bool(scenario.choices or scenario.doubts)
    all_there = all(chances[t, "never_entered"].certain == 0 for t in teams)
    judged: Judged = "leaves_at_all" if undecided and all_there else "selected"
    option = default_name(scenario) if scenario.choices else ""
    size = None if undecided else _size(summary)
    return _judge({t: chances[t, judged] for t in teams}, judged, option, summary.indistinct(), size)


def headline_of_leaving(summary: Summary) -> Headline:
    """Return what matters most about leaving, whatever is open; of staying where some might never come in."""
    rows = {(row.team, row.chance): row.estimate for row in summary.rows() if not row.stage}
    scenario = summary.scenario
    teams = scenario.contenders or list(scenario.teams)
    if scenario.is_over or any(rows[t, "never_entered"].certain != 0 for t in teams):
        return headline(summary)
    return _judge(
        {t: rows[t, "leaves_at_all"] for t in teams}, "leaves_at_all", "", summary.indistinct(), None
    )


def _known(stays: Mapping[str, Estimate], scenario: Scenario) -> Headline:
    """What happened, where every result is known: no choice and no doubt can change it any more."""
    last, everybody = list(scenario.stages)[-1], list(stays.values())
    common = Common(everybody[0].p, everybody[0].low, everybody[0].high)
    size = FieldSize(len(scenario.contenders), len(scenario.teams), None, last)
    day = scenario.stages[last].decided
    return Headline("selected", "", "known", _group(stays, stays), common, None, None, None, size, day)


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


def headline_of_table(
    table: pd.DataFrame, scenario: Scenario, judged: Judged, indistinct: Iterable[tuple[str, ...]]
) -> Headline:
    """Return what matters most about leaving, or staying, from a table of chances (`chances_table`).

    `indistinct` are groups of teams that no input tells apart, nor any rule of a user's own.

    Raises `ValueError` for a table without the chance.
    """
    teams = scenario.contenders or list(scenario.teams)
    asked = "selected" if scenario.is_over else judged
    rows = table[(table.chance == asked) & (table.stage == "") & table.team.isin(teams)]
    if rows.empty:
        raise ValueError(f"no row of the chance '{asked}'")
    chances = {str(row.team): _estimate_of(row, len(scenario.teams)) for row in rows.itertuples()}
    if scenario.is_over:
        return _known(chances, scenario)
    option = default_name(scenario) if scenario.choices else ""
    return _judge(chances, judged, option, indistinct, None)


def _estimate_of(row: Any, teams: int) -> Estimate:
    """The chance of a row; its interval for all teams at once is wider than Wilson's as much as its own is.

    Those of a forecast are wider, for its replications are not independent.
    """
    sure: dict[str, Certain] = {"0": 0, "1": 1}
    found = estimate(int(row.count), int(row.of), teams, sure.get(str(row.certain)))
    if found.certain is not None:
        return found
    below, above = (
        own / wilson if wilson > 0 else 1.0
        for own, wilson in (
            (found.p - row.low, found.p - found.low),
            (row.high - found.p, found.high - found.p),
        )
    )
    return replace(
        found,
        low=float(row.low),
        high=float(row.high),
        all_low=max(0.0, found.p - max(1.0, below) * (found.p - found.all_low)),
        all_high=min(1.0, found.p + max(1.0, above) * (found.all_high - found.p)),
    )


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
    found = FieldSize(left, len(summary.scenario.teams), share, last)
    if 2 * count >= summary.tally.runs:
        return found
    low, high = _narrowest(sizes, MOST_RUNS)
    within = summary.estimate(lambda t: (sum(_sizes(t)[n] for n in range(low, high + 1)), t.runs))
    return found._replace(range=SizeRange(low, high, within))


def _narrowest(sizes: Counter[int], part: float) -> tuple[int, int]:
    """The narrowest range of numbers that has at least a part of all runs; of several the lowest."""
    ends, needed = sorted(sizes), part * sizes.total()
    best, held, first = (ends[0], ends[-1]), 0, 0
    for high in ends:
        held += sizes[high]
        while held - sizes[ends[first]] >= needed:
            held -= sizes[ends[first]]
            first += 1
        if held >= needed and high - ends[first] < best[1] - best[0]:
            best = ends[first], high
    return best


def _sizes(tally: Tally) -> Counter[int]:
    """In how many runs so many teams are left at the end."""
    if tally.sizes is not None:
        return tally.sizes
    found: Counter[int] = Counter()
    for bits, count in tally.together.items():
        found[bits.bit_count()] += count
    return found
