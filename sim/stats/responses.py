"""Responses: what a replication is worth, as numbers. Each is a pure function of outcomes.

A response is a chance (does something hold?) or a measure (how much?). Both may be asked only of some
replications: a measure of the selected team means nothing where nobody was selected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from math import floor, log10
from typing import Literal, TypeVar

import numpy as np

from sim.engines.outcomes import Outcomes, StageOutcome, worked_out_once
from sim.model.capability import basket_accuracy, months_behind
from sim.model.compute import HOURS_PER_DAY
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.model.quantiles import median
from sim.rules.decisions import Fate
from sim.scenario.models.grants import GpuTable
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage
from sim.scenario.models.windows import each_window
from sim.scenario.wider import buys_data_at, pays_at
from sim.stats.counts import Groups, Histogram
from sim.stats.ecosystem import ecosystem_chances, ecosystem_measures

Asked = TypeVar("Asked")


@dataclass(frozen=True)
class Chance:
    """Whether something holds: (does it, is it asked), each (replications,)."""

    name: str
    ask: Callable[[Outcomes], tuple[Bools, Bools]]

    def count(self, holds: Bools, asked: Bools, groups: Groups) -> list[tuple[int, int]]:
        """In how many replications it holds, of how many: in all, and in each group."""
        return list(zip(groups.among(holds & asked).sizes(), groups.among(asked).sizes(), strict=True))


@dataclass(frozen=True)
class Measure:
    """How much: (value in `unit`, is it asked), each (replications,), counted to `resolution`."""

    name: str
    unit: str
    resolution: float
    ask: Callable[[Outcomes], tuple[Floats, Bools]]

    def count(self, values: Floats, asked: Bools, groups: Groups) -> list[Histogram]:
        """Its values where it is asked: in all, and in each group."""
        return Histogram.of_groups(values[asked], groups.among(asked), self.resolution)


def responses(scenario: Scenario) -> list[Chance | Measure]:
    """The responses of a scenario, in the order in which they are told."""
    found: list[Chance | Measure] = []
    unit = scenario.strength_unit.en
    for i, stage in enumerate(scenario.stages):
        if stage not in scenario.ahead:
            continue  # its scores are not known, so nothing can be said of how they decided
        found += [
            Chance(f"most_capable_dropped.{stage}", partial(_most_capable_dropped, i)),
            Chance(f"least_capable_kept.{stage}", partial(_least_capable_kept, i)),
            Measure(f"regret.{stage}", unit, 0.01, partial(_regret, i)),
        ]
    last = len(scenario.held_stages) - 1  # whose models are the last there are
    found += [
        Chance("nobody_selected", _nobody),
        Measure("strength_selected", unit, 0.01, partial(_best_selected, last)),
    ]
    found += [*_of_awards(scenario), *_of_budgets(scenario), *_of_pay(scenario), *_of_leaks(scenario)]
    if not scenario.hardware:
        return found
    found += _of_models(scenario)
    if scenario.last_held is None or scenario.trains(scenario.last_held):
        found += _against_frontier(scenario, last)
    found += [*_of_hardware(scenario), *_of_losses(scenario)]
    found += [Chance(*each) for each in ecosystem_chances(scenario)]
    return found + [Measure(*each) for each in ecosystem_measures(scenario)]


def _of_awards(scenario: Scenario) -> Iterator[Chance]:
    """Each award of a stage to come, team by team."""
    for i, (s, stage) in enumerate(scenario.stages.items()):
        for code, award in enumerate(stage.awards or (), start=1):
            for t, team in enumerate(scenario.teams) if s in scenario.ahead else ():
                yield Chance(f"award.{s}.{award}.{team}", _at(i, partial(_has_award, code, t)))


def _has_award(code: int, team: int, stage: StageOutcome) -> tuple[Bools, Bools]:
    has: Bools = stage.award[:, team] == code
    return has, np.ones_like(has)


def _of_budgets(scenario: Scenario) -> Iterator[Measure]:
    """How many teams the budget of each stage to come pays for, and what of it they cost."""
    for i, (s, stage) in enumerate(scenario.stages.items()):
        if s in scenario.ahead and scenario.is_held(s) and stage.cut.budget is not None:
            step = _step(median(stage.cut.budget))
            yield Measure(f"places.{s}", "teams", 1.0, _at(i, _places))
            yield Measure(f"budget_used.{s}", scenario.money, step, _sum_of("budget_used", stage=i))


def _of_models(scenario: Scenario) -> Iterator[Measure]:
    """Share of compute that each team's model makes use of, where the stage to come says its size."""
    for i, s in enumerate(scenario.stages):
        for t, team in enumerate(scenario.teams) if s in scenario.to_come else ():
            if scenario.model_of(s, team) is not None:
                yield Measure(f"compute_kept.{s}.{team}", "share", 0.001, _at(i, partial(_kept_compute, t)))


def _kept_compute(team: int, stage: StageOutcome) -> tuple[Floats, Bools]:
    effective, equivalent = stage.effective[:, team], stage.equivalent[:, team]
    trained = effective > 0
    return np.divide(equivalent, effective, out=np.full_like(effective, np.nan), where=trained), trained


def _places(stage: StageOutcome) -> tuple[Floats, Bools]:
    stays = np.count_nonzero(stage.fate == Fate.KEPT, axis=-1)
    return stays.astype(float), np.ones(stays.size, dtype=bool)


def _of_pay(scenario: Scenario) -> Iterator[Measure]:
    """Money that is not for GPUs, in all and by stage."""
    pays = {s: _most_paid(scenario, s) for s in scenario.stages if pays_at(scenario, s)}
    if not pays:
        return
    step = _step(sum(pays.values()))
    yield Measure("paid", scenario.money, step, _sum_of("paid"))
    yield Measure("paid_of_leavers", scenario.money, step, _sum_of("paid", leavers=True))
    for i, s in enumerate(scenario.stages):
        if s in pays:
            yield Measure(f"paid.{s}", scenario.money, step, _sum_of("paid", stage=i))


def _of_leaks(scenario: Scenario) -> Iterator[Measure]:
    """What leaks through models that teams begin from."""
    most = sum(median(scenario.leak(s, team)) for s in scenario.stages for team in scenario.teams)
    if most > 0:
        yield Measure("leaked", scenario.money, _step(most), _sum_of("leaked"))


def _most_paid(scenario: Scenario, stage_id: str) -> float:
    """What a stage pays if everybody takes part and stays, by central values."""
    pays, data, found = scenario.stages[stage_id].pays, scenario.data, 0.0
    if pays is not None:
        to_teams = (amount for team in scenario.teams for amount in pays.amounts(team))
        found = sum(map(median, to_teams)) + sum(map(median, pays.by_rank or ()))
    if data is not None and buys_data_at(scenario, stage_id):
        found += median(data.joint or 0.0) + sum(median(data.own_budget(team)) for team in scenario.teams)
    return found


def _against_frontier(scenario: Scenario, last: int) -> list[Chance | Measure]:
    """The models of the last stage, which are the last there are, beside the world's best."""
    found: list[Chance | Measure] = [
        Measure("behind_frontier", "ECI", 0.01, partial(_gap, last)),
        Measure("behind_frontier_months", "months", 0.1, partial(_gap_months, last)),
        Measure("accuracy_against_frontier", "share", 0.001, partial(_accuracy_ratio, last)),
    ]
    target = scenario.frontier.target
    if target is not None:
        found.append(Chance("target_reached", partial(_target_reached, last, target)))
    return found


def _of_hardware(scenario: Scenario) -> list[Chance | Measure]:
    """What is lent, what it costs, and what teams use of their own."""
    currency = scenario.money
    hours, spent = _all_used(scenario, _all_lent, "price")
    found: list[Chance | Measure] = [
        Measure("gpu_hours", "GPU-hours", _step(hours), _sum_of("gpu_hours")),
        Measure("gpu_hours_of_leavers", "GPU-hours", _step(hours), _sum_of("gpu_hours", leavers=True)),
        Measure("cost", currency, _step(spent), _sum_of("cost")),
        Measure("cost_of_leavers", currency, _step(spent), _sum_of("cost", leavers=True)),
    ]
    found += _of_supplies(scenario)
    if len(scenario.ahead) < len(scenario.stages):  # what is still to be spent, stage by stage
        for i, stage in enumerate(scenario.stages):
            if stage in scenario.ahead:
                found += [
                    Measure(f"gpu_hours.{stage}", "GPU-hours", _step(hours), _sum_of("gpu_hours", stage=i)),
                    Measure(f"cost.{stage}", currency, _step(spent), _sum_of("cost", stage=i)),
                ]
    own_hours, own_worth = _all_own(scenario)
    if own_hours:
        found += [
            Measure("own_gpu_hours", "GPU-hours", _step(own_hours), _sum_of("own_gpu_hours")),
            Measure("own_cost", currency, _step(own_worth), _sum_of("own_cost")),
        ]
    return found


def _of_supplies(scenario: Scenario) -> Iterator[Measure]:
    """GPUs that arrive for each stage to come, and what becomes of them."""
    for i, (s, stage) in enumerate(scenario.stages.items()):
        if s not in scenario.to_come or stage.grants.supply is None:
            continue
        supplies = [(scenario.supply or {})[name] for name in stage.grants.supply.supplies]
        tranches = (tranche for supply in supplies for tranche in supply.tranches.values())
        step = _step(sum(median(gpus) for tranche in tranches for gpus in tranche.gpus.values()))
        yield Measure(f"supply_arrived.{s}", "GPUs", step, _at(i, _arrived))
        yield Measure(f"supply_lent.{s}", "GPUs", step, _at(i, _lent_of_supply))
        yield Measure(f"supply_left.{s}", "GPUs", step, _at(i, _left_of_supply))


def _arrived(stage: StageOutcome) -> tuple[Floats, Bools]:
    return stage.arrived, np.ones(stage.arrived.size, dtype=bool)


def _lent_of_supply(stage: StageOutcome) -> tuple[Floats, Bools]:
    return reduce(np.add, stage.supplied.T), np.ones(stage.arrived.size, dtype=bool)


def _left_of_supply(stage: StageOutcome) -> tuple[Floats, Bools]:
    """What arrived and nobody held; no less than 0, whatever sums round to."""
    lent, asked = _lent_of_supply(stage)
    return np.maximum(stage.arrived - lent, 0.0), asked


def _of_losses(scenario: Scenario) -> Iterator[Measure]:
    """GPU-hours, lent and own, that faults cost, and what was paid for those of them that were lent."""
    if not scenario.tells_losses:
        return
    lent, spent = _all_used(scenario, _all_lent, "price")
    hours = _step(lent + _all_own(scenario)[0])
    yield Measure("hours_lost", "GPU-hours", hours, _sum_of("hours_lost"))
    yield Measure("cost_lost", scenario.money, _step(spent), _cost_lost)
    for i, stage in enumerate(scenario.stages):
        if stage in scenario.ahead and scenario.trains(stage):
            yield Measure(f"hours_lost.{stage}", "GPU-hours", hours, _sum_of("hours_lost", stage=i))


def _cost_lost(outcomes: Outcomes) -> tuple[Floats, Bools]:
    """Money for lent GPU-hours that faults cost: of each team the share of its hours that it lost."""
    parts = []
    for stage in outcomes.stages:
        used = stage.gpu_hours + stage.own_gpu_hours
        share = np.divide(stage.hours_lost, used, out=np.zeros_like(used), where=used > 0)
        parts += list((stage.cost * share).T)
    total: Floats = reduce(np.add, parts)
    return total, np.ones(total.size, dtype=bool)


def _step(scale: float) -> float:
    """A resolution of at most a millionth of the scale, a power of ten."""
    return 10.0 ** (floor(log10(scale)) - 6) if scale > 0 else 1.0


def _all_lent(stage: Stage) -> Iterator[GpuTable | Literal["none"]]:
    yield from (stage.grants.pool, *stage.grants.gpus.values())
    for more in (stage.grants.more or {}).values():
        yield from more.gpus.values()
    if stage.grants.supply is not None:
        yield from stage.grants.supply.gpus.values()


def _all_own(scenario: Scenario) -> tuple[float, float]:
    of_teams = [team.own for team in scenario.teams.values()]
    return _all_used(scenario, lambda stage: [*of_teams, *stage.own.values()], "own_price")


def _all_used(
    scenario: Scenario, tables: Callable[[Stage], Iterable[GpuTable | Literal["none"]]], price: str
) -> tuple[float, float]:
    """GPU-hours and KRW if all GPUs of all stages were used in the longest windows, by central values."""
    hours = worth = 0.0
    for stage in scenario.stages.values():
        windows = each_window(stage.train)
        days = max((window.days() + median(window.extension) for window in windows), default=0.0)
        for table in tables(stage):
            for hardware, gpus in table.items() if table != "none" else ():
                # A scale is enough: GPU-hours are counted as if they were GPUs, and so far too many.
                used = median(gpus) * days * HOURS_PER_DAY
                hours += used
                worth += used * median(getattr(scenario.hardware[hardware], price))
    return hours, worth


def _sum_of(
    what: str, *, stage: int | None = None, leavers: bool = False
) -> Callable[[Outcomes], tuple[Floats, Bools]]:
    """GPU-hours or KRW at one stage or all, of every team or of those that were not selected in the end."""

    def ask(outcomes: Outcomes) -> tuple[Floats, Bools]:
        stages = outcomes.stages if stage is None else outcomes.stages[stage : stage + 1]
        values = [getattr(each, what) for each in stages]
        if leavers:
            selected = outcomes.selected
            values = [np.where(selected, 0.0, each) for each in values]
        # From the first stage and team to the last: the order fixes the rounding (see `fold`).
        total = reduce(np.add, (of_team for each in values for of_team in each.T))
        return total, np.ones(total.size, dtype=bool)

    return ask


def _at(i: int, ask: Callable[[StageOutcome], Asked]) -> Callable[[Outcomes], Asked]:
    return lambda outcomes: ask(outcomes.stages[i])


@worked_out_once
def _evaluated(i: int, outcomes: Outcomes) -> tuple[Floats, Bools]:
    """Strength at a stage with -inf for those who submitted nothing, and whether anybody submitted."""
    capability = outcomes.stages[i].capability
    submitted = ~np.isnan(capability)
    anybody: Bools = np.logical_or.reduce(submitted, axis=-1)
    return np.where(submitted, capability, -np.inf), anybody


def _most_capable_dropped(i: int, outcomes: Outcomes) -> tuple[Bools, Bools]:
    strength, anybody = _evaluated(i, outcomes)
    return _fate_at(outcomes.stages[i], strength.argmax(axis=-1)) != Fate.KEPT, anybody


def _least_capable_kept(i: int, outcomes: Outcomes) -> tuple[Bools, Bools]:
    strength, anybody = _evaluated(i, outcomes)
    weakest = np.where(np.isinf(strength), np.inf, strength).argmin(axis=-1)
    return _fate_at(outcomes.stages[i], weakest) == Fate.KEPT, anybody


def _fate_at(stage: StageOutcome, team: np.ndarray) -> np.ndarray:
    return np.take_along_axis(stage.fate, team[:, None], axis=-1)[:, 0]


def _regret(i: int, outcomes: Outcomes) -> tuple[Floats, Bools]:
    strength, _ = _evaluated(i, outcomes)
    best, kept = strength.max(axis=-1), _best(strength, outcomes.stages[i].fate == Fate.KEPT)
    asked = np.isfinite(kept)
    return np.subtract(best, kept, out=np.zeros_like(best), where=asked), asked


def _best(strength: Floats, among: Bools) -> Floats:
    best: Floats = np.where(among, strength, -np.inf).max(axis=-1)
    return best


def _nobody(outcomes: Outcomes) -> tuple[Bools, Bools]:
    nobody: Bools = np.logical_not(np.any(outcomes.selected, axis=-1))
    return nobody, np.ones_like(nobody)


@worked_out_once
def _best_selected(last: int, outcomes: Outcomes) -> tuple[Floats, Bools]:
    # Without any stage that is held, -1 is one without a model, like all others.
    strength, _ = _evaluated(last, outcomes)
    best = _best(strength, outcomes.selected)
    return best, np.isfinite(best)


def _gap(last: int, outcomes: Outcomes) -> tuple[Floats, Bools]:
    best, asked = _best_selected(last, outcomes)
    return outcomes.frontier - best, asked


def _gap_months(last: int, outcomes: Outcomes) -> tuple[Floats, Bools]:
    gap, asked = _gap(last, outcomes)
    return months_behind(gap, outcomes.frontier_growth), asked


@worked_out_once
def _accuracy_ratio(last: int, outcomes: Outcomes) -> tuple[Floats, Bools]:
    best, asked = _best_selected(last, outcomes)
    frontier = basket_accuracy(outcomes.frontier)
    # A line drawn back far enough gets nothing right, and nothing is a share of that.
    some = frontier > _LEAST_ACCURACY
    ratio = np.divide(basket_accuracy(best), frontier, out=np.full_like(frontier, np.nan), where=some)
    return ratio, asked & some


_LEAST_ACCURACY = 1e-6


def _target_reached(last: int, target: float, outcomes: Outcomes) -> tuple[Bools, Bools]:
    ratio, asked = _accuracy_ratio(last, outcomes)
    return ratio >= target, asked
