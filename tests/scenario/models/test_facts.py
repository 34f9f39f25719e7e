"""Facts are read in all their forms, say what was published to the digit, and change no run."""

import numpy as np
import pytest

from sim.execute.case import Case
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.evidence import without_facts
from sim.scenario.models.facts import Fact
from sim.scenario.models.inputs import inputs
from tests.scenario.broken import GOOD, changed, loaded
from tests.scenario.files import write

FACTS = """\
    cut: {keep: 1}
    happened: {blue: out-by-points}
    facts:
      maths: {of: exam/maths, points: {red: 12.5}, first: red, mean: 11.25, confidence: M}
      code: {of: exam/code, points: {red: 30.25, blue: 29.5}, within: [-0.5, 1]}
      jury: {of: jury, first: [red, blue], at_most: 31, at_least: {red: 20}}
      total: {of: total, order: [red, [blue]], gap: 2, known: 2026-07-20}
"""
DECIDED = changed("    cut: {keep: 1}\n", FACTS, changed("as_of: 2026-01-01", "as_of: 2026-12-01"))


def facts_of(scenario):
    return scenario.stages["first"].facts


def fact(**keys):
    return Fact(of="exam", **keys)


def test_they_are_read_and_survive_being_resolved(tmp_path):
    scenario = loaded(tmp_path, DECIDED)
    assert list(facts_of(scenario)) == ["maths", "code", "jury", "total"]
    assert facts_of(scenario)["jury"].tied("first") == ("red", "blue")
    assert facts_of(scenario)["total"].groups == (("red",), ("blue",))
    again = from_data(scenario.resolved())
    assert again == scenario
    assert again.digest() == scenario.digest()


def test_a_scenario_without_them_is_resolved_as_before(tmp_path):
    assert all("facts" not in stage for stage in loaded(tmp_path, GOOD).resolved()["stages"].values())


def test_they_are_no_inputs_and_change_no_run(tmp_path):
    scenario = loaded(tmp_path, DECIDED)
    plain = without_facts(scenario)
    assert inputs(scenario) == inputs(plain)
    ours, theirs = (Case(each, 1, "batch").play(0, 20).stages for each in (scenario, plain))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one.total, other.total)
        np.testing.assert_array_equal(one.fate, other.fate)


@pytest.mark.parametrize(
    ("points", "low", "high"),
    [
        ({"red": 11.9}, 11.85, 11.95),
        ({"red": 9.48}, 9.475, 9.485),
        ({"red": 25}, 24.95, 25.05),
        (
            {"red": 9.2, "blue": 9.25},
            9.195,
            9.205,
        ),  # 9.2 beside 9.25 is 9.20, which YAML does not tell from 9.2
    ],
)
def test_points_as_written_are_rounded(points, low, high):
    assert fact(points=points).points_of("red") == pytest.approx((low, high))


def test_a_mean_and_a_gap_are_rounded_by_their_own_digits():
    both = fact(points={"red": 29.5}, mean=28.75, gap=2.4)
    assert both.about("mean") == pytest.approx((28.745, 28.755))
    assert both.about("gap") == pytest.approx((2.35, 2.45))
    assert both.points_of("red") == pytest.approx((29.45, 29.55))


def test_within_takes_the_place_of_rounding():
    told = fact(points={"red": 8.75}, mean=9.0, within=[-0.10, 0.35])
    assert told.points_of("red") == pytest.approx((8.65, 9.10))
    assert told.about("mean") == pytest.approx((8.90, 9.35))


def test_who_ties_with_known_points_has_the_same():
    assert fact(points={"red": 9.2}, first=["red", "blue"]).points_of("blue") == pytest.approx((9.15, 9.25))
    assert fact(points={"red": 9.2}, first="red").points_of("blue") is None


def test_a_limit_is_for_all_or_by_team():
    assert fact(at_most=30).limit("at_most", ["red", "blue"]) == {"red": 30, "blue": 30}
    assert fact(at_most={"red": 30}).limit("at_most", ["red", "blue"]) == {"red": 30}
    assert fact(at_most=30).limit("at_least", ["red"]) == {}


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("first", "blue", ("blue",)),
        ("first", ["red", "blue"], ("red", "blue")),
        ("first", None, ()),
    ],
)
def test_a_part_of_one_can_be_set(tmp_path, path, value, found):
    target = tmp_path / "main.yaml"
    target.write_text(DECIDED, encoding="utf-8")
    scenario = load(
        target, {f"stages.first.facts.maths.{path}": value, "stages.first.facts.maths.points": None}
    )
    assert facts_of(scenario)["maths"].tied("first") == found


def test_one_can_be_removed_and_another_set_in_full(tmp_path):
    target = tmp_path / "main.yaml"
    target.write_text(DECIDED, encoding="utf-8")
    changes = {"stages.first.facts.maths": None, "stages.first.facts.new": {"of": "jury", "mean": 28.5}}
    assert list(facts_of(load(target, changes))) == ["code", "jury", "total", "new"]


def test_a_file_laid_over_another_changes_a_part_of_a_fact(folder):
    write(base=DECIDED)
    text = """\
extends: base.yaml
stages:
  first:
    facts:
      maths: {first: blue, last: red, points: ~}   # two teams, and no window of time
      code: ~
      jury: {at_most: {blue: 30}}
      normal: {of: jury, mean: 28.5}               # the name of a law may be a fact's
"""
    write(main=text)
    facts = facts_of(load("main.yaml"))
    assert list(facts) == ["maths", "jury", "total", "normal"]
    assert (facts["maths"].first, facts["maths"].last, facts["maths"].mean) == ("blue", "red", 11.25)
    assert facts["jury"].at_most == {"blue": 30}
    assert facts["jury"].at_least == {"red": 20}


def test_from_start_forgets_them(tmp_path):
    started = loaded(tmp_path, DECIDED).from_start()
    assert not started.has_facts
    assert from_data(started.resolved()) == started


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "a fact that says nothing"),
        ({"within": [0, 1], "first": "red"}, "`within` without a number"),
        ({"within": [1, 0], "mean": 5}, "the lower end first"),
        ({"within": [0, 1e-9], "mean": 5}, "from 0 to 1e-09, expected"),
        ({"within": [0], "mean": 5}, "within"),
        ({"points": {"red": -1}}, "points"),
        ({"first": []}, "first"),
        ({"mean": "high"}, "mean"),
        ({"frist": "red"}, "frist"),
    ],
)
def test_what_no_fact_can_say_is_refused(keys, said):
    with pytest.raises(ValueError, match=said):
        Fact.model_validate({"of": "exam", **keys})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{of: exam}", "a fact that says nothing, expected points, first, last, order, mean, gap,"),
        ("{of: exam/a/b, mean: 1}", "'exam/a/b', expected `total`, a block, or `block/item`"),
        ("{mean: 1}", "missing, expected this required key"),
        ("{of: exam, first: {red: 1}}", "a block of keys, expected text"),
        ("{of: exam, points: 5}", "5, expected a block of keys"),
    ],
)
def test_the_line_says_what_is_wrong(tmp_path, line, said):
    text = changed(
        "maths: {of: exam/maths, points: {red: 12.5}, first: red, mean: 11.25, confidence: M}",
        f"maths: {line}",
        DECIDED,
    )
    with pytest.raises(ScenarioError) as refused:
        loaded(tmp_path, text)
    (problem,) = refused.value.problems
    assert problem.line == 20
    assert said in str(problem)
