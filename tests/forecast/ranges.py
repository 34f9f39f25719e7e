"""What facts force: the least and the most of a weighted sum of points, over all combinations."""

import numpy as np
from scipy.optimize import linprog

from sim.scenario.models.facts import TOTAL


def sum_of(evidence, stage, team, of):
    """Weights of a team's points of a block, of `block/item`, or in total."""
    block, _, item = of.partition("/")
    return np.array(
        [
            float(
                p.stage == stage
                and p.team == team
                and (of == TOTAL or p.block == block)
                and item in ("", p.item)
            )
            for p in evidence.places
        ]
    )


def extremes(scenario, evidence, weights):
    """The least and the most that `weights @ points` can be."""
    blocks = [scenario.stages[p.stage].points[p.block] for p in evidence.places]
    bounds = [
        (0.0, block.items[p.item].max if p.item and block.rescale == "maximum" else block.max)
        for p, block in zip(evidence.places, blocks, strict=True)
    ]
    found = []
    for low, high in zip(evidence.low, evidence.high, strict=True):
        upper, lower = np.isfinite(high), np.isfinite(low)
        rows = np.vstack([evidence.matrix[upper], -evidence.matrix[lower]])
        ends = np.r_[high[upper], -low[lower]]
        for sign in (1.0, -1.0):
            solved = linprog(sign * weights, A_ub=rows, b_ub=ends, bounds=bounds)
            assert solved.fun is not None
            found.append(sign * solved.fun)
    return min(found), max(found)
