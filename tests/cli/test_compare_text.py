"""`sim compare`: its first sentence, leaving at any stage, money, and that nothing changes."""

import json

import pandas as pd
import pytest
from rich.cells import cell_len

import sim
from sim.scenario import from_data, load
from sim.scenario.language.provenance import format_flow
from tests.cli.command import command, once
from tests.helpers import quiet_data, stage

ONE_LEFT = "minimal --set stages.first.cut.keep=1"
FASTER = "minimal --set hardware.B200.mfu=0.5"
FEWER_LEFT = "minimal --set stages.first.cut.drop=2"


def row(text, label):
    """The cells of the first row of that label."""
    line = next(line for line in text.splitlines() if line.startswith(f"  {label}  "))
    return line.removeprefix(f"  {label}").split()


def title_above(text, label):
    """The nearest line above the first row of that label that is no row."""
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(f"  {label}  "))
    return next(line for line in reversed(lines[:at]) if not line.startswith(" "))


def paragraph(text):
    """The first paragraph, on one line."""
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


def saved(contest, path):
    path.write_text(format_flow(contest), encoding="utf-8")
    return path


def certain(keep):
    """Two teams of which the first is stronger and nothing is drawn; two stages, the first keeps all."""
    exam = {"exam": {"max": 100, "mean": 50, "per_eci": 0.5}}
    stages = [stage(1, exam, cut={"keep": 2}), stage(2, exam, cut={"keep": keep})]
    return quiet_data({"a": {"name": "Anna", "effect": 40}, "b": {"name": "Bert"}}, stages)


def test_chances_are_of_leaving_at_any_stage_and_then_of_leaving_at_each():
    text = once("compare", "minimal", ONE_LEFT, "--runs", 500).out
    alone = [
        json.loads(once("run", *each.split(), "--runs", 500, "--json").out)["teams"]["red"]
        for each in ("minimal", ONE_LEFT)
    ]
    percents = [str(int(100 * each["leaves_at_all"]["p"] + 0.5)) for each in alone]
    assert title_above(text, "Red").startswith("CHANCE OF LEAVING AT ANY STAGE, %")
    assert row(text, "Red")[:2] == percents
    # At the last stage nobody of the second is left who could leave, but at any stage more leave.
    assert "CHANCE OF LEAVING, first, %" in text
    assert "CHANCE OF LEAVING, second, %" in text


def test_of_one_stage_ahead_the_title_names_it():
    text = once("compare", "k-ai", "one-finalist", "--runs", 300).out
    assert title_above(text, "LG AI Research").startswith("CHANCE OF LEAVING, Stage 3, %")
    assert "AT ANY STAGE" not in text


def test_a_team_that_leaves_later_instead_of_earlier_leaves_all_the_same(tmp_path):
    data = certain(1)
    sooner = {**data, "stages": {**data["stages"], "s1": {**data["stages"]["s1"], "cut": {"keep": 1}}}}
    found = sim.compare([from_data(data), from_data(sooner)], 50)
    by = {(each.stage, each.team): each.difference for each in _all(found)}
    assert (by["", "b"].first, by["", "b"].second, by["", "b"].estimate) == (50, 50, 0)
    assert (by["s1", "b"].estimate, by["s2", "b"].estimate) == (1, -1)
    paths = [saved(each, tmp_path / f"{name}.yaml") for name, each in (("later", data), ("sooner", sooner))]
    text = command("compare", *paths, "--runs", 50).out
    # No chance of leaving at all changes, and yet fates do: it is not run by run the same.
    assert "no team's chance of leaving changes" in paragraph(text)
    assert "First run in which fates differ: 0" in text


def _all(found):
    (beside,) = found.findings().beside_first
    return (*beside.leaving, *(each for stage in beside.by_stage.values() for each in stage))


def test_who_leaves_for_certain_is_told_in_the_first_sentence(tmp_path):
    given = saved(certain(2), tmp_path / "c.yaml")
    text = command("compare", given, f"{given} --set stages.s2.cut.keep=1", "--runs", 500).out
    told = "With “Teams that stay, s2” at 1 instead of 2, Bert leaves with a chance of >99 % instead of 0 %."
    assert paragraph(text) == told
    assert row(text, "Anna")[:2] == ["0", "<1"]


def test_the_first_sentence_names_the_option_and_the_teams_from_the_greatest_change():
    given = "k-ai", "k-ai --set stages.stage-3.cut.keep=1"
    english, korean = (
        paragraph(once("compare", *given, "--runs", 300, "--lang", x).out) for x in ("en", "ko")
    )
    assert english.startswith("With “Teams that stay, Stage 3” at 1 instead of 2, ")
    assert "대신" in korean
    both = "k-ai", "k-ai --set stages.stage-3.grants.gpus.lg.B200=2000"
    english, korean = (
        paragraph(once("compare", *both, "--runs", 300, "--lang", x).out) for x in ("en", "ko")
    )
    assert english.startswith(
        "If 2 are kept, with “GPUs for each team (LG AI Research), Stage 3” at B200: 2000, LG "
    )
    assert korean.startswith(
        "2개 팀을 남길 경우 ‘팀별 지원 GPU 수 (LG AI연구원), 3차 평가’ 항목에 B200: 2000 적용 시 "
    )


def test_another_option_of_the_same_file_is_compared_by_setting_it():
    text = once("compare", "k-ai", "k-ai --set stages.stage-3.cut.keep=3", "--runs", 300).out
    assert "(A: keep 2, B: held)" in text  # of the second that stage 3 is held is all that is left to choose
    assert row(text, "LG AI Research")[1] in {"<1", *map(str, range(12))}  # the gate alone


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_nothing_that_differs_is_told_in_one_plain_line(lang):
    text = once("compare", "minimal", "minimal", "--runs", 200, "--lang", lang).out
    told = {
        "en": "Run by run the same: nothing differs between A and B in any of 200 runs.",
        "ko": "모든 실행에서 결과가 같다. 200회 실행에서 A와 B 사이에 다른 값이 하나도 없다.",
    }
    assert paragraph(text) == told[lang]
    assert [line for line in text.splitlines() if cell_len(line) > 80] == []


def test_the_same_teams_leave_although_all_are_stronger():
    text = once("compare", "minimal", FASTER, "--runs", 200).out
    assert paragraph(text).startswith(
        "With “share of peak on B200” at 0.5 instead of 0.23, "
        "nobody's chance changes: run by run, the same teams leave."
    )
    months = row(text, "Best that stays, months behind")
    assert months[2].startswith("-1.")  # the gap shrinks, by the same in every run but for rounding
    assert row(text, "Lease, 억")[2] == "0"


def test_money_in_other_currencies_has_no_difference(tmp_path):
    dollars = {**certain(1), "currency": "USD"}
    dollars["hardware"] = {"B200": {"peak": 1000.0, "mfu": 0.5, "price": 3}}
    won = {**certain(1), "hardware": {"B200": {"peak": 1000.0, "mfu": 0.5, "price": 3}}}
    paths = [saved(each, tmp_path / f"{name}.yaml") for name, each in (("won", won), ("dollars", dollars))]
    text = command("compare", *paths, "--runs", 20, "--out", tmp_path / "out").out
    cells = row(text, "Lease, 억")
    assert cells[-2:] == ["–", "–"]
    assert "$" in " ".join(cells)
    table = pd.read_csv(tmp_path / "out" / "differences.csv", encoding="utf-8-sig", keep_default_na=False)
    assert "cost" not in set(table.what)
    assert "gpu_hours" in set(table.what)


def test_prizes_stand_beside_their_difference(tmp_path):
    data = certain(1)
    data["stages"]["s2"]["pays"] = {"by_rank": [5e8]}
    given = saved(data, tmp_path / "prize.yaml")
    text = command("compare", given, f"{given} --set 'stages.s2.pays.by_rank=[700000000]'", "--runs", 20).out
    assert row(text, "Payments and prizes, 억") == ["5", "7", "+2", "–"]


def test_many_teams_are_those_that_change_most_and_a_line_for_the_rest(tmp_path):
    teams = {"t": {"copies": 60}}
    jury = {"jury": {"max": 100, "mean": 50, "spread": 5}}
    data = {
        **quiet_data(teams, [stage(1, jury, cut={"keep": 30})]),
        "teams": {"t": {"name": "T", "copies": 60}},
    }
    given = saved(data, tmp_path / "many.yaml")
    text = command("compare", given, f"{given} --set stages.s1.cut.keep=20", "--runs", 200).out
    # And eight of those whose fates part in the first run that differs.
    assert len([line for line in text.splitlines() if line.startswith("  T ")]) == 15 + 8
    assert "and 45 more teams, whose chances differ by at most " in text


def test_fates_of_the_event_engine_are_paired_alike():
    minimal = load("minimal")
    found = sim.compare([minimal, load("minimal", {"stages.first.cut.keep": 1})], 200)
    counts = found.beside_first[0].chances
    for team in minimal.teams:
        leaves, selected = counts["", team, "leaves_at_all"], counts["", team, "selected"]
        # Everybody is there from the start: who is not selected has left, in both.
        assert (leaves.b, leaves.c) == (selected.c, selected.b)
        assert (leaves.first + selected.first, leaves.second + selected.second) == (200, 200)
