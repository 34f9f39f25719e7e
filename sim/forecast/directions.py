"""Directions in which particles are moved: drawn from a law that does not depend on who is moved.

That is the covariance of points at central values of the uncertain numbers, given the facts that have two
bounds, whole or of a random part of the points while the others stay. A direction taken from the particles
that it moves makes their spread too narrow, and nothing else shows it.
"""

from __future__ import annotations

import numpy as np

from sim.forecast.constraints import Constraints
from sim.forecast.luck import Luck
from sim.forecast.narrow import LinearFacts, at_values
from sim.forecast.prior import Grid
from sim.model.draws import Floats

_WHOLE, _STAGE, _ITEMS = 10, 4, 0.5
"""All points move together once in so many times, and else those of all teams in most blocks of a stage. In
all other moves some teams, often two, move in some blocks of a stage, and there all items or about half.

Facts are sums over teams (means) and over blocks (totals): what two teams exchange between two items changes
none of them, and is found by moving these alone. What gaps leave free besides takes all teams at once.
"""

_NARROW = 0.1
"""A fact is narrow if it is told to within a tenth of its spread."""

_ACROSS = (1.0, 0.3, 0.1, 0.01)
"""How far a direction leads across narrow facts, in their own widths, of which one is taken at a time.

With twenty narrow facts a line leaves one of them soon, however long it is in all other ways; one that leads
along them goes on.
"""


class Directions:
    """The directions of all combinations; `loosen` before the first is drawn."""

    def __init__(
        self, constraints: Constraints, facts: list[LinearFacts], grid: Grid, covariance: Floats
    ) -> None:
        self._facts, self._grid = facts, grid
        self._blocks: dict[str, list[str]] = {}
        for item in grid.items:
            blocks = self._blocks.setdefault(item.stage, [])
            blocks += [item.block] if item.block not in blocks else []
        self._stages = list(self._blocks)
        self._precision = np.linalg.inv(covariance)
        self._two_sided = [np.flatnonzero(np.isfinite(each.half_width)) for each in facts]
        self._coefficients = [
            at_values(each, rows, each.middle[rows], constraints, c)[0]
            for c, (each, rows) in enumerate(zip(facts, self._two_sided, strict=True))
        ]
        self._noise: list[Floats] = []
        self._narrow = [
            2 * each.half_width[rows] < _NARROW * np.sqrt(np.einsum("ki,ij,kj->k", of, covariance, of))
            for each, rows, of in zip(facts, self._two_sided, self._coefficients, strict=True)
        ]

    def loosen(self, slack: Floats) -> None:
        """Take facts as wide as they are at present: `slack`, (combinations, rows), is added to each."""
        self._noise = [
            ((each.half_width + slack[c])[rows] / 2) ** 2
            for c, (each, rows) in enumerate(zip(self._facts, self._two_sided, strict=True))
        ]

    def draw(self, alive: np.ndarray, luck: Luck) -> Floats:
        """A direction for each combination, (combinations, places); 0 for those that are not `alive`."""
        combinations, places = len(self._facts), len(self._precision)
        across = _ACROSS[luck.below(len(_ACROSS))]
        at = self._moving(luck)
        normal = luck.normal((places,))
        found = np.zeros((combinations, places))
        if not len(at):
            return found
        # Given the points that stay, those that move have the inverse of their part of the precision.
        root = np.linalg.cholesky(self._precision[np.ix_(at, at)])
        inverse = np.linalg.inv(root)
        own, free = inverse.T @ inverse, inverse.T @ normal[at]
        for c in np.flatnonzero(alive).tolist():
            found[c, at] = self._given_facts(c, at, own, free, across, luck)
        return found

    def _moving(self, luck: Luck) -> np.ndarray:
        """The places that move together."""
        grid, places = self._grid, np.arange(len(self._precision))
        if luck.below(_WHOLE) == 0:
            return places
        stage = self._stages[luck.below(len(self._stages))]
        teams = np.zeros(len(grid.teams), dtype=bool)
        if luck.below(_STAGE) == 0:
            teams[:], most, every = True, 4, True
        else:
            teams[luck.choose(len(teams), 2 if luck.below(2) else 1 + luck.below(len(teams)))] = True
            most, every = 2, luck.below(2) == 0
        blocks = [block for block in self._blocks[stage] if luck.below(most)]
        chosen = luck.uniform((len(grid.items),)) < _ITEMS
        items = [
            item.stage == stage and item.block in blocks and (every or bool(chosen[i]))
            for i, item in enumerate(grid.items)
        ]
        moving: np.ndarray = places[teams[grid.team_of] & np.array(items, dtype=bool)[grid.item_of]]
        return moving

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
