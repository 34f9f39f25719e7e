"""Everything that is known before time passes: numbers and luck of a range of replications, as arrays.

Both engines start from here. The first axis of an array is the replication, or has length 1 where all
replications agree; the last is the team. Memory runs along the replications, which NumPy likes best.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.fates import Codes
from sim.rules.gate import Mode


@dataclass
class BlockOfPoints:
    """Where a block's items stand on the item axis, and how its points are scaled."""

    start: int
    stop: int
    maximum: float
    to_leader: bool


@dataclass
class AgainstTarget:
    """An item whose points are its maximum times own accuracy over that of a target model."""

    item: int  # position on the item axis
    full: Floats  # (.., 1) points for each unit of accuracy: the maximum over the target's accuracy


@dataclass
class SlowPeriod:
    """Some days in which the lent GPUs of the teams that a supplier serves are slow."""

    starts: Floats  # (.., 1) day
    ends: Floats  # (.., 1) day, no earlier than it starts
    speed: Floats  # (.., 1) against normal
    served: Bools  # (1, teams)


@dataclass
class GrantInputs:
    """How a stage's pool is lent, and when it comes."""

    rule: Literal["equal", "table", "by-score", "by-rank"]
    pool: Floats  # (.., hardware, 1)
    table: Floats | None  # (.., hardware, teams): what a fixed rule gives
    shares: Floats | None  # (.., places): shares of the pool by rank
    among: Bools  # (1, teams)
    shared_leftover: bool
    delay: Floats  # (.., teams) whole days
    slow: tuple[SlowPeriod, ...]


@dataclass
class EntryInputs:
    """Who may come in after a stage."""

    day: Floats  # (..,) end of the day on which it is decided
    late: Bools  # (..,) whether the next stage has opened by then
    fewer_than: int | None
    candidates: Bools  # (1, teams)
    places: int
    score: Floats  # (.., teams)
    minimum: Floats | None  # (.., 1)
    luck: Callable[[], Floats]  # -> (replications, teams); drawn at the first call
    happened: Bools | None  # (1, teams) who entered, where that is known


@dataclass
class StageInputs:
    """One stage; see the module's first lines for the shapes. Days are numbers of days since 1970-01-01."""

    id: str
    starts: Floats  # (..,) day on which the first window opens
    opens: Floats  # (.., teams) day on which the team's window opens
    closes: Floats  # (.., teams) end of its last day
    scored: Floats  # (..,) end of the day on which scores are fixed
    decided: Floats  # (..,) end of the result day
    own: Floats  # (.., hardware, teams) own GPUs
    grants: GrantInputs
    at_once: (
        bool  # there is one window for all, and all that is lent comes when it opens, in all replications
    )
    reference: float  # q_ref, ECI
    without_compute: Floats  # (.., teams) strength but for what compute adds, ECI
    points_luck: Floats  # (.., items, teams)
    slope: Floats  # (.., items, 1)
    maximum: Floats  # (1, items, 1)
    targets: tuple[AgainstTarget, ...]
    blocks: tuple[BlockOfPoints, ...]
    round_to: float
    fails_gate: Bools  # (.., teams) whether it would fail
    gate_mode: Mode
    keep: Floats | None  # (.., 1)
    drop: Floats | None  # (.., 1)
    minimum: Floats | None  # (.., 1) points
    rungs: tuple[int, ...]  # positions of the blocks that break ties
    tie_luck: Callable[[], Floats]  # -> (replications, teams); drawn at the first call
    happened: Codes | None  # (1, teams) fates, where they are known
    entry: EntryInputs | None


@dataclass
class Inputs:
    """The programme; see the module's first lines for the shapes."""

    start: int
    stop: int
    teams: tuple[str, ...]
    from_start: Bools  # (1, teams) who is there from the start
    waiting: Bools | None  # (1, teams) who is not; None: nobody ever comes in
    speed: Floats  # (.., hardware, teams) FLOP a day of one GPU that count
    fault_rate: Floats  # (.., teams) faults an hour for each GPU
    restart: Floats  # (.., teams) hours
    write: Floats  # (.., teams) hours
    interval: Floats | None  # (.., teams) hours; None: Daly's optimum
    single_faults: bool  # played one by one, not by their mean
    price: Floats  # (.., hardware, 1) KRW per GPU-hour
    own_price: Floats  # (.., hardware, 1) KRW per hour of an own GPU
    reference_compute: Floats  # (.., 1)
    per_tenfold: Floats  # (.., 1)
    carry: Floats  # (.., 1)
    frontier: Floats  # (..,) at the close of the last window
    frontier_growth: Floats  # (..,)
    stages: tuple[StageInputs, ...]
