"""Groups, awards, money and what is carried over name what there is, or are refused in one line."""

from copy import deepcopy
from typing import Any

import pytest

from sim.scenario import ScenarioError, from_data

JURY = {"jury": {"max": 100, "mean": 60}}
CONTEST: dict[str, Any] = {
    "format": 1,
    "name": "A contest",
    "as_of": "2026-01-01",
    "teams": {t: {} for t in "abcd"},
    "groups": {"x": ["a", "b"], "y": ["c", "d"], "z": ["b", "c"]},
    "stages": {
        "one": {"result": "2026-02-01", "points": JURY},
        "gate": {"result": "2026-02-01", "gate": {"risk": 0.1}},
        "two": {"result": "2026-03-01", "points": JURY},
    },
}
FACTS = {"facts": {"f": {"of": "jury", "points": {"a": 70}}}, "happened": {"d": "out-by-points"}}


def refused(changes, base=CONTEST):
    with pytest.raises(ScenarioError) as found:
        from_data(deepcopy(base), changes)
    return [f"{each.path}: {each.found}" for each in found.value.problems]


def test_the_contest_itself_is_fine():
    assert list(from_data(CONTEST).stages) == ["one", "gate", "two"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"groups.x": ["a", "e"]}, "groups.x.e: no team 'e'"),
        ({"groups.x": ["a", "a"]}, "groups.x: 'a' twice"),
        ({"stages.one.cut.places": {"v": 1}}, "stages.one.cut.places.v: no group 'v'"),
        (
            {"stages.one.cut": {"keep": 2, "places": {"x": 2, "y": 2}}},
            "stages.one.cut.places: places for 4 teams, of 2 to keep",
        ),
        (
            {"stages.one.cut": {"keep": 2, "at_most": {"x": 1, "z": 1}}},
            "stages.one.cut.at_most: 'b' in both 'x' and 'z', of each of which some can stay at most",
        ),
        ({"stages.one.cut": {"budget": 5, "asks": {"q": 1}}}, "stages.one.cut.asks.q: no team 'q'"),
        ({"stages.one.points_carried": 1}, "stages.one.points_carried: points carried, and none"),
        ({"stages.gate.cut": {"keep": 2}}, "stages.gate.cut: a cut by points in a stage without points"),
        ({"stages.gate.awards": {"gold": 1}}, "stages.gate.awards: `awards` by rank in a stage"),
        (
            {"stages.gate.pays": {"by_rank": [5]}},
            "stages.gate.pays: `pays` by rank in a stage without points",
        ),
        (
            {"stages.one.entry": {"day": "2026-02-01", "returning": ["e"]}},
            "stages.one.entry.returning.e: no team 'e'",
        ),
        (
            {
                "as_of": "2027-01-01",
                "stages.one.happened": {"a": "out-by-points"},
                "stages.one.cut": {"drop": 1},
                "stages.two.points_carried": 1,
            },
            "stages.two.points_carried: points carried from a stage whose points are not known",
        ),
        ({"capability.level": 100}, "capability: `capability` without hardware"),
        ({"frontier.level": 100}, "frontier: `frontier` without hardware"),
        ({"teams.a.main_run_share": 0.5}, "teams.a.main_run_share: `main_run_share` without hardware"),
        ({"stages.one.grants.delay": 3}, "stages.one.grants: `grants` without hardware"),
        ({"stages.one.points.jury.per_eci": 1}, "stages.one.points.jury.per_eci: `per_eci` without hardware"),
        (
            {"strength": {"unit": "Elo"}},
            "stages.one.points.jury: neither `per_strength` nor `spread`",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_where_it_stands(changes, found):
    assert any(line.startswith(found) for line in refused(changes)), refused(changes)


@pytest.mark.parametrize(
    ("cut", "found"),
    [
        ({"places": {"x": 2, "y": 1}}, "facts of a stage whose cut goes by groups"),
        ({"within": 9}, "facts of a stage whose cut goes by a distance"),
        ({"budget": 5, "asks": 2}, "facts of a stage whose cut goes by a budget"),
    ],
)
def test_facts_need_a_cut_by_which_the_kept_lie_above_the_others(cut, found):
    known = {
        "as_of": "2027-01-01",
        "stages.one.facts": FACTS["facts"],
        "stages.one.happened": FACTS["happened"],
    }
    assert f"stages.one.facts: {found}" in refused(known | {"stages.one.cut": cut})
    assert from_data(CONTEST, known | {"stages.one.cut": {"drop": 1}}).has_facts


@pytest.mark.parametrize(
    ("one", "found"),
    [
        ({"cut": {"keep": 3, "places": {"x": 2}}}, "a stage whose cut goes by groups"),
        ({"cut": {"minimum": 40, "within": 9}}, "a stage whose cut goes by a distance"),
        ({"cut": {"minimum": 40, "budget": 5, "asks": 2}}, "a stage whose cut goes by a budget"),
    ],
)
def test_such_a_result_is_no_condition_of_a_forecast_from_facts_of_another_stage(one, found):
    """By it some who stayed may lie behind some who left, or who left above the minimum."""
    facts = {"happened": {"c": "out-by-points"}, "facts": {"f": {"of": "jury", "points": {"a": 70}}}}
    known = {
        "as_of": "2027-01-01",
        "stages.one.happened": FACTS["happened"],
        "stages.gate.happened": {},
        "stages.two": CONTEST["stages"]["two"] | facts | {"cut": {"drop": 1}},
    }
    at_one = {f"stages.one.{key}": value for key, value in one.items()}
    assert f"stages.one: known result, beside facts, of {found}" in refused(known | at_one)
    assert from_data(CONTEST, known | {"stages.one.cut": {"drop": 1}}).has_facts
    without = known | at_one | {"stages.two": CONTEST["stages"]["two"]}
    assert not from_data(CONTEST, without).has_facts


def test_days_of_stages_on_paper_may_meet_but_not_turn_round():
    assert "stages.gate.result: 2026-01-31" in refused({"stages.gate.result": "2026-01-31"})
    late = {"stages.one.entry": {"day": "2026-02-02", "candidates": ["d"]}}
    assert "stages.gate.result: 2026-02-01" in refused(late)
