"""Grants with days of their own, and grants of GPU-hours, beside sums that can be done by hand."""

import numpy as np
import pytest

from sim.scenario import from_data
from tests.helpers import FLOP_OF_A_GPU_DAY, both_engines, played, quiet_data, stage

WEIGHT = {"exam": {"max": 100, "mean": 50, "per_eci": 1, "noise": 0}}


def quiet_stage(**grants):
    """A stage of a hundred days, 2026-01-01 to 2026-04-10, with these grants."""
    return {**stage(1, WEIGHT), "grants": grants}


def outcome(play, data, size=3):
    return played(play, from_data(data), size).stages[0]


@both_engines
def test_a_further_grant_trains_from_its_day_on(play):
    # 100 GPUs for all 100 days, 50 more from the 41st day: 60 days of them.
    more = {"extra": {"day": "2026-02-10", "gpus": {"a": {"B200": 50}}}}
    data = quiet_data({t: {} for t in ("a", "b")}, [quiet_stage(gpus={"default": {"B200": 100}}, more=more)])
    found = outcome(play, data)
    assert found.compute[:, 0] == pytest.approx((100 * 100 + 50 * 60) * FLOP_OF_A_GPU_DAY)
    assert found.compute[:, 1] == pytest.approx(100 * 100 * FLOP_OF_A_GPU_DAY)
    assert found.gpu_hours[:, 0] == pytest.approx(24 * (100 * 100 + 50 * 60))


@both_engines
@pytest.mark.parametrize(("day", "days"), [("2025-12-01", 100), ("2026-04-10", 1), ("2026-04-11", 0)])
def test_a_further_grant_counts_within_the_window_alone(play, day, days):
    more = {"extra": {"day": day, "gpus": {"default": {"B200": 50}}}}
    data = quiet_data({t: {} for t in ("a", "b")}, [quiet_stage(gpus={"default": {"B200": 100}}, more=more)])
    assert outcome(play, data).gpu_hours == pytest.approx(24 * (100 * 100 + 50 * days))


@both_engines
def test_gpu_hours_are_used_whole_however_late_they_come(play):
    late = quiet_stage(gpus={"default": {"B200": 24_000}}, counted_in="gpu-hours", delay=75)
    found = outcome(play, quiet_data({t: {} for t in ("a", "b")}, [late]))
    assert found.gpu_hours == pytest.approx(24_000)
    assert found.compute == pytest.approx(1000 * FLOP_OF_A_GPU_DAY)


@both_engines
def test_gpu_hours_that_come_after_the_close_are_lost(play):
    lost = quiet_stage(gpus={"default": {"B200": 24_000}}, counted_in="gpu-hours", delay=100)
    found = outcome(play, quiet_data({t: {} for t in ("a", "b")}, [lost]))
    assert not found.gpu_hours.any()
    assert not np.nan_to_num(found.compute).any()


@both_engines
def test_a_pool_of_gpu_hours_is_divided_and_conserved(play):
    shared = quiet_stage(pool={"B200": 8e6}, shares="equal", counted_in="gpu-hours")
    found = outcome(play, quiet_data({t: {} for t in ("a", "b", "c", "d")}, [shared]))
    assert found.gpu_hours == pytest.approx(2e6)
