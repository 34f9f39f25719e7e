"""Probabilities below and above a value, by the standard library alone, each exact where it is small."""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate


def normal_tails(distance: float, sd: float) -> tuple[float, float]:
    """Of the normal law at so far above its mean; `sd` is above 0."""
    z = distance / sd / math.sqrt(2)
    return math.erfc(-z) / 2, math.erfc(z) / 2


def beta_tails(a: float, b: float, x: float) -> tuple[float, float]:
    """Of the beta law with shape `a`, `b` on 0..1."""
    if x <= 0:
        return 0.0, 1.0
    if x >= 1:
        return 1.0, 0.0
    scale = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    # The fraction converges fast on this side only; on the other the law is read from its end.
    if x < (a + 1) / (a + b + 2):
        below = min(1.0, scale * _beta_fraction(a, b, x) / a)
        return below, 1 - below
    above = min(1.0, scale * _beta_fraction(b, a, 1 - x) / b)
    return 1 - above, above


def _beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method."""
    tiny = 1e-300  # in place of a 0 that would be divided by: Lentz's own remedy
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    value = d
    for m in range(1, 100_000):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + step * d or tiny)
            c = 1 + step / c or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


_NEGLIGIBLE = 2.0**-100
"""What a number must be less likely than, against the likeliest, to be left out: no draw comes near it."""


@lru_cache(maxsize=64)
def poisson_tails(mean: float) -> tuple[int, tuple[float, ...], tuple[float, ...]]:
    """The Poisson law: its first number worth a thought, and P(<= k) and P(> k) from there on."""
    peak = math.floor(mean)
    down, up = [1.0], [1.0]
    while down[-1] > _NEGLIGIBLE and peak - len(down) >= 0:
        down.append(down[-1] * (peak - len(down) + 1) / mean)
    while up[-1] > _NEGLIGIBLE:
        up.append(up[-1] * mean / (peak + len(up)))
    weights = [*reversed(down), *up[1:]]
    total = math.fsum(weights)
    below = tuple(part / total for part in accumulate(weights))
    above = tuple(part / total for part in accumulate(reversed(weights)))
    return peak - len(down) + 1, below, (*above[-2::-1], 0.0)


def poisson_reach(mean: float, tail: float) -> tuple[int, int]:
    """Two numbers below and above which there is less than `tail`, by Chernoff's bound: a little too far.

    Quick, unlike the table: a file may hold thousands of them.
    """
    if mean == 0:
        return 0, 0

    def exponent(k: int) -> float:
        """P(X >= k) above the mean, and P(X <= k) below it, are at most exp of minus this."""
        return mean - k + (k * math.log(k / mean) if k else 0.0)

    # Ten standard deviations for great means, and 80 for small ones: there the bound is below 2^-53.
    peak, width = math.floor(mean), 80 + math.ceil(10 * math.sqrt(mean))
    outermost = -math.log(tail)
    least = bisect_left(range(peak), -outermost, key=lambda k: -exponent(k))
    greatest = peak + bisect_left(range(peak + 1, peak + width), outermost, key=exponent)
    return least, greatest
