"""Worlds that live side by side: what all of them ask at one point of the programme is worked out in one go.

Each world has a clock and processes of its own. Only arithmetic is shared: an array of five teams costs NumPy as
much as one of five teams in a thousand worlds. No world sees another, and the numbers are those that it would
have alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from simpy.events import Event

from sim.engines.inputs import Inputs, StageInputs
from sim.rules.book import Rulebook

Work = Callable[..., Any]
"""(inputs, stage, rules, ...) -> arrays (..., teams), None, or tuples of these; of one world or of many."""


class Question(NamedTuple):
    """What a world wants to be worked out: it goes on once the event has the answer as its value."""

    work: Work
    stage: str
    given: tuple[Any, ...]  # arrays of this world, None, or tuples of these
    answer: Event


def answer_all(questions: Sequence[Question], inputs: Inputs, rules: Rulebook) -> None:
    """Answer the same question of all worlds of `inputs`, which are in its order."""
    work, stage = questions[0].work, _stage(inputs, questions[0].stage)
    assert all(asked.work is work and asked.stage == stage.id for asked in questions)
    given = stack([asked.given for asked in questions])
    answers = unstack(work(inputs, stage, rules, *given), len(questions))
    for asked, answer in zip(questions, answers, strict=True):
        asked.answer.succeed(answer)


def _stage(inputs: Inputs, name: str) -> StageInputs:
    return next(stage for stage in inputs.stages if stage.id == name)


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
