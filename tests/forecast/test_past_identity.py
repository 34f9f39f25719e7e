"""What the hash of a past leaves out: whatever makes no points."""

from pathlib import Path

import pytest

import sim
from sim.forecast.island import BRIEF, FULL
from sim.forecast.past import past_identity

K_AI = Path(__file__).resolve().parents[2] / "scenarios" / "k-ai.yaml"


def identity(**changes):
    return past_identity(sim.load(K_AI, changes).settled(), 1, FULL)


@pytest.mark.parametrize("price", [9500, {"uniform": [1000, 9500]}])
def test_what_own_gpus_cost_makes_no_points(price):
    assert identity(**{"hardware.B200.own_price": price}) == identity()


def test_how_fast_they_are_does():
    assert identity(**{"hardware.B200.mfu": 0.3}) != identity()


@pytest.mark.parametrize("path", ["stages.stage-3.result", "frontier.date"])
def test_neither_does_the_day_of_a_result_ahead_nor_the_frontier(path):
    assert identity(**{path: "2027-03-01" if "result" in path else "2025-09-01"}) == identity()


def test_neither_does_it_that_a_stage_with_a_result_was_held():
    assert identity(**{"stages.stage-1.held": True}) == identity()


def test_neither_does_the_order_of_facts():
    settled = sim.load(K_AI).settled()
    stage = settled.stages["stage-1"]
    facts = dict(reversed((stage.facts or {}).items()))
    assert list(facts) != list(stage.facts or {})
    turned = stage.model_copy(update={"facts": facts})
    other = settled.model_copy(update={"stages": settled.stages | {"stage-1": turned}})
    assert past_identity(other, 1, FULL) == past_identity(settled, 1, FULL)


def test_the_seed_the_effort_and_each_fact_do():
    settled = sim.load(K_AI).settled()
    stage = settled.stages["stage-1"]
    fewer = stage.model_copy(update={"facts": dict(list((stage.facts or {}).items())[1:])})
    other = settled.model_copy(update={"stages": settled.stages | {"stage-1": fewer}})
    asked = [(settled, 1, FULL), (settled, 2, FULL), (settled, 1, BRIEF), (other, 1, FULL)]
    assert len({past_identity(*each) for each in asked}) == 4
