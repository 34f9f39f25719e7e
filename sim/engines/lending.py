"""What a stage lends, as arrays: pool or table, delays, slow periods. Shapes as in `sim.engines.inputs`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.engines.calendar import StageDays, day_number
from sim.model.compute import fold
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.model.quantiles import Sample, whole
from sim.scenario.models.grants import ByRank, GpuTable, Grants, MoreGpus, Supplier
from sim.scenario.models.scenario import Scenario


@dataclass
class SlowWindow:
    """Some days in which the lent GPUs of the teams that a supplier serves are slow."""

    starts: Floats  # (.., 1) day
    ends: Floats  # (.., 1) day, no earlier than it starts
    speed: Floats  # (.., 1) against normal
    served: Bools  # (1, teams)


@dataclass
class MoreInputs:
    """A further grant during a window."""

    day: Floats  # (..,) from which it is there
    gpus: Floats  # (.., hardware, teams)

    def starts(self, opens: Floats, closes: Floats) -> Floats:
        """From when each team has it, (..., teams): within its window, and perhaps not before its end."""
        return np.minimum(np.maximum(np.expand_dims(self.day, -1), opens), closes)


@dataclass
class GrantInputs:
    """How a stage's pool is lent, and when it comes."""

    pool: Floats  # (.., hardware, 1)
    table: Floats | None  # (.., hardware, teams): what a fixed rule gives
    shares: Floats | None  # (.., places): shares of the pool by rank
    by_score: bool  # with neither table nor shares: by points, or else equally
    among: Bools  # (1, teams)
    shared_leftover: bool
    delay: Floats  # (.., teams) whole days
    in_hours: bool  # whether pool and table are GPU-hours
    more: tuple[MoreInputs, ...]
    slow: tuple[SlowWindow, ...]


def prepare_grants(
    scenario: Scenario,
    stage_id: str,
    sample: Sample,
    slow: Mapping[str, Sequence[SlowDays]],
    days: StageDays,
) -> GrantInputs:
    """The grants of a stage; `slow` are the slow days of every supplier."""
    grants, teams = scenario.stages[stage_id].grants, list(scenario.teams)
    pool = sample.table([grants.pool.get(h, 0.0)] for h in scenario.hardware)
    table = shares = None
    if isinstance(grants.shares, ByRank):
        shares = sample.row(grants.shares.by_rank)
    elif grants.shares == "winner":
        shares = np.ones((1, 1))
    elif isinstance(grants.shares, Mapping):
        shares_of_types = ([grants.share_of_type(t, h) for t in teams] for h in scenario.hardware)
        table = pool * sample.table(shares_of_types)
    elif grants.shares is None:
        table = draw_gpu_table(scenario, grants.gpus_of, sample)
        pool = fold(table[..., None])  # a table implies its pool: the sum over the teams
    return GrantInputs(
        pool=pool,
        table=table,
        shares=shares,
        by_score=grants.shares == "by-score",
        among=np.array([[grants.among is None or t in grants.among for t in teams]]),
        shared_leftover=grants.leftover == "shared",
        delay=_delay(scenario, stage_id, grants, sample),
        in_hours=grants.counted_in is not None,
        more=tuple(_more(scenario, each, sample, days) for each in (grants.more or {}).values()),
        slow=tuple(_slow_periods(scenario, grants, slow)),
    )


def _more(scenario: Scenario, grant: MoreGpus, sample: Sample, days: StageDays) -> MoreInputs:
    return MoreInputs(day_number(grant.day) + days.moved, draw_gpu_table(scenario, grant.gpus_of, sample))


def draw_gpu_table(scenario: Scenario, gpus_of: Callable[[str], GpuTable], sample: Sample) -> Floats:
    """GPUs by team and hardware type, (.., hardware, teams); `gpus_of` gives those of a team."""
    tables = [gpus_of(t) for t in scenario.teams]
    return sample.table(([gpus.get(h, 0.0) for gpus in tables] for h in scenario.hardware), len(tables))


def _delay(scenario: Scenario, stage_id: str, grants: Grants, sample: Sample) -> Floats:
    """Whole days by which each team's grants are late: its own delay and its supplier's, (.., teams)."""
    own = whole(sample.row(grants.delay_of(t) for t in scenario.teams))
    common = {name: whole(sample.one(scenario.supplier_delay(name, stage_id))) for name in scenario.suppliers}
    nothing = np.zeros(1)
    late = [common.get(grants.supplier_of(t) or "", nothing) for t in scenario.teams]
    return own if not common else own + np.stack(np.broadcast_arrays(*late)).T


class SlowDays(NamedTuple):
    """When a supplier is slow, and how slow, each (.., 1): drawn once for all stages that it touches."""

    starts: Floats
    ends: Floats
    speed: Floats


def prepare_slow_days(scenario: Scenario, sample: Sample) -> dict[str, list[SlowDays]]:
    """The slow days of every supplier."""
    return {name: _of_supplier(supplier, sample) for name, supplier in scenario.suppliers.items()}


def _of_supplier(supplier: Supplier, sample: Sample) -> list[SlowDays]:
    """Its slow periods in order of time; one that lasts longer ends where the next begins."""
    found = []
    periods = sorted(supplier.slow.values(), key=lambda period: period.starts)
    following = [*(float(day_number(period.starts)) for period in periods[1:]), math.inf]
    for period, latest in zip(periods, following, strict=False):
        starts = float(day_number(period.starts))
        ends = np.minimum(starts + whole(sample.row([period.days])), latest)
        found.append(SlowDays(np.array([[starts]]), ends, sample.row([period.speed])))
    return found


def _slow_periods(
    scenario: Scenario, grants: Grants, slow: Mapping[str, Sequence[SlowDays]]
) -> list[SlowWindow]:
    """The slow periods that may touch the teams of a stage, by who serves them."""
    found = []
    for name, periods in slow.items():
        served = np.array([[grants.supplier_of(t) == name for t in scenario.teams]])
        if served.any():
            found += [SlowWindow(*period, served) for period in periods]
    return found
