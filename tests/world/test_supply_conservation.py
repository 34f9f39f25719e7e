"""Of a supply, lent and left over are what has arrived, and hours and money follow, whatever the scenario."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines import batch
from sim.engines.arrivals import arrivals, lend_supply
from sim.engines.evaluation import lend, opening_days
from sim.engines.inputs import prepare
from sim.engines.stage_outcomes import stage_outcome
from sim.model.compute import HOURS_PER_DAY
from sim.model.draws import Draws
from sim.rules.book import BUILT_IN
from sim.scenario import from_data
from tests.generate_world import world_scenarios

SIZE = 6


def supplied(data):
    """(inputs, stage, state, lots, verdict) of every held stage that lends a supply."""
    scenario = from_data(data)
    inputs = prepare(scenario, Draws(7), 3, 3 + SIZE)
    state = batch.initial_state(inputs)
    for stage in inputs.stages:
        verdict, after = batch.play_stage(inputs, stage, state, BUILT_IN)
        if stage.supply is not None and stage.held:
            opens = opening_days(stage, state.field)
            found = lend_supply(stage, state.field, opens, BUILT_IN)
            assert found is not None
            yield inputs, stage, state, found, verdict
        state = after


def arrived_by(inputs, stage, day):
    """GPUs of a stage's supplies that have come by a day, (replications, hardware), from the tranches."""
    total = np.zeros((SIZE, inputs.price.shape[1]))
    for supply in stage.supply.supplies:
        known = inputs.common.supplies[supply.name]
        for tranche in known.tranches:
            since = np.maximum(np.broadcast_to(tranche.day, SIZE), stage.days.starts)
            came = (since <= day) & (since < known.ends)
            total += came[:, None] * tranche.gpus[..., 0]
    return total


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_lent_and_left_over_are_what_has_arrived_at_every_moment(data):
    for inputs, stage, state, found, _ in supplied(data.draw(world_scenarios("supply"))):
        coming = arrivals(stage)
        starts = np.broadcast_to(stage.days.starts, SIZE)
        last = np.broadcast_to(stage.days.closes.max(axis=-1), SIZE)
        moments = [starts, last - 1, *(np.minimum(starts + k, last - 1) for k in (1, 9, 30, 55, 80))]
        present = state.field.present
        sharing = (present & stage.supply.rule.among).any(axis=-1)
        for moment in moments:
            lent = np.zeros((SIZE, inputs.price.shape[1]))
            for each, lot in zip(coming, found.lots, strict=True):
                there = np.broadcast_to(each.day, SIZE) <= moment
                lent += there[:, None] * lot.gpus.sum(axis=-1)
            arrived = arrived_by(inputs, stage, moment)
            left = arrived - lent
            assert np.all(left >= -1e-9 * (1 + arrived))
            if stage.supply.rule.shared_leftover:
                assert left[sharing] == pytest.approx(0, abs=1e-9 * (1 + arrived.max()))
            elif stage.supply.wants is not None:
                asked = (present[:, None, :] * stage.supply.wants).sum(axis=-1)
                expected = np.maximum(arrived - asked, 0.0)
                assert left == pytest.approx(expected, abs=1e-9 * (1 + arrived.max()))
        for lot in found.lots:
            assert np.all(lot.gpus >= 0)
            assert not np.where(present[:, None, :], 0.0, lot.gpus).any()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_hours_are_counted_day_by_day_and_cost_their_price(data):
    for inputs, stage, state, found, verdict in supplied(data.draw(world_scenarios("supply"))):
        opens = np.broadcast_to(opening_days(stage, state.field), state.field.present.shape)
        closes = np.broadcast_to(stage.days.closes, opens.shape)
        granted = lend(stage, state.field, opens, BUILT_IN)
        delivered = np.minimum(opens + stage.grants.delay, closes)
        hours = np.zeros(verdict.hours.shape)
        for day in range(int(opens.min()), int(closes.max())):
            at = (delivered <= day) & (day < closes)
            hours += np.where(at[:, None, :], granted, 0.0) * HOURS_PER_DAY
            for more in stage.grants.more:
                at = (more.starts(opens, closes) <= day) & (day < closes) & state.field.present
                hours += np.where(at[:, None, :], more.gpus, 0.0) * HOURS_PER_DAY
            for lot in found.lots:
                at = (lot.starts <= day) & (day < lot.ends)
                used = 1.0 if lot.turns is None else lot.turns.used[..., None, :]
                hours += np.where(at[:, None, :], lot.gpus, 0.0) * HOURS_PER_DAY * used
        assert verdict.hours == pytest.approx(hours, rel=1e-9, abs=1e-6)
        outcome = stage_outcome(inputs, stage, verdict)
        money = (verdict.hours * inputs.price).sum(axis=1) * state.field.present
        assert outcome.cost == pytest.approx(money, rel=1e-9)
        left = outcome.arrived - outcome.supplied.sum(axis=-1)
        assert np.all(left >= -1e-9 * (1 + outcome.arrived))
