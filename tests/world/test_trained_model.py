"""The model that is trained: by hand, at its limits, and whatever comes of its luck, in both engines."""

from copy import deepcopy
from math import log2, log10, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from sim.engines import event
from sim.engines.batch import play_batch
from sim.engines.changes import Said, changes_between
from sim.engines.inputs import prepare
from sim.model.chinchilla import equivalent_compute, experts_leverage
from sim.model.draws import Draws
from sim.model.quantiles import Sample
from sim.rules.decisions import Fate
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.comparison import indistinguishable_teams
from sim.scenario.language.load import with_values
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.shares import shares_of_defaults
from sim.scenario.options import options, what_ifs
from sim.studies.factors import overrides
from tests.helpers import (
    DAYS,
    FLOP_OF_A_GPU_DAY,
    assert_chances,
    both_engines,
    played,
    quiet,
    quiet_data,
    stage,
)
from tests.oracles.closed_forms import best_size
from tests.oracles.test_chinchilla import BESIROGLU, NEVER

GPUS = 100.0
COMPUTE = GPUS * DAYS * FLOP_OF_A_GPU_DAY  # 4.3e23 FLOP
BEST = float(best_size(COMPUTE, BESIROGLU))
LENT = {"grants": {"gpus": {"default": {"B200": GPUS}}}}
EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 0}}
SCIENCE = {"capability": {"reference_compute": COMPUTE}}
PER_TENFOLD = 5.0
TWO: dict[str, Any] = {"red": {}, "blue": {}}


def one_stage(models, points=EXAM, teams=TWO, **more):
    """A quiet stage of `COMPUTE` for each team, whose models are as said."""
    said = {} if models is None else {"model": models}
    return quiet(teams, [stage(1, points, **LENT, **said)], **{**SCIENCE, **more})


def worth(compute, size, tokens=np.inf, unique=NEVER):
    return float(equivalent_compute(np.array([compute]), size, tokens, unique, BESIROGLU)[0])


@both_engines
def test_at_the_best_size_everything_is_as_if_compute_alone_counted(play):
    capability = {"team_spread": 2.5, "stage_spread": 4.0, **SCIENCE["capability"]}
    points = {"exam": {**EXAM["exam"], "noise": 3}}
    size = {"parameters": 4 * BEST, "active": BEST, "unique": 1e18}
    without, with_models = (
        played(play, one_stage(models, points, capability=capability), 50)
        for models in (None, {"default": size})
    )
    one, other = without.stages[0], with_models.stages[0]
    np.testing.assert_array_equal(one.fate, other.fate)
    np.testing.assert_array_equal(one.rank, other.rank)
    np.testing.assert_allclose(other.capability, one.capability, rtol=1e-9)
    np.testing.assert_allclose(other.total, one.total, rtol=1e-9)
    np.testing.assert_allclose(other.equivalent, other.effective, rtol=1e-9)
    assert one.equivalent is one.effective


@both_engines
def test_two_teams_by_hand(play):
    """Red is dense and half as large as would be best; blue sees its tokens four times, and stops."""
    size, unique = 2e10, 2e11
    scenario = one_stage(
        {
            "red": {"parameters": BEST / 2, "unique": 1e18},
            "blue": {"parameters": 2e11, "active": size, "tokens": 4 * unique, "unique": unique},
        }
    )
    found = played(play, scenario, 3).stages[0]
    # By the published constants: (K / (A / N^a + B / D^b))^(1 / gamma), D' = 3.7256... U at four epochs.
    a, b, alpha, beta = 482.01, 2085.43, 0.3478, 0.3658
    k, gamma = 2708.49754644, 0.178286491031
    tokens = {"red": COMPUTE / (6 * BEST / 2), "blue": 3.72567312306 * unique}
    sizes = {"red": BEST / 2, "blue": size}
    for t, team in enumerate(("red", "blue")):
        loss = a / sizes[team] ** alpha + b / tokens[team] ** beta
        expected = (k / loss) ** (1 / gamma)
        assert found.equivalent[0, t] == pytest.approx(expected, rel=1e-8)
        strength = 100 + PER_TENFOLD * log10(expected / COMPUTE)
        assert found.capability[:, t] == pytest.approx([strength] * 3, rel=1e-9)
        assert found.total[0, t] == pytest.approx(500 + strength - 100, abs=1e-5)
    assert found.effective[0] == pytest.approx([COMPUTE, COMPUTE])


@both_engines
def test_half_the_best_size_costs_a_quarter_of_the_compute(play):
    """1.26 times the compute comes as far, whichever team has it."""
    more = brentq(lambda c: worth(c, BEST / 2) - COMPUTE, COMPUTE, 9 * COMPUTE)
    assert more / COMPUTE == pytest.approx(1.26, abs=0.005)
    gpus = {"red": {"B200": GPUS * more / COMPUTE}, "default": {"B200": GPUS}}
    models = {"red": {"parameters": BEST / 2, "unique": 1e18}}
    scenario = quiet(TWO, [stage(1, EXAM, grants={"gpus": gpus}, model=models)], **SCIENCE)
    found = played(play, scenario, 1).stages[0]
    assert found.capability[0, 0] == pytest.approx(found.capability[0, 1], rel=1e-9)


@both_engines
def test_compute_beyond_the_tokens_is_unused(play):
    models = {"default": {"parameters": 1e10, "tokens": 1e12}}
    gpus = {"red": {"B200": GPUS}, "blue": {"B200": 30 * GPUS}}
    scenario = quiet(TWO, [stage(1, EXAM, grants={"gpus": gpus}, model=models)], **SCIENCE)
    found = played(play, scenario, 1).stages[0]
    assert found.compute[0, 1] == pytest.approx(30 * COMPUTE)
    assert found.equivalent[0, 0] == found.equivalent[0, 1]
    submits = {
        one.team: one.values for one in event.trace_replication(scenario, 1, 0) if one.what == "submits"
    }
    assert submits["blue"]["unused"] == pytest.approx(30 * COMPUTE - 6e22)
    assert submits["red"]["unused"] == pytest.approx(COMPUTE - 6e22)
    assert submits["blue"]["tokens"] == 1e12
    lost = PER_TENFOLD * log10(30 * COMPUTE / found.equivalent[0, 1])
    assert submits["blue"]["lost_eci"] == pytest.approx(lost)


def test_a_trace_tells_the_loss_of_the_law():
    size = {"parameters": 70e9, "tokens": 1.4e12, "unique": 1e18}
    gpus = {"default": {"B200": 30 * GPUS}}
    scenario = quiet(TWO, [stage(1, EXAM, grants={"gpus": gpus}, model={"red": size})], **SCIENCE)
    submits = {
        one.team: one.values for one in event.trace_replication(scenario, 1, 0) if one.what == "submits"
    }
    assert submits["red"]["loss"] == pytest.approx(1.97388186316)  # Chinchilla itself, oracle A3
    assert "loss" not in submits["blue"]


@both_engines
def test_carried_compute_trains_the_model_too(play):
    models = {"default": {"parameters": 1e10, "unique": 1e18}}
    stages = [stage(n, EXAM, **LENT, model=models) for n in (1, 2)]
    scenario = quiet(TWO, stages, capability={**SCIENCE["capability"], "carry": 0.5})
    found = played(play, scenario, 1).stages[1]
    assert found.effective[0, 0] == pytest.approx(1.5 * COMPUTE)
    assert found.equivalent[0, 0] == pytest.approx(worth(1.5 * COMPUTE, 1e10), rel=1e-9)


@both_engines
def test_modalities_take_compute_and_earn_points(play):
    """Red's modalities take a fifth: in text it comes as far as it would with four fifths of the GPUs."""
    both = {"vision": 0.15, "speech": {"compute": 0.05}}
    models = {"red": {"parameters": 2e10, "modalities": both}, "blue": {"parameters": 2e10}}
    users = {"max": 100, "mean": 50, "spread": 0, "noise": 0, "rewards": {"vision": 2}}
    users["items"] = {"pro": 60, "lay": {"max": 40, "rewards": {"speech": 3}}}
    found = played(play, one_stage(models, {**EXAM, "users": users}), 1).stages[0]
    assert found.equivalent[0, 0] == pytest.approx(worth(0.8 * COMPUTE, 2e10, unique=20e12), rel=1e-9)
    # Of the block's 2 points the item without rewards of its own has its share, 60 of 100.
    assert found.points[0, 1] == pytest.approx([50 + 2 * 0.6 + 3, 50])


@both_engines
def test_a_modality_without_compute_is_none(play):
    models = {
        "default": {"parameters": 2e10, "modalities": {"vision": {"compute": {"weighted": {0: 1, 0.2: 1}}}}}
    }
    users = {"max": 100, "mean": 50, "spread": 0, "noise": 0, "rewards": {"vision": 2}}
    found = played(play, one_stage(models, {**EXAM, "users": users}), 40).stages[0]
    has = found.equivalent < worth(COMPUTE, 2e10, unique=20e12) * 0.999
    assert 20 < has.sum() < 60
    np.testing.assert_allclose(found.points[:, 1], np.where(has, 52.0, 50.0))


@both_engines
def test_a_special_model_gains_in_its_field_and_loses_elsewhere(play):
    judged = {"mean": 50, "spread": 0, "noise": 0}
    points = {
        "exam": {**EXAM["exam"], "max": 200, "mean": 100},
        "experts": {"max": 100, **judged},
        "users": {"max": 100, **judged, "items": {"pro": 60, "lay": 40}},
    }
    size = {"parameters": BEST, "unique": 1e18}
    models = {
        "red": {**size, "special": {"of": "users", "gain": 5, "elsewhere": -3}},
        "blue": {**size, "special": {"of": "users/pro", "gain": 5, "elsewhere": -3.4}},
    }
    found = played(play, one_stage(models, points), 1).stages[0]
    # Red loses 3 points in 300, blue 3.4 in 340, of which 40 are those of the other users.
    assert found.points[0, :, 0] == pytest.approx([100 - 2, 50 - 1, 50 + 5], rel=1e-8)
    assert found.points[0, :, 1] == pytest.approx([100 - 2, 50 - 1, 50 + 5 - 0.4], rel=1e-8)


FIELDS = {"a whole block": "users", "an item of one": "users/pro", "another block": "experts"}


def special_for(field):
    """Three blocks, and a team whose model is made for one of their users, by uncertain points."""
    points = {
        "exam": {**EXAM["exam"], "max": 200, "mean": 100, "noise": 2},
        "experts": {"max": 100, "mean": 50, "spread": 6, "noise": 1},
        "users": {"max": 100, "mean": 50, "per_eci": 1, "noise": 1, "items": {"pro": 60, "lay": 40}},
    }
    special = {"of": field, "gain": {"normal": [5, 2]}, "elsewhere": {"uniform": [-30, -3]}}
    size = {"parameters": BEST, "unique": 1e18}
    return one_stage({"red": {**size, "special": special}, "default": size}, points)


def assert_points_grow(before, after, factors):
    """The points of each block are so many times those before, run by run, for every team."""
    one, other = (played(play_batch, scenario, 200).stages[0].points for scenario in (before, after))
    np.testing.assert_allclose(other, np.array(factors)[:, np.newaxis] * one, rtol=1e-9)


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
@pytest.mark.parametrize(("name", "factors"), [("exam", (2, 1, 1)), ("users", (1, 1, 2))])
def test_what_counts_twice_gives_a_special_model_twice_there_and_the_same_elsewhere(field, name, factors):
    scenario = special_for(field)
    found = {(one.kind, one.what): one.scenario for one in what_ifs(scenario, "red")}
    assert_points_grow(scenario, found["weight", name], factors)


@pytest.mark.parametrize("key", ["gain", "elsewhere"])
def test_a_weight_is_not_changed_where_a_special_model_gets_a_count(key):
    data = special_for("users").resolved()
    data["stages"]["s1"]["model"]["red"]["special"][key] = {"poisson": 2}
    counted = from_data(data)
    assert "weight" not in {one.kind for one in what_ifs(counted, "red")}
    with pytest.raises(ScenarioError, match="a block that cannot be scaled"):
        overrides(counted, {"stages.s1.points.exam.max_rescaled": 500})


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_weights_that_are_swept_together_leave_a_special_model_what_it_has_elsewhere(field):
    scenario = special_for(field)
    values = {"stages.s1.points.exam.max_rescaled": 500, "stages.s1.points.users.max_rescaled": 50}
    swept = with_values(scenario.resolved(), overrides(scenario, values))
    assert_points_grow(scenario, swept, (2.5, 1, 0.5))


@both_engines
def test_efficiency_is_points_for_each_halving(play):
    goes_by_size = {"per_halving": 2, "reference": "16B"}
    points = {
        **EXAM,
        "efficiency": {"max": 20, "mean": 10, "efficiency": goes_by_size, "items": {"x": 15, "y": 5}},
        "mixed": {
            "max": 30,
            "mean": 15,
            "per_eci": 0,
            "noise": 0,
            "items": {"a": 10, "b": {"max": 20, "efficiency": goes_by_size}},
        },
    }
    models = {"red": {"parameters": "300B", "active": "4B"}, "default": {"parameters": "64B"}}
    found = played(play, one_stage(models, points), 1).stages[0]
    assert found.points[0, 1] == pytest.approx([10 + 2 * log2(16 / 4), 10 - 2 * 2])
    assert found.points[0, 2] == pytest.approx([15 + 2 * 2, 15 - 2 * 2])


@both_engines
def test_leverage_multiplies_compute(play):
    size = {"parameters": "250B", "active": "15B"}
    models = {"red": {**size, "leverage": 4}, "default": {**size, "leverage": "by-experts", "granularity": 8}}
    found = played(play, one_stage(models), 1).stages[0]
    plain = worth(COMPUTE, 15e9, unique=20e12)
    assert found.equivalent[0] == pytest.approx([4 * plain, float(experts_leverage(0.06, 8)) * plain])


def test_a_smaller_model_leaves_as_often_as_the_normal_law_says():
    """Of two teams the one with the lower total leaves: a difference of two normal totals."""
    team, passing, noise, n = 2.0, 3.0, 1.5, 40_000
    scenario = one_stage(
        {"red": {"parameters": 1e10, "unique": 1e18}},
        {"exam": {**EXAM["exam"], "noise": noise}},
        capability={**SCIENCE["capability"], "team_spread": team, "stage_spread": passing},
    )
    scenario = from_data(scenario.resolved(), {"stages.s1.cut.keep": 1})
    behind = PER_TENFOLD * log10(COMPUTE / worth(COMPUTE, 1e10))
    chance = norm.cdf(behind / sqrt(2 * (team**2 + passing**2 + noise**2)))
    found = played(play_batch, scenario, n).stages[0]
    assert_chances(found.fate == Fate.OUT_BY_POINTS, [chance, 1 - chance])


UNSURE = {"parameters": "300B", "active": {"uniform": ["5B", "50B"]}}


@both_engines
def test_who_takes_the_default_shares_its_law_and_not_its_luck(play):
    found = played(play, one_stage({"default": UNSURE}), 30).stages[0]
    assert (found.equivalent[:, 0] != found.equivalent[:, 1]).all()
    own = played(play, one_stage({"red": UNSURE, "default": {"parameters": 1e11}}), 30).stages[0]
    np.testing.assert_array_equal(found.equivalent[:, 0], own.equivalent[:, 0])
    three = played(play, one_stage({"default": UNSURE}, teams={"green": {}, **TWO}), 30).stages[0]
    np.testing.assert_array_equal(found.equivalent, three.equivalent[:, 1:])


def test_a_share_of_the_default_is_known_as_one():
    scenario = one_stage({"default": UNSURE})
    shares = dict(shares_of_defaults(scenario))
    assert shares["stages.s1.model.red.active"] == "stages.s1.model.default.active"
    assert len(shares) == 2


def test_it_is_off_unless_it_is_written():
    plain = one_stage(None)
    assert "scaling" not in plain.resolved()
    assert "model" not in plain.resolved()["stages"]["s1"]
    assert not {"efficiency", "rewards"} & plain.resolved()["stages"]["s1"]["points"]["exam"].keys()
    assert Scenario.read(plain.resolved()).digest() == plain.digest()


def test_what_is_resolved_is_the_same_scenario():
    models = {"red": {**UNSURE, "modalities": {"vision": 0.1}, "special": {"of": "exam", "gain": 1}}}
    scenario = one_stage(models, scaling={"repeats": 10})
    assert Scenario.read(scenario.resolved()).digest() == scenario.digest()


def test_another_size_is_a_whole_play():
    one, other = (Said.by(one_stage({"red": {"parameters": size}})) for size in ("8B", "9B"))
    assert changes_between(one, other) is None


def test_teams_are_told_apart_by_their_models():
    assert indistinguishable_teams(one_stage({"default": UNSURE})) == [("red", "blue")]
    assert indistinguishable_teams(one_stage({"red": UNSURE})) == []


def test_uncertain_constants_of_the_law_are_drawn():
    scenario = one_stage({"default": UNSURE}, scaling={"tokens": {"uniform": [1042, 5810]}})
    source = Draws(3)
    drawn = scenario.scaling
    assert drawn is not None
    factors = Sample(source, 0, 5).one(drawn.tokens)
    models: Any = prepare(scenario, source, 0, 5).stages[0].models
    np.testing.assert_array_equal(models.law.tokens[:, 0], factors)
    assert len(set(factors)) == 5


def test_a_choice_of_size_gives_options():
    data = deepcopy(quiet_data(TWO, [stage(1, EXAM, **LENT, cut={"keep": 1})], **SCIENCE))
    data["stages"]["s1"]["model"] = {"red": {"parameters": "200B", "active": {"choice": ["15B", "30B"]}}}
    scenario = from_data(data)
    assert scenario.choices["stages.s1.model.red.active"] == ("15B", "30B")
    found = {one.name: one.scenario.model_of("s1", "red") for one in options(scenario)}
    assert {name: model and model.size for name, model in found.items()} == {
        "active 15B": 15e9,
        "active 30B": 30e9,
    }


def test_the_bundled_scenario_is_without_mistakes_or_warnings():
    scenario = load("sizes")
    assert lint_warnings(scenario) == []
    assert len(scenario.choices["stages.stage-3.model.upstage.active"]) == 3
