"""The models that teams train at a stage, as arrays: what their size makes of compute, and their points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.model.chinchilla import (
    FLOP_PER_PARAMETER_AND_TOKEN,
    LossLaw,
    distinct_tokens,
    equivalent_compute,
    experts_leverage,
    halvings,
    reducible_loss,
    tokens_reached,
)
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.model.quantiles import Sample
from sim.scenario.models.points import Item, PointsBlock
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage
from sim.scenario.models.trained_model import Efficiency, Rewards, Scaling, TrainedModel


@dataclass
class ModelInputs:
    """The models of a stage; arrays are (.., teams), as in `sim.engines.inputs`."""

    named: Bools  # (1, teams) whose model has a size; the other numbers of all others mean nothing
    parameters: Floats
    active: Floats
    most_tokens: Floats  # infinite where compute alone decides
    unique: Floats
    text: Floats  # share of compute that no modality takes
    leverage: Floats
    law: LossLaw


_NO_MODEL = TrainedModel.model_construct(parameters=1e9)
"""Stands where a team's model has no size: nobody looks at what comes of it."""


def prepare_models(scenario: Scenario, stage_id: str, sample: Sample) -> ModelInputs | None:
    """Return the models of a stage; None where none has a size."""
    if not scenario.stages[stage_id].model:
        return None
    found = [scenario.model_of(stage_id, team) for team in scenario.teams]
    models = [_NO_MODEL if model is None else model for model in found]
    return ModelInputs(
        named=np.array([[model is not None for model in found]]),
        parameters=sample.row(model.parameters for model in models),
        active=sample.row(model.size for model in models),
        most_tokens=sample.row(np.inf if model.tokens is None else model.tokens for model in models),
        unique=sample.row(model.unique for model in models),
        text=_row([1 - _shares_besides(model, sample) for model in models]),
        leverage=_row([_leverage(model, sample) for model in models]),
        law=_law(Scaling() if scenario.scaling is None else scenario.scaling, sample),
    )


def _law(scaling: Scaling, sample: Sample) -> LossLaw:
    return LossLaw(
        irreducible=sample.row([scaling.irreducible]),
        parameters=sample.row([scaling.parameters]),
        parameters_exponent=sample.row([scaling.parameters_exponent]),
        tokens=sample.row([scaling.tokens]),
        tokens_exponent=sample.row([scaling.tokens_exponent]),
        repeats=sample.row([scaling.repeats]),
    )


def _shares_besides(model: TrainedModel, sample: Sample) -> Floats:
    """Share of compute that all modalities take, (..,); added up in the order of the file."""
    total = np.zeros(1)
    for modality in model.modalities.values():
        total = total + sample.one(modality.compute)
    return total


def _leverage(model: TrainedModel, sample: Sample) -> Floats:
    """By how much experts multiply compute, (..,)."""
    if model.leverage is None:
        return np.ones(1)
    if model.leverage != "by-experts":
        return sample.one(model.leverage)
    assert model.granularity is not None
    share = sample.one(model.size) / sample.one(model.parameters)
    return experts_leverage(share, sample.one(model.granularity))


def _row(columns: Sequence[Floats]) -> Floats:
    """Numbers of all teams, each (..,), as (.., teams) that runs along the replications in memory."""
    stacked = np.empty((len(columns), max(column.size for column in columns)))
    for target, column in zip(stacked, columns, strict=True):
        target[:] = column
    return stacked.T


def convert_compute(models: ModelInputs | None, effective: Floats) -> Floats:
    """FLOP of an optimal run that comes as far as each team's model does, (..., teams).

    What counts is converted, carried compute with it: it trains the model of this stage.
    """
    if models is None:
        return effective
    text = effective * models.text
    found = equivalent_compute(text, models.active, models.most_tokens, models.unique, models.law)
    return np.where(models.named, found * models.leverage, effective)


def points_of_models(scenario: Scenario, stage_id: str, sample: Sample) -> Floats | None:
    """Points that models bring besides those of strength, (.., items, teams); None where none can."""
    stage = scenario.stages[stage_id]
    models = [scenario.model_of(stage_id, team) for team in scenario.teams]
    parts = list(_parts(stage))
    special = any(model is not None and model.special is not None for model in models)
    if not special and not any(part.rewards or part.efficiency for part in parts):
        return None
    points = [[part.points_of(model, sample) for model in models] for part in parts]
    size = max((one.size for of_teams in points for one in of_teams), default=1)
    found = np.empty((len(parts), len(models), size))
    for i, of_teams in enumerate(points):
        for t, one in enumerate(of_teams):
            found[i, t] = one
    return np.moveaxis(found, -1, 0)


@dataclass(frozen=True)
class _Part:
    """An item of a stage, or a block without items: what it may give a model besides strength."""

    block: str
    item: str
    maximum: float
    all_points: float  # maxima of all parts of the stage
    field_points: dict[str, float]  # maxima of what a field can be: a block, or an item of one
    rewards: Rewards
    rewards_share: float  # 1 for the item's own, its share of the block's otherwise
    efficiency: Efficiency | None
    efficiency_share: float

    def points_of(self, model: TrainedModel | None, sample: Sample) -> Floats:
        """Points of a team's model, (..,)."""
        total = np.zeros(1)
        if model is None:
            return total
        for name, modality in model.modalities.items():
            if name in self.rewards:
                has = sample.one(modality.compute) > 0
                total = total + self.rewards_share * sample.one(self.rewards[name]) * has
        if self.efficiency is not None:
            times = halvings(sample.one(model.size), sample.one(self.efficiency.reference))
            total = total + self.efficiency_share * sample.one(self.efficiency.per_halving) * times
        return total + self._special(model, sample)

    def _special(self, model: TrainedModel, sample: Sample) -> Floats:
        if model.special is None:
            return np.zeros(1)
        of_field = self.field_points[model.special.of]
        if model.special.of in (self.block, f"{self.block}/{self.item}"):
            return self.maximum / of_field * sample.one(model.special.gain)
        return self.maximum / (self.all_points - of_field) * sample.one(model.special.elsewhere)


def _parts(stage: Stage) -> Iterator[_Part]:
    """The items of a stage in their order."""
    fields = dict(_fields(stage))
    whole = sum(block.max for block in stage.points.values())
    for b, block in stage.points.items():
        for name, item in (block.items or {"": block.whole}).items():
            yield _part(b, block, name, item, whole, fields)


def _part(b: str, block: PointsBlock, name: str, item: Item, whole: float, fields: dict[str, float]) -> _Part:
    share = item.max / block.max
    return _Part(
        block=b,
        item=name,
        maximum=item.max,
        all_points=whole,
        field_points=fields,
        rewards=(block.rewards or {}) if item.rewards is None else item.rewards,
        rewards_share=share if item.rewards is None else 1.0,
        efficiency=item.efficiency or block.efficiency,
        efficiency_share=1.0 if item.efficiency else share,
    )


def _fields(stage: Stage) -> Iterator[tuple[str, float]]:
    """What a model can be made for, and its greatest points."""
    for b, block in stage.points.items():
        yield b, block.max
        yield from ((f"{b}/{name}", item.max) for name, item in block.items.items())


def describe_model(models: ModelInputs, effective: Floats, per_tenfold: float, t: int) -> dict[str, float]:
    """Return what one team's model came to, of one replication alone: arrays of `models` are (teams,).

    Empty for a team whose model has no size, or that has trained nothing.
    """
    compute = float(effective[t])
    if not models.named[t] or not compute > 0:
        return {}
    active, unique, text = (float(each[t]) for each in (models.active, models.unique, models.text))
    tokens = float(tokens_reached(np.array(text * compute), active, models.most_tokens[t]))
    worth = distinct_tokens(tokens, unique, models.law.repeats)
    loss = models.law.irreducible + reducible_loss(active, worth, models.law)
    equivalent = float(convert_compute(models, effective)[t])
    return {
        "parameters": float(models.parameters[t]),
        "active": active,
        "tokens": tokens,
        "epochs": tokens / unique,
        "loss": float(np.ravel(loss)[0]),
        "equivalent": equivalent,
        "unused": max(0.0, text * compute - FLOP_PER_PARAMETER_AND_TOKEN * active * tokens),
        "lost_eci": per_tenfold * float(np.log10(compute / equivalent)),
    }
