"""An island: particles that are brought to all facts together, and then mixed.

Sequential Monte Carlo with rejuvenation (Del Moral, Doucet & Jasra 2006): particles are drawn from the prior
and put onto the narrow facts; then the largest violation of all others is shrunk to its median, level by
level, and particles move within it; in the end they move with all facts exact. A particle depends on its
fellows, so that the island is the unit: a function of the scenario, its facts, the seed and its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.forecast.directions import Directions
from sim.forecast.gaussian import covariance_of_places
from sim.forecast.luck import Luck
from sim.forecast.moves import (
    Population,
    move_across,
    move_along,
    move_between,
    move_numbers,
    move_scale,
    move_single,
    weigh,
)
from sim.forecast.narrow import impose
from sim.forecast.posterior import Posterior
from sim.model.draws import Draws, Floats, Key, Purpose

ISLANDS = 8
"""Islands of a forecast: how they differ is what its dice are."""

PARTICLES = 500
"""Particles of an island."""

LINES, SINGLES, NUMBERS = 2_000, 500, 200
"""Moves after the last level: along lines, of single points, and of uncertain numbers."""

_LINES_A_LEVEL, _NUMBERS_A_LEVEL = 30, 2
_MOST_LEVELS = 200
_MET = 1e-12
_STEPS = (0.05, 0.2, 0.5)
"""Standard deviations of a move of an uncertain number, as a part of its range of probability."""


UNIFORM, POINT = 2.0**-16, 2.0**-22
"""What uniforms and points are rounded to; a point to a tenth of what a fact may be missed by."""


class StuckError(ValueError):
    """An island does not come to the facts; says to which, and what to do."""


class Island(NamedTuple):
    """Particles of the past, all of the same weight.

    Uniforms and points have few binary digits, so that they take little room in a file.
    """

    uniforms: Floats  # (particles, numbers) of the uncertain numbers
    points: Floats  # (particles, places) before clipping
    combination: np.ndarray  # (particles,)
    log_evidence: float
    levels: int
    worst: float  # violation, points


@dataclass(frozen=True)
class Effort:
    """How much is done to infer a past."""

    islands: int = ISLANDS
    particles: int = PARTICLES  # of each
    lines: int = LINES
    singles: int = SINGLES
    numbers: int = NUMBERS


FULL = Effort()
"""For a forecast."""

BRIEF = Effort(islands=2, particles=250, lines=1_000, singles=250, numbers=100)
"""For what is set beside a forecast, as the ends of doubts are: no dice are told of it. Smaller islands would
lose their variety on the way to the facts."""


AGAIN = Effort(lines=500, singles=125, numbers=100)
"""For particles that know a fact less than before."""


def play_island(posterior: Posterior, seed: int, number: int, effort: Effort = FULL) -> Island:
    """Return the particles of an island. Raises `StuckError` where they do not come to the facts."""
    luck = Luck(seed, number, "move")
    population, log_evidence = _start(posterior, seed, number, effort.particles, luck)
    directions = Directions(
        posterior.constraints, posterior.facts, posterior.prior.grid, posterior.covariance
    )
    population, levels, shrunk = _shrink(posterior, population, directions, luck)
    population = _mix(posterior, population, directions, luck, effort)
    constraints, points, combination = posterior.constraints, population.points, population.combination
    # Levels lead to the facts in one cell of clipping; moves then find the others.
    share = (constraints.cell(points) == constraints.assumed_cell(combination)).all(1).mean()
    log_evidence += shrunk - float(np.log(max(share, 1 / effort.particles)))
    return _island(posterior, population, log_evidence, levels)


def mix_again(posterior: Posterior, island: Island, seed: int, number: int, effort: Effort) -> Island:
    """Return the particles of an island that knew more, after moves by which they forget what they need not.

    All facts of `posterior` hold of them already. What their evidence is, they cannot tell.
    """
    luck = Luck(seed, number, "again")
    combination = posterior.constraints.nearest_combination(island.points)
    strength = posterior.prior.strength(island.uniforms)
    population = weigh(posterior, island.uniforms, island.points, combination, strength)
    directions = Directions(
        posterior.constraints, posterior.facts, posterior.prior.grid, posterior.covariance
    )
    return _island(posterior, _mix(posterior, population, directions, luck, effort), float("nan"), 0)


def _island(posterior: Posterior, population: Population, log_evidence: float, levels: int) -> Island:
    """Particles as they are kept."""
    combination = population.combination
    uniforms = (np.floor(population.uniforms / UNIFORM) + 0.5) * UNIFORM
    points = np.rint(population.points / POINT) * POINT
    worst = float(posterior.constraints.worst(points, combination).max(initial=0.0))
    return Island(uniforms, points, combination.astype(np.int16), log_evidence, levels, worst)


def _start(posterior: Posterior, seed: int, number: int, size: int, luck: Luck) -> tuple[Population, float]:
    """Draw particles from the prior, put them onto the narrow facts and resample.

    Also returns the log evidence of these facts.
    """
    prior, grid = posterior.prior, posterior.prior.grid
    keys = [Key(Purpose.PARAMETER, item=name) for name in prior.numbers.all]
    uniforms = Draws(seed).columns(keys, number * size, (number + 1) * size).T
    strength = prior.strength(uniforms)
    law = prior.law(uniforms, strength)
    mean = grid.flat(law.mean)
    covariance = covariance_of_places(law, grid.team_of, grid.item_of, prior.mean_sd)
    points = mean + (np.linalg.cholesky(covariance) @ luck.normal((size, mean.shape[1], 1)))[..., 0]
    combinations = posterior.constraints.combinations
    # Each in turn; of more than there are particles, some by lot, so that evidence is right on average.
    combination = ((np.arange(size) + luck.uniform((1,))) * (combinations / size)).astype(int)
    log_weight = np.zeros(size)
    for c, rows in enumerate(posterior.chosen):
        at = np.flatnonzero(combination == c)
        if len(rows) and len(at):
            u = luck.uniform((len(at), len(rows)))
            given = points[at], mean[at], covariance[at], u
            points[at], log_weight[at] = impose(*given, posterior.facts[c], rows, posterior.constraints, c)
    top = log_weight.max()
    weights = np.exp(log_weight - top)
    # Combinations exclude each other and each was given its part of the particles: their evidence adds up.
    log_evidence = float(top + np.log(weights.mean()) + np.log(combinations))
    ends = np.cumsum(weights) / weights.sum()
    at = np.minimum(np.searchsorted(ends, (luck.uniform((1,)) + np.arange(size)) / size), size - 1)
    found = weigh(posterior, uniforms[at], points[at], combination[at], strength[at])
    return found, log_evidence


def _shrink(
    posterior: Posterior, population: Population, directions: Directions, luck: Luck
) -> tuple[Population, int, float]:
    """Shrink the largest violation to nothing; also return the levels and the log evidence of them."""
    log_evidence, size = 0.0, len(population.points)
    for level in range(_MOST_LEVELS):
        missed = posterior.missed(population.points, population.combination)
        worst = missed.max(1)
        if worst.max() <= _MET:
            return population, level, log_evidence
        aim = 0.0 if (worst <= _MET).mean() > 0.5 else float(np.median(worst))
        kept = np.flatnonzero(worst <= aim + _MET)
        log_evidence += float(np.log(len(kept) / size))
        drawn = np.floor(luck.uniform((size - len(kept),)) * len(kept)).astype(int)
        population = population.take(np.concatenate([kept, kept[drawn]]))
        population = _move_within(posterior, population, directions, luck, aim)
    names = posterior.constraints.names
    name = names[int(missed[:, : len(names)].sum(0).argmax())]
    raise StuckError(
        f"{name.fact} ({name.part}): particles do not come to this fact in {_MOST_LEVELS} levels: leave it "
        "out (--without), widen it with `within`, or take another --seed"
    )


def _move_within(
    posterior: Posterior, population: Population, directions: Directions, luck: Luck, aim: float
) -> Population:
    """Move with no violation larger than `aim`."""
    slack = aim * posterior.unit * posterior.loose
    directions.loosen(slack)
    alive = _alive(posterior, population)
    cell = posterior.constraints.assumed_cell(population.combination)
    cell_slack = aim * posterior.point_unit
    for _ in range(_LINES_A_LEVEL):
        direction = directions.draw(alive, luck)[population.combination]
        population = move_along(posterior, population, direction, cell, luck, slack, cell_slack)
    population = move_scale(posterior, population, luck, aim)
    for _ in range(_NUMBERS_A_LEVEL):
        population = move_numbers(posterior, population, luck, 0.3)
    return population


def _mix(
    posterior: Posterior, population: Population, directions: Directions, luck: Luck, effort: Effort
) -> Population:
    """Move with all facts exact."""
    directions.loosen(np.zeros_like(posterior.unit))
    (size, places), combinations = population.points.shape, posterior.constraints.combinations
    for step in range(effort.lines):
        if combinations > 1 and step % 2 == 0:
            of = np.arange(combinations) == luck.below(combinations)
            direction = np.repeat(directions.draw(of, luck)[of], size, axis=0)
            population = move_between(posterior, population, direction, luck)
        else:
            direction = directions.draw(_alive(posterior, population), luck)[population.combination]
            cell = posterior.constraints.cell(population.points)
            population = move_along(posterior, population, direction, cell, luck)
        if _is_due(step, effort.singles, effort.lines):
            population = move_single(posterior, population, luck.below(places), luck)
            at = np.flatnonzero(direction.any(0))
            if len(at):
                population = move_across(posterior, population, direction, int(at[luck.below(len(at))]), luck)
        if _is_due(step, effort.numbers, effort.lines):
            population = move_scale(posterior, population, luck)
            population = move_numbers(posterior, population, luck, _STEPS[luck.below(len(_STEPS))])
    return population


def _is_due(step: int, times: int, steps: int) -> bool:
    """Whether one of `times` falls on this one of `steps`, evenly."""
    return (step + 1) * times // steps > step * times // steps


def _alive(posterior: Posterior, population: Population) -> np.ndarray:
    return np.bincount(population.combination, minlength=posterior.constraints.combinations) > 0
