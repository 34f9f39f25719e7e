"""`prior_from` says after which results a value was set; it changes no run."""

import json
from datetime import date

import pytest

import sim
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.models.inputs import inputs
from sim.scenario.models.numbers import same_draws
from sim.scenario.names import over_stages
from tests.helpers import quiet, stage

DAY, LATER = "2026-03-01", "2026-05-01"
LAW = {"triangular": [1, 2, 4]}
JURY = "stages.s1.points.jury"


def written(jury, **more):
    """A scenario of one judged block, as plain data."""
    block = {"max": 100, "mean": 50, "noise": 1.0, "spread": 2.0, **jury}
    return quiet({"a": {}, "b": {}}, [stage(1, {"jury": block}, cut={"keep": 1})]).resolved() | more


def marked(scenario):
    """Path -> day of what is marked."""
    return {each.path: each.prior_from for each in inputs(scenario) if each.prior_from is not None}


@pytest.mark.parametrize(
    ("jury", "expected"),
    [
        ({"prior_from": {"spread": DAY}}, {"spread": DAY}),
        ({"prior_from": {"mean": DAY, "spread": LATER}}, {"mean": DAY, "spread": LATER}),
        ({"prior_from": DAY}, {"max": DAY, "mean": DAY, "spread": DAY, "noise": DAY}),
        ({"spread": {**LAW, "prior_from": DAY}}, {"spread": DAY}),
        ({"spread": {**LAW, "prior_from": LATER}, "prior_from": {"spread": DAY}}, {"spread": LATER}),
        (
            {
                "items": {"x": {"max": 100, "mean": 50, "prior_from": {"mean": LATER}}},
                "prior_from": {"items": DAY},
            },
            {"items.x.max": DAY, "items.x.mean": LATER},
        ),
    ],
    ids=["a key", "two keys", "a block", "a number", "the nearest counts", "a block within"],
)
def test_a_block_a_key_or_a_number_may_have_the_mark(jury, expected):
    scenario = from_data(written(jury))
    assert marked(scenario) == {f"{JURY}.{key}": date.fromisoformat(day) for key, day in expected.items()}
    assert marked(from_data(scenario.resolved())) == marked(scenario)


def widest(scenario):
    """Path -> ends of what has a range without hindsight."""
    return {each.path: each.widest for each in inputs(scenario) if each.widest is not None}


WIDE = {"day": DAY, "widest": [1.0, 6.0]}


@pytest.mark.parametrize(
    "jury",
    [
        {"prior_from": {"spread": WIDE}},
        {"spread": {**LAW, "prior_from": WIDE}},
        {"spread": {**LAW, "prior_from": WIDE}, "prior_from": {"spread": LATER}},
    ],
    ids=["a key", "a number", "the nearest counts"],
)
def test_a_number_may_have_its_widest_range_beside_its_day(jury):
    scenario = from_data(written(jury))
    assert widest(scenario) == {f"{JURY}.spread": (1.0, 6.0)}
    assert marked(scenario) == {f"{JURY}.spread": date.fromisoformat(DAY)}
    again = from_data(scenario.resolved())
    assert (widest(again), again.digest()) == (widest(scenario), scenario.digest())
    plain = from_data(written({"spread": jury.get("spread", 2.0)}))
    assert repr(sim.run(plain, 40).tally) == repr(sim.run(scenario, 40).tally)


def test_a_number_that_is_given_has_no_range_without_hindsight(tmp_path):
    file = tmp_path / "scenario.yaml"
    file.write_text(json.dumps(written({"prior_from": {"spread": WIDE}})), encoding="utf-8")
    assert widest(load(file)) == {f"{JURY}.spread": (1.0, 6.0)}
    assert widest(load(file, {f"{JURY}.spread": 3.0})) == {}


def test_it_changes_no_run():
    plain, with_mark = (from_data(written(mark)) for mark in ({}, {"prior_from": DAY}))
    assert plain != with_mark
    assert repr(sim.run(plain, 40).tally) == repr(sim.run(with_mark, 40).tally)


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ({"sprad": DAY}, "a prior_from of 'sprad', expected a key of this block"),
        ("spring", "'spring', expected a date such as 2025-09-09"),
        ({"spread": "2026-02-30"}, "'2026-02-30', expected a day that the calendar has"),
        (["spread"], "a date such as"),
        (WIDE, "a widest range of a whole block, expected one by key"),
        ({"items": WIDE}, "a widest range of 'items', which is no number"),
        ({"spread": {"day": DAY, "widest": [6, 1]}}, "a widest range from 6 to 1, expected low < high"),
        (
            {"spread": {"day": DAY, "widest": [-1, 2]}},
            "a widest range from -1 to 2, expected values that it can",
        ),
        ({"spread": {"day": DAY, "widest": 6}}, "widest"),
        ({"spread": {"widest": [1, 6]}}, "day"),
        ({"spread": {"day": DAY, "widest": [1, 6], "law": "uniform"}}, "unknown key 'law'"),
    ],
    ids=[
        *(
            "no key",
            "no date",
            "no day",
            "a list",
            "a block",
            "no number",
            "upside down",
            "beyond what can be",
        ),
        *("no range", "no day beside it", "another key"),
    ],
)
def test_what_is_no_day_or_no_key_is_told(mark, told):
    with pytest.raises(ScenarioError) as refused:
        from_data(written({"prior_from": mark}))
    (problem,) = refused.value.problems
    assert told in str(problem)


def test_a_doubt_of_a_whole_block_has_its_widest_range_looked_at_too():
    block = written({})["stages"]["s1"]["points"]["jury"]
    wrong = {**block, "prior_from": {"spread": {"day": DAY, "widest": [-1, 2]}}}
    with pytest.raises(ScenarioError, match=r"a widest range from -1 to 2, expected .*value 1 of the doubt"):
        from_data(written({}, doubts={JURY: [wrong]}))


def test_what_is_set_is_known_unless_it_is_marked_anew(tmp_path):
    path, file = f"{JURY}.spread", tmp_path / "scenario.yaml"
    file.write_text(json.dumps(written({"prior_from": {"spread": DAY}})), encoding="utf-8")
    assert marked(load(file)) == {path: date.fromisoformat(DAY)}
    assert marked(load(file, {path: 3.0})) == {}
    assert marked(load(file, {path: {**LAW, "prior_from": LATER}})) == {path: date.fromisoformat(LATER)}
    assert marked(load(file, {f"{JURY}.mean": 40})) == marked(load(file))


def test_results_that_are_not_known_yet_are_suspicious():
    def warnings(day):
        scenario = from_data(written({"prior_from": {"spread": DAY}}, as_of=day))
        return [str(each.path[-1]) for each in lint_warnings(scenario) if "set after results" in each.found]

    assert warnings("2026-03-01") == []
    assert warnings("2026-02-28") == ["spread"]


def test_the_real_programme_marks_what_was_read_off_its_results():
    scenario = load("k-ai")
    found = marked(scenario)
    everywhere = {over_stages(path) for path in found}
    assert everywhere >= {
        "capability.team_spread",
        "stages.*.gate.risk",
        *(f"stages.*.points.{block}.spread" for block in ("experts", "users")),
        *(f"stages.*.points.{block}.mean" for block in ("benchmark", "experts", "users")),
    }
    for path, day in found.items():
        places = same_draws(scenario, [path])[path]
        assert [found.get(other) for other in places] == [day] * len(places)
        assert day <= date(2026, 8, 20)
