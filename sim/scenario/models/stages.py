"""A stage: a training window, grants, an evaluation, a gate, a cut and perhaps an entry."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    model_serializer,
    model_validator,
)

from sim.scenario.models.base import Block, Day, Id, Name, is_number, quantity
from sim.scenario.models.facts import Fact, Reported
from sim.scenario.models.grants import GpusByTeam, Grants, number_in
from sim.scenario.models.laws import Finite
from sim.scenario.models.numbers import Number, kind_of_number
from sim.scenario.models.openness import BaseKind
from sim.scenario.models.points import PointsBlock
from sim.scenario.models.quantities import (
    MOST_POINTS,
    MOST_TEAMS,
    Correlation,
    Fraction,
    Money,
    Points,
    PointsSpread,
    ShiftDays,
    TeamCount,
    TotalPoints,
)
from sim.scenario.models.trained_model import ModelsByTeam
from sim.scenario.models.units import FLOP, unit
from sim.scenario.models.windows import Planned, Windows

MoneyByTeam = Annotated[
    Annotated[Money, Tag("number")] | Annotated[dict[Id, Money], Tag("table")], Discriminator(kind_of_number)
]
"""An amount for each team, or a table by team; `default` stands for the teams that it does not name."""

FractionByTeam = Annotated[
    Annotated[Fraction, Tag("number")] | Annotated[dict[Id, Fraction], Tag("table")],
    Discriminator(kind_of_number),
]
"""A chance for each team, likewise."""

Leaving = Literal["out-by-points", "out-at-gate"]


class Gate(Block):
    """A decision apart from points that can remove a team."""

    name: Name | None = Field(None, description="What the programme calls it; `gate` if left out")
    mode: Literal["first", "apart"] = Field(
        "first",
        description="How gate and cut go together. first: the cut is among those who pass; apart: among all",
    )
    risk: Fraction = quantity(
        0.05,
        unit="probability",
        symbol="p_gate",
        plausible=(0.0, 0.2),
        meaning="Chance that a team fails, drawn for each team",
        source="one failure in nine team-stages",
    )


class Cut(Block):
    """How many leave by points: all but `keep`, or `drop` of them; nobody when neither is given."""

    keep: TeamCount | None = quantity(None, unit="teams", meaning="Teams that stay")
    drop: TeamCount | None = quantity(None, unit="teams", meaning="Teams that leave")
    minimum: TotalPoints | None = quantity(
        None, unit="points", meaning="Total below which a team leaves, before keep or drop is applied"
    )
    within: TotalPoints | None = quantity(
        None,
        unit="points",
        meaning="Points behind the leader beyond which a team leaves, before keep or drop is applied",
    )
    places: dict[Id, TeamCount] | None = quantity(
        None, unit="teams", meaning="Places of each group, for its best; `keep` says how many stay in all"
    )
    at_most: dict[Id, TeamCount] | None = quantity(
        None, unit="teams", meaning="How many of each group can stay at most"
    )
    budget: Money | None = quantity(
        None, unit="money", meaning="Money for those who stay: as many as it pays for, by rank"
    )
    asks: MoneyByTeam | None = quantity(
        None, unit="money", meaning="What a team costs out of `budget`; or a table by team"
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if self.keep is not None and self.drop is not None:
            raise ValueError("both `keep` and `drop`, expected one of them")
        if self.drop is not None and self.by_group:
            key = "places" if self.places else "at_most"
            raise ValueError(f"both `drop` and `{key}`, expected `keep` beside it, or neither")
        if (self.budget is None) != (self.asks is None):
            given, missing = ("asks", "budget") if self.budget is None else ("budget", "asks")
            raise ValueError(f"`{given}` without `{missing}`, expected both")
        return self

    @property
    def by_group(self) -> bool:
        """Whether who stays depends on groups."""
        return bool(self.places or self.at_most)

    @property
    def has_rule(self) -> bool:
        """Whether anybody can leave by points."""
        rules = (self.keep, self.drop, self.minimum, self.within, self.budget)
        return self.by_group or any(rule is not None for rule in rules)

    def asked_by(self, team: str) -> Number:
        """What a team costs out of the budget; nothing where the table does not name it."""
        asked = None if self.asks is None else number_in(self.asks, team)
        return 0.0 if asked is None else asked


class Pay(Block):
    """Money that is not for GPUs, to each team: milestones, subsidies, prizes."""

    start: MoneyByTeam | None = quantity(
        None, unit="money", meaning="To each team that takes part in the stage; or a table by team"
    )
    stay: MoneyByTeam | None = quantity(
        None, unit="money", meaning="To each team that stays after it: a milestone; or a table by team"
    )
    by_rank: tuple[Money, ...] | None = quantity(
        None, unit="money", meaning="Prizes by rank, the first for the best; who stays comes first"
    )

    def amounts(self, team: str) -> tuple[Number, Number]:
        """What a team gets for taking part, and for staying; nothing where a table does not name it."""
        start, stay = (None if given is None else number_in(given, team) for given in (self.start, self.stay))
        return start or 0.0, stay or 0.0


class Award(Block):
    """An honour by rank; a number alone says for how many."""

    places: int = Field(ge=1, le=MOST_TEAMS, description="How many get the award")
    name: Name | None = Field(None, description="What it is called; its id if left out")

    @model_validator(mode="before")
    @classmethod
    def _places_alone(cls, value: Any) -> Any:
        return {"places": value} if is_number(value) else value

    @model_serializer(mode="wrap")
    def _as_written(self, serialize: SerializerFunctionWrapHandler) -> Any:
        # Without a name it is a number, as it was before awards had names: hashes stay.
        return self.places if self.model_fields_set <= {"places"} else serialize(self)


class Panel(Block):
    """How the candidates of an entry are judged: mean + spread x (rho z + sqrt(1 - rho^2) x)."""

    mean: Points = quantity(70.0, unit="points", meaning="Score of an average candidate")
    spread: PointsSpread = quantity(10.0, unit="points", meaning="How far scores of candidates spread")
    follows_strength: Correlation | None = quantity(
        None, unit="correlation", symbol="rho", meaning="As judging.follows_strength, for this panel only"
    )
    minimum: Points | None = quantity(
        None, unit="points", meaning="Score below which a candidate is not chosen, so that nobody may be"
    )


class Entry(Block):
    """An entry after a stage: candidates compete for places, and may start late."""

    name: Name | None = Field(None, description="What it is called; `entry` if left out")
    day: Planned = Field(description="The day on which it is decided")
    candidates: tuple[Id, ...] = Field((), description="Teams that are not there before")
    returning: tuple[Id, ...] | Literal["all"] | None = Field(
        None, description="Teams that may come in again after they have left; `all` of those who were there"
    )
    applies: FractionByTeam | None = quantity(
        None, unit="probability", meaning="Chance that a candidate applies; or a table by team. 1 if left out"
    )
    places: Annotated[int, Field(ge=1, le=MOST_TEAMS, description="How many may enter")] = 1
    when_fewer_than: int | None = Field(
        None,
        ge=1,
        le=MOST_TEAMS,
        description="Held only if fewer teams than this remain; always, if left out",
    )
    panel: Panel = Field(Panel.unwritten(), description="How the candidates are judged")
    happened: tuple[Id, ...] | Literal["nobody"] | None = Field(
        None, description="Who entered, where that is known, or `nobody`"
    )

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.candidates and not self.returning:
            raise ValueError("nobody who may come in, expected `candidates` or `returning`")
        return self

    def applying(self, team: str) -> Number:
        """The chance that a candidate applies."""
        chance = None if self.applies is None else number_in(self.applies, team)
        return 1.0 if chance is None else chance

    @property
    def entered(self) -> tuple[str, ...]:
        """Who is known to have entered; empty where nobody did, or where it is not known."""
        return self.happened if isinstance(self.happened, tuple) else ()


class Stage(Block):
    """One round of the programme."""

    name: Name | None = Field(None, description="What the stage is called; its id if left out")
    train: Windows | None = Field(
        None,
        description="The training window, both days included; or a table by team. A paper review has none",
    )
    evaluated: Day | None = Field(
        None, description="The last day of the evaluation, when scores are fixed; the result day if left out"
    )
    result: Planned = Field(description="The day on which gate and cut are decided")
    shift: ShiftDays = quantity(
        0.0, unit="days", meaning="Whole days by which this stage and everything after it moves"
    )
    grants: Grants = Field(Grants.unwritten(), description="GPUs lent for the window, by one rule")
    own: GpusByTeam = quantity(
        {},
        unit="GPUs",
        factors=(0.5, 2.0),
        meaning="Own GPUs used in this stage, where not those of the team",
    )
    reference_compute: Annotated[Finite, Field(ge=1, le=1e40), unit(FLOP)] | None = quantity(
        None,
        unit="FLOP",
        meaning="Compute of the model that gets the mean points; capability.reference_compute if left out",
    )
    model: ModelsByTeam | None = Field(
        None,
        description="The model that each team trains, `default` for teams that are not named; without it "
        "compute alone counts",
    )
    points: dict[Id, PointsBlock] = Field(
        {},
        description="Blocks of points, by id: a benchmark has `per_eci`, a judged block has `spread`; "
        "none where a gate alone decides",
    )
    round_to: Annotated[Finite, Field(ge=1e-9, le=MOST_POINTS)] = Field(
        1e-6, description="Totals are rounded to this before ranking"
    )
    gate: Gate | None = Field(None, description="A decision apart from points that can remove a team")
    cut: Cut = Field(Cut.unwritten(), description="Who leaves by points; nobody if left out")
    points_carried: Fraction | None = quantity(
        None,
        unit="share",
        meaning="Share of the total of the evaluation before that counts at this one besides its own points",
    )
    awards: dict[Id, Award] | None = Field(
        None,
        description="Honours by rank, and for how many each; who stays comes first, nobody leaves by them",
    )
    pays: Pay | None = Field(None, description="Money that is not for GPUs")
    base: Annotated[dict[Id, BaseKind], Field(min_length=1)] | None = Field(
        None, description="What models begin from in this stage, by team, where not what the team says"
    )
    ties: tuple[Id, ...] = Field(
        (), description="Blocks that break a tie in the total, in order; then a keyed draw"
    )
    held: Annotated[bool, Field(strict=True)] | None = Field(
        None,
        description="Whether the stage is held (yes if left out); false: the programme ends before it",
    )
    happened: dict[Id, Leaving] | None = Field(
        None, description="The result, where it is known: who left and how; all others stayed"
    )
    facts: dict[Id, Fact] | None = Field(
        None, description="What is known of the points of a decided stage, by a name for each fact"
    )
    entry: Entry | None = Field(None, description="Who may come in after this stage")
    reported: Reported | None = Field(
        None, description="Points as reported, for a recount; runs do not use them"
    )

    @property
    def has_total(self) -> bool:
        """Whether there are points by which teams can be ranked."""
        return bool(self.points) or self.points_carried is not None

    @property
    def places_of_awards(self) -> dict[str, int]:
        """How many get each award, the highest first."""
        return {award_id: award.places for award_id, award in (self.awards or {}).items()}

    def known_since(self, fact: Fact) -> Day:
        """The day since which a fact of this stage is known: the result's unless it says another."""
        return self.decided if fact.known is None else fact.known

    @property
    def decided(self) -> Day:
        """The day of the result, before any shift."""
        return self.result.day

    @property
    def scored(self) -> Day:
        """The day on which scores are fixed, before any shift."""
        return self.decided if self.evaluated is None else self.evaluated
