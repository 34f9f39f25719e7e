"""A team without a GPU submits nothing: no points, last, and no strength at all."""

import numpy as np
import pytest

from sim.model.draws import Key, Purpose
from sim.rules.decisions import Fate
from tests.helpers import Script, both_engines, quiet, stage

POINTS = {
    "exam": {"max": 100, "mean": 50, "per_eci": 1, "noise": 10},
    "jury": {"max": 50, "mean": 25, "spread": 2, "noise": 2, "rescale": "leader"},
}
NONE_FOR_IDLE = {"gpus": {"idle": "none", "default": {"B200": 100}}}
NOTHING = {"gpus": {"default": {"B200": 0}}}
BEST = 1 - 2.0**-53
WORST = 2.0**-53


def luck(of_idle, of_busy):
    """Every number of the evaluation at one end for each team."""
    blocks = [f"{block}/{block}" for block in POINTS]
    return Script(
        {Key(Purpose.NOISE, "s1", t, b): u for t, u in (("idle", of_idle), ("busy", of_busy)) for b in blocks}
        | {Key(Purpose.TIE, "s1", "idle"): of_idle, Key(Purpose.TIE, "s1", "busy"): of_busy}
    )


def contest(play, source, **more):
    return play(
        quiet({"idle": {}, "busy": {}}, [stage(1, POINTS, grants=NONE_FOR_IDLE, **more)]), source, 0, 1
    )


@both_engines
def test_a_team_without_gpus_has_no_points_no_strength_and_the_last_rank(play):
    outcome = contest(play, luck(BEST, 0.5), cut={"keep": 1}).stages[0]
    assert outcome.compute[0, 0] == 0
    assert np.isnan(outcome.capability[0, 0])
    assert outcome.points[0, :, 0].tolist() == [0, 0]
    assert outcome.points[0, :, 1] == pytest.approx([50, 50], abs=1e-9)
    assert outcome.total[0, 0] == 0
    assert outcome.rank[0].tolist() == [2, 1]
    assert outcome.fate[0].tolist() == [Fate.OUT_BY_POINTS, Fate.KEPT]
    assert outcome.gpu_hours[0, 0] == outcome.cost[0, 0] == 0


@both_engines
def test_it_is_last_even_beside_a_team_that_got_no_point(play):
    points = {"exam": {"max": 100, "mean": 5, "per_eci": 1, "noise": 10}}
    scenario = quiet({"idle": {}, "busy": {}}, [stage(1, points, grants=NONE_FOR_IDLE, cut={"keep": 1})])
    outcome = play(scenario, luck(BEST, WORST), 0, 1).stages[0]
    assert outcome.total[0].tolist() == [0, 0]
    assert outcome.rank[0].tolist() == [2, 1]


@both_engines
def test_compute_of_the_stage_before_is_enough_if_it_carries_over(play):
    stages = [stage(1, POINTS), stage(2, POINTS, grants=NONE_FOR_IDLE)]
    scenario = quiet({"idle": {}, "busy": {}}, stages, capability={"carry": 0.1})
    second = play(scenario, Script({}), 0, 1).stages[1]
    # A tenth of the reference is one tenfold less, five ECI; busy has 1.1 times the reference.
    assert second.compute[0, 0] == 0
    assert second.capability[0] == pytest.approx([95, 100 + 5 * np.log10(1.1)], rel=1e-12)


@both_engines
def test_nobody_with_gpus_means_a_draw_decides(play):
    scenario = quiet({"a": {}, "b": {}}, [stage(1, POINTS, grants=NOTHING, cut={"keep": 1})])
    swapped = []
    for u in (0.1, 0.9):
        source = Script({Key(Purpose.TIE, "s1", "a"): u})
        outcome = play(scenario, source, 0, 1).stages[0]
        assert np.isnan(outcome.capability).all()
        swapped.append(outcome.rank[0].tolist())
    assert sorted(swapped) == [[1, 2], [2, 1]]
