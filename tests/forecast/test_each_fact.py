"""How chances change without each fact, against inferring anew without it and a law that is known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from sim.execute.case import Case
from sim.execute.inference import infer, infer_again
from sim.execute.runner import Runner
from sim.forecast.island import AGAIN, Effort
from sim.scenario.evidence import leave_out
from sim.studies.evidence import play_each_fact
from tests.forecast.closed import BENCHMARK, S_A, S_H, conditioned, of_latents, programme

EFFORT = Effort(islands=12, particles=200, lines=200, singles=50, numbers=10)
FACTS = [{"one": {"of": "b", "gap": 6.0, "first": "A"}}, {"two": {"of": "b", "gap": 9.0}}]


@pytest.fixture(scope="module")
def case():
    return Case(programme("AB", FACTS, {**BENCHMARK, "noise": 1.0}), 5, "batch", effort=EFFORT)


def test_changes_are_those_of_the_conditional_law(case):
    """Of two teams; who was 9.0 ahead at stage 2 is known to nobody, whether A was at stage 1 or not."""
    effects = {effect.fact: effect.changes for effect in play_each_fact(case, ["A", "B"], Runner(jobs=1))}
    assert set(effects) == {"s1.one", "s2.two"}
    without = {"s1.one": 0.5, "s2.two": _chance_of_a([("s1", 6.0)])}
    both = _chance_with_both()
    for fact, chance in without.items():
        for team, sign in (("A", 1), ("B", -1)):
            found = effects[fact][team]
            # `low` and `high` are 2.2 standard errors away, by 11 degrees of freedom.
            error = (found.high - found.low) / (2 * 2.201)
            assert abs(found.change - sign * (chance - both)) < 4 * error
    assert effects["s1.one"]["A"].shows


def _chance_of_a(ahead):
    """The chance that A leaves at the stage ahead, given by how much it was ahead."""
    mean, spread, _ = _conditioned(ahead)
    return float(ndtr(-mean / np.sqrt(spread)))


def _chance_with_both():
    density, chance = [], []
    for second in (9.0, -9.0):
        mean, spread, log = _conditioned([("s1", 6.0), ("s2", second)])
        density.append(np.exp(log))
        chance.append(ndtr(-mean / np.sqrt(spread)))
    return float(np.dot(density, chance) / np.sum(density))


def _conditioned(ahead):
    """Mean and variance of what A is ahead at the last stage, and the log density of what is known."""
    passing = 2 * (S_H**2 + 1.0)
    latents = {"a": 2 * S_A**2, "s1": passing, "s2": passing, "s3": passing}
    covariance = of_latents(latents, **{s: {"a": 1, s: 1} for s in ("s1", "s2", "s3")})
    rows = np.array([[float(s == each) for s in ("s1", "s2", "s3")] for each, _ in ahead])
    mean, spread, log = conditioned(np.zeros(3), covariance, rows, [value for _, value in ahead])
    return mean[2], spread[2, 2], log


def test_particles_that_forget_a_fact_are_the_same_whoever_plays_them(case):
    known = infer(case, Runner(jobs=1))
    less = replace(case, scenario=leave_out(case.scenario, ["one"]), effort=replace(AGAIN, islands=12))
    (here,) = infer_again(known, [less], Runner(jobs=1))
    assert all((island.worst <= 1e-6) for island in here.islands)
    ways = np.concatenate([island.combination for island in here.islands])
    assert set(ways) == {0, 1}  # at stage 2 either team was ahead, and particles pass from one to the other


def test_a_scenario_with_one_fact_has_nothing_to_leave_out():
    alone = Case(programme("AB", [FACTS[0]]), 5, "batch", effort=EFFORT)
    assert play_each_fact(alone, ["A"], Runner(jobs=1)) == []
