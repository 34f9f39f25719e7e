"""Inverse CDFs: a uniform to everything else that is random."""

from __future__ import annotations

import math

import numpy as np

from sim.model.draws import Floats
from sim.model.normal import normal
from sim.scenario.numbers import Lognormal, Normal, Triangular, Uncertain, Uniform
from sim.scenario.points import NoiseShape


def gumbel_scale(sd: float) -> float:
    """Scale beta of the Gumbel law whose standard deviation is `sd`: sd sqrt(6) / pi."""
    return sd * math.sqrt(6) / math.pi


def standard_noise(shape: NoiseShape, u: Floats) -> Floats:
    """Noise with mean 0 and standard deviation 1, from uniforms, which it may overwrite."""
    if shape == "normal":
        return normal(u, out=u)
    beta = gumbel_scale(1.0)
    if shape == "gumbel-max":
        return -beta * (np.log(-np.log(u)) + np.euler_gamma)
    return beta * (np.log(-np.log1p(-u)) + np.euler_gamma)


def quantile(number: Uncertain, u: Floats) -> Floats:
    """Inverse CDF of an uncertain number at uniforms `u` of any shape."""
    law = number.distribution()
    if isinstance(law, Normal):
        return law.mean + law.sd * normal(u)
    if isinstance(law, Lognormal):
        return law.median * np.exp(law.sd_log * normal(u))
    if isinstance(law, Triangular):
        return _triangular(law, u)
    if isinstance(law, Uniform):
        return law.low + (law.high - law.low) * u
    if isinstance(law, dict):
        return _weighted(law, u)
    assert isinstance(law, float)
    return np.full_like(u, law)


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


def median(number: float | Uncertain) -> float:
    """The central value of a number: itself, or its distribution's median."""
    return at(number, 0.5)


def at(number: float | Uncertain, u: float) -> float:
    """The value of a number at one uniform."""
    return float(quantile(number, np.array([u]))[0]) if isinstance(number, Uncertain) else number


def whole(values: Floats) -> Floats:
    """Values rounded to whole numbers, halves up: for counts and days."""
    return np.floor(values + 0.5)
