"""What is true of a sweep: the chances of leaving at every point, without words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sim.findings.chances import DoubtRange
from sim.findings.cost_path import CostPath
from sim.scenario.models.base import Name, is_number
from sim.scenario.models.scenario import Scenario
from sim.scenario.one_team import OneTeamKey, one_team_keys
from sim.stats.design import FILE, DesignPoint
from sim.stats.summary import Estimate, Summary
from sim.text.money import CurrencyCode

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")


@dataclass(frozen=True)
class SweptPoint:
    """One point, its choices at their default."""

    levels: tuple[Any, ...]  # of each factor
    leaves: Mapping[str, Estimate]  # at any stage; each team that may still be selected
    cost: float | None  # of the GPU-hours granted, mean; None without hardware
    own_cost: float | None  # of own GPUs that are priced, mean; None where none are
    currency: CurrencyCode
    ranges: Mapping[str, DoubtRange]  # of these chances, over the doubts; empty where none were played


class SweptDoubts(NamedTuple):
    """The doubts that were played at every point, each by itself."""

    number: int
    runs: int  # the first ones, in which they were played
    ranges: Mapping[int, Mapping[str, DoubtRange]]  # of leaving at any stage, by number of the point and team


@dataclass(frozen=True)
class SweepFindings:
    """What `sim sweep` has to say."""

    files: tuple[str, ...]  # of the scenarios, each once
    factors: tuple[str, ...]  # the paths that vary
    points: tuple[SweptPoint, ...]
    with_options: int  # points, each option of their choices by itself
    options: int | None  # of every point; None where points have different numbers of them
    default: str  # name of the option that the points are told by; empty without options, or if they differ
    teams: Mapping[str, Name]  # that may still be selected at some point
    half_width: float  # of the least exact chance of leaving
    scenario: Scenario  # of the first point
    runs: int  # at each point
    seed: int
    pasts: SweptPasts | None  # None where no point has facts
    cost_path: CostPath | None  # None where it is not one budget that varies
    doubts: SweptDoubts | None  # None where none were played
    change: SweptChange | None  # what the first sentence says; None where nothing is to be told of two points
    common: tuple[OneTeamKey, ...]  # where no chance differs: what varies, and is the same for every team
    is_over: bool = False  # whether every result is known at all points, so that nothing moves a chance


class SweptPasts(NamedTuple):
    """How the points, each option by itself, come by their pasts."""

    number: int  # of different pasts, each of which takes an inference
    with_facts: int  # points that have facts, and so one of them
    points: int


def sweep_findings(
    scenario: str,
    factors: Sequence[str],
    points: Sequence[DesignPoint],
    summaries: Sequence[Summary],
    runs: int,
    seed: int,
    pasts: Sequence[str | None],
    *,
    cost_path: CostPath | None = None,
    doubts: SweptDoubts | None = None,
) -> SweepFindings:
    """Work out what is true of a sweep of the file `scenario` along the paths `factors`.

    `summaries` are those of the `points`, and `pasts` what tells their pasts apart, None without facts.
    """
    default = [(v, s) for v, s in zip(points, summaries, strict=True) if v.default]
    ranges = {} if doubts is None else doubts.ranges
    swept = tuple(_point(point, summary, ranges.get(point.number, {})) for point, summary in default)
    options = set(Counter(point.number for point in points).values())
    names = {point.option for point, _ in default}
    first = default[0][0]
    told = len(points) > len(default) and len(names) == 1
    return SweepFindings(
        files=_files(scenario, factors, [point for point, _ in default]),
        factors=tuple(factors),
        points=swept,
        with_options=len(points),
        options=options.pop() if len(options) == 1 else None,
        default=first.option if told else "",
        teams={t: v.scenario.teams[t].name for v, _ in default for t in v.scenario.contenders},
        half_width=max((one.half_width for point in swept for one in point.leaves.values()), default=0.0),
        scenario=first.scenario,
        runs=runs,
        seed=seed,
        pasts=_count_pasts(pasts),
        cost_path=cost_path,
        doubts=doubts,
        change=find_swept_change([point for point, _ in default], [each for _, each in default], cost_path),
        common=()
        if all(point.scenario.is_over for point, _ in default) or not _are_alike(swept)
        else one_team_keys(first.scenario, factors),
        is_over=all(point.scenario.is_over for point, _ in default),
    )


def _are_alike(points: Sequence[SweptPoint]) -> bool:
    """Tell whether as many runs have each team leave at all of several points."""
    counted = {tuple(sorted((team, one.count) for team, one in point.leaves.items())) for point in points}
    return len(points) > 1 and len(counted) == 1


def _count_pasts(pasts: Sequence[str | None]) -> SweptPasts | None:
    inferred = [past for past in pasts if past is not None]
    return SweptPasts(len(set(inferred)), len(inferred), len(pasts)) if inferred else None


def _files(scenario: str, factors: Sequence[str], points: Sequence[DesignPoint]) -> tuple[str, ...]:
    """Name the files that were played: those that a factor names, or else the one that was asked for."""
    at = [i for i, path in enumerate(factors) if path == FILE]
    files = [str(point.point[i]) for point in points for i in at] or [scenario]
    return tuple(dict.fromkeys(Path(file).name for file in files))


def _point(point: DesignPoint, summary: Summary, ranges: Mapping[str, DoubtRange]) -> SweptPoint:
    leaves = {
        one.team: one.estimate
        for one in summary.rows()
        if one.chance == "leaves_at_all" and one.team in point.scenario.contenders
    }
    money = summary.mean("cost"), summary.own_money, point.scenario.money
    return SweptPoint(point.point, leaves, *money, {team: ranges[team] for team in leaves if team in ranges})


def choose_evenly(values: Sequence[T], most: int) -> Sequence[T]:
    """Choose `most` of the values at most, evenly, the first and the last among them."""
    if len(values) <= most:
        return values
    step = (len(values) - 1) / (most - 1)
    return [values[round(i * step)] for i in range(most)]


class ChanceEnds(NamedTuple):
    """A chance and the ends of its 95 % interval."""

    p: float
    low: float
    high: float


class SweptChange(NamedTuple):
    """The chance of leaving of the team that moves most, at two points of a sweep.

    Along one number they are those of its least and its greatest value; else those where the chance is least
    and greatest.
    """

    team: str
    low: tuple[Any, ...]  # the levels of every factor
    high: tuple[Any, ...]
    first: ChanceEnds
    last: ChanceEnds
    is_along: bool  # whether one number varies
    is_seen: bool  # whether it is more than dice, though these two are chosen among many


def find_swept_change(
    points: Sequence[DesignPoint], summaries: Sequence[Summary], cost_path: CostPath | None = None
) -> SweptChange | None:
    """Find whose chance of leaving changes most over points that have their choices at their default.

    `cost_path` has paired differences along a budget, where that is what varies. None where there is one
    point, or no team at two of them, or nothing moves a chance any more.
    """
    if len(points) < 2 or all(point.scenario.is_over for point in points):
        return None
    is_along = all(len(point.point) == 1 and is_number(point.point[0]) for point in points)
    chances = _chances_by_team(points, summaries)
    ends = _ends_along(points, chances) if is_along else _ends_over(chances)
    if not ends:
        return None
    among = len(ends) if is_along else len(ends) * len(points)

    def change_of(team: str) -> SweptChange:
        low, high = (points[i].point for i in ends[team])
        first, last = (summaries[i].leaving(team, among) for i in ends[team])
        apart = first.all_high < last.all_low or last.all_high < first.all_low
        return SweptChange(team, low, high, _ends_of(first), _ends_of(last), is_along, apart)

    found = change_of(max(ends, key=lambda t: abs(chances[t][ends[t][1]] - chances[t][ends[t][0]])))
    # What is kept of a sweep are counts of each point by itself, and as points share their random numbers,
    # intervals that lie apart are on the safe side. Where differences were paired, they tell more.
    if not found.is_seen and cost_path is not None and cost_path.team in ends:
        paired = change_of(cost_path.team)
        if cost_path.sees(paired.low[0], paired.high[0]):
            return paired._replace(is_seen=True)
    return found


def _ends_of(chance: Estimate) -> ChanceEnds:
    return ChanceEnds(chance.p, chance.low, chance.high)


def _ends_along(
    points: Sequence[DesignPoint], chances: Mapping[str, Mapping[int, float]]
) -> dict[str, tuple[int, int]]:
    """The points of the least and of the greatest value, for each team that is at both."""
    order = sorted(range(len(points)), key=lambda i: points[i].point[0])
    first, last = order[0], order[-1]
    return {team: (first, last) for team, of_team in chances.items() if {first, last} <= of_team.keys()}


def _ends_over(chances: Mapping[str, Mapping[int, float]]) -> dict[str, tuple[int, int]]:
    """The points of each team's least and greatest chance, for each team that is at two of them."""
    return {
        team: (min(of_team, key=of_team.__getitem__), max(of_team, key=of_team.__getitem__))
        for team, of_team in chances.items()
        if len(of_team) > 1
    }


def _chances_by_team(
    points: Sequence[DesignPoint], summaries: Sequence[Summary]
) -> dict[str, dict[int, float]]:
    """The chances of leaving of teams that may still be selected, by the numbers of the points."""
    found: dict[str, dict[int, float]] = {}
    for i, (point, summary) in enumerate(zip(points, summaries, strict=True)):
        shares = summary.shares()
        for team in point.scenario.contenders:
            found.setdefault(team, {})[i] = shares["", team, "leaves_at_all"]
    return found


def change_table(change: SweptChange | None) -> pd.DataFrame:
    """Return a change as a table of one row, or of none."""
    import pandas as pd

    return pd.DataFrame([] if change is None else [change], columns=SweptChange._fields)


def read_change(table: pd.DataFrame) -> SweptChange | None:
    """Return the change that such a table holds."""
    rows = table.to_dict("records")
    return SweptChange(**{str(key): value for key, value in rows[0].items()}) if rows else None


def choose_movers(chances: Mapping[str, Sequence[float]], most: int) -> list[str]:
    """Choose `most` teams at most whose least and greatest chance lie farthest apart, in their order."""
    spans = {team: max(values) - min(values) for team, values in chances.items()}
    chosen = sorted(spans, key=lambda team: -spans[team])[:most]
    return [team for team in chances if team in chosen]


def find_widest_span(chances: Mapping[str, Sequence[float]]) -> str:
    """Find the team whose least and greatest chance lie farthest apart; the first of equals."""
    return max(chances, key=lambda team: max(chances[team]) - min(chances[team]))
