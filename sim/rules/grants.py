"""Grants: GPUs lent for a stage. Arrays are (..., hardware, teams); GPUs are real numbers and conserved."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.model.compute import over_hardware
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.fates import Codes

GrantRule = Callable[[Floats, Bools, Codes], Floats]
"""A user's rule: (pool, present, rank before) -> granted; shapes (..., hardware, 1), (..., teams) twice."""


def equal_grants(pool: Floats, present: Bools, among: Bools) -> Floats:
    """The pool, (..., hardware, 1), divided by the teams present that are in `among`, (teams,)."""
    sharing = present & among
    number = np.add.reduce(sharing, axis=-1, keepdims=True)[..., None, :]
    return sharing[..., None, :] * (pool / np.maximum(number, 1))


def fixed_grants(table: Floats, present: Bools) -> Floats:
    """What a table gives the teams present; what the others would have had is left over."""
    return present[..., None, :] * table


def leftover(pool: Floats, granted: Floats) -> Floats:
    """GPUs of the pool that nobody holds, (..., hardware): pool = granted + leftover."""
    by_hardware = np.swapaxes(granted, -1, -2)
    return pool[..., 0] - over_hardware(by_hardware)
