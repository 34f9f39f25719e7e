"""The grants of a stage as arrays, whatever the rule in the file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from sim.engines.days import day_number
from sim.engines.inputs import GrantInputs, SlowPeriod
from sim.engines.lookup import Numbers
from sim.model.draws import Floats
from sim.model.quantiles import whole
from sim.scenario.models.grants import ByRank, GpusByTeam, GpuTable, Grants, Supplier
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.scenario import Scenario


def grant_inputs(
    scenario: Scenario, s: str, grants: Grants, numbers: Numbers, slow: Mapping[str, Sequence[Slow]]
) -> GrantInputs:
    """The rule, the pool and what it needs, delays and slow periods of a stage's grants."""
    hardware, teams, here = list(scenario.hardware), list(scenario.teams), f"stages.{s}.grants"
    pool = numbers.table([(f"{here}.pool.{h}", grants.pool.get(h, 0.0))] for h in hardware)
    table = shares = None
    if isinstance(grants.shares, ByRank):
        shares = numbers.row((f"{here}.shares.by_rank.{i}", x) for i, x in enumerate(grants.shares.by_rank))
    elif grants.shares == "winner":
        shares = np.ones((1, 1))
    elif isinstance(grants.shares, Mapping):
        by_team = grants.shares
        table = pool * numbers.table([_share(by_team, here, t, h) for t in teams] for h in hardware)
    elif grants.shares is None:
        table = gpu_table(scenario, lambda t: (f"{here}.gpus.{t}", _granted(grants.gpus, t)), numbers)
        pool = _pool_of(table)
    return GrantInputs(
        rule="by-rank" if shares is not None else "table" if table is not None else _rule(grants),
        pool=pool,
        table=table,
        shares=shares,
        among=np.array([[grants.among is None or t in grants.among for t in teams]]),
        shared_leftover=grants.leftover == "shared",
        delay=_delay(scenario, s, grants, numbers),
        slow=tuple(_slow(scenario, grants, slow)),
    )


def gpu_table(scenario: Scenario, of: Callable[[str], tuple[str, GpuTable]], numbers: Numbers) -> Floats:
    """GPUs by team and hardware type, (.., hardware, teams); `of` gives a team's path and its GPUs."""
    tables = {t: of(t) for t in scenario.teams}
    return numbers.table(
        [(f"{path}.{h}", gpus.get(h, 0.0)) for path, gpus in tables.values()] for h in scenario.hardware
    )


def _rule(grants: Grants) -> Literal["equal", "by-score"]:
    return "by-score" if grants.shares == "by-score" else "equal"


def _pool_of(table: Floats) -> Floats:
    """The pool that a table of GPUs implies: its sum over the teams, (.., hardware, 1)."""
    total = table[..., :1]
    for t in range(1, table.shape[-1]):
        total = total + table[..., t : t + 1]
    return total


def _share(
    shares: Mapping[str, object], here: str, team: str, hardware: str
) -> tuple[str, float | Uncertain]:
    share = shares.get(team, shares.get("default", 0.0))
    path = f"{here}.shares.{team}"
    if isinstance(share, Mapping):
        return f"{path}.{hardware}", share.get(hardware, 0.0)
    assert isinstance(share, (float, Uncertain))
    return path, share


def _granted(gpus: GpusByTeam, team: str) -> GpuTable:
    """What a table of GPUs gives a team, by name or by default."""
    given = gpus.get(team, gpus.get("default", "none"))
    return {} if given == "none" else given


def _delay(scenario: Scenario, s: str, grants: Grants, numbers: Numbers) -> Floats:
    """Whole days by which each team's grants are late: its own delay and its supplier's, (.., teams)."""
    own = whole(numbers.row((f"stages.{s}.grants.delay.{t}", grants.delay) for t in scenario.teams))
    common = {
        name: whole(numbers.one(f"suppliers.{name}.delay.{s}", supplier.delay))
        for name, supplier in scenario.suppliers.items()
    }
    nothing = np.zeros(1)
    late = [common.get(grants.supplier_of(t) or "", nothing) for t in scenario.teams]
    return own if not common else own + np.stack(np.broadcast_arrays(*late), axis=-1)


class Slow(NamedTuple):
    """A slow period of a supplier: its days and speed, each (.., 1)."""

    starts: Floats
    ends: Floats
    speed: Floats


def slow_periods(scenario: Scenario, numbers: Numbers) -> dict[str, list[Slow]]:
    """The slow periods of every supplier; one that lasts longer ends where the supplier's next begins."""
    return {name: _of_supplier(name, supplier, numbers) for name, supplier in scenario.suppliers.items()}


def _of_supplier(name: str, supplier: Supplier, numbers: Numbers) -> list[Slow]:
    found = []
    periods = sorted(supplier.slow.items(), key=lambda item: item[1].starts)
    following = [*(float(day_number(period.starts)) for _, period in periods[1:]), math.inf]
    for (p, period), latest in zip(periods, following, strict=False):
        starts, path = float(day_number(period.starts)), f"suppliers.{name}.slow.{p}"
        ends = np.minimum(starts + whole(numbers.row([(f"{path}.days", period.days)])), latest)
        found.append(Slow(np.array([[starts]]), ends, numbers.row([(f"{path}.speed", period.speed)])))
    return found


def _slow(scenario: Scenario, grants: Grants, slow: Mapping[str, Sequence[Slow]]) -> list[SlowPeriod]:
    """The slow periods that may touch the teams of a stage, by who serves them."""
    found = []
    for name, periods in slow.items():
        served = np.array([[grants.supplier_of(t) == name for t in scenario.teams]])
        if served.any():
            found += [SlowPeriod(*period, served) for period in periods]
    return found
