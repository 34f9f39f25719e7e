"""What is noted while a replication is played, for only the passing of time can tell it.

That is what is lent, when it arrives, how fast it runs, and how often what happened to a team's job.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.engines.arrivals import Lot
from sim.model.draws import Floats
from sim.model.points import Bools


@dataclass
class HardwareNotes:
    """What the hardware of one stage is told; GPUs are (hardware, teams), speeds are against normal."""

    granted: Floats
    lots: Sequence[Lot] = ()  # what is lent of supplies, arrival by arrival
    arrivals: list[tuple[float, Floats]] = field(default_factory=list)  # day, GPUs
    ends: list[tuple[float, Floats]] = field(default_factory=list)  # day, GPUs of supplies that go again
    paces: list[tuple[float, Bools, float]] = field(default_factory=list)  # day, teams, speed of lent GPUs
    speeds: list[tuple[float, int, float]] = field(default_factory=list)  # day, team, speed of all its GPUs
    # Day, teams, and the speed of all GPUs of each.
    storages: list[tuple[float, Bools, Floats]] = field(default_factory=list)
    # By team, where faults come one by one: how often what happened to its job.
    lives: dict[int, dict[str, float]] = field(default_factory=dict)


class Recorder:
    """Notes of one replication, by stage; `now` has those of the stage under way."""

    def __init__(self) -> None:
        self.of_stages: dict[str, HardwareNotes] = {}
        self.now = HardwareNotes(np.zeros((0, 0)))  # before the first stage nothing is lent

    def begin(self, stage: str, granted: Floats, lots: Sequence[Lot] = ()) -> None:
        """A stage begins with these grants, (hardware, teams), and what it lends of supplies."""
        early = [] if self.of_stages else self.now.speeds  # set by a user's process before the first stage
        self.now = self.of_stages[stage] = HardwareNotes(granted, lots, speeds=early)
