"""Proper scores of a forecast, from the chances that it gave and from what happened; 0 is perfect.

A score is proper if nobody can expect to lower it by telling other chances than those believed (Gneiting &
Raftery 2007, Journal of the American Statistical Association 102:359).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.model.draws import Floats


class Classes(NamedTuple):
    """Chances of what excludes each other, one of which happens; classes of one chance may stand together."""

    chances: tuple[float, ...]  # of each single class
    times: tuple[int, ...]  # how many classes have that chance
    happened: float  # the chance of the class that happened


def brier(classes: Classes) -> float:
    """Return Brier's score for several classes (Brier 1950): 0 to 2.

    That is the sum over all classes of (chance - 1 if it happened, else 0) squared.
    """
    squares = sum(n * p * p for p, n in zip(classes.chances, classes.times, strict=True))
    return squares - 2 * classes.happened + 1


def log_score(chance: float) -> float:
    """Return the logarithmic score (Good 1952), -ln of the chance of what happened: 0 to infinity."""
    return max(0.0, -math.log(chance)) if chance > 0 else math.inf  # and never -0


def border_errors(chances: Sequence[float], low: int, high: int) -> Floats:
    """Return the squared errors of a forecast over ordered classes, at each border between two of them.

    `chances` are of the classes in order; what happened is known to be one of `low` to `high`, counted from
    0. The error at a border is that of the chance to lie before it. Borders between `low` and `high` are left
    out, since nobody knows on which side of them the truth is.
    """
    below = np.cumsum(chances)[:-1]
    border = np.arange(len(below))
    known = (border < low) | (border >= high)
    found: Floats = np.square(below - (border >= high))[known]
    return found


def ranked_probability(chances: Sequence[float], happened: int) -> float:
    """Return the ranked probability score (Epstein 1969), the mean of the errors at all borders: 0 to 1."""
    return float(border_errors(chances, happened, happened).mean())
