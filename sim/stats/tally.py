"""Counts of everything that is asked of a run: they add exactly, in any order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sim.engines.outcomes import Outcomes
from sim.rules.decisions import Fate
from sim.scenario.models.scenario import Scenario
from sim.stats.histogram import Histogram, Ints
from sim.stats.responses import Chance, responses


class Failure(NamedTuple):
    """One replication in which something raised; its index and the run's seed are all that it depends on."""

    replication: int
    stage: str  # in which it was, empty if none had begun
    error: str  # the name of the exception
    message: str
    case: int = 0  # which of the cases that are played side by side raised it

    def __str__(self) -> str:
        """In a line of text."""
        where = f"in stage {self.stage}, " if self.stage else ""
        return f"replication {self.replication}: {where}{self.error}: {' '.join(self.message.split())}"


@dataclass
class Tally:
    """Counts over replications that did not fail; those by fate are (stages, teams)."""

    runs: int
    present: Ints
    by_points: Ints
    by_gate: Ints
    kept: Ints
    not_entered: Ints
    together: Counter[int] = field(default_factory=Counter)  # set of selected teams, bit t for team t
    chances: dict[str, tuple[int, int]] = field(default_factory=dict)  # holds, of
    measures: dict[str, Histogram] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()  # by replication

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            runs=self.runs + other.runs,
            present=self.present + other.present,
            by_points=self.by_points + other.by_points,
            by_gate=self.by_gate + other.by_gate,
            kept=self.kept + other.kept,
            not_entered=self.not_entered + other.not_entered,
            together=self.together + other.together,
            chances={
                name: (k + other.chances[name][0], n + other.chances[name][1])
                for name, (k, n) in self.chances.items()
            },
            measures={name: histogram + other.measures[name] for name, histogram in self.measures.items()},
            failures=tuple(sorted(self.failures + other.failures)),
        )


def tally(scenario: Scenario, outcomes: Outcomes) -> Tally:
    """Count one range of replications."""
    fate = [stage.fate for stage in outcomes.stages]
    counted = Tally(
        runs=outcomes.stop - outcomes.start,
        present=_per_stage([(f != Fate.GONE) & (f != Fate.NOT_ENTERED) for f in fate]),
        by_points=_per_stage([f == Fate.OUT_BY_POINTS for f in fate]),
        by_gate=_per_stage([f == Fate.OUT_AT_GATE for f in fate]),
        kept=_per_stage([f == Fate.KEPT for f in fate]),
        not_entered=_per_stage([f == Fate.NOT_ENTERED for f in fate]),
        together=_together(fate[-1]),
    )
    for response in responses(scenario):
        if isinstance(response, Chance):
            counted.chances[response.name] = response.count(outcomes)
        else:
            counted.measures[response.name] = response.count(outcomes)
    return counted


def nothing(scenario: Scenario, failures: tuple[Failure, ...] = ()) -> Tally:
    """The counts of no replication, but for those that failed."""
    none = np.zeros((len(scenario.stages), len(scenario.teams)), dtype=np.int64)
    empty = Tally(0, none, none, none, none, none, failures=failures)
    for response in responses(scenario):
        if isinstance(response, Chance):
            empty.chances[response.name] = 0, 0
        else:
            empty.measures[response.name] = Histogram(response.resolution)
    return empty


def _per_stage(flags: list[np.ndarray]) -> Ints:
    return np.array([np.count_nonzero(flag, axis=0) for flag in flags], dtype=np.int64)


def _together(fate: np.ndarray) -> Counter[int]:
    sets = np.zeros(fate.shape[0], dtype=np.int64)
    for t in range(fate.shape[1]):
        sets |= (fate[:, t] == Fate.KEPT).astype(np.int64) << t
    found, counts = np.unique(sets, return_counts=True)
    return Counter(dict(zip(found.tolist(), counts.tolist(), strict=True)))
