"""What is true of scenarios set beside the first of them: typed facts, without words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sim.scenario.comparison import Difference, differences
from sim.scenario.models.base import Name
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import Option, default_name
from sim.stats.differences import MeasureDifference, PairedDifference
from sim.stats.pairs import FirstDifference, Pairs
from sim.stats.summary import Certain, Estimate, Summary


@dataclass(frozen=True)
class ComparedScenario:
    """One of the scenarios, by itself."""

    given: str  # as it was asked for: a file or a name, with its changes
    default: Option | None  # what is played of its choices; None if it has none
    gpu_hours: float  # granted, mean
    cost: float  # of these, KRW, mean


@dataclass(frozen=True)
class ChanceDifference:
    """A chance in the first scenario and in another one, over the replications in which both were asked."""

    team: str  # '' for a response
    what: str  # `selected`, or the name of a response
    first: Estimate
    second: Estimate
    difference: PairedDifference


@dataclass(frozen=True)
class MeanDifference:
    """A mean in both, over the replications in which both have it; `difference.means` are the two."""

    what: str
    difference: MeasureDifference


@dataclass(frozen=True)
class BesideFirst:
    """How one scenario differs from the first."""

    paths: tuple[Difference, ...]  # names of the programmes are no difference
    fixed_in: Literal["first", "second"] | None  # which knows results that the other one draws
    has_shared_team: bool
    selected: tuple[ChanceDifference, ...]  # of the teams that still may be selected in both
    chances: tuple[ChanceDifference, ...]
    means: tuple[MeanDifference, ...]
    first_difference: FirstDifference | None
    parted_on: date | None  # the day of the result at which fates first differ


@dataclass(frozen=True)
class ComparisonFindings:
    """What `sim compare` has to say; `beside_first` has one fewer than `scenarios`."""

    scenarios: tuple[ComparedScenario, ...]
    beside_first: tuple[BesideFirst, ...]
    first: Scenario  # as it was played; its ids are those of teams and stages
    runs: int  # of each
    seed: int

    def team(self, team: str) -> Name:
        """What a team is called."""
        return self.first.teams[team].name

    def stage(self, stage: str) -> Name:
        """What a stage is called: its id where it has no name."""
        return self.first.stages[stage].name or Name(en=stage, ko=stage)


def comparison_findings(
    given: Sequence[str],
    scenarios: Sequence[Scenario],
    summaries: Sequence[Summary],
    pairs: Sequence[Pairs],
    runs: int,
    seed: int,
) -> ComparisonFindings:
    """Work out what is true of a comparison.

    `scenarios` still have their choices, `summaries` are of what was played; `pairs` has one for each
    scenario but the first.
    """
    first = summaries[0]
    return ComparisonFindings(
        tuple(_alone(*one) for one in zip(given, scenarios, summaries, strict=True)),
        tuple(_beside(first, other, each) for other, each in zip(summaries[1:], pairs, strict=True)),
        first.scenario,
        runs,
        seed,
    )


def _alone(given: str, scenario: Scenario, summary: Summary) -> ComparedScenario:
    default = Option("", None, summary.scenario, default_name(scenario)) if scenario.choices else None
    hours, cost = (summary.measure(name).mean() for name in ("gpu_hours", "cost"))
    return ComparedScenario(given, default, hours, cost)


def _beside(first: Summary, second: Summary, pairs: Pairs) -> BesideFirst:
    one, other = first.scenario, second.scenario
    found = differences(one, other)
    parted = pairs.first_difference
    return BesideFirst(
        paths=tuple(each for each in found if not each.path.startswith("name.")),
        fixed_in=_fixed_in(one, other),
        has_shared_team=not one.teams.keys().isdisjoint(other.teams),
        selected=tuple(_selected(first, second, pairs)),
        chances=tuple(_chances(first, second, pairs)),
        means=tuple(MeanDifference(what, each) for what, each in pairs.changes()),
        first_difference=parted,
        parted_on=None if parted is None else one.stages[parted.stage].decided,
    )


def _fixed_in(first: Scenario, second: Scenario) -> Literal["first", "second"] | None:
    """Tell which knows the result of a stage that the other one does not know; the first goes before."""
    known = [set(scenario.stages) - set(scenario.ahead) for scenario in (first, second)]
    if known[0] - known[1]:
        return "first"
    return "second" if known[1] - known[0] else None


def _selected(first: Summary, second: Summary, pairs: Pairs) -> Iterator[ChanceDifference]:
    certain = [
        {each.team: each.certain for each in side.counts() if each.chance == "selected"}
        for side in (first, second)
    ]
    for (_, team, what), found in pairs.differences():
        if what == "selected" and all(team in side.scenario.contenders for side in (first, second)):
            yield _both(first, second, team, what, found, (certain[0][team], certain[1][team]))


def _chances(first: Summary, second: Summary, pairs: Pairs) -> Iterator[ChanceDifference]:
    for (_, team, what), found in pairs.differences():
        if not team:
            yield _both(first, second, team, what, found, (first.certain(what), second.certain(what)))


def _both(
    first: Summary,
    second: Summary,
    team: str,
    what: str,
    found: PairedDifference,
    certain: tuple[Certain, Certain],
) -> ChanceDifference:
    """Estimate a chance on both sides from the replications of the difference, and from no others.

    A response may be asked more often of one scenario than of the other; over each one's own replications
    the two columns would not differ by what stands beside them.
    """
    one = first.estimate(found.first, found.n, certain[0])
    other = second.estimate(found.second, found.n, certain[1])
    return ChanceDifference(team, what, one, other, found)
