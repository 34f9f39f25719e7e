"""Chances of a run: complete, consistent, each with its interval."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings

from sim.engines import batch
from sim.model.draws import Draws
from sim.scenario import ScenarioError, load
from sim.stats.intervals import for_all_of, wilson
from sim.stats.summary import Summary
from sim.stats.tally import tally
from tests.helpers import quiet, stage
from tests.stats.small import JURY, programmes

RUNS = 300
K_AI = load(Path(__file__).resolve().parents[2] / "scenarios" / "k-ai-2025-plan.yaml")
OF_A_STAGE = {"leaves", "by_points", "by_gate", "given_present", "not_entered", "kept"}
OF_THE_WHOLE = {"leaves_at_all", "selected", "never_entered"}


def summary(scenario, runs=RUNS):
    return Summary(scenario, tally(scenario, batch.play_batch(scenario, Draws(20260801), 0, runs)))


@pytest.fixture(scope="module")
def told():
    return summary(K_AI)


@settings(max_examples=80)
@given(programmes())
def test_leaving_being_selected_and_never_entering_are_all_that_can_happen(scenario):
    shares = summary(scenario, 40).shares()
    for team in scenario.teams:
        leaves = [shares[s, team, "leaves"] for s in scenario.stages]
        whole = [*leaves, shares["", team, "selected"], shares["", team, "never_entered"]]
        assert math.fsum(whole) == pytest.approx(1, abs=1e-12)
        assert shares["", team, "leaves_at_all"] == pytest.approx(math.fsum(leaves), abs=1e-12)


@settings(max_examples=80)
@given(programmes())
def test_the_sets_left_together_are_all_that_can_happen(scenario):
    sets = list(summary(scenario, 40).together())
    assert math.fsum(e.p for _, e in sets) == pytest.approx(1, abs=1e-12)
    assert len({members for members, _ in sets}) == len(sets)


def test_every_stage_and_team_has_every_chance_once(told):
    rows = [(row.stage, row.team, row.chance) for row in told.rows()]
    expected = [(s, t, c) for s in K_AI.stages for t in K_AI.teams for c in OF_A_STAGE]
    expected += [("", t, c) for t in K_AI.teams for c in OF_THE_WHOLE]
    assert sorted(rows) == sorted(expected)


def test_leaving_is_by_points_or_at_the_gate(told):
    rows = {(row.stage, row.team, row.chance): row.estimate.count for row in told.rows()}
    for s in K_AI.stages:
        for t in K_AI.teams:
            assert rows[s, t, "leaves"] == rows[s, t, "by_points"] + rows[s, t, "by_gate"]


def test_given_present_is_of_the_runs_in_which_the_team_was_there(told):
    rows = {(row.stage, row.team, row.chance): row.estimate for row in told.rows()}
    before = None
    for s in K_AI.stages:
        for t in K_AI.teams:
            there = RUNS if before is None else rows[before, t, "kept"].count
            assert (rows[s, t, "given_present"].count, rows[s, t, "given_present"].of) == (
                rows[s, t, "leaves"].count,
                there,
            )
        before = s


def test_every_chance_that_dice_decide_has_wilsons_interval(told):
    for row in told.rows():
        e = row.estimate
        if e.certain is None:
            assert (e.low, e.high) == tuple(map(float, wilson(e.count, e.of)))
            assert (e.all_low, e.all_high) == tuple(map(float, wilson(e.count, e.of, for_all_of(5))))
            assert e.all_low <= e.low <= e.p <= e.high <= e.all_high


def test_what_was_never_asked_has_no_chance_and_knows_nothing():
    hard, later = stage(1, JURY, gate={"risk": 0.9999}), stage(2, JURY, cut={"keep": 1})
    found = summary(quiet({"a": {}, "b": {}}, [hard, later]), 50)
    rows = {(row.stage, row.team, row.chance): row.estimate for row in found.rows()}
    e = rows["s2", "a", "given_present"]
    assert (e.of, e.low, e.high) == (0, 0, 1)
    assert math.isnan(e.p)


def test_sets_come_most_frequent_first(told):
    counts = [e.count for _, e in told.together()]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("team", ["nobody", "a+b"])
def test_a_team_that_could_be_taken_for_a_set_of_teams_is_refused(team):
    with pytest.raises(ScenarioError):
        quiet({"a": {}, "b": {}, team: {}}, [stage(1, JURY)])
