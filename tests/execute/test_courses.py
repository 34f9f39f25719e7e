"""Courses that are kept: every case as it is played alone, and nothing played twice that is the same."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines import batch, replay
from sim.engines.outcomes import stage_of
from sim.execute import group
from sim.execute.case import Case, DesignSample, engine_for
from sim.execute.courses import Courses, _bytes_of_arrays
from sim.execute.group import play_block
from sim.execute.inference import infer
from sim.execute.runner import Runner
from sim.model.draws import CachedSource, Draws
from sim.rules.book import BUILT_IN
from sim.scenario import from_data, load
from sim.scenario.models.numbers import uncertain_numbers
from sim.scenario.options import options
from tests.engines.identical import arrays, assert_identical
from tests.generate import scenarios
from tests.generate_changes import changed
from tests.playing import forbid_plays

SIZE = 24


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    """As in a fresh process."""
    monkeypatch.delattr(group._thread, "memory", raising=False)


@pytest.fixture
def whole(monkeypatch):
    """The scenarios that are played whole, from now on."""
    found, play = [], replay.play_course

    def noted(scenario, *rest):
        found.append(scenario)
        return play(scenario, *rest)

    monkeypatch.setattr(replay, "play_course", noted)
    return found


def alone(case, start, stop):
    return arrays(
        case.informed(batch.play_batch(case.played, case.source(Draws(case.seed)), start, stop, case.rules))
    )


def assert_as_alone(cases, size=SIZE, most=1e9):
    """Each of the outcomes is, to the last bit, that of the case alone."""
    source, courses = CachedSource(Draws(cases[0].seed)), Courses(most)
    for case in cases:
        assert_identical(arrays(courses.play(case, 0, size, source)), alone(case, 0, size))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), most=st.sampled_from((1, 3e5, 1e9)))
def test_cases_that_differ_in_anything_are_as_alone(data, most):
    """However few courses are kept: with one byte, one is."""
    scenario = from_data(data.draw(scenarios()))
    case = Case(scenario, 11, engine_for(scenario))
    first, second = (data.draw(changed(scenario)) for _ in range(2))
    third = data.draw(changed(first))
    cases = [replace(case, scenario=each, engine=engine_for(each)) for each in (first, second, third, first)]
    if all(each.engine == "batch" for each in (case, *cases)):
        assert_as_alone([case, *cases], most=most)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), most=st.sampled_from((1, 1e9)))
def test_cases_that_hold_and_lay_out_numbers_are_as_alone(data, most):
    """Numbers of all places: of stages to come, of teams, shared ones, defaults of which each has a share."""
    scenario = from_data(data.draw(scenarios()))
    numbers = [number for _, number in uncertain_numbers(scenario)]
    case = Case(scenario, 11, engine_for(scenario))
    if not numbers or case.engine != "batch":
        return
    some = st.lists(st.sampled_from(numbers), min_size=1, max_size=3)
    names = {number.draw_name for number in numbers}
    both = {name: np.linspace(0.1, 0.9, 2 * SIZE)[:: 1 + k % 2][:SIZE] for k, name in enumerate(names)}
    cases = [case]
    for chosen in (data.draw(some) for _ in range(3)):
        pins = {name: 0.05 for number in chosen for name in (number.draw_name, number.path)}
        other = both | {number.draw_name: np.linspace(0.9, 0.1, SIZE) for number in chosen}
        cases += [
            replace(case, pinned=pins),
            *(replace(case, sample=DesignSample(x, 2)) for x in (both, other)),
        ]
    cases.append(replace(case, sample=DesignSample(both, 3)))
    changed_too = data.draw(changed(scenario))
    if engine_for(changed_too) == "batch":
        cases += [replace(each, scenario=changed_too) for each in cases[1:3]]
    assert_as_alone(cases, most=most)


OF_LAST: dict[str, dict[str, Any]] = {
    "stages.stage-3.gate.risk": {"uniform": [0.0, 0.5]},
    "stages.stage-3.points.experts.spread": {"uniform": [1, 6]},
    "stages.stage-3.points.benchmark.mean": {"uniform": [20, 26]},
    "stages.stage-3.cut.keep": {"weighted": {1: 1, 2: 1}},
    "stages.stage-3.points.users.mean": {"uniform": [8, 12], "shared": "mood"},
    "stages.stage-3.points.users.spread": {"uniform": [1, 3], "shared": "mood"},
}
LUCK_OF_LAST = [*(path for path, law in OF_LAST.items() if "shared" not in law), "shared:mood"]


def test_numbers_of_the_last_stage_are_held_without_another_whole_play(whole):
    plan = load("k-ai-2025-plan", OF_LAST).settled()
    case = Case(plan, 5, "batch")
    cases = [replace(case, pinned={name: u}) for name in LUCK_OF_LAST for u in (0.1, 0.9)]
    assert_as_alone([case, *cases, replace(case, pinned=dict.fromkeys(LUCK_OF_LAST, 0.4))], 64)
    assert len(whole) == 1
    of_all = [alone(one, 0, 64) for one in (case, *cases)]
    assert len({str(one) for one in of_all}) > len(LUCK_OF_LAST)  # they matter


def test_a_number_of_a_team_makes_a_whole_play(whole):
    plan = load("k-ai-2025-plan").settled()
    (path, *_) = (
        p for p, _ in uncertain_numbers(plan) if p.startswith(("hardware.", "teams.", "capability."))
    )
    cases = [Case(plan, 5, "batch"), Case(plan, 5, "batch", pinned={path: 0.2})]
    assert_as_alone(cases, 64)
    assert len(whole) == 2


def test_options_of_a_forecast_share_a_course(whole):
    """The particles of `k-ai` come with the program: nothing is inferred."""
    case = Case(load("k-ai"), 1, "batch")
    case = replace(case, past=infer(case, Runner()).past)
    cases = [case, *(replace(case, scenario=option.scenario) for option in options(case.scenario)[1:])]
    assert_as_alone(cases, 300)
    assert whole == [case.played]


def test_what_has_other_luck_shares_nothing(whole):
    case = Case(load("k-ai-2025-plan"), 1, "batch")
    pinned = replace(case, pinned={"judging.follows_strength": 0.9})
    courses = Courses(1e9)
    for each in (case, pinned, case, replace(case, seed=2), pinned):
        outcomes = courses.play(each, 0, SIZE, Draws(each.seed))
        assert_identical(arrays(outcomes), alone(each, 0, SIZE))
    assert len(whole) == 3


def test_other_replications_share_nothing(whole):
    case, courses = Case(load("minimal"), 1, "batch"), Courses(1e9)
    for start, stop in ((0, 20), (0, 21), (1, 21), (0, 20)):
        assert_identical(arrays(courses.play(case, start, stop, Draws(1))), alone(case, start, stop))
    assert len(whole) == 3


def test_it_goes_on_from_the_course_with_which_it_shares_most(whole, monkeypatch):
    """A point of a sweep and an option of it: both from the point, though the plain scenario came first."""
    from_where = []
    again = replay.play_again

    def noted(course, scenario, changes, *rest):
        from_where.append(changes.first)
        return again(course, scenario, changes, *rest)

    monkeypatch.setattr(replay, "play_again", noted)
    last = "stages.stage-3"
    point = {f"{last}.grants.pool.B200": 999}
    values: tuple[dict[str, int], ...] = ({}, point, point | {f"{last}.cut.keep": 3}, {f"{last}.cut.keep": 3})
    assert_as_alone([Case(load("k-ai-2025-plan", each), 1, "batch") for each in values])
    assert len(whole) == 1
    assert [step.name for _, step in from_where] == ["COMPUTE", "DECISION", "DECISION"]


def stage_arrays(stage):
    return [array for field in fields(stage) if isinstance(array := getattr(stage, field.name), np.ndarray)]


def bytes_kept(cases):
    courses = Courses(1e9)
    for case in cases:
        courses.play(case, 0, SIZE, Draws(1))
    return courses._size


def test_a_course_that_goes_on_from_another_takes_the_bytes_of_what_it_has_anew():
    plan = Case(load("k-ai-2025-plan"), 1, "batch")
    later = replace(plan, scenario=load("k-ai-2025-plan", {"stages.stage-3.grants.pool.B200": 999}))
    one, both = bytes_kept([plan]), bytes_kept([plan, later])
    outcomes = plan.play(0, SIZE, Draws(1))
    first, second, last = (sum(a.nbytes for a in stage_arrays(outcomes.stages[s])) for s in range(3))
    assert one > first + second + last
    assert one + 0.5 * last < both < 2 * one - first - second


def test_what_is_yet_to_be_worked_out_counts_beforehand():
    """Tables ask for all of it, and nobody counts again what is kept."""
    case, courses = Case(load("k-ai-2025-plan"), 1, "batch"), Courses(1e9)
    courses.play(case, 0, 500, Draws(1))
    counted, (kept,) = courses._size, courses._kept.values()
    assert arrays(kept.course.outcomes)
    assert 0.95 < sum(_bytes_of_arrays(kept.course).values()) / counted < 1.05


def test_courses_are_kept_up_to_so_many_bytes():
    cases = [Case(load("minimal", {"teams.red.effect": n}), 1, "batch") for n in range(5)]
    one = bytes_kept(cases[:1])
    courses = Courses(2.5 * one)
    for case in cases:
        courses.play(case, 0, SIZE, Draws(1))
    assert [kept.case for kept in courses._kept.values()] == cases[-2:]
    assert courses._size == 2 * one


def test_the_next_group_goes_on_from_the_last(whole):
    plan = Case(load("k-ai-2025-plan"), 1, "batch")
    keep = replace(plan, scenario=load("k-ai-2025-plan", {"stages.stage-3.cut.keep": 3}))
    for cases in ([plan], [keep], [plan, keep]):
        (worlds,), failures = play_block(cases, 0, SIZE)
        assert failures == []
        for case, found in zip(cases, worlds, strict=True):
            assert_identical(arrays(found), alone(case, 0, SIZE))
    assert whole == [plan.scenario]


def test_a_rule_of_a_users_own_is_asked_anew_by_each_group():
    """It may depend on what the program cannot see: here, on how many are to stay."""
    stay = [1]
    rules = replace(BUILT_IN, cut=lambda rank, field, keep, drop: field & (rank <= stay[0]))
    case = Case(load("minimal"), 1, "batch", rules)
    for stay[0] in (1, 2):
        ((found,),) = play_block([case], 0, SIZE)[0]
        assert found.selected.sum(axis=1).max() == stay[0]


def test_far_replications_are_not_remembered(whole):
    """A block of millions is never asked for again, and would push out what is."""
    case, start = Case(load("minimal"), 1, "batch"), group._REMEMBERED
    for _ in range(2):
        ((found,),) = play_block([case], start, start + SIZE)[0]
        assert_identical(arrays(found), alone(case, start, start + SIZE))
    assert whole == []


def test_a_case_of_the_event_engine_is_played_by_it(monkeypatch):
    forbid_plays(monkeypatch)
    courses, case = Courses(1e9), Case(load("minimal"), 1, "event")
    assert courses.play(case, 0, 3, Draws(1)).selected.any()


def test_a_rule_that_raises_is_told_of_the_case_and_its_stage():
    def cut(rank, eligible, keep, drop):
        if np.any(keep == 1):
            raise ArithmeticError("no one")
        return BUILT_IN.cut(rank, eligible, keep, drop)

    rules = replace(BUILT_IN, cut=cut)
    last = "stage-3"
    cases = [
        Case(load("k-ai-2025-plan", {f"stages.{last}.cut.keep": keep}), 1, "batch", rules) for keep in (2, 1)
    ]
    with pytest.raises(ArithmeticError) as raised:
        play_block(cases, 0, 200)
    assert stage_of(raised.value) == last
    assert "in case 1" in raised.value.__notes__
