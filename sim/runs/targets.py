"""Targets in replications that are played with several sources of random numbers side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engines import batch
from sim.model.draws import Source
from sim.model.points import Bools
from sim.runs.surviving import surviving
from sim.scenario.scenario import Scenario
from sim.stats.targets import Target, find_true


def beside(
    scenario: Scenario, asked: Sequence[Target], sources: Sequence[Source], start: int, stop: int
) -> tuple[Bools, Bools]:
    """The same replications with the luck of each source: (sources, targets, replications), (replications,).

    The first is whether each target comes true, the second whether the replication could be played with every
    source; one that could not counts with none, since what is compared are the same replications.
    """

    def block(first: int, last: int) -> tuple[int, Bools]:
        each = [find_true(scenario, asked, batch.play(scenario, s, first, last)) for s in sources]
        return first, np.stack(each)

    found = np.zeros((len(sources), len(asked), stop - start), dtype=bool)
    played = np.zeros(stop - start, dtype=bool)
    for first, true in surviving(block, start, stop, lambda *_: None):
        here = slice(first - start, first - start + true.shape[-1])
        found[..., here], played[here] = true, True
    return found, played
