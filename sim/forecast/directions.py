"""Directions in which particles are moved: drawn from a law that does not depend on who is moved.

That is the covariance of points at central values of the uncertain numbers, given the facts that have two
bounds, whole or of a random part of the points while the others stay; or what two particles of the other half
of the island differ by, which knows of all facts (Goodman & Weare 2010). A direction taken from the very
particles that it moves makes their spread too narrow, and nothing else shows it.
"""

from __future__ import annotations

import numpy as np

from sim.forecast.constraints import Constraints
from sim.forecast.luck import Luck
from sim.forecast.narrow import NARROW, LinearFacts, at_values
from sim.model.draws import Floats

_PARTS = (0.1, 0.3, 0.6)
"""Shares of the points that move together, of which one is taken at a time, or all."""

_ACROSS = (1.0, 0.3, 0.1, 0.01)
"""How far a direction leads across narrow facts, in their own widths, of which one is taken at a time.

With twenty narrow facts a line leaves one of them soon, however long it is in all other ways; one that leads
along them goes on.
"""


class Directions:
    """The directions of all combinations; `loosen` before the first is drawn."""

    def __init__(
        self, constraints: Constraints, facts: list[LinearFacts], chosen: list[np.ndarray], covariance: Floats
    ) -> None:
        self._constraints, self._covariance = constraints, covariance
        self._facts, self._chosen = facts, chosen
        self._two_sided = [np.flatnonzero(np.isfinite(each.half_width)) for each in facts]
        self._coefficients = [
            at_values(each, rows, each.middle[rows], constraints, c)[0]
            for c, (each, rows) in enumerate(zip(facts, self._two_sided, strict=True))
        ]
        self._noise: list[Floats] = []
        self._narrow = [
            2 * each.half_width[rows] < NARROW * np.sqrt(np.einsum("ki,ij,kj->k", of, covariance, of))
            for each, rows, of in zip(facts, self._two_sided, self._coefficients, strict=True)
        ]
        self._across = [
            _projector(of[narrow], covariance)
            for of, narrow in zip(self._coefficients, self._narrow, strict=True)
        ]

    def loosen(self, slack: Floats) -> None:
        """Take facts as wide as they are at present: `slack`, (combinations, rows), is added to each."""
        self._noise = [
            ((each.half_width + slack[c])[rows] / 2) ** 2
            for c, (each, rows) in enumerate(zip(self._facts, self._two_sided, strict=True))
        ]

    def draw(self, alive: np.ndarray, luck: Luck) -> Floats:
        """A direction for each combination, (combinations, places); 0 for those that are not `alive`."""
        combinations, places = len(self._facts), len(self._covariance)
        moving = np.ones(places, dtype=bool)
        part = luck.below(len(_PARTS) + 1)
        if part < len(_PARTS):
            moving = luck.uniform((places,)) < _PARTS[part]
        across = _ACROSS[luck.below(len(_ACROSS))]
        normal = luck.normal((places,))
        found = np.zeros((combinations, places))
        at = np.flatnonzero(moving)
        if not len(at):
            return found
        own = self._covariance[np.ix_(at, at)]
        root = np.linalg.cholesky(own + 1e-12 * np.diag(np.diag(own)))
        free = root @ normal[at]
        for c in np.flatnonzero(alive).tolist():
            found[c, at] = self._given_facts(c, at, own, free, across, luck)
        return found

    def _given_facts(
        self, c: int, at: np.ndarray, own: Floats, free: Floats, narrowed: float, luck: Luck
    ) -> Floats:
        """A draw from the law given the facts, from one of the law without them (Matheron)."""
        coefficients, noise = (
            self._coefficients[c][:, at],
            np.where(self._narrow[c], narrowed**2, 1.0) * self._noise[c],
        )
        if not len(noise):
            return free
        across = own @ coefficients.T
        spread = coefficients @ across
        spread[np.diag_indices_from(spread)] += noise + 1e-12 * np.diag(spread) + 1e-300
        apart = coefficients @ free + np.sqrt(noise) * luck.normal(noise.shape)
        moved: Floats = free - across @ np.linalg.solve(spread, apart)
        return moved

    def of_other_half(self, points: Floats, combination: np.ndarray, half: int, luck: Luck) -> Floats:
        """Directions, (particles, places), for one half of an island; 0 for the others, whose differences they are.

        Two particles of another combination of who is first and last differ in what facts forbid to change:
        there a particle stays where it is.
        """
        size = len(points)
        moved, others = np.arange(half, size, 2), np.arange(1 - half, size, 2)
        one, two = (others[np.floor(luck.uniform(moved.shape) * len(others)).astype(int)] for _ in range(2))
        alike = (combination[one] == combination[moved]) & (combination[two] == combination[moved])
        apart = (points[one] - points[two]) * alike[:, None]
        less = 1 - _ACROSS[luck.below(len(_ACROSS))]
        for c in np.unique(combination[moved]).tolist():
            at = combination[moved] == c
            apart[at] -= less * (apart[at] @ self._across[c].T)
        found = np.zeros_like(points)
        found[moved] = apart
        return found


def _projector(rows: Floats, covariance: Floats) -> Floats:
    """What takes of a direction the part that leads across facts, (places, places); some may imply others."""
    across = covariance @ rows.T
    return across @ np.linalg.pinv(rows @ across, rcond=1e-9, hermitian=True) @ rows
