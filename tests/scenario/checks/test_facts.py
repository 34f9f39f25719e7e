"""Facts that cannot be meant are refused where they stand; what a forecast cannot have is told apart."""

from copy import deepcopy
from typing import Any

import pytest

from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.facts import forecast_errors, greatest_points
from tests.helpers import quiet_data, stage

POINTS = {
    "exam": {"max": 60, "mean": 35, "per_eci": 0.8, "items": {"maths": 20, "code": 40}},
    "jury": {"max": 40, "mean": 28, "spread": 2.5, "rescale": "leader", "items": {"depth": 30, "width": 10}},
}
TEAMS: dict[str, Any] = {"red": {}, "blue": {}, "green": {}, "late": {}}


def data(fact, **more):
    """Three teams evaluated, red out, late in afterwards; a second stage ahead."""
    entry = {"day": "2026-04-15", "candidates": ["late"], "happened": ["late"]}
    first = stage(
        1, deepcopy(POINTS), cut={"keep": 2}, happened={"red": "out-by-points"}, entry=entry, **more
    )
    first["facts"] = {"fact": fact}
    return quiet_data(TEAMS, [first, stage(2, POINTS)])


def problems(given):
    with pytest.raises(ScenarioError) as refused:
        from_data(given)
    return [(each.path.removeprefix("stages.s1.facts."), str(each)) for each in refused.value.problems]


@pytest.mark.parametrize(
    ("fact", "path", "said"),
    [
        ({"of": "exma", "mean": 3}, "fact.of", "no block or item 'exma' (did you mean 'exam'?)"),
        ({"of": "exam/math", "mean": 3}, "fact.of", "'exam/math' (did you mean 'exam/maths'?)"),
        ({"of": "total/maths", "mean": 3}, "fact.of", "no block or item 'total/maths'"),
        ({"of": "exam", "points": {"rde": 3}}, "fact.points.rde", "no team 'rde' (did you mean 'red'?)"),
        ({"of": "exam", "points": {"late": 3}}, "fact.points.late", "not evaluated at this stage, expected"),
        ({"of": "exam", "first": "late"}, "fact.first", "'late', which was not evaluated at this stage"),
        ({"of": "exam", "last": ["red", "bleu"]}, "fact.last", "did you mean 'blue'?"),
        ({"of": "exam", "order": ["red", ["bleu"]]}, "fact.order.1", "did you mean 'blue'?"),
        ({"of": "exam", "at_most": {"late": 3}}, "fact.at_most.late", "not evaluated"),
        ({"of": "exam", "at_least": {"rde": 3}}, "fact.at_least.rde", "no team"),
        ({"of": "exam/maths", "points": {"red": 20.5}}, "fact.points.red", "20.5 points of exam/maths"),
        ({"of": "exam", "mean": 60.5}, "fact.mean", "60.5 points of exam, expected at most 60"),
        ({"of": "exam", "gap": 61}, "fact.gap", "at most 60"),
        ({"of": "jury", "at_least": 41}, "fact.at_least", "at most 40"),
        ({"of": "total", "at_most": {"red": 101}}, "fact.at_most.red", "at most 100"),
        ({"of": "exam", "order": ["red"]}, "fact.order", "an order of one place"),
        ({"of": "exam", "order": ["red", ["blue", "red"]]}, "fact.order", "'red' 2 times"),
        ({"of": "exam", "first": ["red", "red"]}, "fact.first", "'red' 2 times"),
        ({"of": "exam", "first": "red", "last": ["blue", "red"]}, "fact.last", "'red', which is first too"),
        (
            {"of": "exam", "first": ["red", "blue"], "points": {"red": 3, "blue": 4}},
            "fact.first",
            "a tie of teams with other points",
        ),
        ({"of": "exam", "mean": 3, "known": "2041-01-01"}, "fact.known", "a day up to 2040-01-01"),
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be_meant_is_told_in_one_line(fact, path, said):
    ((where, line),) = problems(data(fact))
    assert where == path
    assert said in line


def test_facts_of_a_stage_ahead_are_refused():
    given = data({"of": "exam", "mean": 35})
    given["stages"]["s2"]["facts"] = {"early": {"of": "exma", "mean": 99}}
    ((path, line),) = problems(given)
    assert path == "stages.s2.facts"
    assert "facts of a stage whose result is not known, expected `happened` beside them" in line


def test_a_gap_needs_two_teams():
    first = stage(1, POINTS, happened={}, facts={"gap": {"of": "exam", "gap": 1.0}})
    ((path, line),) = problems(quiet_data({"red": {}}, [first]))
    assert path == "gap.gap"
    assert "a gap where 1 was evaluated" in line


@pytest.mark.parametrize("table", ["choices", "doubts"])
def test_a_fact_is_neither_a_choice_nor_a_doubt(table):
    given = data({"of": "exam", "mean": 35})
    given[table] = {"stages.s1.facts.fact.mean": [34, 36]}
    assert all(f"a {table[:-1]} about a fact" in line for _, line in problems(given))


def test_items_of_a_rescaled_block_may_have_more_than_their_maximum():
    scenario = from_data(data({"of": "jury/width", "points": {"red": 12.5}}))
    first = scenario.stages["s1"]
    assert [greatest_points(first, of) for of in ("exam/maths", "exam", "jury/width", "total")] == [
        20,
        60,
        40,
        100,
    ]
    assert greatest_points(first, "jury/length") is None


def refusals(given):
    return [(".".join(each.path), each.found) for each in forecast_errors(from_data(given))]


FINE = {"of": "exam", "mean": 35}


def test_nothing_is_wrong_with_the_real_programme():
    assert list(forecast_errors(load("k-ai"))) == []


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        (("points", "exam", "noise_shape", "gumbel-min"), "points.exam.noise_shape", "gumbel-min noise"),
        (("points", "exam", "items", {"maths": {"max": 20, "target": 140}, "code": 40}),
         "points.exam.items.maths.target", "an item against a target"),
        (("cut", "keep", {"uniform": [2, 2.4]}), "cut.keep", "an uncertain cut"),
        (("cut", "minimum", {"uniform": [2, 3]}), "cut.minimum", "an uncertain cut"),
        (("entry", "happened", None), "entry", "an entry whose outcome is not known"),
    ],
)  # fmt: skip
def test_what_a_decided_stage_of_a_forecast_cannot_have_is_told(change, path, said):
    given = data(FINE)
    *way, key, value = change
    block = given["stages"]["s1"]
    for step in way:
        block = block[step]
    block[key] = value
    ((where, found),) = refusals(given)
    assert where == f"stages.s1.{path}"
    assert found.startswith(said)


def test_nor_can_it_have_faults_one_by_one_but_a_stage_ahead_may_have_anything():
    given = data(FINE)
    given["faults"]["mode"] = "each"
    assert refusals(given) == [("faults.mode", "faults one by one, with facts about points of the past")]
    given = data(FINE)
    given["stages"]["s2"]["points"] = {**POINTS, "exam": {**POINTS["exam"], "noise_shape": "gumbel-max"}}
    given["stages"]["s2"]["cut"] = {"keep": {"uniform": [1, 2]}}
    assert refusals(given) == []


def test_grants_by_results_of_a_decided_stage_are_refused_whether_or_not_there_are_facts():
    given = data(FINE)
    given["stages"]["s2"]["grants"] = {"pool": {"B200": 100}, "shares": "by-score"}
    ((path, line),) = problems(given)
    assert path == "stages.s2.grants.shares"
    assert "shares by results of a stage whose scores are not known" in line
