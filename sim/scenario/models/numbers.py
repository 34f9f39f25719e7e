"""Numbers that may be uncertain, drawn once a replication, and where they stand in a scenario.

The laws and their parameters stand in `laws`, the units in `units`, what each number may be in `quantities`.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from functools import cache
from statistics import NormalDist
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, PrivateAttr, Tag, model_validator

from sim.scenario.models.base import Block, Id, Model
from sim.scenario.models.laws import (
    CONTINUOUS,
    LARGEST,
    SMALLEST_U,
    Beta,
    Continuous,
    Endless,
    Finite,
    Lognormal,
    Normal,
    Parameter,
    Poisson,
    Triangular,
    Uniform,
)
from sim.scenario.problems import quoted

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
    low: Parameter | None = None
    high: Parameter | None = None

    @model_validator(mode="before")
    @classmethod
    def _continuous(cls, value: Any) -> Any:
        if not isinstance(value, (dict, cls)):
            raise ValueError(f"{quoted(value)}, expected a law with `low`, `high` or both")
        for name in ("constant", "weighted", "poisson", "truncated"):
            if isinstance(value, dict) and name in value:
                raise ValueError(f"`{name}` inside `truncated`, expected one of {', '.join(CONTINUOUS)}")
        return value

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if len(self._laws()) != 1:
            raise ValueError(f"{len(self._laws())} laws, expected exactly one of {', '.join(CONTINUOUS)}")
        if self.low is None and self.high is None:
            raise ValueError("a law that is cut off nowhere, expected `low`, `high` or both")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError("low < high does not hold")
        if len(set(self.law.extremes())) == 1:
            raise ValueError("a law without spread, expected one that can be cut off")
        if (between := self.probabilities.between) < LEAST_PROBABILITY:
            expected = f"ends that hold at least {LEAST_PROBABILITY:g} of it"
            raise ValueError(f"hardly any probability between the ends ({between:.2g}), expected {expected}")
        return self

    def _laws(self) -> list[Continuous]:
        return [law for name in CONTINUOUS if (law := getattr(self, name)) is not None]

    @property
    def law(self) -> Continuous:
        """The law that is cut off."""
        return self._laws()[0]

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
        if isinstance(self.law, Endless):  # what is cut off moves the quantiles of what remains
            below, between, above = self.probabilities
            least = self.law.value_at(NormalDist().inv_cdf(below + SMALLEST_U * between))
            # By the tail above: next to 1 there are too few floats.
            greatest = self.law.value_at(-NormalDist().inv_cdf(above + SMALLEST_U * between))
        return (
            least if self.low is None else max(least, self.low),
            greatest if self.high is None else min(greatest, self.high),
        )


Law = Normal | Lognormal | Triangular | Uniform | Beta | Poisson | Truncated


def _values_once(table: Any) -> Any:
    """A table of weights, refused if two of its keys are the same number."""
    if isinstance(table, dict):
        values = [float(key) for key in table]
        if len(set(values)) < len(values):
            raise ValueError("a value twice, expected each value once")
    return table


_LEAST_WEIGHT = 1e-9
"""Weights are divided by their sum."""


class Uncertain(Block):
    """A number that is drawn once a replication: exactly one distribution, with marks if wanted."""

    constant: Parameter | None = None
    normal: Normal | None = None
    lognormal: Lognormal | None = None
    triangular: Triangular | None = None
    uniform: Uniform | None = None
    weighted: (
        Annotated[
            dict[Annotated[float, Field(ge=-LARGEST, le=LARGEST)], Annotated[float, Field(ge=0, le=1e9)]],
            Field(min_length=1),
            BeforeValidator(_values_once),
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
    # (`uncertain_numbers`) tells each number its own, and it is no part of what is written down.
    _path: str | None = PrivateAttr(None)
    _default_path: str | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.kinds()) != 1:
            raise ValueError(f"exactly one distribution is needed ({', '.join(LAWS)})")
        if self.weighted is not None and sum(self.weighted.values()) < _LEAST_WEIGHT:
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


# Its keys but for those of any block, and for what says whose luck it has.
LAWS = tuple(name for name in Uncertain.model_fields if name not in {*Block.model_fields, "shared"})
"""The names under which the laws are written."""


Number = Annotated[
    Annotated[Finite, Tag("number")] | Annotated[Uncertain, Tag("uncertain")],
    Discriminator(lambda value: "uncertain" if isinstance(value, (dict, Uncertain)) else "number"),
]
"""A number, or a distribution of it."""


def share_at(number: Number, path: str) -> Number:
    """A share of a default, as `Uncertain.share_at`; a plain number is the same for all."""
    return number.share_at(path) if isinstance(number, Uncertain) else number


def share_below(number: Number, owner: str) -> Number:
    """A share of a number that is drawn anew for each owner, keyed below the number's own path."""
    return number.share_at(f"{number.path}.{owner}") if isinstance(number, Uncertain) else number


def extremes(value: Number) -> tuple[float, float]:
    """The least and the greatest value that a number can take."""
    return value.extremes() if isinstance(value, Uncertain) else (value, value)


def uncertain_numbers(part: Any, path: str = "") -> list[tuple[str, Uncertain]]:
    """Return every uncertain number in a scenario, or in a part of it at `path`, each with its own path.

    A path joins by dots what leads to a number: keys of blocks, ids of tables, positions in lists.
    """
    found: list[tuple[str, Uncertain]] = []
    _collect(part, path, found)
    return found


def _collect(part: Any, path: str, found: list[tuple[str, Uncertain]]) -> None:
    if isinstance(part, Uncertain):
        found.append((path, part))  # no further: there is no distribution inside a distribution
        return
    for step, child in _children(part):
        if type(child) not in _PLAIN:  # as most of a scenario is
            _collect(child, f"{path}.{step}" if path else str(step), found)


_PLAIN = frozenset((str, int, float, bool, type(None), datetime.date))


@cache
def _names(kind: type[BaseModel]) -> tuple[str, ...]:
    """The fields of a block; asked of pydantic, they take longer than to walk over."""
    return tuple(kind.model_fields)


def _children(part: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(part, BaseModel):
        return [(name, getattr(part, name)) for name in _names(type(part))]
    if isinstance(part, dict):  # what models hold; to ask whether it is any Mapping takes far longer
        return part.items()
    return enumerate(part) if isinstance(part, tuple) else ()


def kind_of_number(value: Any) -> Literal["number", "table"]:
    """Tell a number from a table of numbers by id: a mapping that names a law is one number."""
    return "table" if isinstance(value, dict) and not set(value) & set(LAWS) else "number"


def same_draws(scenario: BaseModel, paths: Collection[str]) -> dict[str, list[str]]:
    """For each path those of all numbers that share the draw of the one there, which comes first."""
    if not paths:
        return {}
    shared = {path: one.shared for path, one in uncertain_numbers(scenario) if one.shared is not None}
    return {
        path: [path, *(other for other, name in shared.items() if name == shared.get(path) and other != path)]
        for path in paths
    }
