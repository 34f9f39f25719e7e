"""Suppliers: what befalls one befalls all that it serves, and nobody else; by hand in both engines."""

import numpy as np
import pytest

from sim.model.draws import Draws, Key, Purpose
from tests.helpers import DAYS, FLOP_OF_A_GPU_DAY, GPUS, Script, both_engines, quiet, stage

EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 0}}
OWN = 50.0
FIRST_DAY = "2026-01-01"  # of stage 1, which lasts 100 days, to 2026-04-10


def slow(starts, days, speed):
    return {"starts": starts, "days": days, "speed": speed}


def lent(supplier="lease", **more):
    return {"gpus": {"default": {"B200": GPUS}}, "supplier": supplier, **more}


def stages(play, suppliers, grants=None, team=None, luck=None, teams="ab", more=(), **blocks):
    """Outcomes of one stage, or of more, of teams that the lease serves unless said otherwise."""
    field = {t: team or {} for t in teams}
    first = stage(1, EXAM, grants=grants or lent())
    scenario = quiet(field, [first, *more], suppliers=suppliers, **blocks)
    return play(scenario, luck or Script({}), 0, 1).stages


def gpu_days(outcome):
    return (outcome.compute[0] / FLOP_OF_A_GPU_DAY).tolist()


def lease(*periods, **more):
    return {"lease": {"slow": {f"p{n}": slow(*period) for n, period in enumerate(periods)}, **more}}


@both_engines
@pytest.mark.parametrize("speed", [0.0, 0.25, 0.7, 1.0])
def test_slow_all_through_the_window_multiplies_what_lent_gpus_train(play, speed):
    (outcome,) = stages(play, lease(("2025-12-01", 200, speed)))
    assert gpu_days(outcome) == pytest.approx([speed * GPUS * DAYS] * 2, rel=1e-12)
    (exact,) = stages(play, lease((FIRST_DAY, DAYS, speed)))
    assert exact.compute.tolist() == outcome.compute.tolist()


@both_engines
def test_own_gpus_are_never_slow(play):
    (outcome,) = stages(play, lease(("2025-12-01", 200, 0.25)), team={"own": {"B200": OWN}})
    assert gpu_days(outcome) == pytest.approx([(OWN + 0.25 * GPUS) * DAYS] * 2, rel=1e-12)
    (none_lent,) = stages(play, lease(("2025-12-01", 200, 0)), {"supplier": "lease"}, {"own": {"B200": OWN}})
    assert gpu_days(none_lent) == pytest.approx([OWN * DAYS] * 2, rel=1e-12)


@both_engines
@pytest.mark.parametrize(
    "period",
    [
        ("2025-10-01", 92, 0.0),  # its last day is the eve of the window
        ("2026-04-11", 30, 0.0),  # it begins the day after the close
        ("2026-02-01", 0, 0.0),
        ("2026-02-01", 10, 1.0),
    ],
    ids=["before", "after", "no days", "no slower"],
)
def test_a_slow_period_that_does_not_touch_the_window_changes_nothing(play, period):
    (outcome,) = stages(play, lease(period))
    assert gpu_days(outcome) == pytest.approx([GPUS * DAYS] * 2, rel=1e-12)


@both_engines
@pytest.mark.parametrize(
    ("periods", "lost"),
    [
        ([("2026-01-11", 30, 0.4)], 30 * 0.6),
        ([("2025-12-22", 30, 0.4)], 20 * 0.6),  # ten of its days are before the window
        ([("2026-03-31", 30, 0.4)], 11 * 0.6),  # 31 March to 10 April
        ([("2026-01-11", 10, 0.4), ("2026-03-01", 5, 0.0)], 10 * 0.6 + 5),
        ([("2026-01-11", 10, 0.4), ("2026-01-21", 5, 0.1)], 10 * 0.6 + 5 * 0.9),  # one after the other
        ([("2026-01-11", 90, 0.4), ("2026-01-16", 5, 0.1)], 5 * 0.6 + 5 * 0.9),  # the first ends there
        ([("2026-01-16", 5, 0.1), ("2026-01-11", 90, 0.4)], 5 * 0.6 + 5 * 0.9),  # whatever their order
    ],
)
def test_a_slow_period_costs_its_days_within_the_window(play, periods, lost):
    (outcome,) = stages(play, lease(*periods), team={"own": {"B200": OWN}})
    assert gpu_days(outcome) == pytest.approx([OWN * DAYS + GPUS * (DAYS - lost)] * 2, rel=1e-12)
    assert outcome.gpu_hours[0].tolist() == [GPUS * DAYS * 24] * 2  # slow or not, they are lent


@both_engines
def test_only_days_after_delivery_are_slow(play):
    # Delivered after 20 days; slow from day 10 to day 40: 20 of 80 days at 0.4.
    (outcome,) = stages(play, lease(("2026-01-11", 30, 0.4)), lent(delay=20), {"own": {"B200": OWN}})
    assert gpu_days(outcome) == pytest.approx([OWN * DAYS + GPUS * (80 - 20 * 0.6)] * 2, rel=1e-12)


@both_engines
def test_a_slow_period_touches_the_teams_served_alone_each_in_its_own_window(play):
    suppliers = lease(("2026-01-11", 30, 0.4)) | {"other": {"slow": {"p": slow("2026-03-01", 10, 0.0)}}}
    first = stage(1, EXAM, grants=lent({"a": "lease", "b": "other", "default": "lease"}))
    first["train"] = {"default": "2026-01-01 to 2026-04-10", "c": "2026-01-31 to 2026-04-10"}
    scenario = quiet({t: {} for t in "abc"}, [first], suppliers=suppliers)
    outcome = play(scenario, Script({}), 0, 1).stages[0]
    # c opens on day 30 of 100 and is slow on days 30 to 39.
    expected = [GPUS * (DAYS - 18), GPUS * (DAYS - 10), GPUS * (70 - 6)]
    assert gpu_days(outcome) == pytest.approx(expected, rel=1e-12)


@both_engines
def test_a_team_without_a_supplier_is_served_by_nobody(play):
    (outcome,) = stages(play, lease(("2025-12-01", 200, 0), delay=30), lent({"a": "lease"}))
    assert gpu_days(outcome) == pytest.approx([0, GPUS * DAYS], rel=1e-12)
    assert outcome.gpu_hours[0].tolist() == [GPUS * (DAYS - 30) * 24, GPUS * DAYS * 24]


@both_engines
def test_a_slow_period_over_two_stages_counts_in_both(play):
    # From day 90 of stage 1 over ten idle days to day 20 of stage 2.
    more = [stage(2, EXAM, grants=lent()), stage(3, EXAM, grants=lent())]
    outcomes = stages(play, lease(("2026-04-01", 40, 0.5)), more=more)
    lost = [5, 10, 0]
    for outcome, days in zip(outcomes, lost, strict=True):
        assert gpu_days(outcome) == pytest.approx([GPUS * (DAYS - days)] * 2, rel=1e-12)


@both_engines
@pytest.mark.parametrize(("own", "common", "days"), [(0, 30, 30), (10, 30, 40), (10, 0, 10), (30, 69, 99)])
def test_the_delays_of_grant_and_supplier_add_up(play, own, common, days):
    (outcome,) = stages(play, lease(delay=common), lent(delay=own), {"own": {"B200": OWN}})
    assert gpu_days(outcome) == pytest.approx([OWN * DAYS + GPUS * (DAYS - days)] * 2, rel=1e-12)
    assert outcome.gpu_hours[0].tolist() == [GPUS * (DAYS - days) * 24] * 2


@both_engines
@pytest.mark.parametrize("days", [DAYS, DAYS + 1, 1000])
def test_a_supplier_later_than_the_window_lends_nothing(play, days):
    (outcome,) = stages(play, lease(delay=days), team={"own": {"B200": OWN}})
    assert gpu_days(outcome) == pytest.approx([OWN * DAYS] * 2, rel=1e-12)
    assert not outcome.gpu_hours.any()
    assert not outcome.cost.any()


UNCERTAIN = {"delay": {"uniform": [0, 60]}, "slow": {"p": slow("2026-02-01", {"uniform": [0, 80]}, 0.0)}}
SUPPLIERS = {"lease": UNCERTAIN, "other": UNCERTAIN}


@both_engines
def test_teams_of_one_supplier_share_its_luck_and_others_do_not(play):
    first = stage(1, EXAM, grants=lent({"a": "lease", "b": "lease", "c": "other"}))
    second = stage(2, EXAM, grants=lent({"a": "lease", "b": "lease", "c": "other"}))
    scenario = quiet({t: {} for t in "abc"}, [first, second], suppliers=SUPPLIERS)
    one, two = play(scenario, Draws(7), 0, 50).stages
    for outcome in (one, two):
        for name in ("gpu_hours", "compute"):
            values = getattr(outcome, name)
            assert np.array_equal(values[:, 0], values[:, 1])
            assert np.mean(values[:, 0] != values[:, 2]) > 0.8
            assert len(set(values[:, 0].tolist())) > 10
    assert np.mean(one.gpu_hours[:, 0] != two.gpu_hours[:, 0]) > 0.8  # a delay is drawn for each stage


@both_engines
def test_a_teams_own_delay_is_drawn_apart_from_its_suppliers(play):
    grants = lent(delay={"uniform": [0, 60]})
    scenario = quiet({t: {} for t in "ab"}, [stage(1, EXAM, grants=grants)], suppliers=SUPPLIERS)
    outcome = play(scenario, Draws(7), 0, 50).stages[0]
    assert np.mean(outcome.gpu_hours[:, 0] != outcome.gpu_hours[:, 1]) > 0.8


@both_engines
def test_what_is_uncertain_of_a_supplier_is_drawn_by_its_name(play):
    luck = {
        Key(Purpose.PARAMETER, item="suppliers.lease.delay.s1"): 0.1,  # 6 of 60 days
        Key(Purpose.PARAMETER, item="suppliers.lease.slow.p.days"): 0.25,  # 20 of 80 days
    }
    (outcome,) = stages(play, SUPPLIERS, luck=Script(luck))
    assert outcome.gpu_hours[0].tolist() == [GPUS * 94 * 24] * 2
    assert gpu_days(outcome) == pytest.approx([GPUS * 74] * 2, rel=1e-12)


@both_engines
def test_a_supplier_that_serves_nobody_changes_nothing(play):
    (plain,) = stages(play, {}, {"gpus": {"default": {"B200": GPUS}}})
    (other,) = stages(play, lease(("2025-12-01", 200, 0), delay=30), {"gpus": {"default": {"B200": GPUS}}})
    assert plain.compute.tobytes() == other.compute.tobytes()


FAULTS = {"per_node_day": 0.5, "gpus_per_node": 8, "restart": 30, "checkpoint": 60, "interval": 2}


@both_engines
def test_slow_gpus_fail_as_often_as_fast_ones(play):
    (fast,) = stages(play, {}, {"gpus": {"default": {"B200": GPUS}}}, faults=FAULTS)
    (slowed,) = stages(play, lease(("2025-12-01", 200, 0.3)), faults=FAULTS)
    assert slowed.compute == pytest.approx(0.3 * fast.compute, rel=1e-12)
