"""`sim score`: the odds first, within 80 columns, the same numbers as the JSON, no word too much."""

import json
import math
import re

import pytest
from rich.cells import cell_len

import sim
from tests.cli.command import MINIMAL, command
from tests.cli.test_korean import leftovers

SCENARIO = """\
format: 1
name: {en: Three teams, ko: 세 팀}
as_of: 2026-08-20
hardware: {B200: {peak: 2250 TFLOPS, mfu: 0.23}}
teams:
  upstage: {name: {en: Upstage, ko: 업스테이지}}
  lg:      {name: {en: LG AI Research, ko: 엘지인공지능연구원}}
  motif:   {name: {en: Motif, ko: 모티프테크놀로지스}}
  skt:     {name: {en: SK Telecom, ko: 에스케이텔레콤}}
stages:
  stage-1:
    name: {en: Stage 1, ko: 1단계}
    train: 2026-01-01 to 2026-01-31
    result: {planned: 2026-01-31, actual: 2026-02-10}
    grants: {gpus: {default: {B200: 8}}}
    points:
      exam:
        max: 100
        mean: 50
        per_eci: 1
        items:
          easy: {max: 60}
          hard: {max: 40, per_eci_share: 80 %, prior_from: {per_eci_share: 2026-02-10}}
      jury: {max: 100, mean: 50, spread: 2.0, prior_from: {spread: 2026-08-18}}
    gate: {mode: apart, risk: 0.1}
    cut: {keep: 3}
    happened: {motif: out-by-points, skt: out-at-gate}
  stage-2:
    name: {en: Stage 2, ko: 2단계}
    train: 2026-03-01 to 2026-07-31
    result: {planned: 2026-08-10, actual: 2026-08-18}
    grants: {gpus: {default: {B200: 8}}}
    points: {like: stage-1}
    cut: {keep: 1}
    happened: {lg: out-by-points}
"""
RUNS = 2_000


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "three.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def told(*arguments):
    printed = command("score", *arguments, "--runs", RUNS)
    assert (printed.code, printed.err) == (0, "")
    return printed.out


def on_a_line(out):
    return " ".join(out.split())


def test_the_odds_come_first_and_how_little_they_say(file):
    out = on_a_line(told(file))
    odds = json.loads(told(file, "--json"))["odds_against_equal"]
    assert out.startswith(
        "2 results scored (n = 2), each by a forecast from what was known the evening before."
    )
    first = f"{odds['odds']:.2f} to 1 (dice: {odds['low']:.2f} to {odds['high']:.2f})"
    assert f"Odds of the model against equal chances: {first}" in out
    assert "hardly tell one forecast from another" in out


def test_text_and_json_have_the_same_scores(file):
    out, data = told(file), json.loads(told(file, "--json"))
    assert data["n"] == 2
    first, second = data["stages"]["stage-1"], data["stages"]["stage-2"]
    assert first["scores"]["equal"] == pytest.approx(
        {"brier": 0.75, "log": math.log(4), "places": 1 / 6, "by_team": 11 / 48}, abs=0.1
    )
    assert first["given"] == {"failed_gate": ["skt"]}
    assert (first["forecast_as_of"], second["forecast_as_of"]) == ("2026-02-09", "2026-08-17")
    assert sum(each["p"] for each in first["chances"].values()) == pytest.approx(1)
    for stage in (first, second):
        for score in stage["scores"].values():
            assert f"{score['brier']:.2f}" in out
    rows = re.findall(r"^ +the model +(\S+) +(\S+)±(\S+) +(\S+)", out, re.MULTILINE)
    scores = [stage["scores"]["model"] for stage in (first, second)]
    expected = [tuple(f"{score[key]:.2f}" for key in ("brier", "log", "places")) for score in scores]
    assert [(brier, log, places) for brier, log, _, places in rows] == expected


def test_it_is_told_what_is_scored_and_what_is_given(file):
    out = on_a_line(told(file))
    assert "Scored: who leaves by points, given who was evaluated and who failed at the gate." in out
    assert "Stage 1, 2026-02-10: Motif left by points, of 4. Given: SK Telecom failed at the gate." in out
    assert "Without facts, as of 2026-08-17, chance that the cut takes a team, in %:" in out


def test_it_is_told_which_values_were_set_after_a_result(file):
    out = on_a_line(told(file))
    assert "played over the widest range named: how far judges spread teams." in out
    assert "Set after a result, and not cleaned of it: share of the block's slope." in out
    clean = on_a_line(told(file, "--set", "stages.stage-1.points.exam.items.hard.per_eci_share=0.7"))
    assert "not cleaned" not in clean


def test_the_last_ranking_is_scored_where_there_was_one(file):
    first, second = told(file).split("Stage 2, ")
    assert "the last ranking again" not in first
    assert "the last ranking again" in second


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_it_fits_into_80_columns_and_no_forecast_is_called_better(file, lang):
    out = told(file, "--lang", lang)
    assert [line for line in out.splitlines() if cell_len(line) > 80] == []
    assert not re.search(r"better|worse|best|우수|더 낫|더 좋", out.split("0 is perfect")[0])
    assert "\x1b" not in out


def test_korean_has_no_english_words(file):
    assert leftovers(told(file, "--lang", "ko"), sim.load(file), file.name) <= {"n", "RPS", "ln"}


def test_what_was_never_forecast_scores_more_than_can_be_told(file):
    out = told(file, "--set", "teams.motif.effect=30")
    ((brier, log),) = re.findall(r"^ +the model +(\S+) +(\S+)", out, re.MULTILINE)[:1]
    assert brier.startswith(("1.", "2."))
    assert log.startswith(">")
    assert "Odds of the model against equal chances: 0 to 1 (dice: 0 to" in on_a_line(out)


def test_a_scenario_without_results_is_refused_in_one_line():
    printed = command("score", MINIMAL)
    assert printed.code == 2
    assert printed.err.startswith("sim: no stage at which some left by points")
    assert len(printed.err.splitlines()) == 1


@pytest.mark.parametrize("option", ["--runs", "--jobs"])
def test_numbers_below_one_are_refused(file, option):
    printed = command("score", file, option, 0)
    assert (printed.code, printed.err) == (2, f"sim: {option} 0: expected at least 1\n")


def test_help_says_what_it_does_and_every_option():
    out = command("score", "--help").out
    assert "Score forecasts of past stages" in out
    assert all(f"--{option}" in out for option in ("runs", "seed", "set", "jobs", "json", "lang"))
    assert [line for line in out.splitlines() if cell_len(line) > 80] == []


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_of_very_many_teams_no_odds_are_told_that_cannot_be_counted(lang):
    said = command("score", "pqc", "--runs", 500, "--lang", lang).out
    assert "0 to 1" not in said
    assert "0 대 1" not in said
    assert ("each," in said) if lang == "en" else ("각각" in said)  # teams alike share a chance
    assert all(cell_len(line) <= 80 for line in said.splitlines())
