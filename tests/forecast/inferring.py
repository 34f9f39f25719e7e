"""What the sampler makes of a scenario with facts, with the standard errors that its islands show."""

from dataclasses import replace
from functools import cached_property

import numpy as np

from sim.engines import batch
from sim.execute.case import Case
from sim.execute.inference import infer
from sim.execute.runner import Runner
from sim.forecast.diagnostics import diagnose
from sim.forecast.island import Effort
from sim.model.draws import Draws, Key, Purpose
from sim.model.quantiles import normal
from sim.rules.decisions import Fate

EFFORT = Effort(islands=16, particles=250, lines=200, singles=100, numbers=40)
"""Enough for small scenarios; 16 islands, so that 4 standard errors are as rare as one thinks."""

FUTURES = 4
"""Futures of each particle."""


class Inferred:
    """A scenario inferred, and futures of its particles played."""

    def __init__(self, scenario, seed=20261129, effort=EFFORT, play=batch.play_batch, futures=FUTURES):
        case = Case(scenario, seed, "batch", effort=effort)
        found = infer(case, Runner(jobs=1))
        self.case, self.posterior, self.islands, self.past = case, found.posterior, found.islands, found.past
        self.scenario, self.futures, self._engine = scenario, futures, play

    @cached_property
    def outcomes(self):
        """All futures."""
        source = self.past.source(Draws(self.case.seed))
        played = replace(self.case, past=self.past).played
        return self._engine(played, source, 0, self.futures * self.past.size)

    def by_island(self, values):
        """The mean of each island, (islands, ..), of a value of each particle or future."""
        values = np.asarray(values, dtype=float)
        count = self.past.islands
        return np.stack([values[number::count].mean(0) for number in range(count)])

    def leaves(self, stage):
        """Whether teams leave at a stage, (futures, teams)."""
        at = list(self.scenario.stages).index(stage)
        fate = self.outcomes.stages[at].fate
        return (fate == Fate.OUT_BY_POINTS) | (fate == Fate.OUT_AT_GATE)

    def standard(self, key):
        """The standard normal number of a held draw, (particles,)."""
        return normal(self.past.uniforms[key])

    def effect(self, team):
        """The lasting strength of a team in its own standard deviations, (particles,)."""
        return self.standard(Key(Purpose.TEAM, team=team))

    def uniform(self, name):
        """The uniforms of an uncertain number, (particles,)."""
        return self.past.uniforms[Key(Purpose.PARAMETER, item=name)]

    def mean_of(self, block, stage="s1"):
        """How far the mean of a block without items is from its centre, in standard deviations."""
        return self.standard(Key(Purpose.PARAMETER, item=f"stages.{stage}.points.{block}.mean"))

    def points(self, team, block, stage="s1", item=""):
        """Points of a team before they are clipped, (particles,), in the order of the past."""
        grid = self.posterior.prior.grid
        at = [
            j
            for j, (t, i) in enumerate(zip(grid.team_of, grid.item_of, strict=True))
            if grid.teams[t] == team
            and (grid.items[i].stage, grid.items[i].block, grid.items[i].item)
            == (stage, block, item or block)
        ]
        (place,) = at
        return np.stack([island.points[:, place] for island in self.islands], axis=1).ravel()

    def assert_mean(self, values, expected):
        """The mean over islands is as expected, to 4 of its standard errors; arrays are by column."""
        means = self.by_island(values)
        error = means.std(axis=0, ddof=1) / np.sqrt(len(means))
        z = (means.mean(axis=0) - expected) / np.maximum(error, 1e-12)
        assert np.all(np.abs(z) <= 4), f"{means.mean(axis=0)}, not {expected}: z-scores {z}"
        return z

    def assert_spread(self, values, mean, sd):
        """The mean and the standard deviation of a value of each particle."""
        self.assert_mean(values, mean)
        self.assert_mean((np.asarray(values) - mean) ** 2, sd**2)

    def assert_log_evidence(self, expected):
        """Within 0.1, and within 4 standard errors of the islands."""
        found = diagnose(self.posterior, self.islands, self.past).log_evidence
        assert abs(found - expected) <= 0.1, f"{found}, not {expected}"
        ratio = np.exp(np.array([island.log_evidence for island in self.islands]) - expected)
        error = ratio.std(ddof=1) / np.sqrt(len(ratio))
        assert abs(ratio.mean() - 1) <= 4 * error + 1e-9, f"{ratio.mean()} times, error {error}"

    def assert_facts_hold(self):
        """No particle misses a fact by more than a millionth."""
        assert max(island.worst for island in self.islands) <= 1e-6
