"""What is stored of a stage, worked out of its verdict: arrays are (replications, teams)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from sim.engines.evaluation import Verdict
from sim.engines.inputs import Inputs, PayInputs, StageInputs
from sim.engines.outcomes import Outcomes, StageOutcome
from sim.engines.selection import CutInputs
from sim.engines.trained_model import convert_compute
from sim.model.compute import (
    cost,
    fold,
    gpu_hours,
)
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.decisions import (
    KEPT,
    Codes,
    honour,
    order_of_merit,
)


def stage_outcome(inputs: Inputs, stage: StageInputs, verdict: Verdict) -> StageOutcome:
    """A stage of many replications as it is stored: what belongs to teams that are not there is missing."""
    present = verdict.present
    own_days = (stage.days.closes - verdict.opens) * stage.held
    own_hours = gpu_hours(stage.own, own_days[:, None, :])

    def of_present(values: Floats) -> Floats:
        return np.where(present, values, np.nan)

    return StageOutcome(
        **points_outcome(verdict)._asdict(),
        **decision_outcome(stage, verdict)._asdict(),
        compute=of_present(verdict.compute),
        effective=(effective := of_present(verdict.effective)),
        equivalent=effective if stage.models is None else convert_compute(stage.models, effective),
        gpu_hours=fold(verdict.hours) * present,
        cost=cost(verdict.hours, inputs.price) * present,
        own_gpu_hours=fold(own_hours) * present,
        own_cost=_own_cost(inputs, stage, own_days) * present,
        arrived=np.zeros(len(present))
        if verdict.arrived is None
        else verdict.arrived + np.zeros(len(present)),
        supplied=np.zeros(present.shape, order="F")
        if verdict.supplied is None
        else verdict.supplied * present,
        hours_lost=_hours_lost(verdict, fold(verdict.hours) + fold(own_hours)) * present,
        leaked=_leaked(stage, present),
    )


def _hours_lost(verdict: Verdict, hours: Floats) -> Floats:
    """GPU-hours, lent and own, in whose time nothing came of training for faults, (replications, teams)."""
    if verdict.undisturbed is None:
        return np.zeros(verdict.present.shape, order="F")
    some = verdict.undisturbed > 0
    done = np.divide(verdict.compute, verdict.undisturbed, out=np.ones_like(hours), where=some)
    lost: Floats = hours * np.maximum(1.0 - done, 0.0)
    return lost


def _leaked(stage: StageInputs, present: Bools) -> Floats:
    """Money, (replications, teams), that leaks through the models that those who take part begin from."""
    if stage.leak is None or not stage.held:
        return np.zeros(present.shape, order="F")
    return stage.leak * present


class PointsOutcome(NamedTuple):
    """The part of a `StageOutcome` that goes by the evaluation."""

    capability: Floats
    points: Floats
    total: Floats


def points_outcome(verdict: Verdict) -> PointsOutcome:
    """What is stored of a stage's evaluation; missing for teams that are not there."""
    strength, blocks, total = verdict.scored
    there = [np.where(verdict.present, values, np.nan) for values in (strength, *blocks, total)]
    return PointsOutcome(there[0], _stack_blocks(there[1:-1], verdict.present), there[-1])


class DecisionOutcome(NamedTuple):
    """The part of a `StageOutcome` that goes by the decision; each (replications, teams)."""

    fate: Codes
    rank: Codes
    paid: Floats
    budget_used: Floats
    award: Codes


def decision_outcome(stage: StageInputs, verdict: Verdict) -> DecisionOutcome:
    """What is stored of a stage's decision: fates, ranks, money and awards."""
    rank, fate, _ = verdict.decided
    kept = fate == KEPT
    place = order_of_merit(rank, fate) if stage.awards or stage.pays else np.zeros_like(rank)
    return DecisionOutcome(
        fate=fate,
        rank=rank,
        paid=money_paid(stage.pays if stage.held else None, verdict.present, kept, place),
        budget_used=_budget_used(stage.cut, kept) * stage.held,
        award=honour(place, stage.awards) if stage.awards else np.zeros(fate.shape, dtype=np.int8),
    )


def _own_cost(inputs: Inputs, stage: StageInputs, days: Floats) -> Floats:
    """Money for own GPUs, (replications, teams): of the `days` of the window those from today on.

    What was used before is nothing that anybody can still decide on, whether a team or a stage has them.
    """
    if not inputs.own_price.any():
        return np.zeros(days.shape, order="F")
    ahead = np.minimum(days, np.maximum(stage.days.closes - inputs.today, 0.0))
    return cost(gpu_hours(stage.own, ahead[:, None, :]), inputs.own_price)


def money_paid(pays: PayInputs | None, present: Bools, kept: Bools, place: Codes) -> Floats:
    """Return the money that is not for GPUs, (replications, teams); `place` is by merit, 0 for none."""
    if pays is None:
        return np.zeros(present.shape)
    by_rank = np.atleast_2d(pays.by_rank)  # of one replication alone it has one axis
    prizes = np.concatenate([np.zeros((len(by_rank), 1)), by_rank], axis=-1)
    prizes = np.broadcast_to(prizes, (len(place), prizes.shape[-1]))
    at = np.where(place < prizes.shape[-1], place, 0).astype(np.intp)
    paid: Floats = pays.start * present + pays.stay * kept + np.take_along_axis(prizes, at, axis=-1)
    if pays.joint is not None:
        there = np.maximum(np.add.reduce(present, axis=-1, keepdims=True), 1)
        paid = paid + pays.joint / there * present
    return paid


def _budget_used(cut: CutInputs, kept: Bools) -> Floats:
    """Money of the stage's budget, (replications, teams)."""
    return np.zeros(kept.shape) if cut.asks is None else cut.asks * kept


def _stack_blocks(blocks: Sequence[Floats], present: Bools) -> Floats:
    """(replications, blocks, teams)."""
    found = np.empty((present.shape[-1], len(blocks), len(present))).T
    for b, block in enumerate(blocks):
        found[:, b] = block
    return found


def all_outcomes(inputs: Inputs, stages: Iterable[StageOutcome]) -> Outcomes:
    """The outcomes of all replications of `inputs`, from those of every stage."""
    size = (inputs.stop - inputs.start,)
    frontier, growth = np.broadcast_to(inputs.frontier, size), np.broadcast_to(inputs.frontier_growth, size)
    return Outcomes(inputs.start, inputs.stop, tuple(stages), frontier, growth)
