"""What the hash of a past leaves out: whatever makes no points."""

from pathlib import Path

import pytest

import sim
from sim.forecast.island import FULL
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
