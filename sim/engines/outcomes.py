"""What replications yield: per stage and team, compute, capability, points, rank and fate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Floats
from sim.rules.fates import Codes
from sim.scenario.scenario import Scenario


@dataclass
class StageOutcome:
    """One stage of a range of replications; arrays are (replications, teams) unless said otherwise.

    Teams that had left are marked by their fate; their floats are nan, their ranks, hours and cost 0.
    """

    fate: Codes  # a `Fate`
    rank: Codes  # 1 is best; 0 if not ranked
    compute: Floats  # FLOP of this stage
    effective: Floats  # FLOP that count, with what carried over
    capability: Floats  # ECI; nan if nothing was submitted
    points: Floats  # (replications, blocks, teams), in points
    total: Floats  # points
    gpu_hours: Floats  # granted GPU-hours
    cost: Floats  # KRW of granted GPU-hours

    def rows(self, start: int, stop: int) -> StageOutcome:
        """The replications from `start` to before `stop`, counted from this range's first."""
        return StageOutcome(**{f.name: getattr(self, f.name)[start:stop] for f in fields(self)})


@dataclass
class Outcomes:
    """The outcomes of the replications from `start` to before `stop`, stage by stage."""

    start: int
    stop: int
    stages: tuple[StageOutcome, ...]
    frontier: Floats  # (replications,) ECI of the world's best model when the last window closes
    frontier_growth: Floats  # (replications,) ECI a year

    @classmethod
    def empty(cls, scenario: Scenario, start: int, stop: int) -> Outcomes:
        """Outcomes with room for every replication, to be filled row by row."""
        size, teams = stop - start, len(scenario.teams)
        stages = tuple(_empty_stage(size, len(stage.points), teams) for stage in scenario.stages.values())
        return cls(start, stop, stages, np.full(size, np.nan), np.full(size, np.nan))


def _empty_stage(size: int, blocks: int, teams: int) -> StageOutcome:
    def codes() -> NDArray[np.int8]:
        return np.zeros((size, teams), dtype=np.int8)

    def floats(*shape: int) -> Floats:
        return np.full(shape, np.nan)

    return StageOutcome(
        fate=codes(),
        rank=codes(),
        compute=floats(size, teams),
        effective=floats(size, teams),
        capability=floats(size, teams),
        points=floats(size, blocks, teams),
        total=floats(size, teams),
        gpu_hours=np.zeros((size, teams)),
        cost=np.zeros((size, teams)),
    )


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """Consecutive outcomes as one; the parts are in order and without gaps."""
    if len(parts) == 1:
        return parts[0]
    stages = tuple(
        StageOutcome(
            **{f.name: np.concatenate([getattr(s, f.name) for s in same]) for f in fields(StageOutcome)}
        )
        for same in zip(*(part.stages for part in parts), strict=True)
    )
    frontier = np.concatenate([part.frontier for part in parts])
    growth = np.concatenate([part.frontier_growth for part in parts])
    return Outcomes(parts[0].start, parts[-1].stop, stages, frontier, growth)
