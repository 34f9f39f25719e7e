"""What is played again from the first step that differs is, to the last bit, what a whole play gives."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from sim.engines import batch, changes, replay
from sim.engines.changes import Said, Step
from sim.execute.case import Case
from sim.execute.inference import infer
from sim.execute.runner import Runner
from sim.model.draws import CachedSource, Draws
from sim.rules.book import BUILT_IN
from sim.scenario import from_data, load
from sim.scenario.language.load import with_values
from sim.scenario.models.base import Name
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage
from tests.engines.identical import arrays, assert_identical
from tests.generate import scenarios
from tests.generate_changes import changed
from tests.generate_wide import wide_scenarios

SIZE = 24


def changes_between(one, other):
    return changes.changes_between(Said.by(one), Said.by(other))


def played(scenario, source, start=0):
    return replay.play_course(scenario, source, start, start + SIZE)


def assert_as_whole(course, scenario, source):
    """Whatever the course is gone on to is as it is played whole; tell whether it was gone on to at all."""
    changes = changes_between(course.scenario, scenario)
    if changes is None:
        return False
    again = replay.play_again(course, scenario, changes, source)
    start, stop = again.inputs.start, again.inputs.stop
    assert_identical(arrays(again.outcomes), arrays(batch.play_batch(scenario, source, start, stop)))
    return True


@settings(max_examples=120, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("some", [scenarios, wide_scenarios])
def test_any_change_gives_what_a_whole_play_gives(some, data):
    """Twice over, so that what was played again is gone on from in its turn."""
    first = from_data(data.draw(some()))
    if first.faults.mode == "each":
        first = with_values(first.resolved(), {"faults.mode": "average"})
    second = data.draw(changed(first))
    source = CachedSource(Draws(11))
    course = played(first, source, start=3)
    changes = changes_between(first, second)
    event("whole" if changes is None else f"{changes.first and changes.first[1].name}")
    if second.faults.mode == "each" or not assert_as_whole(course, second, source) or changes is None:
        return
    third = data.draw(changed(second))
    if third.faults.mode != "each":
        assert_as_whole(replay.play_again(course, second, changes, source), third, source)


def test_every_part_of_a_stage_is_known_where_it_matters_or_makes_a_whole_play():
    # what is known of the past, who comes in, what models begin from, and of what size they are
    whole = {"happened", "facts", "entry", "base", "model"}
    known = set(changes._FIRST_AT) | changes._UNPLAYED_OF_STAGE
    assert known | whole == set(Stage.model_fields)
    assert not known & whole
    assert set(Scenario.model_fields) >= changes._UNPLAYED


PLAN = {
    "cut.keep": (3, Step.DECISION),
    "gate.risk": (0.5, Step.DECISION),
    "ties": ([], Step.DECISION),
    "points.benchmark.mean": (20, Step.POINTS),
    "round_to": (1, Step.POINTS),
    "points_carried": (0.5, Step.POINTS),
    "reference_compute": (1e24, Step.POINTS),
    "grants.pool.B200": (99, Step.COMPUTE),
    "own": ({"lg": {"B200": 5}}, Step.COMPUTE),
    "shift": (3, Step.DAYS),
    "held": (False, Step.DAYS),
    "awards": ({"gold": 1}, Step.MONEY),
    "pays": ({"start": 5}, Step.MONEY),
}


@pytest.mark.parametrize("part", PLAN)
def test_a_change_is_played_from_its_step(part):
    """In the last stage of the plan all before it stays as it was."""
    plan = load("k-ai-2025-plan")
    last = list(plan.stages)[-1]
    value, step = PLAN[part]
    other = load("k-ai-2025-plan", {f"stages.{last}.{part}": value})
    changes = changes_between(plan, other)
    assert changes is not None
    assert changes.first == (len(plan.stages) - 1, step)
    source = Draws(1)
    course = played(plan, source)
    assert assert_as_whole(course, other, source)
    again = replay.play_again(course, other, changes, source)
    assert all(one is then for one, then in zip(again.stages[:-1], course.stages[:-1], strict=True))


@pytest.mark.parametrize(
    "change",
    [
        {"teams.upstage.effect": 1},
        {"judging.follows_strength": 0.1},
        {"as_of": date(2025, 9, 1)},
        {"hardware.B200.price": 1},
    ],
    ids=str,
)
def test_what_is_no_part_of_a_stage_makes_a_whole_play(change):
    assert changes_between(load("k-ai-2025-plan"), load("k-ai-2025-plan", change)) is None


def test_what_decides_nothing_changes_nothing():
    plan = load("k-ai-2025-plan")
    other = plan.settled().model_copy(update={"doubts": {}, "name": Name(en="Another", ko="다른 사업")})
    changes = changes_between(plan, other)
    assert changes is not None
    assert changes.first is None
    assert assert_as_whole(played(plan, Draws(1)), other, Draws(1))


def turned(table):
    return dict(reversed(table.items()))


def test_the_order_of_a_table_is_a_difference():
    """Blocks, awards, teams: their order is that of arrays."""
    plan = load("k-ai-2025-plan")
    stage = plan.stages["stage-2"]
    points = stage.model_copy(update={"points": turned(stage.points)})
    blocks = plan.model_copy(update={"stages": plan.stages | {"stage-2": points}})
    assert blocks == plan
    changes = changes_between(plan, blocks)
    assert changes is not None
    assert changes.first == (1, Step.POINTS)
    assert assert_as_whole(played(plan, Draws(1)), blocks, Draws(1))
    assert changes_between(plan, plan.model_copy(update={"teams": turned(plan.teams)})) is None
    assert changes_between(plan, plan.model_copy(update={"stages": turned(plan.stages)})) is None


def test_ties_go_by_the_blocks_that_they_name_whatever_their_place():
    """Totals in steps of ten tie often."""
    plan = load("k-ai-2025-plan", {"stages.stage-1.round_to": 10})
    stage = plan.stages["stage-1"]
    points = stage.model_copy(update={"points": turned(stage.points)})
    other = plan.model_copy(update={"stages": plan.stages | {"stage-1": points}})
    assert stage.ties
    course = replay.play_course(plan, Draws(1), 0, 500)
    assert assert_as_whole(course, other, Draws(1))


def test_an_entry_is_decided_again_where_the_stage_after_it_moves():
    """Whether it comes too late is known by the days of the stage after it."""
    plan = load("k-ai").from_start()
    entry = next(i for i, stage in enumerate(plan.stages.values()) if stage.entry)
    following = list(plan.stages)[entry + 1]
    other = with_values(plan.resolved(), {f"stages.{following}.held": False})
    changes = changes_between(plan, other)
    assert changes is not None
    assert changes.first == (entry, Step.DAYS)
    assert assert_as_whole(played(plan, Draws(1)), other, Draws(1))


def test_a_forecast_is_played_again_from_the_stage_ahead():
    """The particles of `k-ai` come with the program: nothing is inferred."""
    case = Case(load("k-ai"), 1, "batch")
    case = replace(case, past=infer(case, Runner()).past)
    source = case.source(CachedSource(Draws(1)))
    course = replay.play_course(case.played, source, 0, 300)
    for path, value in {"grants.gpus": {"default": {"B200": 2000}}, "held": False, "cut.keep": 1}.items():
        scenario = with_values(case.scenario.resolved(), {f"stages.stage-3.{path}": value})
        assert assert_as_whole(course, replace(case, scenario=scenario).played, source)


def test_rules_of_a_users_own_decide_again():
    plan = load("k-ai-2025-plan")
    rules = replace(BUILT_IN, cut=lambda rank, field, keep, drop: field & (rank <= 1))
    other = load("k-ai-2025-plan", {"stages.stage-2.grants.pool.B200": 9})
    changes = changes_between(plan, other)
    assert changes is not None
    course = replay.play_course(plan, Draws(1), 0, SIZE, rules)
    again = replay.play_again(course, other, changes, Draws(1), rules)
    assert_identical(arrays(again.outcomes), arrays(batch.play_batch(other, Draws(1), 0, SIZE, rules)))
