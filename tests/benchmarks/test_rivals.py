"""A benchmark against a wrong script is worthless: the scripts written by hand play what the engines play."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import plain_numpy, plain_simpy
from benchmarks.check import differing
from sim.engines import batch
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import load

PLAN = Path(__file__).resolve().parents[2] / "scenarios" / "k-ai-2025-plan.yaml"
STAGES = ("stage-1", "stage-2", "stage-3")
BLOCKS = ("benchmark", "experts", "users")

MANY = 40_000
"""Replications of each side: a chance is then known to a quarter of a percentage point."""

FAR = 4.5
"""Standard errors that no chance of five is off by with a chance of one in 30,000."""


def engine_fates(seed, start, stop):
    outcomes = batch.play_batch(load(PLAN), Draws(seed), start, stop)
    return np.stack([stage.fate for stage in outcomes.stages], axis=1)


def test_the_simpy_script_has_the_fates_of_the_batch_engine_in_every_replication():
    expected = engine_fates(7, 0, 500)
    np.testing.assert_array_equal(plain_simpy.play(Draws(7), 0, 500), expected)
    # The comparison sees every fate of a programme without entries.
    assert set(expected.ravel().tolist()) == set(Fate) - {Fate.NOT_ENTERED}


def test_the_simpy_script_plays_any_range_of_replications_alone():
    np.testing.assert_array_equal(plain_simpy.play(Draws(7), 333, 350), engine_fates(7, 333, 350))


def test_a_simpy_script_with_one_wrong_number_would_be_found(monkeypatch):
    scenario, source = load(PLAN), Draws(7)
    assert differing(scenario, source, 100) == 0
    monkeypatch.setattr(plain_simpy, "FOLLOWS", 0.5)
    assert differing(scenario, source, 100) > 0


def test_a_tie_in_points_falls_to_the_same_team(monkeypatch):
    """Blocks that always give their maximum tie everyone, so that the keyed draw decides alone."""
    plan = load(PLAN, {f"stages.{s}.points.{b}.mean": 1000.0 for s in STAGES for b in BLOCKS})
    monkeypatch.setattr(plain_simpy, "points", lambda *_: (40.0, 35.0, 25.0))
    assert differing(plan, Draws(7), 200) == 0


@pytest.fixture(scope="module")
def selected():
    return batch.play_batch(load(PLAN), Draws(7), 0, MANY).selected


def standard_errors_apart(selected):
    """By how many the NumPy script's chances of selection differ from the engine's, (teams,)."""
    one, other = selected.mean(axis=0), plain_numpy.play(7, MANY).mean(axis=0)
    return (one - other) / np.sqrt((one * (1 - one) + other * (1 - other)) / MANY)


def test_the_numpy_script_has_the_engines_chances(selected):
    assert np.all(np.abs(standard_errors_apart(selected)) < FAR)


@pytest.mark.parametrize(
    ("name", "wrong"), [("BENCHMARK_NOISE", 0.5), ("GATE_RISK", 0.25), ("POOL", 1500), ("RESTART", 20.0)]
)
def test_a_numpy_script_with_one_wrong_number_would_be_found(monkeypatch, selected, name, wrong):
    monkeypatch.setattr(plain_simpy, name, wrong)
    assert np.any(np.abs(standard_errors_apart(selected)) > FAR)


def test_the_numpy_script_selects_at_most_two():
    chosen = plain_numpy.play(1, 2000).sum(axis=1)
    assert chosen.max() == 2
    assert chosen.min() < 2  # where the gate takes more than the cut would
