"""Windows, deliveries and faults in both engines, against numbers worked out by hand."""

from math import exp, expm1

import pytest

from sim.model.draws import Key, Purpose
from tests.helpers import DAYS, FLOP_OF_A_GPU_DAY, GPUS, Script, both_engines, quiet, stage

EXAM = {"exam": {"max": 40, "mean": 20, "per_eci": 0.5, "noise": 1}}
OWN = 50
DELAY = {"uniform": [0, 200]}


def first_two(play, grants, team=None, luck=(), **more):
    """Outcomes of two stages of 100 days for one team, 10 idle days between them."""
    script = Script({Key(Purpose.PARAMETER, item=path): u for path, u in luck})
    scenario = quiet({"a": team or {}}, [stage(number, EXAM, grants=grants) for number in (1, 2)], **more)
    return play(scenario, script, 0, 1).stages


def gpu_days(outcome):
    return outcome.compute[0, 0] / FLOP_OF_A_GPU_DAY


def lent(**more):
    """The usual grant."""
    return {"gpus": {"default": {"B200": GPUS}}, **more}


@both_engines
def test_a_grant_trains_and_costs_from_delivery_to_the_close(play):
    first, _ = first_two(play, lent(delay=30), {"own": {"B200": OWN}}, hardware=hardware(price=9500))
    assert gpu_days(first) == pytest.approx(OWN * DAYS + GPUS * (DAYS - 30), rel=1e-12)
    assert first.gpu_hours[0, 0] == GPUS * (DAYS - 30) * 24
    assert first.cost[0, 0] == GPUS * (DAYS - 30) * 24 * 9500


def hardware(**more):
    return {"B200": {"peak": 1000.0, "mfu": 0.5, **more}}


@both_engines
@pytest.mark.parametrize("delay", [DAYS, DAYS + 1, 10 * DAYS])
def test_a_grant_that_comes_when_the_window_has_closed_counts_for_nothing(play, delay):
    for outcome in first_two(play, lent(delay=delay), {"own": {"B200": OWN}}):
        assert gpu_days(outcome) == pytest.approx(OWN * DAYS, rel=1e-12)
        assert outcome.gpu_hours[0, 0] == outcome.cost[0, 0] == 0


@both_engines
def test_a_grant_of_the_last_day_counts_for_one_day(play):
    first, _ = first_two(play, lent(delay=DAYS - 1))
    assert gpu_days(first) == pytest.approx(GPUS, rel=1e-12)


@both_engines
@pytest.mark.parametrize(("u", "days"), [(0.1, 20), (0.1024, 20), (0.1026, 21), (0.6, 120), (1e-9, 0)])
def test_an_uncertain_delay_is_in_whole_days_and_drawn_for_each_team_and_stage(play, u, days):
    first, second = first_two(play, lent(delay=DELAY), luck=[("stages.s1.grants.delay.a", u)])
    assert first.gpu_hours[0, 0] == GPUS * max(DAYS - days, 0) * 24
    assert second.gpu_hours[0, 0] == 0  # a uniform of 0.5 is a delay of 100 days


@both_engines
def test_between_windows_nobody_trains(play):
    for outcome in first_two(play, {}, {"own": {"B200": OWN}}):
        assert gpu_days(outcome) == pytest.approx(OWN * DAYS, rel=1e-12)


@both_engines
def test_compute_carries_over_by_its_share(play):
    first, second = first_two(play, lent(), capability={"carry": 0.25})
    assert gpu_days(second) == pytest.approx(GPUS * DAYS, rel=1e-12)
    assert second.effective[0, 0] == pytest.approx(1.25 * first.effective[0, 0], rel=1e-12)


@both_engines
def test_types_of_hardware_add_up_by_their_speed(play):
    types = hardware() | {"H100": {"peak": 800.0, "mfu": 0.25}}
    first, _ = first_two(play, lent(delay=40), {"own": {"H100": OWN}}, hardware=types)
    assert gpu_days(first) == pytest.approx(OWN * 0.4 * DAYS + GPUS * (DAYS - 40), rel=1e-12)
    assert first.gpu_hours[0, 0] == GPUS * (DAYS - 40) * 24


def share_of_work(gpus, interval=2.0, rate=0.5, restart=0.5, write=1 / 60):
    """Daly's closed form in hours; `rate` is faults per node of 8 GPUs and day."""
    m = 24 / (gpus / 8 * rate)
    return interval / (m * exp(restart / m) * expm1((interval + write) / m))


FAULTS = {"per_node_day": 0.5, "gpus_per_node": 8, "restart": 30, "checkpoint": 60, "interval": 2}


@both_engines
def test_faults_strike_the_gpus_that_a_team_holds_at_the_time(play):
    first, _ = first_two(play, lent(delay=30), {"own": {"B200": OWN}}, faults=FAULTS)
    expected = 30 * OWN * share_of_work(OWN) + (DAYS - 30) * (OWN + GPUS) * share_of_work(OWN + GPUS)
    assert gpu_days(first) == pytest.approx(expected, rel=1e-12)


@both_engines
def test_a_team_has_faults_of_its_own(play):
    first, _ = first_two(play, lent(), {"faults": {"per_node_day": 1.5, "interval": 1}}, faults=FAULTS)
    assert gpu_days(first) == pytest.approx(GPUS * DAYS * share_of_work(GPUS, 1.0, 1.5), rel=1e-12)


@both_engines
def test_without_faults_a_set_interval_costs_the_writing_alone(play):
    first, _ = first_two(play, lent(), faults=FAULTS | {"per_node_day": 0})
    assert gpu_days(first) == pytest.approx(GPUS * DAYS * 120 / 121, rel=1e-12)


@both_engines
def test_without_faults_the_best_interval_costs_nothing(play):
    first, _ = first_two(play, lent(), faults=FAULTS | {"per_node_day": 0, "interval": "best"})
    assert gpu_days(first) == pytest.approx(GPUS * DAYS, rel=1e-12)


@both_engines
def test_a_team_that_keeps_to_the_best_interval_is_not_changed_by_one_that_does_not(play):
    pair = {"a": {}, "b": {"faults": {"interval": 20}}}
    faults = FAULTS | {"interval": "best"}
    alone = quiet({"a": {}}, [stage(1, EXAM)], faults=faults)
    outcomes = [
        play(scenario, Script({}), 0, 1) for scenario in (alone, quiet(pair, [stage(1, EXAM)], faults=faults))
    ]
    compute = [outcome.stages[0].compute[0] for outcome in outcomes]
    assert compute[1][0] == compute[0][0] > compute[1][1]
