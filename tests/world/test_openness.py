"""What models begin from: what compute counts, the gate's risk, and what is left when a model closes."""

from datetime import date, timedelta
from math import log10
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from sim.engines import batch, event
from sim.engines.changes import Said, changes_between
from sim.forecast.island import FULL
from sim.forecast.past import past_identity
from sim.live.taken import NotTakenError, refuse_what_is_not_taken
from sim.model.draws import Draws, Key, Purpose
from sim.rules.certain import possible
from sim.rules.decisions import Fate
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.facts import forecast_errors
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.comparison import indistinguishable_teams
from sim.scenario.options import options
from sim.stats.responses import responses
from tests.engines.identical import arrays, assert_identical
from tests.helpers import DAYS, GPUS, REFERENCE, assert_chances, assert_mean, both_engines, quiet, stage

ROOT = Path(__file__).resolve().parents[2]
KAPPA = 5.0  # of quiet scenarios
EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1.0}}  # so wide that nobody comes near its ends
LUCK = {"capability": {"team_spread": 2.5, "stage_spread": 4.0}}
FIRST, SECOND = date(2026, 1, 1), date(2026, 4, 21)  # when the windows of stages 1 and 2 open
LAST = SECOND + timedelta(DAYS - 1)  # the last day of training
RISK = 0.2  # of the gates' own


def programme(bases=None, stages=2, rules=None, **more):
    """Teams `a` and `b`, or those with `bases`; gates at all stages, of which one leaves at the last."""
    bases = {"a": None, "b": None} if bases is None else bases
    teams = {t: {} if base is None else {"base": base} for t, base in bases.items()}
    rounds = [
        stage(
            n, EXAM, **{"gate": {"risk": RISK}, "cut": {"keep": len(teams) - (n == stages)}, **(rules or {})}
        )
        for n in range(1, stages + 1)
    ]
    return quiet(teams, rounds, **more)


def opened(kind="open", **said):
    return {"openness": {kind: said}}


def closing(day, **more):
    return {"earliest": str(day), **more}


def play(scenario, size=400, engine=batch.play_batch, seed=7):
    return engine(scenario, Draws(seed), 0, size)


def strength(outcomes):
    """(stages, teams) of the first replication."""
    return np.array([each.capability[0] for each in outcomes.stages])


def assert_same(one, other):
    """The same outcomes, byte for byte."""
    assert_identical(arrays(one), arrays(other))


@both_engines
def test_from_scratch_is_as_without_a_base_to_the_last_byte(play):
    said = opened(compute=3.0, gate_risk=0.9, leak=5.0, closes=closing(FIRST), delay=20.0)
    ours = play(programme({"a": "scratch", "b": None}, **LUCK, **said), Draws(7), 0, 12)
    assert_same(ours, play(programme(**LUCK), Draws(7), 0, 12))


@both_engines
@pytest.mark.parametrize("kind", ["open", "continued"])
def test_compute_that_counts_so_many_times_adds_kappa_log_f(play, kind):
    ours = play(programme({"a": kind, "b": None}, **opened(kind, compute=3.0)), Draws(7), 0, 4)
    np.testing.assert_allclose(strength(ours), [[100 + KAPPA * log10(3), 100]] * 2, rtol=1e-12)
    for each in ours.stages:
        there = ~np.isnan(each.compute)
        np.testing.assert_array_equal(each.effective[there], (each.compute * [3.0, 1.0])[there])


@both_engines
def test_the_risk_of_a_base_is_that_of_a_team_that_has_it_of_its_own(play):
    ours = play(programme({"a": "open", "b": None}, **LUCK, **opened(gate_risk=0.6)), Draws(7), 0, 300)
    own = programme(**LUCK).resolved()
    own["teams"]["a"]["gate_risk"] = 0.6
    theirs = play(from_data(own), Draws(7), 0, 300)
    assert_same(ours, theirs)
    fails = ours.stages[0].fate[:, 0] == Fate.OUT_AT_GATE
    assert_chances(fails[:, None], [0.6])


def test_a_risk_that_a_team_has_of_its_own_stands_before_that_of_its_base():
    data = programme({"a": "open", "b": None}, **opened(gate_risk=1.0)).resolved()
    data["teams"]["a"]["gate_risk"] = 0.0
    assert not (play(from_data(data)).stages[0].fate[:, 0] == Fate.OUT_AT_GATE).any()


@both_engines
def test_what_has_closed_before_the_first_window_is_from_scratch(play):
    said = opened(compute=3.0, gate_risk=0.9, closes=closing(FIRST - timedelta(40)), delay=40.0)
    ours = play(programme({"a": "open", "b": "open"}, **LUCK, **said), Draws(7), 0, 20)
    assert_same(ours, play(programme(**LUCK), Draws(7), 0, 20))


@both_engines
@pytest.mark.parametrize(
    ("day", "delay", "counted"),
    [
        (FIRST - timedelta(10), 30, 80),  # 20 of the 30 days are lost
        (FIRST, 30, 70),
        (FIRST + timedelta(40), 0, 60),  # what has been trained by then is lost
        (FIRST + timedelta(40), 15, 45),
        (FIRST + timedelta(40), 15.4, 45),  # whole days
        (FIRST + timedelta(DAYS - 1), 0, 1),  # the last day
        (FIRST + timedelta(40), 60, 0),  # nothing is left, and no model
        (FIRST + timedelta(40), 900, 0),
    ],
)
def test_when_it_closes_the_run_is_lost_and_begins_anew_after_the_delay(play, day, delay, counted):
    """By hand: compute in proportion to the days that are left; from scratch, and so once."""
    said = opened(compute=3.0, closes=closing(day), delay=float(delay))
    ours = play(programme({"a": "open", "b": None}, 1, **said), Draws(7), 0, 3)
    (found,) = ours.stages
    np.testing.assert_allclose(found.compute, [[REFERENCE * counted / DAYS, REFERENCE]] * 3, rtol=1e-12)
    np.testing.assert_array_equal(found.effective, found.compute)
    np.testing.assert_allclose(found.gpu_hours, GPUS * DAYS * 24, rtol=1e-12)  # idle, and paid for
    if counted == 0:
        assert np.isnan(found.capability[:, 0]).all()
    else:
        assert found.capability[0, 0] == pytest.approx(100 + KAPPA * log10(counted / DAYS), rel=1e-12)


@both_engines
def test_a_model_that_closes_the_day_after_a_window_was_open_for_it_and_is_closed_for_the_next(play):
    said = opened(compute=3.0, closes=closing(FIRST + timedelta(DAYS)))
    ours = play(programme({"a": "open", "b": None}, **said), Draws(7), 0, 1)
    np.testing.assert_allclose(strength(ours)[:, 0], [100 + KAPPA * log10(3), 100], rtol=1e-12)


@both_engines
def test_grants_that_come_late_and_further_ones_count_from_the_restart_on(play):
    """By hand: 100 GPUs come after 20 days, 50 more on day 70, 20 are its own; closed on day 30, 10 lost."""
    more = {"later": {"day": str(FIRST + timedelta(70)), "gpus": {"default": {"B200": 50.0}}}}
    grants = {"gpus": {"default": {"B200": GPUS}}, "delay": 20.0, "more": more}
    rules = {"grants": grants, "own": {"default": {"B200": 20.0}}}
    said = opened(closes=closing(FIRST + timedelta(30)), delay=10.0)
    (found,) = play(programme({"a": "open", "b": None}, 1, rules, **said), Draws(7), 0, 2).stages
    full = 20 * DAYS + GPUS * 80 + 50 * 30
    np.testing.assert_allclose(found.compute[0] / REFERENCE * GPUS * DAYS, [120 * 60 + 50 * 30, full])
    late = opened(closes=closing(FIRST + timedelta(5)), delay=5.0)  # while only its own train
    (found,) = play(programme({"a": "open", "b": None}, 1, rules, **late), Draws(7), 0, 2).stages
    np.testing.assert_allclose(found.compute[0, 0] / REFERENCE * GPUS * DAYS, full - 20 * 10)


@both_engines
def test_who_falls_back_has_the_risk_of_the_gate_again(play):
    size = 600
    said = opened(gate_risk=1.0, closes=closing(SECOND))
    ours = play(programme({"a": "open", "b": None}, 1, **said), Draws(7), 0, size)
    assert (ours.stages[0].fate[:, 0] == Fate.OUT_AT_GATE).all()  # closes after the only stage
    said = opened(gate_risk=1.0, closes=closing(FIRST, after={"uniform": [0, 200]}))
    ours = play(programme({"a": "open", "b": None}, 1, **said), Draws(7), 0, size)
    # It closes within the window, of 100 days, if `after` is below 99.5: half of it, at 0.2, else for sure.
    early = 99.5 / 200
    failed = ours.stages[0].fate[:, 0] == Fate.OUT_AT_GATE
    assert_chances(failed[:, None], [early * RISK + 1 - early])


def test_a_chance_of_closing_is_a_mixture_run_by_run_and_all_who_depend_on_it_fall_together():
    size, p = 20_000, 0.4
    day = closing(FIRST + timedelta(50))
    said = {"compute": 8.0, "delay": 10.0}
    bases = {"a": "open", "b": "open", "c": None}
    ours = play(programme(bases, **LUCK, **opened(closes={**day, "chance": p}, **said)), size)
    closed = play(programme(bases, **LUCK, **opened(closes=day, **said)), size)
    without = play(programme(bases, **LUCK, **opened(compute=8.0)), size)
    falls = Draws(7).columns([Key(Purpose.CLOSING, item="open")], 0, size)[0] < p
    for mixed, one, other in zip(ours.stages, closed.stages, without.stages, strict=True):
        np.testing.assert_array_equal(mixed.fate, np.where(falls[:, None], one.fate, other.fate))
    assert_chances(falls[:, None], [p])
    assert ((ours.stages[0].compute < REFERENCE)[:, :2] == falls[:, None]).all()
    leaves = [float(each.left[:, 2].mean()) for each in (closed, without)]
    assert leaves[1] - leaves[0] > 0.05  # or the next line says nothing
    assert_chances(ours.left[:, 2:], [p * leaves[0] + (1 - p) * leaves[1]])


def test_the_delay_is_a_draw_of_each_team_whoever_else_there_is():
    size = 5000
    said = opened(closes=closing(FIRST), delay={"uniform": [0, 50]})
    three = play(programme({"a": "open", "b": "open", "c": "open"}, 1, **said), size).stages[0].compute
    two = play(programme({"a": "open", "c": "open"}, 1, **said), size).stages[0].compute
    np.testing.assert_array_equal(three[:, [0, 2]], two)
    lost = DAYS - three / REFERENCE * DAYS
    for team in range(3):
        assert_mean(lost[:, team], 25.0, 50 / 12**0.5)
    assert abs(np.corrcoef(lost[:, 0], lost[:, 1])[0, 1]) < 4 / size**0.5


@both_engines
def test_a_stage_may_say_otherwise_than_the_team(play):
    rules = [{"base": {"a": "scratch", "default": "open"}}, {}]
    rounds = [stage(n, EXAM, cut={"keep": 2}, **more) for n, more in enumerate(rules, start=1)]
    ours = play(quiet({"a": {"base": "open"}, "b": {}}, rounds, **opened(compute=10.0)), Draws(7), 0, 1)
    np.testing.assert_allclose(strength(ours), [[100, 105], [105, 100]], rtol=1e-12)


@both_engines
def test_what_leaks_is_counted_of_those_who_are_there(play):
    scenario = programme({"a": "open", "b": None}, **LUCK, **opened(leak=5.0))
    ours = play(scenario, Draws(7), 0, 30)
    there = [stage.fate[:, 0] != Fate.GONE for stage in ours.stages]
    for each, is_there in zip(ours.stages, there, strict=True):
        np.testing.assert_array_equal(each.leaked[:, 0], np.where(is_there, 5.0, 0.0))
        assert not each.leaked[:, 1].any()
    (measure,) = [each for each in responses(scenario) if each.name == "leaked"]
    values, _ = measure.ask(ours)
    np.testing.assert_array_equal(values, 5.0 * np.sum(there, axis=0))
    assert not [each for each in responses(programme()) if each.name == "leaked"]


def test_a_base_may_be_a_choice():
    scenario = programme(**opened(compute=10.0)).resolved()
    scenario["teams"]["a"]["base"] = {"choice": ["scratch", "open"]}
    assert [one.scenario.teams["a"].base for one in options(from_data(scenario))] == ["scratch", "open"]


def test_what_is_certain_counts_both_risks_of_who_may_fall_back():
    sure = opened(gate_risk=1.0, closes=closing(FIRST))
    assert (
        possible(programme({"a": "open", "b": None}, 1, **opened(gate_risk=1.0))).of["s1", "a"].kept is False
    )
    assert possible(programme({"a": "open", "b": None}, 1, **sure)).of["s1", "a"].kept is True


@pytest.mark.parametrize(
    ("bases", "said", "line"),
    [
        ({"a": "open", "b": None}, {}, "teams.a.base: `open`, of which `openness` says nothing"),
        ({"a": "continued", "b": None}, opened(compute=2), "teams.a.base: `continued`, of which"),
        ({"a": "open", "b": None}, opened(), "openness.open: a base that changes nothing"),
        ({"a": "open", "b": None}, opened(compute=2, delay=5), "`delay` of a model that never closes"),
        ({"a": "open", "b": None}, opened(compute=0), "openness.open.compute: 0, expected at least 0.001"),
        ({"a": "open", "b": None}, opened(gate_risk=2), "openness.open.gate_risk: 2, expected"),
        ({"a": "open", "b": None}, opened(closes=closing("1066-01-01")), "closes.earliest: 1066-01-01"),
        ({"a": "close", "b": None}, opened(compute=2), "teams.a.base"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_one_line(bases, said, line):
    with pytest.raises(ScenarioError) as refused:
        programme(bases, **said)
    assert line in str(refused.value)
    assert len(refused.value.problems) == 1


def test_other_nonsense_is_refused():
    with pytest.raises(ScenarioError, match=r"stages.s1.base.bb: no team 'bb'"):
        programme(rules={"base": {"bb": "open"}}, stages=1, **opened(compute=2))
    each = {"faults": {"per_node_day": 0.1, "mode": "each"}}
    with pytest.raises(ScenarioError, match="a model that may close, with faults one by one"):
        programme({"a": "open", "b": None}, **each, **opened(closes=closing(FIRST)))
    votes = {"result": "2026-07-15", "points": {"votes": {"max": 60, "mean": 35}}, "cut": {"keep": 1}}
    contest = {"format": 1, "name": "A contest", "as_of": "2026-01-01", "teams": {"a": {}, "b": {}}}
    with pytest.raises(ScenarioError, match="`openness` without hardware"):
        from_data(contest | {"stages": {"s1": votes}} | opened(leak=1))


@pytest.mark.parametrize(
    ("bases", "said", "found"),
    [
        (None, opened(compute=2), "bases that no team begins from"),
        ({"a": "open", "b": None}, opened(closes=closing(FIRST, chance=0)), "it never closes"),
        ({"a": "open", "b": None}, opened(closes=closing(LAST + timedelta(1))), "when all training is over"),
    ],
)
def test_what_cannot_matter_is_warned_of(bases, said, found):
    scenario = from_data(programme(bases, **said).resolved() | {"as_of": "2025-12-31"})
    assert [warning for warning in lint_warnings(scenario) if found in str(warning)]
    fine = programme({"a": "open", "b": None}, **opened(closes=closing(LAST))).resolved()
    fine = from_data(fine | {"as_of": "2025-12-31"})
    assert not [warning for warning in lint_warnings(fine) if warning.path[0] == "openness"]


def test_a_page_to_mail_refuses_it_by_name():
    with pytest.raises(NotTakenError, match=r"^openness$"):
        refuse_what_is_not_taken(programme(**opened(compute=2)), ["s1"])
    scratch = programme({"a": "scratch", "b": None})
    with pytest.raises(NotTakenError, match=r"^teams.a.base$"):
        refuse_what_is_not_taken(scratch, ["s1"])


def test_a_past_in_which_a_model_may_have_closed_is_not_inferred():
    given = {"teams.lg.base": "open", "openness.open.compute": 2.0}
    before, ahead = (
        load("k-ai", {**given, "openness.open.closes.earliest": day}) for day in ("2026-01-20", "2026-08-01")
    )
    assert [error.path for error in forecast_errors(before)] == [("openness", "open", "closes", "earliest")]
    assert not list(forecast_errors(ahead))
    # What a base did to decided stages is part of the past, so it is another one.
    assert past_identity(ahead, 1, FULL) != past_identity(load("k-ai"), 1, FULL)


def test_who_begins_from_something_else_is_unlike_the_others():
    assert indistinguishable_teams(programme({"a": "open", "b": "open"}, **opened(compute=2))) == [("a", "b")]
    assert indistinguishable_teams(programme({"a": "scratch", "b": None})) == [("a", "b")]
    assert indistinguishable_teams(programme({"a": "open", "b": None}, **opened(compute=2))) == []


def test_what_is_left_out_is_not_in_the_resolved_scenario_and_its_change_is_a_whole_play():
    without, ours = programme(), programme({"a": "open", "b": None}, **opened(compute=2))
    assert "openness" not in without.resolved()
    assert "base" not in without.resolved()["teams"]["a"]
    assert "base" not in without.resolved()["stages"]["s1"]
    assert from_data(ours.resolved()) == ours
    assert changes_between(Said.by(without), Said.by(ours)) is None


def test_a_life_tells_what_teams_begin_from_and_when_they_fall_back():
    said = opened(compute=2.0, closes=closing(FIRST + timedelta(30)), delay=12.0)
    rules = {"gate": None}
    happenings = event.trace_replication(programme({"a": "open", "b": None}, rules=rules, **said), 1, 0)
    opens = [(h.stage, h.team) for h in happenings if h.what == "window-opens" and "base.open" in h.values]
    assert opens == [("s1", "a")]
    (fall,) = [one for one in happenings if one.what == "falls-back"]
    assert (fall.date, fall.team, dict(fall.values)) == (FIRST + timedelta(30), "a", {"lost": 42.0})


def test_the_scenario_has_no_warnings():
    assert lint_warnings(load(ROOT / "scenarios" / "open-or-scratch.yaml")) == []


@both_engines
def test_the_example_of_the_document_is_as_it_says(play):
    text = (ROOT / "docs" / "world" / "openness.md").read_text(encoding="utf-8")
    scenario = from_data(YAML(typ="safe").load(text.split("```yaml\n")[1].split("```")[0]))
    assert lint_warnings(scenario) == []
    (found,) = play(scenario, Draws(7), 0, 2).stages
    np.testing.assert_allclose(found.compute[:, 1] / found.compute[:, 0], 0.2, rtol=1e-9)
    assert round(5.7 * log10(5), 1) == 4.0
