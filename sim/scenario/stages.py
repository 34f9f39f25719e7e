"""A stage: a training window, grants, an evaluation, a gate and a cut."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_serializer, model_validator

from sim.scenario.base import Block, Day, Id, Model, Name
from sim.scenario.numbers import Correlation, Finite, Fraction, NonNegative, Number, Uncertain, unit
from sim.scenario.quantity import quantity

Days = Annotated[NonNegative, unit(days=1, day=1, weeks=7, week=7)]


class Window(Model):
    """Whole days from first to last, both included; written `2025-09-09 to 2025-12-30`."""

    first: Day
    last: Day

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            match = re.fullmatch(r"\s*(\S+)\s+to\s+(\S+)\s*", value)
            if not match:
                raise ValueError(f"'{value}', expected two dates such as 2025-09-09 to 2025-12-30")
            return {"first": match[1], "last": match[2]}
        return value

    @model_serializer
    def _as_text(self) -> str:
        return f"{self.first} to {self.last}"

    def days(self) -> int:
        """Length in days."""
        return (self.last - self.first).days + 1


GpuTable = dict[Id, NonNegative]
"""Hardware type -> number of GPUs."""


def _kind_of_share(value: Any) -> str:
    """A mapping is a distribution if it names one, and otherwise a table by hardware."""
    return (
        "by-hardware"
        if isinstance(value, dict) and not set(value) & set(Uncertain.model_fields)
        else "number"
    )


Share = Annotated[
    Annotated[Fraction, Tag("number")] | Annotated[dict[Id, Fraction], Tag("by-hardware")],
    Discriminator(_kind_of_share),
]
"""A share of the whole pool, or of each hardware type in it."""


class Grants(Block):
    """GPUs that the programme lends for the length of the window, by one of three rules.

    `pool` with `shares: equal` divides the pool by the teams present (those in `among`, if given);
    `pool` with a table of shares gives each its share, the rest is left over;
    `gpus` names the numbers of GPUs themselves, and the pool is their sum.
    `default` in a table stands for every team that it does not name.
    """

    pool: GpuTable = quantity({}, unit="GPUs", factors=(0.5, 2.0), meaning="GPUs to lend, by hardware type")
    shares: Literal["equal"] | dict[Id, Share] | None = None
    gpus: dict[Id, GpuTable | Literal["none"]] = quantity(
        {}, unit="GPUs", factors=(0.5, 2.0), meaning="GPUs for each team, by hardware type"
    )
    among: tuple[Id, ...] | None = Field(
        None, description="The teams that share equally; all of them if left out"
    )
    delay: Days = quantity(
        0.0,
        unit="days",
        meaning="Whole days by which a team's delivery is late, drawn for each team",
        plausible=(0, 45),
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if self.gpus and (self.shares is not None or self.pool):
            raise ValueError("both `gpus` and `pool`/`shares`; a grant has one rule")
        if self.pool and self.shares is None:
            raise ValueError("a pool without shares; say `shares: equal` or give a table")
        if self.shares is not None and not self.pool:
            raise ValueError("shares without a pool")
        if self.among is not None and self.shares != "equal":
            raise ValueError("`among` goes with `shares: equal`")
        return self


class Item(Block):
    """A part of a block, with its own maximum; what is left out is the block's, in proportion."""

    max: Annotated[Finite, Field(gt=0, description="Greatest number of points")]
    mean: Number | None = quantity(None, unit="points", meaning="Points of a reference model")
    per_eci: Number | None = quantity(
        None, unit="points per ECI", meaning="Points gained by one ECI of strength"
    )
    spread: NonNegative | None = quantity(None, unit="points", meaning="How far judges spread teams")
    noise: NonNegative | None = quantity(
        None, unit="points", meaning="Measurement noise (standard deviation)"
    )

    @model_validator(mode="before")
    @classmethod
    def _maximum_alone(cls, value: Any) -> Any:
        return {"max": value} if isinstance(value, (int, float)) and not isinstance(value, bool) else value


NoiseShape = Literal["normal", "gumbel-min", "gumbel-max"]


class PointsBlock(Block):
    """A block of points: a benchmark when it has `per_eci`, a judged one when it has `spread`."""

    max: Annotated[Finite, Field(gt=0, description="Greatest number of points, as the programme prints it")]
    mean: Number = quantity(unit="points", symbol="m", meaning="Points of a reference model")
    per_eci: Number | None = quantity(
        None,
        unit="points per ECI",
        symbol="p",
        factors=(0.6, 1.6),
        meaning="Points that one ECI of strength brings on a benchmark",
        source="0.5 of 40 points: slope of a basket of eight benchmarks, halved because parts saturate",
    )
    spread: NonNegative | None = quantity(
        None,
        unit="points",
        symbol="s",
        factors=(0.65, 1.5),
        meaning="How far judges spread teams (standard deviation of judged points)",
        source="the first two evaluations: 1.6 of 35 points (experts), 2.7 of 25 (users)",
    )
    follows_strength: Correlation | None = quantity(
        None, unit="correlation", symbol="rho", meaning="As judging.follows_strength, for this block only"
    )
    noise: NonNegative = quantity(
        1.0,
        unit="points",
        symbol="n",
        factors=(0.4, 2.0),
        meaning="Measurement noise (standard deviation)",
        source="reliability of panels and benchmarks: 1.0 for benchmarks and experts, 1.1 for users",
    )
    noise_shape: NoiseShape = "normal"
    rescale: Literal["none", "leader"] = Field("none", description="`leader`: the best team gets the maximum")
    items: dict[Id, Item] = Field({}, description="The parts of the block; their maxima sum to the block's")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.per_eci is None) == (self.spread is None):
            raise ValueError("exactly one of `per_eci` (a benchmark) and `spread` (judged) is needed")
        return self

    @property
    def judged(self) -> bool:
        """Whether people give the points."""
        return self.spread is not None


class Gate(Block):
    """A decision apart from points that can remove a team."""

    mode: Literal["first", "apart"] = Field(
        "first",
        description="first: the cut applies to those who pass; apart: it ranks all, the gate removes besides",
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

    keep: NonNegative | None = quantity(None, unit="teams", meaning="Teams that stay")
    drop: NonNegative | None = quantity(None, unit="teams", meaning="Teams that leave")

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if self.keep is not None and self.drop is not None:
            raise ValueError("both `keep` and `drop`; a cut has one rule")
        return self


class Stage(Block):
    """One round of the programme."""

    name: Name | None = None
    train: Window = Field(description="The training window, both days included")
    result: Day = Field(description="The day on which points, gate and cut are decided")
    grants: Grants = Grants()
    reference_compute: Annotated[Finite, Field(gt=0)] | None = quantity(
        None,
        unit="FLOP",
        meaning="Compute of the model that gets the mean points; capability.reference_compute if left out",
    )
    points: Annotated[dict[Id, PointsBlock], Field(min_length=1)]
    round_to: Annotated[Finite, Field(gt=0)] = Field(
        1e-6, description="Totals are rounded to this before ranking"
    )
    gate: Gate | None = None
    cut: Cut = Cut()
    ties: tuple[Id, ...] = Field(
        (), description="Blocks that break a tie in the total, in order; then a keyed draw"
    )
