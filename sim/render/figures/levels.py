"""The values along an axis: where they stand, which are marked, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

_MOST_TICKS = 9
_WIDEST_RATIO = 20
"""Greatest to least value from which on a scale is logarithmic."""


def places(values: Sequence[float], wide: float) -> dict[float, float]:
    """Where each of the values stands, in inches from the left; logarithmic where the ends lie far apart."""
    logarithmic = values[0] > 0 and values[-1] / values[0] >= _WIDEST_RATIO
    scaled = [math.log10(value) if logarithmic else value for value in values]
    span = scaled[-1] - scaled[0]
    inches = [(at - scaled[0]) / span * wide if span else wide / 2 for at in scaled]
    return dict(zip(values, inches, strict=True))


def ticks(values: Sequence[float]) -> list[float]:
    """Some of the values, evenly, the first and the last among them."""
    if len(values) <= _MOST_TICKS:
        return list(values)
    step = (len(values) - 1) / (_MOST_TICKS - 1)
    return [values[round(i * step)] for i in range(_MOST_TICKS)]


def told(value: object) -> str:
    """A value as it is written at an axis."""
    if not isinstance(value, (int, float, np.integer)):
        return str(value)
    number = float(value)
    if 1e7 <= abs(number) < 1e12:
        return f"{number / 1e6:,.1f}M"
    return f"{number:,.0f}" if 1000 <= abs(number) < 1e7 else f"{number:.3g}"
