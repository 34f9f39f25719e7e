"""Supply over time: hardware that arrives in tranches, of which the programme gets a part, perhaps part-time."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.scenario.models.base import Block, Day, Id, Name, quantity
from sim.scenario.models.grants import GpuTable
from sim.scenario.models.quantities import Days, DaysAMonth, Fraction, HoursADay


class Tranche(Block):
    """Hardware that arrives on one day."""

    gpus: GpuTable = quantity(unit="GPUs", factors=(0.5, 2.0), meaning="GPUs that arrive, by hardware type")
    day: Day = Field(description="The day on which they are to arrive")
    late: Days = quantity(
        0.0,
        unit="days",
        meaning="Whole days by which they come later, one draw for all stages",
        plausible=(0, 365),
    )
    chance: Fraction | None = quantity(
        None, unit="probability", meaning="The chance that they come at all; certain if left out"
    )


class Supply(Block):
    """Hardware that is bought over the years, or a machine that others use as well."""

    name: Name | None = Field(None, description="What the supply is called; its id if left out")
    part: Fraction = quantity(
        unit="share",
        symbol="p",
        plausible=(0, 1),
        meaning="The part of all its GPUs that the programme gets",
    )
    tranches: Annotated[dict[Id, Tranche], Field(min_length=1, max_length=64)] = Field(
        description="What arrives when, by a name of the tranche"
    )
    until: Day | None = Field(
        None, description="The last day on which the programme has any of it; to the end if left out"
    )
    hours_a_day: HoursADay | None = quantity(
        None,
        unit="hours",
        symbol="h",
        plausible=(4, 24),
        meaning="Hours of each day in which the programme may use its part, in one turn; all day if left out",
    )
    days_a_month: DaysAMonth | None = quantity(
        None,
        unit="days",
        plausible=(1, 30),
        meaning="Days of each 30 on which the programme may use its part, in one turn; every day if left out",
    )

    @model_validator(mode="after")
    def _one_turn(self) -> Self:
        if self.hours_a_day is not None and self.days_a_month is not None:
            raise ValueError("both `hours_a_day` and `days_a_month`, expected one of them")
        return self

    @property
    def part_time(self) -> bool:
        """Whether the programme has its part for some of the time only."""
        return self.hours_a_day is not None or self.days_a_month is not None
