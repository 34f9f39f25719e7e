"""A stage that is not held ends the programme before it: nothing is lent, nobody leaves, and time stops."""

import numpy as np
import pytest

from sim.engines import batch, event
from sim.engines.calendar import Phase
from sim.engines.event import trace_replication
from sim.engines.happenings import What
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import from_data
from sim.scenario.models.windows import each_window
from tests.engines.agree import first_difference
from tests.engines.identical import arrays, assert_identical
from tests.helpers import both_engines, played, quiet, stage

EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 5}}
GATE = {"mode": "apart", "risk": 0.3}
SIZE = 200
GONE, KEPT, WAITS = Fate.GONE, Fate.KEPT, Fate.NOT_ENTERED


def programme(held=None, number=3, teams="abcd", **of_first):
    """Stages that each take one team, with a gate, a price, own GPUs and luck; the third may not be held."""
    stages = [stage(n, EXAM, gate=GATE, cut={"drop": 1}) for n in range(1, number + 1)]
    stages[0] |= of_first
    if held is not None:
        stages[2]["held"] = held
    hardware = {"B200": {"price": 1000.0, "own_price": 500.0, "peak": 1000.0, "mfu": 0.5}}
    luck = {"team_spread": 2.5, "stage_spread": 4.0}
    return quiet({t: {"own": {"B200": 5.0}} for t in teams}, stages, hardware=hardware, capability=luck)


def test_a_stage_is_held_unless_it_says_otherwise():
    plain, held = (arrays(batch.play_batch(programme(each), Draws(1), 0, SIZE)) for each in (None, True))
    assert_identical(plain, held)


@both_engines
@pytest.mark.parametrize("number", [3, 4])
def test_nobody_leaves_by_it_nor_by_any_stage_after_it(play, number):
    before, *rest = played(play, programme(False, number), SIZE).stages[1:]
    there = before.fate == KEPT
    assert 0 < there.sum() < there.size
    for after in rest:
        assert ((after.fate == KEPT) == there).all()
        assert ((after.fate == GONE) == ~there).all()
        assert not after.rank.any()


@both_engines
def test_nothing_is_lent_trained_scored_or_paid_for(play):
    *_, last = played(play, programme(False), SIZE).stages
    for name in ("gpu_hours", "cost", "own_gpu_hours", "own_cost"):
        assert not getattr(last, name).any(), name
    for name in ("compute", "effective", "capability", "points", "total"):
        assert np.isnan(getattr(last, name)).all(), name


@both_engines
def test_what_was_before_is_as_if_it_were_held(play):
    ended, whole = (played(play, programme(each), SIZE) for each in (False, True))
    for one, other in zip(ended.stages[:2], whole.stages[:2], strict=True):
        assert (one.fate == other.fate).all()
        assert np.array_equal(one.total, other.total, equal_nan=True)
    assert ((whole.stages[2].fate > KEPT) & (whole.stages[2].fate < WAITS)).any()


@both_engines
def test_the_best_of_the_world_is_that_of_the_last_result_of_a_stage_that_is_held(play):
    ended, short = (played(play, programme(False, n), 5) for n in (4, 3))
    whole = played(play, programme(None, 2), 5)
    assert (ended.frontier == whole.frontier).all()
    assert (short.frontier == whole.frontier).all()
    assert (ended.frontier < played(play, programme(None, 4), 5).frontier).all()


ENTRY = {"day": "2026-04-20", "candidates": ["d"]}
"""After the first stage."""


def entering(day="2026-04-20", **more):
    """Who may come in before a second stage that is not held."""
    entry = {**ENTRY, "day": day, **more}
    happened = {"happened": {"a": "out-by-points"}} if more else {}
    stages = [stage(1, EXAM, cut={"drop": 1}, entry=entry, **happened), stage(2, EXAM, held=False)]
    return quiet({t: {} for t in "abcd"}, [*stages, stage(3, EXAM)])


@both_engines
def test_no_entry_is_held_before_it(play):
    first, second, third = played(play, entering(), 20).stages
    assert (first.fate[:, 3] == WAITS).all()
    assert (second.fate[:, 3] == WAITS).all()
    assert (third.fate[:, 3] == WAITS).all()


@both_engines
@pytest.mark.parametrize("day", ["2026-04-20", "2026-05-20"], ids=["before it opens", "late"])
def test_who_is_known_to_have_come_in_before_it_is_there(play, day):
    for outcome in played(play, entering(day, happened=["d"]), 20).stages[1:]:
        assert (outcome.fate == [GONE, KEPT, KEPT, KEPT]).all()
        assert not outcome.gpu_hours.any()


@both_engines
def test_not_even_the_first_stage_may_be_held(play):
    scenario = quiet({"a": {}, "b": {}}, [stage(1, EXAM, cut={"keep": 1}, held=False), stage(2, EXAM)])
    for outcome in played(play, scenario, 10).stages:
        assert (outcome.fate == KEPT).all()


@pytest.mark.parametrize(
    "scenario",
    [programme(False), programme(False, 4), entering(), entering("2026-05-20", happened=["d"])],
    ids=["the last", "one before the last", "with an entry", "with a late entrant"],
)
def test_both_engines_agree(scenario):
    outcomes = [play(scenario, Draws(3), 7, 60) for play in (event.play_events, batch.play_batch)]
    assert first_difference(scenario, *outcomes) is None


def test_a_record_ends_with_it():
    scenario = programme(False, 4)
    *_, last = trace_replication(scenario, 3, 0)
    after = batch.play_batch(scenario, Draws(3), 0, 1).stages[-1]
    assert (last.what, last.stage, last.team, last.phase) == (What.NOT_HELD, "s3", "", Phase.GRANT)
    (window,) = each_window(scenario.stages["s3"].train)
    assert last.date == window.first
    assert last.values == {"remain": (after.fate == KEPT).sum()}
    assert not any(each.what is What.SELECTED for each in trace_replication(scenario, 3, 0))


def test_a_record_of_it_tells_a_late_entrant_first():
    *_, came, last = trace_replication(entering("2026-05-20", happened=["d"]), 1, 0)
    assert (came.what, came.team, last.what) == (What.ENTERS, "d", What.NOT_HELD)
    assert last.date > came.date
    assert last.values == {"remain": 3}


def test_a_programme_whose_first_stage_is_not_held_is_told_in_one_line():
    data = programme(None, 2).resolved()
    data["stages"]["s1"]["held"] = False
    (only,) = trace_replication(from_data(data), 1, 0)
    assert (only.what, only.values) == (What.NOT_HELD, {"remain": 4})
