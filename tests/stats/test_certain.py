"""What the rules alone decide: never contradicted by play, and known where anybody can see it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines import batch
from sim.rules.certain import possible
from sim.scenario import from_data
from sim.stats.summary import Summary
from sim.stats.tally import tally
from tests.generate_wide import wide_scenarios
from tests.helpers import quiet, quiet_data, stage
from tests.stats.small import JURY, Extremes, programmes

RUNS = 200


@settings(max_examples=250)
@given(programmes(), st.integers(0, 10**6))
def test_what_is_called_impossible_never_happens_whatever_the_luck(scenario, seed):
    counts = tally(scenario, batch.play_batch(scenario, Extremes(seed), 0, RUNS))
    for (s, t), can in possible(scenario).of.items():
        at = list(scenario.stages).index(s), list(scenario.teams).index(t)
        for what in ("by_points", "by_gate", "kept"):
            assert getattr(can, what) or getattr(counts, what)[at] == 0, (s, t, what)
        there, waits = counts.present[at], counts.not_entered[at]
        assert RUNS * can.must_be_there <= there <= RUNS * can.may_be_there, (s, t)
        assert RUNS * can.must_wait <= waits <= RUNS * can.may_wait, (s, t)


@settings(max_examples=150)
@given(programmes(), st.integers(0, 10**6))
def test_as_many_are_left_as_the_rules_allow_whatever_the_luck(scenario, seed):
    left = tally(scenario, batch.play_batch(scenario, Extremes(seed), 0, RUNS)).together
    prospects = possible(scenario)
    assert all(prospects.least <= bits.bit_count() <= prospects.most for bits in left)


@settings(max_examples=100)
@given(programmes(), st.integers(0, 10**6))
def test_what_is_told_as_certain_is_so_in_every_run(scenario, seed):
    found = Summary(scenario, tally(scenario, batch.play_batch(scenario, Extremes(seed), 0, RUNS)))
    for row in found.rows():
        if row.estimate.certain is not None:
            assert row.estimate.count == row.estimate.certain * row.estimate.of, row


def can(*stages, teams=3, **of_a):
    """(stage, of team b) -> what can become of it."""
    field = {"a": of_a} | {t: {} for t in "bcdef"[: teams - 1]}
    found = possible(quiet(field, [stage(n, JURY, **s) for n, s in enumerate(stages, start=1)])).of
    return {s: found[s, "b"][:3] for s, t in found if t == "b"}


ANYTHING, NOBODY_LEAVES = (True, True, True), (False, False, True)
BY_POINTS, NOBODY_STAYS = (True, False, True), (True, False, False)
AT_THE_GATE = (False, True, True)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, NOBODY_LEAVES),
        ({"cut": {"keep": 2}}, BY_POINTS),
        ({"cut": {"keep": 3}}, NOBODY_LEAVES),
        ({"cut": {"keep": 0}}, NOBODY_STAYS),
        ({"cut": {"drop": 0}}, NOBODY_LEAVES),
        ({"cut": {"drop": 1}}, BY_POINTS),
        ({"cut": {"drop": 3}}, NOBODY_STAYS),
        ({"cut": {"keep": {"uniform": [3.0, 5.0]}}}, NOBODY_LEAVES),
        ({"cut": {"keep": {"uniform": [2.5, 5.0]}}}, NOBODY_LEAVES),  # 2.5 is rounded up to 3
        ({"cut": {"keep": {"uniform": [2.4, 5.0]}}}, BY_POINTS),
        ({"cut": {"drop": {"weighted": {"0": 1.0, "1": 0.0}}}}, NOBODY_LEAVES),
        ({"gate": {"risk": 0.0}}, NOBODY_LEAVES),
        ({"gate": {"risk": 0.3}}, AT_THE_GATE),
        ({"gate": {"risk": 1.0}}, (False, True, False)),
        ({"gate": {"risk": {"uniform": [0.0, 1.0]}}}, AT_THE_GATE),
        ({"gate": {"risk": 0.3}, "cut": {"keep": 2}}, ANYTHING),
        ({"gate": {"risk": 1.0}, "cut": {"keep": 2}}, (False, True, False)),
        ({"gate": {"risk": 1.0, "mode": "apart"}, "cut": {"keep": 2}}, (False, True, False)),
        ({"gate": {"risk": 0.0}, "cut": {"keep": 2}}, BY_POINTS),
    ],
)
def test_the_rules_of_one_stage_settle_what_can_become_of_three_teams(rules, expected):
    assert can(rules)["s1"] == expected


def test_a_cut_that_keeps_as_many_as_the_cut_before_drops_nobody():
    assert can({"cut": {"keep": 2}}, {"cut": {"keep": 2}})["s2"] == NOBODY_LEAVES


def test_a_gate_may_leave_room_for_everybody_but_the_cut_is_not_certain_before():
    found = can({"gate": {"risk": 0.3}}, {"cut": {"keep": 2}})
    assert found["s2"] == BY_POINTS


def test_dropping_one_at_a_time_ends_when_nobody_can_be_left():
    found = can({"cut": {"drop": 1}}, {"cut": {"drop": 1}}, {"cut": {"drop": 1}})
    assert [found[s] for s in ("s1", "s2", "s3")] == [BY_POINTS, BY_POINTS, NOBODY_STAYS]


def test_nobody_leaves_a_stage_that_is_not_held_nor_one_after_it():
    harsh = {"gate": {"risk": 0.3}, "cut": {"drop": 1}}
    found = can(harsh, {**harsh, "held": False}, harsh)
    assert [found[s] for s in ("s1", "s2", "s3")] == [ANYTHING, NOBODY_LEAVES, NOBODY_LEAVES]


def test_whoever_waits_for_an_entry_that_leads_nowhere_waits_for_good():
    entry = {"day": "2026-04-20", "candidates": ["b"]}
    stages = [stage(1, JURY, entry=entry), stage(2, JURY, held=False)]
    found = possible(quiet({"a": {}, "b": {}}, stages)).of
    assert found["s2", "b"].must_wait
    stages[1].pop("held")
    assert not possible(quiet({"a": {}, "b": {}}, stages)).of["s2", "b"].must_wait


def test_a_teams_own_risk_stands_for_the_gates():
    scenario = quiet({"sure": {"gate_risk": 0.0}, "doomed": {"gate_risk": 1.0}, "plain": {}}, [
        stage(1, JURY, gate={"risk": 0.5}),
    ])  # fmt: skip
    found = possible(scenario).of
    assert found["s1", "sure"][:3] == NOBODY_LEAVES
    assert found["s1", "doomed"][:3] == (False, True, False)
    assert found["s1", "plain"][:3] == AT_THE_GATE


def test_a_teams_own_risk_means_nothing_without_a_gate():
    assert can({}, gate_risk=1.0) == {"s1": NOBODY_LEAVES}


def certainties(scenario):
    """(stage, team, chance) -> 0, 1 or None, from a run of a few replications."""
    found = Summary(scenario, tally(scenario, batch.play_batch(scenario, Extremes(1), 0, 5)))
    return {(row.stage, row.team, row.chance): row.estimate.certain for row in found.rows()}


def test_where_nobody_can_leave_all_are_certain_to_be_selected():
    found = certainties(quiet({"a": {}, "b": {}}, [stage(1, JURY), stage(2, JURY, cut={"keep": 2})]))
    assert [found["", t, "selected"] for t in "ab"] == [1, 1]
    assert [found[s, t, "kept"] for s in ("s1", "s2") for t in "ab"] == [1] * 4


def test_where_nobody_can_stay_nobody_can_be_selected():
    found = certainties(quiet({"a": {}, "b": {}}, [stage(1, JURY, cut={"keep": 0}), stage(2, JURY)]))
    assert [found["", t, "selected"] for t in "ab"] == [0, 0]
    assert [found["s1", t, "leaves"] for t in "ab"] == [1, 1]


def test_a_team_that_must_fail_the_gate_is_certain_to_leave():
    found = certainties(quiet({"a": {"gate_risk": 1.0}, "b": {}}, [stage(1, JURY, gate={"risk": 0.0})]))
    assert (found["s1", "a", "by_gate"], found["s1", "a", "leaves"], found["", "a", "selected"]) == (1, 1, 0)


def entering(entry, first=None):
    """(stage, team) -> the whole of what can become of it, with `entry` between two stages."""
    rules = {"day": "2026-04-15", "candidates": ["c", "d"], **entry}
    stages = [stage(1, JURY, entry=rules, **(first or {})), stage(2, JURY)]
    return possible(quiet({t: {} for t in "abcd"}, stages))


@pytest.mark.parametrize(
    ("entry", "may", "must"),
    [
        ({}, True, False),  # one of the two comes in
        ({"places": 2}, True, True),
        ({"places": 3}, True, True),
        ({"places": 2, "panel": {"minimum": 70}}, True, False),
        ({"places": 2, "when_fewer_than": 3}, True, True),
        ({"happened": "nobody"}, False, False),
    ],
)
def test_the_rules_of_an_entry_settle_who_can_come_in(entry, may, must):
    found = entering(entry, first={"happened": {}} if "happened" in entry else {}).of
    for t in "cd":
        first, second = found["s1", t], found["s2", t]
        assert (first.may_be_there, first.must_wait) == (False, True)
        assert (second.may_be_there, second.must_be_there) == (may, must)
        assert (second.may_wait, second.must_wait) == (not must, not may)


def test_a_known_entrant_must_be_there_and_the_other_never_is():
    found = entering({"happened": ["d"]}, first={"happened": {}}).of
    assert (found["s2", "d"].must_be_there, found["s2", "d"].may_wait) == (True, False)
    assert (found["s2", "c"].may_be_there, found["s2", "c"].must_wait) == (False, True)


@pytest.mark.parametrize(
    ("entry", "first", "least", "most"),
    [
        ({}, {}, 3, 3),
        ({"panel": {"minimum": 70}}, {}, 2, 3),
        ({"places": 2, "when_fewer_than": 2}, {"cut": {"keep": 1}}, 3, 3),
        ({"places": 2, "when_fewer_than": 2}, {"gate": {"risk": 0.5}}, 0, 4),
        ({}, {"cut": {"minimum": 10}}, 1, 3),
        ({"happened": "nobody"}, {"cut": {"keep": 1}, "happened": {"a": "out-by-points"}}, 1, 1),
    ],
)
def test_how_many_can_be_left_counts_entrants(entry, first, least, most):
    prospects = entering(entry, first=first)
    assert prospects.least <= least
    assert prospects.most >= most
    if "gate" not in first:
        assert (prospects.least, prospects.most) == (least, most)


def test_a_minimum_may_take_anybody_however_many_are_kept():
    assert can({"cut": {"keep": 3, "minimum": 10}})["s1"] == BY_POINTS
    assert can({"cut": {"keep": 3, "minimum": 0}})["s1"] == NOBODY_LEAVES
    assert can({"cut": {"keep": 3, "minimum": {"uniform": [0, 10]}}})["s1"] == BY_POINTS


@settings(max_examples=150)
@given(programmes(), st.integers(0, 10**6))
def test_a_set_that_is_called_certain_is_selected_in_every_run(scenario, seed):
    found = Summary(scenario, tally(scenario, batch.play_batch(scenario, Extremes(seed), 0, RUNS)))
    sets = list(found.together())
    if any(estimate.certain is not None for _, estimate in sets):
        assert [(estimate.certain, estimate.count) for _, estimate in sets] == [(1, RUNS)]


@pytest.mark.parametrize(
    ("entry", "first", "selected"),
    [
        ({"places": 1}, {}, None),  # one of the two, by the dice
        ({"places": 2}, {}, ("a", "b", "c", "d")),
        ({"places": 3}, {}, ("a", "b", "c", "d")),
        ({"places": 2, "panel": {"minimum": 70}}, {}, None),  # the panel may find nobody good enough
        ({"places": 2, "when_fewer_than": 2}, {}, ("a", "b")),  # two are left: it is never held
        ({"places": 2, "when_fewer_than": 2}, {"gate": {"risk": 0.5}}, None),
        ({"places": 1, "happened": ["d"]}, {"happened": {}}, ("a", "b", "d")),
        ({"places": 1, "happened": "nobody"}, {"happened": {}}, ("a", "b")),
        (
            {"places": 1, "happened": ["c"]},
            {"cut": {"keep": 1}, "happened": {"a": "out-by-points"}},
            ("b", "c"),
        ),
        ({"places": 2}, {"cut": {"keep": 1}}, None),
        ({"places": 2}, {"gate": {"risk": 1.0}}, ("c", "d")),
    ],
)
def test_who_is_selected_is_certain_only_where_entry_cut_and_gate_leave_it_to_no_dice(entry, first, selected):
    rules = {"day": "2026-04-15", "candidates": ["c", "d"], **entry}
    scenario = quiet({t: {} for t in "abcd"}, [stage(1, JURY, entry=rules, **first), stage(2, JURY)])
    assert possible(scenario).selected == selected
    sets = dict(
        Summary(scenario, tally(scenario, batch.play_batch(scenario, Extremes(3), 0, RUNS))).together()
    )
    assert len(sets) == 1 if selected else len(sets) > 1
    for members, estimate in sets.items():
        assert (estimate.certain, estimate.low == 1) == ((1, True) if members == selected else (None, False))


@settings(max_examples=60, deadline=None)
@given(wide_scenarios(), st.integers(0, 10**6))
def test_who_is_told_to_have_no_award_for_certain_never_has_one(data, seed):
    scenario = from_data(data)
    found = Summary(scenario, tally(scenario, batch.play_batch(scenario, Extremes(seed), 0, RUNS)))
    for name in found.tally.chances:
        if name.startswith("award.") and found.certain(name) == 0:
            assert found.tally.chances[name][0] == 0, name


@pytest.mark.parametrize(
    ("rules", "who"),
    [
        ({"cut": {"keep": 0}}, {"gold": "bc", "silver": "bc", "bronze": ""}),  # who leaves by points has one
        ({"cut": {"keep": 1}}, {"gold": "bc", "silver": "bc", "bronze": ""}),
        ({"gate": {"risk": 1}}, {"gold": "", "silver": "", "bronze": ""}),  # who fails the gate has none
        ({"held": False}, {"gold": "", "silver": "", "bronze": ""}),
    ],
)
def test_who_can_have_an_award_where_a_team_left_before(rules, who):
    awards = {"gold": 1, "silver": 1, "bronze": 1}
    stages = [stage(1, JURY, happened={"a": "out-by-points"}), stage(2, JURY, awards=awards, **rules)]
    stages[0]["cut"] = {"drop": 1}
    data = quiet_data({"a": {}, "b": {}, "c": {}}, stages)
    scenario = from_data({**data, "as_of": stages[0]["result"]})
    found = Summary(scenario, tally(scenario, batch.play_batch(scenario, Extremes(1), 0, 20)))
    last = list(scenario.stages)[-1]
    for award, able in who.items():
        for team in "abc":
            expected = None if team in able else 0
            assert found.certain(f"award.{last}.{award}.{team}") == expected, (award, team)
