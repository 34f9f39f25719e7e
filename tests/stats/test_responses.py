"""Responses at their limits, and where a hand can work them out."""

import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.engines import batch
from sim.model.draws import Draws
from sim.scenario import ScenarioError, load
from sim.stats.summary import Summary
from sim.stats.tally import tally
from tests.helpers import DAYS, GPUS, quiet, stage
from tests.oracles.cases import case
from tests.stats.recount import frontier

MINIMAL = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0, "noise": 0.0}}
JURY = {"jury": {"max": 100, "mean": 50, "spread": 5.0, "noise": 0.0, "follows_strength": 0.0}}
RUNS = 50


def summary(scenario, runs=RUNS):
    return Summary(scenario, tally(scenario, batch.play_batch(scenario, Draws(20260701), 0, runs)))


def strong_and_weak(*stages, **teams):
    """Three teams 2 ECI apart in a world without luck."""
    field = {"strong": {"effect": 2.0}, "middle": {}, "weak": {"effect": -2.0}} | teams
    return summary(quiet(field, stages))


def test_an_exam_without_noise_drops_the_weakest_and_regrets_nothing():
    found = strong_and_weak(stage(1, EXAM, cut={"keep": 1}))
    assert found.tally.chances["most_capable_dropped.s1"] == (0, RUNS)
    assert found.tally.chances["least_capable_kept.s1"] == (0, RUNS)
    assert found.measure("regret.s1").mean() == 0
    assert found.measure("strength_selected").mean() == 102


def test_an_exam_upside_down_drops_the_strongest_and_regrets_the_difference():
    upside_down = {"exam": {**EXAM["exam"], "per_eci": -1.0}}
    found = strong_and_weak(stage(1, upside_down, cut={"keep": 1}))
    assert found.tally.chances["most_capable_dropped.s1"] == (RUNS, RUNS)
    assert found.tally.chances["least_capable_kept.s1"] == (RUNS, RUNS)
    assert found.measure("regret.s1").mean() == 4
    assert found.measure("strength_selected").mean() == 98


def test_the_gap_to_the_frontier_is_told_in_eci_and_in_months_of_its_growth():
    scenario = quiet({"one": {}}, [stage(1, EXAM)])
    found = summary(scenario)
    gap = frontier(scenario.stages["s1"].decided) - 100
    assert found.measure("behind_frontier").mean() == pytest.approx(gap, abs=0.005)
    assert found.measure("behind_frontier_months").mean() == pytest.approx(gap / 15.5 * 12, abs=0.05)


def test_months_behind_are_counted_by_the_growth_of_each_run():
    """Worked by hand: a line through 150 on 2025-08-07 that rises by 4 or by 20 a year, each in its runs."""
    scenario = quiet(
        {"one": {}}, [stage(1, EXAM)], frontier={"growth_per_year": {"weighted": {"4": 1, "20": 1}}}
    )
    outcomes = batch.play_batch(scenario, Draws(20260701), 0, RUNS)
    days = (scenario.stages["s1"].decided - date(2025, 8, 7)).days + 1
    by_growth = {growth: (150 + growth * days / 365.25 - 100) / growth * 12 for growth in (4.0, 20.0)}
    months = [by_growth[growth] for growth in outcomes.frontier_growth.tolist()]
    found = Summary(scenario, tally(scenario, outcomes)).measure("behind_frontier_months")
    assert len(set(months)) == 2
    assert found.mean() == pytest.approx(sum(months) / RUNS, abs=0.05)
    assert [found.quantile(p) for p in (0.05, 0.95)] == pytest.approx([min(months), max(months)], abs=0.05)
    mean_growth = sum(outcomes.frontier_growth.tolist()) / RUNS
    assert abs(found.mean() - 12 * (outcomes.frontier.mean() - 100) / mean_growth) > 1


def test_accuracy_is_held_against_the_frontier_of_each_run():
    """By the published accuracies: the mean of the ratios, not the ratio at a mean frontier."""
    published = case("B2_eci_to_accuracy")
    mean = {
        float(eci): sum(shares[i] for shares in published.expected.values()) / len(published.expected)
        for i, eci in enumerate(published.inputs["ECI"])
    }
    low, high = sorted(eci for eci in mean if eci > 125)[0], max(mean)
    world = {"level": {"weighted": {str(low): 1, str(high): 1}}, "growth_per_year": 0.001}
    scenario = quiet({"one": {}}, [stage(1, EXAM)], capability={"level": low}, frontier=world)
    outcomes = batch.play_batch(scenario, Draws(20260701), 0, RUNS)
    at_low = int((outcomes.frontier < (low + high) / 2).sum())
    expected = (at_low * 1 + (RUNS - at_low) * mean[low] / mean[high]) / RUNS
    found = Summary(scenario, tally(scenario, outcomes)).measure("accuracy_against_frontier")
    assert 0 < at_low < RUNS
    assert found.mean() == pytest.approx(expected, abs=0.001)


def test_a_model_at_the_frontier_has_its_accuracy_and_reaches_the_target():
    scenario = quiet({"one": {}}, [stage(1, EXAM)])
    level = frontier(scenario.stages["s1"].decided)
    whole = {"capability": {"level": level}, "frontier": {"target": 1.0}}
    found = summary(quiet({"one": {}}, [stage(1, EXAM)], **whole))
    assert found.measure("accuracy_against_frontier").mean() == 1
    assert found.tally.chances["target_reached"] == (RUNS, RUNS)


def test_accuracy_against_the_frontier_is_the_ratio_of_basket_means():
    published = case("B5_points_per_eci")
    scenario = quiet(
        {"one": {}},
        [stage(1, EXAM)],
        capability={"level": published.inputs["ECI"]},
        frontier={"level": 1000.0},  # where every accuracy is 1
    )
    ratio = summary(scenario).measure("accuracy_against_frontier").mean()
    assert ratio == pytest.approx(published.expected["mean_accuracy"], abs=0.0005)


def test_granted_gpu_hours_are_gpus_by_hours_and_cost_their_price():
    # Three teams in the first stage, one of them out, two in the second.
    scenario = quiet(
        {"strong": {"effect": 2.0}, "middle": {}, "weak": {"effect": -2.0}},
        [stage(1, EXAM, cut={"keep": 2}), stage(2, EXAM)],
        hardware={"B200": {"peak": 1000.0, "mfu": 0.5, "price": 7.0}},
    )
    found, of_one_stage = summary(scenario), GPUS * DAYS * 24
    assert found.measure("gpu_hours").mean() == 5 * of_one_stage
    assert found.measure("gpu_hours_of_leavers").mean() == of_one_stage
    assert found.measure("cost").mean() == pytest.approx(5 * of_one_stage * 7, abs=0.5e7)


def test_own_gpus_stand_apart_from_the_lease_and_are_free_unless_priced():
    # Three teams with 10, 20 and 40 GPUs of their own; the one with 40 is out after the first of two stages.
    teams: dict[str, dict[str, Any]] = {
        "strong": {"effect": 2.0, "own": {"B200": 10}},
        "middle": {"own": {"B200": 20}},
        "weak": {"effect": -3.0, "own": {"B200": 40}},
    }
    stages = [stage(1, EXAM, cut={"keep": 2}), stage(2, EXAM)]
    hardware: dict[str, Any] = {"peak": 1000.0, "mfu": 0.5, "price": 7.0}
    free = summary(quiet(teams, stages, hardware={"B200": hardware}))
    priced = summary(quiet(teams, stages, hardware={"B200": {**hardware, "own_price": 3.0}}))
    hours = (10 + 20 + 40 + 10 + 20) * DAYS * 24
    for found, price in ((free, 0), (priced, 3)):
        assert found.measure("own_gpu_hours").mean() == hours
        assert found.measure("own_cost").mean() == hours * price
        assert found.measure("gpu_hours").mean() == 5 * GPUS * DAYS * 24


def test_without_own_gpus_nothing_is_said_of_them():
    assert "own_gpu_hours" not in strong_and_weak(stage(1, EXAM)).tally.measures


def test_if_nobody_is_selected_measures_of_the_selected_are_not_asked():
    found = strong_and_weak(stage(1, EXAM, cut={"keep": 0}))
    assert found.tally.chances["nobody_selected"] == (RUNS, RUNS)
    for name in ("strength_selected", "behind_frontier", "behind_frontier_months", "regret.s1"):
        assert found.measure(name).size == 0
    assert found.measure("gpu_hours_of_leavers").mean() == found.measure("gpu_hours").mean() > 0


def test_if_nobody_is_left_later_stages_ask_nothing():
    found = strong_and_weak(stage(1, EXAM, cut={"keep": 0}), stage(2, EXAM))
    assert found.tally.chances["most_capable_dropped.s2"] == (0, 0)
    assert math.isnan(found.chance("most_capable_dropped.s2").p)


def test_a_team_without_compute_is_not_the_weakest_that_was_evaluated():
    nothing = {"gpus": {"weak": "none", "default": {"B200": GPUS}}}
    found = strong_and_weak(stage(1, EXAM, cut={"keep": 2}, grants=nothing))
    # middle is the weakest that submitted a model, and it stayed
    assert found.tally.chances["least_capable_kept.s1"] == (RUNS, RUNS)
    assert found.tally.kept.tolist() == [[RUNS, RUNS, 0]]


def test_if_nobody_has_compute_nothing_is_said_of_strength():
    nothing = {"pool": {"B200": 0}, "shares": "equal"}
    found = strong_and_weak(stage(1, JURY, cut={"keep": 1}, grants=nothing))
    assert found.tally.chances["most_capable_dropped.s1"] == (0, 0)
    assert found.tally.chances["nobody_selected"] == (0, RUNS)
    assert found.measure("strength_selected").size == 0
    assert found.measure("gpu_hours").mean() == 0


def test_someone_selected_without_a_model_has_no_strength():
    nothing = {"gpus": {"weak": {"B200": GPUS}, "default": "none"}}
    gate = {"mode": "first", "risk": 0.0}
    found = strong_and_weak(
        stage(1, EXAM, cut={"keep": 2}, grants=nothing, gate=gate), weak={"effect": -2.0, "gate_risk": 1.0}
    )
    assert found.tally.chances["nobody_selected"] == (0, RUNS)
    assert found.measure("strength_selected").size == 0
    assert found.tally.chances["most_capable_dropped.s1"] == (RUNS, RUNS)
    assert found.measure("regret.s1").size == 0


def test_without_a_target_nothing_is_said_of_reaching_it():
    assert "target_reached" not in summary(load(MINIMAL)).tally.chances


def test_a_target_is_a_number_and_no_chance():
    with pytest.raises(ScenarioError):
        load(MINIMAL, {"frontier.target": {"uniform": [0.9, 0.95]}})
