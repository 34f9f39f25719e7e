"""What is stored of a stage, worked out of its verdict: arrays are (replications, teams)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

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
    """A stage of many replications as it is stored: what belongs to teams that are not there is missing.

    Nothing but fates and ranks is worked out before it is asked for.
    """
    present, (rank, fate, _) = verdict.present, verdict.decided
    strength, blocks, total = verdict.scored

    def of_present(values: Floats) -> Floats:
        return np.where(present, values, np.nan)

    @cache
    def own_days() -> Floats:
        return (stage.days.closes - verdict.opens) * stage.held

    @cache
    def own_hours() -> Floats:
        return fold(gpu_hours(stage.own, own_days()[:, None, :]))

    @cache
    def effective() -> Floats:
        return of_present(verdict.effective)

    @cache
    def place() -> Codes:
        return order_of_merit(rank, fate) if stage.awards or stage.pays else np.zeros_like(rank)

    return StageOutcome(
        fate=fate,
        rank=rank,
        compute=lambda: of_present(verdict.compute),
        effective=effective,
        equivalent=lambda: (
            effective() if stage.models is None else convert_compute(stage.models, effective())
        ),
        capability=lambda: of_present(strength),
        points=lambda: _stack_blocks(list(map(of_present, blocks)), present),
        total=lambda: of_present(total),
        gpu_hours=lambda: fold(verdict.hours) * present,
        cost=lambda: cost(verdict.hours, inputs.price) * present,
        own_gpu_hours=lambda: own_hours() * present,
        own_cost=lambda: _own_cost(inputs, stage, own_days()) * present,
        paid=lambda: money_paid(stage.pays if stage.held else None, present, fate == KEPT, place()),
        budget_used=lambda: _budget_used(stage.cut, fate == KEPT) * stage.held,
        award=lambda: honour(place(), stage.awards) if stage.awards else np.zeros(fate.shape, dtype=np.int8),
        arrived=lambda: (
            np.zeros(len(present)) if verdict.arrived is None else verdict.arrived + np.zeros(len(present))
        ),
        supplied=lambda: (
            np.zeros(present.shape, order="F") if verdict.supplied is None else verdict.supplied * present
        ),
        hours_lost=lambda: _hours_lost(verdict, fold(verdict.hours) + own_hours()) * present,
        leaked=lambda: _leaked(stage, present),
    )


BY_DECISION = frozenset({"fate", "rank", "paid", "budget_used", "award"})
"""Of an outcome, what goes by the decision."""

BY_EVALUATION = BY_DECISION | {"capability", "points", "total"}
"""What goes by the evaluation and by what follows from it."""


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
