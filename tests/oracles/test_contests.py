"""Programmes without hardware beside closed forms: who wins, passes, is paid, and comes in again."""

from math import comb, erf, sqrt

import numpy as np

from sim.rules.decisions import Fate
from sim.scenario import from_data
from tests.helpers import assert_chances, both_engines_often, played, z_score

LAST = -1


def contest(teams, *stages, **more):
    """A programme without hardware; its stages are a fortnight apart."""
    days = ("2026-01-05", "2026-01-19", "2026-02-02", "2026-02-16")
    return {
        "format": 1,
        "name": "contest",
        "as_of": "2026-01-01",
        "teams": teams,
        "stages": {
            f"s{i}": {"result": day, **one} for i, (day, one) in enumerate(zip(days, stages, strict=False), 1)
        },
    } | more


def jury(mean=500.0, **more):
    """Points that are never cut off at either end."""
    return {"jury": {"max": 1000, "mean": mean, "noise": 0} | more}


def phi(x):
    return 0.5 * (1 + erf(x / sqrt(2)))


@both_engines_often
def test_strength_in_points_decides_as_two_normal_numbers_do(play, size):
    # Total = 500 + effect + a + h + noise: a 6, h 5, noise 4. The stronger of two wins by Phi(d / sd).
    data = contest(
        {"a": {"effect": 3}, "b": {}},
        {"points": jury(noise=4), "cut": {"keep": 1}},
        strength={"spread": 6, "luck": 5},
    )
    outcomes = played(play, from_data(data), size)
    chance = phi(3 / sqrt(2 * (36 + 25 + 16)))
    assert_chances(outcomes.selected, [chance, 1 - chance])


@both_engines_often
def test_blocks_share_strength_in_points_by_their_maxima(play, size):
    # Half of the strength reaches each of two equal blocks: together they give all of it, without noise.
    halves = {"x": {"max": 500, "mean": 250, "noise": 0}, "y": {"max": 500, "mean": 250, "noise": 0}}
    data = contest({"a": {}, "b": {}}, {"points": halves}, strength={"spread": 6, "luck": 5})
    outcomes = played(play, from_data(data), min(size, 2_000))
    last = outcomes.stages[LAST]
    assert np.allclose(last.total, 500 + last.capability, atol=1e-5)


@both_engines_often
def test_gates_alone_are_a_product(play, size):
    # Rates at which compounds pass phases I to III and approval (BIO, QLS and Informa, 2011 to 2020).
    passes = (0.52, 0.289, 0.578, 0.906)
    data = contest({"drug": {}}, *({"gate": {"risk": 1 - p}} for p in passes))
    outcomes = played(play, from_data(data), size)
    assert abs(z_score(np.count_nonzero(outcomes.selected), size, float(np.prod(passes)))) < 4


@both_engines_often
def test_several_teams_before_a_gate_alone_are_binomial(play, size):
    data = contest({t: {} for t in "abcd"}, {"gate": {"risk": 0.3}})
    left = np.count_nonzero(played(play, from_data(data), size).selected, axis=-1)
    for k in range(5):
        chance = comb(4, k) * 0.7**k * 0.3 ** (4 - k)
        assert abs(z_score(np.count_nonzero(left == k), size, chance)) < 4


@both_engines_often
def test_points_carried_whole_are_a_second_cut_of_the_same_ranking(play, size):
    teams = {t: dict[str, float]() for t in "abcdef"}
    data = contest(
        teams,
        {"points": jury(), "cut": {"keep": 4}},
        {"points_carried": 1, "cut": {"keep": 2}},
        strength={"spread": 6, "luck": 5},
    )
    outcomes = played(play, from_data(data), min(size, 2_000))
    assert np.array_equal(outcomes.selected, outcomes.stages[0].rank <= 2)


@both_engines_often
def test_points_carried_by_half_weigh_half(play, size):
    # a leads the first stage by 40 and is behind by d in the second: it stays if 20 > d.
    teams = {"a": {"effect": 40}, "b": {}}
    for behind, stays in ((19, True), (21, False)):
        points = {"x": {"max": 1000, "mean": 500, "noise": 0, "per_strength": -behind / 40}}
        data = contest(
            teams,
            {"points": jury()},
            {"points": points, "points_carried": 0.5, "cut": {"keep": 1}},
            strength={"spread": 0, "luck": 0},
        )
        outcomes = played(play, from_data(data), min(size, 20))
        assert (outcomes.selected[:, 0] == stays).all()


@both_engines_often
def test_places_of_groups_are_lotteries_apart(play, size):
    # Two of four of one group and one of three of another: each equal within its group.
    teams = {t: dict[str, float]() for t in ("a1", "a2", "a3", "a4", "b1", "b2", "b3")}
    groups = {"a": ["a1", "a2", "a3", "a4"], "b": ["b1", "b2", "b3"]}
    data = contest(teams, {"points": jury(), "cut": {"places": {"a": 2, "b": 1}}}, groups=groups)
    selected = played(play, from_data(data), size).selected
    assert (np.count_nonzero(selected[:, :4], axis=-1) == 2).all()
    assert (np.count_nonzero(selected[:, 4:], axis=-1) == 1).all()
    for t, chance in enumerate([1 / 2] * 4 + [1 / 3] * 3):
        assert abs(z_score(np.count_nonzero(selected[:, t]), size, chance)) < 4


@both_engines_often
def test_at_most_one_of_a_kind_is_a_hypergeometric_sum(play, size):
    # The best two of five by lot, but no second of the pair p, q: p or q is there unless both are beyond.
    teams = {t: dict[str, float]() for t in ("p", "q", "x", "y", "z")}
    data = contest(
        teams, {"points": jury(), "cut": {"keep": 2, "at_most": {"pair": 1}}}, groups={"pair": ["p", "q"]}
    )
    selected = played(play, from_data(data), size).selected
    assert (np.count_nonzero(selected, axis=-1) == 2).all()
    assert not (selected[:, 0] & selected[:, 1]).any()
    # One of them is there unless the first two are of x, y, z: 1 - (3/5)(2/4); the pair share it.
    for team in (0, 1):
        assert abs(z_score(np.count_nonzero(selected[:, team]), size, 0.7 / 2)) < 4


@both_engines_often
def test_awards_go_down_the_ranking_and_nobody_leaves_by_them(play, size):
    teams = {t: dict[str, float]() for t in "abcde"}
    data = contest(teams, {"points": jury(), "awards": {"gold": 1, "silver": 2}})
    stage = played(play, from_data(data), size).stages[LAST]
    assert (stage.fate == Fate.KEPT).all()
    assert np.array_equal(stage.award, np.select([stage.rank == 1, stage.rank <= 3], [1, 2], 0))
    assert abs(z_score(np.count_nonzero(stage.award[:, 0] == 2), size, 2 / 5)) < 4


@both_engines_often
def test_money_is_paid_to_who_is_there_who_stays_and_by_rank(play, size):
    teams = {t: dict[str, float]() for t in "abcd"}
    pays = {"start": 10, "stay": 100, "by_rank": [1000, 500]}
    data = contest(
        teams,
        {"points": jury(), "cut": {"keep": 3}, "pays": pays},
        {"points": jury(), "cut": {"keep": 1}, "pays": {"start": 7}},
    )
    first, second = played(play, from_data(data), min(size, 2_000)).stages
    prize = np.select([first.rank == 1, first.rank == 2], [1000.0, 500.0], 0.0)
    assert np.array_equal(first.paid, 10 + 100 * (first.rank <= 3) + prize)
    assert np.array_equal(second.paid, 7.0 * (first.rank <= 3))


@both_engines_often
def test_money_by_team_is_paid_to_each_its_own_and_to_the_others_the_default(play, size):
    pays = {"start": {"a": 3, "default": 1}, "stay": {"b": 70}}
    data = contest({t: {} for t in "abc"}, {"points": jury(), "cut": {"keep": 2}, "pays": pays})
    (only,) = played(play, from_data(data), min(size, 2_000)).stages
    assert np.array_equal(only.paid, np.array([3.0, 1, 1]) + np.array([0.0, 70, 0]) * (only.rank <= 2))


@both_engines_often
def test_a_budget_keeps_whom_it_pays_for(play, size):
    # 100 for three at 30 each: three of five by lot.
    teams = {t: dict[str, float]() for t in "abcde"}
    data = contest(teams, {"points": jury(), "cut": {"budget": 100, "asks": 30}})
    selected = played(play, from_data(data), size).selected
    assert (np.count_nonzero(selected, axis=-1) == 3).all()
    assert abs(z_score(np.count_nonzero(selected[:, 0]), size, 3 / 5)) < 4


@both_engines_often
def test_a_distance_to_the_leader_is_a_difference_of_normal_numbers(play, size):
    # Of two, one leaves if they are more than 5 apart: sd of the difference sqrt(2) x 6.
    data = contest(
        {"a": {}, "b": {}},
        {"points": jury(), "cut": {"within": 5}},
        strength={"spread": 6, "luck": 0},
    )
    selected = played(play, from_data(data), size).selected
    apart = 2 * phi(-5 / (sqrt(2) * 6))
    assert abs(z_score(np.count_nonzero(~selected.all(axis=-1)), size, apart)) < 4
    assert selected.any(axis=-1).all()


@both_engines_often
def test_whoever_left_may_come_in_again(play, size):
    # One of four leaves by lot, applies with a chance of a half and has a place: 1/4 x 1/2 is out in the end.
    entry = {"day": "2026-01-08", "returning": "all", "applies": 0.5}
    data = contest(
        {t: {} for t in "abcd"}, {"points": jury(), "cut": {"drop": 1}, "entry": entry}, {"points": jury()}
    )
    outcomes = played(play, from_data(data), size)
    back = (outcomes.stages[0].fate == Fate.OUT_BY_POINTS) & outcomes.selected
    assert_chances(back, [1 / 8] * 4)
    assert abs(z_score(np.count_nonzero(~outcomes.selected[:, 0]), size, 1 / 8)) < 4


@both_engines_often
def test_a_candidate_of_two_calls_comes_in_at_the_second_whether_it_was_in_or_not(play, size):
    # One of x and y comes in; then the round ends for all, and the next is open to all three and to z.
    first = {"day": "2026-01-08", "candidates": ["x", "y"], "places": 1}
    second = {"day": "2026-01-22", "candidates": ["x", "y", "z"], "returning": "all", "places": 4}
    data = contest(
        {t: {} for t in "axyz"},
        {"points": jury(), "entry": first},
        {"points": jury(), "cut": {"keep": 0}, "entry": second},
        {"points": jury()},
    )
    stages = played(play, from_data(data), min(size, 2_000)).stages
    assert (np.count_nonzero(stages[1].fate[:, 1:] == Fate.OUT_BY_POINTS, axis=1) == 1).all()
    assert (stages[2].fate == Fate.KEPT).all()


@both_engines_often
def test_new_teams_and_those_who_left_compete_for_one_place(play, size):
    # Equal before the panel: the one who left and two newcomers have a third each.
    entry = {"day": "2026-01-08", "candidates": ["x", "y"], "returning": ["a"], "places": 1}
    data = contest(
        {"a": {"gate_risk": 1}, "b": {"gate_risk": 0}, "x": {}, "y": {}},
        {"gate": {"risk": 0}, "entry": entry},
        {"points": jury()},
    )
    selected = played(play, from_data(data), size).selected
    assert selected[:, 1].all()
    for team in (0, 2, 3):
        assert abs(z_score(np.count_nonzero(selected[:, team]), size, 1 / 3)) < 4


@both_engines_often
def test_a_stage_on_paper_before_training_takes_no_compute(play, size):
    # Applications are judged in July; only who passes is lent GPUs, and what is carried over starts there.
    data = contest(
        {"a": {"gate_risk": 0.35}, "b": {"gate_risk": 0}},
        {"gate": {"risk": 0}},
        {
            "train": "2026-01-06 to 2026-01-15",
            "grants": {"pool": {"B200": 100}, "shares": "equal"},
            "points": {"exam": {"max": 100, "mean": 50, "per_eci": 1}},
        },
        hardware={"B200": {"peak": 1000, "mfu": 0.5}},
    )
    outcomes = played(play, from_data(data), size)
    paper, training = outcomes.stages
    assert not np.nan_to_num(paper.compute).any()
    assert not paper.gpu_hours.any()
    passed = paper.fate[:, 0] == Fate.KEPT
    assert_chances(passed[:, None], [0.65])
    hours = np.where(passed, 50.0, 100.0) * 24 * 10
    assert np.allclose(training.gpu_hours[:, 1], hours)


@both_engines_often
def test_an_entrant_carries_the_lowest_total_of_those_who_stayed_past_a_gate(play, size):
    # Of three one leaves; x comes in, nobody fails the gate, and totals are carried: x ties with the lowest.
    entry = {"day": "2026-01-05", "candidates": ["x"]}
    data = contest(
        {"a": {}, "b": {}, "c": {}, "x": {}},
        {"points": jury(), "cut": {"drop": 1}, "entry": entry},
        {"gate": {"risk": 0}},
        {"points_carried": 1},
        strength={"spread": 6, "luck": 5},
    )
    first, _, last = played(play, from_data(data), min(size, 500)).stages
    lowest = np.where(first.rank == 2, first.total, 0.0).sum(axis=1)
    assert np.allclose(last.total[:, 3], lowest)
    there = first.fate[:, :3] == Fate.KEPT
    assert np.allclose(np.where(there, last.total[:, :3], 0.0), np.where(there, first.total[:, :3], 0.0))
