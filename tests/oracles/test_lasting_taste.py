"""What judges see besides strength: how much of it lasts, and how far blocks of a stage agree in it."""

from math import sqrt

import numpy as np
import pytest

from sim.engines import batch
from sim.model.draws import Draws
from tests.helpers import assert_sd, both_engines_often, played, quiet, stage


def jury(**more):
    """A judged block in which the impression is all that counts, far from its ends."""
    return {"max": 100, "mean": 50, "spread": 2, "follows_strength": 0, "noise": 0, **more}


def assert_correlate(one, other, expected):
    """Fisher's z of a correlation has standard error 1 / sqrt(n - 3)."""
    z = (np.arctanh(np.corrcoef(one, other)[0, 1]) - np.arctanh(expected)) * sqrt(one.size - 3)
    assert abs(z) <= 4


def points(outcomes, at, block=0):
    """Points of the first team."""
    return outcomes.stages[at].points[:, block, 0]


@both_engines_often
@pytest.mark.parametrize("tau", [0.0, 0.3, 0.9])
def test_points_of_a_team_correlate_between_stages_as_much_as_taste_lasts(play, size, tau):
    stages = [stage(1, {"jury": jury(lasting=tau)}), stage(2, {"jury": jury(lasting=tau)})]
    outcomes = played(play, quiet({"only": {}}, stages), size)
    assert_correlate(points(outcomes, 0), points(outcomes, 1), tau)
    assert_sd(points(outcomes, 1), 2.0)


def test_taste_that_lasts_wholly_gives_the_same_points_again():
    stages = [stage(1, {"jury": jury()}), stage(2, {"jury": jury()})]
    outcomes = played(batch.play_batch, quiet({"a": {}, "b": {}}, stages, judging={"lasting": 1}), 100)
    assert np.array_equal(outcomes.stages[0].points, outcomes.stages[1].points)
    assert points(outcomes, 0).std() > 1


@both_engines_often
def test_a_block_of_its_own_goes_before_the_programme(play, size):
    stages = [stage(k, {"jury": jury(lasting=0.8), "crowd": jury()}) for k in (1, 2)]
    outcomes = played(play, quiet({"only": {}}, stages, judging={"lasting": 0.2}), size)
    assert_correlate(points(outcomes, 0), points(outcomes, 1), 0.8)
    assert_correlate(points(outcomes, 0, 1), points(outcomes, 1, 1), 0.2)
    assert_correlate(points(outcomes, 0), points(outcomes, 1, 1), 0.0)


@both_engines_often
def test_blocks_agree_and_what_they_agree_in_lasts_as_well(play, size):
    stages = [stage(k, {"jury": jury(), "crowd": jury()}) for k in (1, 2)]
    outcomes = played(play, quiet({"only": {}}, stages, judging={"lasting": 0.5, "agree": 0.6}), size)
    assert_correlate(points(outcomes, 0), points(outcomes, 0, 1), 0.6)
    assert_correlate(points(outcomes, 0), points(outcomes, 1), 0.5)
    assert_correlate(points(outcomes, 0), points(outcomes, 1, 1), 0.3)
    assert_sd(points(outcomes, 0), 2.0)


def test_teams_do_not_share_their_taste():
    stages = [stage(1, {"jury": jury()})]
    outcomes = played(
        batch.play_batch, quiet({"a": {}, "b": {}}, stages, judging={"lasting": 1, "agree": 0.5}), 10_000
    )
    a, b = outcomes.stages[0].points[:, 0].T
    assert_correlate(a, b, 0.0)


def test_two_thirds_lean_to_whoever_was_ahead_where_half_of_taste_lasts():
    """Given that a leads by exactly d at the first stage it leads at the second with the chance
    Phi(tau d / (s sqrt(2 (1 - tau^2)))): here for all d at once, 1/2 + asin(tau) / pi.
    """
    stages = [stage(1, {"jury": jury()}), stage(2, {"jury": jury()})]
    size = 40_000
    outcomes = played(batch.play_batch, quiet({"a": {}, "b": {}}, stages, judging={"lasting": 0.5}), size)
    ahead = [one.points[:, 0, 0] > one.points[:, 0, 1] for one in outcomes.stages]
    again = (ahead[0] == ahead[1]).mean()
    expected = 0.5 + np.arcsin(0.5) / np.pi
    assert abs(again - expected) / sqrt(expected * (1 - expected) / size) <= 4


def test_without_lasting_taste_nothing_is_drawn_for_it():
    stages = [stage(1, {"jury": jury()}), stage(2, {"jury": jury()})]
    asked: set[str] = set()

    class Noting(Draws):
        def columns(self, keys, start, stop):
            asked.update(key.purpose.value for key in keys)
            return super().columns(keys, start, stop)

    batch.play_batch(quiet({"a": {}, "b": {}}, stages), Noting(1), 0, 10)
    assert "impression" in asked
    assert "taste" not in asked
