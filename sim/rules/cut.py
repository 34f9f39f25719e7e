"""The cut: who stays by points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.fates import Codes

CutRule = Callable[[Codes, Bools, Floats | None, Floats | None], Bools]
"""(rank, field, keep, drop) -> who stays; see `cut`."""


def cut(rank: Codes, field: Bools, keep: Floats | None, drop: Floats | None) -> Bools:
    """Which teams of `field` stay, (..., teams): the best `keep`, or all but the last `drop`.

    `rank` counts from 1 within the field; `keep` and `drop` are (..., 1), at most one of them given.
    A keep of at least the number present drops nobody; so does no limit at all.
    """
    places: Floats | None = keep
    if drop is not None:
        places = np.add.reduce(field, axis=-1, keepdims=True) - drop
    stays: Bools = field if places is None else field & (rank <= places)
    return stays


def reaches_minimum(total: Floats, field: Bools, minimum: Floats | None) -> Bools:
    """Which teams of `field` reach the minimum of points, (..., 1); all of them if there is none.

    Those who do are the first in rank, so ranks among them stay as they are.
    """
    return field if minimum is None else field & (total >= minimum)
