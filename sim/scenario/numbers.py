"""Numbers that may be uncertain, the ranges they must keep, and the units people write them in.

Any number of a scenario may be a distribution, drawn once a replication (contract C4). Here stand only
the parameters; the inverse CDFs are in `sim.model.quantiles`.
"""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from sim.scenario.base import Block, Model

SMALLEST_U = 2.0**-53
"""The smallest uniform that can be drawn; the largest is one minus it (see `sim.model.draws`)."""

_EXTREME_NORMAL = -NormalDist().inv_cdf(SMALLEST_U)

Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive_ = Annotated[Finite, Field(gt=0)]


class Distribution(Model):
    """The parameters of one distribution, written as a mapping or as a list in the order of its fields."""

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        if isinstance(value, list):
            names = list(cls.model_fields)
            if len(value) != len(names):
                raise ValueError(f"{len(value)} numbers, expected {len(names)}: {', '.join(names)}")
            return dict(zip(names, value, strict=True))
        return value

    @abstractmethod
    def extremes(self) -> tuple[float, float]:
        """The least and the greatest value that a draw can give."""


class Normal(Distribution):
    """Normal with the given mean and standard deviation."""

    mean: Finite
    sd: Annotated[Finite, Field(ge=0)]

    def extremes(self) -> tuple[float, float]:
        """The outermost quantiles that a uniform can reach."""
        return self.mean - _EXTREME_NORMAL * self.sd, self.mean + _EXTREME_NORMAL * self.sd


class Lognormal(Distribution):
    """Lognormal with the given median; `sd_log` is the standard deviation of its natural logarithm."""

    median: Positive_
    sd_log: Annotated[Finite, Field(ge=0, le=20)]

    def extremes(self) -> tuple[float, float]:
        """The outermost quantiles that a uniform can reach."""
        factor = math.exp(_EXTREME_NORMAL * self.sd_log)
        return self.median / factor, self.median * factor


class Triangular(Distribution):
    """Triangular between low and high with its peak at likely."""

    low: Finite
    likely: Finite
    high: Finite

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not (self.low <= self.likely <= self.high and self.low < self.high):
            raise ValueError("low <= likely <= high and low < high do not hold")
        return self

    def extremes(self) -> tuple[float, float]:
        """Its ends."""
        return self.low, self.high


class Uniform(Distribution):
    """Every value between low and high alike."""

    low: Finite
    high: Finite

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError("low < high does not hold")
        return self

    def extremes(self) -> tuple[float, float]:
        """Its ends."""
        return self.low, self.high


def _values_once(table: Any) -> Any:
    """A table of weights, refused if two of its keys are the same number."""
    if isinstance(table, dict):
        values = [float(key) for key in table]
        if len(set(values)) < len(values):
            raise ValueError("a value twice, expected each value once")
    return table


class Uncertain(Block):
    """A number that is drawn once a replication: exactly one distribution, with marks if wanted."""

    constant: Finite | None = None
    normal: Normal | None = None
    lognormal: Lognormal | None = None
    triangular: Triangular | None = None
    uniform: Uniform | None = None
    weighted: (
        Annotated[
            dict[float, Annotated[float, Field(ge=0)]], Field(min_length=1), BeforeValidator(_values_once)
        ]
        | None
    ) = None
    """A value -> its weight. (`choice` is kept for decisions, which are never chance.)"""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.kinds()) != 1:
            known = "constant, normal, lognormal, triangular, uniform, weighted"
            raise ValueError(f"exactly one distribution is needed ({known})")
        if self.weighted is not None and not sum(self.weighted.values()) > 0:
            raise ValueError("the weights sum to nothing")
        return self

    def kinds(self) -> list[str]:
        """The names of the distributions given; one, once validated."""
        names = ("constant", "normal", "lognormal", "triangular", "uniform", "weighted")
        return [name for name in names if getattr(self, name) is not None]

    def distribution(self) -> Distribution | dict[float, float] | float:
        """The one distribution given."""
        found: Distribution | dict[float, float] | float = getattr(self, self.kinds()[0])
        return found

    def extremes(self) -> tuple[float, float]:
        """The least and the greatest value that a draw can give."""
        given = self.distribution()
        if isinstance(given, Distribution):
            return given.extremes()
        if isinstance(given, dict):
            possible = [value for value, weight in given.items() if weight > 0]
            return min(possible), max(possible)
        return given, given


def _kind(value: Any) -> str:
    return "uncertain" if isinstance(value, (dict, Uncertain)) else "number"


Number = Annotated[
    Annotated[Finite, Tag("number")] | Annotated[Uncertain, Tag("uncertain")], Discriminator(_kind)
]
"""A number, or a distribution of it."""


def extremes(value: float | Uncertain) -> tuple[float, float]:
    """The least and the greatest value that a number can take."""
    return value.extremes() if isinstance(value, Uncertain) else (value, value)


@dataclass(frozen=True)
class Range:
    """A check that all possible values lie in [low, high], or in (low, high] when `above`."""

    low: float
    high: float
    above: bool = False

    def __str__(self) -> str:
        bound = f"above {self.low:g}" if self.above else f"at least {self.low:g}"
        return bound if math.isinf(self.high) else f"{bound} and at most {self.high:g}"

    def __call__(self, value: float | Uncertain) -> float | Uncertain:
        """The value itself; raises `ValueError` if it may lie outside."""
        least, greatest = extremes(value)
        if least < self.low or greatest > self.high or (self.above and least <= self.low):
            what = f"{value:g}" if isinstance(value, float) else f"values from {least:.4g} to {greatest:.4g}"
            raise ValueError(f"{what}, expected {self}")
        return value


def within(low: float, high: float, *, above: bool = False) -> AfterValidator:
    """`Range` as a validator."""
    return AfterValidator(Range(low, high, above))


def unit(**factors: float) -> BeforeValidator:
    """Reads `<number> <unit>` for the units named; a plain number stands for the first of them.

    Each factor turns its unit into the first one.
    """
    names = {name.replace("_per_", "/"): factor for name, factor in factors.items()}

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match = re.fullmatch(
            r"\s*([-+]?(?:\d{1,3}(?:,\d{3})+|[\d_]+)(?:\.\d*)?(?:[eE][-+]?\d+)?)\s*(\S+)\s*", value
        )
        if match and match[2] in names:
            try:
                return float(match[1].replace(",", "").replace("_", "")) * names[match[2]]
            except ValueError:
                pass
        raise ValueError(f"'{value}', expected a number in {' or '.join(names)}")

    return BeforeValidator(read)


Fraction = Annotated[Number, within(0, 1)]
Correlation = Annotated[Number, within(-1, 1)]
NonNegative = Annotated[Number, within(0, math.inf)]
Positive = Annotated[Number, within(0, math.inf, above=True)]
