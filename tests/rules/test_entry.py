"""Entries: whether one is held, who comes in, and where entrants stand among those who stayed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.rules.decisions import choose_entrants, entry_is_held, standing_rank, standing_score

ROWS, TEAMS = 3, 6
some = arrays(bool, (ROWS, TEAMS))
coarse = arrays(float, (ROWS, TEAMS), elements=st.integers(0, 3).map(float))  # so that candidates tie
luck = st.lists(st.permutations([x / 10 for x in range(TEAMS)]), min_size=ROWS, max_size=ROWS).map(np.array)
ranks = st.lists(st.permutations(range(1, TEAMS + 1)), min_size=ROWS, max_size=ROWS).map(
    lambda rows: np.array(rows, dtype=np.int8)
)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(None, [True] * 4), (1, [True] + [False] * 3), (2, [True, True, False, False]), (9, [True] * 4)],
)
def test_an_entry_is_held_if_fewer_remain_than_its_limit(limit, expected):
    present = np.tri(4, 3, -1, dtype=bool)  # 0, 1, 2 and 3 teams
    assert entry_is_held(present, limit)[:, 0].tolist() == expected


def chosen(score, candidates, minimum=None, places=1, drawn=(0.1, 0.2, 0.3, 0.4)):
    least = None if minimum is None else np.array([float(minimum)])
    names = "abcd"
    came = choose_entrants(
        np.array(score, float),
        np.array([n in candidates for n in names]),
        least,
        places,
        lambda: np.array(drawn),
    )
    return "".join(n for n, comes in zip(names, came, strict=True) if comes)


def test_the_best_candidates_come_in():
    assert chosen([70, 80, 90, 60], "abd") == "b"  # c is the best of all but no candidate
    assert chosen([70, 80, 90, 60], "abd", places=2) == "ab"
    assert chosen([70, 80, 90, 60], "abd", places=9) == "abd"
    assert chosen([70, 80, 90, 60], "") == ""


def test_nobody_below_the_minimum_comes_in_and_one_at_it_does():
    assert chosen([70, 80, 90, 60], "abd", minimum=80) == "b"
    assert chosen([70, 80, 90, 60], "abd", minimum=80.000001) == ""
    assert chosen([70, 80, 90, 60], "abd", minimum=65, places=3) == "ab"


def test_luck_decides_between_equal_scores():
    assert chosen([70, 70, 70, 70], "abc") == "c"
    assert chosen([70, 70, 70, 70], "abc", places=2, drawn=(0.9, 0.1, 0.5, 1)) == "ac"


@given(coarse, some, luck, st.integers(1, TEAMS), st.none() | st.integers(0, 4))
def test_as_many_come_in_as_places_and_good_candidates_allow_and_none_of_the_worse(
    score, candidates, drawn, places, minimum
):
    least = None if minimum is None else np.full((ROWS, 1), float(minimum))
    came = choose_entrants(score, candidates, least, places, lambda: drawn)
    good = candidates if minimum is None else candidates & (score >= minimum)
    assert not (came & ~good).any()
    assert came.sum(axis=1).tolist() == np.minimum(good.sum(axis=1), places).tolist()
    for r in range(ROWS):
        for i in np.flatnonzero(came[r]):
            for j in np.flatnonzero(good[r] & ~came[r]):
                assert (score[r, i], drawn[r, i]) > (score[r, j], drawn[r, j])


@given(coarse, some, luck, st.integers(1, TEAMS))
def test_one_replication_alone_is_entered_as_among_many(score, candidates, drawn, places):
    together = choose_entrants(score, candidates, np.full((ROWS, 1), 1.0), places, lambda: drawn)
    for r in range(ROWS):
        mine = drawn[r]
        alone = choose_entrants(score[r], candidates[r], np.array([1.0]), places, mine.copy)
        assert np.array_equal(alone, together[r])


@given(ranks, some, some)
def test_entrants_rank_behind_all_who_stayed_and_ranks_have_no_gaps(last, kept, entered):
    entered = entered & ~kept
    found = standing_rank(last, kept, entered)
    for r in range(ROWS):
        there = kept[r] | entered[r]
        assert sorted(found[r, there].tolist()) == list(range(1, there.sum() + 1))
        assert not found[r, ~there].any()
        in_order = np.argsort(last[r][kept[r]])
        assert found[r][kept[r]][in_order].tolist() == list(range(1, kept[r].sum() + 1))
        assert found[r][entered[r]].min(initial=99) > kept[r].sum() * entered[r].any()
        assert np.array_equal(standing_rank(last[r], kept[r], entered[r]), found[r])


@given(coarse, some, some)
def test_entrants_have_the_lowest_score_of_those_who_stayed(total, kept, entered):
    entered = entered & ~kept
    found = standing_score(total, kept, entered)
    assert np.array_equal(found[kept], total[kept])
    assert not found[~kept & ~entered].any()
    for r in range(ROWS):
        lowest = total[r, kept[r]].min() if kept[r].any() else 0.0
        assert (found[r, entered[r]] == lowest).all()
        assert np.array_equal(standing_score(total[r], kept[r], entered[r]), found[r])


@given(ranks, coarse, some)
def test_without_an_entry_ranks_and_scores_are_those_of_who_stayed(last, total, kept):
    nobody = np.zeros_like(kept)
    assert np.array_equal(standing_rank(last, kept, None), standing_rank(last, kept, nobody))
    assert np.array_equal(standing_score(total, kept, None), standing_score(total, kept, nobody))


def test_before_any_ranking_nobody_has_a_rank():
    assert not standing_rank(np.zeros(3, dtype=np.int8), np.ones(3, dtype=bool), None).any()
