"""Corners of the rules: all out at the gate, all tied, keeps above the field, one team or none."""

import numpy as np
import pytest

from sim.rules.decisions import Fate
from tests.helpers import assert_chances, both_engines, both_engines_often, played, quiet, stage

SAME = {"exam": {"max": 100, "mean": 50, "per_eci": 1, "noise": 0}}
EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 5}}
KEPT, OUT, GATE = Fate.KEPT, Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE
ENTRY = {"day": "2026-04-15", "candidates": ["in"]}
POOL = {"pool": {"B200": 300.0}}


@both_engines
@pytest.mark.parametrize("mode", ["first", "apart"])
@pytest.mark.parametrize("shares", ["equal", "by-score", "winner", {"by_rank": [0.5, 0.3, 0.2]}])
def test_when_all_fail_the_gate_the_entrant_has_the_programme_to_itself(play, mode, shares):
    gate = {"mode": mode, "risk": 1.0}
    stages = [
        stage(1, EXAM, gate=gate, cut={"keep": 2}, entry=ENTRY | {"when_fewer_than": 1}),
        stage(2, EXAM, grants=POOL | {"shares": shares}, cut={"keep": 2}),
    ]
    first, second = played(play, quiet({"a": {}, "b": {}, "c": {}, "in": {}}, stages), 20).stages
    assert (first.fate == [GATE, GATE, GATE, Fate.NOT_ENTERED]).all()
    assert (second.fate == [Fate.GONE, Fate.GONE, Fate.GONE, KEPT]).all()
    share = {"equal": 1, "winner": 1, "by-score": 0}.get(str(shares), 0.5)
    assert second.gpu_hours[:, 3] == pytest.approx(share * 300 * 100 * 24, rel=1e-12)


@both_engines
@pytest.mark.parametrize("mode", ["first", "apart"])
def test_when_all_fail_the_gate_and_nobody_may_come_in_nobody_is_there_ever_again(play, mode):
    gate = {"mode": mode, "risk": 1.0}
    entry = ENTRY | {"panel": {"mean": 0, "spread": 1, "minimum": 8}}
    stages = [stage(1, EXAM, gate=gate, entry=entry), stage(2, EXAM, cut={"drop": 1}), stage(3, EXAM)]
    outcomes = played(play, quiet({"a": {}, "b": {}, "in": {}}, stages), 20).stages
    for outcome in outcomes[1:]:
        assert (outcome.fate == [Fate.GONE, Fate.GONE, Fate.NOT_ENTERED]).all()
        assert not outcome.gpu_hours.any()
        assert not outcome.rank.any()
        assert np.isnan(outcome.total).all()


@both_engines_often
def test_when_all_are_tied_luck_keeps_each_as_often_and_as_many_as_the_cut_says(play, size):
    stages = [stage(1, SAME, cut={"keep": 3}, entry=ENTRY), stage(2, SAME, cut={"drop": 2})]
    first, second = played(play, quiet({**{t: {} for t in "abcd"}, "in": {}}, stages), size).stages
    assert_chances(first.fate[:, :4] == KEPT, [3 / 4] * 4)
    assert ((second.fate == KEPT).sum(axis=1) == 2).all()
    assert_chances(second.fate == KEPT, [3 / 4 / 2] * 4 + [1 / 2])


@both_engines
def test_ties_at_the_minimum_all_stay(play):
    for minimum, fate in ((50, KEPT), (50.000001, OUT)):
        outcome = played(play, quiet({t: {} for t in "abc"}, [stage(1, SAME, cut={"minimum": minimum})]), 9)
        assert (outcome.stages[0].fate == fate).all()


@both_engines
@pytest.mark.parametrize("keep", [5, 9, 32])
def test_a_keep_above_the_field_keeps_all_the_entrant_too(play, keep):
    first, second = ({"weighted": {str(field): 1, str(keep): 9}} for field in (3, 4))  # now and then just all
    stages = [stage(1, EXAM, cut={"keep": first}, entry=ENTRY), stage(2, EXAM, cut={"keep": second})]
    last = played(play, quiet({**{t: {} for t in "abc"}, "in": {}}, stages), 20).stages[1]
    assert (last.fate == KEPT).all()


@both_engines
@pytest.mark.parametrize(
    ("cut", "fate"), [({"keep": 1}, KEPT), ({"keep": 0}, OUT), ({"drop": 1}, OUT), ({}, KEPT)]
)
def test_a_team_alone(play, cut, fate):
    outcome = played(play, quiet({"only": {}}, [stage(1, EXAM, cut=cut)]), 9).stages[0]
    assert (outcome.fate == fate).all()
    assert (outcome.rank == 1).all()


@both_engines
def test_a_drop_of_more_than_there_are_drops_all(play):
    stages = [stage(1, EXAM, cut={"drop": 9}), stage(2, EXAM, cut={"drop": 9})]
    first, second = played(play, quiet({"a": {}, "b": {}}, stages), 9).stages
    assert (first.fate == OUT).all()
    assert (second.fate == Fate.GONE).all()
