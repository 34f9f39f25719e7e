"""Rules of a user's own: the same in both engines, and each thing that is wrong with one named."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.rules.book import Rulebook
from sim.rules.decisions import cut, rank
from tests.helpers import quiet, stage
from tests.render.figures.drawing import words_of
from tests.stats.small import JURY

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
K_AI, MINIMAL = (sim.load(SCENARIOS / f"{name}.yaml") for name in ("k-ai-2025-plan", "minimal"))


def keep_one(rank, field, keep, drop):
    """Only the winner stays."""
    return field & (rank <= 1)


def worst_first(total, field, rungs, luck):
    """The built-in ranking of the points turned round."""
    return rank(-total, field, [-rung for rung in rungs], luck)


def winner_takes_all(pool, present, before):
    """The first of the stage before gets the pool; before the first stage, the first team."""
    nobody = np.sum(before, axis=-1, keepdims=True) == 0
    first = np.where(nobody, np.arange(present.shape[-1]) == 0, before == 1) & present
    return pool * first[..., None, :]


OWN: dict[str, Any] = {"cut": keep_one, "rank": worst_first, "grants": winner_takes_all}


@pytest.mark.parametrize("name", OWN)
def test_a_rule_of_ones_own_is_played_alike_by_both_engines(name):
    rules = {name: OWN[name]}
    event, batch = (sim.run(K_AI, 300, engine=engine, rules=rules) for engine in ("event", "batch"))
    assert (event.case.engine, batch.case.engine) == ("event", "batch")
    assert (event.outcomes().fate == batch.outcomes().fate).all()
    assert event.tally.together == batch.tally.together


def test_a_cut_of_ones_own_decides_who_stays():
    found = sim.run(K_AI, 200, rules={"cut": keep_one})
    assert found.tally.kept[0].sum() <= 200
    assert all(bits.bit_count() <= 1 for bits in found.tally.together)


def test_a_ranking_of_ones_own_decides_who_comes_first():
    def totals(rows):
        return rows[(rows.stage == "first") & (rows["rank"] == 1)].total.to_numpy()

    best = sim.run(MINIMAL, 200).outcomes()
    worst = sim.run(MINIMAL, 200, rules={"rank": worst_first}).outcomes()
    assert (totals(best) == best[best.stage == "first"].groupby("replication").total.max()).all()
    assert (totals(worst) == worst[worst.stage == "first"].groupby("replication").total.min()).all()


def test_grants_of_ones_own_decide_who_trains():
    rows = sim.run(MINIMAL, 200, rules={"grants": winner_takes_all}).outcomes()
    hours = rows[rows.stage == "first"].pivot_table(index="replication", columns="team", values="gpu_hours")
    assert (hours["red"] > 0).all()
    assert (hours[["blue", "green"]] == 0).all(axis=None)


def test_the_built_in_rules_passed_as_ones_own_change_nothing():
    plain, passed = sim.run(K_AI, 300), sim.run(K_AI, 300, rules={"cut": cut, "rank": rank})
    assert passed.as_json() == plain.as_json()


def test_what_the_file_makes_certain_is_not_certain_under_rules_of_ones_own():
    everybody_stays = quiet({"a": {}, "b": {}}, [stage(1, JURY)])
    odds = sim.run(everybody_stays, 400, rules={"cut": keep_one}).odds()
    leaves = odds[(odds.chance == "leaves")]
    assert (leaves["count"] > 0).all()
    assert ((leaves.low <= leaves.p) & (leaves.p <= leaves.high)).all()
    assert (leaves.certain == "").all()


def test_teams_that_only_a_rule_of_ones_own_tells_apart_are_not_called_alike():
    def first_stays(rank, field, keep, drop):
        return field & (np.arange(field.shape[-1]) == 0)

    alike = quiet({"a": {}, "b": {}}, [stage(1, JURY, cut={"keep": 1})])
    assert sim.run(alike, 100).summary.indistinct() == [("a", "b")]
    assert sim.run(alike, 100, rules={"cut": first_stays}).summary.indistinct() == []


def pad(ranks):
    return np.concatenate([ranks, ranks[..., :1]], axis=-1)


def loses_last(total, field, rungs, luck):
    ranks = rank(total, field, rungs, luck)
    return np.where(ranks == field.sum(axis=-1, keepdims=True), 0, ranks)


def by_total_alone(total, field, rungs, luck):
    behind = (total[..., None, :] > total[..., :, None]) & field[..., None, :] & field[..., :, None]
    return field * (1 + behind.sum(axis=-1))


def sees_the_others(rank, field, keep, drop):
    return field & (rank <= 1 + (field.ndim == 2))


WRONG: dict[str, Any] = {
    "loses teams": ("rank", loses_last),
    "leaves ties": ("rank", by_total_alone),
    "ranks do not run from 1": ("rank", lambda *a: 2 * rank(*a)),
    "outside the field": ("rank", lambda t, f, r, k: rank(t, np.ones_like(f), r, k) * 1),
    "gives shape": ("rank", lambda *a: pad(rank(*a))),
    "brings back teams": ("cut", lambda rank, field, keep, drop: np.ones_like(field)),
    "expected bool": ("cut", lambda rank, field, keep, drop: rank),
    "decides otherwise for one replication": ("cut", sees_the_others),
    "negative": ("grants", lambda pool, present, before: -pool * present[..., None, :]),
    "no numbers": ("grants", lambda pool, present, before: pool / 0.0 * present[..., None, :]),
    "more GPUs than the pool": ("grants", lambda pool, present, before: pool * present[..., None, :]),
    "teams that are gone": ("grants", lambda pool, present, before: pool * ~present[..., None, :] / 9),
    "replications, hardware, teams": ("grants", lambda pool, present, before: present * 1.0),
    "raises ZeroDivisionError": ("cut", lambda rank, field, keep, drop: 1 // 0),
    "raises TypeError": ("cut", lambda rank: rank),
}


@pytest.mark.parametrize("said", WRONG)
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_what_is_wrong_with_a_rule_is_named(said):
    name, rule = WRONG[said]
    with pytest.raises(sim.RuleError, match=said) as raised:
        sim.run(K_AI, 10, rules={name: rule})
    assert all(line.startswith(f"rule '{name}': ") for line in str(raised.value).splitlines())
    assert raised.value.violations == sim.verify(name, rule)


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("teams", [1, 2, 5, 32])
def test_nothing_is_wrong_with_rules_that_keep_to_their_contract(name, teams):
    assert sim.verify(name, OWN[name], teams) == []


@pytest.mark.parametrize("teams", [1, 2, 5, 32])
def test_nothing_is_wrong_with_the_built_in_rules(teams):
    assert (sim.verify("rank", rank, teams), sim.verify("cut", cut, teams)) == ([], [])


def test_a_rule_of_another_name_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match="cutt") as raised:
        sim.run(MINIMAL, 10, rules={"cutt": keep_one})
    assert all(name in str(raised.value) for name in ("rank", "cut", "grants"))


def spoils(rank, field, keep, drop):
    field &= rank <= 1
    return field


def test_a_rule_that_writes_into_what_it_is_given_is_refused_or_loses_nobody():
    apart = quiet({"a": {}, "b": {}, "c": {}}, [stage(1, JURY, gate={"risk": 0.1, "mode": "apart"})])
    try:
        found = sim.run(apart, 50, rules={"cut": spoils}).tally
    except sim.RuleError:
        return
    assert (found.present[0] == 50).all()
    assert (found.by_points + found.by_gate + found.kept == 50).all()


def test_a_figure_does_not_call_teams_alike_that_rules_of_ones_own_may_tell_apart(tmp_path):
    equal = sim.load(SCENARIOS / "equal-teams.yaml")
    first_leaves = {"cut": lambda rank, field, keep, drop: field & (np.arange(rank.shape[-1]) > 0)}
    said = "each leave with a chance of"
    for name, rules, alike in (("file", {}, True), ("own", first_leaves, False)):
        result = sim.run(equal, 50, rules=rules)
        assert (said in words_of(result.plot())) is alike
        result.save(tmp_path / name)
        assert (said in (tmp_path / name / "leaving-en.txt").read_text("utf-8")) is alike


def test_what_is_no_function_is_refused_by_name():
    with pytest.raises(sim.RuleError, match="rule 'cut': is 5, expected a function"):
        sim.run(MINIMAL, 10, rules={"cut": 5})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="rule 'cut' is 5, expected a function"):
        Rulebook.with_own({"cut": 5})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="expected functions by name"):
        Rulebook.with_own([keep_one])  # type: ignore[arg-type]
