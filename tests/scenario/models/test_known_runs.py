"""Runs that happened, as a file names them."""

import pytest

from sim.engines import batch
from sim.model.draws import Draws
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.models.inputs import inputs
from tests.engines.identical import digest
from tests.scenario.broken import GOOD, loaded, refused

RUN = "{team: red, gpus: {B200: 480}, days: 66, compute: 1.4e24 FLOP, compare: days}"
PRICED = GOOD.replace("mfu: 0.23", "mfu: 0.23, price: 9500 KRW")


def with_known(run, text=GOOD):
    """A good scenario with one known run."""
    return f"{text}known:\n  one: {run}\n"


def test_a_scenario_needs_no_known_run(tmp_path):
    assert loaded(tmp_path, GOOD).known == {}


def test_a_run_is_read(tmp_path):
    run = loaded(tmp_path, with_known(RUN)).known["one"]
    assert (run.team, run.gpus, run.days, run.compute) == ("red", {"B200": 480}, 66, 1.4e24)
    assert run.observed == 66


@pytest.mark.parametrize(
    "cost",
    [
        "1200억",
        "1,200억",
        "1200 억",
        "1_200억",
        "1200억원",
        "0.12조",
        "120000000000",
        "1.2e11 KRW",
        "1.2e3억",
    ],
)
def test_a_cost_may_be_written_as_koreans_do(tmp_path, cost):
    text = with_known(f'{{gpus: {{B200: 3000}}, days: 181, cost: "{cost}", compare: cost}}', PRICED)
    if cost.isdigit():
        text = text.replace('"', "")
    assert loaded(tmp_path, text).known["one"].observed == pytest.approx(1.2e11, rel=1e-15)


@pytest.mark.parametrize(("written", "days"), [("75", 75), ("75 days", 75), ("1 day", 1), ("10 weeks", 70)])
def test_a_length_may_have_a_unit(tmp_path, written, days):
    assert loaded(tmp_path, with_known(RUN.replace("66", written))).known["one"].days == days


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("team: red", "team: rde", "known.one.team"),
        ("{B200: 480}", "{B20: 480}", "known.one.gpus.B20"),
        ("{B200: 480}", "{}", "known.one.gpus"),
        ("{B200: 480}", "{B200: 0}", "known.one.gpus.B200"),
        ("{B200: 480}", "{B200: {uniform: [1, 2]}}", "known.one.gpus.B200"),
        ("days: 66", "days: 0", "known.one.days"),
        ("days: 66, ", "", "known.one.days"),
        ("1.4e24 FLOP", "1.4e24 FLOPS", "known.one.compute"),
        ("1.4e24 FLOP", "{uniform: [1, 2]}", "known.one.compute"),
        ("1.4e24 FLOP", "1e400 FLOP", "known.one.compute"),
        ("compare: days", "compare: gpus", "known.one.compare"),
        (", compare: days", "", "known.one.compare"),
        (", compute: 1.4e24 FLOP", "", "known.one"),
        ("compute: 1.4e24 FLOP, compare: days", "compare: cost", "known.one"),
        ("compute: 1.4e24 FLOP, compare: days", "cost: 5억, compare: cost", "known.one.gpus.B200"),
        ("team: red", "taem: red", "known.one.taem"),
    ],
)
def test_a_run_that_makes_no_sense_is_refused_where_it_stands(tmp_path, old, new, path):
    assert old in RUN
    (problem,) = refused(tmp_path, with_known(RUN.replace(old, new)))
    assert (problem.path, problem.line) == (path, GOOD.count("\n") + 2)
    assert problem.found


def test_a_missing_team_is_met_with_the_nearest_one(tmp_path):
    (problem,) = refused(tmp_path, with_known(RUN.replace("team: red", "team: rde")))
    assert problem.hint == "did you mean 'red'?"


def test_a_run_can_be_changed_but_not_invented_without_editing(tmp_path):
    path = tmp_path / "scenario.yaml"
    path.write_text(with_known(RUN), encoding="utf-8")
    assert load(path, {"known.one.days": 70}).known["one"].days == 70
    with pytest.raises(ScenarioError, match="no 'on' in known"):
        load(path, {"known.on.days": 70})


def test_the_resolved_scenario_holds_its_known_runs(tmp_path):
    scenario = loaded(tmp_path, with_known(RUN.replace("team: red", "name: 실행, source: a, guess: [days]")))
    assert from_data(scenario.resolved()) == scenario


def test_known_runs_are_no_inputs_and_change_nothing(tmp_path):
    plain, checked = loaded(tmp_path, GOOD), loaded(tmp_path, with_known(RUN))
    assert inputs(plain) == inputs(checked)
    assert digest(batch.play_batch(plain, Draws(1), 0, 50)) == digest(
        batch.play_batch(checked, Draws(1), 0, 50)
    )
