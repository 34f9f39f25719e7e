"""What a world of the event engine has worked out between its events, alone or at once for many side by side.

Each world has a clock and processes of its own. Only arithmetic is shared: an array of five teams costs NumPy
as much as one of five teams in hundreds of worlds. No world sees another, and the numbers are those that it
would have alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from simpy.events import Event

from sim.engines.arrivals import Supplied, lend_supply
from sim.engines.effort import spend_effort
from sim.engines.evaluation import (
    Decision,
    Score,
    Standing,
    count_compute,
    decide,
    enter,
    evaluate,
    lend,
    opening_days,
    rate_of_training,
)
from sim.engines.hardware import Lent
from sim.engines.inputs import Inputs, StageInputs
from sim.model.compute import gpu_hours
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.book import Rulebook

Work = Callable[..., Any]
"""(inputs, stage, rules, ...) -> arrays (..., teams), None, or tuples of these; of one world or of many."""


def share_out(
    inputs: Inputs, stage: StageInputs, rules: Rulebook, field: Standing
) -> tuple[Floats, Floats, Supplied | None, Lent | None]:
    """When windows open, what is lent, and of supplies; and what comes of it if it is all there at once."""
    opens = opening_days(stage, field)
    granted = lend(stage, field, opens, rules)
    if not stage.at_once:
        return opens, granted, lend_supply(stage, field, opens, rules), None
    days = (stage.days.closes - opens)[..., None, :]
    return opens, granted, None, Lent(rate_of_training(inputs, stage.own, granted), gpu_hours(granted, days))


def judge(
    inputs: Inputs,
    stage: StageInputs,
    rules: Rulebook,
    reported: Floats,
    before: Floats,
    saved: Floats | None,
    field: Standing,
    waiting: Bools | None,
) -> tuple[Floats, Floats | None, Score, Decision, Standing]:
    """FLOP that count and are kept, what the evaluation finds, what is decided by it, and who is left."""
    submitted, saved = spend_effort(stage.effort, stage.cut, reported, field.present, saved)
    effective = count_compute(inputs, stage, submitted, before)
    scored = evaluate(inputs, stage, effective, field)
    decided = decide(stage, scored, field.present, waiting, rules)
    return effective, saved, scored, decided, field.after(stage, scored, decided)


def let_in(
    inputs: Inputs, stage: StageInputs, rules: Rulebook, present: Bools, waiting: Bools | None
) -> Bools:
    """Who comes in after the stage."""
    assert stage.entry is not None
    return enter(stage.entry, present, waiting)


ONLY_ASKED = frozenset(
    {"scoring", "gate", "cut", "without_compute", "carried", "pays", "per_tenfold", "carry", "frontier"}
    | {"supply", "models", "worth", "steeper", "breakthroughs", "leak", "effort", "afterwards", "beyond"}
)
"""Fields of inputs that nobody but the functions above looks at, and so no world that lives beside others."""


class PendingWork(NamedTuple):
    """What a world wants to be worked out: it goes on once the event has the answer as its value."""

    work: Work
    stage: str
    given: tuple[Any, ...]  # arrays of this world, None, or tuples of these
    answer: Event


def answer_all(questions: Sequence[PendingWork], inputs: Inputs, rules: Rulebook) -> None:
    """Answer the same question of all worlds of `inputs`, which are in its order."""
    work, name = questions[0].work, questions[0].stage
    assert all(asked.work is work and asked.stage == name for asked in questions)
    stage = next(stage for stage in inputs.stages if stage.id == name)
    given = stack([asked.given for asked in questions])
    answers = unstack(work(inputs, stage, rules, *given), len(questions))
    for asked, answer in zip(questions, answers, strict=True):
        asked.answer.succeed(answer)


def stack(worlds: Sequence[Any]) -> Any:
    """Arrays of many worlds, or tuples of such arrays, with the world as first axis."""
    first = worlds[0]
    if first is None:
        return None
    if isinstance(first, float):
        return np.array(worlds)
    if isinstance(first, np.ndarray):
        # `np.stack` does the same, but takes several times as long for many small arrays.
        return np.concatenate(worlds).reshape(len(worlds), *first.shape)
    stacked = map(stack, zip(*worlds, strict=True))
    return tuple(stacked) if type(first) is tuple else type(first)(*stacked)


def unstack(values: Any, worlds: int) -> list[Any]:
    """Undo `stack`; a first axis of length 1 holds for all worlds."""
    if values is None:
        return [None] * worlds
    if isinstance(values, np.ndarray):
        return [values[0]] * worlds if len(values) == 1 else list(values)
    rows = zip(*(unstack(part, worlds) for part in values), strict=True) if values else [()] * worlds
    return list(rows) if type(values) is tuple else [type(values)(*row) for row in rows]
