"""Intervals for chances, and for differences of chances over the same replications."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from sim.model.draws import Floats

LEVEL = 0.95

LOW, MEDIAN, HIGH = 0.05, 0.5, 0.95
"""Quantiles by which a spread is told, and at which an uncertain input is pinned to see what it does."""

_HALVINGS = 64
"""Brings an end of the interval to 2 x 2^-64, below a float's last bit of any difference that is printed."""


def reach(level: float = LEVEL) -> float:
    """Return how many standard errors a normal interval reaches to either side."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(count: ArrayLike, of: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Wilson's score interval for `count` of `of` (Wilson 1927; Newcombe 1998, method 3), any shape.

    0 and 1 where `of` is 0: nothing is known.
    """
    # The textbook interval, p plus or minus z standard errors, has no width at 0 of n, and close to there it
    # covers the truth far less often than it says.
    k, n = np.asarray(count, dtype=np.float64), np.asarray(of, dtype=np.float64)
    z = reach(level)
    some = n > 0
    n = np.where(some, n, 1.0)
    centre = k + z * z / 2
    half = z * np.sqrt(k * (n - k) / n + z * z / 4)
    low, high = (centre - half) / (n + z * z), (centre + half) / (n + z * z)
    low, high = np.where(k == 0, 0.0, low), np.where(k == n, 1.0, high)  # exact ends, without rounding
    return np.where(some, low, 0.0), np.where(some, high, 1.0)


def for_all_of(cells: int) -> float:
    """Return the level of intervals that all hold for so many chances with probability `LEVEL` or more."""
    return 1 - (1 - LEVEL) / cells  # Bonferroni's


def island_interval(value: float, islands: Sequence[float], level: float = LEVEL) -> tuple[float, float]:
    """Student's t interval for a value that is the mean of islands, at least two, from how these differ.

    Particles of one island depend on each other, so that their number says little of how precise a chance is;
    islands are independent.
    """
    from scipy.special import stdtrit  # slow to load, and only a forecast asks for it

    count = len(islands)
    t = stdtrit(count - 1, 0.5 + level / 2)
    half = float(t * np.std(islands, ddof=1) / np.sqrt(count))
    return value - half, value + half


def chance_interval(
    count: int, of: int, islands: Sequence[tuple[int, int]] = (), level: float = LEVEL
) -> tuple[float, float]:
    """Wilson's interval for `count` of `of`, or that of a forecast's islands, each with its two counts."""
    shares = [holds / runs for holds, runs in islands if runs]
    if len(set(shares)) > 1:  # alike in all of them (never, or always) is what Wilson's interval is for
        low, high = island_interval(count / of, shares, level)
        return max(low, 0.0), min(high, 1.0)
    return _wilson_of_one(count, of, level)


@lru_cache(maxsize=65_536)  # the same counts come again and again at the points of a sweep
def _wilson_of_one(count: int, of: int, level: float) -> tuple[float, float]:
    low, high = wilson(count, of, level)
    return float(low), float(high)


def paired_interval(b: ArrayLike, c: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Tango's score interval for (b - c) / n, any shape (Tango 1998, Statistics in Medicine 17:891).

    -1 and 1 where `n` is 0: nothing is known. `b` + `c` is at most `n`. Never empty: without a discordant
    pair it is z^2 / (n + z^2) to both sides.
    """
    b, c, n = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (b, c, n)))
    some = n > 0
    n = np.where(some, n, 1.0)
    ahead, behind = np.where(some, b / n, 0.0), np.where(some, c / n, 0.0)
    z = reach(level)
    # The upper end is the lower one of the opposite difference, mirrored.
    below = _reach(np.stack([ahead, behind]), np.stack([behind, ahead]), z / np.sqrt(n))
    difference = ahead - behind
    low, high = difference - below[0], difference + below[1]
    return np.where(some, low, -1.0), np.where(some, high, 1.0)


def _reach(ahead: Floats, behind: Floats, z: Floats) -> Floats:
    """How far the interval reaches below ahead - behind, these being shares of the pairs; `z` per pair.

    The score falls strictly as the assumed difference rises, so that halving finds where it is `z`. The ends
    of the bracket are never tried: there the variance may vanish, and with it the equation.
    """
    difference = ahead - behind
    inside, outside = np.zeros_like(difference), 1 + difference
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        accepted = middle <= z * np.sqrt(_variance(ahead, behind, difference - middle))
        inside, outside = np.where(accepted, middle, inside), np.where(accepted, outside, middle)
    return outside


def _variance(ahead: Floats, behind: Floats, assumed: Floats) -> Floats:
    """Variance of a pair's difference if its mean is `assumed`, all else as likely as the pairs allow.

    It is 2 q + d (1 - d) with d the assumed mean and q the chance of `behind` that is then most likely: the
    larger root of 2 q^2 + ((2 - ahead + behind) d - ahead - behind) q - behind d (1 - d) = 0.
    """
    linear = (2 - ahead + behind) * assumed - ahead - behind
    root = np.sqrt(np.maximum(linear * linear + 8 * behind * assumed * (1 - assumed), 0.0))
    return np.maximum((root - linear) / 2 + assumed * (1 - assumed), 0.0)
