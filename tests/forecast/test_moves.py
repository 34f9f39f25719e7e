"""Moves one by one: what each leaves as it is, and where it can lead."""

import numpy as np

from sim.forecast.luck import Luck
from sim.forecast.moves import move_scale, weigh
from sim.forecast.posterior import Posterior
from sim.forecast.prior import Prior
from sim.forecast.rows import evidence
from tests.forecast.closed import programme

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
