"""Oracle D12: the second evaluation, recounted."""

import numpy as np
import pytest
from scipy.stats import norm

from sim.model.draws import Key, Purpose
from sim.rules.decisions import Fate
from tests.helpers import Script, both_engines, quiet, stage
from tests.oracles.cases import case

D12 = case("D12_scoring_replay")
SCORES = D12.inputs["scores"]
TEAMS = list(SCORES)
MEANS = {"benchmark": 22.0, "experts": 29.0, "users": 18.0}
BLOCKS = {
    "benchmark": {"max": 40, "mean": MEANS["benchmark"], "per_eci": 0.5, "noise": 2.0},
    "experts": {"max": 35, "mean": MEANS["experts"], "spread": 1.6, "noise": 2.0},
    "users": {"max": 25, "mean": MEANS["users"], "spread": 2.7, "noise": 2.0},
}
# Nobody is stronger than the reference or makes an impression: noise alone takes each team to its points.
LUCK = Script(
    {
        Key(Purpose.NOISE, "s1", team, f"{block}/{block}"): float(norm.cdf((points - mean) / 2.0))
        for team, scores in SCORES.items()
        for (block, mean), points in zip(MEANS.items(), scores, strict=True)
    }
)


def replay(play, *blocks):
    points = {name: BLOCKS[name] for name in blocks}
    scenario = quiet({team: {} for team in TEAMS}, [stage(1, points, round_to=0.1, cut={"keep": 3})])
    return play(scenario, LUCK, 0, 1).stages[0]


def left(outcome):
    return [team for team, fate in zip(TEAMS, outcome.fate[0], strict=True) if fate == Fate.OUT_BY_POINTS]


@both_engines
def test_the_recount_gives_the_points_and_totals(play):
    outcome = replay(play, *BLOCKS)
    scores = np.array(list(SCORES.values()))
    assert pytest.approx(scores, abs=1e-12) == outcome.points[0].T
    assert outcome.total[0] == D12.near([D12.expected["totals"][team] for team in TEAMS])
    assert outcome.points[0].mean(axis=1) == D12.near(D12.expected["block_means"])


@both_engines
def test_the_recount_drops_the_team_that_was_dropped(play):
    assert left(replay(play, *BLOCKS)) == [D12.expected["dropped"]]


@both_engines
def test_without_the_users_another_team_is_dropped(play):
    assert left(replay(play, "benchmark", "experts")) == [D12.expected["dropped_without_users"]]
