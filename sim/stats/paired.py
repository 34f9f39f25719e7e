"""Differences of chances of two scenarios that share their luck: one replication is one pair.

`b` counts the replications in which something holds in the second scenario only, `c` those in which it
holds in the first only, of `n`; the difference of the chances, second minus first, is (b - c) / n.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from sim.model.draws import Floats
from sim.stats.intervals import LEVEL
from sim.stats.percent import points

_HALVINGS = 64
"""Brings an end of the interval to 2 x 2^-64, below a float's last bit of any difference that is printed."""


def paired_interval(b: ArrayLike, c: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Tango's score interval for (b - c) / n, any shape (Tango 1998, Statistics in Medicine 17:891).

    -1 and 1 where `n` is 0: nothing is known. `b` + `c` is at most `n`. Never empty: without a discordant
    pair it is z^2 / (n + z^2) to both sides.
    """
    b, c, n = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (b, c, n)))
    some = n > 0
    n = np.where(some, n, 1.0)
    ahead, behind = np.where(some, b / n, 0.0), np.where(some, c / n, 0.0)
    z = NormalDist().inv_cdf(0.5 + level / 2)
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


@dataclass(frozen=True)
class PairedDifference:
    """By how much the chance of something differs between two scenarios played with the same luck.

    `b` replications of `n` have it in the second scenario only, `c` in the first only; `first` and `second`
    are all that have it in each. Raises `ValueError` if these counts contradict each other.
    """

    b: int
    c: int
    n: int
    first: int
    second: int

    def __post_init__(self) -> None:
        both = self.first - self.c
        if both != self.second - self.b:
            raise ValueError(
                f"b - c = {self.b - self.c}, expected second - first = {self.second - self.first}"
            )
        if min(self.b, self.c, both) < 0 or self.b + self.c + both > self.n:
            raise ValueError(f"{self!r}, expected counts of parts of the n replications")

    @property
    def estimate(self) -> float:
        """Chance in the second scenario minus that in the first; nan without replications."""
        return (self.b - self.c) / self.n if self.n else math.nan

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self._interval[0]

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self._interval[1]

    @cached_property
    def _interval(self) -> tuple[float, float]:
        low, high = paired_interval(self.b, self.c, self.n)
        return float(low), float(high)

    @property
    def variance_ratio(self) -> float:
        """How many times fewer replications the pairing needs than two runs that share no luck.

        Infinite where no replication differs, nan where nothing varies in either scenario.
        """
        unpaired = self.first * (self.n - self.first) + self.second * (self.n - self.second)
        paired = self.n * (self.b + self.c) - (self.b - self.c) ** 2
        if not paired:
            return math.inf if unpaired else math.nan
        return unpaired / paired

    def __str__(self) -> str:
        """The difference in percentage points with its sign."""
        return points(self.estimate, self.low, self.high)
