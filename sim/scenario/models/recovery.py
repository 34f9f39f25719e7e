"""What a job can do about faults: spares, repairs, bad nodes, and storage that slows a whole cluster.

Docs: docs/world/faults.md. The keys themselves stand in `Faults` of `sim.scenario.models.science`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from sim.scenario.models.base import Block, quantity
from sim.scenario.models.numbers import Number
from sim.scenario.models.quantities import Days, Fraction, within
from sim.scenario.models.units import HOURS, unit

OnFault = Literal["stop", "go-on"]
"""What a job does at a fault: stop whole until it is restarted, or go on with the rest."""

RepairHours = Annotated[Number, within(0, 1e6), unit(HOURS)]
Nodes = Annotated[Number, within(0, 1e6)]
GammaShape = Annotated[Number, within(1e-3, 1e6)]


class BadNodes(Block):
    """Nodes that fail again and again: rates of nodes follow a gamma law with mean 1."""

    shape: GammaShape = quantity(
        unit="shape",
        symbol="a",
        plausible=(0.1, 1.0),
        meaning="Shape of the law of a node's rate of faults: small where few nodes fail often",
        source="0.12-0.15 if three of 63 nodes have over half of the faults (arXiv 2605.09370)",
    )
    replaced: Fraction | None = quantity(
        None,
        unit="share",
        symbol="x",
        plausible=(0.0, 0.1),
        meaning="Share of a team's nodes, the worst ones, that average nodes have replaced; 0 if left out",
    )


class Storage(Block):
    """Storage that slows a team's whole cluster for a while."""

    chance: Fraction = quantity(
        unit="probability", meaning="Chance of a team that it happens in a stage, once at most"
    )
    days: Days = quantity(
        unit="days",
        plausible=(0.5, 14.0),
        meaning="How long it lasts, from a random moment of the window; no longer than the window",
    )
    speed: Fraction = quantity(
        unit="share",
        plausible=(0.1, 0.5),
        meaning="Speed of all GPUs of the team meanwhile, against normal",
        source="a tenth: one wrong setting of a file system (arXiv 2605.09370)",
    )
