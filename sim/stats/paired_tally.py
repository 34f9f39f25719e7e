"""A variant of a scenario beside the scenario itself: its counts, and how selections differ, run by run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engines.outcomes import Outcomes
from sim.model.points import Bools
from sim.scenario.models.scenario import Scenario
from sim.stats.histogram import Ints
from sim.stats.paired import PairedDifference
from sim.stats.tally import Tally, nothing, tally


@dataclass(frozen=True)
class PairedTally:
    """Counts of a variant and of its differences from a base scenario over the same replications.

    Adds up in any order.
    """

    scenario: Scenario
    tally: Tally
    only_here: Ints  # (teams,) replications in which the team is selected in the variant alone
    only_there: Ints  # (teams,) in the base alone
    there: Ints  # (teams,) in the base

    def __add__(self, other: PairedTally) -> PairedTally:
        return PairedTally(
            self.scenario,
            self.tally + other.tally,
            self.only_here + other.only_here,
            self.only_there + other.only_there,
            self.there + other.there,
        )

    def change_in_leaving(self, team: str) -> PairedDifference:
        """Estimate by how much greater the team's chance of not being selected is in the variant, paired."""
        t = list(self.scenario.teams).index(team)
        b, c, n = int(self.only_there[t]), int(self.only_here[t]), self.tally.runs
        out_there = n - int(self.there[t])
        return PairedDifference(b, c, n, first=out_there, second=out_there + b - c)


def empty_paired_tally(scenario: Scenario) -> PairedTally:
    """Return the counts of no replication at all."""
    nobody = np.zeros(len(scenario.teams), dtype=np.int64)
    return PairedTally(scenario, nothing(scenario), nobody, nobody, nobody)


def paired_tallies(scenarios: Sequence[Scenario], outcomes: Sequence[Outcomes]) -> tuple[PairedTally, ...]:
    """Count each variant beside the first scenario; all outcomes are of the same replications."""
    there = outcomes[0].selected
    return tuple(
        _paired_tally(scenario, one, there) for scenario, one in zip(scenarios[1:], outcomes[1:], strict=True)
    )


def _paired_tally(scenario: Scenario, outcomes: Outcomes, there: Bools) -> PairedTally:
    here = outcomes.selected
    only_here, only_there = (np.count_nonzero(x, axis=0) for x in (here & ~there, there & ~here))
    counted = tally(scenario, outcomes)
    return PairedTally(scenario, counted, only_here, only_there, np.count_nonzero(there, axis=0))
