"""Inverse CDFs: a uniform to everything else that is random."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Floats
from sim.model.normal import normal
from sim.scenario.models.laws import Beta, Continuous, Lognormal, Normal, Poisson, Triangular, Uniform
from sim.scenario.models.numbers import Truncated, Uncertain
from sim.scenario.models.points import NoiseShape
from sim.scenario.models.tails import poisson_tails

GUMBEL_SCALE = math.sqrt(6) / math.pi
"""Scale of the Gumbel law whose standard deviation is 1; its mean is then Euler's constant x this."""


def standard_noise(shape: NoiseShape, u: Floats, out: Floats | None = None) -> Floats:
    """Noise with mean 0 and standard deviation 1, from uniforms; it may use `out`, which may be `u`."""
    if shape == "normal":
        return normal(u, out=out)
    if shape == "gumbel-max":
        return -GUMBEL_SCALE * (np.log(-np.log(u)) + np.euler_gamma)
    return GUMBEL_SCALE * (np.log(-np.log1p(-u)) + np.euler_gamma)


def quantile(number: Uncertain, u: Floats) -> Floats:
    """Inverse CDF of an uncertain number at uniforms `u` of any shape."""
    law = number.distribution()
    if isinstance(law, dict):
        return _weighted(law, u)
    if isinstance(law, float):
        return np.full_like(u, law)
    if isinstance(law, Poisson):
        return _poisson(law, u)
    return _truncated(law, u) if isinstance(law, Truncated) else _continuous(law, u)


def _continuous(law: Continuous, u: Floats) -> Floats:
    if isinstance(law, Normal):
        return law.mean + law.sd * normal(u)
    if isinstance(law, Lognormal):
        return law.centre * np.exp(law.spread * normal(u))
    if isinstance(law, Triangular):
        return _triangular(law, u)
    if isinstance(law, Uniform):
        return law.low + (law.high - law.low) * u
    return _in_tails(law, np.minimum(u, 1 - u), u > 0.5)


def _triangular(law: Triangular, u: Floats) -> Floats:
    width, rise, fall = law.high - law.low, law.likely - law.low, law.high - law.likely
    return np.where(
        u * width < rise, law.low + np.sqrt(u * width * rise), law.high - np.sqrt((1 - u) * width * fall)
    )


def _weighted(law: dict[float, float], u: Floats) -> Floats:
    values = np.array(sorted(law))
    weights = np.cumsum([law[value] for value in values.tolist()])
    chosen = np.searchsorted(weights[:-1] / weights[-1], u, side="left")
    return values[chosen]


def _poisson(law: Poisson, u: Floats) -> Floats:
    """The least k with P(<= k) >= u; above the median, by the probability beyond, which is exact there."""
    first, below, above = poisson_tails(law.mean)
    upper = len(above) - np.searchsorted(np.array(above[::-1]), 1 - np.maximum(u, 0.5), side="right")
    lower = np.searchsorted(np.array(below), u, side="left")
    return first + np.where(u < 0.5, np.minimum(lower, upper), upper).astype(np.float64)


def _truncated(law: Truncated, u: Floats) -> Floats:
    """The law's quantile at the probability that is below plus u times what is between the ends.

    Beyond the law's median it is counted from above, so that no digits are lost far out.
    """
    below, between, above = law.probabilities
    from_below, from_above = below + u * between, above + (1 - u) * between
    values = _in_tails(law.law, np.minimum(from_below, from_above), from_above < from_below)
    return np.clip(values, *law.extremes())


def _in_tails(law: Continuous, tail: Floats, upper: NDArray[np.bool_]) -> Floats:
    """The values of a law below which, or above which where `upper`, there is the probability `tail`."""
    if isinstance(law, (Normal, Lognormal)):
        z = normal(tail)
        z = np.where(upper, -z, z)
        return law.mean + law.sd * z if isinstance(law, Normal) else law.centre * np.exp(law.spread * z)
    if isinstance(law, Uniform):
        return np.where(upper, law.high - (law.high - law.low) * tail, law.low + (law.high - law.low) * tail)
    if isinstance(law, Triangular):
        mirrored = Triangular(low=-law.high, likely=-law.likely, high=-law.low)
        return np.where(upper, -_triangular(mirrored, tail), _triangular(law, tail))
    assert isinstance(law, Beta)
    from scipy.special import betainccinv, betaincinv  # slow to load, and rarely needed

    # From whichever end is nearer: 1 - tail would lose the digits of a small tail.
    x = np.where(upper, betainccinv(*law.shape, tail), betaincinv(*law.shape, tail))
    return np.clip(law.low + (law.high - law.low) * x, law.low, law.high)


def median(number: float | Uncertain) -> float:
    """The central value of a number: itself, or its distribution's median."""
    return at(number, 0.5)


def at(number: float | Uncertain, u: float) -> float:
    """The value of a number at one uniform."""
    return float(quantile(number, np.array([u]))[0]) if isinstance(number, Uncertain) else number


def whole(values: Floats) -> Floats:
    """Values rounded to whole numbers, halves up: for counts and days."""
    return np.floor(values + 0.5)
