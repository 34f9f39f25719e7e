"""Do the two engines agree? If not, at which event of which replication do they part?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import NamedTuple

import numpy as np

from sim.engines.calendar import Phase
from sim.engines.outcomes import Outcomes, StageOutcome
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.decisions import Codes, Fate
from sim.scenario.models.scenario import Scenario

TOLERANCE = 1e-9
"""By how much two floats may differ, relative or absolute; fates and ranks must be equal."""


class EngineDifference(NamedTuple):
    """The first event, in the order of the programme, at which the engines part."""

    replication: int
    stage: str
    phase: Phase
    quantity: str
    team: str  # empty for a quantity of the world
    event: float
    batch: float

    def __str__(self) -> str:
        what = f"{self.quantity} of {self.team}" if self.team else self.quantity
        event, batch = (_in_words(self.quantity, value) for value in (self.event, self.batch))
        where = f"replication {self.replication}, {self.stage}, {self.phase.name.lower()}"
        return f"{where}: {what} is {event} in the event engine and {batch} in the batch engine"


class _Compared(NamedTuple):
    """One quantity of a stage in both engines; the last axis of the arrays is the team, or nothing."""

    stage: str
    phase: Phase
    quantity: str
    event: Floats | Codes
    batch: Floats | Codes
    parted: Bools


def first_difference(scenario: Scenario, event: Outcomes, batch: Outcomes) -> EngineDifference | None:
    """Where two engines' outcomes of the same replications part for the first time; None if they agree.

    That is in the earliest replication that differs, and there at the first event in the programme's order.
    Raises `ValueError` if the outcomes are not of the same replications.
    """
    if (event.start, event.stop) != (batch.start, batch.stop):
        raise ValueError(
            f"replications {event.start}:{event.stop} and {batch.start}:{batch.stop} are not the same"
        )
    parted = [quantity for quantity in _in_order(scenario, event, batch) if quantity.parted.any()]
    if not parted:
        return None
    replication = min(_first(quantity.parted) for quantity in parted)
    earliest = next(quantity for quantity in parted if quantity.parted[replication].any())
    return _difference(scenario, earliest, event.start, replication)


def _in_order(scenario: Scenario, event: Outcomes, batch: Outcomes) -> Iterator[_Compared]:
    """Everything that happens, in the order of the programme."""
    stages = list(scenario.stages)
    for s, of_event, of_batch in zip(stages, event.stages, batch.stages, strict=True):
        for name in (
            "compute",
            "effective",
            "equivalent",
            "capability",
            "gpu_hours",
            "cost",
            "own_gpu_hours",
            "own_cost",
        ):
            yield _floats(s, Phase.REPORT, name, getattr(of_event, name), getattr(of_batch, name))
        yield _lost_hours(s, of_event, of_batch)
        for b, block in enumerate(scenario.stages[s].points):
            points = of_event.points[:, b], of_batch.points[:, b]
            yield _floats(s, Phase.SCORE, f"points in {block}", *points)
        yield _floats(s, Phase.SCORE, "total", of_event.total, of_batch.total)
        fates = of_event.fate, of_batch.fate
        # Who is out at the gate; any other difference of fates belongs to the cut.
        at_gate = (of_event.fate == Fate.OUT_AT_GATE) != (of_batch.fate == Fate.OUT_AT_GATE)
        yield _Compared(s, Phase.GATE, "fate", *fates, at_gate)
        ranks = of_event.rank, of_batch.rank
        yield _Compared(s, Phase.CUT, "rank", *ranks, of_event.rank != of_batch.rank)
        yield _Compared(s, Phase.CUT, "fate", *fates, of_event.fate != of_batch.fate)
        awards = of_event.award, of_batch.award
        yield _Compared(s, Phase.CUT, "award", *awards, of_event.award != of_batch.award)
        yield _floats(s, Phase.CUT, "paid", of_event.paid, of_batch.paid)
        yield _floats(s, Phase.CUT, "leaked", of_event.leaked, of_batch.leaked)
        yield _floats(s, Phase.CUT, "budget_used", of_event.budget_used, of_batch.budget_used)
        yield _floats(s, Phase.REPORT, "supplied", of_event.supplied, of_batch.supplied)
        yield _floats(s, Phase.REPORT, "arrived", of_event.arrived, of_batch.arrived)
        if s == stages[-1]:
            for name in ("frontier", "frontier_growth"):
                yield _floats(s, Phase.CUT, name, getattr(event, name), getattr(batch, name))
    yield from _afterwards(stages[-1], event, batch)


def _afterwards(stage: str, event: Outcomes, batch: Outcomes) -> Iterator[_Compared]:
    """What comes after leaving, by model or day where there are several."""
    one, other = event.afterwards, batch.afterwards
    assert (one is None) == (other is None)
    for field in fields(one) if one is not None else ():
        here, there = getattr(one, field.name), getattr(other, field.name)
        assert here.shape == there.shape, field.name
        if field.name == "hours":  # of teams
            yield _floats(stage, Phase.GRANT, field.name, here, there)
            continue
        parts = np.ndindex(here.shape[1:2])
        for part in parts:
            name = f"{field.name} {part[0]}" if part else field.name
            yield _floats(stage, Phase.GRANT, name, here[:, *part], there[:, *part])


def _floats(stage: str, phase: Phase, name: str, event: Floats, batch: Floats) -> _Compared:
    return _Compared(stage, phase, name.replace("_", " "), event, batch, ~close(event, batch))


def _lost_hours(stage: str, event: StageOutcome, batch: StageOutcome) -> _Compared:
    """GPU-hours that faults cost: what is left of all hours, so that they agree to a share of these."""
    hours = 1.0 + event.gpu_hours + event.own_gpu_hours
    lost = event.hours_lost / hours, batch.hours_lost / hours
    return _floats(stage, Phase.REPORT, "hours_lost", *lost)


def close(one: Floats, other: Floats) -> Bools:
    """Where two arrays agree: equal (nan equals nan), or within `TOLERANCE`, relative or absolute."""
    return np.isclose(one, other, rtol=TOLERANCE, atol=0, equal_nan=True) | np.isclose(
        one, other, rtol=0, atol=TOLERANCE
    )


def _first(parted: Bools) -> int:
    """The first replication of an array in which anything differs."""
    return int(np.argwhere(parted)[0, 0])


def _difference(scenario: Scenario, quantity: _Compared, start: int, replication: int) -> EngineDifference:
    of_world = quantity.parted.ndim == 1
    t = int(np.argmax(quantity.parted[replication]))
    team = "" if of_world else list(scenario.teams)[t]
    values = (float(np.atleast_1d(array[replication])[t]) for array in (quantity.event, quantity.batch))
    return EngineDifference(
        start + replication, quantity.stage, quantity.phase, quantity.quantity, team, *values
    )


def _in_words(quantity: str, value: float) -> str:
    """A value as it is printed: fates by name, floats with all their digits."""
    if quantity == "fate":
        return Fate(int(value)).name.lower().replace("_", " ")
    return f"{int(value)}" if quantity in ("rank", "award") else repr(value)
