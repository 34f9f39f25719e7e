"""How far particles can be trusted: whether islands agree, and by which number or point they do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.forecast.island import Island
from sim.forecast.target import Target
from sim.model.draws import Floats


class Stuck(NamedTuple):
    """What islands agree about least."""

    kind: str  # `number`, `points` or `latent`
    name: str  # its path; or stage, team, block and item, joined by dots
    r_hat: float


class Diagnostics(NamedTuple):
    """What is told of the particles of a past, whatever is asked of their future."""

    particles: int
    islands: int
    levels: int  # the most of any island
    worst: float  # violation of a fact, points
    log_evidence: float  # of all facts: the mean over islands is of the evidence, not of its logarithm
    stuck: Stuck  # what mixes least


def diagnose(target: Target, islands: Sequence[Island]) -> Diagnostics:
    """Return the diagnostics of a past's particles."""
    numbers = _r_hat(np.stack([island.uniforms for island in islands]))
    constraints = target.constraints
    printed = []
    for island in islands:
        clipped = constraints.clipped(island.points)
        printed.append(clipped * constraints.scale(clipped, island.combination))
    points = _r_hat(np.stack(printed))
    logs = np.array([island.log_evidence for island in islands])
    return Diagnostics(
        particles=sum(len(island.uniforms) for island in islands),
        islands=len(islands),
        levels=max(island.levels for island in islands),
        worst=max(island.worst for island in islands),
        log_evidence=float(logs.max() + np.log(np.exp(logs - logs.max()).mean())),
        stuck=_most_stuck(target, numbers, points),
    )


def _r_hat(values: Floats) -> Floats:
    """Gelman and Rubin's ratio over islands, (values,), from (islands, particles, values).

    1 where islands do not differ more than their particles do by chance; 1 too where nothing is free.
    """
    particles = values.shape[1]
    within = values.var(axis=1, ddof=1).mean(axis=0)
    between = values.mean(axis=1).var(axis=0, ddof=1)
    free = within > _FIXED**2
    ratio = (particles - 1) / particles + between / np.where(free, within, 1.0)
    return np.where(free, np.sqrt(ratio), 1.0)


_FIXED = 1e-3
"""A value whose spread is below this is told by a fact, and not free."""


def _most_stuck(target: Target, numbers: Floats, points: Floats) -> Stuck:
    grid, names = target.prior.grid, target.prior.numbers.all
    if numbers.max(initial=0.0) > points.max(initial=0.0):
        at = int(numbers.argmax())
        return Stuck("number", names[at], float(numbers[at]))
    at = int(points.argmax())
    item = grid.items[grid.item_of[at]]
    where = (item.stage, grid.teams[grid.team_of[at]], item.block, item.item)
    return Stuck("points", ".".join(where), float(points[at]))
