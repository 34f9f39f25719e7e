"""Numbers that may be uncertain, and the ranges that they must keep.

Any number of a scenario may be a distribution, drawn once a replication (contract C4). The laws and their
parameters stand in `sim.scenario.laws`, the units in `sim.scenario.units`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, PrivateAttr, Tag, model_validator

from sim.scenario.base import Block, Id
from sim.scenario.laws import Beta, Finite, Lognormal, Normal, Poisson, Triangular, Uniform
from sim.scenario.truncated import Truncated
from sim.scenario.units import percent

__all__ = [
    "LAWS",
    "Correlation",
    "Finite",
    "Fraction",
    "NonNegative",
    "Number",
    "Positive",
    "Uncertain",
    "extremes",
    "share_at",
    "share_below",
    "within",
]

LAWS = (
    "constant",
    "normal",
    "lognormal",
    "triangular",
    "uniform",
    "weighted",
    "beta",
    "poisson",
    "truncated",
)
"""The names under which the laws are written."""

Law = Normal | Lognormal | Triangular | Uniform | Beta | Poisson | Truncated


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
    beta: Beta | None = None
    poisson: Poisson | None = None
    truncated: Truncated | None = None
    shared: Id | None = None
    """A name: all numbers that share it have the same luck, wherever they stand and whatever their laws."""

    # Where the number stands keys its draws. So nobody spells a path by hand: the scenario's one walk
    # (`sim.scenario.paths.note_paths`) tells each number its own, and it is no part of what is written down.
    _path: str | None = PrivateAttr(None)
    _default_path: str | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.kinds()) != 1:
            raise ValueError(f"exactly one distribution is needed ({', '.join(LAWS)})")
        if self.weighted is not None and not sum(self.weighted.values()) > 0:
            raise ValueError("the weights sum to nothing")
        return self

    def __eq__(self, other: object) -> bool:
        """Compare laws and marks: two numbers may be equal wherever they stand."""
        return isinstance(other, Uncertain) and self.__dict__ == other.__dict__

    __hash__ = Block.__hash__

    @property
    def path(self) -> str:
        """Its place in the scenario, such as `stages.s1.gate.risk`; a share's, where its own would stand.

        Raises `ValueError` for a number that is in no scenario.
        """
        if self._path is None:
            raise ValueError("a number without a place in a scenario has no draws")
        return self._path

    @property
    def default_path(self) -> str | None:
        """The place of the default whose share it is; None for a number with a place of its own."""
        return self._default_path

    @property
    def draw_name(self) -> str:
        """The name that keys its draws: its path, or the name that it shares.

        No path of a scenario holds a colon.
        """
        return self.path if self.shared is None else f"shared:{self.shared}"

    def put_at(self, path: str) -> None:
        """Say where it stands. Raises `ValueError` for one number object at two places of a scenario."""
        if self._path not in (None, path):
            raise ValueError(f"one number at both {self._path} and {path}, expected a copy")
        self._path = path

    def share_at(self, path: str) -> Self:
        """The same law for one of those to whom a default applies, with draws of its own, keyed by `path`."""
        share = self.model_copy()
        share._path, share._default_path = path, self.path
        return share

    def kinds(self) -> list[str]:
        """The names of the distributions given; one, once validated."""
        return [name for name in LAWS if getattr(self, name) is not None]

    def distribution(self) -> Law | dict[float, float] | float:
        """The one distribution given."""
        found: Law | dict[float, float] | float = getattr(self, self.kinds()[0])
        return found

    def extremes(self) -> tuple[float, float]:
        """The least and the greatest value that a draw can give."""
        given = self.distribution()
        if isinstance(given, float):
            return given, given
        if isinstance(given, dict):
            possible = [value for value, weight in given.items() if weight > 0]
            return min(possible), max(possible)
        return given.extremes()


def _kind(value: Any) -> str:
    return "uncertain" if isinstance(value, (dict, Uncertain)) else "number"


Number = Annotated[
    Annotated[Finite, Tag("number")] | Annotated[Uncertain, Tag("uncertain")], Discriminator(_kind)
]
"""A number, or a distribution of it."""


def share_at(number: float | Uncertain, path: str) -> float | Uncertain:
    """A share of a default, as `Uncertain.share_at`; a plain number is the same for all."""
    return number.share_at(path) if isinstance(number, Uncertain) else number


def share_below(number: float | Uncertain, owner: str) -> float | Uncertain:
    """A share of a number that is drawn anew for each owner, keyed below the number's own path."""
    return number.share_at(f"{number.path}.{owner}") if isinstance(number, Uncertain) else number


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
            raise ValueError(f"{what}, expected {self}{self._percent(value)}")
        return value

    def _percent(self, value: float | Uncertain) -> str:
        """How a share is written, for whoever has left out the sign."""
        if (self.low, self.high) != (0, 1) or not isinstance(value, float) or not 1 < value <= 100:
            return ""
        return f", such as {value / 100:g} or {value:g} %"


def within(low: float, high: float, *, above: bool = False) -> AfterValidator:
    """`Range` as a validator."""
    return AfterValidator(Range(low, high, above))


Fraction = Annotated[Number, within(0, 1), percent]
"""A share, or a chance; `23 %` is 0.23."""

Correlation = Annotated[Number, within(-1, 1)]
NonNegative = Annotated[Number, within(0, math.inf)]
Positive = Annotated[Number, within(0, math.inf, above=True)]
