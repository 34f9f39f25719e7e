"""Oracle E16: what the teams that leave held is shared by those that stay."""

from math import log10

import numpy as np
import pytest

from sim.engines import batch
from sim.rules.decisions import Fate
from sim.scenario import from_data
from tests.helpers import both_engines, played, quiet, stage
from tests.oracles.cases import case

E16 = case("E16_equal_reallocation")
OF_A_WINDOW = E16.inputs["half_year_s"] / 86_400 / 100
"""The oracle's half year in windows of a hundred days: a window has whole days."""

EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 10}}
POOL = {"pool": {"B200": E16.inputs["total_gpus"]}, "shares": "equal"}


def programme(present, **more):
    keeps = [*present[1:], present[-1]]
    stages = [stage(n, EXAM, grants=POOL, cut={"keep": k}) for n, k in enumerate(keeps, start=1)]
    return quiet(
        {f"t{i}": {} for i in range(present[0])},
        stages,
        hardware={"B200": {"peak": f"{E16.inputs['peak'] / 1e12} TFLOPS", "mfu": E16.inputs["mfu"]}},
        training={"main_run_share": E16.inputs["ettr"]},  # stands for the oracle's constant efficiency
        **more,
    )


@both_engines
def test_every_team_present_trains_with_an_equal_part_of_the_pool(play):
    outcomes = played(play, programme(E16.inputs["teams"], capability={"carry": 1.0}), 50)
    flop = E16.expected["flop_per_team_round"]
    for stage_, expected in zip(outcomes.stages, flop, strict=True):
        present = stage_.fate != Fate.GONE
        assert stage_.compute[present] * OF_A_WINDOW == E16.near(expected)
    last = outcomes.stages[-1]
    finalist = last.effective[last.fate == Fate.KEPT] * OF_A_WINDOW
    assert finalist == E16.near(E16.expected["finalist_total"])
    assert log10(finalist[0]) == E16.near(E16.expected["log10_finalist"])
    constant = len(flop) * np.nanmax(outcomes.stages[0].compute) * OF_A_WINDOW
    assert finalist[0] / constant == E16.near(E16.expected["finalist_vs_constant_share"])


@both_engines
def test_the_programme_trains_as_much_with_five_teams_as_with_two(play):
    outcomes = played(play, programme(E16.inputs["teams"]), 50)
    total = sum(np.nansum(stage_.compute, axis=1) for stage_ in outcomes.stages) * OF_A_WINDOW
    assert total == E16.near(E16.expected["program_total"])


@both_engines
def test_equal_reallocation_leaves_the_gaps_in_strength_unchanged(play):
    spread = {"team_spread": 2.5, "stage_spread": 4.0}
    shared = programme(E16.inputs["teams"], capability=spread)
    data = shared.resolved()
    each = {"gpus": {"default": {"B200": E16.inputs["total_gpus"] / E16.inputs["teams"][0]}}}
    for stage_ in data["stages"].values():
        stage_["grants"] = each  # what the others held lies idle
    kept_back = from_data(data)
    one, other = (played(play, scenario, 200) for scenario in (shared, kept_back))
    for a, b in zip(one.stages, other.stages, strict=True):
        assert np.array_equal(a.fate, b.fate)
        assert np.array_equal(a.rank, b.rank)
        assert a.capability - np.nanmax(a.capability, axis=1, keepdims=True) == pytest.approx(
            b.capability - np.nanmax(b.capability, axis=1, keepdims=True), abs=1e-9, nan_ok=True
        )
    assert np.nanmin(one.stages[-1].capability - other.stages[-1].capability) > 1


def test_the_gpu_hours_of_the_teams_present_are_the_pool_every_stage():
    for stage_ in played(batch.play_batch, programme(E16.inputs["teams"]), 50).stages:
        assert stage_.gpu_hours.sum(axis=1) == pytest.approx(E16.inputs["total_gpus"] * 100 * 24, rel=1e-12)
