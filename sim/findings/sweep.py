"""What is true of a sweep: the chances of leaving at every point, without words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sim.findings.cost_path import CostPath
from sim.scenario.models.base import Name, is_number
from sim.scenario.models.scenario import Scenario
from sim.scenario.one_team import OneTeamKey, one_team_keys
from sim.stats.design import FILE, DesignPoint
from sim.stats.summary import Estimate, Summary
from sim.text.money import CurrencyCode

T = TypeVar("T")


@dataclass(frozen=True)
class SweptPoint:
    """One point, its choices at their default."""

    levels: tuple[Any, ...]  # of each factor
    leaves: Mapping[str, Estimate]  # at any stage; each team that may still be selected
    cost: float | None  # of the GPU-hours granted, mean; None without hardware
    own_cost: float | None  # of own GPUs that are priced, mean; None where none are
    currency: CurrencyCode


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
    cost_path: CostPath | None = None,
) -> SweepFindings:
    """Work out what is true of a sweep of the file `scenario` along the paths `factors`.

    `summaries` are those of the `points`, and `pasts` what tells their pasts apart, None without facts.
    """
    default = [(v, s) for v, s in zip(points, summaries, strict=True) if v.default]
    swept = tuple(_point(point, summary) for point, summary in default)
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


def _point(point: DesignPoint, summary: Summary) -> SweptPoint:
    leaves = {
        one.team: one.estimate
        for one in summary.rows()
        if one.chance == "leaves_at_all" and one.team in point.scenario.contenders
    }
    return SweptPoint(point.point, leaves, summary.mean("cost"), summary.own_money, point.scenario.money)


def choose_evenly(values: Sequence[T], most: int) -> Sequence[T]:
    """Choose `most` of the values at most, evenly, the first and the last among them."""
    if len(values) <= most:
        return values
    step = (len(values) - 1) / (most - 1)
    return [values[round(i * step)] for i in range(most)]


class SweptChange(NamedTuple):
    """By how much the chance of the team that moves most changes from the least to the greatest level."""

    team: str
    low: Any  # the levels
    high: Any
    first: Estimate
    last: Estimate

    @property
    def is_seen(self) -> bool:
        """Whether the intervals of the two, good for all teams at once, lie apart."""
        return self.first.all_high < self.last.all_low or self.last.all_high < self.first.all_low


def find_swept_change(found: SweepFindings) -> SweptChange | None:
    """Find the team whose chance changes most along the one number that varies; None where more does."""
    if len(found.factors) != 1 or len(found.points) < 2 or found.is_over:
        return None
    if not all(is_number(point.levels[0]) for point in found.points):
        return None
    first, *_, last = sorted(found.points, key=lambda point: point.levels[0])
    teams = [team for team in first.leaves if team in last.leaves]
    if not teams:
        return None
    team = max(teams, key=lambda team: abs(last.leaves[team].p - first.leaves[team].p))
    return SweptChange(team, first.levels[0], last.levels[0], first.leaves[team], last.leaves[team])


class SeenChange(NamedTuple):
    """The chance of one team at two values: where the change is greatest, and whether dice could make it."""

    team: str
    first: int  # the places of the values
    last: int
    before: tuple[float, float, float]  # a chance with its interval
    after: tuple[float, float, float]

    @property
    def is_seen(self) -> bool:
        """Whether the intervals lie apart; those of paired differences, narrower, are not at hand."""
        return self.before[1] > self.after[2] or self.after[1] > self.before[2]


def find_seen_change(chances: Mapping[str, Sequence[tuple[float, float, float]]]) -> SeenChange:
    """Find the team whose chance differs most between the first and the last value; the first of equals."""
    team = max(chances, key=lambda team: abs(chances[team][-1][0] - chances[team][0][0]))
    found = chances[team]
    return SeenChange(team, 0, len(found) - 1, found[0], found[-1])


def find_seen_span(chances: Mapping[str, Sequence[tuple[float, float, float]]]) -> SeenChange:
    """Find the team whose least and greatest chance lie farthest apart, and where these are."""
    points = {team: [each[0] for each in of_team] for team, of_team in chances.items()}
    team = find_widest_span(points)
    least, most = (points[team].index(end(points[team])) for end in (min, max))
    return SeenChange(team, least, most, chances[team][least], chances[team][most])


def choose_movers(chances: Mapping[str, Sequence[float]], most: int) -> list[str]:
    """Choose `most` teams at most whose least and greatest chance lie farthest apart, in their order."""
    spans = {team: max(values) - min(values) for team, values in chances.items()}
    chosen = sorted(spans, key=lambda team: -spans[team])[:most]
    return [team for team in chances if team in chosen]


def find_widest_span(chances: Mapping[str, Sequence[float]]) -> str:
    """Find the team whose least and greatest chance lie farthest apart; the first of equals."""
    return max(chances, key=lambda team: max(chances[team]) - min(chances[team]))
