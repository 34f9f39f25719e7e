"""What is true of scenarios set beside the first of them: typed facts, without words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from sim.findings.waiting import Wait, find_days_waited, is_of_days
from sim.scenario.comparison import Difference, differences
from sim.scenario.models.scenario import Scenario
from sim.scenario.one_team import OneTeamKey, one_team_keys
from sim.scenario.options import default_name
from sim.stats.differences import MeasureDifference, PairedDifference
from sim.stats.intervals import for_all_of, reach
from sim.stats.pairs import FirstDifference, Pairs
from sim.stats.summary import Estimate, Summary, estimate
from sim.text.money import CurrencyCode

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ComparedScenario:
    """One of the scenarios, by itself."""

    given: str  # as it was asked for: a file or a name, with its changes
    default: str  # name of what is played of its choices; empty if it has none
    currency: CurrencyCode
    gpu_hours: float | None  # granted, mean; None without hardware
    cost: float | None  # of these, mean
    paid: float | None  # besides, mean; None where nothing is paid


@dataclass(frozen=True)
class ChanceDifference:
    """A chance in the first scenario and in another one, over the replications in which both were asked."""

    stage: str  # '' for the programme
    team: str  # '' for a response
    what: str  # `leaves` (at the stage), `leaves_at_all`, or the name of a response
    first: Estimate
    second: Estimate
    difference: PairedDifference


@dataclass(frozen=True)
class BesideFirst:
    """How one scenario differs from the first."""

    paths: tuple[Difference, ...]  # names of the programmes are no difference
    fixed_in: Literal["first", "second"] | None  # which knows results that the other one draws
    past: Literal["same", "own", "first", "second"] | None  # shared, of each, or of one only; None: no facts
    has_shared_team: bool
    same: Literal["all", "fates"] | None  # run by run the same in everything that is asked, or in who leaves
    common: tuple[OneTeamKey, ...]  # where nobody's fate differs: what is the same for every team
    leaving: tuple[ChanceDifference, ...]  # at any stage: of the teams that still may be selected in both
    by_stage: Mapping[str, tuple[ChanceDifference, ...]]  # those of them that some run tells apart
    only_stage: str | None  # the one that lies ahead in both; None where there are several
    seen: tuple[ChanceDifference, ...]  # of `leaving`, what is more than dice; the greatest first
    dice: float  # half the widest interval of the changes in leaving, good for all teams at once
    chances: tuple[ChanceDifference, ...]
    means: tuple[tuple[str, MeasureDifference], ...]  # by the name of the response
    first_difference: FirstDifference | None
    parted_on: date | None  # the day of the result at which fates first differ
    wait: Wait | None  # None where more differs than days, or training is longer or shorter


@dataclass(frozen=True)
class ComparisonFindings:
    """What `sim compare` has to say; `beside_first` has one fewer than `scenarios`."""

    scenarios: tuple[ComparedScenario, ...]
    beside_first: tuple[BesideFirst, ...]
    first: Scenario  # as it was played; its ids are those of teams and stages
    runs: int  # of each
    seed: int


@dataclass(frozen=True)
class Unmoved:
    """Keys that are the same for every team and by which, all together, nobody's chance of leaving moves."""

    keys: tuple[OneTeamKey, ...]
    runs: int  # that were compared
    is_exact: bool  # whether the same teams leave in each of them, and not only as often as dice allow


def comparison_findings(
    given: Sequence[str],
    scenarios: Sequence[Scenario],
    summaries: Sequence[Summary],
    pairs: Sequence[Pairs],
    runs: int,
    seed: int,
    pasts: Sequence[str | None],
) -> ComparisonFindings:
    """Work out what is true of a comparison.

    `scenarios` still have their choices, `summaries` are of what was played; `pairs` has one for each
    scenario but the first; `pasts` is what tells the pasts of scenarios apart, None without facts.
    """
    first = summaries[0]
    return ComparisonFindings(
        tuple(_alone(*one) for one in zip(given, scenarios, summaries, strict=True)),
        tuple(
            _beside(first, other, each, (pasts[0], past))
            for other, each, past in zip(summaries[1:], pairs, pasts[1:], strict=True)
        ),
        first.scenario,
        runs,
        seed,
    )


def _alone(given: str, scenario: Scenario, summary: Summary) -> ComparedScenario:
    hours, cost, paid = (summary.mean(name) for name in ("gpu_hours", "cost", "paid"))
    default = default_name(scenario) if scenario.choices else ""
    return ComparedScenario(given, default, scenario.money, hours, cost, paid)


def _beside(
    first: Summary, second: Summary, pairs: Pairs, pasts: tuple[str | None, str | None]
) -> BesideFirst:
    one, other = first.scenario, second.scenario
    chances = list(_chances(first, second, pairs))
    leaving = tuple(each for each in chances if each.what == "leaves_at_all")
    ahead = set(one.to_come) | set(other.to_come)
    parted = pairs.first_difference
    paths = tuple(each for each in differences(one, other) if not each.path.startswith("name."))
    same = _same(first, second, pairs)
    return BesideFirst(
        paths=paths,
        fixed_in=_fixed_in(one, other),
        past=_past(*pasts),
        has_shared_team=not one.teams.keys().isdisjoint(other.teams),
        same=same,
        common=common_keys(one, [each.path for each in paths]) if same and not one.is_over else (),
        leaving=leaving,
        by_stage=_by_stage(chances) if len(ahead) > 1 else {},
        only_stage=next(iter(ahead)) if len(ahead) == 1 else None,
        seen=_seen(leaving),
        dice=_dice(leaving),
        chances=tuple(each for each in chances if not each.team),
        means=tuple(pairs.changes()),
        first_difference=parted,
        parted_on=None if parted is None else one.stages[parted.stage].decided,
        wait=_wait(one, other, pairs) if all(is_of_days(each.path) for each in paths) else None,
    )


def _wait(first: Scenario, second: Scenario, pairs: Pairs) -> Wait | None:
    days, gap = find_days_waited(first, second), dict(pairs.changes()).get("behind_frontier_months")
    if not days or gap is None or not gap.moments.n:
        return None
    return Wait(days, gap.estimate, pairs.first_difference is None)


def _same(first: Summary, second: Summary, pairs: Pairs) -> Literal["all", "fates"] | None:
    """Tell what no replication tells apart; nothing where no team is in both."""
    if first.scenario.teams.keys().isdisjoint(second.scenario.teams) or not pairs.has_same_fates:
        return None
    asked_alike = all(
        getattr(first.tally, kind).keys() == getattr(second.tally, kind).keys() for kind in _ASKED
    )
    differs = (
        any(found.is_seen for _, found in pairs.differences())
        or any(found.is_seen for _, found in pairs.changes())
        or first.units() != second.units()
    )
    return "all" if asked_alike and not differs else "fates"


_ASKED = ("chances", "measures")


def _by_stage(chances: Sequence[ChanceDifference]) -> dict[str, tuple[ChanceDifference, ...]]:
    """Chances of leaving at each stage that differ in some replication."""
    found: dict[str, tuple[ChanceDifference, ...]] = {}
    for each in chances:
        if each.what == "leaves" and each.difference.is_seen:
            found[each.stage] = (*found.get(each.stage, ()), each)
    return found


def _dice(leaving: Sequence[ChanceDifference]) -> float:
    """Half the widest interval of the differences, good for all teams at once."""
    level = for_all_of(max(1, len(leaving)))
    ends = (each.difference.interval(level) for each in leaving)
    return max(((high - low) / 2 for low, high in ends), default=0.0)


def _seen(leaving: Sequence[ChanceDifference]) -> tuple[ChanceDifference, ...]:
    """Differences whose intervals, good for all teams at once, leave out 0; the greatest first."""
    level = for_all_of(max(1, len(leaving)))
    ends = ((each, each.difference.interval(level)) for each in leaving)
    seen = (each for each, (low, high) in ends if low > 0 or high < 0)
    return tuple(sorted(seen, key=lambda each: -abs(each.difference.estimate)))


def common_keys(scenario: Scenario, paths: Sequence[str]) -> tuple[OneTeamKey, ...]:
    """Return which paths are the same for every team; none of days, of which is told what waiting does."""
    return () if any(map(is_of_days, paths)) else one_team_keys(scenario, paths)


def _past(first: str | None, second: str | None) -> Literal["same", "own", "first", "second"] | None:
    """Tell which has facts, and whether the pasts that they give are one."""
    if first is None or second is None:
        return "first" if first else "second" if second else None
    return "same" if first == second else "own"


def _fixed_in(first: Scenario, second: Scenario) -> Literal["first", "second"] | None:
    """Tell which knows the result of a stage that the other one does not know; the first goes before."""
    known = [set(scenario.stages) - set(scenario.ahead) for scenario in (first, second)]
    if known[0] - known[1]:
        return "first"
    return "second" if known[1] - known[0] else None


def _chances(first: Summary, second: Summary, pairs: Pairs) -> Iterator[ChanceDifference]:
    """Compare responses, and the chances of leaving of teams that still may be selected in both.

    Each chance is estimated from the replications of the difference, and from no others: a response may be
    asked more often of one scenario than of the other, and over each one's own replications the two columns
    would not differ by what stands beside them.
    """
    sides = (first, second)
    sure = [{(each.stage, each.team, each.chance): each.certain for each in side.counts()} for side in sides]
    contenders = [team for team in first.scenario.contenders if team in second.scenario.contenders]
    for (stage, team, what), found in pairs.differences():
        if team and (what == "selected" or team not in contenders):
            continue
        counts = (found.first, found.second)
        by_island = (
            [(each.first, each.n) for each in found.islands],
            [(each.second, each.n) for each in found.islands],
        )
        one, other = (
            estimate(
                count,
                found.n,
                len(side.scenario.teams),
                certain[stage, team, what] if team else side.certain(what),  # type: ignore[index]  # kinds are those of the keys
                parts,
            )
            for side, certain, count, parts in zip(sides, sure, counts, by_island, strict=True)
        )
        yield ChanceDifference(stage, team, what, one, other, found)


def find_greatest_change(table: pd.DataFrame) -> tuple[str, int] | None:
    """Return the team and the scenario whose chance differs most from the first, if dice cannot make it.

    `table` has columns team, scenario, estimate, low and high; its intervals are good one by one, and are
    stretched to be good for all rows at once.
    """
    stretch = reach(for_all_of(max(1, len(table)))) / reach()
    low = table.estimate - stretch * (table.estimate - table.low)
    high = table.estimate + stretch * (table.high - table.estimate)
    seen = table[(low > 0) | (high < 0)]
    if seen.empty:
        return None
    most = seen.iloc[int(seen.estimate.abs().to_numpy().argmax())]
    return str(most.team), int(most.scenario)
