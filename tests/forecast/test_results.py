"""What a result says of totals holds for just those totals by which the rules lead to it."""

from typing import Any

import numpy as np
import pytest

from sim.forecast.results import result_statements
from sim.forecast.statements import StagePoints
from sim.rules.decisions import Fate, cut, cut_field, decide_fates, rank, reaches_minimum
from sim.scenario import ScenarioError, load
from tests.helpers import quiet, stage

TEAMS = ("a", "b", "c", "d", "e")
POINTS = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0}}
HOW = {Fate.OUT_BY_POINTS: "out-by-points", Fate.OUT_AT_GATE: "out-at-gate"}


def decided(totals, failed, rule, mode):
    """Who left and how, by the rules that both engines play."""
    total, failed = np.array([totals]), np.array([failed])
    present = np.ones_like(failed)
    field = cut_field(present, failed, mode)
    limits = {
        name: None if rule.get(name) is None else np.array([[rule[name]]])
        for name in ("keep", "drop", "minimum")
    }
    ranks = rank(total, field, (), lambda: np.zeros_like(total))
    kept = cut(ranks, reaches_minimum(total, field, limits["minimum"]), limits["keep"], limits["drop"])
    fates = decide_fates(present, failed, kept)[0]
    return {team: HOW[Fate(fate)] for team, fate in zip(TEAMS, fates, strict=True) if fate != Fate.KEPT}


def ways_that_hold(scenario, totals):
    """In how many ways totals meet what the result says."""
    statements = list(result_statements(StagePoints(scenario, "s1")))
    answers = dict.fromkeys(dict(each.when).get(("happened", "cut")) for each in statements) or {None: None}
    ways = [{("happened", "cut"): answer} if answer is not None else {} for answer in answers]
    return sum(
        all(s.low <= s.weights @ totals <= s.high for s in statements if s.holds_in(way)) for way in ways
    )


SELECTIVE: list[dict[str, Any]] = [
    {"keep": 3}, {"drop": 2}, {"minimum": 50.0}, {"keep": 3, "minimum": 50.0}, {"drop": 1, "minimum": 50.0},
    {"drop": 4, "minimum": 40.0},
]  # fmt: skip
ALIKE: list[dict[str, Any]] = [{}, {"keep": 5}, {"keep": 0}, {"drop": 0}, {"drop": 5, "minimum": 40.0}]
"""Rules that take nobody by points, or all."""


@pytest.mark.parametrize("mode", ["first", "apart"])
@pytest.mark.parametrize("rule", [*SELECTIVE, *ALIKE], ids=str)
def test_a_result_says_what_the_rules_make_of_totals_and_no_more(rule, mode):
    rng = np.random.default_rng(20260115)
    agree, differ, gated = 0, 0, 0
    for _ in range(25):
        failed = rng.random(5) < rng.choice([0.0, 0.3])
        happened = decided(rng.uniform(20, 80, 5), failed, rule, mode)
        gate = {"gate": {"mode": mode, "risk": 0.1}}
        one = stage(1, POINTS, cut=rule, happened=happened, round_to=1e-9, **gate)
        scenario = quiet({team: {} for team in TEAMS}, [one])
        gated += failed.any()
        for totals in rng.uniform(20, 80, (40, 5)):
            held = ways_that_hold(scenario, totals)
            same = decided(totals, failed, rule, mode) == happened
            assert held == same, (totals, failed, happened)
            agree, differ = agree + same, differ + (not same)
    assert agree > 0
    assert gated > 0
    assert (differ > 0) == (rule in SELECTIVE)


def sums_ahead(scenario, stage_id):
    """The pairs of teams of which a result says that one has the higher total."""
    points = StagePoints(scenario, stage_id)
    for each in result_statements(points):
        assert not each.when
        teams = [points.places[i].team for i in np.flatnonzero(each.weights > 0)]
        others = [points.places[i].team for i in np.flatnonzero(each.weights < 0)]
        yield teams[0], others[0]


def test_naver_left_at_a_gate_that_stood_apart_and_so_was_among_the_four():
    """The ministry named LG, Naver, SKT and Upstage as the top four, and NC AI as the last."""
    found = set(sums_ahead(load("k-ai"), "stage-1"))
    assert found == {(team, "ncai") for team in ("lg", "naver", "skt", "upstage")}


def test_motif_was_last_of_four():
    assert set(sums_ahead(load("k-ai"), "stage-2")) == {(team, "motif") for team in ("lg", "skt", "upstage")}


def test_under_other_rules_a_result_that_they_do_not_lead_to_says_nothing():
    scenario = load("gate-first")  # four of five passed the gate, and four were to be kept
    assert list(result_statements(StagePoints(scenario, "stage-1"))) == []
    assert len(list(result_statements(StagePoints(scenario, "stage-2")))) == 3


def test_a_result_that_no_cut_gives_is_refused_before():
    one = stage(1, POINTS, cut={"keep": 4}, happened={"a": "out-by-points", "b": "out-by-points"})
    with pytest.raises(ScenarioError, match="which the cut takes"):
        quiet({team: {} for team in TEAMS}, [one])
