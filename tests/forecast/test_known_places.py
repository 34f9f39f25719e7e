"""Which places teams are known to have had, by what was told of totals and by who left."""

import pytest

from sim.forecast.known_places import known_places
from sim.scenario import load
from tests.helpers import quiet, stage

EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1}}


def places(facts=None, happened=None, teams="abcd", gate=None, **cut):
    more = {"facts": facts} if facts else {}
    more |= {"gate": gate} if gate else {}
    one = stage(1, EXAM, happened=happened or {}, cut=cut, **more)
    scenario = quiet({team: {} for team in teams}, [one])
    return {team: tuple(each) for team, each in known_places(scenario, "s1").items()}


def total(**keys):
    return {"told": {"of": "total", **keys}}


ALL = dict.fromkeys("abcd", (1, 4))


def test_without_facts_and_leavers_nothing_is_known():
    assert places() == ALL


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (total(first="b"), {"a": (2, 4), "b": (1, 1), "c": (2, 4), "d": (2, 4)}),
        (total(last="b"), {"a": (1, 3), "b": (4, 4), "c": (1, 3), "d": (1, 3)}),
        (total(first=["a", "b"]), {"a": (1, 2), "b": (1, 2), "c": (3, 4), "d": (3, 4)}),
        (total(order=[["c", "a"], "b"]), {"a": (1, 3), "b": (3, 4), "c": (1, 3), "d": (1, 4)}),
        (total(order=["c", "a", "b"]), {"a": (2, 3), "b": (3, 4), "c": (1, 2), "d": (1, 4)}),
        (total(points={"a": 50.1, "b": 60.2}), {"a": (2, 4), "b": (1, 3), "c": (1, 4), "d": (1, 4)}),
        (total(points={"a": 50.1, "b": 50.1}), ALL),
        (total(points={"a": 50.1}, at_most={"b": 50.0}), {**ALL, "a": (1, 3), "b": (2, 4)}),
    ],
    ids=["first", "last", "tie", "groups", "order", "points", "the same points", "a limit"],
)
def test_places_follow_from_what_is_told_of_totals(facts, expected):
    assert places(facts) == expected


def test_facts_of_a_block_say_nothing_where_there_are_others():
    two = {**EXAM, "essay": {"max": 100, "mean": 50, "per_eci": 1}}
    one = stage(1, two, happened={}, facts={"told": {"of": "exam", "first": "a"}})
    scenario = quiet({team: {} for team in "abcd"}, [one])
    assert set(known_places(scenario, "s1").values()) == {(1, 4)}


def test_who_left_by_points_was_behind_who_stayed():
    out = {"d": "out-by-points"}
    assert places(happened=out, keep=3) == {"a": (1, 3), "b": (1, 3), "c": (1, 3), "d": (4, 4)}


def test_of_who_failed_a_gate_apart_the_cut_tells_whether_it_would_have_kept_them():
    out = {"c": "out-at-gate", "d": "out-by-points"}
    gate = {"mode": "apart", "risk": 0.1}
    assert places(happened=out, gate=gate, keep=3) == {"a": (1, 3), "b": (1, 3), "c": (1, 3), "d": (4, 4)}
    assert places(happened=out, gate=gate, keep=2) == {"a": (1, 2), "b": (1, 2), "c": (3, 4), "d": (3, 4)}


def test_who_failed_a_gate_that_comes_first_was_not_ranked():
    out = {"c": "out-at-gate", "d": "out-by-points"}
    found = places(happened=out, gate={"mode": "first", "risk": 0.1}, keep=2)
    assert found == {"a": (1, 2), "b": (1, 2), "d": (3, 3)}


def test_an_uncertain_cut_says_nothing():
    found = places(happened={"d": "out-by-points"}, keep={"weighted": {"2": 1, "3": 1}})
    assert found == ALL


def test_the_real_programme_has_told_these_places():
    scenario = load("k-ai")
    first = {"lg": (1, 1), "naver": (2, 4), "skt": (2, 4), "upstage": (2, 4), "ncai": (5, 5)}
    assert known_places(scenario, "stage-1") == first
    second = {"skt": (1, 1), "upstage": (2, 2), "lg": (3, 3), "motif": (4, 4)}
    assert known_places(scenario, "stage-2") == second
