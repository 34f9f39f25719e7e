"""What was observed: training runs and leases that happened, and points as an evaluation reported them.

The model has to come out near to the former; the latter are recounted, never simulated.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from sim.scenario.models.base import Block, Id, Name, quantity
from sim.scenario.models.laws import Finite
from sim.scenario.models.quantities import MOST_DAYS, MOST_POINTS
from sim.scenario.models.units import DAYS, FLOP, GPUS, gpus_by_type, money, unit

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


def _form(value: Any) -> str:
    return "by-item" if isinstance(value, dict) else "number"


Given = Annotated[
    Annotated[ObservedPoints, Tag("number")]
    | Annotated[dict[Id, ObservedPoints], Tag("by-item"), Field(min_length=1)],
    Discriminator(_form),
]
"""Points of a block: a number, or item by item, to be summed."""

OutOf = Annotated[
    Annotated[ObservedMaximum, Tag("number")]
    | Annotated[dict[Id, ObservedMaximum], Tag("by-item"), Field(min_length=1)],
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
