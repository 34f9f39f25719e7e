"""Facts: what was published of the points of a stage that is decided, by which chances are conditioned.

Each fact says of points as the programme printed them, after any rescaling, that a sum of them lies between
two numbers: a team's points, a mean, a gap, who was first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from sim.scenario.models.base import Block, Day, Id, quantity
from sim.scenario.models.laws import Finite
from sim.scenario.models.observed import ObservedPoints, half_unit
from sim.scenario.models.quantities import MOST_POINTS
from sim.scenario.problems import quoted

TOTAL = "total"
"""The word for the sum of all blocks."""

NARROWEST = 1e-6
"""Points between the ends of `within`: what is known more closely than this can be met by no computing."""


def _one_or_several(value: Any) -> str:
    return "several" if isinstance(value, (list, tuple)) else "one"


Tied = Annotated[
    Annotated[Id, Tag("one")] | Annotated[tuple[Id, ...], Tag("several"), Field(min_length=1)],
    Discriminator(_one_or_several),
]
"""A team, or several of which nothing says who is ahead."""


def _by_team_or_for_all(value: Any) -> str:
    return "by-team" if isinstance(value, dict) else "for-all"


Limit = Annotated[
    Annotated[ObservedPoints, Tag("for-all")]
    | Annotated[dict[Id, ObservedPoints], Tag("by-team"), Field(min_length=1)],
    Discriminator(_by_team_or_for_all),
]
"""Points by team, or one number for all that were evaluated."""

Offset = Annotated[Finite, Field(ge=-MOST_POINTS, le=MOST_POINTS)]

Ranked = Literal["first", "last"]


def _block_or_item(value: str) -> str:
    if re.fullmatch(r"[^\s.,=:/+]{1,40}(/[^\s.,=:/+]{1,40})?", value) is None:
        raise ValueError(f"{quoted(value)}, expected `total`, a block, or `block/item`")
    return value


Part = Annotated[str, AfterValidator(_block_or_item)]


class Interval(NamedTuple):
    """Points between which something lies."""

    low: float
    high: float


class Fact(Block):
    """What was published of the points of one block, one item or in total; numbers as written are rounded."""

    of: Part = Field(description="What it is about: `total`, a block, or `block/item`")
    points: dict[Id, ObservedPoints] = quantity({}, unit="points", meaning="Points of teams, as printed")
    first: Tied | None = Field(None, description="Who has the most points; several if they tie")
    last: Tied | None = Field(None, description="Who has the fewest points; several if they tie")
    order: tuple[Tied, ...] = Field(
        (), description="Teams from the top; a list among them stands for teams whose order is not known"
    )
    mean: ObservedPoints | None = quantity(
        None, unit="points", meaning="Mean over all teams that were evaluated"
    )
    gap: ObservedPoints | None = quantity(
        None, unit="points", meaning="Points between the first and the last, whoever that is"
    )
    at_least: Limit | None = quantity(
        None, unit="points", meaning="Points that teams, or all that were evaluated, reach"
    )
    at_most: Limit | None = quantity(
        None, unit="points", meaning="Points that teams, or all that were evaluated, do not exceed"
    )
    within: tuple[Offset, Offset] | None = quantity(
        None,
        unit="points",
        meaning="Lowest and highest offset from the numbers beside it, in place of their rounding",
    )
    known: Day | None = Field(None, description="The day since which it is known; the result's if left out")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.has_numbers or self.first or self.last or self.order):
            forms = "points, first, last, order, mean, gap, at_least or at_most"
            raise ValueError(f"a fact that says nothing, expected {forms}")
        if self.within is not None and not self.has_numbers:
            raise ValueError("`within` without a number, expected it beside points, a mean, a gap or a limit")
        if self.within is not None and self.within[1] - self.within[0] < NARROWEST * (1 - 1e-9):
            found = f"`within` from {self.within[0]:g} to {self.within[1]:g}"
            raise ValueError(f"{found}, expected the lower end first and {NARROWEST:g} or more between them")
        return self

    @property
    def has_numbers(self) -> bool:
        """Whether it says any number, beside who is ahead of whom."""
        numbers = (self.mean, self.gap, self.at_least, self.at_most)
        return bool(self.points) or any(number is not None for number in numbers)

    def tied(self, end: Ranked) -> tuple[str, ...]:
        """Who is named as first, or as last; empty where nobody is."""
        return _teams(self.first if end == "first" else self.last)

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The order, each place as the teams that share it."""
        return tuple(_teams(place) for place in self.order)

    def limit(self, which: Literal["at_least", "at_most"], evaluated: Iterable[str]) -> dict[str, float]:
        """The limit by team, where one number is for all that were `evaluated`."""
        given = self.at_least if which == "at_least" else self.at_most
        return given if isinstance(given, dict) else {} if given is None else dict.fromkeys(evaluated, given)

    def points_of(self, team: str) -> Interval | None:
        """Where a team's points lie; who ties with a team of known points has the same. None if unknown."""
        tied = next((tie for tie in (self.tied("first"), self.tied("last")) if team in tie), ())
        known = [self.points[t] for t in (team, *tied) if t in self.points]
        # Numbers of one table are printed alike, and YAML does not tell 9.20 from 9.2.
        return self._around(known[0], half_unit(self.points.values())) if known else None

    def about(self, which: Literal["mean", "gap"]) -> Interval | None:
        """Where the mean or the gap lies; None if it is not told."""
        value = self.mean if which == "mean" else self.gap
        return None if value is None else self._around(value, half_unit([value]))

    def _around(self, value: float, rounding: float) -> Interval:
        low, high = (-rounding, rounding) if self.within is None else self.within
        return Interval(value + low, value + high)


def _teams(tied: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return () if tied is None else (tied,) if isinstance(tied, str) else tied
