"""What is said of chances of several options together: dice and doubts of those whose column is shown."""

import pytest

import sim
from sim.findings.chances import chances
from tests.helpers import quiet, stage

EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0, "noise": 0.0}}
STRONG = {"effect": 30.0}


def found(keep, doubts=None):
    """Two teams that nothing tells apart beside one that always wins."""
    stages = [stage(1, EXAM, cut={"keep": {"choice": keep}})]
    teams = {"a": {}, "b": {}, "first": STRONG}
    scenario = quiet(teams, stages, capability={"stage_spread": 4.0}, doubts=doubts or {})
    return chances(sim.run(scenario, 400).alternatives)


@pytest.mark.parametrize("keep", [[3, 2], [2, 3]])
def test_the_dice_are_those_of_the_least_exact_option(keep):
    """Keep 3 takes nobody for certain; keep 2 takes one of two with a chance of a half."""
    told = found(keep)
    assert told.dice == pytest.approx(1.96 * (0.25 / 400) ** 0.5, rel=0.05)


def test_a_doubt_is_told_of_the_option_that_it_moves_most():
    """Under keep 3 nobody leaves whatever the doubt; under keep 2 the weak one always does."""
    told = found([3, 2], {"teams.a.effect": [-40, 40]})
    assert told.default.name == "keep 3"
    assert told.most_doubted == pytest.approx(0.5, abs=0.1)
