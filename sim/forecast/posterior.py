"""What the particles of a scenario are to follow: the prior of its past, and the facts, made ready."""

from __future__ import annotations

import numpy as np

from sim.forecast.constraints import Constraints
from sim.forecast.gaussian import Patterns, covariance_of_places
from sim.forecast.narrow import choose_rows, linear_facts
from sim.forecast.prior import Prior
from sim.forecast.rows import Evidence
from sim.model.draws import Floats


class Posterior:
    """What all islands of a scenario share."""

    def __init__(self, prior: Prior, evidence: Evidence) -> None:
        self.prior, self.evidence = prior, evidence
        self.constraints = Constraints(evidence, prior.grid)
        grid = prior.grid
        self.patterns = Patterns(grid.mask, prior.mean_sd)
        central = np.full((1, len(prior.numbers.all)), 0.5)
        law = prior.law(central, prior.strength(central))
        self.mean = grid.flat(law.mean)[0]
        self.covariance = covariance_of_places(law, grid.team_of, grid.item_of, prior.mean_sd)[0]
        count = self.constraints.combinations
        self.facts = [linear_facts(self.constraints, c, self.mean) for c in range(count)]
        self.chosen = [
            choose_rows(facts, self.constraints, c, self.covariance) for c, facts in enumerate(self.facts)
        ]
        # In units of its own spread a fact about NIA and one about totals are missed alike.
        spread = [
            np.sqrt(np.einsum("ki,ij,kj->k", f.coefficients, self.covariance, f.coefficients))
            for f in self.facts
        ]
        self.unit = np.array([np.where(each > 0, each, 1.0) for each in spread])
        self.point_unit = np.sqrt(np.diag(self.covariance))
        # Facts that are imposed stay exact while the others come closer: else the population collapses.
        self.loose = np.ones_like(self.unit, dtype=bool)
        for c, rows in enumerate(self.chosen):
            self.loose[c, rows] = False

    def missed(self, points: Floats, combination: np.ndarray) -> Floats:
        """The violations of what is not imposed, (particles, rows + places), each in units of its spread."""
        rows = self.constraints.missed(points, combination, self.unit) * self.loose[combination]
        cells = self.constraints.outside_cell(points, combination, self.point_unit)
        return np.concatenate([rows, cells], axis=1)

    def holds_imposed(self, points: Floats, combination: np.ndarray) -> np.ndarray:
        """Whether all imposed facts hold, (particles,)."""
        rows = self.constraints.missed(points, combination, self.unit) * ~self.loose[combination]
        holds: np.ndarray = rows.max(1, initial=0.0) <= _MET
        return holds


_MET = 1e-9
"""A violation, in units of a fact's spread, that is rounding."""
