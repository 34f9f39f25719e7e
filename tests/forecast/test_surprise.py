"""How far a fact lies from what the others predict, against conditional normal laws."""

import numpy as np
import pytest

from sim.forecast.island import Effort, play_island
from sim.forecast.posterior import Posterior
from sim.forecast.prior import Prior
from sim.forecast.rows import evidence
from sim.forecast.surprise import surprises
from tests.forecast.closed import BENCHMARK, EXACT, S_A, S_H, programme

NOISE = 2.0
WHOLE = 2 * (S_A**2 + S_H**2 + NOISE**2)  # the variance of the difference of two teams at a stage
SHARED = 2 * S_A**2
EFFORT = Effort(islands=1, particles=100, lines=20, singles=10, numbers=10)


def found(facts, points=None, effort=EFFORT, islands=1):
    """Surprises by fact, of each island."""
    scenario = programme("AB", facts, points or {**BENCHMARK, "noise": NOISE})
    posterior = Posterior(Prior(scenario), evidence(scenario))
    played = [play_island(posterior, 3, number, effort) for number in range(islands)]
    return [{name.fact: sd for name, sd in surprises(posterior, [island])} for island in played]


@pytest.mark.parametrize("sd", [1.0, 3.9, 4.5])
def test_a_fact_is_as_far_as_its_conditional_law_says(sd):
    """A was 10.0 ahead at stage 1; at stage 2 it is behind, by as much as makes it so many deviations."""
    mean, left = 10.0 * SHARED / WHOLE, np.sqrt(WHOLE - SHARED**2 / WHOLE)
    second = {"of": "b", "gap": sd * left - mean, "first": "B", "within": EXACT}
    first = {"of": "b", "gap": 10.0, "first": "A", "within": EXACT}
    (by_fact,) = found([{"one": first}, {"two": second}])
    assert by_fact["s2.two"] == pytest.approx(sd, rel=1e-5)


def test_a_fact_is_as_far_as_the_nearer_end_of_what_it_says():
    first = {"of": "b", "gap": 10.0, "first": "A", "within": EXACT}
    mean, left = 10.0 * SHARED / WHOLE, np.sqrt(WHOLE - SHARED**2 / WHOLE)
    (by_fact,) = found([{"one": first}, {"two": {"of": "b", "first": "A"}}])
    assert by_fact["s2.two"] == 0
    (by_fact,) = found([{"one": first}, {"two": {"of": "b", "first": "B"}}])
    assert by_fact["s2.two"] == pytest.approx(mean / left, rel=1e-5)
    (by_fact,) = found([{"one": first}, {"two": {"of": "b", "gap": 8.0, "first": "B", "within": [-3, 3]}}])
    assert by_fact["s2.two"] == pytest.approx((mean + 5.0) / left, rel=1e-5)


def test_particles_stand_for_what_is_known_without_the_fact():
    """How large noise is, is learnt from the fact alone; its prediction has the noise of the prior."""
    low, high = 0.5, 8.0
    points = {**BENCHMARK, "noise": {"uniform": [low, high]}}
    fact = {"of": "b", "gap": 14.0, "first": "A", "within": EXACT}
    by_island = found([{"one": fact}], points, Effort(1, 1_000, 60, 10, 60), islands=12)
    values = np.array([each["s1.one"] for each in by_island])
    mean_square = (high**3 - low**3) / 3 / (high - low)
    expected = 14.0 / np.sqrt(2 * (S_A**2 + S_H**2 + mean_square))
    assert abs(values.mean() - expected) < 4 * values.std(ddof=1) / np.sqrt(len(values))


def test_facts_that_predict_are_as_sure_as_they_are_told():
    """What A was ahead at stage 1 is known within 8 points either way: a uniform law of that variance."""
    first = {"of": "b", "gap": 10.0, "first": "A", "within": [-8, 8]}
    second = {"of": "b", "gap": 20.0, "first": "B", "within": EXACT}
    (by_fact,) = found([{"one": first}, {"two": second}])
    given = WHOLE + 16**2 / 12
    mean, left = 10.0 * SHARED / given, np.sqrt(WHOLE - SHARED**2 / given)
    assert by_fact["s2.two"] == pytest.approx((20.0 + mean) / left, rel=1e-5)
