"""Sobol' indices of a function that is only known as the mean of noisy evaluations, with intervals.

A function is evaluated at two samples of points, A and B, and at AB_i: A, with factor i (one or several
coordinates) taken from B. All of a point are evaluated with the same dice. Then (Jansen 1999, Computer
Physics Communications 117:35-43; table 2 of Saltelli et al. 2010, the same 181:259-270)

    V = E (A - B)^2 / 2,    VT_i = E (A - AB_i)^2 / 2,    V_i = V - E (B - AB_i)^2 / 2.

What the dice do to both sides of a difference cancels. What is left of them would still count as variance,
for the square of a noisy mean is too large by the variance of its noise; so an unbiased estimate of that is
taken off every square, which leaves the mean of the products of all pairs of different dice.

`scipy.stats.sobol_indices` gives the same totals where there is no noise. It has no place for noise or for
several outputs as one, takes no seed for its intervals, and says 0 where there is no variance to divide.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from sim.model.draws import Floats
from sim.stats.intervals import reach

RESAMPLES = 1999

MOST_POINTS = 65_536
"""Points of a sample, of which there are two; a power of two, as every number of them."""

TOLD_FROM = 0.005
"""Lower end of a share's interval from which on the share is told from 0: what prints as 0 is not."""

_NUMBERS = 2**22
"""Weights of the bootstrap that are in memory at once."""


class VarianceShare(NamedTuple):
    """An estimate with its interval."""

    estimate: float
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether a share of a variance is told from 0, as it is printed."""
        return self.low >= TOLD_FROM


@dataclass(frozen=True)
class Indices:
    """Of one output, or of several as one: how its variance is shared among the factors.

    `first` is what would go if the factor alone were known, `total` what would stay if all others were. Both
    are shares of the variance and may come out a little below 0 or above 1; nan where there is none.
    """

    variance: VarianceShare
    first: tuple[VarianceShare, ...]
    total: tuple[VarianceShare, ...]

    @property
    def told(self) -> bool:
        """Whether the variance can be told from 0; shares of nothing say nothing."""
        return self.variance.low > 0


@dataclass(frozen=True)
class Terms:
    """What each point adds to the means that estimate the variance and its parts."""

    variance: Floats  # (outputs, points)
    first: Floats  # (factors, outputs, points)
    total: Floats  # (factors, outputs, points)


@dataclass(frozen=True)
class Noise:
    """Unbiased estimates of the variance of the noise of three differences; 0 for an exact function."""

    a_b: Floats | float = 0.0  # (outputs, points)
    a_ab: Floats | float = 0.0  # (factors, outputs, points)
    b_ab: Floats | float = 0.0  # (factors, outputs, points)


def variance_terms(a: Floats, b: Floats, ab: Floats, noise: Noise) -> Terms:
    """Return what each point adds; `a`, `b` are (outputs, points), `ab` is (factors, outputs, points)."""
    variance = ((a - b) ** 2 - noise.a_b) / 2
    return Terms(
        variance=variance,
        first=variance - ((b - ab) ** 2 - noise.b_ab) / 2,
        total=((a - ab) ** 2 - noise.a_ab) / 2,
    )


def add_outputs(parts: Terms) -> Terms:
    """Take all outputs as one: variances and parts add up (Lamboni et al. 2011, Gamboa et al. 2014)."""
    return Terms(*(np.sum(x, axis=-2, keepdims=True) for x in (parts.variance, parts.first, parts.total)))


def estimate_indices(parts: Terms, seed: int, resamples: int = RESAMPLES) -> list[Indices]:
    """Estimate the indices of each output, with bootstrap intervals (BCa) over the points.

    Points are drawn again as a whole, for their evaluations share their noise. Those of a Sobol' sequence lie
    more evenly than such draws, so intervals are rather too wide than too narrow.
    """
    factors, outputs, points = parts.first.shape
    numbers = np.concatenate([parts.first, parts.total, parts.variance[None]]).reshape(-1, points)
    resampled = np.concatenate([w @ numbers.T for w in _weights(points, resamples, seed)])
    # Every share is of the variance of its own output.
    shape = (2 * factors + 1, outputs)
    over = np.broadcast_to(parts.variance, (*shape, points)).reshape(-1, points)
    resampled_over = np.tile(resampled[:, -outputs:], shape[0])
    shares = _intervals(numbers, over, resampled, resampled_over).reshape(*shape, 3)
    means = _intervals(parts.variance, np.ones_like(parts.variance), resampled[:, -outputs:], 1.0)
    return [
        Indices(
            VarianceShare(*means[s].tolist()),
            tuple(VarianceShare(*one) for one in shares[:factors, s].tolist()),
            tuple(VarianceShare(*one) for one in shares[factors:-1, s].tolist()),
        )
        for s in range(outputs)
    ]


def _weights(points: int, resamples: int, seed: int) -> Iterator[Floats]:
    """How often each point is drawn, as shares, (some resamples, points); all rows in the end."""
    random = np.random.default_rng(seed)
    size = max(1, _NUMBERS // points)
    for first in range(0, resamples, size):
        rows = min(size, resamples - first)
        drawn = random.integers(points, size=(rows, points)) + points * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * points).reshape(rows, points) / points


def _intervals(above: Floats, below: Floats, resampled: Floats, over: Floats | float) -> Floats:
    """Ratios of means with their BCa intervals (Efron 1987), (numbers, 3); nan where the mean below is 0.

    `above` and `below` are (numbers, points), `resampled` and `over` their means, (resamples, numbers).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        bottom = below.mean(axis=-1)
        ratio = above.mean(axis=-1) / bottom
        pull = (above - ratio[:, None] * below) / bottom[:, None]  # of each point on the ratio
        found = resampled / over
        skew = np.sum(pull**3, axis=-1) / (6 * np.sum(pull**2, axis=-1) ** 1.5)
    ends = np.array([_ends(*one) for one in zip(ratio, found.T, skew, strict=True)])
    return np.column_stack([ratio, ends])


def _ends(ratio: float, found: Floats, skew: float) -> tuple[float, float]:
    if not np.isfinite(found).all() or math.isnan(ratio):
        return math.nan, math.nan
    if not math.isfinite(skew):  # no point pulls: it is exact
        return ratio, ratio
    normal = NormalDist()
    below = (np.count_nonzero(found < ratio) + np.count_nonzero(found == ratio) / 2) / found.size
    shift = normal.inv_cdf(min(max(below, 0.5 / found.size), 1 - 0.5 / found.size))
    levels = [normal.cdf(shift + (shift + z) / (1 - skew * (shift + z))) for z in (-reach(), reach())]
    low, high = np.quantile(found, levels)
    return float(low), float(high)
