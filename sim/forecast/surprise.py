"""How far each fact lies from what all other facts predict: one that lies far may be wrong, or the model.

Given its uncertain numbers a particle predicts the rows of a fact by a normal law, from the rows of all other
facts that have two bounds. Particles know the fact itself; they are weighted by 1 / its density, so that they
stand for what is known without it (Gelfand, Dey & Chang 1992), none for more than the square root of their
number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.forecast.gaussian import covariance_of_places
from sim.forecast.island import Island
from sim.forecast.narrow import at_values
from sim.forecast.posterior import Posterior
from sim.forecast.statements import RESCALE, RowName
from sim.model.draws import Floats

_PARTICLES = 200
"""Particles that predict: more would change a tenth of a standard deviation."""


class _Rows(NamedTuple):
    """Facts as rows of coefficients x points, each near its value."""

    coefficients: Floats  # (rows, places)
    value: Floats  # (rows,) the middle, or the only bound
    below: Floats  # (rows,) how far under the value still agrees; infinite where all does
    above: Floats  # (rows,)

    @property
    def variance(self) -> Floats:
        """Of where in its interval each is, (rows,); infinite for one bound."""
        return (self.below + self.above) ** 2 / 12


def surprises(posterior: Posterior, islands: Sequence[Island]) -> list[tuple[RowName, float]]:
    """Return every fact and its farthest part, farthest first, and how far that lies from its prediction.

    In standard deviations of the prediction, from the nearer end of what the fact says; 0 where it agrees.
    """
    combinations = np.concatenate([island.combination for island in islands])
    combination = int(np.bincount(combinations).argmax())
    rows = _rows(posterior, combination)
    each = -(-_PARTICLES // len(islands))
    mean, covariance = _laws(posterior, np.concatenate([island.uniforms[:each] for island in islands]))
    names = posterior.constraints.names
    told = covariance.mean(0)
    varies = np.einsum("ri,ij,rj->r", rows.coefficients, told, rows.coefficients) > 0
    found = []
    for fact in dict.fromkeys(name.fact for name in names if name.fact.rpartition(".")[2] != RESCALE):
        at = np.flatnonzero([varies[r] and name.fact == fact for r, name in enumerate(names)])
        others = np.flatnonzero([varies[r] and name.fact != fact for r, name in enumerate(names)])
        if len(at):
            far = _far(rows, at, others, mean, covariance)
            worst = int(far.argmax())
            found.append((names[at[worst]], float(far[worst])))
    return sorted(found, key=lambda one: -one[1])


def _rows(posterior: Posterior, combination: int) -> _Rows:
    facts, constraints = posterior.facts[combination], posterior.constraints
    two_sided = np.isfinite(facts.half_width)
    bound = np.where(np.isfinite(facts.low), facts.low, np.where(np.isfinite(facts.high), facts.high, 0.0))
    value = np.where(two_sided, facts.middle, bound)
    coefficients, right = at_values(facts, np.arange(len(value)), value, constraints, combination)
    below, above = value - facts.low, facts.high - value
    for b, rescaled in enumerate(constraints.rescaled):
        # Multiplied out by the leader's points, and so is what it may differ by.
        lead = posterior.mean[rescaled.leads[combination]].sum() / rescaled.maximum
        below, above = (np.where(facts.block == b, lead * each, each) for each in (below, above))
    return _Rows(coefficients, right, below, above)


def _laws(posterior: Posterior, uniforms: Floats) -> tuple[Floats, Floats]:
    """Mean, (particles, places), and covariance, (particles, places, places), of points."""
    prior, grid = posterior.prior, posterior.prior.grid
    law = prior.law(uniforms, prior.strength(uniforms))
    return grid.flat(law.mean), covariance_of_places(law, grid.team_of, grid.item_of, prior.mean_sd)


def _far(rows: _Rows, at: np.ndarray, others: np.ndarray, mean: Floats, covariance: Floats) -> Floats:
    """How far the rows `at` lie from what the rows of others predict, in standard deviations, (at,)."""
    given = others[np.isfinite(rows.variance[others])]
    here, there = rows.coefficients[at], rows.coefficients[given]
    across = here @ covariance @ there.T
    spread = there @ covariance @ there.T
    diagonal = np.arange(len(given))
    spread[:, diagonal, diagonal] *= 1 + 1e-9  # facts that follow from others, told exactly
    spread[:, diagonal, diagonal] += rows.variance[given]
    apart = rows.value[given] - mean @ there.T
    gain = np.linalg.solve(spread, np.swapaxes(across, 1, 2))
    predicted = mean @ here.T + np.einsum("kgr,kg->kr", gain, apart)
    left = here @ covariance @ here.T - across @ gain
    variance = np.maximum(np.diagonal(left, axis1=1, axis2=2), 0.0)
    weights = _weights(rows, at, predicted, left)
    middle = weights @ predicted
    sd = np.sqrt(weights @ (variance + (predicted - middle) ** 2))
    short = np.maximum(middle - rows.value[at] - rows.above[at], rows.value[at] - rows.below[at] - middle)
    far: Floats = np.maximum(short, 0.0) / np.where(sd > 0, sd, np.inf)
    return far


def _weights(rows: _Rows, at: np.ndarray, predicted: Floats, left: Floats) -> Floats:
    """By how much each particle stands for what is known without the rows `at`, (particles,)."""
    size = len(predicted)
    among = np.flatnonzero(np.isfinite(rows.variance[at]))
    if not len(among):
        return np.full(size, 1 / size)
    spread = left[:, among[:, None], among]
    diagonal = np.arange(len(among))
    spread[:, diagonal, diagonal] = spread[:, diagonal, diagonal] * (1 + 1e-9) + rows.variance[at[among]]
    apart = (rows.value[at] - predicted)[:, among]
    solved = np.linalg.solve(spread, apart[..., None])[..., 0]
    log = 0.5 * (apart * solved).sum(1) + 0.5 * np.linalg.slogdet(spread)[1]
    weights = np.exp(log - log.max())
    weights = np.minimum(weights, np.sqrt(size) * weights.mean())
    found: Floats = weights / weights.sum()
    return found
