"""What teams train on their own GPUs before grants arrive: worked out once where all stages say the same."""

from dataclasses import replace

import numpy as np
import pytest

from sim.engines import batch, event
from sim.engines.evaluation import rate_of_training
from sim.engines.inputs import prepare
from sim.model.compute import FaultInputs
from sim.model.draws import Draws
from sim.scenario import load
from tests.engines.agree import first_difference

SIZE = 30
BLUE = 1
NO_FAULTS = {"faults.per_node_day": 0}
LATE = {"stages.first.grants.delay": 20, "stages.second.grants.delay": {"uniform": [10, 40]}}


@pytest.mark.parametrize("name", ["minimal", "k-ai-2025-plan", "late-gpus", "fault-tolerance"])
def test_it_is_the_rate_without_any_grant(name):
    inputs = prepare(load(name), Draws(1), 0, SIZE)
    alone = rate_of_training(inputs, inputs.common.own, np.zeros_like(inputs.common.own))
    assert alone.any()
    np.testing.assert_array_equal(inputs.own_rate, alone)


def test_it_follows_the_faults_and_is_kept():
    inputs = prepare(load("minimal"), Draws(1), 0, SIZE)
    assert inputs.own_rate is inputs.own_rate
    often = FaultInputs(inputs.faults.rate * 1000, inputs.faults.restart, inputs.faults.write, None)
    assert (replace(inputs, faults=often).own_rate < inputs.own_rate)[:, 1:].all()


def test_a_stage_with_own_gpus_of_its_own_trains_on_no_others():
    """By hand: 128 GPUs less for the whole window, whenever the grants arrive."""
    plays = []
    for own in (256, 128):
        scenario = load("minimal", LATE | NO_FAULTS | {"stages.second.own": {"blue": {"B200": own}}})
        plays.append(batch.play_batch(scenario, Draws(1), 0, SIZE))
        by_events = event.play_events(scenario, Draws(1), 0, SIZE)
        assert first_difference(scenario, by_events, plays[-1]) is None
    as_in_file = batch.play_batch(load("minimal", LATE | NO_FAULTS), Draws(1), 0, SIZE)
    many, few, file = (play.stages[1].compute[:, BLUE] for play in (*plays, as_in_file))
    np.testing.assert_array_equal(many, file)
    inputs = prepare(scenario, Draws(1), 0, SIZE)
    days = inputs.stages[1].days
    less = 128 * inputs.speed[:, 0, BLUE] * (days.closes - days.opens)[:, BLUE]
    there = many > 0
    assert there.any()
    np.testing.assert_allclose((many - few)[there], np.broadcast_to(less, (SIZE,))[there], rtol=1e-12)
