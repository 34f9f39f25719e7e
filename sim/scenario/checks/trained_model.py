"""Are the models that teams train possible, and is everything there by which they earn points?"""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.checks.money import outside
from sim.scenario.models.numbers import Number, extremes
from sim.scenario.models.points import Item, PointsBlock
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage
from sim.scenario.models.trained_model import Special, TrainedModel
from sim.scenario.problems import Diagnostic, KeyPath, did_you_mean, unknown_names


def model_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Models of nobody, without training, of more active parameters than all; fields that nothing judges."""
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id)
        if stage.model:
            yield from _check_models(scenario, stage_id, stage, (*here, "model"))
        for path, _ in _efficient_parts(stage):
            without = [t for t in scenario.in_play(stage_id) if scenario.model_of(stage_id, t) is None]
            if without:
                found = f"points for a small model, and no model of '{without[0]}'"
                expected = f"stages.{stage_id}.model of every team, or a `default`"
                yield Diagnostic((*here, *path), found, expected)


def _check_models(scenario: Scenario, stage_id: str, stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    if not scenario.trains(stage_id):
        lacking = "hardware" if not scenario.hardware else "training"
        expected = f"`{'hardware' if not scenario.hardware else 'train'}`, or no such key"
        yield Diagnostic(here, f"`model` without {lacking}", expected)
    yield from unknown_names(here, "team", stage.model or (), [*scenario.teams, "default"])
    for team, model in (stage.model or {}).items():
        yield from _check_size(model, (*here, team))
        if model.special is not None:
            yield from _check_special(stage, model.special, (*here, team, "special"))


def _check_size(model: TrainedModel, here: KeyPath) -> Iterator[Diagnostic]:
    least, most = extremes(model.parameters)[0], extremes(model.size)[1]
    if model.active is not None and most > least:
        found = f"{most:g} active parameters of {least:g}"
        yield Diagnostic((*here, "active"), found, "at most as many as there are")
    shares = sum(extremes(modality.compute)[1] for modality in model.modalities.values())
    if shares >= 1:
        found = f"modalities that take {100 * shares:g} % of compute"
        yield Diagnostic((*here, "modalities"), found, "less than 100 %: the rest trains the model in text")


def _check_special(stage: Stage, special: Special, here: KeyPath) -> Iterator[Diagnostic]:
    """A field that is no block and no item, or that is all there is."""
    fields = [*stage.points, *(f"{b}/{i}" for b, block in stage.points.items() for i in block.items)]
    if special.of not in fields:
        hint = did_you_mean(special.of, fields)
        yield Diagnostic((*here, "of"), f"no block or item '{special.of}'", hint=hint)
        return
    block, _, item = special.of.partition("/")
    parts = stage.points[block].items if item else stage.points
    if len(parts) == 1 and len(stage.points) == 1 and extremes(special.elsewhere) != (0.0, 0.0):
        found = f"points elsewhere than in '{special.of}', which is all"
        yield Diagnostic((*here, "elsewhere"), found, "0, or another block")


def _efficient_parts(stage: Stage) -> Iterator[tuple[KeyPath, PointsBlock | Item]]:
    """Blocks and items that are about how small a model is."""
    for path, part in _parts(stage):
        if part.efficiency is not None:
            yield (*path, "efficiency"), part


def _parts(stage: Stage) -> Iterator[tuple[KeyPath, PointsBlock | Item]]:
    for block_id, block in stage.points.items():
        yield ("points", block_id), block
        yield from ((("points", block_id, "items", item_id), item) for item_id, item in block.items.items())


_USUAL: dict[str, tuple[float, float]] = {
    "parameters": (1e8, 1e14),
    "active": (1e8, 1e13),
    "tokens": (1e11, 1e15),
    "unique": (1e11, 1e15),
}
"""Between what sizes and tokens of language models lie; beyond, a letter is missing or one too many."""


def warn_of_models(scenario: Scenario) -> Iterator[Diagnostic]:
    """Sizes of other orders, rewards that nobody can get, a law that no model follows."""
    stages = {s: scenario.stages[s] for s in scenario.to_come}
    for stage_id, stage in stages.items():
        here = ("stages", stage_id)
        for team, model in (stage.model or {}).items():
            yield from _warn_of_sizes(model, (*here, "model", team))
        yield from _warn_of_rewards(stage, here)
    if scenario.scaling is not None and not any(stage.model for stage in scenario.stages.values()):
        yield Diagnostic(("scaling",), "a law of loss, and no model that follows it", "`model` in a stage")


def _warn_of_sizes(model: TrainedModel, here: KeyPath) -> Iterator[Diagnostic]:
    for key, (low, high) in _USUAL.items():
        number: Number | None = getattr(model, key)
        if number is not None and (odd := outside(number, low, high)) is not None:
            yield Diagnostic((*here, key), f"{odd:g} {_COUNTED[key]}", f"some {low:g} to {high:g}")


_COUNTED = {
    "parameters": "parameters",
    "active": "active parameters",
    "tokens": "tokens",
    "unique": "distinct tokens",
}


def _warn_of_rewards(stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    """Rewards for a modality that no model of the stage has."""
    known = {modality for model in (stage.model or {}).values() for modality in model.modalities}
    for path, part in _parts(stage):
        for modality in part.rewards or {}:
            if modality not in known:
                hint = did_you_mean(modality, known)
                found = f"points for '{modality}', which no model of the stage has"
                yield Diagnostic((*here, *path, "rewards", modality), found, "one of its modalities", hint)
