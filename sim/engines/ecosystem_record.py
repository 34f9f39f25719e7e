"""What is told of the time after leaving in the record of one replication."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge

import numpy as np

from sim.engines.calendar import Phase
from sim.engines.happenings import Happening, What
from sim.engines.inputs import Inputs
from sim.engines.outcomes import AfterwardsOutcome

_MOMENTS = {"begins": What.INSTITUTES_BEGIN, "half": What.HALF_SERVED, "follow": What.COMPANIES_BEGIN}
_COUNTS = ("domestic", "institutes", "on_foreign", "stranded", "domain_models", "companies")


def with_afterwards(
    found: list[Happening], inputs: Inputs, after: AfterwardsOutcome | None
) -> list[Happening]:
    """Return the record with what comes after leaving, which of a day comes last; `after` is of one run."""
    if after is None or inputs.afterwards is None:
        return found
    held = [stage.id for stage in inputs.stages if stage.held]
    told = [*_models(inputs, held, after), *_moments(inputs, held, after), *_days(inputs, held, after)]
    return list(merge(found, sorted(told, key=_order), key=_order))


def _order(one: Happening) -> tuple[float, bool]:
    """By the day; grants come as a day begins, and so after all that the day before ends with."""
    return one.day, one.phase is Phase.GRANT


def _models(inputs: Inputs, held: list[str], after: AfterwardsOutcome) -> Iterator[Happening]:
    """What teams make that are out; models after the last stage are told of the last stage."""
    for k, day in enumerate(after.made[0].tolist()):
        stage = held[min(k, len(held) - 1)]
        for t in np.flatnonzero(~np.isnan(after.outside[0, k])).tolist():
            values = {"strength": float(after.outside[0, k, t])}
            yield Happening(day, Phase.CUT, stage, inputs.teams[t], What.MAKES_ALONE, values)


def _moments(inputs: Inputs, held: list[str], after: AfterwardsOutcome) -> Iterator[Happening]:
    """When institutes begin, when half of them are served, when companies begin: if it comes in time."""
    assert inputs.afterwards is not None
    for name, what in _MOMENTS.items():
        day = float(getattr(after, name)[0])
        if day <= inputs.afterwards.days[0, -1]:
            yield Happening(day, Phase.CUT, held[-1], "", what)


def _days(inputs: Inputs, held: list[str], after: AfterwardsOutcome) -> Iterator[Happening]:
    """What there is on the days of which the file asks."""
    assert inputs.afterwards is not None
    stage = held[-1] if held else inputs.stages[0].id
    for place, day in enumerate(inputs.afterwards.days[0].tolist()):
        values = {name: float(getattr(after, name)[0, place]) for name in _COUNTS}
        yield Happening(day, Phase.CUT, stage, "", What.ECOSYSTEM, values)
