"""Of blocks of points, luck and points are kept where nothing changes them, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest

from sim.engines import replay
from sim.engines.changes import Said, changes_between
from sim.execute.case import Case
from sim.execute.courses import Courses
from sim.model.draws import CachedSource, Draws
from sim.scenario import from_data, load
from sim.scenario.language.load import with_values
from sim.scenario.models.numbers import uncertain_numbers
from tests.engines.identical import arrays, assert_identical
from tests.execute.test_courses import alone
from tests.world.test_trained_model import special_for

SIZE = 30
RANGES = {
    "judging.follows_strength": {"uniform": [0.1, 0.9]},
    "judging.lasting": {"uniform": [0.1, 0.9]},
    "judging.agree": {"uniform": [0.1, 0.9]},
    "capability.per_tenfold_compute": {"uniform": [3, 9]},
    "stages.stage-2.points.experts.mean": {"uniform": [20, 30]},
    "stages.stage-3.points.benchmark.mean": {"uniform": [15, 25]},
    "stages.stage-3.points.benchmark.per_eci": {"uniform": [0.2, 1]},
    "stages.stage-3.points.users.follows_strength": {"uniform": [0.1, 0.9]},
}
OF_JUDGES = {"judging.follows_strength", "judging.lasting", "judging.agree"}
JUDGED = {"experts", "users"}


def touched(name):
    """Stages and blocks whose luck a number is part of."""
    parts = name.split(".")
    if name in OF_JUDGES:
        return {(s, b) for s in ("stage-1", "stage-2", "stage-3") for b in JUDGED}
    return {(parts[1], parts[3])} if parts[0] == "stages" and parts[-1] != "per_eci" else set()


def courses_of(*cases):
    """The courses of cases, one after another, and what is kept of them in the end."""
    source, courses = CachedSource(Draws(cases[0].seed)), Courses(1e9)
    for case in cases:
        assert_identical(arrays(courses.play(case, 0, SIZE, source)), alone(case, 0, SIZE))
    return [kept.course for kept in courses._kept.values()]


def blocks(course):
    """Blocks of points of all stages, by stage and name."""
    scenario = course.scenario
    return {
        (s, name): block
        for (s, stage), inputs in zip(scenario.stages.items(), course.inputs.stages, strict=True)
        for name, block in zip(stage.points, inputs.scoring.blocks, strict=True)
    }


def replayed(one, other, place):
    """A block of the first stage of two scenarios, of which the other goes on from the one."""
    source = CachedSource(Draws(3))
    course = replay.play_course(one, source, 0, SIZE)
    changes = changes_between(Said.by(one), Said.by(other))
    assert changes is not None
    again = replay.play_again(course, other, changes, source)
    assert_identical(arrays(again.outcomes), alone(Case(other, 3, "batch"), 0, SIZE))
    return (each.inputs.stages[0].scoring.blocks[place] for each in (course, again))


@pytest.mark.parametrize("name", RANGES)
def test_luck_is_made_again_of_what_a_number_is_part_of_alone(name):
    """What the programme's judges go by counts as part of each judged block, whatever it has of its own."""
    case = Case(load("k-ai-2025-plan", RANGES).settled(), 3, "batch")
    first, second = map(blocks, courses_of(case, replace(case, pinned={name: 0.9})))
    other = {place for place in first if first[place].luck is not second[place].luck}
    assert other == touched(name)


@pytest.mark.parametrize(
    "name", ["k-ai-2025-plan", "sizes", "data-and-talent", "open-or-scratch", "fault-tolerance", "effort"]
)
def test_each_number_held_alone_gives_what_a_fresh_play_gives(name):
    case = Case(load(name).settled(), 3, "batch")
    names = sorted({number.draw_name for _, number in uncertain_numbers(case.scenario)})
    assert len(names) > 2
    courses_of(case, *(replace(case, pinned={one: 0.9}) for one in names))


@pytest.mark.parametrize(
    ("change", "stay"),
    [
        ({"points.benchmark.noise": 3}, "experts users"),
        ({"points.experts.mean": 22}, "benchmark users"),
        ({"gate.risk": 0.2, "points.users.spread": 4}, "benchmark experts"),
        ({"reference_compute": 1e24}, ""),
        ({"round_to": 0.5}, "benchmark experts users"),
        ({"points.benchmark.per_eci": 1}, "experts users"),
    ],
    ids=str,
)
def test_points_are_given_again_of_what_a_change_is_part_of_alone(change, stay):
    """Of the last stage: strength and who takes part are as before."""
    last = "stage-3"
    plan = load("k-ai-2025-plan")
    other = load("k-ai-2025-plan", {f"stages.{last}.{path}": value for path, value in change.items()})
    source = CachedSource(Draws(3))
    course = replay.play_course(plan, source, 0, SIZE)
    found = changes_between(Said.by(plan), Said.by(other))
    assert found is not None
    again = replay.play_again(course, other, found, source)
    pairs = zip(course.stages[-1].verdict.scored.blocks, again.stages[-1].verdict.scored.blocks, strict=True)
    same = {name for name, (one, then) in zip(plan.stages[last].points, pairs, strict=True) if one is then}
    assert same == set(stay.split())
    assert_identical(arrays(again.outcomes), alone(Case(other, 3, "batch"), 0, SIZE))


@pytest.mark.parametrize(
    "change",
    [
        {"judging.follows_strength": 0.9},
        {"judging.lasting": 0.2},
        {"judging.agree": 0.4},
        {"capability.team_spread": 1},
        {"teams.lg.effect": 3},
    ],
    ids=str,
)
def test_no_luck_is_taken_from_a_scenario_that_says_anything_else(change):
    """Numbers without a range have no luck that could have moved."""
    fixed = dict.fromkeys(change, 0.5)
    cases = [Case(load("k-ai-2025-plan", each).settled(), 3, "batch") for each in (fixed, change)]
    first, second = map(blocks, courses_of(*cases))
    assert not [place for place in first if first[place].luck is second[place].luck]


def test_a_slope_may_go_by_what_other_blocks_can_give():
    """Strength that is in points is in those of all blocks together: luck stays, points do not."""
    exams = {"a": {"max": 30, "mean": 10, "noise": 1}, "b": {"max": 20, "mean": 10, "noise": 1}}
    one, other = (
        from_data(
            {
                "format": 1,
                "name": "Without hardware",
                "as_of": "2026-01-01",
                "teams": {"x": {"effect": 2}, "y": {}},
                "stages": {
                    "s1": {"result": "2026-02-01", "points": {**exams, "b": most}, "cut": {"keep": 1}},
                },
            }
        )
        for most in (exams["b"], {**exams["b"], "max": 40})
    )
    first, second = replayed(one, other, 0)
    assert first.luck is second.luck
    assert not np.array_equal(first.slope, second.slope)


def test_a_model_made_for_one_block_has_elsewhere_what_all_others_leave():
    """The third block has the luck that it had, and other points once the first can give more."""
    one = special_for("users")
    other = with_values(one.resolved(), {"stages.s1.points.exam.max": 300})
    first, second = replayed(one, other, 1)
    assert first.luck is second.luck
    assert not np.array_equal(first.added, second.added)


def test_an_item_against_a_target_has_other_points_where_the_target_is_another():
    """It has no luck in which the number would show."""
    last = "stages.stage-3.points.benchmark"
    items = {"mmlu": {"max": 10, "target": {"uniform": [130, 150]}}, "arc": {"max": 15, "mean": 9}}
    case = Case(load("k-ai-2025-plan", {f"{last}.items": items, f"{last}.max": 25}).settled(), 3, "batch")
    courses_of(case, replace(case, pinned={f"{last}.items.mmlu.target": 0.9}))


EXAM = {"exam": {"max": 60, "mean": 35, "per_eci": 0.8}, "jury": {"max": 40, "mean": 28, "spread": 2.5}}


@pytest.mark.parametrize("order", [(False, True), (True, False)])
def test_who_may_come_in_again_by_a_stage_that_is_held_has_luck_there(order):
    """The one who left at the first stage is in play at the third only where that is held."""
    lent = {"grants": {"pool": {"B200": 1536}, "shares": "equal"}, "points": EXAM}
    third = "stages.third.held"
    data = {
        "format": 1,
        "name": "Back again",
        "as_of": "2026-08-01",
        "hardware": {"B200": {"peak": "2250 TFLOPS", "mfu": 0.23, "price": 9500}},
        "teams": {team: {} for team in "abcd"},
        "stages": {
            "first": {
                **lent,
                "train": "2026-01-01 to 2026-06-30",
                "result": "2026-07-15",
                "cut": {"keep": 3},
                "happened": {"c": "out-by-points"},
            },
            "second": {
                **lent,
                "train": "2026-07-16 to 2026-12-31",
                "result": "2027-01-15",
                "cut": {"keep": 2},
                "entry": {"day": "2027-01-20", "returning": ["c"]},
            },
            "third": {
                **lent,
                "train": "2027-02-01 to 2027-12-31",
                "result": "2028-01-15",
                "cut": {"keep": 1},
                "held": True,
            },
        },
    }
    courses_of(*(Case(from_data(data, {third: held}), 3, "batch") for held in order))
