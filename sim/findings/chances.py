"""The chances of a run by option, with their ranges over the doubts, and what is true of all of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, isnan, nan
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.scenario.models.base import is_number
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import default_path
from sim.stats.alternatives import Alternative
from sim.stats.intervals import HIGH, LOW, MEDIAN
from sim.stats.summary import Estimate, Kind, Summary
from sim.stats.tally import Tally

if TYPE_CHECKING:
    import pandas as pd

DoubtRange = tuple[float, float]
"""The least and the greatest value over the doubts and without any."""


@dataclass(frozen=True)
class RangedChance:
    """A chance, and its range over the doubts; None without any."""

    estimate: Estimate
    range: DoubtRange | None


class DoubtedChances(NamedTuple):
    """The chances of leaving at any stage, by team, with one value of a doubt."""

    path: str
    value: Any
    leaves: Mapping[str, float]


@dataclass(frozen=True)
class Amount:
    """A measure over the runs in which it was asked; numbers are nan where it never was."""

    mean: float
    low: float  # low and high: the sampling error of the mean
    high: float
    q05: float  # q05 to q95: the spread from run to run, no error
    q50: float
    q95: float
    of: int
    unit: str
    range: DoubtRange | None  # of the mean, over the doubts


@dataclass(frozen=True)
class OptionChances:
    """Everything that was counted under one option: `value` chosen at `path`, and all else by default.

    The default of several choices has no one path: there it is empty, and `value` None.
    """

    name: str
    path: str
    value: Any
    chosen: Mapping[str, Any]  # path -> value of every choice
    teams: Mapping[tuple[str, str, Kind], RangedChance]  # by stage (empty: the programme), team, kind
    doubted: tuple[DoubtedChances, ...]
    chances: Mapping[str, RangedChance]  # responses that are chances, by name
    amounts: Mapping[str, Amount]  # responses that are measures, by name
    places: Mapping[
        str, Mapping[int, Estimate]
    ]  # how many teams the budget of a stage pays for, fewest first
    together: tuple[tuple[tuple[str, ...], Estimate], ...]  # each set that was selected, most frequent first


@dataclass(frozen=True)
class Chances:
    """Chances by option, and what is to be known of all of them."""

    options: tuple[OptionChances, ...]  # the default first
    teams: tuple[str, ...]  # of which it is not known that they are out
    ahead: Mapping[str, datetime.date]  # stages to come, and when their results will be known
    awards: Mapping[str, tuple[str, ...]]  # of stages to come, the highest first
    gated: bool  # whether a gate lies ahead
    doubts: int
    dice: float | None  # half the widest interval of a team's chances, 0..1; None where the rules decide all
    has_certain: bool  # whether the rules decide some chance of leaving ahead, or of staying
    indistinct: tuple[tuple[str, ...], ...]  # groups of teams that no input tells apart
    groups: Mapping[str, tuple[str, ...]]  # tracks, kinds or regions: the teams of each that are not out
    idle: Mapping[
        str, str
    ]  # options beside the default by which nobody can leave: the stage that is not held
    is_over: bool = False  # whether every result is known, so that there are no chances

    @property
    def default(self) -> OptionChances:
        """The chances under the default option."""
        return self.options[0]

    @property
    def shown(self) -> tuple[OptionChances, ...]:
        """The options of which there is more to tell than that nobody leaves; the default always.

        Numbers chosen in the default's place come first, from the smallest; others in the order of the file.
        """
        told = [one for one in self.options if one.name not in self.idle]
        numbers = [one for one in told if one.path == self.default.path and is_number(one.value)]
        return (*sorted(numbers, key=lambda one: one.value), *(one for one in told if one not in numbers))

    @property
    def all_alike(self) -> bool:
        """Whether no input tells any two of the teams apart."""
        return any(set(self.teams) <= set(group) for group in self.indistinct)

    @property
    def most_doubted(self) -> float:
        """By how much a doubt moves a chance of leaving at most, under any option that is shown."""
        told = (one.teams.get(("", team, "leaves_at_all")) for one in self.shown for team in self.teams)
        ends = ((one.estimate.p, one.range) for one in told if one and one.range)
        return max((max(p - low, high - p) for p, (low, high) in ends), default=0.0)

    @property
    def undecided(self) -> bool:
        """Whether there is something to choose of which the chances tell, or to doubt."""
        return len(self.shown) > 1 or self.doubts > 0


def chances(alternatives: Sequence[Alternative]) -> Chances:
    """Return the chances of every option, the default first, with their ranges over the doubts."""
    summary = alternatives[0].summary
    options = tuple(_of_option(one) for one in alternatives)
    return assemble_chances(
        summary.scenario,
        options,
        _dice(options, summary.tally.runs),
        tuple(summary.indistinct()),
        {one.option.name: stage for one in alternatives[1:] if (stage := one.option.ends_before)},
    )


def assemble_chances(
    scenario: Scenario,
    options: tuple[OptionChances, ...],
    dice: float | None,
    indistinct: tuple[tuple[str, ...], ...],
    idle: Mapping[str, str],
) -> Chances:
    """Return the chances of options, counted or read, with what the scenario says of all of them."""
    held = [s for s in scenario.stages if scenario.is_held(s)]
    teams, ahead = scenario.contenders or list(scenario.teams), scenario.to_come or held
    gated = any(scenario.stages[s].gate is not None for s in ahead)
    return Chances(
        options,
        tuple(teams),
        {s: scenario.stages[s].decided for s in ahead},
        {s: tuple(scenario.stages[s].awards or ()) for s in scenario.to_come},
        gated,
        len(scenario.doubts),
        dice,
        _has_certain(options[0], teams, ahead, {"by_points", "by_gate"} if gated else {"leaves"}),
        indistinct,
        groups_of(scenario, teams),
        idle,
        scenario.is_over,
    )


def field_sizes(table: pd.DataFrame, scenario: Scenario) -> dict[str, float]:
    """Return how many teams are left on average after each stage to come, from a table of chances."""
    kept = table[table.chance == "kept"]
    return {stage: float(kept.p[kept.stage == stage].sum()) for stage in scenario.to_come}


def groups_of(scenario: Scenario, teams: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the groups of a scenario with those of their members that are among `teams`; none is empty."""
    found = {
        name: tuple(team for team in teams if team in members)
        for name, members in (scenario.groups or {}).items()
    }
    return {name: members for name, members in found.items() if members}


def _dice(options: Sequence[OptionChances], runs: int) -> float | None:
    """Half the widest interval among the chances of all options that dice decide and every run is asked."""
    # What is asked of some runs only, as a chance given that a team is there, tells nothing of the others.
    asked = (one.estimate for option in options for one in option.teams.values())
    return max((e.half_width for e in asked if e.certain is None and e.of == runs), default=None)


def _has_certain(
    default: OptionChances, teams: Sequence[str], ahead: Sequence[str], kinds: Collection[Kind]
) -> bool:
    """Whether the rules decide a chance of `kinds` at a stage ahead, or that of staying to the end."""
    return any(
        one.estimate.certain is not None
        for (stage, team, kind), one in default.teams.items()
        if team in teams and (kind in kinds if stage in ahead else kind == "selected")
    )


def _of_option(one: Alternative) -> OptionChances:
    summary = one.summary
    teams = {
        (row.stage, row.team, row.chance): RangedChance(
            row.estimate, one.ranges.get((row.stage, row.team, row.chance))
        )
        for row in summary.rows()
    }
    responses = {
        name: RangedChance(summary.chance(name), _range(one, partial(_share, name), 0.0, 1.0))
        for name in summary.tally.chances
    }
    amounts = {name: _amount(one, name, unit) for name, unit in summary.units().items()}
    path, value = one.option.path, one.option.value
    if one.beside is None and (path := default_path(one.option.chosen)):
        value = one.option.chosen[path]
    return OptionChances(
        one.option.name,
        path,
        value,
        one.option.chosen,
        teams,
        tuple(
            DoubtedChances(shift.doubt.path, shift.doubt.value, _leaving(shares))
            for shift, shares in zip(one.shifts, one.doubted, strict=True)
        ),
        responses,
        amounts,
        {name.removeprefix(_PLACES): _places(summary, name) for name in amounts if name.startswith(_PLACES)},
        tuple(summary.together()),
    )


_PLACES = "places."


def _places(summary: Summary, name: str) -> dict[int, Estimate]:
    """The chance of each number of teams that was seen; one alone may still be dice."""
    seen = summary.measure(name).steps
    return {int(n): summary.estimate(partial(_count_of, name, int(n))) for n in seen}


def _count_of(name: str, n: int, tally: Tally) -> tuple[int, int]:
    found = tally.measures[name]
    return int(found.counts[found.steps == n].sum()), found.size


def _leaving(shares: Mapping[tuple[str, str, Kind], float]) -> dict[str, float]:
    """The chances of leaving at any stage, by team."""
    return {team: p for (_, team, kind), p in shares.items() if kind == "leaves_at_all"}


_SIGNED = (
    *("strength_selected", "behind_frontier", "behind_frontier_months"),
    *("strongest_domestic", "strongest_outside", "months_to_half"),
)
"""Measures that may be below 0."""


def _amount(one: Alternative, name: str, unit: str) -> Amount:
    values = one.summary.measure(name)
    low, high = one.summary.mean_interval(name)
    q05, q50, q95 = (values.quantile(p) for p in (LOW, MEDIAN, HIGH))
    span = _range(one, partial(_mean, name), -inf if name in _SIGNED else 0.0, inf)
    return Amount(values.mean(), low, high, q05, q50, q95, values.size, unit, span)


def _share(name: str, summary: Summary) -> float:
    holds, of = summary.tally.chances.get(name, (0, 0))
    return holds / of if of else nan


def _mean(name: str, summary: Summary) -> float:
    values = summary.tally.measures.get(name)
    return nan if values is None else values.mean()


def _range(one: Alternative, ask: Callable[[Summary], float], least: float, most: float) -> DoubtRange | None:
    """The range of what is asked, within what it can be; None without doubts, or where one never asked it."""
    ends = one.range(ask)
    if ends is None or any(isnan(shift.of(ask)) for shift in one.shifts):
        return None
    # Ends are the chance itself plus what a doubt changes in few runs: together they may pass 0 or 1.
    low, high = (min(most, max(least, end)) for end in ends)
    return low, high
