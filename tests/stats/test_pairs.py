"""Pairs counted by hand, against NumPy, and what pairing must keep."""

from functools import reduce
from itertools import permutations
from operator import add

import numpy as np
import pytest

import sim
from sim.engines import batch, event
from sim.model.draws import Draws
from sim.rules.book import Rulebook
from sim.rules.decisions import Fate
from sim.scenario import load
from sim.stats.differences import MeasureDifference, Moments
from sim.stats.pairs import FirstDifference, TeamFates, count_pairs
from tests import helpers
from tests.helpers import quiet

RUNS = 2000
CHANGED = {"stages.first.grants.pool.B200": 6000, "stages.second.cut.keep": 2}


@pytest.fixture(scope="module")
def played():
    """Two scenarios, and the outcomes of the same replications of each."""
    scenarios = load("minimal"), load("minimal", CHANGED)
    return [(scenario, batch.play_batch(scenario, Draws(3), 0, RUNS)) for scenario in scenarios]


@pytest.fixture(scope="module")
def counted(played):
    (first, one), (second, other) = played
    return count_pairs(first, one, second, other)


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
        return count_pairs(
            first,
            batch.play_batch(first, Draws(3), start, stop),
            second,
            batch.play_batch(second, Draws(3), start, stop),
        )

    parts = [piece(0, 700), piece(700, 701), piece(701, RUNS)]
    assert parts[0] + parts[1] + parts[2] == parts[2] + (parts[1] + parts[0]) == counted


def test_a_scenario_does_not_differ_from_itself(played):
    scenario, outcomes = played[0]
    same = count_pairs(scenario, outcomes, scenario, outcomes)
    assert same.first_difference is None
    assert all((found.b, found.c) == (0, 0) for _, found in same.differences())
    assert all(found.estimate == 0 and found.interval() == (0, 0) for _, found in same.changes())


def seek_first_difference(scenario, outcomes):
    """The first difference of two outcomes of the same teams and stages, replication by replication."""
    fates = [np.stack([stage.fate for stage in each.stages], axis=1) for each in outcomes]
    for row, (one, other) in enumerate(zip(*fates, strict=True)):
        for s, stage in enumerate(scenario.stages):
            if (one[s] != other[s]).any():
                each = zip(scenario.teams, one[s], other[s], strict=True)
                at = tuple(TeamFates(team, Fate(a), Fate(b)) for team, a, b in each)
                return FirstDifference(outcomes[0].start + row, stage, at)
    return None


def test_the_first_replication_with_other_fates_is_found(played, counted):
    (first, one), (_, other) = played
    found = counted.first_difference
    assert found == seek_first_difference(first, (one, other))
    assert [each.team for each in found.fates] == list(first.teams)
    assert found.parted == tuple(each for each in found.fates if each.first != each.second) != ()


def test_of_several_pieces_the_smallest_replication_wins_in_any_order(played):
    (first, _), (second, _) = played
    pieces = [
        count_pairs(
            *(first, batch.play_batch(first, Draws(3), at, at + 5)),
            *(second, batch.play_batch(second, Draws(3), at, at + 5)),
        )
        for at in (100, 105, 110)
    ]
    differences = [piece.first_difference for piece in pieces if piece.first_difference is not None]
    assert len(differences) > 1
    smallest = min(differences, key=lambda each: each.replication)
    for order in permutations(pieces):
        assert reduce(add, order).first_difference == smallest


def test_pieces_without_a_difference_hide_none(played, counted):
    scenario, outcomes = played[0]
    same = count_pairs(scenario, outcomes, scenario, outcomes)
    assert (same + same).first_difference is None
    assert (same + counted).first_difference == (counted + same).first_difference == counted.first_difference


def by_name(rank, field, keep, drop):
    """A cut of one's own: the first of those who are there stays, whatever they scored."""
    there = np.cumsum(field, axis=-1)
    return field & (there == 1)


def test_where_fates_part_is_counted_from_outcomes_of_the_event_engine_and_of_ones_own_rules():
    scenario = load("minimal")
    rules = Rulebook(cut=by_name)
    built_in = event.play_events(scenario, Draws(3), 20, 60)
    own = event.play_events(scenario, Draws(3), 20, 60, rules)
    found = count_pairs(scenario, built_in, scenario, own).first_difference
    assert found == seek_first_difference(scenario, (built_in, own))
    assert found is not None
    batches = [batch.play_batch(scenario, Draws(3), 20, 60, each) for each in (Rulebook(), rules)]
    assert found == count_pairs(scenario, batches[0], scenario, batches[1]).first_difference


def test_faults_played_one_by_one_part_fates_as_they_were_played():
    """Fates are those of the outcomes at hand: the batch engine, with mean faults, would give others."""
    exam = {"exam": {"max": 100, "mean": 50, "per_eci": 0.5}}
    first, second = (
        quiet(
            {"a": {}, "b": {}},
            [helpers.stage(1, exam, cut={"keep": 1})],
            capability={"per_tenfold_compute": 60.0},
            faults={"per_node_day": 0.01, "restart": 6000, "mode": mode},
        )
        for mode in ("average", "each")
    )
    one, other = batch.play_batch(first, Draws(1), 0, 60), event.play_events(second, Draws(1), 0, 60)
    found = count_pairs(first, one, second, other).first_difference
    assert found is not None
    assert found == seek_first_difference(first, (one, other))
    assert sim.compare([first, second], 60).beside_first[0].first_difference == found


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
    assert not found.has_interval


def test_one_replication_has_a_difference_and_no_interval():
    found = MeasureDifference(Moments(1, 3, 5, 9, 25, 15), 1.0)
    assert (found.estimate, found.has_interval) == (2, False)
    assert MeasureDifference(Moments(2, 3, 5, 5, 13, 8), 1.0).has_interval


def test_a_comparison_plays_every_scenario_as_it_is_played_alone():
    scenarios = [load("minimal"), load("k-ai"), load("minimal", CHANGED)]
    found = sim.compare(scenarios, replications=(50, 450))  # by the seed of the pasts that come with sim
    for scenario, summary in zip(scenarios, found.summaries, strict=True):
        alone = sim.run(scenario, replications=(50, 450))
        assert summary.tally.kept.tolist() == alone.tally.kept.tolist()
    assert list(found.beside_first[0].chances) == [("", "", "nobody_selected")]  # no team is shared
    assert {team for _, team, _ in found.beside_first[1].chances} == {"", "red", "blue", "green"}
