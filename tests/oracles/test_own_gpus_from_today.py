"""Own GPUs cost money from today on: GPUs x hours from `as_of` x price, whoever is said to have them."""

from datetime import date

import numpy as np
import pytest

from sim.model.draws import Draws
from sim.scenario import from_data
from tests.helpers import DAYS, both_engines, quiet_data, stage

EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0, "noise": 0.0}}
GPUS, PRICE = 10.0, 3.0
FIRST, SECOND = (date.fromisoformat(stage(n, EXAM)["train"].split(" to ")[0]) for n in (1, 2))
HARDWARE = {"B200": {"peak": 1000.0, "mfu": 0.5, "price": 7.0, "own_price": PRICE}}
RESULT = {"b": "out-by-points"}
OWN = {"B200": GPUS}


def programme(as_of, *, by_team, known=RESULT):
    """Two stages, the first perhaps decided; a has GPUs of its own, of which b has none."""
    stages = [stage(1, EXAM, cut={"keep": 1}), stage(2, EXAM)]
    if known is not None:
        stages[0]["happened"] = known
    if not by_team:
        stages[1]["own"] = {"a": OWN}
    teams = {"a": {"own": OWN} if by_team else {}, "b": {}}
    return from_data(quiet_data(teams, stages, hardware=HARDWARE) | {"as_of": str(as_of)})


def own_cost(play, scenario):
    outcomes = play(scenario, Draws(1), 0, 3)
    costs = np.array([stage.own_cost for stage in outcomes.stages])  # (stages, replications, teams)
    assert not costs[..., 1].any()
    assert (costs == costs[:, :1]).all()
    return costs[:, 0, 0].tolist()


def from_today(days):
    return GPUS * 24 * days * PRICE


@both_engines
@pytest.mark.parametrize("by_team", [True, False])
@pytest.mark.parametrize("used", [0, 1, 40])
def test_a_window_under_way_costs_its_hours_from_today(play, by_team, used):
    today = date.fromordinal(SECOND.toordinal() + used)
    assert own_cost(play, programme(today, by_team=by_team)) == [0, from_today(DAYS - used)]


@both_engines
@pytest.mark.parametrize("by_team", [True, False])
def test_a_window_that_is_still_to_open_costs_all_of_its_hours(play, by_team):
    today = date.fromordinal(SECOND.toordinal() - 5)
    assert own_cost(play, programme(today, by_team=by_team)) == [0, from_today(DAYS)]


@both_engines
def test_hours_are_those_of_the_whole_window_as_ever(play):
    today = date.fromordinal(SECOND.toordinal() + 40)
    outcomes = play(programme(today, by_team=True), Draws(1), 0, 1)
    assert [stage.own_gpu_hours[0, 0] for stage in outcomes.stages] == [GPUS * 24 * DAYS] * 2


@both_engines
def test_before_any_result_it_costs_from_today_on_too(play):
    today = date.fromordinal(FIRST.toordinal() + 30)
    found = own_cost(play, programme(today, by_team=True, known=None))
    assert found == [from_today(DAYS - 30), from_today(DAYS)]


@both_engines
@pytest.mark.parametrize("as_of", ["2026-06-01", "2040-01-01"])
def test_a_programme_that_is_played_from_the_start_has_no_today(play, as_of):
    """Its results before `as_of` are drawn, and so all of it lies ahead."""
    scenario = programme(as_of, by_team=True).from_start()
    assert own_cost(play, scenario) == [from_today(DAYS)] * 2
