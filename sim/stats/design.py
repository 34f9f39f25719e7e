"""The points that a sweep visits: all combinations, or a sample of the space between the ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, log2, prod
from typing import Any, Literal

from sim.scenario.models.scenario import Scenario
from sim.stats.factors import Factor

Design = Literal["grid", "lhs", "sobol"]

MOST_POINTS = 100_000

Point = tuple[Any, ...]
"""A value of each factor."""


@dataclass(frozen=True)
class DesignPoint:
    """One option of a scenario's choices at one point of the design, and the scenario there."""

    number: int  # of the point, from 0
    point: Point
    option: str
    default: bool  # whether it is the first option, by which a scenario is told
    scenario: Scenario


def make_points(factors: Sequence[Factor], design: Design, seed: int) -> list[Point]:
    """Make the points of a design, in order; the same seed gives the same ones.

    A grid crosses all levels. A Latin hypercube and a Sobol' design have as many points as the factor with
    the most levels (a Sobol' design the next power of two) and take values between the ends of ranges.
    Raises `ValueError` for more points than anybody could wait for.
    """
    number = _number(factors, design)
    if number > MOST_POINTS:
        raise ValueError(f"{number:,} points, expected at most {MOST_POINTS:,}")
    if design == "grid":
        return list(product(*(factor.levels for factor in factors)))
    # scipy.stats takes a second to import, which a grid need not wait for.
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube if design == "lhs" else qmc.Sobol
    sample = sampler(d=len(factors), rng=seed).random(number)
    return list(
        zip(*(factor.at(column) for factor, column in zip(factors, sample.T, strict=True)), strict=True)
    )


def _number(factors: Sequence[Factor], design: Design) -> int:
    if design == "grid":
        return prod(len(factor.levels) for factor in factors)
    most = max(len(factor.levels) for factor in factors)
    return 2 ** ceil(log2(most)) if design == "sobol" else most
