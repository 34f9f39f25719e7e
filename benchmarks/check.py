"""Whether the SimPy script plays what the engines play."""

from __future__ import annotations

import numpy as np

from benchmarks import plain_simpy
from sim.engines import batch
from sim.model.draws import Source
from sim.scenario import Scenario


def differing(scenario: Scenario, source: Source, size: int) -> int:
    """In how many of the first `size` replications its fates are not those of the batch engine."""
    outcomes = batch.play_batch(scenario, source, 0, size)
    engine = np.stack([stage.fate for stage in outcomes.stages], axis=1)
    script = np.array(plain_simpy.play(source, 0, size))
    return int(np.any(engine != script, axis=(1, 2)).sum())
