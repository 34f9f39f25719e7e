"""A benchmark against a wrong script is worthless: the plain script plays what the engines play."""

from pathlib import Path

import numpy as np

from benchmarks import plain_simpy
from benchmarks.check import differing
from sim.engines import batch
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import load

PLAN = Path(__file__).resolve().parents[2] / "scenarios" / "k-ai-2025-plan.yaml"
STAGES = ("stage-1", "stage-2", "stage-3")
BLOCKS = ("benchmark", "experts", "users")


def engine_fates(seed, start, stop):
    outcomes = batch.play_batch(load(PLAN), Draws(seed), start, stop)
    return np.stack([stage.fate for stage in outcomes.stages], axis=1)


def test_the_plain_script_has_the_fates_of_the_batch_engine_in_every_replication():
    expected = engine_fates(7, 0, 500)
    np.testing.assert_array_equal(plain_simpy.play(Draws(7), 0, 500), expected)
    # The comparison sees every fate of a programme without entries.
    assert set(expected.ravel().tolist()) == set(Fate) - {Fate.NOT_ENTERED}


def test_the_plain_script_plays_any_range_of_replications_alone():
    np.testing.assert_array_equal(plain_simpy.play(Draws(7), 333, 350), engine_fates(7, 333, 350))


def test_a_script_with_one_wrong_number_would_be_found(monkeypatch):
    scenario, source = load(PLAN), Draws(7)
    assert differing(scenario, source, 100) == 0
    monkeypatch.setattr(plain_simpy, "FOLLOWS", 0.5)
    assert differing(scenario, source, 100) > 0


def test_a_tie_in_points_falls_to_the_same_team(monkeypatch):
    """Blocks that always give their maximum tie everyone, so that the keyed draw decides alone."""
    plan = load(PLAN, {f"stages.{s}.points.{b}.mean": 1000.0 for s in STAGES for b in BLOCKS})
    monkeypatch.setattr(plain_simpy, "points", lambda items, *_: float(sum(top for top, *_ in items)))
    assert differing(plan, Draws(7), 200) == 0
