"""The grants of a stage as arrays, whatever the rule in the file."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.engines.lookup import Numbers
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.scenario.numbers import Uncertain
from sim.scenario.scenario import Scenario
from sim.scenario.stages import Grants


def grant_inputs(
    scenario: Scenario, s: str, grants: Grants, numbers: Numbers
) -> tuple[Floats, Floats | None, Bools]:
    """Pool (.., hardware, 1), a fixed rule's table (.., hardware, teams) or None, who shares (1, teams)."""
    hardware, teams, here = list(scenario.hardware), list(scenario.teams), f"stages.{s}.grants"
    among = np.array([[grants.among is None or t in grants.among for t in teams]])
    pool = numbers.table([(f"{here}.pool.{h}", grants.pool.get(h, 0.0))] for h in hardware)
    if grants.shares == "equal":
        return pool, None, among
    if grants.shares is not None:
        shares = grants.shares
        table = pool * numbers.table([_share(shares, here, t, h) for t in teams] for h in hardware)
        return pool, table, among
    table = numbers.table([_gpus(grants.gpus, here, t, h) for t in teams] for h in hardware)
    return _pool_of(table), table, among


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


def _gpus(gpus: Mapping[str, object], here: str, team: str, hardware: str) -> tuple[str, float | Uncertain]:
    table = gpus.get(team, gpus.get("default", {}))
    number = table.get(hardware, 0.0) if isinstance(table, Mapping) else 0.0
    return f"{here}.gpus.{team}.{hardware}", number
