"""Supplies over time against what can be worked out by hand."""

from datetime import date, timedelta

import numpy as np
import pytest

from sim.engines import batch, event
from sim.engines.outcomes import concatenate
from sim.model.compute import HOURS_PER_DAY, availability
from sim.model.draws import Draws
from sim.rules.book import Rulebook
from sim.scenario import from_data
from tests.engines.agree import first_difference
from tests.engines.identical import arrays, assert_identical
from tests.helpers import (
    DAYS,
    FLOP_OF_A_GPU_DAY,
    GPUS,
    assert_chances,
    assert_mean,
    both_engines,
    both_engines_often,
    played,
    quiet,
    quiet_data,
    stage,
)

EXAM = {"exam": {"max": 100, "mean": 60, "per_eci": 1, "noise": 10}}
OPENS = date(2026, 1, 1)
EQUAL = {"supply": {"of": "state", "shares": "equal"}}


def day(number):
    """The day so many days after the first window opens."""
    return str(OPENS + timedelta(number))


def tranche(number, gpus, **more):
    return {"gpus": {"B200": gpus}, "day": day(number), **more}


def supplied(supply, grants=EQUAL, teams=("a", "b"), **more):
    """A quiet scenario of one stage, in which everything comes from a supply."""
    one = stage(1, EXAM, grants=grants)
    named = supply if "state" in supply else {"state": supply}
    return quiet({t: {} for t in teams}, [one], supply=named, **more)


def gpu_days(play, scenario, size=1):
    """GPU-days that count as training and GPU-days that are lent, each (replications, teams)."""
    outcome = played(play, scenario, size).stages[0]
    return outcome.compute / FLOP_OF_A_GPU_DAY, outcome.gpu_hours / HOURS_PER_DAY


@both_engines
def test_a_tranche_in_the_middle_of_a_window_is_shared_from_its_day_on(play):
    supply = {"part": 0.25, "tranches": {"x": tranche(-3, 400), "y": tranche(40, 800)}}
    # a and b have 50 each for 100 days, and from day 40 on 100 more each for 60 days.
    trained, lent = gpu_days(play, supplied(supply))
    assert trained[0] == pytest.approx([50 * 100 + 100 * 60] * 2, rel=1e-12)
    assert lent[0] == pytest.approx(trained[0], rel=1e-12)


@both_engines
def test_money_counts_hours_from_the_day_on_which_hardware_is_there(play):
    supply = {"part": 0.25, "tranches": {"y": tranche(40, 800)}}
    scenario = supplied(supply, hardware={"B200": {"peak": 1000.0, "mfu": 0.5, "price": 9500}})
    outcome = played(play, scenario, 1).stages[0]
    assert outcome.cost[0] == pytest.approx([100 * 60 * 24 * 9500] * 2, rel=1e-12)


@both_engines
def test_what_comes_after_the_close_or_not_at_all_never_trains(play):
    late = {"x": tranche(DAYS, 400), "y": tranche(10, 400, late=200), "z": tranche(0, 400, chance=0)}
    scenario = supplied({"part": 1, "tranches": {"w": tranche(0, 100), **late}})
    trained, lent = gpu_days(play, scenario)
    assert trained[0] == pytest.approx([50 * DAYS] * 2, rel=1e-12)
    assert lent[0] == pytest.approx([50 * DAYS] * 2, rel=1e-12)


@both_engines
def test_all_is_taken_back_at_the_end_of_the_last_day_and_leaves_nothing(play):
    three = {n: tranche(k, gpus) for k, (n, gpus) in enumerate({"x": 0.1, "y": 0.2, "z": 0.3}.items())}
    scenario = supplied({"part": 1 / 3, "tranches": three, "until": day(29)})
    trained, lent = gpu_days(play, scenario)
    expected = (0.1 * 30 + 0.2 * 29 + 0.3 * 28) / 3 / 2
    assert trained[0] == pytest.approx([expected] * 2, rel=1e-12)
    assert lent[0] == pytest.approx([expected] * 2, rel=1e-12)


@both_engines
def test_a_ramp_of_many_tranches_tends_to_half_of_rate_times_time_squared(play):
    # One GPU a day in n tranches: rate x T^2 / 2 in the limit; with n steps it is (1 - 1 / n) of that.
    n = 50
    steps = {f"t{k}": tranche(DAYS * k // n, DAYS / n) for k in range(1, n)}
    trained, _ = gpu_days(play, supplied({"part": 1, "tranches": steps}))
    assert trained[0].sum() == pytest.approx((1 - 1 / n) * DAYS**2 / 2, rel=1e-12)
    assert trained[0].sum() == pytest.approx(DAYS**2 / 2, rel=1.5 / n)


@both_engines
def test_a_ramp_brings_equal_parts_at_equal_intervals(play):
    # 101 parts on 101 days, the last when the window has closed: 1 GPU a day, from 1 on the first one.
    ramp = {"x": tranche(0, 101, last=day(DAYS), parts=101, late=7)}
    trained, _ = gpu_days(play, supplied({"part": 1, "tranches": ramp}))
    days = DAYS - 7
    assert trained[0].sum() == pytest.approx(days * (days + 1) / 2, rel=1e-12)
    few = {"x": tranche(0, 300, last=day(50), parts=3)}
    trained, _ = gpu_days(play, supplied({"part": 0.5, "tranches": few}))
    assert trained[0].sum() == pytest.approx(50 * (100 + 75 + 50), rel=1e-12)


@both_engines
def test_a_rule_of_ones_own_divides_every_arrival(play):
    def all_to_the_last(pool, present, rank):
        return pool * (np.arange(present.shape[-1]) == present.shape[-1] - 1)

    supply = {"part": 1, "tranches": {"x": tranche(0, 100), "y": tranche(40, 100)}}
    rules = Rulebook.with_own({"grants": all_to_the_last})
    compute = play(supplied(supply), Draws(1), 0, 2, rules).stages[0].compute[0] / FLOP_OF_A_GPU_DAY
    assert np.nan_to_num(compute) == pytest.approx([0, 100 * 100 + 100 * 60], rel=1e-12)


def test_part_0_is_no_supply():
    none = quiet_data({"a": {}, "b": {}}, [stage(1, EXAM)])
    some = quiet_data({"a": {}, "b": {}}, [stage(1, EXAM)])
    some["stages"]["s1"]["grants"]["supply"] = EQUAL["supply"]
    some["supply"] = {"state": {"part": 0, "tranches": {"x": tranche(-9, 500), "y": tranche(9, 500)}}}
    plays = [batch.play_batch(from_data(data), Draws(5), 0, 50) for data in (none, some)]
    assert_identical(*map(arrays, plays))


RULES = [
    {"shares": "equal"},
    {"shares": "equal", "among": ["a", "c"]},
    {"shares": {"a": 0.5, "default": 0.2}},
    {"shares": {"a": 0.5, "default": 0.2}, "leftover": "shared"},
    {"shares": "by-score"},
    {"shares": "winner"},
    {"shares": {"by_rank": [0.6, 0.3]}, "leftover": "shared"},
]


@both_engines
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_all_of_it_before_the_start_is_a_pool_to_the_last_byte(play, rule):
    def programme(grants, **more):
        teams = {"a": {"own": {"B200": 7}}, "b": {}, "c": {}}
        stages = [stage(1, EXAM, cut={"keep": 3}), stage(2, EXAM, grants=grants)]
        return quiet(teams, stages, capability={"stage_spread": 3.0}, **more)

    parts = ("arrived", "supplied")
    pool = programme({"pool": {"B200": 600.0}, **rule, "delay": 12})
    tranches = {"x": tranche(-30, 500), "y": tranche(20, 100)}
    supply = programme(
        {"supply": {"of": "state", **rule}, "delay": 12},
        supply={"state": {"part": 1, "tranches": tranches}},
    )
    assert_identical(*(arrays(played(play, each, 8), without=parts) for each in (pool, supply)))


ASKED = {"of": "state", "gpus": {"a": {"B200": 300}, "default": {"B200": 100}}}


@both_engines
def test_too_few_are_shared_in_proportion_to_what_teams_ask_for(play):
    # 100 at the start: 75 and 25. 400 more on day 50: what is missing is 225 and 75, and 100 are left over.
    supply = {"part": 0.5, "tranches": {"x": tranche(0, 200), "y": tranche(50, 800)}}
    trained, _ = gpu_days(play, supplied(supply, {"supply": ASKED}))
    assert trained[0] == pytest.approx([75 * 100 + 225 * 50, 25 * 100 + 75 * 50], rel=1e-12)
    trained, _ = gpu_days(play, supplied(supply, {"supply": ASKED | {"leftover": "shared"}}))
    assert trained[0] == pytest.approx([75 * 100 + 275 * 50, 25 * 100 + 125 * 50], rel=1e-12)


@both_engines
def test_who_has_left_asks_for_nothing(play):
    first = stage(1, EXAM, cut={"keep": 2}, gate={"risk": 0})
    second = stage(2, EXAM, grants={"supply": {"of": "state", "gpus": {"default": {"B200": 100}}}})
    supply = {"state": {"part": 1, "tranches": {"x": tranche(0, 150), "y": tranche(150, 150)}}}
    scenario = quiet({t: {} for t in "abc"}, [first, second], supply=supply)
    outcome = played(play, scenario, 5).stages[1]
    trained = np.nan_to_num(outcome.compute) / FLOP_OF_A_GPU_DAY
    # Two are left: 75 each, and from day 150 on (of 110 to 209) the 25 that each lacks.
    assert np.sort(trained, axis=1) == pytest.approx(np.array([[0, 9000, 9000]] * 5), rel=1e-12)
    assert outcome.supplied.sum(axis=1) == pytest.approx([200] * 5)
    assert outcome.arrived == pytest.approx([300] * 5)


@both_engines
def test_several_supplies_fill_what_is_asked_in_the_order_of_days_and_then_of_the_list(play):
    both = {
        "state": {"part": 1, "tranches": {"x": tranche(0, 100)}},
        "kisti": {"part": 1, "tranches": {"x": tranche(0, 900)}, "until": day(49)},
    }
    for of, lasting in ((["state", "kisti"], 100), (["kisti", "state"], 0)):
        trained, _ = gpu_days(play, supplied(both, {"supply": ASKED | {"of": of}}))
        assert trained[0] == pytest.approx([300 * 50 + lasting * 0.75 * 50, 100 * 50 + lasting * 12.5])


@both_engines
def test_days_late_and_a_delay_of_a_team_add_up(play):
    grants = EQUAL | {"delay": 4}
    supply = {"part": 1, "tranches": {"x": tranche(-10, 100, late=3), "y": tranche(20, 100, late=5)}}
    trained, lent = gpu_days(play, supplied(supply, grants))
    assert trained[0] == pytest.approx([50 * 96 + 50 * (100 - 29)] * 2, rel=1e-12)
    assert lent[0] == pytest.approx(trained[0], rel=1e-12)


@both_engines
def test_a_slow_period_of_the_supplier_slows_what_comes_of_a_supply(play):
    slow = {"x": {"starts": day(30), "days": 20, "speed": 0.5}}
    supply = {"part": 1, "tranches": {"x": tranche(0, 100), "y": tranche(40, 100)}}
    scenario = supplied(supply, EQUAL | {"supplier": "lease"}, suppliers={"lease": {"slow": slow}})
    trained, lent = gpu_days(play, scenario)
    assert trained[0] == pytest.approx([50 * 100 + 50 * 60 - (50 * 10 + 100 * 10) / 2] * 2, rel=1e-12)
    assert lent[0] == pytest.approx([50 * 100 + 50 * 60] * 2, rel=1e-12)


NEVER_FAILS = {"per_node_day": 0.0, "restart": 30}


@both_engines
def test_eight_hours_a_day_train_seven_and_a_half_and_cost_eight(play):
    supply = {"part": 0.3, "hours_a_day": 8, "tranches": {"x": tranche(0, 1000)}}
    trained, lent = gpu_days(play, supplied(supply, faults=NEVER_FAILS))
    assert trained[0] == pytest.approx([150 * 100 * 7.5 / 24] * 2, rel=1e-12)
    assert lent[0] == pytest.approx([150 * 100 * 8 / 24] * 2, rel=1e-12)


@both_engines
def test_ten_days_a_month_restart_once_a_month(play):
    supply = {"part": 0.3, "days_a_month": 10, "tranches": {"x": tranche(25, 1000)}}
    trained, lent = gpu_days(play, supplied(supply, faults=NEVER_FAILS))
    assert trained[0] == pytest.approx([150 * 75 * (10 - 0.5 / 24) / 30] * 2, rel=1e-12)
    assert lent[0] == pytest.approx([150 * 75 * 10 / 30] * 2, rel=1e-12)


@both_engines
def test_turns_all_day_long_and_without_restart_are_no_turns(play):
    tranches = {"x": tranche(0, 100), "y": tranche(31, 100)}
    faults = {"per_node_day": 0.05, "restart": 0, "checkpoint": 60}
    known = gpu_days(play, supplied({"part": 1, "tranches": tranches}, faults=faults))
    for turns in ({"hours_a_day": 24}, {"days_a_month": 30}):
        found = gpu_days(play, supplied({"part": 1, "tranches": tranches} | turns, faults=faults))
        assert np.allclose(found, known, rtol=1e-12, atol=0)


@both_engines
def test_a_turn_no_longer_than_a_restart_trains_nothing_and_costs_its_hours(play):
    supply = {"part": 1, "hours_a_day": 0.5, "tranches": {"x": tranche(0, 100)}}
    trained, lent = gpu_days(play, supplied(supply, faults=NEVER_FAILS))
    assert not trained.any()
    assert lent[0] == pytest.approx([50 * 100 / 48] * 2, rel=1e-12)


@both_engines
def test_a_job_on_more_gpus_has_more_faults_while_it_has_them(play):
    # 12 of 24 hours on own and lent GPUs, less a restart; the rest of the time on its own ones.
    faults = {"per_node_day": 0.1, "gpus_per_node": 8, "restart": 30, "checkpoint": 60}
    supply = {"part": 1, "hours_a_day": 12, "tranches": {"x": tranche(0, 200)}}
    grants = EQUAL | {"gpus": {"default": {"B200": GPUS}}}
    trained, _ = gpu_days(play, supplied(supply, grants, faults=faults))

    def share(gpus):
        return float(availability(np.array(gpus / 8 * 0.1 / 24), 0.5, 60 / 3600, None))

    works = 11.5 / 24
    expected = 100 * (works * 200 * share(200) + (1 - works) * 100 * share(100))
    assert trained[0] == pytest.approx([expected] * 2, rel=1e-12)


@both_engines
def test_turns_of_two_supplies_begin_together(play):
    both = {
        "state": {"part": 1, "hours_a_day": 12, "tranches": {"x": tranche(0, 200)}},
        "kisti": {"part": 1, "hours_a_day": 6, "tranches": {"x": tranche(0, 400)}},
    }
    grants = {"supply": {"of": ["state", "kisti"], "shares": "equal"}}
    faults = {"per_node_day": 0.1, "gpus_per_node": 8, "restart": 0, "checkpoint": 60}
    trained, _ = gpu_days(play, supplied(both, grants, faults=faults))

    def share(gpus):
        return float(availability(np.array(gpus / 8 * 0.1 / 24), 0.0, 60 / 3600, None))

    expected = 100 * (0.25 * 300 * share(300) + 0.25 * 100 * share(100))
    assert trained[0] == pytest.approx([expected] * 2, rel=1e-12)


@both_engines_often
def test_a_tranche_comes_as_often_as_it_should_and_as_late(play, size):
    late = {"uniform": [0, 60]}  # in whole days: 0 to 60
    supply = {"part": 1, "tranches": {"x": tranche(0, 2, chance=0.7, late=late), "y": tranche(0, 2)}}
    trained, _ = gpu_days(play, supplied(supply), size)
    extra = trained[:, 0] - DAYS
    assert_chances(extra[:, None] > 0, [0.7])
    lates = DAYS - extra[extra > 0]
    # Half a day is at either end: a mean of 30, and the spread of the uniform law and of its rounding.
    assert_mean(lates, 30, np.sqrt(60**2 / 12 + 1 / 12))


def test_what_a_team_and_a_tranche_draw_does_not_depend_on_others():
    late = {"uniform": [0, 90]}
    one = {"x": tranche(5, 200, late=late, chance=0.5)}
    more = {"w": tranche(0, 0, late=late, chance=0.5)} | one
    few = supplied({"part": 1, "tranches": one}, {"supply": {"of": "state", "shares": {"default": 0.1}}})
    many = supplied(
        {"part": 1, "tranches": more},
        {"supply": {"of": "state", "shares": {"default": 0.1}}},
        teams=("c", "a", "b"),
    )
    found = [batch.play_batch(each, Draws(9), 0, 40).stages[0].compute for each in (few, many)]
    assert np.array_equal(found[0], found[1][:, 1:])
    assert len(set(found[0][:, 0].tolist())) > 5


@both_engines
def test_blocks_change_no_byte(play):
    late = {"uniform": [0, 90]}
    ramp = {"r": tranche(3, 70, last=day(97), parts=7, chance=0.4)}
    both = {
        "state": {"part": {"weighted": {"0": 2, "0.3": 1}}, "tranches": {"x": tranche(5, 200, late=late)}},
        "kisti": {"part": 0.3, "tranches": ramp | {"z": tranche(-9, 10, chance=0.5)}, "until": day(98)},
    }
    grants = EQUAL | {"supply": {"of": ["state", "kisti"], "gpus": {"default": {"B200": 30}}}}
    scenario = supplied(both, grants, faults={"per_node_day": 0.01})
    whole = play(scenario, Draws(8), 0, 12)
    parts = [play(scenario, Draws(8), k, k + 1) for k in range(12)]
    assert_identical(arrays(whole), arrays(concatenate(parts)))


@both_engines
def test_who_comes_in_late_has_its_share_from_its_own_opening_on(play):
    first = stage(1, EXAM, cut={"keep": 2}, entry={"day": day(130), "candidates": ["c"]})
    second = stage(2, EXAM, grants=EQUAL)  # opens on day 110
    supply = {"state": {"part": 1, "tranches": {"x": tranche(-9, 300), "y": tranche(120, 300)}}}
    scenario = quiet({t: {} for t in "abc"}, [first, second], supply=supply)
    compute = played(play, scenario, 1).stages[1].compute[0] / FLOP_OF_A_GPU_DAY
    assert compute[:2] == pytest.approx([100 * 100 + 100 * 90] * 2, rel=1e-12)
    assert compute[2] == pytest.approx(200 * 79, rel=1e-12)  # decided by the end of day 130


def test_single_faults_play_with_a_supply_that_is_there_all_day():
    faults = {"mode": "each", "per_node_day": 0.02}
    supply = {"part": 1, "tranches": {"x": tranche(0, 100), "y": tranche(40, 100)}, "until": day(80)}
    scenario = supplied(supply, faults=faults)
    found = event.play_events(scenario, Draws(3), 0, 40).stages[0].compute.mean() / FLOP_OF_A_GPU_DAY
    most = 50 * 81 + 50 * 41
    assert 0.5 * most < found < most


def test_both_engines_agree_on_all_of_it_at_once():
    tranches = {
        "x": tranche(-5, 400, late={"uniform": [0, 30]}),
        "y": tranche(30, {"uniform": [100, 300]}, chance=0.8, late={"uniform": [0, 90]}),
    }
    both = {
        "state": {"part": {"uniform": [0, 0.3]}, "tranches": tranches, "until": day(90)},
        "kisti": {"part": 0.3, "hours_a_day": {"uniform": [4, 12]}, "tranches": {"z": tranche(10, 900)}},
    }
    grants = {"supply": {"of": ["state", "kisti"], "gpus": {"a": {"B200": 90}, "default": {"B200": 40}}}}
    scenario = supplied(both, grants, faults={"per_node_day": 0.01})
    one, other = (play(scenario, Draws(4), 0, 60) for play in (event.play_events, batch.play_batch))
    assert first_difference(scenario, one, other) is None
