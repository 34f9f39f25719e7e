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


def fates(present: Bools, failed: Bools, kept: Bools) -> Codes:
    """Fate codes, (..., teams). A team that both fails the gate and falls to the cut left by the gate."""
    stays = np.where(kept, np.int8(Fate.KEPT), np.int8(Fate.OUT_BY_POINTS))
    decided = np.where(failed, np.int8(Fate.OUT_AT_GATE), stays)
    return np.where(present, decided, np.int8(Fate.GONE))
