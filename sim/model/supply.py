"""Supply over time: what turns of use are worth, what came first, and what too few GPUs are divided into."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.model.draws import Floats, Numbers


def share_that_works(turn: Numbers, period: float, restart: Numbers) -> Floats:
    """Share of time in which hardware trains that is there for one `turn` in each `period`, all in hours.

    Each turn begins with a restart of the job, and a turn that is no longer than that trains nothing.
    """
    return np.asarray(np.maximum(turn - np.asarray(restart), 0.0) / period)


def count_before(days: Sequence[Numbers], gpus: Sequence[Floats]) -> list[Floats]:
    """GPUs that came before each arrival, shaped as `gpus`: on earlier days, or on that day but before it.

    `days` are (...,), one an arrival, and `gpus` (..., hardware, 1).
    """
    found = []
    for j, day in enumerate(days):
        before = np.zeros_like(gpus[j])
        for i, other in enumerate(days):
            if i != j:
                first = np.asarray(other < day if i > j else other <= day)
                before = before + first[..., None, None] * gpus[i]
        found.append(before)
    return found


def meet_wants(wants: Floats, before: Floats, gpus: Floats) -> Floats:
    """What each team gets of an arrival, (..., hardware, teams), where teams ask for `wants`.

    `before` and `gpus`, (..., hardware, 1), came before and come now. All have the same part of their wants
    at any time, and nobody has more than it asks for; what is not given is left over.
    """
    asked = _sum_over_teams(wants)
    given = np.clip(asked - before, 0.0, gpus)
    return wants * (given / np.where(asked > 0, asked, 1.0))


def _sum_over_teams(gpus: Floats) -> Floats:
    """(..., hardware, 1), from the first team to the last."""
    total = gpus[..., :1]
    for t in range(1, gpus.shape[-1]):
        total = total + gpus[..., t : t + 1]
    return total
