"""Moves one by one: what each leaves as it is, and where it can lead."""

import numpy as np

from sim.forecast.luck import Luck
from sim.forecast.moves import move_between, move_scale, weigh
from sim.forecast.posterior import Posterior
from sim.forecast.prior import Prior
from sim.forecast.rows import evidence
from tests.forecast.closed import BENCHMARK, S_A, S_H, programme

USERS = {"max": 25, "mean": 26, "spread": 2.7, "noise": 1.1, "rescale": "leader"}


def test_on_the_way_to_the_facts_a_leader_comes_back_with_its_whole_block():
    """Points beyond what can be given are taken as they are until they are where they should be."""
    fact = {"f": {"of": "b", "points": {"B": 20.0}, "first": "A"}}
    scenario = programme("AB", [fact], USERS)
    posterior = Posterior(Prior(scenario), evidence(scenario))
    size = 200
    uniforms = np.full((size, len(posterior.prior.numbers.all)), 0.5)
    points = np.tile([28.0, 0.8 * 28.0], (size, 1))
    combination = np.zeros(size, dtype=int)
    population = weigh(posterior, uniforms, points, combination, posterior.prior.strength(uniforms))
    assert posterior.holds_imposed(points, combination).all()
    luck = Luck(1, 0, "move")
    for _ in range(60):
        population = move_scale(posterior, population, luck, aim=5.0)
    assert posterior.holds_imposed(population.points, combination).all()
    assert len(np.unique(population.points[:, 0])) > 0.9 * size
    assert (population.points[:, 0] < 25).any()


def test_who_may_be_first_is_drawn_anew_in_the_right_proportion():
    """All begin with A ahead by 8.0 at stage 1; at stage 2 it was ahead by 6.0, which makes that likelier."""
    facts = [{"g": {"of": "b", "gap": 8.0}}, {"g": {"of": "b", "gap": 6.0, "first": "A"}}]
    scenario = programme("AB", facts, {**BENCHMARK, "noise": 1.0})
    posterior = Posterior(Prior(scenario), evidence(scenario))
    size, luck = 4_000, Luck(2, 0, "move")
    uniforms = np.full((size, len(posterior.prior.numbers.all)), 0.5)
    points = np.tile(_at(posterior, dict(zip(STAGES, (104, 96, 103, 97), strict=True))), (size, 1))
    combination = np.flatnonzero(posterior.constraints.worst(np.repeat(points[:1], 2, 0), np.arange(2)) == 0)
    assert len(combination) == 1
    population = weigh(
        posterior, uniforms, points, np.repeat(combination, size), posterior.prior.strength(uniforms)
    )
    for _ in range(300):
        a, b, both = luck.normal((3,))  # at stage 2 both teams move together, so that their gap may stay
        direction = np.tile(_at(posterior, dict(zip(STAGES, (a, b, both, both), strict=True))), (size, 1))
        population = move_between(posterior, population, direction, luck)
    assert (posterior.constraints.worst(population.points, population.combination) <= 1e-9).all()
    # Differences of A and B at both stages, the second of which is 6.
    variance, shared = 2 * (S_A**2 + S_H**2 + 1.0), 2 * S_A**2
    mean, left = 6.0 * shared / variance, variance - shared**2 / variance
    odds = np.exp(2 * 8.0 * mean / left)
    chance = odds / (1 + odds)
    share = (population.combination == combination[0]).mean()
    assert abs(share - chance) < 4 * np.sqrt(chance * (1 - chance) / size)


STAGES = (("s1", "A"), ("s1", "B"), ("s2", "A"), ("s2", "B"))


def _at(posterior, points):
    grid = posterior.prior.grid
    places = zip(grid.item_of.tolist(), grid.team_of.tolist(), strict=True)
    return np.array([points[grid.items[i].stage, grid.teams[t]] for i, t in places], dtype=float)
