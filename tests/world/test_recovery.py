"""The closed forms of recovery against sums, moments and limits from outside; both engines in windows."""

import math
from math import comb
from typing import Any

import numpy as np
import pytest

from sim.engines import batch, event
from sim.engines.inputs import prepare
from sim.model.compute import FaultInputs, availability
from sim.model.draws import Draws, Key, Purpose
from sim.model.recovery import (
    JobNodes,
    RecoveryInputs,
    chance_of_enough,
    mean_working,
    moments_of_a_node,
    working_share,
)
from tests.engines.agree import first_difference
from tests.helpers import DAYS, FLOP_OF_A_GPU_DAY, GPUS, Script, assert_mean, both_engines, quiet, stage

EXAM = {"exam": {"max": 40, "mean": 20, "per_eci": 0.5}}


def nodes_of(all_nodes, training, rate):
    return JobNodes(*(np.array(float(x)) for x in (all_nodes, training, rate)))


def binomial(n, missing):
    """The chances that 0 to n nodes are missing."""
    return [comb(n, j) * missing**j * (1 - missing) ** (n - j) for j in range(n + 1)]


@pytest.mark.parametrize(("n", "k"), [(1, 1), (4, 3), (10, 10), (72, 64), (9, 1)])
@pytest.mark.parametrize("unavailable", [0.001, 0.05, 0.6])
def test_missing_nodes_are_binomial(n, k, unavailable):
    rate, repair = 1.0, unavailable / (1 - unavailable)
    chances = binomial(n, unavailable)
    enough = sum(chances[: n - k + 1])
    working = sum(p * min(k, n - j) for j, p in enumerate(chances))
    found = nodes_of(n, k, rate)
    assert chance_of_enough(found, np.array(repair)) == pytest.approx(enough, rel=1e-12)
    assert mean_working(found, np.array(repair)) == pytest.approx(working, rel=1e-12)


@pytest.mark.parametrize(("spares", "rate", "published"), [(4, 6.5e-3, 0.998), (8, 2.37e-2, 0.995)])
def test_spares_of_64_nodes_and_two_days_of_repair(spares, rate, published):
    """Four spares give 99.8 % at 6.5e-3 faults a node and day, eight 99.5 % at 2.37e-2."""
    found = chance_of_enough(nodes_of(64 + spares, 64, rate), np.array(2.0))
    assert found == pytest.approx(published, abs=5e-4)


def share(gpus=512.0, rate=6.2e-3, **said):
    """The share of a job on `gpus` GPUs with what is `said` of its recovery, by the hour."""
    given = {"per_node": 8.0, "goes_on": 0.0, "pause": 0.0, "repair": 0.0, "spares": 0.0} | said
    bad = given.pop("bad", None)
    one = np.array([0.5])
    recovery = RecoveryInputs(**{key: np.array([value]) for key, value in given.items()}, bad=bad)
    faults = FaultInputs(np.array([rate / 24 / 8]), one, one / 60, None, recovery)
    return float(working_share(np.array([[gpus]]), faults)[0])


def test_the_limits():
    plain = float(availability(np.array(64 * 6.2e-3 / 24), 0.5, 0.5 / 60, None))
    assert share() == pytest.approx(plain, rel=1e-12)  # nothing said that matters
    assert share(repair=1e-6) == pytest.approx(plain, rel=1e-6)
    assert share(gpus=512 + 8 * 60, spares=60.0, repair=48.0) * 124 / 64 == pytest.approx(plain, rel=1e-9)
    assert share(rate=0.0, repair=1e6) == share(rate=0.0, goes_on=1.0, repair=1e6, pause=9.0) == 1.0
    assert share(goes_on=1.0) == 1.0  # no pause, no repair: nothing is lost
    assert share(rate=0.0, spares=4.0) == pytest.approx(60 / 64, rel=1e-15)
    assert share(spares=64.0) == share(spares=99.0) == 0.0 == share(goes_on=1.0, spares=64.0)
    assert share(gpus=0.0, goes_on=1.0) == 0.0
    # One node alone: it is there 1 of 1 + r H hours, whether the job stops or goes on.
    rh = 6.2e-3 * 2
    assert share(gpus=8.0, goes_on=1.0, repair=48.0) == pytest.approx(1 / (1 + rh), rel=1e-12)
    alone = float(availability(np.array(6.2e-3 / 24), 0.5, 0.5 / 60, None))
    assert share(gpus=8.0, repair=48.0) == pytest.approx(alone / (1 + rh), rel=1e-12)


def test_more_of_what_costs_time_leaves_less():
    for more in ({"repair": 48.0}, {"goes_on": 1.0, "pause": 0.2}, {"goes_on": 1.0, "repair": 9.0}):
        base = {key: value / 2 if key != "goes_on" else value for key, value in more.items()}
        assert share(**more) < share(**base) < 1


@pytest.mark.parametrize("nodes", [4, 64])
@pytest.mark.parametrize("shape", [0.13, 1.0, 1e6])
def test_the_rate_of_a_job_with_bad_nodes_is_a_mean_of_gamma_laws(nodes, shape):
    """Mean 1 and variance 1 / (n a), so counts with mean m vary by m + m^2 / (n a); no frailty as a grows."""
    drawn = factors(nodes, {"shape": shape}, 40_000)
    variance = 1 / (nodes * shape)
    assert_mean(drawn, 1.0, math.sqrt(variance))
    spread = math.sqrt((2 + 6 * variance) * variance**2)  # of (x - 1)^2: kurtosis of a gamma law is 3 + 6 v
    assert_mean((drawn - 1) ** 2, variance, spread)


def factors(nodes, bad, size):
    scenario = faulty({"a": {}}, bad_nodes=bad)
    found: Any = prepare(scenario, Draws(7), 0, size).faults.recovery
    return found.bad.factor(np.array([[float(nodes)]]))[:, 0]


def test_replacing_the_worst_nodes_takes_their_faults_away():
    """Against nodes drawn one by one: three of 63 nodes have half of the faults at a shape of 0.13."""
    rng, shape, replaced = np.random.default_rng(5), 0.13, 3 / 63
    nodes = rng.gamma(shape, 1 / shape, 2_000_000)
    limit = np.quantile(nodes, 1 - replaced)
    assert nodes[nodes > limit].sum() / nodes.sum() == pytest.approx(0.5, abs=0.03)
    after = np.where(nodes > limit, 1.0, nodes)
    mean, variance = (float(x) for x in moments_of_a_node(np.array(shape), np.array(replaced)))
    assert_mean(after, mean, math.sqrt(variance))
    assert after.var() == pytest.approx(variance, rel=0.01)
    assert moments_of_a_node(np.array(shape), np.array(0.0)) == pytest.approx((1, 1 / shape), rel=1e-12)
    assert moments_of_a_node(np.array(shape), np.array(1.0)) == pytest.approx((1, 0), abs=1e-12)
    drawn = factors(63, {"shape": shape, "replaced": replaced}, 40_000)
    assert_mean(drawn, mean, math.sqrt(variance / 63))
    assert factors(63, {"shape": shape, "replaced": 1}, 100) == pytest.approx(1, abs=1e-3)


def faulty(teams, stages=1, grants=None, **faults):
    """Teams with 100 GPUs, 4 nodes, for 100 days; a fault a node in 40 days."""
    faults = {"per_node_day": 0.025, "gpus_per_node": 25, "checkpoint": 0, "interval": "24 h"} | faults
    more = {} if grants is None else {"grants": grants}
    return quiet(teams, [stage(n + 1, EXAM, **more) for n in range(stages)], faults=faults)


def days_of(outcomes, number=1):
    """Days of all `GPUS` that count, (replications, teams)."""
    return outcomes.stages[number - 1].compute / (GPUS * FLOP_OF_A_GPU_DAY)


def test_two_teams_by_hand():
    """A fault a hazard of 1.05. `stops`: 10.5 days, then two of repair, one of restart, 9.5 of work, again.

    `goes`: 10.5 days, then a day of pause, two with three nodes and nine with four, again. Idle nodes never
    fail. By the average: 4 nodes, each missing 0.05 / 1.05 of the time.
    """
    teams = {"stops": {}, "goes": {"faults": {"on_fault": "go-on", "regroup": "12 h"}}}
    said = {"detection": "12 h", "restart": "12 h", "repair": "48 h"}
    keys = [Key(Purpose.FAULT, "s1", t) for t in teams]
    luck = Script(
        {key: -math.expm1(-1.05) for key in keys}
        | {key._replace(item="idle"): -math.expm1(-30.0) for key in keys}
    )
    outcomes = event.play_events(faulty(teams, mode="each", **said), luck, 0, 1)
    assert days_of(outcomes)[0] == pytest.approx([10 + 9 * 7, 10.5 + 10.5 * 7 + 4], rel=1e-9)
    lost = outcomes.stages[0].hours_lost[0]
    assert lost == pytest.approx([100 * 24 * (100 - 73), 100 * 24 * (100 - 88)], rel=1e-9)
    average = batch.play_batch(faulty(teams, **said), luck, 0, 1)
    daly = float(availability(np.array(0.1), 1.0, 1e-30, np.array(1.0)))  # by the day
    working = 4 / 1.05
    expected = [100 * 1.05**-4 * daly, 100 * working / 4 / (1 + 0.025 * working)]
    assert days_of(average)[0] == pytest.approx(expected, rel=1e-9)
    lost = average.stages[0].hours_lost[0]
    assert lost == pytest.approx([2400 * (100 - days) for days in expected], rel=1e-9)


SAID = [
    {"detection": "2 h", "repair": "12 h", "spares": 1},
    {"on_fault": "go-on", "regroup": "1 h", "repair": "36 h"},
    {"on_fault": "go-on", "interval": "best", "detection": "1 h", "spares": 2, "repair": "20 h"},
    {"bad_nodes": {"shape": 0.4}, "restart": "3 h"},
]


@pytest.mark.parametrize("said", SAID)
def test_faults_one_by_one_have_the_mean_of_the_average(said):
    """Windows of 100 days and faults a hundred times too many, so that ends matter little."""
    said = {"per_node_day": 0.3, "gpus_per_node": 10} | said
    each = days_of(event.play_events(faulty({"a": {}}, mode="each", **said), Draws(3), 0, 60))[:, 0]
    average = days_of(batch.play_batch(faulty({"a": {}}, **said), Draws(3), 0, 60))[:, 0]
    apart = each - average  # bad nodes are the same in both
    assert abs(apart.mean()) <= 4 * apart.std(ddof=1) / math.sqrt(apart.size) + 0.15  # days: a window's ends


@both_engines
def test_slow_storage_costs_its_share_of_a_window(play):
    """Ten days from a random moment, no longer than the window: 9.5 of 100, at a tenth of speed."""
    scenario = faulty(
        {"a": {}, "b": {}}, per_node_day=0, interval="best", storage={"chance": 0.4, "days": 10, "speed": 0.1}
    )
    size = 4000
    lost = DAYS - days_of(play(scenario, Draws(2), 0, size))
    slow = lost > 1e-9
    assert abs(slow.mean() - 0.4) <= 4 * math.sqrt(0.24 / slow.size)
    at_once = lost[slow] / 0.9
    assert at_once.max() == pytest.approx(10)
    assert at_once.min() > 0
    assert_mean(at_once, 9.5, math.sqrt(0.9 * 100 + 0.1 * 100 / 3 - 9.5**2))
    assert abs(np.corrcoef(lost.T)[0, 1]) <= 4 / math.sqrt(size)


@pytest.mark.parametrize("mode", ["average", "each"])
def test_a_stage_whose_storage_is_slow_by_hand(mode):
    """From day 50 of 100 on for 20 days at half of its speed; the other team's storage is as ever."""
    luck = Script({Key(Purpose.STORAGE, "s1", "a"): 0.1, Key(Purpose.STORAGE, "s1", "b"): 0.9})
    teams: dict[str, Any] = {"a": {}, "b": {}}
    said = {"per_node_day": 0, "storage": {"chance": 0.5, "days": 20, "speed": 0.5}}
    scenario = faulty(teams, mode=mode, **said)
    for play in (event.play_events, batch.play_batch)[: 1 if mode == "each" else 2]:
        outcomes = play(scenario, luck, 0, 1)
        assert days_of(outcomes)[0] == pytest.approx([90, 100], rel=1e-9)
        assert outcomes.stages[0].hours_lost[0] == pytest.approx([10 * 24 * 100, 0], abs=1e-6)


def test_another_team_changes_nobodys_bad_nodes_nor_storage():
    said = {"bad_nodes": {"shape": 0.2}, "storage": {"chance": 0.5, "days": 9, "speed": 0.2}}
    two, three = (
        batch.play_batch(faulty({t: {} for t in names}, stages=2, **said), Draws(4), 5, 40)
        for names in ("ab", "cab")
    )
    for one, other in zip(two.stages, three.stages, strict=True):
        assert one.compute.tolist() == other.compute[:, 1:].tolist()


def test_two_teams_have_bad_nodes_of_their_own_that_last():
    scenario = faulty({"a": {}, "b": {}}, stages=2, bad_nodes={"shape": 0.2})
    one, two = (days_of(batch.play_batch(scenario, Draws(4), 0, 900), number) for number in (1, 2))
    assert abs(np.corrcoef(one.T)[0, 1]) <= 4 / math.sqrt(900)
    assert one == pytest.approx(two, rel=1e-12)  # the same nodes at both stages


def test_the_engines_agree_where_everything_is_uncertain():
    uncertain = {"uniform": [0.2, 3]}
    said = {
        "detection": {"uniform": [0, 60]},
        "repair": {"uniform": [0, 90]},
        "spares": {"weighted": {"0": 1, "1": 1}},
        "bad_nodes": {"shape": uncertain, "replaced": {"uniform": [0, 0.2]}},
        "storage": {"chance": {"uniform": [0, 1]}, "days": {"uniform": [0, 200]}, "speed": 0.1},
    }
    goes = {"faults": {"on_fault": "go-on", "regroup": {"uniform": [0, 9]}}}
    late = {"gpus": {"default": {"B200": 90}}, "delay": {"uniform": [0, 50]}}
    scenario = faulty({"a": {"own": {"B200": 30}}, "b": goes}, stages=2, grants=late, **said)
    one, other = (play(scenario, Draws(4), 5, 80) for play in (event.play_events, batch.play_batch))
    assert first_difference(scenario, one, other) is None
    for stage_of_one, of_other in zip(one.stages, other.stages, strict=True):
        assert stage_of_one.hours_lost == pytest.approx(of_other.hours_lost, rel=1e-9, abs=1e-6)
        assert (stage_of_one.hours_lost > 0).all()
