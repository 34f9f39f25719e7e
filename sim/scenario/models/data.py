"""Data and people: when public data come, what budgets buy, and how many work on a model."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from sim.scenario.models.base import Block, Id, quantity
from sim.scenario.models.grants import number_in
from sim.scenario.models.numbers import Number, kind_of_number, share_at
from sim.scenario.models.quantities import Eci, Extension, Money, People, within
from sim.scenario.models.stages import MoneyByTeam
from sim.scenario.models.units import money

DelayByStage = Annotated[
    Annotated[Extension, Tag("number")] | Annotated[dict[Id, Extension], Tag("table")],
    Discriminator(kind_of_number),
]
"""Days in every window, or a table by stage; `default` stands for the stages that it does not name."""

BudgetOfReference = Annotated[Number, within(1, 1e18), money]


_PEOPLE = 100.0
"""People of a team of reference. Sizes of model teams are rarely published."""


class Data(Block):
    """Data to train on: how long procedure keeps public data back, and what joint and own budgets buy."""

    access_delay: DelayByStage | None = quantity(
        None,
        unit="days",
        symbol="d",
        plausible=(0.0, 60.0),
        meaning="Whole days that procedure takes before public data can be used; or a table by stage",
        source="nobody has published how long it takes",
        guess=True,
    )
    kind: Literal["shortens", "shifts"] | None = Field(
        None,
        description="What a delay does. shortens (also if left out): each team's window opens later; "
        "shifts: the stage moves, and all after it",
    )
    joint: Money | None = quantity(
        None,
        unit="money",
        meaning="Budget of each stage for data that all teams get; told in equal parts of those present",
    )
    own: MoneyByTeam | None = quantity(
        None, unit="money", meaning="Budget of each stage for a team's own data; or a table by team"
    )
    reference: BudgetOfReference | None = quantity(
        None, unit="money", symbol="D_ref", meaning="Joint and own budget at which data add no strength"
    )
    per_tenfold: Eci | None = quantity(
        None,
        unit="ECI per tenfold budget",
        symbol="kappa_D",
        plausible=(0.0, 2.0),
        meaning="Strength gained by ten times the joint and own budget for data",
        source="nothing is known; well below the 5.7 ECI of ten times the compute, which holds more data",
        guess=True,
    )

    @model_validator(mode="after")
    def _has_both(self) -> Self:
        if (self.per_tenfold is None) != (self.reference is None):
            given, missing = ("reference", "per_tenfold")[:: 1 if self.per_tenfold is None else -1]
            raise ValueError(f"`{given}` without `{missing}`, expected both")
        if self.per_tenfold is not None and self.joint is None and self.own is None:
            raise ValueError("`per_tenfold` without a budget, expected `joint` or `own`")
        return self

    @property
    def shifts(self) -> bool:
        """Whether a delay moves whole stages."""
        return self.kind == "shifts"

    def delay_of(self, stage: str, owner: str) -> Number:
        """The days that procedure takes of a stage for an owner: a team, or all who take part."""
        delay = self.access_delay
        if isinstance(delay, dict):
            delay = delay.get(stage, delay.get("default"))
        return 0.0 if delay is None else share_at(delay, f"data.access_delay.{stage}.{owner}")

    def own_budget(self, team: str) -> Number:
        """A team's budget for data of its own; nothing where a table does not name it."""
        found = None if self.own is None else number_in(self.own, team)
        return 0.0 if found is None else found


class Talent(Block):
    """How strength follows the number of people who work on a model (`teams.T.people`)."""

    reference: People | None = quantity(
        None,
        unit="people",
        symbol="N_ref",
        meaning="People at whom nothing is gained or lost, as of a team that says no number; 100 if left out",
        source="the size of a model team is rarely published; about 30 built the model first in benchmarks",
        guess=True,
    )
    per_tenfold: Eci | None = quantity(
        None,
        unit="ECI per tenfold people",
        symbol="kappa_N",
        plausible=(-1.0, 2.0),
        meaning="Strength gained by ten times the people",
        source="nothing is known: a team of about 30 was first in the benchmarks of the second evaluation",
        guess=True,
    )

    def people_of(self, people: Number | None) -> Number:
        """How many people a team counts as that says so, or does not."""
        return self.whole if people is None else people

    @property
    def whole(self) -> Number:
        """People to whom nothing is added."""
        return _PEOPLE if self.reference is None else self.reference
