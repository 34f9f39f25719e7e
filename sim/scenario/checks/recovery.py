"""What jobs do about faults: what cannot be beside facts, and what is legal and odd."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.scenario.checks.supply import may_be_supplied
from sim.scenario.models.numbers import Number, extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Diagnostic, KeyPath

NOT_WITH_FACTS = ("bad_nodes", "storage")
"""What draws luck by which points of the past would not be normal."""


def luck_beside_facts(scenario: Scenario) -> Iterator[tuple[KeyPath, str, str]]:
    """Yield where compute of decided stages has luck of its own, what it is, and what to write instead."""
    for path, block in _written(scenario).items():
        for key in NOT_WITH_FACTS:
            if getattr(block, key) is not None:
                yield (*path, key), f"`{key}`, whose luck decides compute, with facts about points", "none"


def _written(scenario: Scenario) -> dict[KeyPath, object]:
    """The blocks in which something may be said of faults, by their place."""
    of_teams: dict[KeyPath, object] = {
        ("teams", t, "faults"): team.faults for t, team in scenario.teams.items()
    }
    return {("faults",): scenario.faults} | of_teams


def warn_of_spares(scenario: Scenario) -> Iterator[Diagnostic]:
    """Spares where no node is ever missing, and as many of them as there are nodes: nobody trains."""
    for team in scenario.teams:
        faults = scenario.faults_of(team)
        if faults.spares is None or not extremes(faults.spares)[1]:
            continue
        path: KeyPath = ("faults", "spares")
        if scenario.teams[team].faults.spares is not None:
            path = ("teams", team, "faults", "spares")
        if faults.repair is None or not extremes(faults.repair)[1]:
            found = "spares where no node is ever missing: `repair` takes no time"
            yield Diagnostic(path, found, "`repair`, the hours until a failed node is back, or no spares")
            continue
        held = extremes(faults.spares)[0] * extremes(faults.gpus_per_node)[0]
        if 0 < (most := _most_gpus(scenario, team)) <= held:
            found = f"spares of {held:,.0f} GPUs, where {team} has {most:,.0f} at most: nothing is trained"
            yield Diagnostic(path, found, f"fewer than {most / extremes(faults.gpus_per_node)[0]:,.3g}")


def _most_gpus(scenario: Scenario, team: str) -> float:
    """The most GPUs that a team may have in a stage, or more where all of a pool may be its.

    Of what a supply may give it no end is worked out.
    """
    found = 0.0
    for s in scenario.to_come:
        if may_be_supplied(scenario, s, team):
            return math.inf
        grants = scenario.stages[s].grants
        tables = [scenario.own_gpus(s, team), grants.gpus_of(team)]
        tables += [grants.pool] if grants.among is None or team in grants.among else []
        tables += [more.gpus_of(team) for more in (grants.more or {}).values()]
        found = max(found, sum(_most(number) for table in tables for number in table.values()))
    return found


def _most(number: Number) -> float:
    return extremes(number)[1]
