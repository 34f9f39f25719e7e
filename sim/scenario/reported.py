"""Points of an evaluation as they were reported, team by team: to be recounted, never simulated."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from sim.scenario.base import Block, Id
from sim.scenario.numbers import Finite

Points = Annotated[Finite, Field(ge=0)]
Maximum = Annotated[Finite, Field(gt=0)]


def _form(value: Any) -> str:
    return "by-item" if isinstance(value, dict) else "number"


Given = Annotated[
    Annotated[Points, Tag("number")] | Annotated[dict[Id, Points], Tag("by-item"), Field(min_length=1)],
    Discriminator(_form),
]
"""Points of a block: a number, or item by item, to be summed."""

OutOf = Annotated[
    Annotated[Maximum, Tag("number")] | Annotated[dict[Id, Maximum], Tag("by-item"), Field(min_length=1)],
    Discriminator(_form),
]


class Reported(Block):
    """Points of one evaluation, out of the maxima of that day (which a what-if does not change)."""

    out_of: Annotated[dict[Id, OutOf], Field(min_length=1)] = Field(
        description="Greatest number of points when they were given, by block, or by block and item"
    )
    points: Annotated[dict[Id, dict[Id, Given]], Field(min_length=1)] = Field(
        description="Points by team and block, or by team, block and item"
    )
    items: dict[Id, dict[Id, dict[Id, Points]]] = Field(
        {}, description="By block and item, then team: items that are known although not all of the block are"
    )
    totals: dict[Id, Points] = Field({}, description="Totals as reported, by team; only compared")


def summed(given: float | dict[str, float]) -> float:
    """Points, or a maximum, of a whole block."""
    return sum(given.values()) if isinstance(given, dict) else given


def decimals(numbers: Iterable[float]) -> int:
    """The most decimals that any of these numbers is written with; at least 1."""
    exponents = (Decimal(repr(float(number))).as_tuple().exponent for number in numbers)
    return max([1, *(-exponent for exponent in exponents if isinstance(exponent, int))])


def half_unit(numbers: Iterable[float]) -> float:
    """What rounding alone can have moved any of these numbers by."""
    return 0.5 * 10.0 ** -decimals(numbers)


def columns(report: Reported, block: str) -> dict[str, list[float]]:
    """The points of a block as they were given, team by team: under "" for a number, else by item."""
    given = [points[block] for points in report.points.values()]
    by_item = [points for points in given if isinstance(points, dict)]
    if by_item:
        return {item: [points[item] for points in by_item] for item in by_item[0]}
    return {"": [summed(points) for points in given]}
