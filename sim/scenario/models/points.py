"""How an evaluation gives points: blocks made of items."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sim.scenario.models.base import Block, Id, is_number, quantity
from sim.scenario.models.numbers import Number
from sim.scenario.models.quantities import (
    Correlation,
    Fraction,
    MaxPoints,
    Points,
    PointsSpread,
    TargetEci,
)
from sim.scenario.models.trained_model import Efficiency, Rewards

NoiseShape = Literal["normal", "gumbel-min", "gumbel-max"]


class Raters(Block):
    """People who each give points; the mean of those that are not trimmed counts, and takes noise's place."""

    n: Annotated[int, Field(ge=1, le=200, description="How many raters")]
    sd: PointsSpread = quantity(
        unit="points", meaning="How far raters of one model differ (standard deviation)"
    )
    trim: Annotated[
        int, Field(ge=0, le=99, description="Lowest and highest ratings dropped, so many of each")
    ] = 0

    @model_validator(mode="after")
    def _some_remain(self) -> Self:
        if 2 * self.trim >= self.n:
            raise ValueError(f"trim {self.trim} of {self.n} raters, expected some to remain (2 trim < n)")
        return self


class Item(Block):
    """A part of a block, with its own maximum; what is left out is the block's, in proportion."""

    max: MaxPoints = quantity(unit="points", meaning="Greatest number of points")
    mean: Points | None = quantity(None, unit="points", meaning="Points of a reference model")
    per_eci: Points | None = quantity(
        None, unit="points per ECI", meaning="Points gained by one ECI of strength"
    )
    per_strength: Points | None = quantity(
        None, unit="points per unit of strength", meaning="Points gained by one unit of strength"
    )
    per_eci_share: Fraction | None = quantity(
        None,
        unit="share",
        meaning="Share of the block's slope; items without one divide the rest by their maxima",
    )
    target: TargetEci | None = quantity(
        None,
        unit="ECI",
        meaning="Strength of a target model: points are the maximum times own accuracy over the target's",
    )
    spread: PointsSpread | None = quantity(None, unit="points", meaning="How far judges spread teams")
    noise: PointsSpread | None = quantity(
        None, unit="points", meaning="Measurement noise (standard deviation)"
    )
    raters: Raters | None = Field(None, description="People who rate this item, one by one; instead of noise")
    efficiency: Efficiency | None = Field(None, description="Points for a small model, instead of strength")
    rewards: Rewards | None = quantity(
        None,
        unit="points",
        meaning="Points for a model that has a modality, by its id; instead of the block's",
    )
    public: Annotated[bool, Field(strict=True)] | None = Field(
        None, description="Whether teams can train on its tests; as the block if left out"
    )

    @model_validator(mode="before")
    @classmethod
    def _maximum_alone(cls, value: Any) -> Any:
        return {"max": value} if is_number(value) else value

    @property
    def slope(self) -> Number | None:
        """Points for each unit of strength, in ECI where models are trained; None: the block's share."""
        return self.per_eci if self.per_strength is None else self.per_strength

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.target is not None and not (self.mean is self.per_eci is self.per_eci_share is None):
            raise ValueError("`target` beside `mean` or `per_eci`; points against a target need neither")
        if self.efficiency is not None and any(
            getattr(self, key) is not None for key in ("per_eci", "per_strength", "per_eci_share", "target")
        ):
            raise ValueError("`efficiency` beside a slope or a `target`; an item has one of them")
        if self.per_eci is not None and self.per_eci_share is not None:
            raise ValueError("both `per_eci` and `per_eci_share`; an item has one of them")
        if self.raters is not None and self.noise is not None:
            raise ValueError("both `noise` and `raters`; an item has one of them")
        return self


@lru_cache
def _item_of(maximum: float) -> Item:
    """An item with no more than its maximum, which is known to be one: it is not validated again."""
    return Item.model_construct(max=maximum)


class PointsBlock(Block):
    """A block of points: a benchmark when it has `per_eci`, a judged one when it has `spread`."""

    max: MaxPoints = quantity(unit="points", meaning="Greatest number of points, as the programme prints it")
    mean: Points = quantity(unit="points", symbol="m", meaning="Points of a reference model")
    per_eci: Points | None = quantity(
        None,
        unit="points per ECI",
        symbol="p",
        factors=(0.6, 1.6),
        meaning="Points that one ECI of strength brings on a benchmark",
        source="0.5 of 40 points: slope of a basket of eight benchmarks, halved because parts saturate",
    )
    per_strength: Points | None = quantity(
        None,
        unit="points per unit of strength",
        symbol="p",
        factors=(0.6, 1.6),
        meaning="Points that one unit of strength brings, where no model is trained",
    )
    spread: PointsSpread | None = quantity(
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
    lasting: Fraction | None = quantity(
        None, unit="share", symbol="tau", meaning="As judging.lasting, for this block only"
    )
    noise: PointsSpread | None = quantity(
        None,
        unit="points",
        symbol="n",
        factors=(0.4, 2.0),
        meaning="Measurement noise (standard deviation); 1 unless raters are given",
        source="reliability of panels and benchmarks: 1.0 for benchmarks and experts, 1.1 for users",
    )
    raters: Raters | None = Field(None, description="People who rate, one by one; instead of noise")
    noise_shape: NoiseShape = Field(
        "normal", description="The law of the noise, with that standard deviation"
    )
    rescale: Literal["maximum", "leader"] = Field(
        "maximum",
        description="How points scale. `maximum`: points as given; `leader`: the best team gets the maximum",
    )
    efficiency: Efficiency | None = Field(None, description="Points for a small model, instead of strength")
    rewards: Rewards | None = quantity(
        None,
        unit="points",
        meaning="Points for a model that has a modality, by its id; divided by maxima of items",
    )
    items: dict[Id, Item] = Field({}, description="The parts of the block; their maxima sum to the block's")
    public: Annotated[bool, Field(strict=True)] | None = Field(
        None, description="Whether teams can train on its tests (no if left out); an item may say otherwise"
    )

    @model_validator(mode="before")
    @classmethod
    def _noise_unless_rated(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("raters") is None and value.get("noise") is None:
            return {**value, "noise": 1.0 if value.get("efficiency") is None else 0.0}  # a size is known
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [
            f"`{key}`"
            for key in ("per_eci", "per_strength", "spread", "efficiency")
            if getattr(self, key) is not None
        ]
        if len(kinds) > 1:
            found = f"both {' and '.join(kinds)}"
            raise ValueError(f"{found}, expected `per_eci`, `per_strength`, `spread` or `efficiency` alone")
        if self.noise is not None and self.raters is not None:
            raise ValueError("both `noise` and `raters`; a block has one of them")
        return self

    def is_public(self, item: Item) -> bool:
        """Whether teams can train on the tests of an item of the block."""
        return bool(self.public if item.public is None else item.public)

    @property
    def whole(self) -> Item:
        """The block as the one item that it is where it has none."""
        return _item_of(self.max)

    @property
    def judged(self) -> bool:
        """Whether people give the points."""
        return self.spread is not None

    @property
    def slope(self) -> Number | None:
        """Points for each unit of strength, which is ECI where models are trained; None if none is said."""
        return self.per_eci if self.per_strength is None else self.per_strength
