"""What is not asked of an outcome is not worked out, and what is asked twice is worked out once."""

import weakref
from dataclasses import fields, replace

import numpy as np
import pytest

from sim.engines import batch, replay
from sim.engines.changes import Said, changes_between
from sim.engines.outcomes import StageOutcome, concatenate, worked_out_once
from sim.execute.case import Case
from sim.execute.group import tally_group
from sim.model.draws import CachedSource, Draws
from sim.scenario import load
from sim.stats.tally import tally, tally_fates
from tests.engines.identical import arrays, assert_identical

SIZE = 40
NAMES = [field.name for field in fields(StageOutcome)]


def outcome(**given):
    """An outcome of zeros but for what is given."""
    return StageOutcome(**{name: given.get(name, np.zeros((1, 1))) for name in NAMES})


def still_ahead(stage):
    return {name for name in NAMES if callable(vars(stage)[name])}


def test_what_is_asked_for_twice_is_worked_out_once():
    calls = []

    def cost():
        calls.append(1)
        return np.ones((1, 1))

    one = outcome(cost=cost)
    assert (one.on_demand, calls) == (1, [])
    assert one.cost is one.cost
    assert (one.on_demand, calls) == (0, [1])


@pytest.mark.parametrize("name", ["k-ai-2025-plan", "fault-tolerance", "institutes"])
def test_what_becomes_of_teams_is_all_that_a_play_works_out(name):
    """But for what comes afterwards, where it is said."""
    found = batch.play_batch(load(name), Draws(1), 0, SIZE)
    asked = {"fate", "rank"} | (set() if found.afterwards is None else {"effective", "capability"})
    tally_fates(found)
    for stage in found.stages:
        assert set(NAMES) - asked <= still_ahead(stage) | {"compute", "equivalent"}
        assert still_ahead(stage) <= set(NAMES) - {"fate", "rank"}


def test_chances_and_measures_ask_for_no_points():
    plan = load("k-ai-2025-plan")
    found = batch.play_batch(plan, Draws(1), 0, SIZE)
    tally(plan, found)
    for stage in found.stages:
        assert {"points", "total", "compute", "effective", "hours_lost"} <= still_ahead(stage)
        assert not {"capability", "gpu_hours", "cost"} & still_ahead(stage)


def test_worked_out_nothing_is_left_that_it_comes_of():
    found = batch.play_batch(load("k-ai-2025-plan"), Draws(1), 0, SIZE)
    kept = found.worked_out()
    assert [stage.on_demand for stage in kept.stages] == [0] * len(kept.stages)
    assert_identical(arrays(kept), arrays(batch.play_batch(load("k-ai-2025-plan"), Draws(1), 0, SIZE)))


def test_joined_and_parted_outcomes_have_all_arrays():
    parts = [batch.play_batch(load("minimal"), Draws(1), a, a + 10) for a in (0, 10)]
    joined = concatenate(parts)
    assert [stage.on_demand for stage in (*joined.stages, *joined.of_island(1, 2).stages)] == [0] * 4


@pytest.mark.parametrize("first", ["known", "again"])
def test_what_a_replay_shares_is_worked_out_once_for_both(first):
    """Whichever is asked first; all but what goes by the decision is the very same array."""
    plan, keep = load("k-ai-2025-plan"), load("k-ai-2025-plan", {"stages.stage-3.cut.keep": 3})
    source = CachedSource(Draws(1))
    course = replay.play_course(plan, source, 0, SIZE)
    changes = changes_between(Said.by(plan), Said.by(keep))
    assert changes is not None
    again = replay.play_again(course, keep, changes, source)
    known, anew = course.stages[-1].outcome, again.stages[-1].outcome
    one, other = (known, anew) if first == "known" else (anew, known)
    by_decision = {"fate", "rank", "paid", "budget_used", "award"}
    for name in NAMES:
        assert (getattr(one, name) is getattr(other, name)) is (name not in by_decision)


def test_a_field_has_no_value_of_its_own():
    with pytest.raises(AttributeError, match="cost has no value"):
        StageOutcome.cost  # noqa: B018


def test_rows_that_are_kept_have_left_behind_what_they_come_of():
    """A part of half a million rows would keep all its luck in memory."""
    group = tally_group(Case(load("minimal"), 1, "batch"), ((0, SIZE),))
    _, _, kept = group.play(0, SIZE, keep=True)
    assert [stage.on_demand for (world,) in kept for stage in world.stages] == [0, 0]


def test_of_a_long_row_of_replays_only_the_ends_are_kept():
    """A sweep of the last stage goes on from its last point, thousands of times."""
    first = outcome(cost=lambda: np.ones((1, 1)))
    one, seen = first, []
    for _ in range(3_000):
        one = outcome().like(one, but_for={"fate"})
        seen.append(weakref.ref(one))
    assert [each() for each in seen[:-1]] == [None] * (len(seen) - 1)
    assert one.cost is first.cost
    assert one.cost.tolist() == [[1.0]]


def test_what_a_replay_shares_lets_go_of_what_it_was_worked_out_of():
    large = np.ones((1, 1))
    gone = weakref.ref(large)
    known = outcome(cost=lambda large=large: large * 2)
    again = outcome().like(known, but_for={"fate"})
    del large
    assert known.cost.tolist() == [[2.0]]
    assert gone() is None
    assert again.cost is known.cost


def test_what_several_ask_is_found_once_for_each_stage_of_the_same_outcomes():
    calls = []

    @worked_out_once
    def found(stage, outcomes):
        calls.append((stage, outcomes.start))
        return stage, outcomes.start

    here, there = (batch.play_batch(load("minimal"), Draws(1), start, start + 2) for start in (0, 2))
    for outcomes in (here, there, here):
        for stage in (0, 1, 0):
            assert found(stage, outcomes) == (stage, outcomes.start)
    assert calls == [(0, 0), (1, 0), (0, 2), (1, 2)]
    assert found(0, replace(here, start=7)) == (0, 7)  # other outcomes, of which nothing is known


def test_two_questions_about_the_same_outcomes_are_two():
    here = batch.play_batch(load("minimal"), Draws(1), 0, 2)

    @worked_out_once
    def one(stage, outcomes):
        return 1

    @worked_out_once
    def two(stage, outcomes):
        return 2

    assert (one(0, here), two(0, here), one(0, here)) == (1, 2, 1)
