"""Limits in which the answer is known: no noise, nothing but noise, no faults."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engines import batch, event
from sim.rules.decisions import Fate
from tests.helpers import (
    FLOP_OF_A_GPU_DAY,
    assert_chances,
    both_engines,
    both_engines_often,
    played,
    quiet,
    stage,
)

EFFECTS = [0.3, -0.2, 0.1, -0.1]


def contest(noise, **more):
    blocks = {
        "exam": {"max": 1e6, "mean": 5e5, "per_eci": 1, "noise": noise},
        "jury": {"max": 1e6, "mean": 5e5, "spread": noise, "follows_strength": 0, "noise": noise},
    }
    teams = {f"t{i}": {"effect": effect} for i, effect in enumerate(EFFECTS)}
    return quiet(teams, [stage(1, blocks, cut={"keep": 3})], **more)


@both_engines
def test_without_noise_the_weakest_leaves_always(play):
    outcome = played(play, contest(0.0), 100).stages[0]
    assert np.all((outcome.fate == Fate.OUT_BY_POINTS) == [False, True, False, False])
    assert np.all(outcome.rank == [1, 4, 2, 3])


@both_engines
def test_noise_far_below_the_gaps_changes_nothing(play):
    assert np.all(played(play, contest(1e-3), 1000).stages[0].rank == [1, 4, 2, 3])


@both_engines_often
def test_under_noise_far_above_the_gaps_each_of_k_teams_leaves_once_in_k(play, size):
    outcome = played(play, contest(1e4), size).stages[0]
    assert_chances(outcome.fate == Fate.OUT_BY_POINTS, [1 / len(EFFECTS)] * len(EFFECTS))


@both_engines
def test_without_faults_compute_is_gpus_times_speed_times_time(play):
    points = {"exam": {"max": 100, "mean": 50, "per_eci": 1}}
    scenario = quiet(
        {"lent": {}, "own": {"own": {"H200": 300}, "mfu": {"H200": 0.4}, "main_run_share": 0.3}, "late": {}},
        [stage(1, points, grants={"pool": {"B200": 600, "H200": 60}, "shares": "equal", "delay": 25})],
        hardware={"B200": {"peak": "2.25 PFLOPS", "mfu": 0.2}, "H200": {"peak": 1000, "mfu": 0.35}},
        training={"main_run_share": 0.5},
    )
    compute = played(play, scenario, 1).stages[0].compute[0]
    # 75 of 100 days with 200 B200 and 20 H200; own GPUs train from the first day.
    lent = (200 * 2.25e15 * 0.2 + 20 * 1e15 * 0.35) * 0.5 * 75 * 86_400
    own = (200 * 2.25e15 * 0.2 * 75 + (20 * 75 + 300 * 100) * 1e15 * 0.4) * 0.3 * 86_400
    assert compute == pytest.approx([lent, own, lent], rel=1e-12)


@both_engines
def test_grants_that_arrive_after_the_window_closed_train_nothing(play):
    points = {"exam": {"max": 100, "mean": 50, "per_eci": 1}}
    late = stage(1, points, grants={"pool": {"B200": 200}, "shares": "equal", "delay": 100})
    outcome = played(play, quiet({"a": {}, "b": {"own": {"B200": 7}}}, [late]), 1).stages[0]
    assert outcome.compute[0] == pytest.approx([0, 7 * 100 * FLOP_OF_A_GPU_DAY], rel=1e-12)
    assert np.all(outcome.gpu_hours == 0)


@given(
    st.lists(st.just(0.0) | st.floats(1e-6, 0.2), min_size=5, max_size=5),
    st.just(0.0) | st.floats(1e-3, 10_000),
    st.sampled_from(["equal", "shares", "gpus"]),
    st.sampled_from([batch.play_batch, event.play_events]),
)
def test_granted_and_left_over_gpu_hours_are_the_pool_under_every_rule(shares, pool, rule, play):
    teams = [f"t{i}" for i in range(5)]
    grants = {
        "equal": {"pool": {"B200": pool}, "shares": "equal", "among": teams[1:]},
        "shares": {"pool": {"B200": pool}, "shares": dict(zip(teams, shares, strict=True))},
        "gpus": {"gpus": {t: {"B200": pool * x} for t, x in zip(teams, shares, strict=True)}},
    }[rule]
    points = {"exam": {"max": 100, "mean": 50, "per_eci": 1, "noise": 10}}
    stages = [stage(n, points, grants=grants, cut={"keep": keep}) for n, keep in ((1, 3), (2, 0), (3, 0))]
    for outcome in played(play, quiet({t: {} for t in teams}, stages), 20).stages:
        present = outcome.fate != Fate.GONE
        part = {"equal": [0, 1, 1, 1, 1], "shares": shares, "gpus": shares}[rule] * present
        if rule == "equal":
            part = part / np.maximum(part.sum(axis=1, keepdims=True), 1)
        assert outcome.gpu_hours == pytest.approx(part * pool * 100 * 24, rel=1e-12)
        assert np.all(outcome.gpu_hours.sum(axis=1) <= pool * 100 * 24 * (1 + 1e-12))


@both_engines
def test_after_everybody_has_left_later_stages_are_empty(play):
    points = {"exam": {"max": 100, "mean": 50, "per_eci": 1, "rescale": "leader"}}
    stages = [stage(1, points, cut={"keep": 0}), stage(2, points, cut={"keep": 1}), stage(3, points)]
    outcomes = played(play, quiet({"a": {}, "b": {}}, stages), 10)
    for later in outcomes.stages[1:]:
        assert np.all(later.fate == Fate.GONE)
        assert np.all(later.rank == 0)
        assert np.all(later.gpu_hours == 0)
        assert np.all(np.isnan(later.total))
