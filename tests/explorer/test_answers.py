"""Answers of the page: to the digit what `sim run` says of the file that is downloaded."""

import json

import numpy as np
import pytest
from scipy.stats import t as students_t

from sim.explorer import answers as answering
from sim.explorer.answers import Answers, Asked, TooSlowError
from sim.explorer.settings import FACTS, Playground, SettingError
from sim.rules.decisions import Fate
from tests.cli.command import SCENARIOS, command

KEEP, GPUS = "stages.stage-3.cut.keep", "stages.stage-3.grants.gpus.default.B200"
SPREAD = "stages.stage-3.points.experts.spread"


@pytest.fixture(scope="module")
def k_ai():
    return Answers(Playground(SCENARIOS / "k-ai.yaml"), 1, "en")


def chances(answer):
    return {
        each["id"]: tuple(each["chance"][key] for key in ("p", "low", "high")) for each in answer["teams"]
    }


@pytest.mark.parametrize("settings", [{}, {KEEP: 1, GPUS: 1777}, {SPREAD: 1.5, KEEP: 3}])
def test_chances_are_those_of_the_downloaded_file(k_ai, settings, tmp_path):
    path = tmp_path / "moved.yaml"
    path.write_text(k_ai.playground.file_of(settings), encoding="utf-8")
    printed = json.loads(command("run", path, "--runs", 3000, "--json").out)
    here = chances(k_ai.answer(Asked(settings, {}, 3000)))
    teams = printed["teams"]
    for team, (p, low, high) in here.items():
        there = teams[team]["leaves_at_all"]
        assert (p, low, high) == (there["p"], there["low"], there["high"])


@pytest.mark.parametrize("settings", [{FACTS: False}, {FACTS: False, KEEP: 1, GPUS: 1777, SPREAD: 1.5}])
def test_chances_without_facts_are_those_of_the_command_that_the_file_names(k_ai, settings, tmp_path):
    """As the first line of the downloaded file says it."""
    path = tmp_path / "moved.yaml"
    path.write_text(k_ai.playground.file_of(settings), encoding="utf-8")
    told = path.read_text("utf-8").splitlines()[0].partition(": sim ")[2].split()
    assert told == ["run", "moved.yaml", "--without-facts"]
    printed = json.loads(command("run", path, *told[2:], "--runs", 3000, "--json").out)
    assert printed["evidence"] is None
    answer = k_ai.answer(Asked(settings, {}, 3000))
    for team, found in chances(answer).items():
        there = printed["teams"][team]["leaves_at_all"]
        assert found == (there["p"], there["low"], there["high"])
    assert chances(answer) != chances(k_ai.answer(Asked({**settings, FACTS: True}, {}, 3000)))


def test_a_change_by_facts_is_paired_by_island(k_ai):
    """Particles of an island depend on each other, so it is Student's t of how islands differ."""
    runs, teams = 4000, list(k_ai.playground.scenario.teams)
    given, bare = (k_ai.case_of(settings) for settings in ({}, {FACTS: False}))
    differs = bare.play(0, runs).left.astype(float) - given.play(0, runs).left
    of = given.past.islands
    by_island = np.array([differs[island::of].mean(0) for island in range(of)])
    reach = students_t.ppf(0.975, of - 1) * by_island.std(0, ddof=1) / np.sqrt(of)
    for each in k_ai.answer(Asked({FACTS: False}, {}, runs))["teams"]:
        place, change = teams.index(each["id"]), each["change"]
        assert change["p"] == pytest.approx(differs[:, place].mean(), abs=1e-8)
        ends = differs[:, place].mean() - reach[place], differs[:, place].mean() + reach[place]
        assert (change["low"], change["high"]) == pytest.approx(ends, abs=1e-8)


def test_a_run_has_the_same_luck_ahead_with_and_without_facts_and_another_past(k_ai):
    given, bare = (k_ai.case_of(settings).play(0, 4000).stages for settings in ({}, {FACTS: False}))
    at_gate = [stages[-1].fate == Fate.OUT_AT_GATE for stages in (given, bare)]
    assert at_gate[0].any()
    assert np.array_equal(*at_gate)  # no number on which its risk depends is inferred
    assert not np.array_equal(given[0].points, bare[0].points)


def test_facts_are_a_baseline_like_any_other(k_ai):
    here, there = (
        k_ai.answer(Asked({FACTS: not_used}, {FACTS: not not_used}, 2000)) for not_used in (True, False)
    )
    for one, other in zip(here["teams"], there["teams"], strict=True):
        assert one["change"]["p"] == -other["change"]["p"]
        assert one["change"]["p"] == pytest.approx(one["chance"]["p"] - other["chance"]["p"], abs=2e-9)


def test_fewer_runs_are_the_first_of_more(k_ai):
    """So that nothing jumps when a slider is let go: what is drawn then has the same runs among others."""
    few, many = (k_ai.answer(Asked({KEEP: 1}, {}, runs)) for runs in (2000, 4000))
    for one, other in zip(few["teams"], many["teams"], strict=True):
        leaves, more = round(2000 * one["chance"]["p"]), round(4000 * other["chance"]["p"])
        assert leaves <= more <= leaves + 2000


def test_a_change_is_the_difference_of_the_chances_and_has_their_paired_interval(k_ai):
    base, here = k_ai.answer(Asked({}, {}, 5000)), k_ai.answer(Asked({GPUS: 2000}, {}, 5000))
    for before, after in zip(base["teams"], here["teams"], strict=True):
        change = after["change"]
        assert change["p"] == pytest.approx(after["chance"]["p"] - before["chance"]["p"], abs=2e-9)
        assert change["low"] <= change["p"] <= change["high"]
        assert before["change"]["p"] == 0
    back = k_ai.answer(Asked({}, {GPUS: 2000}, 5000))
    for there, here_again in zip(here["teams"], back["teams"], strict=True):
        assert there["change"]["p"] == -here_again["change"]["p"]


def test_who_may_never_come_in_is_judged_by_staying():
    """Candidates who are not chosen cannot leave, and would seem safest."""
    found = Answers(Playground(SCENARIOS / "programmes" / "astronauts.yaml"), 1, "ko").answer(
        Asked({}, {}, 300)
    )
    assert found["judged"] == "selected"
    assert {each["change"] for each in found["teams"]} == {None}


def test_runs_are_bounded_by_their_numbers(monkeypatch, k_ai):
    with pytest.raises(SettingError, match="expected 1 to 20,000"):
        k_ai.answer(Asked({}, {}, 20_001))
    monkeypatch.setattr(answering, "MOST_NUMBERS", 7_000)
    assert 1 <= k_ai.answer(Asked({}, {}, 2000))["runs"] < 2000


def test_what_takes_too_long_is_refused_with_why(monkeypatch, k_ai):
    monkeypatch.setattr(answering, "_STRETCH", 100)
    monkeypatch.setattr(answering, "MOST_SECONDS", 0.0)
    with pytest.raises(TooSlowError, match="longer than"):
        k_ai.answer(Asked({}, {}, 1000))


def test_stretches_change_nothing(monkeypatch, k_ai):
    whole = k_ai.answer(Asked({GPUS: 600}, {}, 2000))
    monkeypatch.setattr(answering, "_STRETCH", 700)
    assert k_ai.answer(Asked({GPUS: 600}, {}, 2000)) == whole


def test_an_answer_is_plain_data(k_ai):
    text = json.dumps(k_ai.answer(Asked({"stages.stage-3.held": False}, {}, 100)), allow_nan=False)
    assert np.isfinite([each["chance"]["p"] for each in json.loads(text)["teams"]]).all()
