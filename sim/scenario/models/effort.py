"""What teams make of rivals and rules: how hard they try, what they keep back, what they learn by heart."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.models.base import Block, quantity
from sim.scenario.models.numbers import Number
from sim.scenario.models.quantities import MOST_TEAMS, Fraction, within

EffortExponent = Annotated[Number, within(0, 2)]
LostEffort = Annotated[Number, within(0, 0.9)]
"""A share of the effort that can be lost; never all of it, or nobody would submit a model."""


class TeamEffort(Block):
    """How effort answers to rivals and to the cut, what is kept back for later, and tests trained on.

    Each is off unless it is written.
    """

    rivals: EffortExponent | None = quantity(
        None,
        unit="exponent",
        symbol="eta",
        plausible=(0.0, 0.2),
        meaning="How effort falls with the number of teams: by (teams / field) to the power of minus this",
        source="extra rivals lower effort: 9,661 contests (Boudreau et al. 2011); Terwiesch & Xu 2008",
        guess=True,
    )
    field: Annotated[int, Field(ge=1, le=MOST_TEAMS)] | None = Field(
        None, description="Number of teams at which `rivals` takes nothing; those from the start if left out"
    )
    stakes: LostEffort | None = quantity(
        None,
        unit="share",
        symbol="zeta",
        plausible=(0.0, 0.3),
        meaning="Share of effort lost where nothing is at stake: where all stay, or none; where half stay, 0",
        source="the form is that of a contest with logistic luck; nobody has measured its size here",
        guess=True,
    )
    saved: Fraction | None = quantity(
        None,
        unit="share",
        symbol="sigma",
        plausible=(0.0, 0.3),
        meaning="Share of a window's compute that is kept out of the model submitted, for the stage after",
        source="nothing is known of it",
        guess=True,
    )
    tests: Fraction | None = quantity(
        None,
        unit="share of the maximum",
        symbol="b",
        plausible=(0.0, 0.03),
        meaning="What a team gains on public tests by training on them, as a share of their maximum",
        source="up to 3 percentage points; GSM1k found drops of up to 13 %, of the best models little",
        guess=True,
    )
