"""Everything that is known before time passes: numbers and luck of a range of replications, as arrays.

Both engines start from here. The first axis of an array is the replication, or has length 1 where all
replications agree; the last is the team. Memory runs along the replications, which NumPy likes best.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.gate import Mode


@dataclass
class BlockOfPoints:
    """Where a block's items stand on the item axis, and how its points are scaled."""

    start: int
    stop: int
    maximum: float
    to_leader: bool


@dataclass
class StageInputs:
    """One stage; see the module's first lines for the shapes."""

    id: str
    opens: int  # day on which the window opens
    closes: int  # end of its last day
    decided: int  # end of the result day
    reference: float  # q_ref, ECI
    pool: Floats  # (.., hardware, 1)
    table: Floats | None  # (.., hardware, teams): what a fixed rule gives; None: equal shares
    among: Bools  # (1, teams)
    delay: Floats  # (.., teams) whole days
    punctual: bool  # nobody's grants are late in any replication
    without_compute: Floats  # (.., teams) strength but for what compute adds, ECI
    points_luck: Floats  # (.., items, teams)
    slope: Floats  # (.., items, 1)
    maximum: Floats  # (1, items, 1)
    blocks: tuple[BlockOfPoints, ...]
    round_to: float
    fails_gate: Bools  # (.., teams) whether it would fail
    gate_mode: Mode
    keep: Floats | None  # (.., 1)
    drop: Floats | None  # (.., 1)
    rungs: tuple[int, ...]  # positions of the blocks that break ties
    tie_luck: Callable[[], Floats]  # -> (replications, teams); drawn at the first call


@dataclass
class Inputs:
    """The programme; see the module's first lines for the shapes."""

    start: int
    stop: int
    teams: tuple[str, ...]
    own: Floats  # (.., hardware, teams) GPUs
    speed: Floats  # (.., hardware, teams) FLOP a day of one GPU that count
    fault_rate: Floats  # (.., teams) faults an hour for each GPU
    restart: Floats  # (.., teams) hours
    write: Floats  # (.., teams) hours
    interval: Floats | None  # (.., teams) hours; None: Daly's optimum
    price: Floats  # (.., hardware, 1) KRW per GPU-hour
    own_price: Floats  # (.., hardware, 1) KRW per hour of an own GPU
    reference_compute: Floats  # (.., 1)
    per_tenfold: Floats  # (.., 1)
    carry: Floats  # (.., 1)
    frontier: Floats  # (..,) at the close of the last window
    frontier_growth: Floats  # (..,)
    stages: tuple[StageInputs, ...]
