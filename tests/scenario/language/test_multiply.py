"""`copies: 89` stands for as many teams, and a list that names their id for all of them."""

from typing import Any

import pytest

from sim.scenario import ScenarioError, from_data, load

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
