"""The record of one replication: nothing is changed by it, and it says what the outcomes say."""

import math
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from sim.engines import batch, event
from sim.engines.calendar import Phase
from sim.engines.event import play_traced, trace_replication
from sim.engines.happenings import LEAVES, What
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import from_data, load
from tests.engines import differential
from tests.engines.agree import close
from tests.engines.identical import arrays, assert_identical
from tests.generate import scenarios
from tests.generate_wide import wide_scenarios
from tests.helpers import DAYS, FLOP_OF_A_GPU_DAY, GPUS, quiet, quiet_data, stage

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
EXAM = {"exam": {"max": 40, "mean": 20, "per_eci": 0.5, "noise": 1}}
SEED = 5

FATE = {What.STAYS: Fate.KEPT, What.OUT_BY_POINTS: Fate.OUT_BY_POINTS, What.OUT_AT_GATE: Fate.OUT_AT_GATE}


def told(happenings, stage, team, *kinds):
    """The one happening of these kinds to a team at a stage; None if there is none."""
    found = [h for h in happenings if (h.stage, h.team) == (stage, team) and h.what in kinds]
    assert len(found) <= 1
    return found[0] if found else None


def assert_says_the_same(scenario, happenings, outcomes):
    """Every fate, total, rank, compute and GPU-hour of a record is that of its outcomes."""
    for s, outcome in zip(scenario.stages, outcomes.stages, strict=True):
        if not scenario.is_held(s):
            ends = [h.what for h in happenings if h.stage == s]
            assert ends == [What.NOT_HELD] * (s == scenario.ended_before)
            continue
        for t, team in enumerate(scenario.teams):
            fate = told(happenings, s, team, *FATE)
            present = outcome.fate[0, t] not in (Fate.GONE, Fate.NOT_ENTERED)
            assert (fate is not None) == present
            if not present:
                assert told(happenings, s, team, What.WINDOW_OPENS, What.GRANT, What.RANK) is None
                continue
            assert FATE[fate.what] == outcome.fate[0, t]
            submits = told(happenings, s, team, What.SUBMITS, What.SUBMITS_NOTHING)
            assert close(submits.values["compute"], outcome.compute[0, t])
            assert close(submits.values["gpu_hours"], outcome.gpu_hours[0, t])
            assert close(submits.values["own_gpu_hours"], outcome.own_gpu_hours[0, t])
            assert (submits.what is What.SUBMITS_NOTHING) == math.isnan(outcome.capability[0, t])
            rank = told(happenings, s, team, What.RANK)
            assert (rank.values["rank"] if rank else 0) == outcome.rank[0, t]
            assert_scores(told(happenings, s, team, What.SCORES), scenario.stages[s], outcome, t)


def assert_scores(scores, of, outcome, t):
    if scores is None:
        assert of.happened is not None
        return
    assert close(scores.values["total"], outcome.total[0, t])
    assert close(scores.values.get("capability", math.nan), outcome.capability[0, t])
    for b, block in enumerate(of.points):
        assert close(scores.values[f"points.{block}"], outcome.points[0, b, t])


@settings(max_examples=100)
@given(scenarios(), differential.starts())
def test_a_record_says_what_the_batch_engine_says_of_any_scenario(data, replication):
    scenario, source = from_data(data), Draws(SEED)
    happenings, outcomes = play_traced(scenario, source, replication)
    untraced = event.play_events(scenario, source, replication, replication + 1)
    assert_identical(arrays(outcomes), arrays(untraced))
    assert_says_the_same(
        scenario, happenings, batch.play_batch(scenario, source, replication, replication + 1)
    )
    assert_in_order(scenario, happenings)


def assert_in_order(scenario, happenings):
    """By day, phase and stage; of one kind and moment by team as in the file; no two at the same place."""
    stages, teams = list(scenario.stages), ["", *scenario.teams]
    place = [
        (h.day, h.phase, stages.index(h.stage), list(What).index(h.what), teams.index(h.team))
        for h in happenings
    ]
    assert all(one < other for one, other in pairwise(place))


@pytest.mark.parametrize("name", ["minimal", "equal-teams", "k-ai-2025-plan", "k-ai"])
@pytest.mark.parametrize("from_start", [False, True], ids=["known", "from-start"])
def test_a_record_says_what_the_batch_engine_says_of_our_scenarios(name, from_start):
    scenario = load(SCENARIOS / f"{name}.yaml")
    scenario = scenario.from_start() if from_start else scenario
    for replication in (0, 1, 7, 4_001):
        found = trace_replication(scenario, SEED, replication)
        assert_says_the_same(
            scenario, found, batch.play_batch(scenario, Draws(SEED), replication, replication + 1)
        )


def test_what_is_known_is_marked_and_nothing_else():
    found = trace_replication(load(SCENARIOS / "k-ai.yaml"), SEED, 3)
    fates = {What.FAILS_GATE, What.STAYS, *LEAVES, What.SELECTED}
    entry = {What.ENTRY_HELD, What.ENTERS, What.NOT_CHOSEN}
    for h in found:
        known = (h.what in fates and h.stage in ("stage-1", "stage-2")) or h.what in entry
        assert h.fixed == known, h
    assert told(found, "stage-1", "naver", What.FAILS_GATE).fixed
    assert told(found, "stage-1", "motif", What.ENTERS).date == date(2026, 2, 20)
    assert not any(h.fixed for h in trace_replication(load(SCENARIOS / "k-ai.yaml").from_start(), SEED, 3))


def test_dates_are_those_of_the_file():
    found = trace_replication(load(SCENARIOS / "k-ai.yaml"), SEED, 3)
    days = {
        kind: told(found, "stage-1", "lg", kind).date
        for kind in (What.WINDOW_OPENS, What.GRANT, What.DELIVERY, What.SUBMITS, What.STAYS)
    }
    opens = date(2025, 9, 9)
    assert days == {
        What.WINDOW_OPENS: opens,
        What.GRANT: opens,
        What.DELIVERY: opens,
        What.SUBMITS: date(2025, 12, 30),  # a window's last day is in it
        What.STAYS: date(2026, 1, 15),
    }
    assert told(found, "stage-2", "motif", What.WINDOW_OPENS).date == date(2026, 2, 21)
    drawn = trace_replication(load(SCENARIOS / "k-ai-2025-plan.yaml"), SEED, 3)
    assert told(drawn, "stage-1", "lg", What.SCORES).date == date(2025, 12, 31)


def test_a_late_delivery_is_told_when_it_comes_and_one_that_is_too_late_never_comes():
    late = {"gpus": {"default": {"B200": GPUS}}, "delay": {"weighted": {"30": 1, "400": 1}}}
    scenario = quiet({"a": {}, "b": {}, "c": {}}, [stage(1, EXAM, grants=late)])
    delivered = []
    for replication in range(8):
        found = trace_replication(scenario, SEED, replication)
        for team in scenario.teams:
            assert told(found, "s1", team, What.GRANT).values == {"gpus.B200": GPUS}
            delivery = told(found, "s1", team, What.DELIVERY)
            too_late = told(found, "s1", team, What.TOO_LATE)
            assert (delivery is None) != (too_late is None)
            delivered.append(delivery is not None)
            submitted = told(found, "s1", team, What.SUBMITS, What.SUBMITS_NOTHING).values
            days = DAYS - 30 if delivery else 0
            assert submitted["compute"] == pytest.approx(GPUS * days * FLOP_OF_A_GPU_DAY, rel=1e-12)
            if delivery:
                assert delivery.values == {"gpus.B200": GPUS, "late": 30}
                assert delivery.date == date(2026, 1, 31)
    assert len(set(delivered)) == 2


def slow_stage(starts, days, **more):
    """A scenario whose supplier serves a at half its speed for some days from January 1."""
    lent = {"gpus": {"default": {"B200": GPUS}}, "supplier": {"a": "lease"}, **more}
    period = {"starts": starts, "days": days, "speed": 0.5}
    return quiet(
        {"a": {}, "b": {}},
        [stage(1, EXAM, grants=lent)],
        suppliers={"lease": {"slow": {"spring": period}}},
    )


@pytest.mark.parametrize(
    ("starts", "days", "more", "slow", "normal"),
    [
        ("2026-01-11", 20, {}, date(2026, 1, 11), date(2026, 1, 31)),
        ("2025-12-01", 41, {}, date(2026, 1, 1), date(2026, 1, 11)),  # under way as the window opens
        ("2026-01-11", 20, {"delay": 20}, date(2026, 1, 21), date(2026, 1, 31)),  # as the GPUs come
        ("2026-04-01", 400, {}, date(2026, 4, 1), None),  # until the window closes
        ("2025-11-01", 10, {}, None, None),
        ("2026-01-11", 5, {"delay": 20}, None, None),
    ],
)
def test_slow_days_are_told_of_those_who_are_served_while_they_hold_gpus(starts, days, more, slow, normal):
    found = trace_replication(slow_stage(starts, days, **more), SEED, 0)
    told_of_a = [told(found, "s1", "a", kind) for kind in (What.SLOW, What.NORMAL)]
    assert [one and one.date for one in told_of_a] == [slow, normal]
    assert slow is None or told_of_a[0].values == {"speed": 0.5}
    assert told(found, "s1", "b", What.SLOW, What.NORMAL) is None


def test_what_leavers_held_and_what_nobody_gets_is_returned():
    by_rank = {"pool": {"B200": 1000}, "shares": {"by_rank": [0.5, 0.2]}}
    scenario = quiet(
        {"a": {"effect": 20}, "b": {"effect": 10}, "c": {}},
        [stage(1, EXAM, cut={"drop": 1}), stage(2, EXAM, grants=by_rank, cut={"drop": 1})],
    )
    found = trace_replication(scenario, SEED, 0)
    returned = [(h.stage, h.team, dict(h.values)) for h in found if h.what is What.RETURNED]
    assert returned == [
        ("s1", "c", {"gpus.B200": GPUS}),
        ("s2", "", {"gpus.B200": pytest.approx(300)}),
        ("s2", "b", {"gpus.B200": pytest.approx(200)}),
    ]
    assert [h.team for h in found if h.what is What.SELECTED] == ["a"]


def entry(day, **more):
    return {"entry": {"day": day, "candidates": ["x", "y"], "panel": {"spread": 0, "mean": 70}, **more}}


def kinds(found, phase):
    return [(h.what, h.team) for h in found if h.phase is phase]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"places": 2}, [(What.ENTRY_HELD, ""), (What.ENTERS, "x"), (What.ENTERS, "y")]),
        ({"when_fewer_than": 1}, [(What.ENTRY_NOT_HELD, "")]),
        (
            {"panel": {"mean": 10, "minimum": {"weighted": {90: 1, 9: 1e-9}}, "spread": 0}},
            [(What.ENTRY_HELD, ""), (What.NOT_CHOSEN, "x"), (What.NOT_CHOSEN, "y"), (What.NOBODY_ENTERS, "")],
        ),
    ],
)
def test_an_entry_is_told_from_who_applies_to_who_comes_in(more, expected):
    scenario = quiet({t: {} for t in "abxy"}, [stage(1, EXAM, **entry("2026-04-12", **more)), stage(2, EXAM)])
    assert kinds(trace_replication(scenario, SEED, 0), Phase.ENTRY) == expected


def test_a_late_entrant_gets_its_grant_the_day_after_it_has_come_in():
    windows = {"default": "2026-04-21 to 2026-07-29"}
    first = stage(1, EXAM, **entry("2026-05-20", places=1))
    scenario = quiet({t: {} for t in "abxy"}, [first, stage(2, EXAM, train=windows)])
    found = trace_replication(scenario, SEED, 0)
    (who,) = [h.team for h in found if h.what is What.ENTERS]
    days = {told(found, "s2", who, kind).date for kind in (What.WINDOW_OPENS, What.GRANT, What.DELIVERY)}
    assert days == {date(2026, 5, 21)}
    assert told(found, "s2", who, What.DELIVERY).values["late"] == 0
    assert told(found, "s2", "a", What.GRANT).date == date(2026, 4, 21)


def test_nobody_selected_is_told_once_at_the_end():
    scenario = quiet({"a": {}, "b": {}}, [stage(1, EXAM, cut={"keep": 0}), stage(2, EXAM)])
    found = trace_replication(scenario, SEED, 0)
    assert [(h.what, h.stage, h.team) for h in found][-1] == (What.NOBODY_SELECTED, "s2", "")
    assert not any(h.what is What.SELECTED for h in found)


def test_a_process_of_ones_own_is_recorded_where_it_changes_a_speed():
    def slow(world):
        yield world.at(world.inputs.stages[0].days.opens[1] + 10, Phase.GRANT)
        world.hardware.set_speed(1, 0.25)
        yield world.at(world.inputs.stages[0].days.opens[1] + 30, Phase.GRANT)
        world.hardware.set_speed(1, 1.0)

    found = trace_replication(quiet({"a": {}, "b": {}}, [stage(1, EXAM)]), SEED, 0, processes=[slow])
    speeds = [(h.what, h.team, h.date, h.values["own_speed"]) for h in found if "own_speed" in h.values]
    assert speeds == [(What.SLOW, "b", date(2026, 1, 11), 0.25), (What.NORMAL, "b", date(2026, 1, 31), 1.0)]


def test_a_speed_that_is_set_before_the_first_stage_is_recorded_there():
    def strike(world):
        world.hardware.set_speed("b", 0)
        yield world.env.timeout(10)
        world.hardware.set_speed("b", 1)

    found = trace_replication(quiet({"a": {}, "b": {}}, [stage(1, EXAM)]), SEED, 0, processes=[strike])
    speeds = [(h.what, h.team, h.date, h.values["own_speed"]) for h in found if "own_speed" in h.values]
    assert speeds == [(What.SLOW, "b", date(2026, 1, 1), 0), (What.NORMAL, "b", date(2026, 1, 11), 1)]


def test_faults_that_come_one_by_one_are_counted():
    """With 0.5 faults a node and day, 13 nodes and 100 days the count is Poisson with mean 625."""
    often = {"mode": "each", "per_node_day": 0.5, "gpus_per_node": 8, "restart": 0, "checkpoint": 1}
    scenario = quiet({"a": {}}, [stage(1, EXAM)], faults=often)
    counts = [
        told(trace_replication(scenario, SEED, r), "s1", "a", What.SUBMITS).values["faults"]
        for r in range(20)
    ]
    mean = 0.5 * GPUS / 8 * DAYS
    assert abs(np.mean(counts) - mean) <= 4 * np.sqrt(mean / 20)
    happenings, outcomes = play_traced(scenario, Draws(SEED), 4)
    assert_identical(arrays(outcomes), arrays(event.play_events(scenario, Draws(SEED), 4, 5)))
    assert_says_the_same(scenario, happenings, outcomes)


def test_compute_follows_from_what_is_told_of_gpus_days_and_speed():
    """A reader with a pencil gets the compute from the record: GPUs x days x speed, and FLOP of a GPU-day."""
    found = trace_replication(slow_stage("2026-01-11", 20), SEED, 0)
    slow, normal = (told(found, "s1", "a", kind) for kind in (What.SLOW, What.NORMAL))
    opens, closes = (told(found, "s1", "a", kind) for kind in (What.WINDOW_OPENS, What.SUBMITS))
    full_days = (slow.day - opens.day) + (closes.day - normal.day)
    days = full_days + (normal.day - slow.day) * slow.values["speed"]
    gpus = told(found, "s1", "a", What.DELIVERY).values["gpus.B200"]
    assert closes.values["compute"] == pytest.approx(gpus * days * FLOP_OF_A_GPU_DAY, rel=1e-12)
    assert np.isclose(days, DAYS - 10)


@settings(max_examples=60, deadline=None)
@given(wide_scenarios(), differential.starts())
def test_awards_money_and_points_carried_are_those_of_the_batch_engine(data, replication):
    scenario, source = from_data(data), Draws(SEED)
    happenings, _ = play_traced(scenario, source, replication)
    outcomes = batch.play_batch(scenario, source, replication, replication + 1)
    for s, outcome in zip(scenario.held_stages, outcomes.stages, strict=False):
        for t, team in enumerate(scenario.teams):
            award, paid = (told(happenings, s, team, what) for what in (What.AWARD, What.PAID))
            assert (award.values["award"] if award else 0) == outcome.award[0, t]
            assert close(np.array(paid.values["paid"] if paid else 0.0), outcome.paid[0, t])
            scores, rank = (told(happenings, s, team, what) for what in (What.SCORES, What.RANK))
            if scores and "carried" in scores.values:
                assert close(scores.values["carried"], outcome.total[0, t] - outcome.points[0, :, t].sum())
            if rank and "behind" in rank.values:
                best = outcome.total[0][outcome.rank[0] > 0].max()
                assert close(rank.values["behind"], best - outcome.total[0, t])


def test_who_comes_in_again_is_told_so_and_places_are_told_by_group():
    by_group = {"places": {"red": 1, "blue": 1}}
    stages = [stage(1, EXAM, cut=by_group), stage(2, EXAM)]
    day = stages[0]["result"]
    stages[0]["entry"] = {"day": day, "returning": "all", "places": 1}
    data = quiet_data({"a": {"effect": 9}, "b": {"effect": 6}, "c": {}}, stages)
    scenario = from_data({**data, "as_of": "2025-01-01", "groups": {"red": ["a", "b"], "blue": ["c"]}})
    happenings, _ = play_traced(scenario, Draws(SEED), 0)
    entered = told(happenings, "s1", "b", What.ENTERS)
    assert entered is not None
    assert entered.values["again"] == 1
    places = {team: told(happenings, "s1", team, What.RANK).values for team in "abc"}
    assert [places["b"]["rank"], places["b"]["rank.red"], places["b"]["of.red"]] == [2, 2, 2]
    assert [places["c"]["rank"], places["c"]["rank.blue"], places["c"]["of.blue"]] == [3, 1, 1]
