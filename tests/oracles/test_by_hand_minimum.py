"""A minimum of points by hand: it comes before keep and drop, and may leave nobody."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from sim.model.draws import Key, Purpose
from sim.rules.decisions import Fate
from tests.engines.identical import arrays, assert_identical
from tests.helpers import Script, assert_chances, both_engines, both_engines_often, played, quiet, stage

KEPT, OUT, GATE = Fate.KEPT, Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE
TEAMS = "abcd"
POINTS = {"a": 80.0, "b": 70.0, "c": 60.0, "d": 50.0}
EXAM = {"exam": {"max": 100, "mean": 65, "per_eci": 1, "noise": 10}}


def fates(play, cut, failing="", mode="apart", **more):
    first = stage(1, EXAM, cut=cut, gate={"mode": mode, "risk": 0.1}, round_to=0.5, **more)
    luck = {Key(Purpose.NOISE, "s1", t, "exam/exam"): float(norm.cdf((POINTS[t] - 65) / 10)) for t in TEAMS}
    luck |= {Key(Purpose.GATE, "s1", t): 0.0999 for t in failing}
    outcome = play(quiet({t: {} for t in TEAMS}, [first, stage(2, EXAM)]), Script(luck), 0, 1)
    assert outcome.stages[0].total[0].tolist() == list(POINTS.values())
    return outcome.stages[0].fate[0].tolist()


@both_engines
@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        ({"minimum": 55}, [KEPT, KEPT, KEPT, OUT]),
        ({"minimum": 60}, [KEPT, KEPT, KEPT, OUT]),  # whoever has the minimum stays
        ({"minimum": 60.5}, [KEPT, KEPT, OUT, OUT]),
        ({"minimum": 65, "keep": 3}, [KEPT, KEPT, OUT, OUT]),  # the minimum leaves fewer than may stay
        ({"minimum": 55, "keep": 2}, [KEPT, KEPT, OUT, OUT]),
        ({"minimum": 65, "drop": 1}, [KEPT, OUT, OUT, OUT]),  # one more of those who are good enough
        ({"minimum": 65, "drop": 2}, [OUT] * 4),
        ({"minimum": 81}, [OUT] * 4),
        ({"minimum": 81, "keep": 4}, [OUT] * 4),
        ({"minimum": 81, "drop": 0}, [OUT] * 4),
        ({"minimum": 0, "keep": 3}, [KEPT, KEPT, KEPT, OUT]),
        ({"minimum": 55, "keep": 4}, [KEPT, KEPT, KEPT, OUT]),  # a keep of all there are drops nobody
    ],
)
def test_the_minimum_comes_before_keep_and_drop(play, cut, expected):
    assert fates(play, cut) == expected


@both_engines
@pytest.mark.parametrize(
    ("mode", "cut", "expected"),
    [
        # The first leaves at the gate, and c is below the minimum.
        ("first", {"minimum": 65}, [GATE, KEPT, OUT, OUT]),
        ("apart", {"minimum": 65}, [GATE, KEPT, OUT, OUT]),
        ("first", {"minimum": 55, "drop": 1}, [GATE, KEPT, OUT, OUT]),  # of b and c
        ("apart", {"minimum": 55, "drop": 1}, [GATE, KEPT, OUT, OUT]),  # of a, b and c
        ("apart", {"minimum": 55, "keep": 1}, [GATE, OUT, OUT, OUT]),  # a had the one place
        ("first", {"minimum": 55, "keep": 1}, [GATE, KEPT, OUT, OUT]),
    ],
)
def test_a_gate_and_a_minimum(play, mode, cut, expected):
    assert fates(play, cut, "a", mode) == expected


@both_engines
def test_a_team_below_the_minimum_that_fails_the_gate_left_by_the_gate(play):
    assert fates(play, {"minimum": 55}, "d") == [KEPT, KEPT, KEPT, GATE]


@both_engines
def test_when_everybody_is_below_the_minimum_nobody_is_selected(play):
    scenario = quiet(
        {t: {} for t in TEAMS}, [stage(1, EXAM), stage(2, EXAM, cut={"minimum": 100, "keep": 2})]
    )
    first, last = played(play, scenario, 50).stages
    assert (first.fate == KEPT).all()
    best = last.total.max(axis=1)
    assert ((last.fate == KEPT).sum(axis=1) == np.count_nonzero(last.total >= 100, axis=1)).all()
    assert (last.fate[best < 100] == OUT).all()
    assert (best < 100).any()


@both_engines
def test_a_minimum_of_nothing_changes_nothing(play):
    def outcomes(**minimum):
        cuts = [{"keep": 3}, {"drop": 1}, {}]
        gate = {"mode": "first", "risk": 0.1}
        stages = [stage(n, EXAM, cut=cut | minimum, gate=gate) for n, cut in enumerate(cuts, start=1)]
        teams: dict[str, dict[str, Any]] = {t: {} for t in TEAMS}
        teams["idle"] = {"main_run_share": 0}
        return arrays(played(play, quiet(teams, stages, capability={"stage_spread": 4.0}), 200))

    for nothing in (0, {"constant": 0}):
        assert_identical(outcomes(minimum=nothing), outcomes())


@both_engines_often
def test_equal_teams_reach_a_minimum_by_a_binomial_law(play, size):
    scenario = quiet({t: {} for t in TEAMS}, [stage(1, EXAM, cut={"minimum": 70})])
    stays = played(play, scenario, size).stages[0].fate == KEPT
    p = norm.sf(0.5)
    assert_chances(stays, [p] * 4)
    assert_chances(~stays.any(axis=1, keepdims=True), [(1 - p) ** 4])


@both_engines
def test_a_minimum_may_be_uncertain(play):
    law = {"uniform": [40, 90]}
    scenario = quiet({"t": {}}, [stage(1, EXAM, cut={"minimum": law})])
    for u, fate in ((0.49, KEPT), (0.51, OUT)):  # 64.5 and 65.5 of a mean of 65
        luck = Script({Key(Purpose.PARAMETER, item="stages.s1.cut.minimum"): u})
        assert play(scenario, luck, 0, 1).stages[0].fate[0, 0] == fate
