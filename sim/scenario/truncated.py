"""A continuous law cut off at one or both ends: its conditional law between them."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any, NamedTuple, Self

from pydantic import model_validator

from sim.scenario.base import Model
from sim.scenario.laws import (
    CONTINUOUS,
    SMALLEST_U,
    Beta,
    Continuous,
    Finite,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
)
from sim.scenario.problems import shown

LEAST_PROBABILITY = 1e-6
"""A law that is nearly never between the ends says nothing of what is there."""


class Tails(NamedTuple):
    """The probabilities of a law below and above the ends that it is cut off at, and between them."""

    below: float
    between: float
    above: float


class Truncated(Model):
    """A continuous law given that it lies between `low` and `high`, either of which may be left out."""

    normal: Normal | None = None
    lognormal: Lognormal | None = None
    triangular: Triangular | None = None
    uniform: Uniform | None = None
    beta: Beta | None = None
    low: Finite | None = None
    high: Finite | None = None

    @model_validator(mode="before")
    @classmethod
    def _continuous(cls, value: Any) -> Any:
        if not isinstance(value, (dict, cls)):
            raise ValueError(f"{shown(value)}, expected a law with `low`, `high` or both")
        for name in ("constant", "weighted", "poisson", "truncated"):
            if isinstance(value, dict) and name in value:
                raise ValueError(f"`{name}` inside `truncated`, expected one of {', '.join(CONTINUOUS)}")
        return value

    @model_validator(mode="after")
    def _possible(self) -> Self:
        given = [name for name in CONTINUOUS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"{len(given)} laws, expected exactly one of {', '.join(CONTINUOUS)}")
        if self.low is None and self.high is None:
            raise ValueError("a law that is cut off nowhere, expected `low`, `high` or both")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError("low < high does not hold")
        if isinstance(self.law, (Normal, Lognormal)) and self.law.extremes()[0] == self.law.extremes()[1]:
            raise ValueError("a law without spread, expected one that can be cut off")
        if self.probabilities.between < LEAST_PROBABILITY:
            raise ValueError(
                f"hardly any probability between the ends ({self.probabilities.between:.2g}), "
                f"expected ends that hold at least {LEAST_PROBABILITY:g} of it"
            )
        return self

    @property
    def law(self) -> Continuous:
        """The law that is cut off."""
        found = next(getattr(self, name) for name in CONTINUOUS if getattr(self, name) is not None)
        assert isinstance(found, Continuous)
        return found

    @property
    def probabilities(self) -> Tails:
        """How likely the law is beyond the ends and between them."""
        below, above_low = (0.0, 1.0) if self.low is None else self.law.tails(self.low)
        below_high, above = (1.0, 0.0) if self.high is None else self.law.tails(self.high)
        between = above_low - above if below > above else below_high - below
        return Tails(below, between, above)

    def extremes(self) -> tuple[float, float]:
        """Its ends, or the outermost quantile that a uniform can reach where it has none."""
        least, greatest = self.law.extremes()
        if isinstance(self.law, (Normal, Lognormal)):  # what is cut off moves the quantiles of what remains
            below, between, above = self.probabilities
            least = _quantile(self.law, below + SMALLEST_U * between, -1)
            greatest = _quantile(self.law, above + SMALLEST_U * between, 1)
        return (
            least if self.low is None else max(least, self.low),
            greatest if self.high is None else min(greatest, self.high),
        )


def _quantile(law: Normal | Lognormal, tail: float, side: int) -> float:
    """The value beyond which, below (-1) or above (1), a law has the probability `tail`."""
    z = -side * NormalDist().inv_cdf(tail)
    return law.mean + z * law.sd if isinstance(law, Normal) else law.centre * math.exp(z * law.spread)
