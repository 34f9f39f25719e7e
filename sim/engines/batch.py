"""The batch engine: many replications at once, as arrays. Time passes as integrals, not as events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.engines.arrivals import Lot, lend_supply, rate_with_turns
from sim.engines.ecosystem import add_afterwards
from sim.engines.effort import nothing_saved, spend_effort
from sim.engines.evaluation import (
    Standing,
    Verdict,
    count_compute,
    decide,
    enter,
    evaluate,
    lend,
    opening_days,
    rate_of_training,
    skip_stage,
    training_begins,
)
from sim.engines.inputs import NO_BLOCKS, NO_FAULTS, Inputs, KnownBlocks, StageInputs, prepare
from sim.engines.outcomes import Outcomes, StageOutcome, noted
from sim.engines.stage_outcomes import all_outcomes, stage_outcome
from sim.model.compute import gpu_hours
from sim.model.draws import Floats, Source
from sim.model.points import Bools
from sim.rules.book import BUILT_IN, Rulebook
from sim.scenario.models.scenario import Scenario

NOT_EACH = "the batch engine cannot play `faults.mode: each`; take the event engine, or auto"
"""What it says to a scenario whose faults are to be played one by one."""


class State(NamedTuple):
    """Between two stages: who takes part in the next, and what they bring along. Arrays are (.., teams)."""

    field: Standing
    waiting: Bools | None  # who has not come in yet; None: nobody ever does
    effective: Floats  # FLOP of the stage before that count
    saved: Floats | None = None  # FLOP kept for the next; None: nobody ever keeps any


class StagePlayed(NamedTuple):
    """One stage of many replications as it went."""

    before: State
    verdict: Verdict
    outcome: StageOutcome


def play_batch(
    scenario: Scenario, source: Source, start: int, stop: int, rules: Rulebook = BUILT_IN
) -> Outcomes:
    """Play the replications from `start` to before `stop`, luck from `source`.

    Raises `ValueError` for a scenario that only the event engine can play.
    """
    inputs = prepare_range(scenario, source, start, stop)
    played = play_stages(inputs, inputs.stages, initial_state(inputs), rules)
    return add_afterwards(inputs, all_outcomes(inputs, (stage.outcome for stage in played)))


def prepare_range(
    scenario: Scenario, source: Source, start: int, stop: int, known: KnownBlocks = NO_BLOCKS
) -> Inputs:
    """Prepare the replications from `start` to before `stop`; `known` as in `prepare`.

    Raises `ValueError` for a scenario that only the event engine can play.
    """
    if scenario.faults.mode == "each":
        raise ValueError(NOT_EACH)
    return prepare(scenario, source, start, stop, known)


def play_stages(
    inputs: Inputs, stages: Sequence[StageInputs], state: State, rules: Rulebook
) -> Iterator[StagePlayed]:
    """Play stages, one after another, from a state."""
    for stage in stages:
        with noted(stage.id):
            verdict, after = play_stage(inputs, stage, state, rules)
        yield StagePlayed(state, verdict, stage_outcome(inputs, stage, verdict))
        state = after


def initial_state(inputs: Inputs) -> State:
    """Before the first stage: everybody is there but for the candidates of entries."""
    shape = (inputs.stop - inputs.start, len(inputs.teams))
    # Memory runs along the replications (see `inputs`): sums over the few teams are sums of long rows.
    present = np.empty(shape, dtype=bool, order="F")
    present[:] = inputs.from_start
    nothing = np.zeros(shape, order="F")
    waiting = None if inputs.waiting is None else ~present
    field = Standing(present, None, None, np.zeros(shape, dtype=np.int8, order="F"), nothing)
    saved = nothing_saved(tuple(stage.effort for stage in inputs.stages), nothing)
    return State(field, waiting, nothing, saved)


def play_stage(inputs: Inputs, stage: StageInputs, state: State, rules: Rulebook) -> tuple[Verdict, State]:
    """One stage from its grants to the entry after it."""
    present = state.field.present
    if not stage.held:
        return skip_stage(inputs, stage, present, state.waiting, state.saved), state
    opens = opening_days(stage, state.field)
    granted = lend(stage, state.field, opens, rules)
    begins = training_begins(stage, opens)
    # What comes after the close trains for no time at all, and costs nothing.
    delivered = np.minimum(opens + stage.grants.delay, stage.days.closes)
    # Every team is worked out as if it were there, and counts for nothing if it is not: a mask is faster than
    # picking teams out, and keeps the shape of all arrays.
    more = _further_grants(stage, opens, present)
    supplied = lend_supply(stage, state.field, opens, rules)
    lots = () if supplied is None else supplied.lots
    window, lent = TrainingDays(opens, begins), [(delivered, granted), *more]
    compute = _train_on(inputs, stage, window, lent, lots) * present
    undisturbed = None
    if inputs.tells_losses:
        unbroken, smooth = replace(inputs, faults=NO_FAULTS), replace(stage, storage=None)
        undisturbed = _train_on(unbroken, smooth, window, lent, lots)
    submitted, saved = spend_effort(stage.effort, stage.cut, compute, present, state.saved)
    effective = count_compute(inputs, stage, submitted, state.effective)
    scored = evaluate(inputs, stage, effective, state.field)
    decided = decide(stage, scored, present, state.waiting, rules)
    hours = gpu_hours(granted, (stage.days.closes - delivered)[:, None, :])
    for starts, gpus in more:
        hours = hours + gpu_hours(gpus, (stage.days.closes - starts)[:, None, :])
    for lot in lots:
        hours = hours + lot.hours()
    arrived, lent_of_it = (None, None) if supplied is None else supplied[1:]
    verdict = Verdict(
        *(present, compute, effective, scored, decided, opens, hours),
        *(saved, undisturbed, arrived, lent_of_it),
    )
    return verdict, state_after(stage, state, verdict)


def state_after(stage: StageInputs, state: State, verdict: Verdict) -> State:
    """Who is there after a stage and the entry that follows it."""
    field, waiting = state.field.after(stage, verdict.scored, verdict.decided), state.waiting
    if stage.entry is not None:
        entered = enter(stage.entry, field.present, waiting)
        field = field.joined_by(entered, stage.entry.day)
        waiting = None if waiting is None else waiting & ~entered
    return State(field, waiting, verdict.effective, verdict.saved)


def _further_grants(stage: StageInputs, opens: Floats, present: Bools) -> list[tuple[Floats, Floats]]:
    """From when further grants are there, (.., teams), and their GPUs, (replications, hardware, teams)."""
    return [
        (each.starts(opens, stage.days.closes), each.gpus * present[:, None, :]) for each in stage.grants.more
    ]


class TrainingDays(NamedTuple):
    """From when the window of each team is open, and from when its training counts, (.., teams)."""

    opens: Floats  # the day on which the window opens
    begins: Floats  # the day from which on training counts: later where what a team began from closes


def _train_on(
    inputs: Inputs,
    stage: StageInputs,
    window: TrainingDays,
    lent: Sequence[tuple[Floats, Floats]],
    supplied: Sequence[Lot],
) -> Floats:
    """FLOP of a training window with GPUs that are `lent` from a day on, (.., teams), as (day, GPUs).

    What is `supplied` comes beside them.
    """
    lent = [(np.maximum(day, window.begins), gpus) for day, gpus in lent]
    if len(lent) > 1 or supplied or stage.storage is not None:
        return _train_in_pieces(inputs, stage, window, lent, supplied)
    delivered, granted = lent[0]
    return train(inputs, stage, window.begins, granted, delivered)


def train(inputs: Inputs, stage: StageInputs, opens: Floats, granted: Floats, delivered: Floats) -> Floats:
    """FLOP of a training window: own GPUs until the grants are delivered, both from then on, slow or not."""
    closes = stage.days.closes
    days = closes - delivered
    slowed = 0.0
    for period in stage.grants.slow:
        lasts = np.minimum(period.ends, closes, order="F") - np.maximum(period.starts, delivered)
        lasts = np.where(period.served, np.maximum(lasts, 0.0), 0.0)
        if lasts.any():
            days = days - lasts
            slowed = slowed + rate_of_training(inputs, stage.own, granted, period.speed) * lasts
    full = rate_of_training(inputs, stage.own, granted) * days + slowed
    if not stage.own.any() or not stage.grants.delay.any():
        return full  # nobody trains before the grants are there; most stages end here
    if stage.own is inputs.common.own:
        alone = inputs.own_rate
    else:
        alone = rate_of_training(inputs, stage.own, np.zeros_like(granted))
    return alone * (delivered - opens) + full


def _train_in_pieces(
    inputs: Inputs,
    stage: StageInputs,
    window: TrainingDays,
    lent: Sequence[tuple[Floats, Floats]],
    supplied: Sequence[Lot],
) -> Floats:
    """The same where GPUs come on several days, each `lent` from a day, (.., teams), as (day, GPUs).

    What is `supplied` may go again as well, or be there for some of the time. Between two days on which
    anything changes, all is constant.
    """
    closes, slow, storage = stage.days.closes, stage.grants.slow, stage.storage
    days = [day for lot in supplied for day in (lot.starts, lot.ends)]
    troubled = None if storage is None else storage.period(window.opens, stage.days)
    days += [*(troubled or ()), *(day for period in slow for day in (period.starts, period.ends))]
    changes = [window.begins, closes, *(day for day, _ in lent)]
    changes += [np.clip(day, window.begins, closes) for day in days]
    # Turned over and back, so that replications lie side by side.
    ordered = np.sort(np.stack([each.T for each in np.broadcast_arrays(*changes)]), axis=0)
    total = np.zeros(ordered.shape[:0:-1], order="F")
    for begins, ends in pairwise(each.T for each in ordered):
        gpus = np.zeros_like(lent[0][1])
        for day, each in lent:
            gpus = gpus + np.where((day <= begins)[:, None, :], each, 0.0)
        part_time = []
        for lot in supplied:
            there = ((lot.starts <= begins) & (begins < lot.ends))[:, None, :]
            if lot.turns is None:
                gpus = gpus + np.where(there, lot.gpus, 0.0)
            else:
                part_time.append((np.where(there, lot.gpus, 0.0), lot.turns))
        pace = np.ones_like(total)
        for period in slow:
            pace = np.where(
                period.served & (period.starts <= begins) & (begins < period.ends), period.speed, pace
            )
        rate = rate_with_turns(inputs, stage.own, gpus, part_time, pace)
        if storage is not None and troubled is not None:
            rate = rate * np.where((troubled[0] <= begins) & (begins < troubled[1]), storage.speed, 1.0)
        total = total + rate * (ends - begins)
    return total
