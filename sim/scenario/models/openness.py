"""What a model begins from: weights drawn at random, an own or licensed model, or a foreign open one."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.scenario.models.base import Block, quantity
from sim.scenario.models.breakthroughs import UncertainDay
from sim.scenario.models.quantities import Days, Factor, Fraction, Money

BaseKind = Literal["scratch", "continued", "open"]
"""From scratch, or from a model of one of the kinds that `openness` describes."""

SCRATCH: BaseKind = "scratch"


class Base(Block):
    """What it does to begin from a model of this kind; what is left out is as from scratch."""

    compute: Factor | None = quantity(
        None,
        unit="times",
        symbol="f_base",
        plausible=(1.0, 10.0),
        meaning="How many times the compute of a window counts for teams that begin from such a model",
        source="no data of the programme settles it",
    )
    gate_risk: Fraction | None = quantity(
        None,
        unit="probability",
        symbol="p_gate",
        meaning="Chance of failing a gate for teams that begin from such a model, instead of the gate's own",
        source="one of one: Naver, for a frozen foreign encoder (2026-01-15)",
    )
    closes: UncertainDay | None = Field(
        None, description="When the model closes, if ever; who began from it falls back to scratch"
    )
    delay: Days | None = quantity(
        None,
        unit="days",
        plausible=(0.0, 120.0),
        meaning="Whole days from then on in which a team that falls back trains nothing; 0 if left out",
        source="no data settles it",
    )
    leak: Money | None = quantity(
        None,
        unit="money",
        meaning="Worth of the workflow data that leak through the model, a team and stage; told apart",
    )


class Openness(Block):
    """What it does to begin from a model that is there already, by the kind of it."""

    continued: Base | None = Field(
        None, description="What holds for teams that go on from a model of their own, or a licensed one"
    )
    open: Base | None = Field(None, description="What holds for teams that begin from a foreign open model")

    def of(self, kind: BaseKind) -> Base | None:
        """What is said of a kind; None of scratch."""
        return None if kind == SCRATCH else getattr(self, kind)


BASES: tuple[Literal["continued", "open"], ...] = ("continued", "open")
"""The kinds that `openness` may describe."""
