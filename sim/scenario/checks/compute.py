"""Does a programme say what its strength comes from: from compute, with hardware, or from itself alone?"""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.models.grants import Grants
from sim.scenario.models.points import Item, PointsBlock
from sim.scenario.models.scenario import OF_COMPUTE, Scenario
from sim.scenario.models.science import TeamFaults
from sim.scenario.models.stages import Cut, Stage
from sim.scenario.problems import Diagnostic, KeyPath


def compute_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Keys of compute in a programme without hardware, and the other way round; windows without a GPU."""
    yield from _check_science(scenario)
    for team_id, team in scenario.teams.items():
        if not scenario.hardware and (team.main_run_share is not None or team.faults != TeamFaults()):
            key = "faults" if team.main_run_share is None else "main_run_share"
            yield Diagnostic(
                ("teams", team_id, key), f"`{key}` without hardware", "`hardware`, or no such key"
            )
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id)
        yield from _check_training(scenario, stage_id, stage, here)
        yield from _check_slopes(scenario, stage, here)
        if not stage.has_total and stage.cut != Cut():
            yield Diagnostic(
                (*here, "cut"), "a cut by points in a stage without points", "`points`, or a gate"
            )


def _check_science(scenario: Scenario) -> Iterator[Diagnostic]:
    if scenario.hardware:
        if scenario.strength is not None:
            expected = "`capability` with `team_spread` and `stage_spread`, since strength comes from compute"
            yield Diagnostic(("strength",), "`strength` beside `hardware`", expected)
        yield from _check_gpus(scenario)
        return
    for key in OF_COMPUTE:
        if getattr(scenario, key) != Scenario.model_fields[key].get_default():
            expected = "`strength` with `spread` and `luck`" if key == "capability" else "`hardware`"
            yield Diagnostic((key,), f"`{key}` without hardware", f"{expected}, or no such block")


def _check_gpus(scenario: Scenario) -> Iterator[Diagnostic]:
    """Hardware of which nobody ever has a GPU: everybody would get 0 points, and lots would decide.

    Not of a file that is there for a recount of points as reported.
    """
    stages = [s for s in scenario.stages if scenario.trains(s)]
    reported = any(stage.reported is not None for stage in scenario.stages.values())
    if not stages or reported or any(_names_gpus(scenario, s) for s in stages):
        return
    expected = "`grants` or `own` GPUs, or neither `hardware` nor `train` where nothing is trained"
    yield Diagnostic(("stages", stages[0], "train"), "training in which no team has a GPU", expected)


def _names_gpus(scenario: Scenario, stage_id: str) -> bool:
    grants = scenario.stages[stage_id].grants
    lent = bool(grants.pool or grants.gpus or grants.more or grants.supply)
    return lent or any(scenario.own_gpus(stage_id, team) for team in scenario.teams)


def _check_training(scenario: Scenario, stage_id: str, stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    """Grants in a stage in which nobody trains."""
    if not scenario.trains(stage_id):
        lacking = "hardware" if not scenario.hardware else "training"
        expected = "`hardware`" if not scenario.hardware else "`train`, the window in which they are used"
        given = {"grants": stage.grants != Grants(), "own": bool(stage.own)}
        given["reference_compute"] = stage.reference_compute is not None
        for key in (key for key, is_given in given.items() if is_given):
            yield Diagnostic((*here, key), f"`{key}` without {lacking}", f"{expected}, or no such key")


def _check_slopes(scenario: Scenario, stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    """How points follow strength: by ECI where models are trained, by units of strength otherwise."""
    own_unit = scenario.strength is not None and scenario.strength.unit is not None
    for block_id, block in stage.points.items():
        path = (*here, "points", block_id)
        yield from _check_unit(scenario, block, path)
        for item_id, item in block.items.items():
            yield from _check_unit(scenario, item, (*path, "items", item_id))
        if block.slope is not None or block.spread is not None or block.efficiency is not None:
            continue
        if scenario.hardware:
            found = "neither `per_eci` nor `spread`"
            yield Diagnostic(path, found, "`per_eci` in a benchmark or `spread` where people judge")
        elif own_unit:
            found = "neither `per_strength` nor `spread`, and strength in a unit that is not points"
            yield Diagnostic(path, found, "one of them")


def _check_unit(scenario: Scenario, part: PointsBlock | Item, path: KeyPath) -> Iterator[Diagnostic]:
    if scenario.hardware:
        if part.per_strength is not None:
            yield Diagnostic((*path, "per_strength"), "`per_strength` beside `hardware`", "`per_eci`")
        return
    for key in ("per_eci", "per_eci_share", "target"):
        if getattr(part, key, None) is not None:
            expected = "`per_strength`, or nothing where strength is in points"
            yield Diagnostic((*path, key), f"`{key}` without hardware", expected)
