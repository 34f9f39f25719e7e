"""Pools: granted and left over are the pool, whatever the rule and the results, in both engines."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import norm

from sim.engines import batch
from sim.engines.evaluation import lend
from sim.engines.inputs import prepare
from sim.model.draws import Draws, Key, Purpose
from sim.rules.book import BUILT_IN
from sim.rules.decisions import Fate, leftover
from sim.scenario import ScenarioError, from_data
from tests.engines.identical import arrays, assert_identical
from tests.generate import scenarios
from tests.helpers import DAYS, Script, both_engines, played, quiet, stage

EXAM = {"exam": {"max": 100, "mean": 60, "per_eci": 1, "noise": 10}}
POINTS = {"a": 80.0, "b": 50.0, "c": 70.0, "d": 40.0}
ORDER = "acbd"  # first to last
LUCK = Script(
    {Key(Purpose.NOISE, "s1", t, "exam/exam"): float(norm.cdf((x - 60) / 10)) for t, x in POINTS.items()}
)


def lendings(data):
    """(grants, granted, field) of every stage of a generated scenario."""
    inputs = prepare(from_data(data), Draws(3), 2, 9)
    state = batch.initial_state(inputs)
    for each in inputs.stages:
        yield each.grants, lend(each, state.field, each.days.opens, BUILT_IN), state.field
        state = batch.play_stage(inputs, each, state, BUILT_IN)[1]


@settings(max_examples=100)
@given(scenarios())
def test_granted_and_left_over_are_the_pool_of_every_type_in_any_scenario(data):
    for grants, granted, field in lendings(data):
        left = leftover(grants.pool, granted)
        pool = np.broadcast_to(grants.pool[..., 0], left.shape)
        little = 1e-9 * (1 + pool)
        assert np.all(granted >= 0)
        assert np.all(left >= -little)
        assert granted.sum(axis=-1) + left == pytest.approx(pool, rel=1e-12)
        assert not granted[np.broadcast_to(~field.present[:, None, :], granted.shape)].any()
        if grants.shared_leftover:
            somebody = (field.present & grants.among).any(axis=-1)
            assert np.all(np.abs(left[somebody]) <= little[somebody])
            assert np.array_equal(left[~somebody], pool[~somebody])


@settings(max_examples=60)
@given(scenarios())
def test_money_is_hours_times_price_in_any_scenario(data):
    # With one price for all types, what is spent is that price times all hours.
    for hardware in data["hardware"].values():
        hardware |= {"price": 9500, "own_price": 700}
    scenario = from_data(data)
    # If all results before `as_of`, which is long after all of it, are known, nothing is left to be spent.
    own_price = 700 if scenario.today is None else 0
    for outcome in played(batch.play_batch, scenario, 6).stages:
        np.testing.assert_allclose(outcome.cost, 9500 * outcome.gpu_hours, rtol=1e-12)
        np.testing.assert_allclose(outcome.own_cost, own_price * outcome.own_gpu_hours, rtol=1e-12)


def gpus(play, grants, keep=4, luck=LUCK, first=None):
    """GPUs of each hardware type that a, b, c and d are lent in the second stage."""
    one, other = {"peak": 1000.0, "mfu": 0.5, "price": 1}, {"peak": 500.0, "mfu": 0.5, "price": 1000}
    stages = [stage(1, EXAM, cut={"keep": keep}, **(first or {})), stage(2, EXAM, grants=grants)]
    scenario = quiet({t: {} for t in POINTS}, stages, hardware={"one": one, "other": other} | HELD)
    outcome = play(scenario, luck, 0, 1).stages[1]
    hours = outcome.gpu_hours[0] / (24 * DAYS)
    # Two types and their prices, 1 and 1,000 KRW: how many of each follows from number and cost.
    costs = outcome.cost[0] / (24 * DAYS)
    of_other = (costs - hours) / 999
    return (hours - of_other).tolist(), of_other.tolist()


HELD = {"B200": {"peak": 1000.0, "mfu": 0.5}}  # what the first stage lends
POOL = {"one": 1000.0, "other": 100.0}


@both_engines
@pytest.mark.parametrize(
    ("shares", "keep", "expected"),
    [
        ({"by_rank": [0.4, 0.3, 0.2, 0.1]}, 4, [0.4, 0.2, 0.3, 0.1]),
        ({"by_rank": [0.4, 0.3, 0.2, 0.1]}, 2, [0.4, 0, 0.3, 0]),
        ({"by_rank": [0.5, 0.25]}, 4, [0.5, 0, 0.25, 0]),
        ({"by_rank": [0, 0, 0, 1]}, 4, [0, 0, 0, 1]),
        ("by-score", 4, [80 / 240, 50 / 240, 70 / 240, 40 / 240]),
        ("by-score", 3, [80 / 200, 50 / 200, 70 / 200, 0]),
        ("by-score", 1, [1, 0, 0, 0]),
        ("winner", 4, [1, 0, 0, 0]),
        ("winner", 0, [0, 0, 0, 0]),
        ("equal", 3, [1 / 3, 1 / 3, 1 / 3, 0]),
        ({"default": 0.2, "b": 0.4}, 3, [0.2, 0.4, 0.2, 0]),
        ({"a": {"one": 0.5}, "c": {"other": 0.5}}, 4, None),
    ],
)
def test_a_pool_is_lent_by_its_rule(play, shares, keep, expected):
    one, other = gpus(play, {"pool": POOL, "shares": shares}, keep)
    if expected is None:
        assert (one, other) == (pytest.approx([500, 0, 0, 0]), pytest.approx([0, 0, 50, 0]))
        return
    assert one == pytest.approx([1000 * x for x in expected], rel=1e-6)
    assert other == pytest.approx([100 * x for x in expected], rel=1e-6)


@both_engines
@pytest.mark.parametrize(
    ("shares", "among", "expected"),
    [
        ("winner", "bcd", [0, 0, 1, 0]),
        ("winner", "d", [0, 0, 0, 1]),
        ("by-score", "bd", [0, 5 / 9, 0, 4 / 9]),
        ("equal", "bd", [0, 0.5, 0, 0.5]),
        ("by-score", "", [0, 0, 0, 0]),
    ],
)
def test_only_those_among_whom_it_is_shared_get_any(play, shares, among, expected):
    one, other = gpus(play, {"pool": POOL, "shares": shares, "among": list(among)})
    assert one == pytest.approx([1000 * x for x in expected], rel=1e-6)
    assert other == pytest.approx([100 * x for x in expected], rel=1e-6)


@both_engines
@pytest.mark.parametrize(
    ("grants", "keep", "expected"),
    [
        ({"shares": {"by_rank": [0.4, 0.2]}}, 4, [0.5, 0.1, 0.3, 0.1]),  # 0.4 left over, 0.1 to each
        ({"shares": {"by_rank": [0.4, 0.2]}}, 1, [1, 0, 0, 0]),
        ({"shares": {"a": 0.1, "b": 0.5}}, 2, [0.1 + 0.45, 0, 0.45, 0]),  # b left, and its half is shared
        ({"shares": "winner", "among": ["b", "d"]}, 4, [0, 1, 0, 0]),  # nothing is left over
        ({"shares": "equal", "among": ["d"]}, 3, [0, 0, 0, 0]),  # nobody of those who share is there
    ],
)
def test_what_is_left_over_is_shared_equally_by_those_present(play, grants, keep, expected):
    one, other = gpus(play, {"pool": POOL, "leftover": "shared", **grants}, keep)
    assert one == pytest.approx([1000 * x for x in expected], rel=1e-9, abs=1e-9)
    assert other == pytest.approx([100 * x for x in expected], rel=1e-6, abs=1e-6)


@both_engines
def test_what_a_table_of_gpus_keeps_back_may_be_shared_too(play):
    table = {"a": {"one": 100}, "b": {"one": 300, "other": 60}, "c": "none", "d": {"one": 200}}
    assert gpus(play, {"gpus": table}, 2) == (pytest.approx([100, 0, 0, 0]), pytest.approx([0] * 4, abs=1e-9))
    one, other = gpus(play, {"gpus": table, "leftover": "shared"}, 2)
    assert one == pytest.approx([100 + 250, 0, 250, 0], rel=1e-9)
    assert other == pytest.approx([30, 0, 30, 0], rel=1e-6, abs=1e-9)


@both_engines
def test_ranks_count_those_whom_gate_and_cut_left(play):
    # The first fails the gate: the next two move up in what they are lent, though not in who stays.
    first = {"gate": {"mode": "apart", "risk": 0.1}}
    luck = Script({**LUCK.uniforms, Key(Purpose.GATE, "s1", "a"): 0.05})
    one, _ = gpus(play, {"pool": POOL, "shares": {"by_rank": [0.5, 0.3]}}, 3, luck, first)
    assert one == pytest.approx([0, 300, 500, 0], rel=1e-9)


@both_engines
def test_where_nobody_has_a_point_nothing_goes_by_score(play):
    none = Script(dict.fromkeys(LUCK.uniforms, 1e-16))
    assert gpus(play, {"pool": POOL, "shares": "by-score"}, luck=none)[0] == [0] * 4
    shared = gpus(play, {"pool": POOL, "shares": "by-score", "leftover": "shared"}, luck=none)[0]
    assert shared == pytest.approx([250] * 4, rel=1e-9)


@both_engines
def test_a_single_share_by_rank_is_the_winner_and_equal_ones_are_equal(play):
    spread = {"team_spread": 2.5, "stage_spread": 4.0}

    def outcomes(shares, **more):
        lent = {"pool": {"B200": 300.0}, "shares": shares, **more}
        stages = [stage(1, EXAM, cut={"keep": 3}), stage(2, EXAM, grants=lent, cut={"keep": 1})]
        return arrays(played(play, quiet({t: {} for t in "abcd"}, stages, capability=spread), 100))

    assert_identical(outcomes({"by_rank": [1.0]}), outcomes("winner"))
    assert_identical(outcomes({"default": 0.0}, leftover="shared"), outcomes("equal"))
    for name, array in outcomes({"by_rank": [0.0] * 4}, leftover="shared").items():
        np.testing.assert_array_equal(array, outcomes("equal")[name])


def programme(grants):
    """Three stages by noise and luck alone, of which the later lend by `grants`."""
    stages = [stage(n, EXAM, cut={"keep": 5 - n}, grants=grants if n > 1 else START) for n in (1, 2, 3)]
    spread = {"team_spread": 2.5, "stage_spread": 4.0}
    return quiet({t: {} for t in "abcde"}, stages, capability=spread)


START = {"gpus": {"default": {"B200": 100.0}}}


@both_engines
def test_equal_reallocation_changes_no_chance_of_leaving(play):
    # All gain alike, so nobody's place changes: the same leave in every replication.
    shared = played(play, programme({"pool": {"B200": 500.0}, "shares": "equal"}), 300)
    kept_back = played(play, programme(START), 300)
    grown = played(play, programme({"gpus": START["gpus"], "leftover": "shared"}), 300)
    for one, other, third in zip(shared.stages, kept_back.stages, grown.stages, strict=True):
        assert np.array_equal(one.fate, other.fate)
        assert np.array_equal(one.fate, third.fate)
    lent = shared.stages[2].gpu_hours.sum(axis=1)
    assert lent == pytest.approx(500 * DAYS * 24, rel=1e-12)
    assert grown.stages[2].gpu_hours == pytest.approx(shared.stages[2].gpu_hours, rel=1e-12)
    assert kept_back.stages[2].gpu_hours.sum(axis=1) == pytest.approx(300 * DAYS * 24, rel=1e-12)


@both_engines
def test_more_for_the_winner_makes_it_stay_more_often(play):
    size = 1500
    equal = played(play, programme({"pool": {"B200": 500.0}, "shares": "equal"}), size).stages[:2]
    unequal = played(
        play, programme({"pool": {"B200": 500.0}, "shares": {"by_rank": [0.7, 0.1, 0.1, 0.1]}}), size
    )
    first = equal[0].rank == 1
    stays = [np.mean(outcome.fate[first] == Fate.KEPT) for outcome in (equal[1], unequal.stages[1])]
    assert stays[1] > stays[0]
    # With the same luck nobody who stayed with a seventh of the pool leaves with the rest of it.
    assert not ((equal[1].fate[first] == Fate.KEPT) & (unequal.stages[1].fate[first] != Fate.KEPT)).any()


@pytest.mark.parametrize("shares", ["by-score", "winner", {"by_rank": [1.0]}])
def test_shares_by_results_need_results(shares):
    lent = {"pool": {"B200": 100.0}, "shares": shares}
    with pytest.raises(ScenarioError, match="shares by results in the first stage"):
        quiet({"a": {}}, [stage(1, EXAM, grants=lent)])
    known = stage(1, EXAM, cut={"keep": 1}, happened={"a": "out-by-points"})
    with pytest.raises(ScenarioError, match="whose scores are not known"):
        quiet({"a": {}, "b": {}}, [known, stage(2, EXAM, grants=lent)])


def test_shares_by_rank_beyond_the_pool_are_refused():
    lent = {"pool": {"B200": 100.0}, "shares": {"by_rank": [0.6, 0.5]}}
    with pytest.raises(ScenarioError, match=r"sum to 1\.1"):
        quiet({"a": {}, "b": {}}, [stage(1, EXAM), stage(2, EXAM, grants=lent)])
