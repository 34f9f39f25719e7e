"""What is drawn beside the numbers in a file: shares of defaults that are distributions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.models.base import Block
from sim.scenario.models.numbers import Number, Uncertain
from sim.scenario.models.openness import BASES
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.science import TEAM_FAULTS
from sim.scenario.models.stages import Stage


def shares_of_defaults(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """What is drawn beside the numbers in the file, where a default is a distribution.

    The `draw_name` of each share, and the path of the default whose share it is.
    """
    for number in _resolved_numbers(scenario):
        if isinstance(number, Uncertain) and number.default_path is not None:
            yield number.draw_name, number.default_path


def _resolved_numbers(scenario: Scenario) -> Iterator[Any]:
    for team in scenario.teams:
        yield from _numbers_of_team(scenario, team)
    for stage_id in scenario.stages:
        yield from (scenario.supplier_delay(supplier, stage_id) for supplier in scenario.suppliers)
        if scenario.data is not None and scenario.trains(stage_id):
            owners = ["all"] if scenario.data.shifts else scenario.teams
            yield from (scenario.data.delay_of(stage_id, owner) for owner in owners)
        for team in scenario.teams:
            yield from _numbers_at_stage(scenario, stage_id, team)
    for kind in BASES:
        yield from (scenario.fallback_delay(kind, team) for team in scenario.used_by(kind))
    for name in scenario.breakthroughs or {}:
        yield from (scenario.adoption(name, team) for team in scenario.teams)


def _numbers_of_team(scenario: Scenario, team: str) -> Iterator[Any]:
    """What holds for a team at all stages, and after it has left."""
    faults = scenario.faults_of(team)
    for value in (getattr(faults, key) for key in TEAM_FAULTS):
        yield from _numbers_of(value)
    yield from (scenario.main_run_share(team), scenario.saved_share(team), scenario.gained_on_tests(team))
    yield 0.0 if scenario.data is None else scenario.data.own_budget(team)
    yield from (scenario.mfu(team, hardware) for hardware in scenario.hardware)
    if scenario.afterwards is not None and scenario.afterwards.go_on is not None:
        yield from (scenario.gpus_to_go_on(team) or {}).values()
        yield scenario.afterwards.go_on.share_of(team)


def _numbers_at_stage(scenario: Scenario, stage_id: str, team: str) -> Iterator[Any]:
    """What holds for a team at one stage."""
    stage = scenario.stages[stage_id]
    share = stage.grants.share_of(team)
    yield from share.values() if isinstance(share, dict) else [share]
    yield from (*scenario.gate_risks(stage_id, team), stage.grants.delay_of(team))
    yield from scenario.own_gpus(stage_id, team).values()
    yield from stage.grants.gpus_of(team).values()
    for more in (stage.grants.more or {}).values():
        yield from more.gpus_of(team).values()
    yield from _supplied(stage, team)
    yield from (stage.cut.asked_by(team), *_applying(stage, team), *_paid(stage, team))
    model = scenario.model_of(stage_id, team)
    yield from () if model is None else model.numbers()
    yield scenario.leak(stage_id, team)


def _supplied(stage: Stage, team: str) -> Iterator[Number]:
    if (supply := stage.grants.supply) is not None:
        share = supply.share_of(team)
        yield from share.values() if isinstance(share, dict) else [share]
        yield from supply.gpus_of(team).values()


def _numbers_of(value: Any) -> Iterator[Any]:
    """What stands in a block, or the value itself."""
    if isinstance(value, Block) and not isinstance(value, Uncertain):
        yield from (number for _, number in value)
    else:
        yield value


def _applying(stage: Stage, team: str) -> list[Number]:
    return [] if stage.entry is None else [stage.entry.applying(team)]


def _paid(stage: Stage, team: str) -> tuple[Number, ...]:
    return () if stage.pays is None else stage.pays.amounts(team)
