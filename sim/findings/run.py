"""What a run says beside its chances: what was played, the end, what moves a team, what is guessed.

In parts, for each is told as soon as it is known. Text and JSON say all of it and work nothing out.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sim.findings.chances import Amount, Chances, OptionChances
from sim.findings.ecosystem import EcosystemFindings, ecosystem_findings
from sim.findings.evidence import FactEffect, FactFindings
from sim.findings.headline import Headline
from sim.findings.waiting import Wait
from sim.model.compute import HOURS_PER_DAY
from sim.model.quantiles import median
from sim.scenario.models.inputs import inputs
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import common_window, common_windows, each_window
from sim.scenario.options import WhatIfKind
from sim.stats.alternatives import Alternative, PlayedWhatIf
from sim.stats.differences import ChanceShift
from sim.stats.input_effects import Effect
from sim.stats.summary import Estimate


@dataclass(frozen=True)
class RunFacts:
    """What was run, and how."""

    scenario: Scenario
    seed: int
    engine: Literal["batch", "event"]
    replications: tuple[int, int]  # the first, and the one before which it ended
    runs: int  # that did not fail
    failed: int
    single_faults: bool  # whether faults strike one by one
    mean_faults: bool  # whether ranges and what moves a chance are played with their mean instead


Exit = Literal["points", "gate", "not-chosen"]


@dataclass(frozen=True)
class KnownResults:
    """What is certain because it has happened."""

    days: tuple[datetime.date, ...]  # of the results that are fixed; scores are not used
    out: Mapping[str, Exit]  # how each team that is out left, or that it never came in
    after: Mapping[str, str]  # the stage at which each of these left, or after which it did not come in


class Together(NamedTuple):
    """The set of teams that is selected most often, and whether it is known to be."""

    members: tuple[str, ...]
    chance: Estimate
    stands_out: bool
    nobody: Estimate | None  # the chance that nobody is, where dice decide it and it is not that set


class Lease(NamedTuple):
    """What the programme lends at a stage ahead: means."""

    stage: str
    gpus: float  # over the window
    hours: float
    cost: float


class Purse(NamedTuple):
    """What the budget of a stage ahead pays for."""

    stage: str
    budget: float  # its central value
    used: Amount
    places: Mapping[int, Estimate]  # how many teams it pays for, fewest first

    @property
    def likeliest(self) -> tuple[int, Estimate]:
        """The number of teams seen most often."""
        return max(self.places.items(), key=lambda each: each[1].count)


class SupplyUse(NamedTuple):
    """What becomes of the supplies of a stage ahead: mean GPUs."""

    stage: str
    arrived: float
    lent: float
    left: float


@dataclass(frozen=True)
class Ending:
    """What is true at the end, under the default option: means over runs."""

    together: Together | None  # None where teams are too many for sets to tell anything
    behind: Amount | None  # the best selected model behind the frontier, ECI; None if never anybody is
    behind_months: Amount | None
    target: tuple[float, Estimate] | None  # a share of the frontier's accuracy, and the chance to reach it
    leases: tuple[Lease, ...]  # of the stages ahead, where some results are known
    lent_hours: float  # all stages; 0 without hardware, as what follows
    lent_cost: float
    cost_of_leavers: float
    own: tuple[float, float] | None  # hours of the teams' own GPUs, and money; 0 where they have no price
    paid: tuple[float, float] | None  # money that is not for GPUs, and what of it went to who left
    purses: tuple[Purse, ...] = ()
    own_since: datetime.date | None = None  # from which own GPUs cost money, where some were used before
    supplies: tuple[SupplyUse, ...] = ()
    leaked: float | None = None  # what leaks through models that teams begin from, money; None: nothing can
    ecosystem: EcosystemFindings | None = None  # None where nothing is asked of the time after leaving

    @property
    def place(self) -> Literal["behind", "ahead", "around"]:
        """On which side of the frontier the best selected model is: mean, 5 % and 95 % quantiles."""
        if self.behind is None or self.behind_months is None:
            return "behind"
        months = self.behind_months
        ends = (self.behind.mean, months.mean, months.q05, months.q95)
        return "behind" if min(ends) >= 0 else "ahead" if max(ends) <= 0 else "around"


@dataclass(frozen=True)
class WhatIfShift:
    """What one change does to a team's chance of leaving, paired with the default."""

    kind: Literal["option"] | WhatIfKind
    what: str  # name of the option, or the block of a weight
    factor: float | None
    difference: ChanceShift
    cost: float | None = None  # by which lending costs more; None of options, and where nothing is lent
    months: float | None = None  # by which the best that stays is further behind the frontier


@dataclass(frozen=True)
class Moves:
    """What moves a team's chance of leaving."""

    team: str
    chance: Estimate  # of leaving at any stage by default
    changes: tuple[WhatIfShift, ...]
    dice: float  # half the widest interval of the differences, 0..1


@dataclass(frozen=True)
class Guesses:
    """How much of the scenario is guessed, and which guessed or uncertain inputs matter."""

    inputs: int
    guesses: int
    unranged: int  # guesses that have no range to be moved in
    effects: tuple[Effect, ...] | None  # most influential first; None where it was not looked into


@dataclass(frozen=True)
class RunFindings:
    """Everything that is told of a run."""

    played: RunFacts
    headline: Headline
    known: KnownResults
    chances: Chances
    ending: Ending
    moves: Moves | None  # None where no team is named
    guesses: Guesses
    evidence: FactFindings | None = None  # None for a scenario without facts
    each_fact: Sequence[FactEffect] | None = None  # None where it was not asked for
    wait: Wait | None = None  # what shifts of stages ahead did; None without any


@dataclass(frozen=True)
class CountedFindings:
    """What the counts of a run tell without any further playing: its choices at their default, no doubts."""

    scenario: Scenario
    runs: int  # that did not fail
    chances: Chances
    ending: Ending


def known_results(scenario: Scenario) -> KnownResults:
    """Return which results have happened, and who is out by them."""
    stages = [stage for stage in scenario.stages.values() if stage.happened is not None]
    days = [stage.decided for stage in stages]
    days += [stage.entry.day.day for stage in stages if stage.entry and stage.entry.happened is not None]
    exits: dict[str, Exit] = {"out-by-points": "points", "out-at-gate": "gate"}
    out: dict[str, Exit] = dict.fromkeys(scenario.out, "not-chosen")
    for stage in stages:
        out |= {team: exits[how] for team, how in (stage.happened or {}).items() if team in out}
    return KnownResults(tuple(sorted(days)), out, scenario.out)


def ending(scenario: Scenario, found: OptionChances) -> Ending:
    """Return what is true at the end of a scenario under one of its options."""
    amounts = found.amounts
    behind, months = amounts.get("behind_frontier"), amounts.get("behind_frontier_months")
    reached = found.chances.get("target_reached")
    own = (amounts["own_gpu_hours"].mean, amounts["own_cost"].mean) if "own_gpu_hours" in amounts else None
    lent = (
        amounts[name].mean if name in amounts else 0.0 for name in ("gpu_hours", "cost", "cost_of_leavers")
    )
    lent_hours, lent_cost, cost_of_leavers = lent
    return Ending(
        None if scenario.is_over else _together(found),  # which is what is known
        behind if behind and behind.of else None,
        months if months and months.of else None,
        (scenario.frontier.target or 0.0, reached.estimate) if reached else None,
        tuple(_leases(scenario, amounts)),
        lent_hours,
        lent_cost,
        cost_of_leavers,
        own,
        (amounts["paid"].mean, amounts["paid_of_leavers"].mean) if "paid" in amounts else None,
        tuple(_purses(scenario, found)),
        _today_if_later(scenario),
        tuple(_supplies(scenario, amounts)),
        amounts["leaked"].mean if "leaked" in amounts else None,
        ecosystem_findings(scenario, found),
    )


def _today_if_later(scenario: Scenario) -> datetime.date | None:
    """The day from which own GPUs cost money, if they have a price and any window opens before."""
    if not any(median(each.own_price) for each in scenario.hardware.values()):
        return None
    windows = (window for stage in scenario.stages.values() for window in each_window(stage.train))
    today = scenario.today
    return today if today is not None and any(window.first < today for window in windows) else None


def _together(found: OptionChances) -> Together | None:
    if not found.together:
        return None
    (members, first), *others = found.together
    nobody = found.chances["nobody_selected"].estimate
    stands_out = not others or others[0][1].high < first.low
    return Together(members, first, stands_out, None if nobody.certain is not None or not members else nobody)


def _leases(scenario: Scenario, amounts: Mapping[str, Amount]) -> Iterator[Lease]:
    for s in scenario.to_come:
        if f"cost.{s}" in amounts and amounts[f"cost.{s}"].mean:
            hours = amounts[f"gpu_hours.{s}"].mean
            train = scenario.stages[s].train
            longer = max(median(window.extension) for window in common_windows(train))
            days = common_window(train).days() + longer
            yield Lease(s, hours / days / HOURS_PER_DAY, hours, amounts[f"cost.{s}"].mean)


def _supplies(scenario: Scenario, amounts: Mapping[str, Amount]) -> Iterator[SupplyUse]:
    for s in scenario.to_come:
        if f"supply_arrived.{s}" in amounts:
            told = (amounts[f"supply_{what}.{s}"].mean for what in ("arrived", "lent", "left"))
            yield SupplyUse(s, *told)


def _purses(scenario: Scenario, found: OptionChances) -> Iterator[Purse]:
    for s, places in found.places.items():
        budget = scenario.stages[s].cut.budget
        if budget is not None:
            yield Purse(s, median(budget), found.amounts[f"budget_used.{s}"], places)


def named_team(found: Chances, asked: str | None) -> str | None:
    """Return the team of which it is told what moves it: as asked, or the first if there are options."""
    return asked or (found.teams[0] if len(found.options) > 1 else None)


def what_moves(team: str, alternatives: Sequence[Alternative], moved: Sequence[PlayedWhatIf]) -> Moves | None:
    """Return what options and what-ifs do to a team's chance of leaving; None where there are none."""
    changes = [
        WhatIfShift("option", one.option.name, None, one.beside.change_in_leaving(team))
        for one in alternatives
        if one.beside and not one.option.ends_before  # of which all is said: nobody leaves
    ]
    changes += [
        WhatIfShift(one.what_if.kind, one.what_if.what, one.what_if.factor, one.change, one.cost, one.months)
        for one in moved
    ]
    if not changes:
        return None
    rows = alternatives[0].summary.rows()
    chance = next(row.estimate for row in rows if (row.team, row.chance) == (team, "leaves_at_all"))
    dice = max((each.difference.high - each.difference.low) / 2 for each in changes)
    return Moves(team, chance, tuple(changes), dice)


def guesses(scenario: Scenario, effects: Sequence[Effect] | None) -> Guesses:
    """Return how many inputs are guesses, and what the guessed and uncertain ones do, if that is known."""
    found = inputs(scenario)
    guessed = [each for each in found if each.guess]
    unranged = sum(not each.ranged for each in guessed)
    return Guesses(len(found), len(guessed), unranged, None if effects is None else tuple(effects))
