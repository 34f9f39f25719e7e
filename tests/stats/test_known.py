"""Known runs beside the model: by hand, by the engines, and against themselves."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from sim.engines import batch
from sim.model.draws import Draws
from sim.scenario import from_data
from sim.scenario.models.facts import Known
from sim.stats.known import Check, checks
from tests.helpers import DAYS, FLOP_OF_A_GPU_DAY, GPUS, quiet, stage
from tests.oracles.cases import case

BENCHMARK = {"exam": {"max": 60, "mean": 30, "per_eci": 1.0}}
AX_K1 = {"gpus": {"H200": 1024}, "days": 75, "compute": "2.55e24 FLOP", "compare": "compute"}
SOLAR = {"gpus": {"B200": 480}, "days": 66, "compute": 6 * 12e9 * 19.7e12, "compare": "days"}
LEASE = {"gpus": {"B200": 3000}, "days": 181, "cost": "1,200억", "compare": "cost"}
REAL = {
    "B200": {"peak": 2250.0, "mfu": 0.23, "price": 9500.0},
    "H200": {"peak": 989.0, "mfu": 0.35, "price": 4750.0},
}


def scenario(known, **more):
    """A quiet scenario, without faults unless said otherwise, and one known run."""
    return quiet({"red": {}, "blue": {}}, [stage(1, BENCHMARK)], known={"one": known}, **more)


def checked(known, **more):
    """The one check of it."""
    (check,) = checks(scenario(known, **more))
    return check


def run(**more):
    """A known run on the GPUs of a quiet scenario."""
    return {"gpus": {"B200": GPUS}, "days": DAYS, "compute": 1e24, "compare": "compute", **more}


def test_without_faults_the_compute_is_that_of_the_oracle():
    oracle = case("A9_training_compute")
    check = checked(AX_K1, hardware=REAL)
    assert check.modelled == oracle.near(0.35 * oracle.expected["peak_FLOP"])
    assert check.implied == oracle.near(oracle.expected["implied_MFU_stated"])
    assert check.setting == pytest.approx(0.35, rel=1e-12)


def test_faults_cost_what_daly_says():
    # 128 nodes, 6.2e-3 faults a node and day, 30 min to restart, 60 s to write; the best interval by search.
    m, restart, write = 24 / (128 * 6.2e-3), 0.5, 1 / 60
    best = minimize_scalar(
        lambda tau: m * math.exp(restart / m) * math.expm1((tau + write) / m) / tau,
        bounds=(0.01, 10),
        method="bounded",
    ).fun
    faults = {"per_node_day": 6.2e-3, "restart": 30, "checkpoint": 60}
    with_faults = checked(AX_K1, hardware=REAL, faults=faults)
    without = checked(AX_K1, hardware=REAL)
    assert without.modelled / with_faults.modelled == pytest.approx(best, rel=1e-4)
    assert with_faults.implied / without.implied == pytest.approx(best, rel=1e-4)


def test_the_programmes_runs_come_out_near_their_published_values():
    # arXiv 2601.09200 and 2601.07022, and the ministry's 1,200억; published defaults of hardware and faults.
    faults = {"per_node_day": 6.2e-3}
    found = [checked(known, hardware=REAL, faults=faults).ratio for known in (AX_K1, SOLAR, LEASE)]
    assert found == pytest.approx([1, 1, 1], abs=0.16)


def test_a_lease_costs_gpus_times_hours_times_price():
    check = checked(LEASE, hardware=REAL)
    assert check.modelled == pytest.approx(3000 * 181 * 24 * 9500, rel=1e-12)
    assert check.implied == pytest.approx(1.2e11 / (3000 * 181 * 24), rel=1e-12)
    assert (check.setting, check.span, check.verdict) == (9500, None, "agrees")


def test_days_and_compute_are_two_sides_of_one_thing():
    faults = {"per_node_day": 0.01}
    compute = checked(run(), faults=faults).modelled
    check = checked(run(compute=compute, compare="days"), faults=faults)
    assert check.modelled == pytest.approx(DAYS, rel=1e-12)
    assert check.implied == pytest.approx(check.setting, rel=1e-12)


def test_hardware_of_several_types_adds_up():
    check = checked(run(gpus={"B200": 100, "H200": 300}), hardware=REAL)
    rate = 100 * 2250e12 * 0.23 + 300 * 989e12 * 0.35
    assert check.modelled == pytest.approx(rate * DAYS * 86_400, rel=1e-12)
    assert check.setting == pytest.approx(rate / (100 * 2250e12 + 300 * 989e12), rel=1e-12)


@pytest.mark.parametrize("share", [0.1, 1.0])
def test_a_known_run_is_a_main_run(share):
    assert checked(run(), training={"main_run_share": share}).modelled == pytest.approx(
        GPUS * DAYS * FLOP_OF_A_GPU_DAY, rel=1e-12
    )


HARD = {"per_node_day": 0.02, "restart": 45.0, "checkpoint": 90.0}


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"mfu": {"B200": 0.31}},
        {"faults": {"per_node_day": 0.1, "interval": 2.0}},
        {"faults": {"gpus_per_node": 4, "restart": 90, "checkpoint": 0}},
    ],
    ids=str,
)
def test_the_model_is_that_of_the_engines(own):
    """A team that holds the GPUs for a whole window trains what its known run should have trained."""
    teams = {"red": own, "blue": {}}
    world = quiet(teams, [stage(1, BENCHMARK)], known={"one": run(team="red")}, faults=HARD)
    trained = batch.play_batch(world, Draws(3), 0, 1).stages[0].compute[0, 0]
    assert checks(world)[0].modelled == pytest.approx(trained, rel=1e-12)


def test_without_a_team_a_run_is_the_programmes():
    world = quiet(
        {"red": {"mfu": {"B200": 0.1}, "faults": {"per_node_day": 0.5}}, "blue": {}},
        [stage(1, BENCHMARK)],
        known={"of-red": run(team="red"), "of-blue": run(team="blue"), "of-nobody": run()},
        faults=HARD,
    )
    red, blue, nobody = (check.modelled for check in checks(world))
    assert red < blue == nobody


@pytest.mark.parametrize(
    ("known", "path"),
    [(AX_K1, "hardware.H200.mfu"), (SOLAR, "hardware.B200.mfu"), (LEASE, "hardware.B200.price")],
)
def test_what_an_observation_implies_makes_the_model_agree(known, path):
    world = scenario(known, hardware=REAL, faults={"per_node_day": 6.2e-3})
    (check,) = checks(world)
    (again,) = checks(from_data(world.resolved(), {path: check.implied}))
    assert again.ratio == pytest.approx(1, rel=1e-12)
    assert again.verdict == "agrees"


def test_uncertain_numbers_stand_at_their_medians_and_have_a_span():
    mfu = {"uniform": [0.2, 0.4]}
    check = checked(run(), hardware={"B200": {"peak": 1000.0, "mfu": mfu}})
    at_peak = GPUS * DAYS * 1000e12 * 86_400
    error = 0.2 * math.sqrt(0.05 * 0.95 / 4_000)  # of a quantile of a uniform number, by 4,000 draws
    assert check.modelled == pytest.approx(0.3 * at_peak, rel=1e-12)
    assert check.setting == pytest.approx(0.3, rel=1e-12)
    assert check.span is not None
    assert np.divide(check.span, at_peak) == pytest.approx([0.21, 0.39], abs=4 * error)


def test_an_uncertain_price_gives_a_cost_a_span():
    price = {"normal": {"mean": 9500, "sd": 100}}
    check = checked(LEASE, hardware={"B200": {"peak": 1000.0, "mfu": 0.5, "price": price}})
    hours, error = 3000 * 181 * 24, 100 * math.sqrt(0.05 * 0.95 / 4_000) / 0.103
    assert check.span is not None
    assert np.divide(check.span, hours) == pytest.approx([9500 - 164.5, 9500 + 164.5], abs=4 * error)


@pytest.mark.parametrize("mfu", [0.3, {"constant": 0.3}, {"weighted": {0.3: 1, 0.4: 0}}])
def test_what_is_certain_has_no_span(mfu):
    assert checked(run(), hardware={"B200": {"peak": 1000.0, "mfu": mfu}}).span is None


def test_what_never_trains_never_ends():
    check = checked(run(compare="days"), hardware={"B200": {"peak": 1000.0, "mfu": 0.0}})
    assert (check.modelled, check.verdict) == (math.inf, "more")
    assert 0 < check.implied < math.inf


@pytest.mark.parametrize(
    ("modelled", "verdict"),
    [
        (66, "agrees"),
        (60, "agrees"),
        (72, "agrees"),
        (59, "less"),
        (73, "more"),
        (1e-9, "less"),
        (1e9, "more"),
    ],
)
def test_within_a_tenth_the_model_agrees(modelled, verdict):
    known = Known.model_validate(SOLAR)
    assert Check("one", known, modelled, None, 0.2, 0.2).verdict == verdict


def test_checks_come_in_the_order_of_the_file():
    known = {"b": run(), "a": run(), "c": run()}
    world = quiet({"red": {}, "blue": {}}, [stage(1, BENCHMARK)], known=known)
    assert [check.id for check in checks(world)] == ["b", "a", "c"]
