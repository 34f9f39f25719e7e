"""Intervals for chances."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from sim.model.draws import Floats

LEVEL = 0.95


def wilson(count: ArrayLike, of: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Wilson's score interval for `count` of `of` (Wilson 1927; Newcombe 1998, method 3), any shape.

    0 and 1 where `of` is 0: nothing is known.
    """
    k, n = np.asarray(count, dtype=np.float64), np.asarray(of, dtype=np.float64)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    some = n > 0
    n = np.where(some, n, 1.0)
    centre = k + z * z / 2
    half = z * np.sqrt(k * (n - k) / n + z * z / 4)
    low, high = (centre - half) / (n + z * z), (centre + half) / (n + z * z)
    low, high = np.where(k == 0, 0.0, low), np.where(k == n, 1.0, high)  # exact ends, without rounding
    return np.where(some, low, 0.0), np.where(some, high, 1.0)


def bonferroni_wilson(
    count: ArrayLike, of: ArrayLike, cells: int, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Wilson's intervals that hold for all of `cells` chances at once with probability `level` or more."""
    return wilson(count, of, 1 - (1 - level) / cells)
