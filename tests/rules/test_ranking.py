"""Ranks are a total order, whatever ties there are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.rules.decisions import rank, rank_among

TEAMS, ROWS = 6, 4
few = st.integers(0, 2).map(float)  # few values: ties are common
rows = (ROWS, TEAMS)
tables = st.fixed_dictionaries(
    {
        "total": arrays(float, rows, elements=few),
        "field": arrays(bool, rows),
        "rungs": st.lists(arrays(float, rows, elements=few), max_size=2),
        "luck": arrays(float, rows, elements=st.sampled_from([0.25, 0.5, 0.75])),
    }
)


def ranks(table, at=slice(None)):
    rungs = [rung[at] for rung in table["rungs"]]
    return rank(table["total"][at], table["field"][at], rungs, lambda: table["luck"][at])


@given(tables)
def test_ranks_run_from_1_to_the_number_of_teams_in_the_field(table):
    for given_ranks, field in zip(ranks(table), table["field"], strict=True):
        assert sorted(given_ranks[field]) == list(range(1, np.count_nonzero(field) + 1))
        assert not given_ranks[~field].any()


@given(tables)
def test_the_order_is_total_then_rungs_then_luck_then_the_scenario(table):
    for r, given_ranks in enumerate(ranks(table)):
        columns = [table["total"][r], *(rung[r] for rung in table["rungs"]), table["luck"][r]]
        field = np.flatnonzero(table["field"][r]).tolist()
        points = {t: [-column[t] for column in columns] for t in field}
        ordered = sorted(field, key=points.__getitem__)  # stable
        assert [given_ranks[t] for t in ordered] == list(range(1, len(field) + 1))


@given(tables)
def test_one_replication_alone_has_the_ranks_that_it_has_among_many(table):
    together = ranks(table)
    for r in range(ROWS):
        assert np.array_equal(ranks(table, r), together[r])


@given(tables, st.permutations(range(TEAMS)))
def test_the_order_of_the_teams_matters_only_where_even_luck_is_equal(table, order):
    table = {**table, "luck": np.broadcast_to(np.linspace(0.1, 0.9, TEAMS), rows)}
    shuffled = {name: table[name][:, order] for name in ("total", "field", "luck")}
    shuffled["rungs"] = [rung[:, order] for rung in table["rungs"]]
    assert np.array_equal(ranks(shuffled), ranks(table)[:, order])


def drawn(total, field, *rungs):
    """The ranks, and how often luck was asked."""
    asked = []

    def luck():
        asked.append(1)
        return np.array([0.2, 0.8, 0.5])

    return rank(np.array(total), np.array(field), [np.array(rung) for rung in rungs], luck).tolist(), len(
        asked
    )


def test_luck_is_not_drawn_without_a_tie():
    assert drawn([3.0, 1.0, 2.0], [True, True, True]) == ([1, 3, 2], 0)


def test_luck_is_not_drawn_when_a_rung_breaks_the_tie():
    assert drawn([3.0, 3.0, 2.0], [True, True, True], [1.0, 2.0, 9.0]) == ([2, 1, 3], 0)


def test_luck_is_not_drawn_for_a_tie_with_a_team_outside_the_field():
    assert drawn([3.0, 3.0, 2.0], [True, False, True]) == ([1, 0, 2], 0)


def test_luck_is_not_drawn_for_a_tie_among_teams_outside_the_field():
    assert drawn([3.0, 1.0, 1.0], [True, False, False]) == ([1, 0, 0], 0)


def test_luck_breaks_a_tie_that_no_rung_breaks():
    ranks_, asked = drawn([1.0, 1.0, 2.0], [True, True, True], [5.0, 5.0, 0.0])
    assert (ranks_[2], sorted(ranks_), asked) == (1, [1, 2, 3], 1)


def test_a_later_rung_does_not_overrule_an_earlier_one():
    assert drawn([1.0, 1.0, 1.0], [True] * 3, [3.0, 2.0, 1.0], [1.0, 2.0, 3.0]) == ([1, 2, 3], 0)


def test_thirty_two_teams_that_tie_in_everything_keep_the_order_of_the_scenario():
    same = np.zeros(32)
    assert rank(same, np.ones(32, dtype=bool), [], lambda: same).tolist() == list(range(1, 33))


def test_an_empty_field_has_no_ranks():
    assert drawn([1.0, 1.0, 1.0], [False] * 3) == ([0, 0, 0], 0)


def test_many_teams_are_ranked_by_sorting_as_few_are_by_pairs(monkeypatch):
    # One field, once by all its pairs and once sorted; with ties of every kind, and teams that are out.
    generator = np.random.default_rng(8)
    table = {
        "total": generator.integers(0, 6, (30, 40)).astype(float),
        "field": generator.random((30, 40)) < 0.8,
        "rungs": [generator.integers(0, 3, (30, 40)).astype(float)],
        "luck": generator.integers(0, 5, (30, 40)) / 5,
    }
    by_sorting, among = ranks(table), generator.random((30, 40)) < 0.5
    anew = rank_among(by_sorting, among)
    monkeypatch.setattr("sim.rules.decisions._FEW", 100)
    assert np.array_equal(by_sorting, ranks(table))
    assert np.array_equal(anew, rank_among(by_sorting, among))


def test_five_hundred_teams_have_ranks_from_1_to_500():
    total = np.random.default_rng(9).random((3, 500))
    found = rank(total, np.ones_like(total, dtype=bool), (), lambda: total)
    assert np.array_equal(found, 500 - total.argsort().argsort())
