"""What arrives when of every supply, and how a stage lends it. Shapes as in `sim.engines.inputs`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.engines.calendar import day_number
from sim.engines.lending import GrantInputs, draw_gpu_table
from sim.model.compute import HOURS_PER_DAY
from sim.model.draws import Floats, Key, Purpose
from sim.model.quantiles import Sample, whole
from sim.model.supply import share_that_works
from sim.scenario.models.grants import ByRank
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.supply import GpuSupply

_DAYS_A_MONTH = 30.0


@dataclass
class TrancheInputs:
    """Hardware that arrives on one day: a tranche, or one of the parts of its ramp."""

    day: Floats  # (..,) from which it is there; inf if it never comes
    gpus: Floats  # (.., hardware, 1) the programme's part of it


@dataclass
class TurnInputs:
    """Hardware that is there for one turn a day or a month."""

    used: Floats  # (.., 1) share of time in which it is there, which is what it costs
    works: Floats  # (.., teams) share of time in which it trains: a turn begins with a restart


@dataclass
class ArrivalInputs:
    """All of one supply."""

    name: str
    tranches: tuple[TrancheInputs, ...]
    ends: float  # day from which the programme has none of it
    turns: TurnInputs | None  # None: it is there all the time


@dataclass
class SupplyInputs:
    """How a stage lends what arrives."""

    supplies: tuple[ArrivalInputs, ...]
    rule: GrantInputs  # of a pool of nothing, in whose place each arrival is put
    wants: Floats | None  # (.., hardware, teams) what teams ask for; None: it is divided as a pool

    def of_pool(self, pool: Floats) -> GrantInputs:
        """The rule for some hardware that is there, (..., hardware, 1)."""
        table = None if self.rule.table is None else pool * self.rule.table
        return replace(self.rule, pool=pool, table=table)


def prepare_supplies(scenario: Scenario, sample: Sample) -> dict[str, ArrivalInputs]:
    """The arrivals of every supply, drawn once for all stages."""
    return {name: _arrivals(scenario, name, one, sample) for name, one in (scenario.supply or {}).items()}


def _arrivals(scenario: Scenario, name: str, supply: GpuSupply, sample: Sample) -> ArrivalInputs:
    part = sample.one(supply.part)[:, None, None]
    tranches = []
    for each, tranche in supply.tranches.items():
        late = whole(sample.one(tranche.late))
        if tranche.chance is not None:
            luck = sample.uniforms([Key(Purpose.SUPPLY, item=f"{name}/{each}")])[0]
            late = np.where(luck < sample.one(tranche.chance), late, math.inf)
        gpus = part * sample.table([tranche.gpus.get(h, 0.0)] for h in scenario.hardware)
        days = tranche.days
        tranches += [TrancheInputs(day_number(day) + late, gpus / len(days)) for day in days]
    ends = math.inf if supply.until is None else float(day_number(supply.until) + 1)
    return ArrivalInputs(name, tuple(tranches), ends, _turns(scenario, supply, sample))


def _turns(scenario: Scenario, supply: GpuSupply, sample: Sample) -> TurnInputs | None:
    if supply.hours_a_day is not None:
        turn, period = sample.row([supply.hours_a_day]), HOURS_PER_DAY
    elif supply.days_a_month is not None:
        turn, period = sample.row([supply.days_a_month]) * HOURS_PER_DAY, _DAYS_A_MONTH * HOURS_PER_DAY
    else:
        return None
    restart = sample.row(scenario.faults_of(t).restart for t in scenario.teams) / 60
    return TurnInputs(turn / period, share_that_works(turn, period, restart))


def prepare_supply(
    scenario: Scenario, s: str, delay: Floats, sample: Sample, supplies: Mapping[str, ArrivalInputs]
) -> SupplyInputs | None:
    """How a stage lends its supplies, each team as late as its other grants; None where it lends none."""
    lent = scenario.stages[s].grants.supply
    if lent is None:
        return None
    teams, size = list(scenario.teams), len(scenario.hardware)
    nothing, shares, table = np.zeros((1, size, 1)), None, None
    if isinstance(lent.shares, ByRank):
        shares = sample.row(lent.shares.by_rank)
    elif lent.shares == "winner":
        shares = np.ones((1, 1))
    elif lent.shares is not None and not isinstance(lent.shares, str):
        table = sample.table(
            ([lent.share_of_type(t, h) for t in teams] for h in scenario.hardware), len(teams)
        )
    rule = GrantInputs(
        pool=nothing,
        table=table,
        shares=shares,
        by_score=lent.shares == "by-score",
        among=np.array([[lent.among is None or t in lent.among for t in teams]]),
        shared_leftover=lent.leftover == "shared",
        delay=delay,
        in_hours=False,
        more=(),
        slow=(),
    )
    wants = None if lent.shares is not None else draw_gpu_table(scenario, lent.gpus_of, sample)
    return SupplyInputs(tuple(supplies[name] for name in lent.supplies), rule, wants)
