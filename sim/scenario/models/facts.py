"""What is known to have happened: training runs and leases, points as reported, facts about points.

The model has to come out near to the runs. Reported points are recounted, never simulated. Facts are what
chances are conditioned on: each says of points as the programme printed them, after any rescaling, that a sum
of them lies between two numbers: a team's points, a mean, a gap, who was first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from sim.scenario.models.base import Block, Day, Id, Name, quantity
from sim.scenario.models.laws import Finite
from sim.scenario.models.quantities import MOST_DAYS, MOST_POINTS
from sim.scenario.models.units import DAYS, FLOP, GPUS, gpus_by_type, money, unit
from sim.scenario.problems import quoted

# What was observed is a number: neither a distribution nor nothing.
ObservedFlop = Annotated[Finite, Field(ge=1, le=1e40), unit(FLOP)]
ObservedDays = Annotated[Finite, Field(ge=1e-6, le=MOST_DAYS), unit(DAYS)]
ObservedKrw = Annotated[Finite, Field(gt=0, le=1e18), money]
ObservedGpus = Annotated[Finite, Field(ge=1e-6, le=1e9), unit(GPUS)]

Compared = Literal["compute", "days", "cost"]


class Known(Block):
    """A run or a lease that happened; what `compare` names is worked out from the rest and compared."""

    name: Name | None = Field(None, description="What the run is called; its id if left out")
    team: Id | None = Field(
        None, description="Whose share of peak and whose faults count; without it, the programme's"
    )
    gpus: Annotated[dict[Id, ObservedGpus], Field(min_length=1), gpus_by_type] = quantity(
        unit="GPUs", meaning="GPUs of the whole run, by hardware type"
    )
    days: ObservedDays = quantity(unit="days", meaning="How long it took, all days")
    compute: ObservedFlop | None = quantity(None, unit="FLOP", meaning="Compute of the run")
    cost: ObservedKrw | None = quantity(None, unit="KRW", meaning="What the GPUs cost")
    compare: Compared = Field(description="Which of the three is worked out from the others")

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        needed: Literal["compute", "cost"] = "cost" if self.compare == "cost" else "compute"
        if getattr(self, needed) is None:
            raise ValueError(f"`compare: {self.compare}` without `{needed}`, expected `{needed}` beside it")
        return self

    @property
    def observed(self) -> float:
        """What `compare` names as it was observed, in FLOP, days or KRW."""
        value: float = getattr(self, self.compare)
        return value


ObservedPoints = Annotated[Finite, Field(ge=0, le=1e3 * MOST_POINTS)]
ObservedMaximum = Annotated[Finite, Field(gt=0, le=MOST_POINTS)]


def _number_or_table(value: Any) -> str:
    return "by-id" if isinstance(value, dict) else "number"


Given = Annotated[
    Annotated[ObservedPoints, Tag("number")]
    | Annotated[dict[Id, ObservedPoints], Tag("by-id"), Field(min_length=1)],
    Discriminator(_number_or_table),
]
"""Points: one number, or a table of them, by item or by team."""

OutOf = Annotated[
    Annotated[ObservedMaximum, Tag("number")]
    | Annotated[dict[Id, ObservedMaximum], Tag("by-id"), Field(min_length=1)],
    Discriminator(_number_or_table),
]


class Reported(Block):
    """Points of one evaluation, out of the maxima of that day (which a what-if does not change)."""

    out_of: Annotated[dict[Id, OutOf], Field(min_length=1)] = Field(
        description="Greatest number of points when they were given, by block, or by block and item"
    )
    points: Annotated[dict[Id, dict[Id, Given]], Field(min_length=1)] = Field(
        description="Points by team and block, or by team, block and item"
    )
    items: dict[Id, dict[Id, dict[Id, ObservedPoints]]] = Field(
        {}, description="By block and item, then team: items that are known although not all of the block are"
    )
    totals: dict[Id, ObservedPoints] = Field({}, description="Totals as reported, by team; only compared")


def sum_points(given: float | dict[str, float]) -> float:
    """Points, or a maximum, of a whole block."""
    return sum(given.values()) if isinstance(given, dict) else given


def decimals(numbers: Iterable[float]) -> int:
    """The most decimals that any of these numbers is written with; at least 1."""
    exponents = (Decimal(repr(float(number))).as_tuple().exponent for number in numbers)
    return max([1, *(-exponent for exponent in exponents if isinstance(exponent, int))])


def half_unit(numbers: Iterable[float]) -> float:
    """What rounding alone can have moved any of these numbers by."""
    return 0.5 * 10.0 ** -decimals(numbers)


def report_columns(report: Reported, block: str) -> dict[str, list[float]]:
    """The points of a block as they were given, team by team: under "" for a number, else by item."""
    given = [points[block] for points in report.points.values()]
    by_item = [points for points in given if isinstance(points, dict)]
    if by_item:
        return {item: [points[item] for points in by_item] for item in by_item[0]}
    return {"": [sum_points(points) for points in given]}


TOTAL = "total"
"""The word for the sum of all blocks."""

NARROWEST = 1e-6
"""Points between the ends of `within`: what is known more closely than this can be met by no computing."""


Tied = Annotated[
    Annotated[Id, Tag("one")] | Annotated[tuple[Id, ...], Tag("several"), Field(min_length=1)],
    Discriminator(lambda value: "several" if isinstance(value, (list, tuple)) else "one"),
]
"""A team, or several of which nothing says who is ahead."""


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
    at_least: Given | None = quantity(
        None, unit="points", meaning="Points that teams, or all that were evaluated, reach"
    )
    at_most: Given | None = quantity(
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
