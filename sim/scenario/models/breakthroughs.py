"""Research that bends scaling: a date that may never come, who has it from when on, and what it changes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.models.base import Block, Day, Id, Name, quantity
from sim.scenario.models.quantities import Days, Eci, EciSpread, Factor, Fraction


class UncertainDay(Block):
    """A day that nobody knows: so many days after another one, if it comes at all."""

    earliest: Day = Field(description="The first day on which it may come")
    after: Days | None = quantity(
        None, unit="days", meaning="Whole days from `earliest` until it comes, one draw a run; 0 if left out"
    )
    chance: Fraction | None = quantity(
        None, unit="probability", meaning="Chance that it comes at all; certain if left out"
    )


class Breakthrough(Block):
    """A piece of research that changes what compute is worth, from an uncertain day on."""

    name: Name | None = Field(None, description="What the research is called; its id if left out")
    day: UncertainDay = Field(description="When it is found, if ever")
    teams: Annotated[tuple[Id, ...], Field(min_length=1)] | None = Field(
        None, description="Who has it first; all teams if left out"
    )
    others_after: Days | None = quantity(
        None,
        unit="days",
        meaning="Whole days by which all other teams have it later; never if left out",
    )
    adoption: Days | None = quantity(
        None,
        unit="days",
        plausible=(30.0, 365.0),
        meaning="Whole days until a team can train with it, a draw for each team; 0 if left out",
        source="no data settles it: a month to read a paper, a year to build on it",
    )
    efficiency: Factor | None = quantity(
        None,
        unit="times",
        symbol="f",
        plausible=(1.8, 5.3),
        meaning="How many times the same compute counts from then on",
        source="what a year of everybody's progress was worth, 2012 to 2023: halving in 5 to 14 months",
    )
    slope: EciSpread | None = quantity(
        None,
        unit="ECI per tenfold compute",
        symbol="d_kappa",
        plausible=(0.0, 3.0),
        meaning="Strength that ten times the compute brings beyond what it brings anyway",
        source="no data settles it: at most from the middle to the upper end of kappa",
    )
    level: Eci | None = quantity(
        None,
        unit="ECI",
        plausible=(0.0, 5.0),
        meaning="Strength that it adds at any compute",
        source="no data settles it",
    )
    frontier: Eci | None = quantity(
        None,
        unit="ECI",
        plausible=(0.0, 5.0),
        meaning="Strength that the world's frontier gains on the day; 0 if left out",
        source="no data settles it",
    )
