"""Sensitivity of scenarios whose chances are closed forms of their uncertain numbers."""

from functools import reduce
from itertools import pairwise
from math import sqrt
from operator import add
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import sim
from sim.engines import batch
from sim.execute.case import Case, with_mean_faults
from sim.folder.counts import pack
from sim.model.draws import DesignSource, Draws, SpySource
from sim.rules.decisions import Fate
from sim.scenario import from_data
from sim.scenario.models.inputs import inputs
from sim.scenario.models.numbers import Uncertain
from sim.stats import input_effects as asking
from sim.stats.input_effects import DROPPED, LEAVES, Target
from sim.stats.intervals import HIGH
from sim.studies import DEFAULT_POINTS
from sim.studies import sensitivity as analysis
from sim.studies import sensitivity_counts as counting
from sim.studies import widen as widening
from sim.studies.request import SensitivityRequest
from sim.studies.sensitivity import SensitivityStudy
from sim.studies.study import own_code
from tests.cli.command import SCENARIOS
from tests.helpers import quiet, stage
from tests.playing import watch_plays

JURY = {"jury": {"max": 100, "mean": 50, "spread": 5, "noise": 2}}
SEEDS, POINTS = 12, 128


def sensitivity(scenario, seed, points=DEFAULT_POINTS, **how) -> Any:
    """An analysis, without the cases in which there is nothing to tell."""
    return sim.sensitivity(scenario, points, seed, **how)


widen: Any = widening.widen
"""Likewise."""


def law(low, high, **more):
    return {"uniform": [low, high], **more}


def gates(teams, *risks, **more):
    """Stages at which teams leave by the gate alone."""
    stages = [
        stage(n, JURY, gate={"risk": risk}, **({} if n > 1 else more)) for n, risk in enumerate(risks, 1)
    ]
    return quiet(teams, stages, judging={"follows_strength": 1.0})


def estimates(scenario, target, seeds=SEEDS, points=POINTS):
    """Variance, then first and total indices of the numbers that play a part, of independent analyses."""
    rows = []
    for seed in range(seeds):
        found = sensitivity(scenario, seed, points, jobs=1)
        one = found.leaving if target is None else found.indices[found.targets.index(target)]
        rows.append([one.variance.estimate, *(x.estimate for x in (*one.first, *one.total))])
    return found, np.array(rows)


def assert_near(rows, expected):
    error = rows.std(axis=0, ddof=1) / sqrt(len(rows))
    off = rows.mean(axis=0) - np.array(expected)
    z = np.divide(off, error, out=np.zeros_like(off), where=(error > 0) | (np.abs(off) > 1e-12))
    assert np.all(np.abs(z) < 4.5), f"z-scores {z}"


def test_a_chance_that_is_an_uncertain_number_itself():
    """The chance of leaving of `a` is p, even from 0.2 to 0.8: variance 0.36 / 12."""
    scenario = gates({"a": {"gate_risk": law(0.2, 0.8)}, "b": {"gate_risk": 0.3}}, 0.0)
    found, rows = estimates(scenario, Target(LEAVES, team="a"))
    assert [each.name for each in found.inputs] == ["teams.a.gate_risk"]
    assert_near(rows, [0.36 / 12, 1, 1])
    assert not found.indices[found.targets.index(Target(LEAVES, team="b"))].told


def test_two_stages_multiply_and_what_only_both_do_is_in_the_totals():
    """A team stays with (1 - p1) (1 - p2): V1 = v1 m2^2, V2 = m1^2 v2, V12 = v1 v2.

    Risks of gates are drawn for each team: one number of the file is several uniforms, and one factor.
    """
    scenario = gates({"a": {}, "b": {}, "c": {}}, law(0.1, 0.9), law(0.3, 0.7))
    found, rows = estimates(scenario, Target(LEAVES, team="b"))
    assert [each.name for each in found.inputs] == ["stages.s1.gate.risk", "stages.s2.gate.risk"]
    v1, v2, m = 0.64 / 12, 0.16 / 12, 0.5
    alone, both = np.array([v1, v2]) * m**2, v1 * v2
    whole = alone.sum() + both
    assert_near(rows, [whole, *(alone / whole), *((alone + both) / whole)])


def test_all_chances_of_leaving_as_one_weigh_by_their_variance():
    scenario = gates({"a": {"gate_risk": law(0.1, 0.7)}, "b": {"gate_risk": law(0.4, 0.6)}}, 0.0)
    _, rows = estimates(scenario, None)
    v = np.array([0.36, 0.04]) / 12
    assert_near(rows, [v.sum(), *(v / v.sum()), *(v / v.sum())])


def test_numbers_that_share_their_luck_are_one_factor():
    """Risks p at two stages with one draw, p even from 0 to 0.8: leaving is 1 - (1 - p)^2."""
    both = law(0.0, 0.8, shared="same")
    scenario = gates({"a": {}, "b": {}}, both, both)
    found, rows = estimates(scenario, Target(LEAVES, team="a"))
    (one,) = found.inputs
    assert one.paths == ("stages.s1.gate.risk", "stages.s2.gate.risk")
    p = (np.arange(100_000) + 0.5) / 100_000 * 0.8
    assert_near(rows, [np.var((1 - p) ** 2), 1, 1])


def test_whether_the_strongest_leaves_and_a_number_that_plays_no_part():
    """`a` is always stronger; a price moves no fate, and its indices are exactly 0."""
    teams = {"a": {"effect": 5.0, "gate_risk": law(0.2, 0.8)}, "b": {"gate_risk": law(0.2, 0.8)}}
    data = gates(teams, 0.0).resolved()
    data["hardware"]["B200"]["price"] = law(1000.0, 9000.0)
    found, rows = estimates(from_data(data), Target(DROPPED, stage="s1"))
    assert [u.name for u in found.inputs] == [
        *("hardware.B200.price", "teams.a.gate_risk", "teams.b.gate_risk"),
    ]
    assert_near(rows, [0.36 / 12, 0, 1, 0, 0, 1, 0])
    assert [found.leaving.first[0], found.leaving.total[0]] == [(0, 0, 0)] * 2


def test_chances_at_the_ends_are_those_of_runs_with_the_number_held_there():
    scenario = gates({"a": {"gate_risk": law(0.2, 0.8)}, "b": {"gate_risk": 0.3}}, 0.0)
    found = sensitivity(scenario, 3, POINTS)
    target = found.targets.index(Target(LEAVES, team="a"))
    between, n = found.ends.between(0, target), found.ends.runs
    for count, p in ((between.first, 0.23), (between.second, 0.77), (found.ends.drawn[target], 0.5)):
        assert abs(count / n - p) < 4 * sqrt(p * (1 - p) / n)
    assert between.c == 0  # with the same luck, whoever fails at the low risk fails at the high one
    held = Case(scenario, 3, "batch", pinned={"teams.a.gate_risk": HIGH})
    assert between.second == n - int((held.play(0, n).stages[-1].fate == Fate.KEPT)[:, 0].sum())


@pytest.fixture(scope="module")
def minimal():
    return sim.load(SCENARIOS / "minimal.yaml")


def test_workers_and_blocks_change_no_byte(minimal, monkeypatch):
    alone = sensitivity(minimal, 1, 256, jobs=1)
    shared = sensitivity(minimal, 1, 256, jobs=2)
    monkeypatch.setattr(analysis, "_BLOCK", 64)
    small = sensitivity(minimal, 1, 256, jobs=1)
    for other in (shared, small):
        assert repr(other.indices) == repr(alone.indices)
        assert repr(other.leaving) == repr(alone.leaving)
        for name in ("drawn", "low", "high", "only_low", "only_high"):
            assert getattr(other.ends, name).tolist() == getattr(alone.ends, name).tolist()


def test_another_seed_is_other_points_and_other_luck(minimal):
    one, other = (sensitivity(minimal, seed, 64).leaving for seed in (1, 2))
    assert one.variance.estimate != other.variance.estimate


def test_a_replication_that_cannot_be_played_counts_nowhere_and_is_told_of(monkeypatch):
    scenario = gates({"a": {"gate_risk": law(0.2, 0.8)}}, 0.0)
    monkeypatch.setattr(analysis, "_BLOCK", 64)  # the few that fail are looked for one by one
    whole = sensitivity(scenario, 1, 64, jobs=1)

    def fails_in_one(_, source, start, stop):
        if isinstance(source, DesignSource) and start <= 70 < stop:
            raise RuntimeError("a broken rule")

    watch_plays(monkeypatch, fails_in_one)
    with pytest.warns(sim.ResultsWarning, match=r"points of the design: 1 of 4,096 replications failed"):
        found = sensitivity(scenario, 1, 64, jobs=1)
    assert (len(whole.failures), len(found.failures)) == (0, 1)
    assert whole.played[0].counts.played.tolist() == [counting.INNER] * 64
    assert found.played[0].counts.played.tolist() == [64, 63, *[64] * 62]
    assert found.indices != whole.indices
    assert found.leaving.variance.estimate == pytest.approx(whole.leaving.variance.estimate, rel=0.5)


def test_a_chance_of_which_so_few_points_tell_nothing_is_not_drawn(minimal):
    """With 64 points the interval of a share may be unknown, where its estimate is not."""
    found = sensitivity(minimal, 3, 64)
    table = found.odds()
    green = table[(table.target == LEAVES) & (table.team == "green")]
    assert green.told.all()
    assert green.total_low.isna().all()
    assert not found.findings().leaving.is_told  # so the text says that no team's chance can be told
    figure = found.plot()
    (axes,) = figure.axes
    told = {text.get_text() for text in (*axes.texts, *figure.texts)}
    assert "The strongest team leaves, second" in told
    assert not any("Green" in text or text == "–" for text in told)
    assert any("how far judges follow strength" in text for text in told)


@pytest.mark.parametrize("points", [0, 1, 32, 100, 511, 131_072])
def test_other_numbers_of_points_are_refused(minimal, points):
    with pytest.raises(ValueError, match="power of two from 64 to 65,536"):
        sensitivity(minimal, 1, points)


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("from_start", [False, True])
def test_every_number_that_an_engine_draws_is_somebodys(path, from_start):
    scenario = sim.load(path)
    scenario = (scenario.from_start() if from_start else scenario).settled()
    found = widen(scenario)
    recorded = SpySource(Draws(1))
    batch.play_batch(found.scenario, recorded, 0, 1)
    owners = {found.owner(item).name for item in recorded.asked}
    assert owners <= {each.name for each in found.inputs}
    assert all(each.low < each.high for each in found.inputs)


def test_a_default_of_own_gpus_is_drawn_for_each_team_and_is_one_number():
    data = gates({"a": {}, "b": {}}, law(0.1, 0.2), own={"default": {"B200": law(10, 20)}}).resolved()
    found = widen(from_data(data))
    recorded = SpySource(Draws(1))
    batch.play_batch(found.scenario, recorded, 0, 1)
    assert [item for item in recorded.asked if ".own." in item] == [f"stages.s1.own.{t}.B200" for t in "ab"]
    assert {found.owner(item).name for item in recorded.asked} == {
        *("stages.s1.own.default.B200", "stages.s1.gate.risk"),
    }


def test_a_guess_is_drawn_over_its_range_and_is_the_same_number_at_every_stage():
    scenario = gates({"a": {}, "b": {}}, 0.05, 0.05)
    data = scenario.resolved()
    for each in data["stages"].values():
        each["gate"]["guess"] = ["risk"]
    data["stages"]["s1"]["guess"] = ["train"]  # has no range
    found = widen(from_data(data))
    by_name = {each.name: each for each in found.inputs}
    assert by_name["stages.*.gate.risk"].extremes == (0.0, 0.2)
    assert by_name["stages.*.gate.risk"].widened
    risks = [each.gate.risk for each in found.scenario.stages.values()]
    assert risks[0] == risks[1]
    assert risks[0].shared is not None
    assert found.without_range == 1 + sum(
        1 for each in inputs(from_data(data)) if each.guess and not each.ranged and "train" not in each.path
    )


def test_a_guess_whose_range_would_make_no_sense_stays_as_it_is(monkeypatch):
    scenario = from_data(gates({"a": {}, "b": {}}, 0.05).resolved(), {"stages.s1.gate.guess": ["risk"]})
    monkeypatch.setattr(widening, "_evenly", lambda *_: {"uniform": [0.5, 1.5]})
    found = widen(scenario)
    assert found.scenario.stages["s1"].gate.risk == 0.05
    assert found.without_range > 0
    assert "stages.*.gate.risk" not in {each.name for each in found.inputs}


def test_luck_that_a_scenario_shares_is_not_mixed_with_that_of_its_guesses():
    scenario = gates({"a": {"gate_risk": law(0.2, 0.8, shared="guess-1")}, "b": {}}, 0.05)
    found = widen(from_data(scenario.resolved(), {"stages.s1.gate.guess": ["risk"]}))
    assert len({each.luck for each in found.inputs}) == len(found.inputs)
    assert {"shared:guess-1", "stages.*.gate.risk"} <= {each.name for each in found.inputs}


def test_faults_one_by_one_are_taken_at_their_mean():
    scenario = gates({"a": {"gate_risk": law(0.2, 0.8)}, "b": {}}, 0.0)
    single = from_data(scenario.resolved(), {"faults.mode": "each"})
    assert repr(sensitivity(single, 1, 64).indices) == repr(sensitivity(scenario, 1, 64).indices)


def counted_of(true, start, monkeypatch):
    """The counts of replications from `start` on in which the targets come true thus: (cases, targets, _)."""
    worlds = [SimpleNamespace(start=start, stop=start + each.shape[-1], true=each) for each in true]
    monkeypatch.setattr(counting, "find_true", lambda scenario, asked, world: world.true)
    count: Any = counting.count_points
    return count((), [SimpleNamespace(scenario=None)], worlds)


@pytest.mark.parametrize("borders", [(64, 128), (1, 63, 65, 100), (70, 71, 190)])
def test_points_that_are_counted_in_pieces_add_up_in_any_order(monkeypatch, borders):
    """Whatever the pieces, whole points or parts of them; and a piece that is missing is counted nowhere."""
    true = np.random.default_rng(2).random((4, 2, 3 * counting.INNER)) < 0.4
    whole = counted_of(true, 0, monkeypatch)
    ends = list(pairwise((0, *borders, 3 * counting.INNER)))
    pieces = [counted_of(true[..., a:b], a, monkeypatch) for a, b in ends]
    for order in (pieces, pieces[::-1], pieces[1:] + pieces[:1]):
        total = reduce(add, order, counting.PointCounts.none(2, 2))
        assert pack(total) == pack(whole)
    first, last = ends[0]
    without = reduce(add, pieces[1:])
    expected = [counting.INNER - sum(first <= r < last for r in range(64 * p, 64 * p + 64)) for p in range(3)]
    assert without.played.tolist() == expected[without.first :]


def test_terms_are_the_products_of_all_pairs_of_different_replications(monkeypatch):
    """By the definition: the mean of (a_r - b_r) (a_s - b_s) / 2 over all r != s, and so on."""
    true = np.random.default_rng(1).random((4, 1, 3 * counting.INNER)) < 0.4  # A, B, AB, AB'
    a, b, ab = true[0], true[1], true[2:]
    found = counting.terms_of(counted_of(true, 0, monkeypatch))

    def pairs(one, other):
        change = (one.astype(float) - other).reshape(*np.broadcast_shapes(one.shape, other.shape)[:-1], 3, -1)
        off = 1 - np.eye(counting.INNER)
        return np.einsum("...r,...s,rs->...", change, change, off) / off.sum() / 2

    assert found.variance == pytest.approx(pairs(a, b), abs=1e-14)
    assert found.total == pytest.approx(pairs(a, ab), abs=1e-14)
    assert found.first == pytest.approx(pairs(a, b) - pairs(b, ab), abs=1e-14)


def test_what_comes_true_is_what_a_run_counts():
    """With entries, so that some teams neither leave nor stay."""
    scenario = sim.load(SCENARIOS / "k-ai.yaml").from_start().settled()
    asked = asking.list_targets(scenario)
    true = asking.find_true(scenario, asked, batch.play_batch(scenario, Draws(4), 0, 500))
    result = sim.run(scenario, 500, seed=4)
    leaves = {r.team: r.estimate.count for r in result.summary.rows() if r.chance == LEAVES}
    for target, count in zip(asked, true.sum(axis=-1).tolist(), strict=True):
        if target.what == LEAVES:
            assert count == leaves[target.team]
        else:
            assert count == result.tally.chances[f"{DROPPED}.{target.stage}"][0]
    assert len(asked) == len(scenario.teams) + 1
    assert result.tally.not_entered[-1].any()


def test_a_guess_that_is_set_is_not_drawn(minimal):
    changes = {"judging.follows_strength": 0.3, "capability.stage_spread": 4}  # as they are by default
    found = widen(sim.load(SCENARIOS / "minimal.yaml", changes))
    assert changes.keys() <= {each.name for each in widen(minimal).inputs}
    assert {each.name for each in widen(minimal).inputs} - changes.keys() == {
        each.name for each in found.inputs
    }
    assert found.scenario.judging.follows_strength == 0.3


def test_a_guess_that_is_set_at_one_stage_is_unknown_at_the_others():
    changes = {"stages.stage-3.gate.risk": 0.5, "faults.mode": "each"}
    case = with_mean_faults(Case(sim.load(SCENARIOS / "k-ai.yaml", changes).settled(), 1, "event"))
    assert (case.engine, case.scenario.faults.mode) == ("batch", "average")
    found = widen(case.scenario)
    risks = [stage.gate.risk for stage in found.scenario.stages.values()]
    assert risks[2] == 0.5
    assert isinstance(risks[0], Uncertain)
    assert risks[0] == risks[1]
    assert "stages.*.gate.risk" in {each.name for each in found.inputs}


def test_what_is_set_is_not_moved_by_a_run_either():
    changes = {"judging.follows_strength": 0.3, "capability.stage_spread": 4}
    before, after = (
        {each.path for each in sim.run(sim.load(SCENARIOS / "minimal.yaml", some), 10).effects}
        for some in ({}, changes)
    )
    assert before - after == changes.keys()


def test_a_share_by_rank_is_a_number_like_any_other_and_a_constant_is_none():
    """Both ended in a KeyError: the walk over the inputs passed over lists, a constant law has no luck."""
    scenario = gates({"a": {}, "b": {}}, law(0.1, 0.9), 0.3)
    data = scenario.resolved()
    data["stages"]["s2"]["grants"] = {"pool": {"B200": 100}, "shares": {"by_rank": [law(0.1, 0.9), 0.1]}}
    data["capability"]["level"] = {"constant": 100}
    found = sensitivity(from_data(data), 1, 64, jobs=1)
    assert [each.name for each in found.inputs] == [
        "stages.s1.gate.risk",
        "stages.s2.grants.shares.by_rank.0",
    ]


def test_nothing_is_certain_where_rules_of_ones_own_may_decide():
    """By the file nobody leaves; a rule that takes the first team all the same has its targets."""
    nobody = {f"stages.{stage}.cut.keep": 3 for stage in ("first", "second")}
    certain = sim.load(SCENARIOS / "minimal.yaml", nobody)
    first_leaves = {"cut": lambda rank, field, keep, drop: field & (np.arange(rank.shape[-1]) > 0)}
    assert LEAVES not in {target.what for target in targets_of(certain, None)}
    assert {target.team for target in targets_of(certain, first_leaves)} >= set(certain.teams)


def targets_of(scenario, rules):
    request = SensitivityRequest(scenario=scenario, points=64, inner=1, seed=1)
    return SensitivityStudy(request, own_code(rules, (), len(scenario.teams))).targets
