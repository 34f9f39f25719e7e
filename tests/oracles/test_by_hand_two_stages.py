"""Two stages by hand: late grants beside own GPUs, compute that carries over, a leader's scale, ties.

Red has 100 GPUs of its own, blue and green have none; each stage lends 300, shared equally, and each team's
share comes late by a number of days between 0 and 40 that is drawn for it.
"""

from math import log10
from typing import Any

import pytest
from scipy.stats import norm

from sim.model.draws import Key, Purpose
from sim.rules.decisions import Fate
from tests.helpers import FLOP_OF_A_GPU_DAY, Script, both_engines, quiet, stage

KEPT, OUT, GONE = Fate.KEPT, Fate.OUT_BY_POINTS, Fate.GONE
GRANTS = {"pool": {"B200": 300}, "shares": "equal", "delay": {"uniform": [0, 40]}}
POINTS = {
    "users": {"max": 50, "mean": 22, "spread": 2, "noise": 10, "rescale": "leader"},
    "exam": {"max": 90, "mean": 50, "per_eci": 1, "noise": 5},
}
RULES: dict[str, Any] = {"grants": GRANTS, "points": POINTS, "ties": ["exam", "users"]}
SCENARIO = quiet(
    {"red": {"own": {"B200": 100}}, "blue": {}, "green": {}},
    [stage(1, **RULES, cut={"keep": 2}), stage(2, **RULES, cut={"keep": 1})],
    capability={"carry": 0.5, "reference_compute": 8000 * FLOP_OF_A_GPU_DAY},
    judging={"follows_strength": 0.0},
)


def delay(s, team, u):
    return {Key(Purpose.PARAMETER, item=f"stages.{s}.grants.delay.{team}"): u}


def noise(s, team, block, z):
    return {Key(Purpose.NOISE, s, team, f"{block}/{block}"): float(norm.cdf(z))}


def luck(red_tie, blue_tie):
    return Script(
        # 0.26 x 40 = 10.4 is 10 days and 0.4875 x 40 = 19.5 is 20 (halves up); green draws 0.5: 20 days.
        delay("s1", "red", 0.26)
        | delay("s1", "blue", 0.4875)
        # Users: red 22 + 18 = 40, blue 22 - 2 = 20, green 22 + 2 = 24. Exam: blue 50 + 5, green 50.
        | noise("s1", "red", "users", 1.8)
        | noise("s1", "blue", "users", -0.2)
        | noise("s1", "green", "users", 0.2)
        | noise("s1", "blue", "exam", 1.0)
        # In the second stage blue has no delay; red has 39.8 days, which is 40.
        | delay("s2", "blue", 0.0025)
        | delay("s2", "red", 0.995)
        # Users give nobody a point (22 - 30 < 0), and in the exam both are beyond its maximum.
        | noise("s2", "red", "users", -3.0)
        | noise("s2", "blue", "users", -3.0)
        | noise("s2", "red", "exam", 8.0)
        | noise("s2", "blue", "exam", 7.9)
        | {Key(Purpose.TIE, "s2", "red"): red_tie, Key(Purpose.TIE, "s2", "blue"): blue_tie}
    )


# GPU-days of the first stage: red's own 100 x 100 and lent 100 x 90; the others 100 x 80, the reference.
FIRST = [19_000, 8_000, 8_000]
# The second: the two that are left hold 150 each; red's own 100 x 100 and 150 x 60, blue 150 x 100.
SECOND = [19_000, 15_000]
COUNTED = [19_000 + 0.5 * 19_000, 15_000 + 0.5 * 8_000]


def flop(gpu_days):
    return pytest.approx([days * FLOP_OF_A_GPU_DAY for days in gpu_days], rel=1e-12)


@both_engines
def test_late_grants_train_for_the_days_that_are_left_and_own_gpus_all_along(play):
    first, second = play(SCENARIO, luck(0.2, 0.7), 0, 1).stages
    assert first.compute[0] == flop(FIRST)
    assert first.gpu_hours[0].tolist() == [100 * 90 * 24, 100 * 80 * 24, 100 * 80 * 24]
    assert second.compute[0, :2] == flop(SECOND)
    assert second.gpu_hours[0].tolist() == [150 * 60 * 24, 150 * 100 * 24, 0]


@both_engines
def test_half_of_the_compute_before_still_counts(play):
    first, second = play(SCENARIO, luck(0.2, 0.7), 0, 1).stages
    assert first.effective[0] == flop(FIRST)
    assert second.effective[0, :2] == flop(COUNTED)
    assert second.capability[0, :2] == pytest.approx([100 + 5 * log10(d / 8000) for d in COUNTED], rel=1e-12)


@both_engines
def test_users_are_scaled_to_the_leader_and_the_exam_breaks_the_tie(play):
    first = play(SCENARIO, luck(0.2, 0.7), 0, 1).stages[0]
    # Red's 40 become the maximum of 50; times 1.25 blue has 25 and green 30.
    assert first.points[0, 0] == pytest.approx([50, 25, 30], abs=1e-9)
    assert first.points[0, 1] == pytest.approx([50 + 5 * log10(19 / 8), 55, 50], abs=1e-9)
    assert first.total[0] == pytest.approx([100 + 5 * log10(19 / 8), 80, 80], abs=0.6e-6)
    assert first.total[0, 1] == first.total[0, 2]
    assert first.rank[0].tolist() == [1, 2, 3]
    assert first.fate[0].tolist() == [KEPT, KEPT, OUT]


@both_engines
def test_a_tie_on_every_rung_falls_to_the_draw_and_the_other_draw_to_the_other_team(play):
    one = play(SCENARIO, luck(0.2, 0.7), 0, 1).stages[1]
    other = play(SCENARIO, luck(0.7, 0.2), 0, 1).stages[1]
    for outcome in (one, other):
        assert outcome.points[0, :, :2].tolist() == [[0, 0], [90, 90]]  # no leader to scale to
        assert outcome.total[0, :2].tolist() == [90, 90]
        assert sorted(outcome.rank[0].tolist()) == [0, 1, 2]
        assert sorted(outcome.fate[0].tolist()) == [GONE, KEPT, OUT]
    assert one.rank[0, :2].tolist() == other.rank[0, 1::-1].tolist()
    assert one.fate[0, :2].tolist() == other.fate[0, 1::-1].tolist()
