"""Supply over time: hardware that arrives in tranches, of which a programme gets a part, perhaps in turns."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.scenario.models.base import Block, Day, Id, Name, quantity
from sim.scenario.models.grants import GpuTable
from sim.scenario.models.quantities import Days, DaysAMonth, Fraction, HoursADay

MOST_PARTS = 120
"""Equal parts in which a tranche may arrive, and days on which a supply may: ten years of months."""

PartCount = Annotated[int, Field(strict=True, ge=2, le=MOST_PARTS)]


class Tranche(Block):
    """Hardware that arrives on one day, or in equal parts from a day to another."""

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
    last: Day | None = Field(
        None, description="A ramp: the day of the last of `parts`, of which the first arrives on `day`"
    )
    parts: PartCount | None = Field(
        None, description="In how many equal parts they arrive, at equal intervals from `day` to `last`"
    )

    @model_validator(mode="after")
    def _ramp(self) -> Self:
        if (self.last is None) != (self.parts is None):
            given = "last" if self.parts is None else "parts"
            raise ValueError(f"`{given}` alone, expected `last` and `parts`, or neither")
        if self.last is not None and self.last <= self.day:
            raise ValueError(f"a ramp from {self.day} to {self.last}, expected a later `last`")
        return self

    @property
    def days(self) -> list[date]:
        """The days on which equal parts of it are to arrive."""
        if self.last is None or self.parts is None:
            return [self.day]
        length, steps = (self.last - self.day).days, self.parts - 1
        return [self.day + timedelta(days=round(k * length / steps)) for k in range(self.parts)]


class GpuSupply(Block):
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
    def _bounded(self) -> Self:
        if self.hours_a_day is not None and self.days_a_month is not None:
            raise ValueError("both `hours_a_day` and `days_a_month`, expected one of them")
        if (days := sum(tranche.parts or 1 for tranche in self.tranches.values())) > MOST_PARTS:
            raise ValueError(f"tranches of {days} parts in all, expected at most {MOST_PARTS}")
        return self

    @property
    def part_time(self) -> bool:
        """Whether the programme has its part for some of the time only."""
        return self.hours_a_day is not None or self.days_a_month is not None
