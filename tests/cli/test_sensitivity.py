"""`sim sensitivity`: what it prints, saves and draws."""

import json
import re
from dataclasses import replace
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

import sim
from sim.execute.group import Played
from sim.render.text.sensitivity import render_sensitivity
from sim.scenario import from_data, load
from sim.scenario.language.provenance import format_flow
from sim.stats.input_effects import TornadoCounts
from sim.stats.intervals import wilson
from sim.stats.percent import margin
from sim.stats.sobol import Indices, VarianceShare
from sim.studies.inspect import open_study
from tests.cli.command import MINIMAL, command, once, process
from tests.helpers import quiet, stage

TOTAL = "counts/total.json.gz"
JURY = {"jury": {"max": 100, "mean": 50, "spread": 5, "noise": 2}}


def written(folder, teams, **stage_keys):
    """A file with a quiet scenario of one stage, in which judges follow strength exactly."""
    scenario = quiet(teams, [stage(1, JURY, **stage_keys)], judging={"follows_strength": 1.0})
    path = folder / "one.yaml"
    path.write_text(format_flow(from_data(scenario.resolved()).resolved()), encoding="utf-8")
    return path


def files_of(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def flat(text):
    return " ".join(text.split())


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("given", [(MINIMAL,), (MINIMAL, "--seed", 5), ("k-ai",), ("equal-teams",)], ids=str)
def test_it_fits_and_says_which_numbers_and_runs(given, lang):
    printed = once("sensitivity", *given, "--points", 64, "--lang", lang)
    assert (printed.code, printed.err) == (0, "")
    lines = printed.out.splitlines()
    assert [line for line in lines if cell_len(line) > 80] == []
    assert len(lines) <= 27
    assert str(given[0]).rpartition("/")[2] in lines[0]
    assert "{" not in printed.out


def test_what_matters_most_comes_first_in_a_sentence_and_in_the_table(tmp_path):
    teams = {"a": {"gate_risk": {"uniform": [0.1, 0.9]}}, "b": {"gate_risk": {"uniform": [0.4, 0.6]}}}
    path = written(tmp_path, teams, gate={"risk": 0.0})
    text = command("sensitivity", path, "--points", 256, "--lang", "en").out
    assert "What matters most for who leaves: a's risk at the gate (uncertain, mostly 14 % to 86 %)." in flat(
        text
    )
    rows = [line for line in text.splitlines() if "risk at the gate  " in line]
    assert rows[0].startswith("  a's risk at the gate")
    ends = rows[0].split()[-3:]
    assert ends[1] == "→"
    assert abs(int(ends[0]) - 14) <= 3
    assert abs(int(ends[2]) - 86) <= 3
    assert "*:" not in text  # nothing is a guess


def test_teams_that_no_number_moves_are_told_as_such():
    text = flat(once("sensitivity", "equal-teams", "--points", 64, "--lang", "en").out)
    assert "No number moves a team's chance of leaving so far that it can be told from the dice." in text
    assert "WHO LEAVES" not in text


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "No number of this scenario is uncertain"), ("ko", "불확실한 값이나 범위가 있는 가정값이 없어")],
)
def test_a_scenario_without_uncertain_numbers_is_one_sentence(tmp_path, lang, said):
    path = written(tmp_path, {"a": {}, "b": {}}, gate={"risk": 0.1})
    out = tmp_path / "out"
    printed = command("sensitivity", path, "--lang", lang, "--out", out)
    assert (printed.code, printed.err) == (0, "")
    assert said in printed.out
    assert files_of(out) == {"manifest.json", "sensitivity.csv", "results.xlsx", TOTAL}
    drawn = command("plot", out)
    assert drawn.code == 2
    assert drawn.err.endswith("no number moves a chance so far that it can be told; nothing to draw\n")


def test_a_scenario_in_which_nobody_can_leave_has_nothing_to_weigh(tmp_path):
    path = written(tmp_path, {"a": {"effect": {"uniform": [0, 1]}}, "b": {}})
    printed = command("sensitivity", path, "--lang", "en")
    assert printed.code == 0
    assert "The rules alone decide who leaves" in printed.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--points", 100), "--points 100: expected a power of two from 64 to 65,536, such as 512"),
        (("--points", "many"), "'many', expected a whole number"),
        (("--team", "gren"), "--team gren: no such team (did you mean 'green'?"),
        (("--jobs", 0), "--jobs 0: expected at least 1"),
        (("--set", "training.main_run_shar=1"), "unknown key 'main_run_shar'"),
    ],
)
def test_a_mistake_is_one_line(options, said):
    printed = command("sensitivity", MINIMAL, *options)
    assert printed.code == 2
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1


def test_every_index_is_saved_with_a_figure_that_can_be_drawn_again(tmp_path):
    out = tmp_path / "out"
    options = ("--points", 64, "--out", out, "--team", "blue")
    printed = command("sensitivity", MINIMAL, *options, "--lang", "ko")
    assert (printed.code, printed.err) == (0, "")
    assert files_of(out) == {
        *("manifest.json", "sensitivity.csv", "results.xlsx", TOTAL),
        *(f"tornado-ko.{kind}" for kind in ("png", "svg", "txt", "csv")),
    }
    table = pd.read_csv(out / "sensitivity.csv", encoding="utf-8-sig", keep_default_na=False)
    assert set(table.team) == {"", "red", "blue", "green"}
    assert set(table.target) == {"leaves_at_all", "most_capable_dropped"}
    assert table.groupby(["target", "team"]).factor.nunique().unique().tolist() == [5]
    row = table[(table.factor == "teams.green.own.B200") & (table.team == "green")].iloc[0]
    assert float(row.swing) == pytest.approx(float(row.at_high) - float(row.at_low), abs=1e-6)
    assert (row.law, row.unit, row.guess) == ("{uniform: {low: 0, high: 512}}", "GPUs", False)
    asked = json.loads((out / "manifest.json").read_text("utf-8"))["request"]
    assert (asked["kind"], asked["points"], asked["team"]) == ("sensitivity", 64, "blue")
    before = (out / "tornado-ko.svg").read_bytes()
    assert command("plot", out).code == 0
    assert (out / "tornado-ko.svg").read_bytes() == before
    assert (out / "tornado-en.svg").exists()
    assert command("sensitivity", MINIMAL, *options).code == 0  # once more


def test_a_folder_is_shown_verified_mended_and_repeated(tmp_path):
    command("sensitivity", MINIMAL, "--points", 64, "--out", tmp_path, "--team", "Blue")
    before = (tmp_path / "sensitivity.csv").read_bytes()
    shown = command("results", "show", tmp_path)
    assert shown.out.startswith("A sensitivity analysis of ")
    assert "64 points" in shown.out
    assert "민감도 분석" in command("results", "show", tmp_path, "--lang", "ko").out
    assert command("resume", tmp_path).code == 0
    assert command("results", "replay", tmp_path).code == 0
    (tmp_path / "sensitivity.csv").write_bytes(before[:500])
    assert "Truncated or edited" in command("results", "show", tmp_path).out
    assert command("results", "replay", tmp_path).code == 2
    assert command("resume", tmp_path).code == 0
    assert (tmp_path / "sensitivity.csv").read_bytes() == before
    assert command("results", "replay", tmp_path).code == 0
    assert json.loads((tmp_path / "manifest.json").read_text("utf-8"))["request"]["team"] == "blue"


def test_a_folder_of_another_analysis_is_left_alone(tmp_path):
    command("sensitivity", MINIMAL, "--points", 64, "--out", tmp_path)
    printed = command("sensitivity", MINIMAL, "--points", 128, "--out", tmp_path)
    assert printed.code == 2
    assert "holds results of another run (points 64, this run has 128)" in printed.err
    twice = ("results", "merge", tmp_path, tmp_path, "--out", tmp_path / "x")
    for verb, said in ((("plot", tmp_path, "--x", "cost_eok"), "no sweep"), (twice, "overlaps")):
        printed = command(*verb)
        assert (printed.code, said in printed.err) == (2, True)
        assert len(printed.err.splitlines()) == 1


@pytest.mark.parametrize("name", ["sensitivity.csv", "manifest.json"])
@pytest.mark.parametrize("how", ["missing", "cut short"])
def test_a_spoilt_folder_is_one_line(tmp_path, name, how):
    command("sensitivity", MINIMAL, "--points", 64, "--out", tmp_path)
    if how == "missing":
        (tmp_path / name).unlink()
    else:
        raw = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(raw[: len(raw) // 3])
    printed = command("plot", tmp_path)
    assert printed.code == 2
    assert len(printed.err.splitlines()) == 1
    assert str(tmp_path) in printed.err


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    printed = command("sensitivity", MINIMAL, "--points", 64, "--out", tmp_path)
    assert printed.code == 2
    assert printed.err == f"sim: {tmp_path}: not empty and no results of this program; choose another --out\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_help_is_quick_and_tells_every_option():
    printed = command("sensitivity", "--help")
    assert printed.code == 0
    assert all(
        f"--{o}" in printed.out for o in ("points", "seed", "team", "from-start", "set", "jobs", "out")
    )
    assert [line for line in printed.out.splitlines() if cell_len(line) > 80] == []
    code = (
        "import sys\nfrom sim.cli.app import run_command\nrun_command(['sensitivity', '--help'])\n"
        "print({'numpy', 'scipy', 'pandas'} & set(sys.modules))"
    )
    assert process(code=code).out.endswith("set()\n")


def test_a_guess_that_is_set_is_not_drawn_and_not_counted():
    given = ("sensitivity", MINIMAL, "--points", 64, "--lang", "en")
    assert " · 5 uncertain numbers · " in once(*given).out
    text = command(*given, "--set", "judging.follows_strength=0.3", "--set", "capability.stage_spread=4").out
    assert " · 3 uncertain numbers · " in text
    assert "how far judges follow strength" not in text
    run = ("run", MINIMAL, "--runs", 20, "--lang", "en", "--details")
    before, after = once(*run).out, command(*run, "--set", "judging.follows_strength=0.3").out
    counts = [int(re.findall(r"GUESSED: (\d+) of", text)[0]) for text in (before, after)]
    assert counts[0] - counts[1] == 1
    assert "how far judges follow strength" in before
    assert "how far judges follow strength" not in after


def an_index(shares, of_variance=0.01):
    """Indices of which first and total shares are given as (estimate, low, high)."""
    first, total = zip(*shares, strict=True)
    return Indices(
        VarianceShare(of_variance, 0.9 * of_variance, 1.1 * of_variance),
        tuple(VarianceShare(*one) for one in first),
        tuple(VarianceShare(*one) for one in total),
    )


LARGE, SMALL, NOTHING, UNSURE = (0.5, 0.3, 0.9), (0.2, 0.1, 0.3), (0.0, -0.1, 0.2), (0.4, 0.004, 0.8)


def about(found, team, **changes):
    """The same analysis, asked for about another team."""
    request = found.study.request.model_copy(update={"team": team, **changes})
    return replace(found, study=replace(found.study, request=request))


def as_if(found, one, points=64):
    """The analysis as if it had come to these indices, for all chances alike, from so many points."""
    request = found.study.request.model_copy(update={"points": points, "team": "green"})
    other = replace(found, study=replace(found.study, request=request))
    vars(other).update(leaving=one, indices=(one,) * len(found.targets))  # in the place of what it works out
    return other


def as_printed(found, lang="en"):
    file = StringIO()
    told = render_sensitivity(found.findings(), "minimal", lang, [], None)
    Console(width=80, file=file).print(told)
    return file.getvalue()


def told_of(shares, points=64, lang="en"):
    """What is printed of minimal.yaml if the shares of its five numbers are these, for all chances alike."""
    found = sim.sensitivity(load(MINIMAL), 64)
    found = as_if(found, an_index(shares), points)
    return found, as_printed(found, lang)


def test_the_sentence_is_in_the_order_of_the_shares_that_it_quotes():
    found, text = told_of([(SMALL, LARGE), (UNSURE, LARGE), (LARGE, SMALL), (NOTHING,) * 2, (NOTHING,) * 2])
    names = [unknown.called("en", found.scenario) for unknown in found.inputs]
    sentences = flat(text.split("\n\n")[1])
    assert f"What matters most for who leaves: {names[2]} (" in sentences
    assert f"; next: {names[0]}, 20 % [10-30]." in sentences
    assert f"(second): {names[2]}, 50 % [30-90]; {names[0]}, 20 % [10-30]." in sentences
    assert names[1] not in sentences  # its interval reaches 0
    assert "--points" not in sentences
    rows = [line for line in text.splitlines() if "→" in line]
    assert [names.index(re.split("  +", row[2:])[0]) for row in rows] == [0, 1, 2] * 2  # by their totals
    assert "total (largest on top)" in flat(text)


def test_where_every_interval_reaches_0_one_is_named_and_more_points_are_advised():
    shares = [(NOTHING, LARGE), (UNSURE, LARGE), *[(NOTHING, NOTHING)] * 3]
    found, text = told_of(shares)
    names = [unknown.called("en", found.scenario) for unknown in found.inputs]
    sentences = flat(text.split("\n\n")[1])
    assert f"What matters most for who leaves: {names[1]} (" in sentences
    assert "next:" not in sentences
    assert "no more can be told from 64 points: --points 256 halves it." in sentences
    assert "--points 65536 " in flat(told_of(shares, points=32_768)[1])
    assert "--points" not in told_of(shares, points=65_536)[1]
    assert "--points 256" in flat(told_of(shares, lang="ko")[1])


def test_what_is_not_shown_is_not_told_from_0_and_its_upper_end_is_said():
    wide = (0.3, 0.004, 0.77)
    _, text = told_of([(LARGE, LARGE), (NOTHING, wide), *[(NOTHING, NOTHING)] * 3])
    assert "4 more: not told from 0 (upper end at most 77 %)." in text
    assert len([line for line in text.splitlines() if "→" in line]) == 2


def test_the_margin_of_the_text_is_that_of_the_chances_that_it_shows():
    """A number that is not shown, of which a chance is a half at one end, has no say."""
    found = sim.sensitivity(load(MINIMAL), 64)
    one = an_index([(LARGE, LARGE), *[(NOTHING, NOTHING)] * 4])
    low = np.full((5, len(found.targets)), 41)  # 1 % of 4,096
    low[1:] = 2048
    high = np.full_like(low, 41)
    ends = TornadoCounts(4096, high[0], low, high, only_low=low - high, only_high=high - high)
    found = as_if(replace(found, played=(found.played[0], Played(ends))), one)
    assert "(dice ±0.4)" in flat(as_printed(found))  # 1.96 sqrt(0.01 * 0.99 / 4096) = 0.3, rounded up


def test_the_margin_of_the_text_is_that_of_the_marks_of_the_figure(tmp_path):
    printed = command("sensitivity", MINIMAL, "--points", 64, "--out", tmp_path, "--lang", "en")
    assert printed.code == 0
    (of_text,) = re.findall(r"dice ±([\d.]+)", printed.out)
    _, study = open_study(tmp_path)
    (table,) = study.read_tables(tmp_path).values()
    rows = table[(table.target == "most_capable_dropped") & table.told & (table.total_low >= 0.005)]
    ends = [wilson(round(p * 4096), 4096) for p in (*rows.at_low, *rows.at_high)]
    assert of_text == margin(max(float(high - low) / 2 for low, high in ends))


def test_the_range_of_points_is_in_the_help():
    told = " ".join(command("sensitivity", "--help").out.replace("│", " ").split())
    assert "a power of two from 64 to 65,536" in told


def test_the_team_that_is_told_is_the_one_asked_for_or_the_one_that_moves_most():
    found = sim.sensitivity(load(MINIMAL), 64)
    assert about(found, "red").findings().team == "red"
    most = found.findings()
    assert most.team is not None
    spreads = {each.team: each.deviation for each in most.spreads}
    assert spreads[most.team] == max(spreads.values())
    at = [target.team for target in found.targets].index(most.team)
    assert found.ends is not None
    assert most.leaving is not None
    assert most.leaving.bounds == tuple(found.ends.between(i, at) for i in range(len(most.inputs)))


def test_one_number_is_one(tmp_path):
    path = written(tmp_path, {"a": {}, "b": {}}, gate={"risk": {"uniform": [0.1, 0.9]}})
    assert " · 1 uncertain number · " in command("sensitivity", path, "--points", 64, "--lang", "en").out


def test_numbers_of_stages_without_names_are_told_apart():
    risks = ({"gate": {"risk": {"uniform": [0.1, high]}}} for high in (0.9, 0.8))
    scenario = quiet({"a": {}, "b": {}}, [stage(i, JURY, **risk) for i, risk in enumerate(risks, start=1)])
    names = [each.called("en", scenario) for each in sim.sensitivity(scenario, 64).inputs]
    assert {"risk at the gate, s1", "risk at the gate, s2"} <= set(names)
