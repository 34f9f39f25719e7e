"""How far particles can be trusted: whether islands agree, and on what they agree least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.forecast.island import Island
from sim.forecast.past import Past
from sim.forecast.posterior import Posterior
from sim.model.draws import Floats, Key, Purpose

MOST_R_HAT = 1.05
"""Islands that differ more than this in what the future depends on have not forgotten where they began."""


class Stuck(NamedTuple):
    """What islands agree about least, and Gelman and Rubin's ratio for it."""

    name: str  # of a number; or of team, stage, block and item, as far as it has them
    r_hat: float


class Diagnostics(NamedTuple):
    """What is told of the particles of a past, whatever is asked of their future."""

    particles: int
    islands: int
    levels: int  # the most of any island
    worst: float  # violation of a fact, points
    log_evidence: float  # of all facts together
    # Of uncertain numbers, lasting strengths and tastes: all that the future takes from the past.
    future: Stuck
    points: Stuck  # of printed points


def diagnose(posterior: Posterior, islands: Sequence[Island], past: Past) -> Diagnostics:
    """Return the diagnostics of a past's particles."""
    names, columns = zip(*_future(posterior, past), strict=True)
    return Diagnostics(
        particles=past.size,
        islands=len(islands),
        levels=max(island.levels for island in islands),
        worst=max(island.worst for island in islands),
        log_evidence=log_evidence(islands),
        future=_most_stuck(names, np.stack(columns, axis=-1)),
        points=_most_stuck(
            _place_names(posterior), np.stack([printed_points(posterior, one) for one in islands])
        ),
    )


def log_evidence(islands: Sequence[Island]) -> float:
    """The log evidence of all facts together: islands are right on average in it, not in its logarithm."""
    logs = np.array([island.log_evidence for island in islands])
    return float(logs.max() + np.log(np.exp(logs - logs.max()).mean()))


def printed_points(posterior: Posterior, island: Island) -> Floats:
    """The points of an island as the programme would print them, (particles, places)."""
    clipped = posterior.constraints.clipped(island.points)
    printed: Floats = clipped * posterior.constraints.scale(clipped, island.combination)
    return printed


def _future(posterior: Posterior, past: Past) -> list[tuple[str, Floats]]:
    """What the future takes from the past, by name, (islands, particles)."""
    numbers = [
        (name, past.uniforms[Key(Purpose.PARAMETER, item=name)]) for name in posterior.prior.numbers.all
    ]
    latents = [
        (" ".join(filter(None, (key.team, key.item))), uniforms)
        for key, uniforms in past.uniforms.items()
        if key.purpose in (Purpose.TEAM, Purpose.TASTE)
    ]
    return [(name, uniforms.reshape(-1, past.islands).T) for name, uniforms in [*numbers, *latents]]


def _place_names(posterior: Posterior) -> list[str]:
    grid = posterior.prior.grid
    places = zip(grid.team_of.tolist(), (grid.items[i] for i in grid.item_of.tolist()), strict=True)
    return [f"{item.stage} {grid.teams[t]} {item.block}/{item.item}" for t, item in places]


_FIXED = 1e-3
"""A value whose spread is below this is told by a fact, and not free."""


def _most_stuck(names: Sequence[str], values: Floats) -> Stuck:
    """The value in which islands differ most, of (islands, particles, values)."""
    particles = values.shape[1]
    within = values.var(axis=1, ddof=1).mean(axis=0)
    between = values.mean(axis=1).var(axis=0, ddof=1)
    free = within > _FIXED**2
    ratio = (particles - 1) / particles + between / np.where(free, within, 1.0)
    r_hat = np.where(free, np.sqrt(ratio), 1.0)
    at = int(r_hat.argmax())
    return Stuck(names[at], float(r_hat[at]))
