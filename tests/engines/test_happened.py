"""Results that have happened: they stand in every replication, and only the rest is drawn."""

import numpy as np
import pytest

from sim.model.draws import Draws, Purpose
from sim.rules.decisions import Fate
from sim.scenario import ScenarioError
from tests.engines.identical import arrays, assert_identical
from tests.helpers import Script, both_engines, played, quiet, stage

EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 5}}
LUCK = {"capability": {"team_spread": 2.5, "stage_spread": 4.0}}
TEAMS = ("a", "b", "c", "d", "in", "out")
GATE = {"mode": "apart", "risk": 0.1}
RESULT = {"a": "out-by-points", "c": "out-at-gate"}
WAITS, GONE, KEPT = Fate.NOT_ENTERED, Fate.GONE, Fate.KEPT


def programme(first=None, entered=None, second=None, capability=None):
    """Four teams at first, of whom three stay; then one comes in, one leaves, and one stays at last."""
    stay = 4 if first == {} else 3
    entry = {"day": "2026-04-15", "candidates": ["in", "out"], "when_fewer_than": 4}
    if first == {} and entered is None:
        del entry["when_fewer_than"]
    if entered is not None:
        entry["happened"] = entered
    stages = [
        stage(1, EXAM, gate=GATE, cut={"keep": stay}, entry=entry),
        stage(2, EXAM, gate=GATE, cut={"drop": 1}),
    ]
    stages.append(stage(3, EXAM, cut={"keep": 1}))
    for data, known in zip(stages, (first, second), strict=False):
        if known is not None:
            data["happened"] = known
    return quiet({t: {} for t in TEAMS}, stages, capability=LUCK["capability"] | (capability or {}))


def fates(outcome):
    """The fates that occur, as a set of rows."""
    return {tuple(row) for row in outcome.fate.tolist()}


@both_engines
def test_known_fates_are_those_of_every_replication_and_the_rest_is_drawn(play):
    first, second, third = played(play, programme(RESULT, ["in"]), 200).stages
    out, gate = Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE
    assert fates(first) == {(out, KEPT, gate, KEPT, WAITS, WAITS)}
    assert (second.fate[:, [0, 2]] == GONE).all()
    assert (second.fate[:, 5] == WAITS).all()
    assert len(fates(second)) > 3
    assert len(fates(third)) > 3
    assert ((third.fate == KEPT).sum(axis=1) <= 1).all()


@both_engines
def test_a_known_result_has_no_points_and_no_ranks_but_compute_and_strength(play):
    first = played(play, programme(RESULT, ["in"]), 20).stages[0]
    assert np.isnan(first.total).all()
    assert np.isnan(first.points).all()
    assert not first.rank.any()
    assert (first.compute[:, :4] > 0).all()
    assert np.isfinite(first.capability[:, :4]).all()
    assert (first.gpu_hours[:, :4] > 0).all()


@both_engines
def test_nobody_named_means_that_all_stayed(play):
    first = played(play, programme({}), 20).stages[0]
    assert fates(first) == {(KEPT, KEPT, KEPT, KEPT, WAITS, WAITS)}


@both_engines
@pytest.mark.parametrize("entered", [["in"], ["out"], "nobody"])
def test_a_known_entry_is_that_of_every_replication(play, entered):
    second = played(play, programme(RESULT, entered), 100).stages[1]
    there = [t in ("b", "d") or (entered != "nobody" and t in entered) for t in TEAMS]
    assert (((second.fate != GONE) & (second.fate != WAITS)) == there).all()


@both_engines
def test_all_may_be_known_and_then_nothing_but_the_last_stage_is_drawn(play):
    known = programme(RESULT, ["in"], {"b": "out-by-points"})
    first, second, third = played(play, known, 300).stages
    assert len(fates(first)) == len(fates(second)) == 1
    assert fates(third) == {
        (GONE, GONE, GONE, KEPT, Fate.OUT_BY_POINTS, WAITS),
        (GONE, GONE, GONE, Fate.OUT_BY_POINTS, KEPT, WAITS),
    }


@both_engines
def test_what_is_known_asks_for_no_luck_of_its_points(play):
    source = Script({})
    play(programme(RESULT, ["in"]), source, 0, 1)
    asked = {(key.purpose, key.stage) for key in source.asked}
    assert (Purpose.NOISE, "s1") not in asked
    assert (Purpose.TIE, "s1") not in asked
    assert {(Purpose.NOISE, "s2"), (Purpose.NOISE, "s3"), (Purpose.STAGE, "s1")} <= asked


@both_engines
def test_stages_ahead_have_the_same_luck_as_without_what_is_known(play):
    # Where the draw came to what is known, everything after it is the same.
    known, drawn = (played(play, s, 1500) for s in (programme(RESULT, ["in"]), programme()))
    as_known = np.all(drawn.stages[0].fate == known.stages[0].fate, axis=1)
    as_known &= drawn.stages[1].fate[:, 4] != WAITS
    assert as_known.sum() > 5
    for one, other in zip(known.stages[1:], drawn.stages[1:], strict=True):
        for name in ("fate", "rank", "total", "capability", "compute", "points"):
            np.testing.assert_array_equal(getattr(one, name)[as_known], getattr(other, name)[as_known])


@both_engines
def test_a_team_has_the_same_points_ahead_whatever_became_of_the_others(play):
    known, drawn = (played(play, s, 200) for s in (programme(RESULT, ["in"]), programme()))
    for one, other in zip(known.stages[1:], drawn.stages[1:], strict=True):
        both = np.isfinite(one.total) & np.isfinite(other.total)
        assert both.sum() > 50
        np.testing.assert_array_equal(one.total[both], other.total[both])


@both_engines
def test_from_the_start_nothing_is_known(play):
    known = programme(RESULT, ["in"], {"b": "out-at-gate"})
    assert known.from_start() == programme()
    assert known.from_start().from_start() == known.from_start()
    assert programme().from_start() == programme()
    one, other = (arrays(play(s, Draws(5), 0, 60)) for s in (known.from_start(), programme()))
    assert_identical(one, other)


def test_what_is_known_says_who_is_out_and_which_stages_are_ahead():
    known = programme(RESULT, ["in"], {"b": "out-by-points"})
    assert known.out == {"a": "s1", "c": "s1", "out": "s1", "b": "s2"}
    assert known.contenders == ["d", "in"]
    assert known.ahead == ["s3"]
    assert known.from_start().ahead == ["s1", "s2", "s3"]
    assert known.from_start().contenders == list(TEAMS)
    assert programme({}, "nobody").out == {"in": "s1", "out": "s1"}


@both_engines
def test_compute_of_a_known_stage_still_carries_over(play):
    first, second, _ = played(play, programme(RESULT, ["in"], capability={"carry": 0.5}), 5).stages
    assert second.effective[:, 1] == pytest.approx(
        second.compute[:, 1] + 0.5 * first.compute[:, 1], rel=1e-12
    )
    assert (second.effective[:, 4] == second.compute[:, 4]).all()


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ({"first": {"in": "out-by-points"}}, "not there at this stage"),
        ({"first": RESULT, "entered": ["in"], "second": {"a": "out-by-points"}}, "not there at this stage"),
        ({"first": RESULT, "second": {"b": "out-by-points"}}, "known result after 's1.entry'"),
        ({"second": {"b": "out-by-points"}}, "whose result is not known"),
        ({"first": RESULT, "entered": ["b"]}, "no candidate 'b'"),
        ({"first": RESULT, "entered": ["in", "out"]}, "2 entrants"),
        ({"first": {}, "entered": ["in"]}, "an entry although 4 teams remained"),
        ({"entered": ["in"]}, "a known entry after a stage whose result is not known"),
    ],
)
def test_results_that_cannot_be_are_refused(known, found):
    with pytest.raises(ScenarioError, match=found):
        programme(**known)


@both_engines
def test_a_stage_that_nobody_can_reach_needs_no_raters(play):
    rated = {"jury": {"max": 40, "mean": 20, "spread": 2, "raters": {"n": 3, "sd": 1, "trim": 1}}}
    scenario = quiet({"a": {}}, [stage(1, rated, gate=GATE, happened={"a": "out-at-gate"}), stage(2, rated)])
    assert fates(played(play, scenario, 3).stages[1]) == {(GONE,)}
