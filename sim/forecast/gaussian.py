"""The joint normal law of the points of all teams, the means of items integrated out.

Given the means of items, teams are independent, and each has the covariance S of its own items. With free
means (variances D) the precision of all points is P - P L P, where P is made of the teams' S^-1 and
L = (sum of S^-1 over teams + D^-1)^-1 (Woodbury): matrices of items by items, and never of all points.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.forecast.prior import Law
from sim.model.draws import Floats


class Patterns:
    """Teams by the items for which they were evaluated: those of one pattern share their covariance."""

    def __init__(self, mask: np.ndarray, mean_sd: Floats) -> None:
        self.count = int(mask.sum())
        self.variance = mean_sd**2
        groups: dict[tuple[bool, ...], list[int]] = {}
        for team, row in enumerate(mask.tolist()):
            groups.setdefault(tuple(row), []).append(team)
        self.groups = [
            (np.array(teams)[:, None], np.flatnonzero(row)) for row, teams in groups.items() if any(row)
        ]


class Precision(NamedTuple):
    """What the density of points takes, for each particle."""

    inverses: tuple[Floats, ...]  # (particles, items, items) of each pattern: S^-1
    of_means: Floats  # (particles, items, items): L
    log_det: Floats  # (particles,) of the covariance of all points

    def take(self, at: np.ndarray) -> Precision:
        """That of the particles at these positions."""
        return Precision(tuple(each[at] for each in self.inverses), self.of_means[at], self.log_det[at])

    def where(self, accepted: np.ndarray, other: Precision) -> Precision:
        """This one where `accepted`, (particles,), and else the other."""
        matrix = accepted[:, None, None]
        pairs = zip(self.inverses, other.inverses, strict=True)
        inverses: list[Floats] = [np.where(matrix, one, two) for one, two in pairs]
        return Precision(
            tuple(inverses),
            np.where(matrix, self.of_means, other.of_means),
            np.where(accepted, self.log_det, other.log_det),
        )


def precision(law: Law, patterns: Patterns) -> Precision:
    """The precision of points. Raises `LinAlgError` where some points are decided by others."""
    covariance = law.loadings @ np.swapaxes(law.loadings, 1, 2)
    particles, items = covariance.shape[:2]
    total = np.zeros((particles, items, items))
    log_det = np.zeros(particles)
    inverses: list[Floats] = []
    for members, at in patterns.groups:
        own = covariance[:, at[:, None], at]
        root = np.linalg.cholesky(own)
        log_det += 2 * len(members) * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(1)
        inverse = np.asarray(np.linalg.inv(own), dtype=np.float64)
        inverses.append(inverse)
        total[:, at[:, None], at] += len(members) * inverse
    free = np.flatnonzero(patterns.variance > 0)
    of_means = np.zeros((particles, items, items))
    if len(free):
        inner = total[:, free[:, None], free]
        inner[:, np.arange(len(free)), np.arange(len(free))] += 1 / patterns.variance[free]
        of_means[:, free[:, None], free] = np.linalg.inv(inner)
        root = np.linalg.cholesky(inner)
        log_det += 2 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(1)
        log_det += np.log(patterns.variance[free]).sum()
    return Precision(tuple(inverses), of_means, log_det)


def weigh_teams(law: Precision, patterns: Patterns, points: Floats) -> Floats:
    """P times `points`, (particles, teams, items): each team's by the inverse of its own covariance."""
    found = np.zeros_like(points)
    for (members, at), inverse in zip(patterns.groups, law.inverses, strict=True):
        found[:, members, at] = points[:, members, at] @ inverse  # symmetric
    return found


def product(law: Precision, one: Floats, weighted_one: Floats, weighted_other: Floats) -> Floats:
    """The precision between two points, (particles,): `one` and another, both also weighed by P.

    The other itself is not needed: one' P other = one' (P other), and all else is in sums over teams.
    """
    shared = (law.of_means @ weighted_other.sum(1)[..., None])[..., 0]
    found: Floats = np.einsum("pti,pti->p", one, weighted_other) - (weighted_one.sum(1) * shared).sum(1)
    return found


def log_density(law: Precision, patterns: Patterns, deviation: Floats, weighted: Floats) -> Floats:
    """Log density, (particles,), of points that are `deviation` from their mean, `weighted` by P."""
    exponent = product(law, deviation, weighted, weighted)
    density: Floats = -0.5 * (exponent + law.log_det + patterns.count * np.log(2 * np.pi))
    return density


def covariance_of_places(law: Law, team_of: np.ndarray, item_of: np.ndarray, mean_sd: Floats) -> Floats:
    """The covariance of points, (particles, places, places), with what the means of items add."""
    own = (law.loadings @ np.swapaxes(law.loadings, 1, 2))[:, item_of[:, None], item_of]
    same_team = team_of[:, None] == team_of
    shared = np.where(item_of[:, None] == item_of, mean_sd[item_of] ** 2, 0.0)
    found: Floats = own * same_team + shared
    return found


def truncated_normal(u: Floats, mean: Floats, sd: Floats, low: Floats, high: Floats) -> Floats:
    """Normal numbers between `low` and `high`, exactly, from uniforms `u`; arrays of one shape."""
    from scipy.special import ndtr, ndtri

    a, b = (low - mean) / sd, (high - mean) / sd
    upper = a > 0  # by the tail that is nearer: next to 1 there are too few floats
    a, b = np.where(upper, -b, a), np.where(upper, -a, b)
    below_a, below_b = ndtr(a), ndtr(b)
    z = ndtri(below_a + u * (below_b - below_a))
    # So far out that even a tail has no floats, all is at the end that is nearer to the mean: b.
    z = np.clip(np.where(np.isfinite(z), z, b), a, b)
    return mean + sd * np.where(upper, -z, z)
