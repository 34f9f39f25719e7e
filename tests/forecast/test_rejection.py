"""Wide facts against brute force: the engine plays the prior, and what misses the facts is thrown away.

No formula and nothing of the sampler is in it: facts are looked up in the points that the engine gave.
"""

import numpy as np
import pytest

from sim.engines import batch
from sim.forecast.island import Effort
from sim.forecast.prior import with_free_means
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from tests.forecast.inferring import Inferred
from tests.helpers import quiet, stage

RUNS, BLOCK = 160_000, 20_000
EFFORT = Effort(islands=10, particles=120, lines=400, singles=400, numbers=60)
TEAMS = "ABCD"

UNCERTAIN = {
    "capability": {
        "team_spread": {"triangular": [1.5, 2.5, 4.5]},
        "stage_spread": {"triangular": [2, 4, 6]},
    },
    "judging": {
        "follows_strength": {"uniform": [-0.4, 0.9]},
        "lasting": {"uniform": [0, 1]},
        "agree": {"uniform": [0, 0.6]},
    },
}
BENCHMARK = {"max": 40, "mean": 26, "per_eci": {"triangular": [0.3, 0.5, 0.8], "shared": "p"}, "noise": 1.0}
EXPERTS = {"max": 35, "mean": 28, "spread": 1.6, "raters": {"n": 4, "sd": 2.8}}
USERS = {"max": 25, "mean": 18, "spread": {"triangular": [2, 2.7, 3.5], "shared": "s"}, "noise": 1.1}
POINTS = {
    "benchmark": {**BENCHMARK, "items": {"easy": {"max": 15, "mean": 13}, "hard": {"max": 25, "mean": 13}}},
    "experts": EXPERTS,
    "users": USERS,
}


def programme(points, facts, happened, keep):
    """Four teams; what is known of the first stage, and a second at which two are kept."""
    ahead = {**points, "users": USERS}
    past = stage(1, points, cut={"keep": keep}, happened=happened, facts=facts)
    return quiet({team: {} for team in TEAMS}, [past, stage(2, ahead, cut={"keep": 2})], **UNCERTAIN)


def in_blocks(scenario):
    """What the engine makes of the prior: points, (runs, blocks, teams), and who leaves afterwards."""
    points, leaves = [], []
    free = with_free_means(scenario)
    for start in range(0, RUNS, BLOCK):
        first, second = batch.play_batch(free, Draws(99), start, start + BLOCK).stages
        points.append(first.points)
        leaves.append(second.fate == Fate.OUT_BY_POINTS)
    return np.concatenate(points), np.concatenate(leaves)


def compare(scenario, holds):
    """The sampler against the runs in which the facts hold: chances and evidence, to 4 standard errors."""
    points, leaves = in_blocks(scenario)
    accepted = holds(*np.moveaxis(points, 1, 0))
    count, rate = accepted.sum(), accepted.mean()
    assert count > 400  # else the comparison says nothing
    found = Inferred(scenario, effort=EFFORT)
    ahead = [TEAMS.index(team) for team in scenario.contenders]
    expected = leaves[accepted].mean(0)[ahead]
    shares = found.by_island(found.leaves("s2"))[:, ahead]
    error = np.sqrt(shares.var(0, ddof=1) / len(shares) + expected * (1 - expected) / count)
    z = (shares.mean(0) - expected) / error
    assert np.all(np.abs(z) <= 4), f"{shares.mean(0)}, not {expected}: z-scores {z}"
    ratio = np.exp([island.log_evidence for island in found.islands]) / rate
    error = np.sqrt(ratio.var(ddof=1) / len(ratio) + (1 - rate) / count)
    assert abs(ratio.mean() - 1) <= 4 * error, f"evidence {ratio.mean()} times what it is, error {error}"
    assert abs(np.log(ratio.mean())) <= 0.1 + 4 * error
    found.assert_facts_hold()
    return found


def first(points, team):
    """Whether a team has the most points, (runs,)."""
    return points.argmax(-1) == TEAMS.index(team)


def between(values, low, high):
    """Whether values are in an interval."""
    return (values >= low) & (values <= high)


def test_tops_means_and_an_order_of_all_blocks():
    facts = {
        "bench": {"of": "benchmark", "mean": 24, "within": [-3, 3], "at_most": 30},
        "experts": {"of": "experts", "first": "B"},
        "total": {"of": "total", "order": [["A", "B"], "C"]},
        "users": {"of": "users", "points": {"A": 19}, "within": [-2, 2], "last": "D"},
    }

    def holds(bench, experts, users):
        total = bench + experts + users
        a, b, c, d = total.T
        return (
            between(bench.mean(-1), 21, 27)
            & (bench <= 30).all(-1)
            & first(experts, "B")
            & (np.minimum(a, b) > c)
            & between(users[:, 0], 17, 21)
            & (users.argmin(-1) == 3)
            & (d < np.minimum(np.minimum(a, b), c))
        )

    compare(programme(POINTS, facts, {"D": "out-by-points"}, 3), holds)


@pytest.mark.parametrize(
    "items", [{}, {"expert": {"max": 10}, "citizen": {"max": 15}}], ids=["whole", "items"]
)
def test_a_rescaled_block_of_which_nobody_knows_the_leader(items):
    """Points cut at the maximum, of the leader and of others, are in it; so is the total after scaling."""
    users = {**USERS, "rescale": "leader", "items": items}
    facts = {
        "users": {"of": "users", "mean": 21, "within": [-1.5, 1.5], "at_least": {"C": 17}},
        "total": {"of": "total", "first": "A", "gap": 8, "within": [-3, 3]},
    }

    def holds(bench, experts, users):
        total = bench + experts + users
        return (
            between(users.mean(-1), 19.5, 22.5)
            & (users[:, 2] >= 17)
            & first(total, "A")
            & between(total.max(-1) - total.min(-1), 5, 11)
        )

    compare(programme({**POINTS, "users": users}, facts, {}, 4), holds)


def test_a_gap_that_leaves_both_ends_open_and_a_result():
    facts = {
        "experts": {"of": "experts", "gap": 4, "within": [-1, 1]},
        "bench": {"of": "benchmark", "last": "A"},
    }

    def holds(bench, experts, users):
        total = bench + experts + users
        gap = experts.max(-1) - experts.min(-1)
        return between(gap, 3, 5) & (bench.argmin(-1) == 0) & (total.argmin(-1) == 2)

    compare(programme(POINTS, facts, {"C": "out-by-points"}, 3), holds)
