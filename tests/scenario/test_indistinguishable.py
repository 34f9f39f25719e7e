"""Teams whose inputs do not differ are said not to differ, and no others are."""

from pathlib import Path

import pytest

from sim.scenario import load
from sim.scenario.comparison import indistinguishable_teams
from tests.helpers import quiet, stage
from tests.stats.small import JURY

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


def alike(one, other, **rules):
    """Whether two such teams are told as alike."""
    return indistinguishable_teams(quiet({"a": one, "b": other}, [stage(1, JURY, **rules)])) == [("a", "b")]


def test_teams_of_our_scenarios_are_alike_only_where_the_file_says_nothing_of_either():
    found = {
        name: indistinguishable_teams(load(SCENARIOS / f"{name}.yaml"))
        for name in ("equal-teams", "k-ai-2025-plan")
    }
    assert found == {
        "equal-teams": [("one", "two", "three", "four", "five")],
        "k-ai-2025-plan": [("lg", "upstage")],
    }
    assert indistinguishable_teams(load(SCENARIOS / "minimal.yaml")) == []


@pytest.mark.parametrize(
    "difference",
    [
        {"own": {"B200": 1}},
        {"effect": 0.1},
        {"gate_risk": 0.2},
        {"mfu": {"B200": 0.4}},
        {"main_run_share": 0.4},
        {"faults": {"per_node_day": 0.01}},
        {"effect": {"uniform": [-1.0, 1.0]}},
    ],
)
def test_any_input_tells_teams_apart(difference):
    assert not alike({}, difference)
    assert alike(difference, difference)


def test_names_and_marks_tell_nobody_apart():
    assert alike({"name": "A", "source": "here", "confidence": "H"}, {"name": "B", "guess": True})


def test_marks_within_an_uncertain_number_tell_nobody_apart():
    law = {"uniform": [1.0, 2.0]}
    assert alike({"own": {"B200": law}}, {"own": {"B200": law | {"guess": True, "source": "a rumour"}}})


@pytest.mark.parametrize(
    ("grants", "same"),
    [
        ({"gpus": {"default": {"B200": 5}}}, True),
        ({"gpus": {"a": {"B200": 5}, "default": {"B200": 5}}}, True),
        ({"gpus": {"a": {"B200": 5}, "b": {"B200": 6}}}, False),
        ({"gpus": {"a": {"B200": 5}}}, False),
        ({"gpus": {"a": "none"}}, True),
        ({"pool": {"B200": 10}, "shares": "equal"}, True),
        ({"pool": {"B200": 10}, "shares": "equal", "among": ["a", "b"]}, True),
        ({"pool": {"B200": 10}, "shares": "equal", "among": ["a"]}, False),
        ({"pool": {"B200": 10}, "shares": {"a": 0.5, "b": 0.5}}, True),
        ({"pool": {"B200": 10}, "shares": {"a": 0.5, "default": 0.4}}, False),
    ],
)
def test_grants_tell_apart_the_teams_that_they_treat_otherwise(grants, same):
    assert alike({}, {}, grants=grants) == same
