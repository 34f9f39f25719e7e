"""Strength and luck to points. Arrays are (..., items, teams) or (..., teams); scores are in points."""

from __future__ import annotations

from functools import cache
from math import lgamma

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Floats, Numbers

Bools = NDArray[np.bool_]

_ZERO = np.array(0.0)
"""As an array, since NumPy takes its time to convert a Python number, and events ask one by one."""


def judged_slope(spread: Numbers, follows: Numbers, strength_sd: float) -> Floats:
    """Points that one ECI brings in a judged item: s rho / sd, with sd that of strength among teams.

    Where teams do not differ in strength at all (sd 0) there is nothing to follow, and the slope is 0.
    """
    slope: Floats = np.multiply(spread, follows) / (strength_sd if strength_sd > 0 else np.inf)
    return slope


def impression(spread: Numbers, follows: Numbers, x: Numbers) -> Floats:
    """Points that judges give for what is not strength: s sqrt(1 - rho^2) x."""
    # With this weight, x and strength (each of variance 1) add up to variance 1 whatever rho is: how far the
    # judges follow strength does not change how much their points differ.
    unlike: Floats = np.sqrt(1 - np.square(follows))
    return np.asarray(spread * unlike * x)


def trimmed_mean(ratings: Floats, trim: int) -> Floats:
    """Mean over the first axis without the `trim` lowest and highest of each; from the lowest to the highest.

    Nothing is sorted without `trim`: the sum then goes from first to last.
    """
    mean = np.empty(ratings.shape[1:])
    for first in range(0, ratings.shape[-1], _CHUNK):
        part = slice(first, first + _CHUNK)
        kept = [one.copy() for one in ratings[..., part]]
        if trim:
            kept = _sort_rows(kept)[trim : len(kept) - trim]
        total = kept[0]
        for one in kept[1:]:  # the order fixes the rounding
            total += one
        np.divide(total, len(kept), out=mean[..., part])
    return mean


_CHUNK = 2**10
"""Replications whose ratings are averaged at a time: those of all raters then stay in the cache."""


def _sort_rows(rows: list[Floats]) -> list[Floats]:
    """Sort many short columns at once, each of a number of every row; the rows are overwritten.

    Two rows at a time become their lower and their higher: half the time of sorting column by column.
    """
    spare = np.empty_like(rows[0])
    for i, j in _comparators(len(rows)):
        np.minimum(rows[i], rows[j], out=spare)
        np.maximum(rows[i], rows[j], out=rows[j])
        rows[i], spare = spare, rows[i]
    return rows


@cache
def _comparators(size: int) -> tuple[tuple[int, int], ...]:
    """Pairs of positions by which so many numbers are sorted: Batcher's odd-even merge sort (1968)."""
    found = []
    run = 1  # length of the runs that are sorted already, two of which are merged
    while run < size:
        apart = run
        while apart >= 1:
            for first in range(apart % run, size - apart, 2 * apart):
                found += [
                    (i, i + apart)
                    for i in range(first, min(first + apart, size - apart))
                    if i // (2 * run) == (i + apart) // (2 * run)
                ]
            apart //= 2
        run *= 2
    return tuple(found)


@cache
def trimmed_mean_sd(raters: int, trim: int) -> float:
    """Standard deviation of the trimmed mean of so many standard normal ratings.

    Given the innermost of those that are dropped, a and b, the ones between are independent, each normal
    between a and b. So the variance is the mean over (a, b) of v(a, b) / kept + m(a, b)^2, with m and v the
    mean and variance of a normal number between them (David & Nagaraja, Order Statistics, section 2.5).
    """
    kept = raters - 2 * trim
    if trim == 0:
        return float(1 / np.sqrt(kept))
    from scipy.special import ndtri  # slow to load, and rarely needed

    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    upper, weight_u = (nodes + 1) / 2, weights / 2  # of b, as a probability
    share, weight_s = upper[:, None], weight_u[:, None]  # of a's probability in b's
    lower = share * upper
    between = upper - lower
    # Density of the two order statistics in probabilities; each row of `lower` is a's for all b.
    log_factor = lgamma(raters + 1) - 2 * lgamma(trim) - lgamma(kept + 1)
    density = lower ** (trim - 1) * between**kept * (1 - upper) ** (trim - 1) * np.exp(log_factor)
    a, b = ndtri(lower), ndtri(np.broadcast_to(upper, lower.shape))
    phi_a, phi_b = (np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) for z in (a, b))
    mean = (phi_a - phi_b) / between
    variance = 1 + (a * phi_a - b * phi_b) / between - mean**2
    return float(np.sqrt(np.sum(density * upper * weight_s * weight_u * (variance / kept + mean**2))))


_NODES = 200
"""Points of the quadrature in each direction."""


def item_points(strength: Floats, luck: Floats, slope: Floats, maximum: Floats) -> Floats:
    """Points of each item, (..., items, teams): luck + slope x (q - q_ref), within [0, max].

    `strength` is q - q_ref, (..., teams); `luck` has the mean, the impression and the noise in it. A team
    that submitted nothing (q missing) gets 0 points.
    """
    points: Floats = slope * strength[..., None, :]
    points += luck
    np.fmax(points, _ZERO, out=points)  # and not maximum: fmax takes 0 where q is missing
    return np.minimum(points, maximum, out=points)


def rescale_to_leader(points: Floats, maximum: float, live: Bools) -> Floats:
    """Scale a block so that the best live team gets the maximum; left alone where its points are <= 0."""
    best = np.maximum.reduce(live * points, axis=-1, keepdims=True)  # points are never below 0
    return points * (maximum / np.where(best > _ZERO, best, maximum))


def round_to_step(total: Floats, step: float) -> Floats:
    """Round totals to `step`, so that both engines rank alike."""
    return np.rint(total / step) * step
