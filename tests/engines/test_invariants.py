"""What must hold of any scenario in either engine.

A scenario takes longer to make up than to play: either engine plays each once, and every check looks at both.
"""

import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings

from sim.engines import batch, event
from sim.engines.inputs import prepare
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import from_data
from tests.generate import scenarios

SOURCE = Draws(4)
START, STOP = 3, 9
CLOSE = 1e-9

CHECKS: list[Callable[..., Any]] = []


def holds(check):
    """Look at every scenario by this check, of its stages' inputs and its stages' outcomes."""
    CHECKS.append(check)
    return check


@settings(max_examples=150)
@given(scenarios())
def test_every_check_holds(data):
    scenario = from_data(data)
    inputs = prepare(scenario, SOURCE, START, STOP).stages
    for engine in (event.play_events, batch.play_batch):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            stages = engine(scenario, SOURCE, START, STOP).stages
        for check in CHECKS:
            check(scenario, inputs, stages)


def present(outcome):
    return (outcome.fate != Fate.GONE) & (outcome.fate != Fate.NOT_ENTERED)


def drawn(inputs, stages):
    """The stages that are held and whose results are drawn: only these have points and ranks."""
    return [pair for pair in zip(inputs, stages, strict=True) if pair[0].happened is None and pair[0].held]


@holds
def who_left_never_returns_and_who_stayed_is_there(scenario, _inputs, stages):
    at_first = [t not in scenario.candidates for t in scenario.teams]
    np.testing.assert_array_equal(present(stages[0]), np.broadcast_to(at_first, stages[0].fate.shape))
    for before, after in pairwise(stages):
        stayed, waited = before.fate == Fate.KEPT, before.fate == Fate.NOT_ENTERED
        assert present(after)[stayed].all()
        assert (after.fate == Fate.GONE)[~stayed & ~waited].all()
        assert (present(after) | (after.fate == Fate.NOT_ENTERED))[waited].all()


@holds
def nobody_comes_in_but_candidates_after_the_stage_of_their_entry(_scenario, inputs, stages):
    for stage, before, after in zip(inputs, stages, stages[1:], strict=False):
        came = (before.fate == Fate.NOT_ENTERED) & present(after)
        if stage.entry is None:
            assert not came.any()
            continue
        entry = stage.entry
        remain = (before.fate == Fate.KEPT).sum(axis=1)
        assert not (came & ~entry.candidates).any()
        if entry.happened is not None:
            np.testing.assert_array_equal(came, np.broadcast_to(entry.happened, came.shape))
            continue
        held = np.ones_like(remain, dtype=bool) if entry.fewer_than is None else remain < entry.fewer_than
        good = entry.candidates & (entry.score >= (-np.inf if entry.minimum is None else entry.minimum))
        good = np.broadcast_to(good & held[:, None], came.shape)
        np.testing.assert_array_equal(came.sum(axis=1), np.minimum(good.sum(axis=1), entry.places))
        worst = np.where(came, entry.score, np.inf).min(axis=1)
        best_outside = np.where(good & ~came, entry.score, -np.inf).max(axis=1)
        assert not (came & ~good).any()
        assert (worst >= best_outside).all()


@holds
def a_team_leaves_at_most_once(_scenario, _inputs, stages):
    leaves = [np.isin(stage.fate, (Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE)) for stage in stages]
    assert np.sum(leaves, axis=0).max() <= 1


@holds
def known_results_are_those_of_every_replication(scenario, _inputs, stages):
    codes = {"out-by-points": Fate.OUT_BY_POINTS, "out-at-gate": Fate.OUT_AT_GATE}
    for said, outcome in zip(scenario.stages.values(), stages, strict=True):
        if said.happened is None:
            continue
        known = [codes[said.happened[t]] if t in said.happened else Fate.KEPT for t in scenario.teams]
        here = present(outcome)
        np.testing.assert_array_equal(outcome.fate[here], np.broadcast_to(known, here.shape)[here])
        assert not outcome.rank.any()
        assert np.isnan(outcome.total).all()


@holds
def ranks_are_1_to_n_once_each_in_the_field_of_the_cut(_scenario, inputs, stages):
    for stage, outcome in drawn(inputs, stages):
        gated = outcome.fate == Fate.OUT_AT_GATE
        field = present(outcome) & ~gated if stage.gate.mode == "first" else present(outcome)
        np.testing.assert_array_equal(outcome.rank > 0, field)
        for ranks in outcome.rank:
            np.testing.assert_array_equal(
                np.sort(ranks[ranks > 0]), np.arange(1, np.count_nonzero(ranks) + 1)
            )


@holds
def a_better_rank_never_has_fewer_points(_scenario, _inputs, stages):
    for outcome in stages:
        for ranks, totals in zip(outcome.rank, outcome.total, strict=True):
            best_first = totals[ranks > 0][np.argsort(ranks[ranks > 0])]
            assert (np.diff(best_first) <= 0).all()


@holds
def the_cut_keeps_as_many_of_the_good_enough_as_it_says(_scenario, inputs, stages):
    for stage, outcome in drawn(inputs, stages):
        if stage.gate.fails.any():
            continue
        least = -np.inf if stage.cut.minimum is None else stage.cut.minimum
        good = present(outcome) & (outcome.total >= least)
        field = expected = good.sum(axis=1)
        if stage.cut.keep is not None:
            expected = np.minimum(stage.cut.keep[:, 0], field)
        if stage.cut.drop is not None:
            expected = np.maximum(field - stage.cut.drop[:, 0], 0)
        stays = outcome.fate == Fate.KEPT
        np.testing.assert_array_equal(stays.sum(axis=1), expected)
        assert not (stays & ~good).any()


@holds
def whoever_fails_the_gate_is_out_at_the_gate_and_nobody_else(_scenario, inputs, stages):
    for stage, outcome in drawn(inputs, stages):
        np.testing.assert_array_equal(outcome.fate == Fate.OUT_AT_GATE, present(outcome) & stage.gate.fails)


def lendable(stage):
    """GPU-hours of the stage's pool over its window, (replications or 1,)."""
    longest = (stage.days.closes - stage.days.opens).max(axis=-1)
    return stage.grants.pool[..., 0].sum(axis=-1) * longest * 24


@holds
def gpu_hours_never_exceed_the_pool_times_the_window(_scenario, inputs, stages):
    for stage, outcome in zip(inputs, stages, strict=True):
        assert (outcome.gpu_hours.sum(axis=1) <= lendable(stage) * (1 + CLOSE)).all()
        assert (outcome.gpu_hours >= 0).all()


@holds
def an_equal_pool_delivered_on_the_first_day_is_lent_whole_if_anybody_may_have_it(scenario, inputs, stages):
    for stage, outcome, said in zip(inputs, stages, scenario.stages.values(), strict=True):
        if said.grants.shares == "equal" and stage.at_once:
            anybody = (present(outcome) & stage.grants.among).any(axis=1) & stage.held
            expected = np.where(anybody, lendable(stage), 0)
            np.testing.assert_allclose(outcome.gpu_hours.sum(axis=1), expected, rtol=CLOSE)


@holds
def points_lie_between_0_and_the_maximum_of_their_block(_scenario, inputs, stages):
    for stage, outcome in drawn(inputs, stages):
        there = np.broadcast_to(present(outcome)[:, None, :], outcome.points.shape)
        most = np.array([block.maximum for block in stage.scoring.blocks])[:, None]
        assert (outcome.points >= 0)[there].all()
        assert (outcome.points <= most * (1 + CLOSE))[there].all()


@holds
def the_total_is_the_rounded_sum_of_the_blocks(_scenario, inputs, stages):
    for stage, outcome in drawn(inputs, stages):
        there = present(outcome)
        total, exact = outcome.total[there], outcome.points.sum(axis=1)[there]
        assert (np.abs(total - exact) <= stage.scoring.round_to / 2 + CLOSE).all()
        steps = total / stage.scoring.round_to
        np.testing.assert_allclose(steps, np.round(steps), atol=1e-6)


@holds
def what_absent_teams_have_is_missing(_scenario, _inputs, stages):
    for outcome in stages:
        gone = ~present(outcome)
        for name in ("compute", "effective", "capability", "total"):
            assert np.isnan(getattr(outcome, name)[gone]).all()
        assert np.isnan(outcome.points[np.broadcast_to(gone[:, None, :], outcome.points.shape)]).all()
        for name in ("rank", "gpu_hours", "cost"):
            assert (getattr(outcome, name)[gone] == 0).all()


@holds
def what_present_teams_have_is_there(_scenario, inputs, stages):
    for stage, outcome in zip(inputs, stages, strict=True):
        if not stage.held:
            continue
        there = present(outcome)
        assert (outcome.compute[there] >= 0).all()
        np.testing.assert_array_equal(np.isfinite(outcome.capability[there]), outcome.effective[there] > 0)
        if stage.happened is None:
            assert np.isfinite(outcome.total[there]).all()
            assert np.isfinite(outcome.points[np.broadcast_to(there[:, None, :], outcome.points.shape)]).all()


@holds
def without_compute_there_are_no_points_and_no_rank_above_anybody_with_some(_scenario, inputs, stages):
    for _, outcome in drawn(inputs, stages):
        for ranks, effective, totals in zip(outcome.rank, outcome.effective, outcome.total, strict=True):
            nothing = effective == 0
            assert (totals[nothing] == 0).all()
            trained = ranks[(ranks > 0) & (effective > 0)]
            assert ranks[nothing & (ranks > 0)].min(initial=99) > trained.max(initial=0)


@holds
def where_a_stage_is_not_held_everybody_stays_and_nothing_is_lent_or_judged(_scenario, inputs, stages):
    for stage, outcome in zip(inputs, stages, strict=True):
        if stage.held:
            continue
        np.testing.assert_array_equal(outcome.fate == Fate.KEPT, present(outcome))
        assert not outcome.rank.any()
        assert not outcome.gpu_hours.any()
        assert not outcome.cost.any()
        assert np.isnan(outcome.total).all()
        assert np.isnan(outcome.compute).all()
