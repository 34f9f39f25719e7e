"""The wider language in both engines: they agree, keep their contracts, and do what their keys say."""

import json
import warnings
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings

from sim.engines import batch, event
from sim.engines.inputs import prepare
from sim.engines.outcomes import concatenate
from sim.model.draws import Draws
from sim.rules.certain import possible
from sim.rules.decisions import Fate
from sim.scenario import from_data
from sim.stats.tally import tally
from tests.alone import alone
from tests.engines import differential
from tests.engines.identical import arrays, assert_identical
from tests.generate_wide import wide_scenarios

SOURCE, START, STOP = Draws(4), 3, 15

ENGINES = (event.play_events, batch.play_batch)


@settings(max_examples=200)
@given(wide_scenarios(), differential.starts())
def test_the_engines_agree(data, start):
    differential.check(data, start)


CHECKS: list[Callable[..., Any]] = []


def holds(check):
    """Look at every scenario by this check, of its stages' inputs and their outcomes."""
    CHECKS.append(check)
    return check


@settings(max_examples=120)
@given(wide_scenarios())
def test_every_check_holds(data):
    scenario = from_data(data)
    inputs = prepare(scenario, SOURCE, START, STOP).stages
    for engine in ENGINES:
        stages = played(engine, scenario).stages
        for check in CHECKS:
            check(scenario, inputs, stages)


def played(engine, scenario):
    """Outcomes; warnings are errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return engine(scenario, SOURCE, START, STOP)


def present(outcome):
    return (outcome.fate != Fate.GONE) & (outcome.fate != Fate.NOT_ENTERED)


def kept(outcome):
    return outcome.fate == Fate.KEPT


@settings(max_examples=60)
@given(wide_scenarios())
def test_ranges_put_together_are_the_longer_run(data):
    scenario = from_data(data)
    for engine in ENGINES:
        parts = [engine(scenario, SOURCE, start, stop) for start, stop in ((2, 3), (3, 9), (9, 16))]
        assert_identical(arrays(concatenate(parts)), arrays(engine(scenario, SOURCE, 2, 16)))


@holds
def who_left_comes_back_only_where_an_entry_says_so(scenario, _inputs, stages):
    for (s, before), after in zip(zip(scenario.stages, stages, strict=True), stages[1:], strict=False):
        assert present(after)[kept(before)].all()
        came = present(after) & ~kept(before)
        for t, team in enumerate(scenario.teams):
            entry = scenario.stages[s].entry
            new = entry is not None and team in entry.candidates and (before.fate[:, t] == Fate.NOT_ENTERED)
            back = scenario.may_return(s, team) and (before.fate[:, t] != Fate.NOT_ENTERED)
            assert not (came[:, t] & ~np.asarray(new | np.asarray(back))).any()
        if scenario.stages[s].entry is not None:
            assert (came.sum(axis=1) <= scenario.stages[s].entry.places).all()


@holds
def nobody_trains_without_hardware_or_a_window(scenario, _inputs, stages):
    for s, outcome in zip(scenario.stages, stages, strict=True):
        if not scenario.trains(s):
            there = present(outcome)
            assert not outcome.gpu_hours.any()
            assert np.isfinite(outcome.capability[there]).all()


@holds
def money_goes_to_whom_it_is_for(scenario, inputs, stages):
    for stage, prepared, outcome in zip(scenario.stages.values(), inputs, stages, strict=True):
        expected = np.zeros(outcome.fate.shape)
        if prepared.pays is not None:
            pays = prepared.pays
            for r in range(len(expected)):
                row = min(r, len(pays.start) - 1), min(r, len(pays.stay) - 1), min(r, len(pays.by_rank) - 1)
                ranked = np.flatnonzero((outcome.rank[r] > 0) & (outcome.fate[r] != Fate.OUT_AT_GATE))
                order = sorted(ranked, key=lambda t: (not kept(outcome)[r, t], outcome.rank[r, t]))
                expected[r] = pays.start[row[0]] * present(outcome)[r] + pays.stay[row[1]] * kept(outcome)[r]
                for prize, t in zip(pays.by_rank[row[2]], order, strict=False):
                    expected[r, t] += prize
        np.testing.assert_allclose(outcome.paid, expected, rtol=1e-12)
        for code, number in enumerate(stage.places_of_awards.values(), start=1):
            assert ((outcome.award == code).sum(axis=1) <= number).all()
        assert not outcome.award[outcome.rank == 0].any()


@holds
def cuts_by_group_and_money_keep_their_word(scenario, inputs, stages):
    for prepared, outcome in zip(inputs, stages, strict=True):
        cut, stays = prepared.cut, kept(outcome)
        if cut.of_group is not None and cut.at_most is not None:
            of_group = (stays[:, None, :] & cut.of_group).sum(axis=-1)
            assert (of_group <= cut.at_most).all() or cut.places is not None
        asked = 0.0 if cut.budget is None else np.broadcast_to(cut.asks, stays.shape)
        np.testing.assert_array_equal(outcome.budget_used, np.where(stays, asked, 0.0) * prepared.held)
        if cut.budget is not None and prepared.has_total:
            spent = (np.where(stays, np.broadcast_to(cut.asks, stays.shape), 0.0)).sum(axis=1)
            assert (spent <= cut.budget[:, 0] * (1 + 1e-9)).all()
        if cut.within is not None and prepared.has_total:
            best = np.where(outcome.rank > 0, outcome.total, -np.inf).max(axis=1)
            behind = best[:, None] - outcome.total
            assert (behind <= cut.within + 1e-9)[stays & (outcome.rank > 0)].all()
    assert len(stages) == len(scenario.stages)


@settings(max_examples=150)
@given(wide_scenarios())
def test_what_the_rules_are_said_to_settle_is_so_in_every_run(data):
    scenario = from_data(data)
    runs = 60
    counts = tally(scenario, batch.play_batch(scenario, SOURCE, 0, runs))
    for (s, t), can in possible(scenario).of.items():
        at = list(scenario.stages).index(s), list(scenario.teams).index(t)
        for what in ("by_points", "by_gate", "kept"):
            assert getattr(can, what) or getattr(counts, what)[at] == 0, (s, t, what)
        there, waits = counts.present[at], counts.not_entered[at]
        assert runs * can.must_be_there <= there <= runs * can.may_be_there, (s, t)
        assert runs * can.must_wait <= waits <= runs * can.may_wait, (s, t)
    prospects = possible(scenario)
    assert all(prospects.least <= bits.bit_count() <= prospects.most for bits in counts.together)


AT_LEAST = {
    "no hardware": 60,
    "a stage on paper among stages with training": 20,
    "a stage in which a gate alone decides": 20,
    "a second stage on the same day": 8,
    "points carried": 30,
    "points carried alone": 5,
    "places of groups": 15,
    "a group that is full": 3,
    "a distance that takes somebody": 10,
    "a budget that takes somebody": 15,
    "awards": 30,
    "prizes": 20,
    "somebody who comes back": 15,
    "somebody who comes back late": 3,
    "a candidate who does not apply": 15,
    "GPU-hours": 10,
    "a further grant": 10,
    "blocks in points of strength": 20,
}
"""In how many of the scenarios of the test below each must occur: about a third of how often it does."""


def survey():
    """Play many scenarios and print what occurs among them."""
    found: Counter[str] = Counter()

    @seed(7)
    @settings(
        max_examples=200,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(wide_scenarios())
    def look(data):
        scenario = from_data(data)
        inputs = prepare(scenario, SOURCE, START, STOP).stages
        stages = played(batch.play_batch, scenario).stages
        found.update(set(said(scenario)) | set(happens(scenario, inputs, stages)))

    look()
    print(json.dumps({name: found[name] for name in AT_LEAST}))


OF_A_STAGE = {
    "a stage in which a gate alone decides": lambda stage: stage.gate and not stage.has_total,
    "points carried": lambda stage: stage.points_carried is not None and stage.points,
    "points carried alone": lambda stage: stage.points_carried is not None and not stage.points,
    "places of groups": lambda stage: stage.cut.places,
    "awards": lambda stage: stage.awards,
    "prizes": lambda stage: stage.pays and stage.pays.by_rank,
    "GPU-hours": lambda stage: stage.grants.counted_in,
    "a further grant": lambda stage: stage.grants.more,
    "blocks in points of strength": lambda stage: any(
        block.slope is None and not block.judged for block in stage.points.values()
    ),
}


def said(scenario):
    """What a scenario says."""
    stages = list(scenario.stages.values())
    yield from (name for name, has in OF_A_STAGE.items() if any(map(has, stages)))
    trains = [scenario.trains(s) for s in scenario.stages]
    if not scenario.hardware:
        yield "no hardware"
    elif any(trains) and not all(trains):
        yield "a stage on paper among stages with training"
    for before, after in pairwise(stages):
        if after.train is None and after.scored == before.decided:
            yield "a second stage on the same day"


def happens(scenario, inputs, stages):
    """What happens in one of its replications."""
    for stage, outcome in zip(inputs, stages, strict=True):
        out, cut = outcome.fate == Fate.OUT_BY_POINTS, stage.cut
        if cut.at_most is not None and cut.places is None and cut.keep is None and out.any():
            yield "a group that is full"
        if cut.within is not None and stage.has_total:
            best = np.where(outcome.rank > 0, outcome.total, -np.inf).max(axis=1, keepdims=True)
            if (out & (best - outcome.total > cut.within)).any():
                yield "a distance that takes somebody"
        if cut.budget is not None and cut.keep is cut.minimum is cut.within is None and out.any():
            yield "a budget that takes somebody"
        if stage.entry is not None and stage.entry.applies is not None and not stage.entry.applies.all():
            yield "a candidate who does not apply"
    for before, stage, after in zip(stages, inputs, stages[1:], strict=False):
        gone = (before.fate != Fate.KEPT) & (before.fate != Fate.NOT_ENTERED)
        if (gone & present(after)).any():
            yield "somebody who comes back"
            if stage.entry is not None and np.any(stage.entry.late):
                yield "somebody who comes back late"


def test_everything_occurs_among_the_scenarios():
    printed = alone("tests.engines.test_wide", "survey")
    counted = json.loads(printed.strip().splitlines()[-1])
    assert {name: number for name, number in counted.items() if number < AT_LEAST[name]} == {}
