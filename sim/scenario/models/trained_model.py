"""The model that a team trains at a stage: its size, its tokens, its modalities, whom it is made for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from sim.scenario.models.base import Block, Id, is_number, quantity
from sim.scenario.models.numbers import Number, Uncertain
from sim.scenario.models.quantities import Fraction, Points, within
from sim.scenario.models.units import COUNTS, unit

Parameters = Annotated[Number, within(1e6, 1e16), unit(COUNTS)]
"""Parameters of a model; a plain number is one parameter, so that 250 without B is refused."""
Tokens = Annotated[Number, within(1e6, 1e18), unit(COUNTS)]
Leverage = Annotated[Number, within(0.1, 100)]
Granularity = Annotated[Number, within(1, 64)]
LossFactor = Annotated[Number, within(1, 1e6)]
LossExponent = Annotated[Number, within(0.1, 1)]
Nats = Annotated[Number, within(0, 10)]
Epochs = Annotated[Number, within(0.1, 1000)]

MODEL_LAW = "Besiroglu et al. 2024 (arXiv:2404.10102), a refit of Hoffmann et al. 2022"


class Scaling(Block):
    """How loss follows size and tokens, where models have a size: L = E + A / N^alpha + B / D^beta."""

    irreducible: Nats = quantity(
        1.8172,
        unit="nats per token",
        symbol="E",
        plausible=(1.769, 1.871),
        meaning="Loss that no size and no tokens take away; it is only told, and decides nothing",
        source=MODEL_LAW,
    )
    parameters: LossFactor = quantity(
        482.01,
        unit="nats per token",
        symbol="A",
        plausible=(285.0, 744.0),
        meaning="Loss of a model of one parameter, beyond the irreducible",
        source=MODEL_LAW,
    )
    parameters_exponent: LossExponent = quantity(
        0.3478,
        unit="exponent",
        symbol="alpha",
        plausible=(0.317, 0.373),
        meaning="How loss falls with parameters",
        source=MODEL_LAW,
    )
    tokens: LossFactor = quantity(
        2085.43,
        unit="nats per token",
        symbol="B",
        plausible=(1042.0, 5810.0),
        meaning="Loss after one token, beyond the irreducible",
        source=MODEL_LAW,
    )
    tokens_exponent: LossExponent = quantity(
        0.3658,
        unit="exponent",
        symbol="beta",
        plausible=(0.331, 0.415),
        meaning="How loss falls with tokens",
        source=MODEL_LAW,
    )
    repeats: Epochs = quantity(
        15.387756,
        unit="epochs",
        symbol="R_D",
        meaning="Epochs after the first by which tokens seen again lose two thirds of their worth",
        source="Muennighoff et al. 2023 (arXiv:2305.16264)",
    )


class Modality(Block):
    """What a model can do besides text; a number alone is its share of compute."""

    compute: Fraction = quantity(
        unit="share",
        meaning="Share of the training compute that goes into it and not into text; 0: it has none",
    )

    @model_validator(mode="before")
    @classmethod
    def _share_alone(cls, value: Any) -> Any:
        bare = is_number(value) or isinstance(value, str)
        return {"compute": value} if bare else value


class Special(Block):
    """A model made for one field: its users give it more points, and all others fewer."""

    of: str = Field(description="The block of points that its field judges, or `block/item`", max_length=81)
    gain: Points = quantity(unit="points", meaning="Further points that it gets there")
    elsewhere: Points = quantity(
        0.0,
        unit="points",
        meaning="Further points that all the rest gives it, below 0 for fewer; divided by maxima",
    )


class TrainedModel(Block):
    """The model that a team trains at a stage. Its size and tokens decide what compute is worth."""

    parameters: Parameters = quantity(
        unit="parameters",
        symbol="N_total",
        meaning="All parameters, those of every expert; without `active` the model is dense",
    )
    active: Parameters | None = quantity(
        None,
        unit="parameters",
        symbol="N",
        factors=(0.5, 2.0),
        meaning="Parameters that work on a token, of a mixture of experts; all of them if left out",
    )
    tokens: Tokens | None = quantity(
        None,
        unit="tokens",
        symbol="D",
        meaning="Tokens at most, of text; as many as compute allows if left out",
    )
    unique: Tokens = quantity(
        20e12,
        unit="tokens",
        symbol="U",
        plausible=(8e12, 40e12),
        meaning="Distinct tokens that the team has; further ones are seen again and count for less",
        source="the programme's runs of stage 1 saw 9.8 to 19.7 trillion",
        guess=True,
    )
    leverage: Literal["by-experts"] | Leverage | None = quantity(
        None,
        unit="times",
        symbol="EL",
        plausible=(2.0, 7.0),
        meaning="By how much experts multiply compute; 1 if left out: per_tenfold_compute has them in it",
        source="Tian et al. 2025 (arXiv:2507.17702)",
    )
    granularity: Granularity | None = quantity(
        None,
        unit="experts",
        symbol="G",
        plausible=(7.0, 12.0),
        meaning="How finely experts are cut, for `leverage: by-experts`",
        source="A.X K1 names 7; Tian et al. 2025 find 8 to 12 best",
    )
    modalities: dict[Id, Modality] = Field({}, description="What it can do besides text, by id")
    special: Special | None = Field(None, description="The field that the model is made for")

    @model_validator(mode="after")
    def _experts_are_said(self) -> Self:
        by_experts = self.leverage == "by-experts"
        if by_experts and (self.active is None or self.granularity is None):
            missing = "active" if self.active is None else "granularity"
            raise ValueError(f"`leverage: by-experts` without `{missing}`, expected `{missing}` beside it")
        if self.granularity is not None and not by_experts:
            raise ValueError("`granularity` without `leverage: by-experts`, expected both")
        return self

    @model_serializer(mode="wrap")
    def _as_written(self, serialize: SerializerFunctionWrapHandler) -> Any:
        written = serialize(self)
        if not self.modalities:
            written.pop("modalities", None)
        return written

    @property
    def size(self) -> Number:
        """Parameters that work on a token."""
        return self.parameters if self.active is None else self.active

    def numbers(self) -> Iterator[Number]:
        """All its numbers."""
        for name in _NUMBERS:
            number = getattr(self, name)
            if isinstance(number, (float, Uncertain)):
                yield number
        yield from (modality.compute for modality in self.modalities.values())
        if self.special is not None:
            yield from (self.special.gain, self.special.elsewhere)


_NUMBERS = ("parameters", "active", "tokens", "unique", "leverage", "granularity")

ModelsByTeam = dict[Id, TrainedModel]
"""A model for each team; `default` stands for the teams that it does not name."""


class Efficiency(Block):
    """Points for a small model: so many for each halving of what works on a token."""

    per_halving: Points = quantity(
        unit="points",
        meaning="Points that half the active parameters bring; the block's `mean` is at reference",
    )
    reference: Parameters = quantity(
        unit="parameters", meaning="Active parameters of the model that gets the mean points"
    )


Rewards = dict[Id, Points]
"""Points by the id of a modality."""


def model_in(models: Mapping[str, TrainedModel] | None, team: str) -> TrainedModel | None:
    """What a table says of a team, by its name or by `default`; None if it says nothing.

    Who takes the default shares the laws of its uncertain numbers, each with draws of its own.
    """
    if models is None:
        return None
    if team in models:
        return models[team]
    return None if "default" not in models else _shared_by(models["default"], team)


def _shared_by(part: Any, team: str) -> Any:
    """A copy of what `default` says whose uncertain numbers are keyed where the team's own would stand."""
    if isinstance(part, Uncertain):
        steps = part.path.split(".")
        steps[steps.index("default", 2)] = (
            team  # behind `stages.<stage>`: a stage may be called default as well
        )
        return part.share_at(".".join(steps))
    if isinstance(part, Block):
        changed = {name: _shared_by(getattr(part, name), team) for name in type(part).model_fields}
        return part.model_copy(update=changed)
    if isinstance(part, dict):
        return {key: _shared_by(one, team) for key, one in part.items()}
    return part
