"""Scores against numbers worked out by hand and published ones; proper by trial."""

import math
from collections import Counter

import numpy as np
import pytest

from sim.engines import batch
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import from_data
from sim.stats.scoring import (
    Classes,
    border_errors,
    brier,
    count_cut,
    leaving_chances,
    log_score,
    team_error,
)

FIVE = (0.4, 0.26, 0.17, 0.1, 0.07)


def ranked_probability(chances, happened):
    return border_errors(chances, happened, happened).mean()


def of(chances, happened):
    return Classes(tuple(chances), (1,) * len(chances), chances[happened])


def test_brier_and_log_of_five_classes_are_those_worked_out_by_hand():
    assert brier(of(FIVE, 4)) == pytest.approx(0.16 + 0.0676 + 0.0289 + 0.01 + 0.93**2)
    assert log_score(FIVE[4]) == pytest.approx(2.65926003693, rel=1e-9)


@pytest.mark.parametrize("n", [2, 3, 5, 100])
def test_equal_chances_score_what_their_number_says(n):
    alike = Classes((1 / n,), (n,), 1 / n)
    assert brier(alike) == pytest.approx(1 - 1 / n)
    assert brier(alike) == pytest.approx(brier(of([1 / n] * n, 0)))
    assert log_score(1 / n) == pytest.approx(math.log(n))


def test_who_is_sure_scores_the_best_or_the_worst_there_is():
    assert brier(Classes((1.0,), (1,), 1.0)) == 0
    assert brier(Classes((1.0,), (1,), 0.0)) == 2
    assert str(log_score(1.0)) == "0.0"  # not -0.0
    assert log_score(0.0) == math.inf


@pytest.mark.parametrize(
    ("chances", "happened", "expected"),
    [
        # Constantinou & Fenton 2012, Journal of Quantitative Analysis in Sports 8(1), table 2: home wins
        ((1, 0, 0), 0, 0.0),
        ((0.9, 0.1, 0), 0, 0.005),
        ((0.8, 0.1, 0.1), 0, 0.025),
        ((0.5, 0.25, 0.25), 0, 0.15625),
        ((0, 0, 1), 0, 1.0),
        ((0.3, 0.4, 0.3), 1, 0.09),
    ],
)
def test_the_ranked_probability_score_is_the_published_one(chances, happened, expected):
    assert ranked_probability(chances, happened) == pytest.approx(expected)


def test_with_two_classes_it_is_half_of_brier():
    assert ranked_probability((0.3, 0.7), 1) == pytest.approx(brier(of((0.3, 0.7), 1)) / 2)


def test_borders_on_whose_sides_nobody_knows_the_truth_are_left_out():
    chances = (0.1, 0.2, 0.3, 0.4)
    assert border_errors(chances, 1, 2).tolist() == pytest.approx([0.1**2, (0.6 - 1) ** 2])
    assert border_errors(chances, 0, 3).size == 0
    assert border_errors((1.0,), 0, 0).size == 0


@pytest.mark.parametrize("score", ["brier", "log", "places"])
def test_nobody_can_expect_less_than_by_saying_what_is_believed(score):
    rng = np.random.default_rng(20260115)
    for _ in range(50):
        truth, other = rng.dirichlet(np.ones(4), size=2)

        def expected(told, truth=truth):
            return sum(
                p
                * {
                    "brier": brier(of(told, i)),
                    "log": log_score(told[i]),
                    "places": ranked_probability(told, i),
                }[score]
                for i, p in enumerate(truth.tolist())
            )

        assert expected(truth.tolist()) < expected(other.tolist())


@pytest.mark.parametrize(("n", "leave"), [(26, 11), (10, 1), (3, 2)])
def test_team_by_team_equal_chances_score_the_variance_of_their_share(n, leave):
    teams = [f"t{k}" for k in range(n)]
    chances = leaving_chances((teams,), {leave: 1.0})
    assert chances == pytest.approx(dict.fromkeys(teams, leave / n))
    share = leave / n
    assert team_error(chances, teams[:leave]) == pytest.approx(share * (1 - share))
    assert math.isnan(team_error({}, ()))
    sure = leaving_chances([[t] for t in teams], {leave: 1.0})
    assert team_error(sure, teams[-leave:]) == 0


@pytest.mark.parametrize("teams", [2, 63, 64, 65, 130])
def test_sets_of_very_many_teams_are_counted_as_they_are(teams):
    scenario = from_data(contest(teams))
    outcomes = batch.play_batch(scenario, Draws(1), 0, 50)
    counts = count_cut(outcomes, 0, np.ones(teams, dtype=bool))
    taken = outcomes.stages[0].fate == Fate.OUT_BY_POINTS
    expected = Counter(sum(1 << t for t in range(teams) if row[t]) for row in taken.tolist())
    assert counts.taken == expected
    assert {each.bit_count() for each in counts.taken} == {teams // 2}


def contest(teams):
    """So many teams, of which half leave."""
    stage = {"result": "2026-01-31", "points": {"jury": {"max": 100, "mean": 50, "spread": 5}}}
    names: dict[str, dict[str, object]] = {f"t{k}": {} for k in range(teams)}
    cut = {"cut": {"drop": teams // 2}}
    return {"format": 1, "name": "A", "as_of": "2026-01-01", "teams": names, "stages": {"s": stage | cut}}
