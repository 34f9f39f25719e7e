"""Pairs counted by hand, against NumPy, and what pairing must keep."""

import numpy as np
import pytest

import sim
from sim.engines import batch
from sim.model.draws import Draws
from sim.scenario import load
from sim.stats.pairs import MeasureDifference, Moments, pairs

RUNS = 2000
CHANGED = {"stages.first.grants.pool.B200": 6000, "stages.second.cut.keep": 2}


@pytest.fixture(scope="module")
def played():
    """Two scenarios, and the outcomes of the same replications of each."""
    scenarios = load("minimal"), load("minimal", CHANGED)
    return [(scenario, batch.play(scenario, Draws(3), 0, RUNS)) for scenario in scenarios]


@pytest.fixture(scope="module")
def counted(played):
    (first, one), (second, other) = played
    return pairs(first, one, second, other)


def test_chances_are_those_of_each_scenario_and_differ_as_they_do(counted):
    sides = [sim.run(load("minimal", changes), RUNS, 3) for changes in ({}, CHANGED)]
    tables = [side.odds().set_index(["stage", "team", "chance"]).p for side in sides]
    for (stage, team, what), found in counted.differences():
        if team:
            p = [table[stage, team, what] for table in tables]
            assert found.estimate == pytest.approx(p[1] - p[0], abs=1e-12)
            assert found.low <= found.estimate <= found.high
        else:
            q = [side.summary.chance(what).p for side in sides]
            assert found.estimate == pytest.approx(q[1] - q[0], abs=1e-12)


def test_a_measure_differs_by_the_mean_of_its_differences(played, counted):
    gaps = []
    for _, outcomes in played:
        last = outcomes.stages[-1]
        best = np.where(last.fate == 1, last.capability, -np.inf).max(axis=1)
        gaps.append(outcomes.frontier - best)
    apart = gaps[1] - gaps[0]
    found = dict(counted.changes())["behind_frontier"]
    assert found.estimate == pytest.approx(apart.mean(), abs=0.01)  # counted to 0.01
    half = 1.959964 * apart.std(ddof=1) / np.sqrt(RUNS)
    low, high = found.interval()
    assert (high - low) / 2 == pytest.approx(half, rel=0.01)
    unpaired = sum(gap.var(ddof=1) for gap in gaps)
    assert found.variance_ratio == pytest.approx(unpaired / apart.var(ddof=1), rel=0.02)


def test_pieces_add_up_in_any_order(played, counted):
    (first, _), (second, _) = played

    def piece(start, stop):
        return pairs(
            first, batch.play(first, Draws(3), start, stop), second, batch.play(second, Draws(3), start, stop)
        )

    parts = [piece(0, 700), piece(700, 701), piece(701, RUNS)]
    assert parts[0] + parts[1] + parts[2] == parts[2] + (parts[1] + parts[0]) == counted


def test_a_scenario_does_not_differ_from_itself(played):
    scenario, outcomes = played[0]
    same = pairs(scenario, outcomes, scenario, outcomes)
    assert same.parted is None
    assert all((found.b, found.c) == (0, 0) for _, found in same.differences())
    assert all(found.estimate == 0 and found.interval() == (0, 0) for _, found in same.changes())


def test_the_first_replication_with_other_fates_is_found(played, counted):
    fates = [np.stack([stage.fate for stage in outcomes.stages], axis=1) for _, outcomes in played]
    differ = (fates[0] != fates[1]).any(axis=2)
    replication = int(np.flatnonzero(differ.any(axis=1))[0])
    assert counted.parted == (replication, int(np.flatnonzero(differ[replication])[0]))


def test_moments_by_hand():
    # First 1, 2, 4; second 2, 4, 5: differences 1, 2, 1 with mean 4/3 and variance 1/3; variances 7/3 each.
    found = MeasureDifference(Moments(3, 7, 11, 21, 45, 30), 0.5)
    assert found.estimate == pytest.approx(0.5 * 4 / 3)
    half = 1.959964 * 0.5 * np.sqrt(1 / 9)
    assert found.interval() == pytest.approx((2 / 3 - half, 2 / 3 + half), rel=1e-6)
    assert found.variance_ratio == pytest.approx((7 / 3 + 7 / 3) / (1 / 3))


def test_nothing_asked_says_nothing():
    found = MeasureDifference(Moments(0, 0, 0, 0, 0, 0), 1.0)
    assert np.isnan(found.estimate)
    assert found.interval() == (-np.inf, np.inf)


def test_a_comparison_plays_every_scenario_as_it_is_played_alone():
    scenarios = [load("minimal"), load("k-ai"), load("minimal", CHANGED)]
    found = sim.compare(scenarios, seed=9, replications=(50, 450))
    for scenario, summary in zip(scenarios, found.summaries, strict=True):
        alone = sim.run(scenario, replications=(50, 450), seed=9)
        assert summary.tally.kept.tolist() == alone.tally.kept.tolist()
    assert list(found.beside_first[0].chances) == [("", "", "nobody_selected")]  # no team is shared
    assert {team for _, team, _ in found.beside_first[1].chances} == {"", "red", "blue", "green"}
