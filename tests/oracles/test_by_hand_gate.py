"""The gate by hand: before the cut, or apart from it so that nobody is moved up."""

import pytest
from scipy.stats import norm

from sim.model.draws import Key, Purpose
from sim.rules.decisions import Fate
from tests.helpers import Script, both_engines, quiet, stage

KEPT, OUT, GATE = Fate.KEPT, Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE
TEAMS = "abcd"
POINTS = {"a": 80.0, "b": 70.0, "c": 60.0, "d": 50.0}  # a is first and d is last


def played_with(play, mode, failing, **cut):
    points = {"exam": {"max": 100, "mean": 65, "per_eci": 1, "noise": 10}}
    first = stage(1, points, gate={"mode": mode, "risk": 0.1}, cut=cut)
    luck = {Key(Purpose.NOISE, "s1", t, "exam/exam"): float(norm.cdf((POINTS[t] - 65) / 10)) for t in TEAMS}
    # A team fails when its uniform is below the risk of 0.1; all others draw 0.5.
    luck |= {Key(Purpose.GATE, "s1", t): 0.0999 for t in failing}
    outcome = play(quiet({t: {} for t in TEAMS}, [first]), Script(luck), 0, 1).stages[0]
    assert outcome.total[0] == pytest.approx(list(POINTS.values()), abs=1e-6)
    return outcome.rank[0].tolist(), outcome.fate[0].tolist()


@both_engines
def test_apart_a_team_that_fails_the_gate_and_is_last_leaves_by_the_gate_and_nobody_besides(play):
    # The cut ranks all four and keeps three: only d falls to it, and d left by the gate.
    assert played_with(play, "apart", "d", keep=3) == ([1, 2, 3, 4], [KEPT, KEPT, KEPT, GATE])


@both_engines
def test_first_a_team_that_fails_the_gate_is_not_ranked_and_the_keep_counts_those_left(play):
    # Three are left and three are kept: nobody falls to the cut.
    assert played_with(play, "first", "d", keep=3) == ([1, 2, 3, 0], [KEPT, KEPT, KEPT, GATE])


@both_engines
def test_apart_the_best_fails_and_nobody_is_moved_up(play):
    # As in the real first stage: keep 3 of 4, apart; d is out by points, a by the gate, two are left.
    assert played_with(play, "apart", "a", keep=3) == ([1, 2, 3, 4], [GATE, KEPT, KEPT, OUT])


@both_engines
def test_first_the_best_fails_and_the_others_move_up(play):
    # b, c and d are ranked 1 to 3 and all three are kept.
    assert played_with(play, "first", "a", keep=3) == ([0, 1, 2, 3], [GATE, KEPT, KEPT, KEPT])


@both_engines
def test_first_a_drop_comes_on_top_of_the_gate(play):
    assert played_with(play, "first", "a", drop=1) == ([0, 1, 2, 3], [GATE, KEPT, KEPT, OUT])


@both_engines
def test_apart_a_drop_of_the_last_is_spent_on_the_team_that_failed(play):
    assert played_with(play, "apart", "d", drop=1) == ([1, 2, 3, 4], [KEPT, KEPT, KEPT, GATE])


@both_engines
@pytest.mark.parametrize(("mode", "ranks"), [("first", [0, 0, 0, 0]), ("apart", [1, 2, 3, 4])])
def test_when_all_fail_nobody_is_left(play, mode, ranks):
    assert played_with(play, mode, TEAMS, keep=3) == (ranks, [GATE] * 4)
