"""Facts become the rows that their numbers mean: those of the real programme by hand, and each form alone."""

import itertools
from math import inf
from typing import Any

import numpy as np
import pytest

from sim.forecast.rows import Evidence, PointsPlace, RowName, evidence, places
from sim.scenario import from_data, load
from sim.scenario.evidence import without_facts
from tests.helpers import quiet, stage

S1, S2 = ("lg", "upstage", "skt", "ncai", "naver"), ("lg", "upstage", "skt", "motif")
SCENARIO = load("k-ai")
FOUND = evidence(SCENARIO)


def parts(team, stage_id, of):
    """The places whose points are summed, each with weight 1."""
    block, _, item = of.partition("/")
    return {
        p: 1.0
        for p in FOUND.places
        if (p.stage, p.team) == (stage_id, team)
        and (of == "total" or (p.block == block and item in ("", p.item)))
    }


def ahead(one, other, stage_id, of):
    return parts(one, stage_id, of) | dict.fromkeys(parts(other, stage_id, of), -1.0)


def mean(teams, stage_id, of):
    return {p: 1 / len(teams) for team in teams for p in parts(team, stage_id, of)}


def told(stage_id, of, teams, *, points=(), below=None, middle=None):
    """Points to half a unit, what others stay below, the mean."""
    for team, low, high in points:
        yield parts(team, stage_id, of), low, high
    if below is not None:
        for team in set(teams) - {team for team, _, _ in points}:
            yield parts(team, stage_id, of), -inf, below
    if middle is not None:
        yield mean(teams, stage_id, of), *middle


def by_hand(first_with_users):
    """Bounds as published, in the combination that is named by who is first with users at stage 2."""
    one, two = "stage-1", "stage-2"
    nine = [("skt", 9.15, 9.25), ("lg", 9.15, 9.25)]
    yield from told(one, "benchmark/nia", S1, points=nine, below=9.15)
    yield from told(one, "benchmark/common", S1, points=[("lg", 14.35, 14.45)], below=14.35)
    at_cap = [("upstage", 9.95, inf), ("lg", 9.95, inf)]  # of 10
    yield from told(one, "benchmark/individual", S1, points=at_cap, below=9.95)
    yield from told(one, "benchmark", S1, middle=(30.35, 30.45))
    yield from told(one, "experts", S1, points=[("lg", 31.55, 31.65)], below=31.55, middle=(28.555, 28.565))
    yield from told(one, "users", S1, middle=(20.755, 20.765))
    for other in ("upstage", "skt", "ncai", "naver"):
        for of in ("benchmark", "users", "total"):
            yield ahead("lg", other, one, of), 0.0, inf
    for other in ("upstage", "skt", "naver"):
        yield ahead(other, "ncai", one, "total"), 0.0, inf
    yield from told(
        two, "benchmark/aaii", S2, points=[("motif", 11.85, 11.95)], below=11.85, middle=(9.475, 9.485)
    )
    for team, index in (("motif", 47.4), ("upstage", 37.4), ("skt", 35.0), ("lg", 31.0)):
        yield parts(team, two, "benchmark/aaii"), index / 4 - 0.10, index / 4 + 0.35
    yield from told(
        two, "benchmark/nia", S2, points=[("skt", 13.35, 13.45)], below=13.35, middle=(13.045, 13.055)
    )
    yield from told(two, "experts", S2, points=[("lg", 29.45, 29.55)], below=29.45, middle=(28.745, 28.755))
    yield from told(
        two, "users/professionals", S2, points=[("skt", 11.55, 11.65)], below=11.55, middle=(10.525, 10.535)
    )
    yield from told(two, "users/citizens", S2, points=[("lg", 7.55, 7.65)], below=7.55, middle=(7.025, 7.035))
    yield from told(two, "benchmark", S2, middle=(22.45, 22.55))
    yield from told(two, "users", S2, middle=(17.55, 17.65))
    for team in S2:
        yield parts(team, two, "benchmark"), -inf, 30.0
    gaps = {
        "benchmark": ("motif", "lg", 4.0),
        "experts": ("lg", "motif", 2.4),
        "users": (first_with_users, "motif", 5.0),
    }
    for of, (first, last, gap) in gaps.items():
        yield ahead(first, last, two, of), gap - 0.05, gap + 0.05
        for other in set(S2) - {first}:
            yield ahead(first, other, two, of), 0.0, inf
        for other in set(S2) - {last}:
            yield ahead(other, last, two, of), 0.0, inf
    totals = [("skt", 70.55, 70.65), ("upstage", 69.85, 69.95), ("lg", 68.95, 69.05), ("motif", 65.75, 65.85)]
    yield from told(two, "total", S2, points=totals)
    for other in ("skt", "upstage", "lg"):  # Motif left by points
        yield ahead(other, "motif", two, "total"), 0.0, inf


def as_set(bounds):
    return {(tuple(sorted(weights.items())), round(low, 9), round(high, 9)) for weights, low, high in bounds}


def rows_of(found: Evidence, combination: int):
    """The rows that say anything in a combination."""
    for row, low, high in zip(found.matrix, found.low[combination], found.high[combination], strict=True):
        if np.isfinite([low, high]).any():
            yield {found.places[i]: float(row[i]) for i in np.flatnonzero(row)}, low, high


@pytest.mark.parametrize(("combination", "first"), [(0, "lg"), (1, "upstage"), (2, "skt")])
def test_rows_are_those_of_the_published_numbers(combination, first):
    assert len(FOUND.low) == 3
    assert as_set(rows_of(FOUND, combination)) == as_set(by_hand(first))


def test_places_are_the_items_of_the_teams_that_were_there_in_the_order_of_the_scenario():
    found = places(SCENARIO)
    assert found == FOUND.places
    assert [(p.block, p.item) for p in found if (p.stage, p.team) == ("stage-2", "motif")] == [
        ("benchmark", "aaii"), ("benchmark", "nia"),
        ("experts", "technique"), ("experts", "results"), ("experts", "impact"),
        ("users", "professionals"), ("users", "citizens"),
    ]  # fmt: skip
    assert PointsPlace("stage-1", "lg", "users", "") in found
    for stage_id, teams in (("stage-1", S1), ("stage-2", S2)):
        order = [team for team in SCENARIO.teams if team in teams]
        assert list(dict.fromkeys(p.team for p in found if p.stage == stage_id)) == order


def test_the_block_that_is_scaled_to_its_leader_has_the_leader_that_is_published():
    assert FOUND.rescaled == (("stage-1", "users"),)
    assert FOUND.leaders.tolist() == [[list(SCENARIO.teams).index("lg")]] * 3


def test_names_say_fact_and_part():
    names = set(FOUND.names)
    assert RowName("stage-2.aaii", "points.motif") in names
    assert RowName("stage-2.aaii", "first") in names
    assert RowName("stage-2.aaii-mean", "mean") in names
    assert RowName("stage-2.experts", "gap") in names
    assert RowName("stage-1.total", "order") in names
    assert RowName("stage-1.nia", "points.skt") in names
    assert RowName("stage-2.happened", "out-by-points") in names


def shuffled(data):
    """The same with all tables and lists of facts the other way round."""
    for each in data["stages"].values():
        facts = {
            name: dict(reversed(fact.items())) for name, fact in reversed((each.get("facts") or {}).items())
        }
        for fact in facts.values():
            fact["points"] = dict(reversed(fact["points"].items()))
            if isinstance(fact.get("first"), list):
                fact["first"].reverse()
            for group in fact["order"]:
                if isinstance(group, list):
                    group.reverse()
        each["facts"] = facts or None
    return data


def test_the_order_in_the_file_changes_no_byte():
    data = SCENARIO.resolved()
    again = evidence(from_data(shuffled(data)))
    assert next(iter(data["stages"]["stage-2"]["facts"])) == "totals", "it has been shuffled"
    assert again.names == FOUND.names
    for one, other in itertools.pairwise((FOUND, again)):
        for name in ("matrix", "low", "high", "leaders"):
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def test_without_facts_the_results_remain():
    found = evidence(without_facts(SCENARIO))
    assert {name.fact for name in found.names} == {"stage-1.happened", "stage-2.happened", "stage-1.rescale"}
    assert len(found.low) == 5, "any of five may have led users at stage 1"
    assert sorted(found.leaders[:, 0].tolist()) == [
        list(SCENARIO.teams).index(team) for team in sorted(S1, key=list(SCENARIO.teams).index)
    ]


def test_where_nothing_is_decided_there_is_nothing():
    found = evidence(SCENARIO.from_start())
    assert (found.places, found.matrix.shape, found.low.shape, found.leaders.shape) == (
        (),
        (0, 0),
        (1, 0),
        (1, 0),
    )


POINTS = {"exam": {"max": 50, "mean": 30, "per_eci": 1.0}, "jury": {"max": 50, "mean": 30, "spread": 2.0}}
TEAMS: dict[str, Any] = {"a": {}, "b": {}, "c": {}}


def small(facts, **more):
    """Bounds on the points of three teams for an exam and a jury, with weights by team and block."""
    found = evidence(quiet(TEAMS, [stage(1, POINTS, happened={}, facts=facts, **more), stage(2, POINTS)]))
    rows = [
        ({f"{p.team}.{p.block}": w for p, w in weights.items()}, low, high)
        for weights, low, high in itertools.chain.from_iterable(
            rows_of(found, c) for c in range(len(found.low))
        )
    ]
    return found, rows


def over(ahead, behind):
    """That one team has at least the points of another in the exam."""
    return {f"{ahead}.exam": 1, f"{behind}.exam": -1}, 0, inf


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ({"points": {"a": 31.5}}, [({"a.exam": 1}, 31.45, 31.55)]),
        ({"points": {"a": 50}}, [({"a.exam": 1}, 49.95, inf)]),
        ({"points": {"a": 0}}, [({"a.exam": 1}, -inf, 0.05)]),
        ({"points": {"a": 49.9}, "within": [-1, 1]}, [({"a.exam": 1}, 48.9, inf)]),
        ({"last": "a", "points": {"a": 31.5}},
         [({"a.exam": 1}, 31.45, 31.55), ({"b.exam": 1}, 31.55, inf), ({"c.exam": 1}, 31.55, inf)]),
        ({"last": "a"}, [over("b", "a"), over("c", "a")]),
        ({"first": "a", "points": {"a": 31.5}, "within": [0, 1]},
         [({"a.exam": 1}, 31.5, 32.5), over("a", "b"), over("a", "c")]),
        ({"first": ["a", "b"]}, [over("a", "c"), over("b", "c")]),
        ({"first": ["a", "b"], "points": {"b": 31.5}},
         [({"a.exam": 1}, 31.45, 31.55), ({"b.exam": 1}, 31.45, 31.55), ({"c.exam": 1}, -inf, 31.45)]),
        ({"order": ["b", ["a", "c"]]}, [over("b", "a"), over("b", "c")]),
        ({"order": ["b", "a", "c"]}, [over("b", "a"), over("a", "c")]),
        ({"at_least": {"b": 20}}, [({"b.exam": 1}, 20, inf)]),
        ({"at_least": {"b": 20}, "within": [-1, 1]}, [({"b.exam": 1}, 19, inf)]),
        ({"at_most": 40}, [({f"{team}.exam": 1}, -inf, 40) for team in "abc"]),
        ({"at_most": 40, "within": [-1, 1]}, [({f"{team}.exam": 1}, -inf, 41) for team in "abc"]),
        ({"mean": 30}, [({f"{team}.exam": 1 / 3 for team in "abc"}, 29.95, 30.05)]),
        ({"of": "total", "points": {"a": 61.25}}, [({"a.exam": 1, "a.jury": 1}, 61.245, 61.255)]),
    ],
    ids=str,
)  # fmt: skip
def test_each_form_says_what_it_says(fact, expected):
    found, rows = small({"fact": {"of": "exam", **fact}})
    assert len(found.low) == 1
    assert as_set(rows) == as_set(expected)


def test_a_gap_is_between_any_two_who_can_be_first_and_last():
    found, _ = small({"gap": {"of": "exam", "gap": 4.0}})
    assert len(found.low) == 6
    ends = set()
    for combination in range(6):
        rows = [row for row in rows_of(found, combination) if np.isfinite(row[2])]
        ((weights, low, high),) = rows
        assert (low, high) == pytest.approx((3.95, 4.05))
        (first,) = (p.team for p, weight in weights.items() if weight > 0)
        (last,) = (p.team for p, weight in weights.items() if weight < 0)
        ends.add((first, last))
        others = [row for row in rows_of(found, combination) if not np.isfinite(row[2])]
        (middle,) = set("abc") - {first, last}
        expected = {((first, middle)), ((first, last)), ((middle, last))}
        assert {
            tuple(p.team for p, _ in sorted(weights.items(), key=lambda each: -each[1]))
            for weights, _, _ in others
        } == expected
    assert ends == set(itertools.permutations("abc", 2))


def test_a_gap_beside_who_is_first_leaves_open_only_who_is_last():
    found, _ = small({"gap": {"of": "exam", "gap": 4.0, "first": "b"}})
    assert len(found.low) == 2
    found, _ = small({"gap": {"of": "exam", "gap": 4.0}, "order": {"of": "exam", "order": ["b", "c", "a"]}})
    assert len(found.low) == 1


def test_two_gaps_are_in_every_combination_of_each():
    found, _ = small({"one": {"of": "exam", "gap": 4.0}, "two": {"of": "jury", "gap": 4.0}})
    assert len(found.low) == 36
    assert len(np.unique(found.low, axis=0)) == 36
    again, _ = small({"one": {"of": "exam", "gap": 4.0}, "two": {"of": "exam", "gap": 4.02}})
    assert len(again.low) == 6, "of one thing there is one first"


def test_a_rescaled_block_has_one_combination_for_each_leader():
    blocks = {**POINTS, "jury": {**POINTS["jury"], "rescale": "leader"}}
    found = evidence(quiet(TEAMS, [stage(1, blocks, happened={}, facts={"m": {"of": "exam", "mean": 30}})]))
    assert found.rescaled == (("s1", "jury"),)
    assert found.leaders.tolist() == [[0], [1], [2]]
    for combination in range(3):
        rows = [row for row in rows_of(found, combination) if len(row[0]) == 2]
        assert {max(weights, key=weights.get).team for weights, _, _ in rows} == {"abc"[combination]}
        assert len(rows) == 2


def test_one_team_alone_leads():
    blocks = {"jury": {**POINTS["jury"], "rescale": "leader"}}
    found = evidence(quiet({"a": {}}, [stage(1, blocks, happened={})]))
    assert found.leaders.tolist() == [[0]]
