"""Narrow facts: points told to a few hundredths, which no particle would meet by chance.

They are imposed. A value is drawn evenly in each interval; a particle is put onto the values by what a
normal law makes of them, y + K (values - facts(y)) (Matheron's rule); and its weight is the density of these
values given its numbers, which is exact. Only facts that do not follow from each other can be imposed; what
is nearly implied by those chosen is met later, with the wide ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.forecast.constraints import Constraints
from sim.model.draws import Floats

NARROW = 0.5
"""A fact is imposed if it is told to within half of its spread, and of what is left of that by those imposed
before it. Its weight is exact whatever its width, but differs more between particles the wider it is."""


class LinearFacts(NamedTuple):
    """Facts of one combination about points before clipping: coefficients x points in an interval."""

    coefficients: Floats  # (rows, places)
    low: Floats  # (rows,)
    high: Floats  # (rows,)
    block: np.ndarray  # (rows,) the rescaled block that a row is about and nothing else, or -1

    @property
    def half_width(self) -> Floats:
        """(rows,); infinite where a row has one bound or none."""
        return (self.high - self.low) / 2

    @property
    def middle(self) -> Floats:
        """(rows,); 0 where a row has one bound or none."""
        two_sided = np.isfinite(self.half_width)
        low, high = (np.where(two_sided, ends, 0.0) for ends in (self.low, self.high))
        return (low + high) / 2


def linear_facts(constraints: Constraints, combination: int, mean: Floats) -> LinearFacts:
    """The facts of one combination, (rows,), about points that are `mean`, (places,), or near it.

    Points that are told at their maximum, or at 0, are a number, and no unknown. A row that is about one
    rescaled block alone is as it stands (see `at_values`); another has the scale of the leader's mean.
    """
    rows = constraints.matrix.copy()
    low, high = constraints.low[combination].copy(), constraints.high[combination].copy()
    block = np.full(len(rows), -1)
    for b, rescaled in enumerate(constraints.rescaled):
        inside = np.zeros(rows.shape[1], dtype=bool)
        inside[rescaled.members] = True
        about = rows[:, inside].any(1)
        alone = about & ~rows[:, ~inside].any(1)
        block[alone] = b
        total = mean[rescaled.leads[combination]].sum()
        rows[np.ix_(about & ~alone, rescaled.members)] *= rescaled.maximum / total
    told = constraints.told_cell[combination]
    other = np.count_nonzero(rows, axis=1) > 1  # that a point is at its maximum is told by a row of its own
    known = np.where(other, rows @ np.where(told == 1, constraints.maximum, 0.0), 0.0)
    rows[np.ix_(other, told != 0)] = 0.0
    return LinearFacts(rows, low - known, high - known, block)


def at_values(
    facts: LinearFacts, rows: np.ndarray, values: Floats, constraints: Constraints, combination: int
) -> tuple[Floats, Floats]:
    """Coefficients, (.., rows, places), and right sides, (.., rows), that say that facts have these values.

    A fact about a rescaled block says of points y: sum of c y x max / lead = value, lead being the leader's
    total. Multiplied out: the sum of c y, less value / max x lead, is 0.
    """
    found = np.broadcast_to(facts.coefficients[rows], (*values.shape, facts.coefficients.shape[1])).copy()
    right = values.copy()
    for b, rescaled in enumerate(constraints.rescaled):
        for k in np.flatnonzero(facts.block[rows] == b):
            found[..., k, :] -= values[..., k, None] / rescaled.maximum * rescaled.leads[combination]
            right[..., k] = 0.0
    return found, right


def choose_rows(
    facts: LinearFacts, constraints: Constraints, combination: int, covariance: Floats
) -> np.ndarray:
    """Choose the narrow facts to impose, by pivoted Cholesky: (chosen,) positions of rows, in order."""
    two_sided = np.flatnonzero(np.isfinite(facts.half_width))
    mixed = _mixes_rescaled(facts, constraints)
    two_sided = np.array([k for k in two_sided if not mixed[k]], dtype=int)
    coefficients, _ = at_values(facts, two_sided, facts.middle[two_sided], constraints, combination)
    spread = coefficients @ covariance @ coefficients.T
    variance = np.diag(spread).copy()
    width = 2 * facts.half_width[two_sided]
    left = [k for k in range(len(two_sided)) if width[k] < NARROW * np.sqrt(max(variance[k], 0.0))]
    chosen = []
    while left:
        best = max(left, key=lambda k: spread[k, k] / variance[k])
        left.remove(best)
        if NARROW * np.sqrt(max(spread[best, best], 0.0)) < width[best]:
            continue
        chosen.append(two_sided[best])
        column = spread[:, best] / spread[best, best]
        spread = spread - np.outer(column, spread[best])
    return np.array(sorted(chosen), dtype=int)


def _mixes_rescaled(facts: LinearFacts, constraints: Constraints) -> np.ndarray:
    """Whether a row is about a rescaled block and others, (rows,)."""
    found = np.zeros(len(facts.coefficients), dtype=bool)
    for rescaled in constraints.rescaled:
        found |= facts.coefficients[:, rescaled.members].any(1) & (facts.block < 0)
    return found


def impose(
    points: Floats,
    mean: Floats,
    covariance: Floats,
    uniforms: Floats,
    facts: LinearFacts,
    rows: np.ndarray,
    constraints: Constraints,
    combination: int,
) -> tuple[Floats, Floats]:
    """Put particles onto narrow facts; return their points and log weights.

    `points` are drawn from the law with `mean`, (particles, places), and `covariance`; `uniforms`,
    (particles, rows), say where in its interval each fact is.
    """
    values = facts.low[rows] + (facts.high - facts.low)[rows] * uniforms
    coefficients, right = at_values(facts, rows, values, constraints, combination)
    across = covariance @ np.swapaxes(coefficients, 1, 2)  # (particles, places, rows)
    spread = coefficients @ across
    root = np.linalg.cholesky(spread)
    short = right - (coefficients @ mean[..., None])[..., 0]
    standard = np.linalg.solve(root, short[..., None])[..., 0]
    log_weight = (
        -0.5 * (standard**2).sum(1)
        - np.log(np.diagonal(root, axis1=1, axis2=2)).sum(1)
        - 0.5 * len(rows) * np.log(2 * np.pi)
        + np.log((facts.high - facts.low)[rows]).sum()
    )
    apart = right - (coefficients @ points[..., None])[..., 0]
    moved = points + (across @ np.linalg.solve(spread, apart[..., None]))[..., 0]
    for b, rescaled in enumerate(constraints.rescaled):
        of_block = np.count_nonzero(facts.block[rows] == b)
        if of_block:
            # The density is that of what was multiplied out: back to that of the fact, lead / max for each.
            lead = moved[:, rescaled.leads[combination]].sum(1) / rescaled.maximum
            log_weight += of_block * np.log(np.maximum(lead, 1e-300))
    return moved, log_weight
