"""After leaving: teams that go on by themselves, models that are open, and who takes them up."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.scenario.models.base import Block, Day, quantity
from sim.scenario.models.grants import GpusByTeam
from sim.scenario.models.numbers import Number, share_below
from sim.scenario.models.quantities import Days, Eci, Fraction, within
from sim.scenario.models.units import DAYS, unit

MOST_ADOPTERS = 1e7

Adopters = Annotated[Number, within(0, MOST_ADOPTERS)]
"""How many there are that may take something up."""
InnovationRate = Annotated[Number, within(0, 10)]
ImitationRate = Annotated[Number, within(0, 20)]
"""Coefficients of Bass's model, a year: published ones are below 0.2 and below 2."""
Pace = Annotated[Number, within(0.05, 20)]
Between = Annotated[Number, within(30, 3660), unit(DAYS)]
"""Days from one model of a team to its next: a month to ten years."""
SomeShare = Annotated[Number, within(0, 0.99)]
"""A share that is reached in a finite time, if ever."""

_META = "Sultan, Farley and Lehmann 1990: mean of 213 applications of Bass's model"


class GoOn(Block):
    """How teams go on that are not in the programme any more: each trains on GPUs of its own."""

    share: Fraction = quantity(
        1.0,
        unit="share",
        meaning="Share of those GPUs that a team goes on training such models with, drawn for each team",
        source="nothing is known of it",
        plausible=(0.2, 1.0),
        guess=True,
    )
    gpus: GpusByTeam | None = quantity(
        None,
        unit="GPUs",
        factors=(0.5, 2.0),
        meaning="GPUs that teams go on with, by hardware type; those of their own if left out",
    )
    every: Between = quantity(
        182.0,
        unit="days",
        meaning="Days from one model to the next after the last stage; before it, models come with results",
        source="the programme's own six months",
    )

    def share_of(self, team: str) -> Number:
        """A team's share: one draw each."""
        return share_below(self.share, team)


class Openly(Block):
    """Which models are open, so that others may build on them."""

    within: Fraction = quantity(
        1.0,
        unit="probability",
        meaning="Chance that a model of a team in the programme is open",
        source="models of the first two evaluations were published with their weights",
        guess=True,
    )
    after: Fraction = quantity(
        0.5,
        unit="probability",
        meaning="Chance that a model of a team that has left is open",
        source="nothing is known of it",
        plausible=(0.0, 1.0),
        guess=True,
    )
    drawn: Literal["team", "model"] = Field(
        "team", description="Whether one draw holds for all models of a team, or each model has its own"
    )


class Hub(Block):
    """A hub that institutes share: from a day on they take a model up at another pace."""

    opens: Day = Field(description="The day on which it is to open")
    delay: Days = quantity(0.0, unit="days", meaning="Days by which it opens later", plausible=(0, 365))
    pace: Pace = quantity(
        unit="times",
        symbol="x",
        meaning="Pace from then on, against the pace without it",
        plausible=(1.0, 3.0),
    )


class DomainModels(Block):
    """Models for their own field that institutes make of the open one."""

    share: Fraction = quantity(unit="share", meaning="Share of the institutes served that make one")
    days: Days = quantity(unit="days", meaning="Days that it takes an institute to make one")


class OnForeign(Block):
    """Institutes that have built on a foreign open model, and fall back when it closes."""

    share: SomeShare = quantity(
        unit="share",
        symbol="f",
        plausible=(0.0, 0.9),
        meaning="Share of the institutes that have built on such a model and want no other while it is open",
    )
    base: Literal["continued", "open"] = Field(
        "open", description="Which model of `openness` it is: its closing is theirs, too"
    )
    delay: Days = quantity(
        180.0,
        unit="days",
        plausible=(30, 365),
        meaning="Days from its closing until an institute can begin with a domestic one",
        source="nothing is known of it",
        guess=True,
    )


class Diffusion(Block):
    """Who may take an open domestic model up, and how fast they do."""

    count: Adopters = quantity(unit="adopters", symbol="m", meaning="How many there are")
    innovation: InnovationRate = quantity(
        0.03,
        unit="per year",
        symbol="p",
        plausible=(0.0, 0.1),
        meaning="Share of those without a model that begins with one in a year, whatever others do",
        source=_META,
        guess=True,
    )
    imitation: ImitationRate = quantity(
        0.38,
        unit="per year",
        symbol="q",
        plausible=(0.1, 1.0),
        meaning="Share that follows in a year, times the share that has one",
        source=_META,
        guess=True,
    )


class Institutes(Diffusion):
    """Public institutes, the first to take an open domestic model up once one is good enough."""

    needs: Fraction | None = quantity(
        None,
        unit="share",
        meaning="What an open model must reach on its day: benchmark accuracy as a share of the frontier's",
    )
    needs_strength: Eci | None = quantity(
        None, unit="ECI", meaning="What an open model must reach, as a strength, in place of `needs`"
    )
    hub: Hub | None = Field(None, description="A hub that they share; none if left out")
    domain_models: DomainModels | None = Field(
        None, description="Models of their own field that they make; none if left out"
    )
    on_foreign: OnForeign | None = Field(
        None, description="Institutes that have built on a foreign open model; none if left out"
    )

    @model_validator(mode="after")
    def _one_need(self) -> Self:
        if (self.needs is None) == (self.needs_strength is None):
            found = "neither" if self.needs is None else "both"
            raise ValueError(f"{found} of `needs` and `needs_strength`, expected one of them")
        return self


class Companies(Diffusion):
    """Companies, which follow once enough institutes are served."""

    after: SomeShare = quantity(
        0.5,
        unit="share",
        meaning="Share of the institutes that must be served before the first company begins",
        source="institutes first, then companies; how many first was not said",
        plausible=(0.1, 0.9),
        guess=True,
    )


class Afterwards(Block):
    """What becomes of teams and models beside the programme and after it."""

    until: Day = Field(description="The last day; what there is on it is told")
    dates: Annotated[tuple[Day, ...], Field(min_length=1, max_length=12)] | None = Field(
        None, description="Earlier days of which the same is told"
    )
    share_of_frontier: Fraction = quantity(
        unit="share",
        meaning="Accuracy from which on a domestic model counts, as a share of the frontier's of that day",
        plausible=(0.4, 0.95),
    )
    go_on: GoOn | None = Field(
        None,
        description="How teams that left go on, and all teams after the last stage; nobody does if left out",
    )
    openly: Openly = Openly.unwritten()
    institutes: Institutes | None = Field(
        None, description="Public institutes that take up an open domestic model"
    )
    companies: Companies | None = Field(None, description="Companies that follow the institutes")
