"""What becomes of a team at a stage."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.model.points import Bools

Codes = NDArray[np.int8]


class Fate(IntEnum):
    """A team's fate at one stage."""

    GONE = 0  # had left before
    KEPT = 1
    OUT_BY_POINTS = 2
    OUT_AT_GATE = 3
    NOT_ENTERED = 4  # had not come in yet


KEPT = np.array(Fate.KEPT, dtype=np.int8)
"""For comparisons of whole arrays: NumPy takes its time to convert a member of an enum."""

_NOT_ENTERED = np.int8(Fate.NOT_ENTERED)


def decide_fates(present: Bools, failed: Bools, kept: Bools, waiting: Bools | None = None) -> Codes:
    """Fate codes, (..., teams); those who failed the gate and those kept by the cut are among the present.

    A team that both fails the gate and falls to the cut left by the gate, and so did one that the cut kept.
    `waiting` are those who may come in later and so have not left; nobody if None.
    """
    stays = kept > failed
    # Counted up as the codes are: 1 for being there, 1 more for not staying, 1 more for the gate.
    codes: Codes = present.view(np.int8) + (present ^ stays).view(np.int8) + failed.view(np.int8)
    if waiting is not None:
        codes += _NOT_ENTERED * waiting
    return codes
