"""Chances by particle and by island: how precise a forecast is, and what would move it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engines.outcomes import Outcomes
from sim.model.draws import Floats
from sim.stats.counts import Ints, add_fields


@dataclass(frozen=True)
class ParticleCounts:
    """In how many of its futures each team of a particle leaves; adds up in any order."""

    plays: Ints  # (particles,)
    leaves: Ints  # (particles, teams)

    def __add__(self, other: ParticleCounts) -> ParticleCounts:
        return add_fields(self, other)

    @property
    def chances(self) -> Floats:
        """The chance of leaving by particle, (particles, teams)."""
        found: Floats = self.leaves / self.plays[:, None]
        return found

    def by_island(self, islands: int) -> Floats:
        """The chance of leaving by island, (islands, teams): particles of all islands take turns."""
        found: Floats = self.chances.reshape(-1, islands, self.leaves.shape[1]).mean(0)
        return found


def no_particle_counts(particles: int, teams: int) -> ParticleCounts:
    """Return the counts of no future."""
    return ParticleCounts(np.zeros(particles, dtype=np.int64), np.zeros((particles, teams), dtype=np.int64))


def count_particles(outcomes: Outcomes, particles: int) -> ParticleCounts:
    """Count futures, replication r being of particle r modulo their number."""
    at = np.arange(outcomes.start, outcomes.stop) % particles
    found = no_particle_counts(particles, outcomes.left.shape[1])
    np.add.at(found.plays, at, 1)
    np.add.at(found.leaves, at, outcomes.left)
    return found


def spread_between(counts: ParticleCounts) -> Floats:
    """Return the standard deviation between particles of each team's chance of leaving, (teams,)."""
    variance: Floats = np.sqrt(_variance_between(counts.chances, counts.plays))
    return variance


def _variance_between(chances: Floats, plays: Ints) -> Floats:
    # What futures differ by for one particle is no spread between particles.
    luck = (chances * (1 - chances) / np.maximum(plays - 1, 1)[:, None]).mean(0)
    variance: Floats = np.maximum(chances.var(axis=0, ddof=1) - luck, 0.0)
    return variance


def effective_size(counts: ParticleCounts, islands: int, teams: list[int]) -> float:
    """Return how many independent particles would tell the chances of `teams` as precisely.

    That is the spread of chances between particles over the variance of their mean, by how islands differ;
    the same of all teams together, for that of one team alone is itself known badly. Infinite where no
    particle differs from another.
    """
    chances = counts.chances[:, teams]
    spread = _variance_between(chances, counts.plays).sum()
    between = (counts.by_island(islands)[:, teams].var(axis=0, ddof=1) / islands).sum()
    return float(spread / between) if between > 0 else float("inf")


def error_by_islands(counts: ParticleCounts, islands: int, teams: list[int]) -> float:
    """Return the standard error of a chance of leaving, by how islands differ: that of the worst team."""
    of_islands = counts.by_island(islands)[:, teams]
    return float(np.sqrt(of_islands.var(axis=0, ddof=1) / islands).max(initial=0.0))


def sd_told_by(counts: ParticleCounts, values: Floats, team: int) -> float:
    """Return the standard deviation that knowing a value of each particle would give a team's chance, 0..1.

    That is the spread of a cubic regression of the chances by particle on the values, (particles,). What any
    value would seem to tell by luck is taken off.
    """
    chances = counts.chances[:, team]
    ranks = (values - values.mean()) / (values.std() or 1.0)
    powers = np.vander(ranks, 4)
    fitted = powers @ np.linalg.lstsq(powers, chances, rcond=None)[0]
    by_luck = 3 * (chances - fitted).var() / len(chances)
    return float(np.sqrt(max(fitted.var() - by_luck, 0.0)))
