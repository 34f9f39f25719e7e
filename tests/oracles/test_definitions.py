"""What docs/model.md defines, by hand: who sets the scale, the common date, of which runs a share is one."""

import pytest
from scipy.stats import norm

from sim.engines import batch
from sim.model.draws import Draws, Key, Purpose
from sim.stats.tally import tally
from tests.helpers import Script, both_engines, quiet, stage

EXAM = {"exam": {"max": 40, "mean": 20, "per_eci": 1.0, "noise": 0.0, "rescale": "leader"}}


@both_engines
@pytest.mark.parametrize("mode", ["first", "apart"])
def test_who_fails_the_gate_of_this_stage_has_set_the_scale_of_it(play, mode):
    """Raw points 30, 20, 10: the first gets 40 of 40 and leaves at the gate, the others get 4/3 of theirs."""
    teams = {"first": {"effect": 10.0, "gate_risk": 1.0}, "second": {}, "third": {"effect": -10.0}}
    gate = {"mode": mode, "risk": 0.0}
    scenario = quiet(teams, [stage(1, EXAM, gate=gate), stage(2, EXAM, gate=gate)])
    first, second = play(scenario, Script({}), 0, 1).stages
    assert first.total[0] == pytest.approx([40, 20 * 4 / 3, 10 * 4 / 3], abs=1e-6)
    assert second.total[0, 1:] == pytest.approx([40, 20], abs=1e-6)  # the gate before has taken it


@both_engines
@pytest.mark.parametrize(
    ("table", "common"),
    [
        ({"default": 100, "late": 130}, 100),
        ({"default": 160, "soon": 100, "late": 130, "latest": 160}, 160),
        ({"soon": 100, "late": 130, "latest": 160}, 160),
    ],
)
def test_the_reference_model_is_dated_at_the_close_of_the_common_window(play, table, common):
    """Progress of 10 ECI a year, a point each: 20 points on the common date, by a year of 365.25 days."""
    days = ["2026-01-01 to 2026-04-10", "2026-01-01 to 2026-05-10", "2026-01-01 to 2026-06-09"]
    windows = {team: days[(length - 100) // 30] for team, length in table.items()}
    closes = {team: table.get(team, table.get("default", 0)) for team in ("soon", "late", "latest")}
    points = {"exam": {**EXAM["exam"], "rescale": "maximum"}}
    scenario = quiet(
        {team: {} for team in closes},
        [stage(1, points, train=windows, result="2026-06-30")],
        capability={"progress_per_year": 10.0, "per_tenfold_compute": 0.0},
    )
    expected = [20 + 10 * (close - common) / 365.25 for close in closes.values()]
    assert play(scenario, Script({}), 0, 1).stages[0].total[0] == pytest.approx(expected, abs=1e-6)


@both_engines
def test_the_common_date_moves_with_the_median_of_a_shift_and_not_with_its_draw(play):
    shifted = stage(
        1, {"exam": {**EXAM["exam"], "rescale": "maximum"}}, shift={"weighted": {"0": 2, "73.05": 1}}
    )
    scenario = quiet({"only": {}}, [shifted], capability={"progress_per_year": 10.0})
    late = Script({Key(Purpose.PARAMETER, item="stages.s1.shift"): 0.9})
    on_time, moved = (play(scenario, luck, 0, 1).stages[0].total[0, 0] for luck in (Script({}), late))
    assert (on_time, moved) == pytest.approx((20, 20 + 10 * 73 / 365.25), abs=1e-6)


def test_strongest_and_weakest_are_asked_of_runs_in_which_somebody_is_evaluated():
    """One team that has GPUs in about a third of the runs, and then leaves by a minimum of points."""
    sometimes = {"gpus": {"only": {"B200": {"weighted": {"0": 2, "100": 1}}}}}
    points = {"exam": {**EXAM["exam"], "rescale": "maximum"}}
    leaves = stage(1, points, grants=sometimes, cut={"minimum": 30.0})
    outcomes = batch.play_batch(quiet({"only": {}}, [leaves]), Draws(3), 0, 300)
    trained = int((outcomes.stages[0].compute[:, 0] > 0).sum())
    counted = tally(quiet({"only": {}}, [leaves]), outcomes).chances
    assert 70 < trained < 130
    assert counted["most_capable_dropped.s1"] == (trained, trained)
    assert counted["least_capable_kept.s1"] == (0, trained)
    assert counted["nobody_selected"] == (300, 300)


@both_engines
def test_the_block_of_a_leader_without_points_is_left_alone(play):
    scenario = quiet({"a": {"effect": -50.0}, "b": {"main_run_share": 0}}, [stage(1, EXAM)])
    luck = {Key(Purpose.NOISE, "s1", "a", "exam/exam"): float(norm.cdf(1.0))}
    assert play(scenario, Script(luck), 0, 1).stages[0].total[0].tolist() == [0, 0]
