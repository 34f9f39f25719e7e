"""What teams begin from at a stage: what their compute counts, when it closes, and what it costs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.engines.breakthroughs import draw_day
from sim.model.breakthroughs import NEVER
from sim.model.draws import Floats, Key, Purpose
from sim.model.openness import closed_in_time, restart_day, worth_of_base
from sim.model.quantiles import Sample, whole
from sim.scenario.models.numbers import Number
from sim.scenario.models.openness import BASES, Base
from sim.scenario.models.scenario import Scenario


@dataclass
class Bases:
    """What bases do to the teams of a stage, each (.., teams); None where they do nothing of the kind."""

    worth: Floats | None  # how many times the compute of the window counts
    closed: Floats | None  # the day on which what a team began from closes; infinite if not in time
    restart: Floats | None  # the day from which its training counts then
    leak: Floats | None  # money


_NOTHING = Bases(None, None, None, None)


def draw_closings(scenario: Scenario, sample: Sample) -> dict[str, Floats]:
    """The days on which the models behind bases close, (.., 1), by kind: one for all who depend on it."""
    found: dict[str, Floats] = {}
    for kind in BASES:
        base = None if scenario.openness is None else scenario.openness.of(kind)
        matters = scenario.used_by(kind) or scenario.foreign_to_institutes == kind
        if base is not None and base.closes is not None and matters:
            found[kind] = draw_day(base.closes, Key(Purpose.CLOSING, item=kind), sample)
    return found


def prepare_bases(
    scenario: Scenario, s: str, sample: Sample, closings: Mapping[str, Floats], closes: Floats
) -> Bases:
    """What teams begin from at a stage does to them; `closes` are the ends of their windows."""
    teams = list(scenario.teams)
    bases = [scenario.base_of(s, t) for t in teams]
    if not any(bases):
        return _NOTHING
    factors = sample.row(_factor(base) for base in bases)
    leaks = any(base is not None and base.leak is not None for base in bases)
    leak = sample.row(scenario.leak(s, t) for t in teams) if leaks else None
    kinds = [scenario.base_kind(s, t) for t in teams]
    if not any(kind in closings for kind in kinds):
        return Bases(factors, None, None, leak)
    never = np.full((1, 1), NEVER)
    closing = np.concatenate(np.broadcast_arrays(*(closings.get(kind, never) for kind in kinds)), axis=-1)
    closed = np.asfortranarray(closed_in_time(closing, closes))
    delay = whole(sample.row(scenario.fallback_delay(k, t) for k, t in zip(kinds, teams, strict=True)))
    return Bases(
        worth=np.asfortranarray(worth_of_base(closed, factors)),
        closed=closed,
        restart=np.asfortranarray(restart_day(closed, delay)),
        leak=leak,
    )


def multiply(one: Floats | None, other: Floats | None) -> Floats | None:
    """How many times compute counts for two reasons; None stands for once."""
    if one is None or other is None:
        return other if one is None else one
    return one * other


def _factor(base: Base | None) -> Number:
    return 1.0 if base is None or base.compute is None else base.compute
