"""What is counted of one stage to score a forecast of it: whom the cut takes, and who has which place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

from sim.engines.outcomes import Outcomes
from sim.model.points import Bools
from sim.rules.decisions import Fate
from sim.stats.histogram import Ints


@dataclass(frozen=True)
class CutCounts:
    """Counts of the replications in which those were evaluated who were; adds up in any order."""

    runs: int
    places: Ints  # (teams, places), places counted from 0
    taken: Counter[int] = field(default_factory=Counter)  # set of teams that the cut takes, bit t for team t
    # Of a forecast: the same of each island, by which dice are told; None where replications are independent.
    islands: tuple[CutCounts, ...] | None = None

    def __add__(self, other: CutCounts) -> CutCounts:
        islands = self.islands or other.islands  # one may have counted nothing yet
        if self.islands and other.islands:
            islands = tuple(a + b for a, b in zip(self.islands, other.islands, strict=True))
        return CutCounts(
            self.runs + other.runs, self.places + other.places, self.taken + other.taken, islands
        )


def no_cut_counts(teams: int) -> CutCounts:
    """Return the counts of no replication."""
    return CutCounts(0, np.zeros((teams, teams), dtype=np.int64))


def count_cut(outcomes: Outcomes, stage: int, there: Bools) -> CutCounts:
    """Count a stage of a range of replications, and each island of it by itself where there are any.

    `there` marks who was evaluated, (teams,).
    """
    counted = _count(outcomes, stage, there)
    if outcomes.islands is None:
        return counted
    parts = (outcomes.of_island(number, outcomes.islands) for number in range(outcomes.islands))
    return replace(counted, islands=tuple(_count(part, stage, there) for part in parts))


_PRESENT = (Fate.KEPT, Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE)


def _count(outcomes: Outcomes, stage: int, there: Bools) -> CutCounts:
    found, teams = outcomes.stages[stage], len(there)
    same = (np.isin(found.fate, _PRESENT) == there).all(1)
    rank, taken = found.rank[same], found.fate[same] == Fate.OUT_BY_POINTS
    places = np.stack([np.count_nonzero(rank == place, axis=0) for place in range(1, teams + 1)], axis=1)
    sets, counts = np.unique(taken @ (1 << np.arange(teams, dtype=np.int64)), return_counts=True)
    return CutCounts(int(same.sum()), places, Counter(dict(zip(sets.tolist(), counts.tolist(), strict=True))))
