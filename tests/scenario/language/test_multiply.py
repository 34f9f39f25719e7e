"""`copies: 89` stands for as many teams, and a list that names their id for all of them."""

from typing import Any

import pytest

from sim.scenario import ScenarioError, from_data, load
from sim.scenario.problems import by_number, fold_copies, list_known

CONTEST: dict[str, Any] = {
    "format": 1,
    "name": "Many",
    "as_of": "2026-01-01",
    "teams": {"star": {}, "others": {"copies": 3, "name": "Bidder", "effect": 1}, "late": {"copies": 2}},
    "groups": {"all": ["others", "star"]},
    "stages": {
        "one": {
            "result": "2026-02-01",
            "points": {"jury": {"max": 100, "mean": 60}},
            "entry": {"day": "2026-02-02", "candidates": ["late"], "returning": ["others"]},
        },
        "two": {"result": "2026-03-01", "points": {"jury": {"max": 100, "mean": 60}}},
    },
}


def with_team(team):
    return CONTEST | {"teams": CONTEST["teams"] | {"others": team}}


def test_copies_are_teams_like_any_others():
    scenario = from_data(CONTEST)
    names = [(t, team.name.en, team.effect) for t, team in scenario.teams.items()]
    assert names == [
        ("star", "star", 0.0),
        ("others-1", "Bidder 1", 1.0), ("others-2", "Bidder 2", 1.0), ("others-3", "Bidder 3", 1.0),
        ("late-1", "late-1", 0.0), ("late-2", "late-2", 0.0),
    ]  # fmt: skip


def test_a_list_of_teams_names_all_of_them_by_their_id():
    scenario = from_data(CONTEST)
    assert scenario.groups == {"all": ("others-1", "others-2", "others-3", "star")}
    entry = scenario.stages["one"].entry
    assert entry is not None
    assert entry.candidates == ("late-1", "late-2")
    assert entry.returning == ("others-1", "others-2", "others-3")


def test_what_was_given_is_not_changed():
    before = repr(CONTEST)
    from_data(CONTEST)
    assert repr(CONTEST) == before


def test_the_resolved_scenario_is_the_same_one_written_out():
    scenario = from_data(CONTEST)
    assert from_data(scenario.resolved()) == scenario


def test_names_in_both_languages_are_numbered():
    named = with_team({"copies": 2, "name": {"en": "Bidder", "ko": "신청 팀"}})
    named = {**named, "groups": {}, "stages": {"one": CONTEST["stages"]["two"]}}
    names = [team.name for t, team in from_data(named).teams.items() if t.startswith("others")]
    assert [(name.en, name.ko) for name in names] == [("Bidder 1", "신청 팀 1"), ("Bidder 2", "신청 팀 2")]


@pytest.mark.parametrize("number", [0, -1, 2.5, "x", True, 501, None])
def test_copies_are_a_whole_number(number):
    with pytest.raises(ScenarioError, match="copies, expected a whole number from 1 to 500") as refused:
        from_data(with_team({"copies": number}))
    assert refused.value.problems[0].path == "teams.others.copies"


def test_too_many_in_all_are_refused_as_teams():
    with pytest.raises(ScenarioError, match="504 teams, expected at most 500"):
        from_data(CONTEST | {"teams": CONTEST["teams"] | {"more": {"copies": 498}}})


def test_what_is_wrong_with_one_is_told_where_it_is_written(tmp_path):
    path = tmp_path / "many.yaml"
    path.write_text(
        "format: 1\nname: Many\nas_of: 2026-01-01\nteams:\n  others: {copies: 2, effekt: 1}\n"
        "stages: {one: {result: 2026-02-01}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as refused:
        load(path)
    assert {problem.line for problem in refused.value.problems} == {5}


KNOWN: dict[str, Any] = {
    **CONTEST,
    "as_of": "2026-04-01",
    "teams": {"star": {}, "others": {"copies": 6}},
    "groups": {},
    "stages": {
        "one": {
            "result": "2026-02-01",
            "points": {"jury": {"max": 100, "mean": 60}},
            "gate": {"risk": 0.2},
            "cut": {"drop": 2},
            "happened": {"others": {"out-by-points": 2, "out-at-gate": 1}},
            "pays": {"start": {"others": "2000 KRW", "others-2": "3000 KRW"}},
        },
        "two": {
            "result": "2026-03-01",
            "points": {"jury": {"max": 100, "mean": 60}},
            "cut": {"keep": 1},
            "happened": {"others": "out-by-points"},
        },
    },
}


def test_results_name_as_many_copies_as_left_and_then_those_that_are_still_in():
    one, two = from_data(KNOWN).stages.values()
    assert one.happened == {
        "others-4": "out-by-points",
        "others-5": "out-by-points",
        "others-6": "out-at-gate",
    }
    assert two.happened == dict.fromkeys(("others-1", "others-2", "others-3"), "out-by-points")


def test_a_table_by_team_has_a_row_for_each_copy_but_for_those_with_their_own():
    one = from_data(KNOWN).stages["one"]
    assert one.pays is not None
    assert one.pays.start == {f"others-{i}": 3000.0 if i == 2 else 2000.0 for i in range(1, 7)}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"out-by-points": 7}, "more than the 6 of them that are still in, expected at most 6 in all"),
        ({"out": 2}, "'out', expected 'out-by-points' or 'out-at-gate'"),
        ("out", "'out', expected 'out-by-points' or 'out-at-gate'"),
    ],
)
def test_what_cannot_be_said_of_copies_is_refused_in_plain_words(how, said):
    stages = KNOWN["stages"] | {"one": KNOWN["stages"]["one"] | {"happened": {"others": how}}}
    with pytest.raises(ScenarioError) as refusal:
        from_data(KNOWN | {"stages": stages})
    assert said in str(refusal.value)


def test_who_there_is_is_listed_with_copies_by_their_first_and_last():
    assert list_known(["a", *(f"x-{i}" for i in range(1, 39)), "y-1", "y-2"]) == "a, x-1 to x-38, y-1, y-2"
    names = ["x-10", "x-2", "b", "x-1", "x-3"]
    assert fold_copies(["Ann", "Ben"]) == [("Ann", "Ann"), ("Ben", "Ben")]
    assert sorted(names, key=by_number) == ["b", "x-1", "x-2", "x-3", "x-10"]
