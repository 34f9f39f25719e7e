"""Moves of particles; each leaves the law given the facts as it is.

Along a line the law is a normal law between two ends, and is drawn exactly (hit-and-run). Uncertain numbers
take a random step in probability while points stay, and it is accepted or not (Metropolis). All particles
move at once, each by its own luck.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from sim.forecast.gaussian import (
    Precision,
    log_density,
    precision,
    product,
    truncated_normal,
    weigh_teams,
)
from sim.forecast.luck import Luck
from sim.forecast.posterior import Posterior
from sim.model.draws import Floats

_SCALE_SD, _SCALES = 0.15, (0.1, 0.3, 1.0)
"""Spread of the logarithm of a scale move, and by how much of it one is made."""

_STEPS_ACROSS = (0.1, 0.3, 1.0)
"""Spread of a step across the ends of what can be given, in that of the point."""

_STRENGTH_SHARE = 0.25
"""How often a number on which strength depends is moved: that takes the engine, and matters little."""

_HELD = 1e-9
"""Points by which rounding may miss a fact."""

_EDGE = 2.0**-53
"""A uniform is never 0 or 1."""


@dataclass(frozen=True)
class Population:
    """Particles, and their law."""

    uniforms: Floats  # (particles, numbers)
    points: Floats  # (particles, places)
    combination: np.ndarray  # (particles,)
    strength: Floats  # (particles, stages, teams)
    mean: Floats  # (particles, places)
    precision: Precision
    weighted: Floats  # (particles, teams, items): what points are from their mean, by `weigh_teams`
    log_density: Floats  # (particles,)

    def take(self, at: np.ndarray) -> Population:
        """The particles at these positions."""
        return Population(
            self.uniforms[at],
            self.points[at],
            self.combination[at],
            self.strength[at],
            self.mean[at],
            self.precision.take(at),
            self.weighted[at],
            self.log_density[at],
        )


def weigh(
    posterior: Posterior, uniforms: Floats, points: Floats, combination: np.ndarray, strength: Floats
) -> Population:
    """Particles with the law that their uncertain numbers give."""
    law = posterior.prior.law(uniforms, strength)
    mean, found = posterior.prior.grid.flat(law.mean), precision(law, posterior.patterns)
    return _with_density(
        posterior, Population(uniforms, points, combination, strength, mean, found, points, points)
    )


def _with_density(posterior: Posterior, population: Population) -> Population:
    """The density of particles worked out anew."""
    deviation = posterior.prior.grid.spread(population.points - population.mean)
    weighted = weigh_teams(population.precision, posterior.patterns, deviation)
    density = log_density(population.precision, posterior.patterns, deviation, weighted)
    return replace(population, weighted=weighted, log_density=density)


def move_along(
    posterior: Posterior,
    population: Population,
    direction: Floats,
    cell: np.ndarray,
    luck: Luck,
    slack: Floats | float = 0.0,
    cell_slack: Floats | float = 0.0,
) -> Population:
    """Move each particle along its direction, (particles, places), within its facts and its cell."""
    constraints, combination = posterior.constraints, population.combination
    direction = constraints.keep_leaders(direction, cell, combination)
    ends = constraints.interval(population.points, direction, cell, combination, slack, cell_slack)
    return _draw_on_line(posterior, population, direction, ends, luck)


def move_single(posterior: Posterior, population: Population, place: int, luck: Luck) -> Population:
    """Move one point of each particle alone; it may enter or leave the ends of what can be given."""
    constraints, combination = posterior.constraints, population.combination
    direction = np.zeros_like(population.points)
    direction[:, place] = ~constraints.is_leading(combination)[:, place]
    ends = constraints.single_interval(population.points, place, combination)
    return _draw_on_line(posterior, population, direction, ends, luck)


def _draw_on_line(
    posterior: Posterior, population: Population, direction: Floats, ends: tuple[Floats, Floats], luck: Luck
) -> Population:
    """Draw anew where each particle is on its line, between `ends`."""
    line = _line(posterior, population, direction)
    step = truncated_normal(luck.uniform(line.sd.shape), line.mean, line.sd, *ends)
    return _move_on(population, line, step)


class _Line(NamedTuple):
    """A line through each particle, and the normal law of where on it the particle is."""

    direction: Floats  # (particles, places)
    weighted: Floats  # (particles, teams, items)
    curvature: Floats  # (particles,); 0 where nothing moves
    slope: Floats  # (particles,)

    @property
    def sd(self) -> Floats:
        """(particles,); 1 where nothing moves."""
        return 1 / np.sqrt(np.where(self.curvature > 0, self.curvature, 1.0))

    @property
    def mean(self) -> Floats:
        """(particles,)."""
        return -self.slope * self.sd**2


def _line(posterior: Posterior, population: Population, direction: Floats) -> _Line:
    along = posterior.prior.grid.spread(direction)
    weighted = weigh_teams(population.precision, posterior.patterns, along)
    curvature = product(population.precision, along, weighted, weighted)
    slope = product(population.precision, along, weighted, population.weighted)
    return _Line(direction, weighted, curvature, slope)


def _move_on(population: Population, line: _Line, step: Floats) -> Population:
    """Move particles by `step`, (particles,), of their lines; none where nothing moves."""
    step = np.where((line.curvature <= 0) | ~np.isfinite(step), 0.0, step)
    return replace(
        population,
        points=population.points + step[:, None] * line.direction,
        weighted=population.weighted + step[:, None, None] * line.weighted,
        log_density=population.log_density - step * line.slope - 0.5 * step**2 * line.curvature,
    )


def move_between(posterior: Posterior, population: Population, direction: Floats, luck: Luck) -> Population:
    """Move each particle along `direction`, (particles, places), in its own combination or in another one.

    Another is drawn by lot; which of the two it is, and then where on the line, is drawn from the law given
    the line. So those who may be first or last change places in their right proportion.
    """
    constraints, combination, size = posterior.constraints, population.combination, len(population.points)
    other = np.floor(luck.uniform((size,)) * constraints.combinations).astype(int)
    cell = constraints.cell(population.points)
    along = constraints.keep_leaders(direction, cell, combination)
    line = _line(posterior, population, along)
    here = constraints.interval(population.points, along, cell, combination)
    there = constraints.interval_of_other(population.points, along, cell, other)
    possible = constraints.have_same_leaders(combination, other) & (other != combination)
    stay, change = _mass(line, *here), np.where(possible, _mass(line, *there), 0.0)
    changes = luck.uniform((size,)) * (stay + change) < change
    low, high = (np.where(changes, of_other, own) for of_other, own in zip(there, here, strict=True))
    step = truncated_normal(luck.uniform((size,)), line.mean, line.sd, low, high)
    changes &= np.isfinite(step) & (line.curvature > 0)
    moved = _move_on(population, line, step)
    return replace(moved, combination=np.where(changes, other, combination))


def _mass(line: _Line, low: Floats, high: Floats) -> Floats:
    """The probability between two ends of a line, (particles,); 0 where they are out of order."""
    from scipy.special import ndtr  # slow to load, and no run without facts needs it

    ends = [(end - line.mean) / line.sd for end in (low, high)]
    # Far out on the right the difference of two numbers near 1 is lost: look from the other side.
    right = ends[0] > 0
    low, high = np.where(right, -ends[1], ends[0]), np.where(right, -ends[0], ends[1])
    return np.maximum(ndtr(high) - ndtr(low), 0.0)


def move_across(
    posterior: Posterior, population: Population, direction: Floats, place: int, luck: Luck
) -> Population:
    """Let one point take a random step across the ends of what can be given.

    All others go along `direction`, (particles, places), as far as what is printed of the first changes: so
    facts about both hold on either side. Sheared like this, volume stays what it is.
    """
    constraints, size = posterior.constraints, len(population.points)
    pivot = direction[:, place]
    scale = posterior.point_unit[place] * _STEPS_ACROSS[luck.below(len(_STEPS_ACROSS))]
    step = scale * luck.normal((size,))
    moves = np.abs(pivot) > 1e-9 * np.abs(direction).max(1, initial=0.0)
    moved = population.points[:, place] + np.where(moves, step, 0.0)
    printed = np.clip(moved, 0, constraints.maximum[place]) - constraints.clipped(population.points)[:, place]
    along = printed / np.where(moves, pivot, 1.0)
    points = population.points + along[:, None] * direction
    points[:, place] = moved
    may = moves & (constraints.worst(points, population.combination) <= _HELD)
    return _accept_points(posterior, population, points, may, 0.0, luck)


def _accept_points(
    posterior: Posterior,
    population: Population,
    points: Floats,
    may: np.ndarray,
    volume: Floats | float,
    luck: Luck,
) -> Population:
    """Accept proposed points, or not (Metropolis); `volume` is the log of by how much volume grew."""
    moved = _with_density(posterior, replace(population, points=points))
    ratio = moved.log_density - population.log_density + volume
    accepted = may & (np.log(luck.uniform((len(points),))) < ratio)
    return replace(
        population,
        points=np.where(accepted[:, None], points, population.points),
        weighted=np.where(accepted[:, None, None], moved.weighted, population.weighted),
        log_density=np.where(accepted, moved.log_density, population.log_density),
    )


def move_scale(
    posterior: Posterior, population: Population, luck: Luck, aim: float | None = None
) -> Population:
    """Multiply all points of each block that is rescaled to its leader: after scaling they are the same.

    Nothing else moves the leader's total, or takes it beyond the maximum and back. `aim` is the violation
    that is allowed on the way to the facts; None: all hold.
    """
    constraints, combination = posterior.constraints, population.combination
    for block in constraints.rescaled:
        size = len(population.points)
        step = _SCALE_SD * _SCALES[luck.below(len(_SCALES))] * luck.normal((size,))
        cell = None if aim is None else constraints.assumed_cell(combination)
        points, volume = constraints.grow(population.points, block, combination, np.exp(step), cell)
        if aim is None:
            may = constraints.worst(points, combination) <= _HELD
        else:
            may = posterior.missed(points, combination).max(1) <= aim + _HELD
            may &= posterior.holds_imposed(points, combination)
        population = _accept_points(posterior, population, points, may, volume, luck)
    return population


def move_numbers(posterior: Posterior, population: Population, luck: Luck, step: float) -> Population:
    """Let uncertain numbers take a random step, or draw those anew on which only strength depends."""
    numbers, size = posterior.prior.numbers, len(population.points)
    of_strength = bool(numbers.of_strength) and (
        not numbers.of_points or float(luck.uniform((1,))[0]) < _STRENGTH_SHARE
    )
    uniforms = population.uniforms.copy()
    if of_strength:  # points say so little of these that a draw from their prior is mostly accepted
        among = np.array(numbers.of_strength)
        which = among[luck.choose(len(among), -(-len(among) // 3))]
        uniforms[:, which] = luck.uniform((size, len(which)))
    elif numbers.of_points:
        among = np.array(numbers.of_points)
        which = among[luck.choose(len(among), min(1 + luck.below(3), len(among)))]
        moved = (uniforms[:, which] + step * luck.normal((size, len(which)))) % 2  # reflected at 0 and 1
        uniforms[:, which] = np.clip(np.where(moved > 1, 2 - moved, moved), _EDGE, 1 - _EDGE)
    else:
        return population
    strength = posterior.prior.strength(uniforms) if of_strength else population.strength
    found = weigh(posterior, uniforms, population.points, population.combination, strength)
    accepted = np.log(luck.uniform((size,))) < found.log_density - population.log_density
    return Population(
        np.where(accepted[:, None], found.uniforms, population.uniforms),
        population.points,
        population.combination,
        np.where(accepted[:, None, None], found.strength, population.strength),
        np.where(accepted[:, None], found.mean, population.mean),
        found.precision.where(accepted, population.precision),
        np.where(accepted[:, None, None], found.weighted, population.weighted),
        np.where(accepted, found.log_density, population.log_density),
    )
