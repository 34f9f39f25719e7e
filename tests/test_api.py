"""The Python interface: load, run, look, save."""

import gzip
import json
import math
import shutil
import subprocess
import sys
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.findings.evidence import MovedNumber, Spread, numbers_table
from sim.scenario.evidence import without_facts
from sim.studies.saved import plot_folder
from tests.playing import forbid_plays

ROOT = Path(__file__).resolve().parents[1]
K_AI = ROOT / "scenarios" / "k-ai-2025-plan.yaml"
MINIMAL = sim.load(ROOT / "scenarios" / "minimal.yaml")
VARY = "stages.first.cut.keep=1,2"
RUNS = 400
ODDS = ["stage", "team", "chance", "count", "of", "p", "low", "high", "certain"]
NAMES = ["team_en", "team_ko", "stage_en", "stage_ko"]
ROWS = ["replication", "stage", "team", "fate", "rank", "compute", "effective", "capability", "total"]
SPREAD = ["q05", "q50", "q95"]


@pytest.fixture(scope="module")
def result():
    return sim.run(sim.load(K_AI), runs=RUNS, seed=3)


def in_new_process(code):
    """What a fresh Python prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT
    ).stdout.strip()


def test_three_lines_are_enough():
    code = "import sim\nscenario = sim.load('scenarios/minimal.yaml')\nprint(sim.run(scenario).odds())"
    assert in_new_process(code).split()[:3] == ODDS[:3]


def test_importing_sim_imports_no_heavy_library():
    heavy = "{'numpy', 'scipy', 'pandas', 'matplotlib', 'pyarrow', 'simpy', 'pydantic'}"
    assert in_new_process(f"import sys, sim; print(sorted({heavy} & set(sys.modules)))") == "[]"


def test_an_unknown_name_is_an_attribute_error_as_in_any_module():
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        getattr(sim, "lod")  # noqa: B009  # type checkers refuse it as a name, too


def test_every_public_name_is_there():
    for name in sim.__all__:
        assert getattr(sim, name).__doc__


def test_odds_have_a_row_a_chance_and_the_columns_that_are_documented(result):
    odds = result.odds()
    assert list(odds.columns) == [*ODDS, *NAMES]
    assert len(odds) == 3 * 5 * 6 + 5 * 3
    assert not odds.duplicated(["stage", "team", "chance"]).any()
    decided = odds[odds.certain == ""]
    assert (decided.p == decided["count"] / decided.of).all()
    assert ((decided.low <= decided.p) & (decided.p <= decided.high)).all()


def test_odds_name_teams_and_stages_in_both_languages(result):
    row = result.odds().query("stage == 'stage-1' and team == 'lg'").iloc[0]
    assert tuple(row[NAMES]) == ("LG AI Research", "LG AI연구원", "Stage 1", "1차 평가")


def test_each_teams_chances_sum_to_one(result):
    odds = result.odds()
    parts = odds[odds.chance.isin(["leaves", "selected", "never_entered"])]
    np.testing.assert_allclose(parts.groupby("team").p.sum(), 1, rtol=1e-12)


def test_outcomes_have_a_row_per_replication_stage_and_team(result):
    rows = result.outcomes()
    assert len(rows) == RUNS * 3 * 5
    assert list(rows.columns[: len(ROWS)]) == ROWS
    assert {"gpu_hours", "cost", "points_benchmark", "points_experts", "points_users"} <= set(rows.columns)
    assert not rows.duplicated(["replication", "stage", "team"]).any()
    assert set(rows.fate) == {"gone", "kept", "out-by-points", "out-at-gate"}


def test_odds_are_the_shares_of_outcomes(result):
    rows, odds = result.outcomes(), result.odds()
    fates = {"by_points": "out-by-points", "by_gate": "out-at-gate", "kept": "kept"}
    for chance, fate in fates.items():
        counted = rows[rows.fate == fate].groupby(["stage", "team"], observed=False).size()
        told = odds[odds.chance == chance].set_index(["stage", "team"])["count"]
        assert all(counted[where] == count for where, count in told.items())


def test_responses_have_the_columns_that_are_documented(result):
    found = result.responses()
    assert list(found.columns) == ["response", "unit", "of", "mean", "low", "high", *SPREAD]
    assert found.response.is_unique
    assert ((found.low <= found["mean"]) & (found["mean"] <= found.high)).all()
    chances = found[found.unit == "chance"]
    assert chances[SPREAD].isna().all(axis=None)
    assert found[found.unit != "chance"][SPREAD].notna().all(axis=None)


def test_responses_agree_with_odds_and_outcomes(result):
    found = result.responses().set_index("response")["mean"]
    rows = result.outcomes()
    best = rows[(rows.stage == "stage-3") & (rows.fate == "kept")].groupby("replication").capability.max()
    assert found["nobody_selected"] == 1 - best.size / RUNS
    assert found["strength_selected"] == pytest.approx(best.mean(), abs=0.01)
    assert found["gpu_hours"] == pytest.approx(rows.groupby("replication").gpu_hours.sum().mean(), abs=50)


def test_a_range_of_outcomes_is_that_of_the_whole(result):
    rows = result.outcomes()
    part = result.outcomes(100, 150)
    pd.testing.assert_frame_equal(
        part, rows[rows.replication.between(100, 149)].reset_index(drop=True), check_exact=True
    )


def test_a_run_of_a_range_gives_the_rows_of_the_whole(result):
    alone = sim.run(result.scenario, seed=3, replications=(100, 150))
    pd.testing.assert_frame_equal(alone.outcomes(), result.outcomes(100, 150), check_exact=True)


@pytest.mark.parametrize("ends", [(-1, 5), (0, RUNS + 1), (7, 7), (9, 8)])
def test_outcomes_outside_the_run_are_refused(result, ends):
    with pytest.raises(ValueError, match="not in this run"):
        result.outcomes(*ends)


@pytest.mark.parametrize(
    "asked", [{"runs": 0}, {"runs": -1}, {"replications": (5, 5)}, {"replications": (-1, 5)}]
)
def test_a_run_of_nothing_is_refused(asked):
    with pytest.raises(ValueError, match="at least one"):
        sim.run(sim.load(K_AI), **asked)


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ({"rules": [max]}, "rules .*expected functions by name"),
        ({"processes": max}, "processes=.*expected a list of functions"),
        ({"processes": [5]}, "processes=.*expected a list of functions"),
    ],
    ids=str,
)
def test_what_is_no_code_of_ones_own_is_a_type_error(own, says):
    for study in EVERY:
        with pytest.raises(TypeError, match=says):
            played(study, **own)


def test_effects_come_strongest_first(result):
    strengths = [each.strength for each in result.effects]
    assert strengths == sorted(strengths, reverse=True)
    assert all(0 <= each <= 1 for each in strengths)


def test_plot_gives_a_figure_that_belongs_to_nobody_else():
    code = (
        "import sys, sim; result = sim.run(sim.load('scenarios/minimal.yaml'), 20)\n"
        "figures = [result.plot(kind, lang='ko') for kind in ('leaving', 'survival')]\n"
        "from matplotlib.figure import Figure\n"
        "print(*(isinstance(each, Figure) for each in figures), 'matplotlib.pyplot' in sys.modules)"
    )
    assert in_new_process(code) == "True True False"


def test_save_writes_files_and_says_which(result, tmp_path):
    folder = tmp_path / "results"
    files = result.save(folder)
    assert all(path.is_file() and path.stat().st_size for path in files)
    names = {path.name for path in files}
    assert {"manifest.json", "chances.csv", "responses.csv", "result.json", "leaving-en.png"} <= names
    counted = json.loads(gzip.decompress((folder / "counts" / "total.json.gz").read_bytes()))["part"]
    assert (counted["start"], counted["stop"]) == (0, RUNS)
    saved = pd.read_csv(folder / "chances.csv", keep_default_na=False, encoding="utf-8-sig")
    assert saved.p.astype(float).tolist() == result.odds().p.tolist()


def test_save_plays_nothing_again_and_writes_no_rows(result, tmp_path, monkeypatch):
    result.documents()  # what a run is set beside is played when it is first looked at
    forbid_plays(monkeypatch)
    result.save(tmp_path)
    assert not list(tmp_path.rglob("*.parquet"))
    assert sim.resume(tmp_path) is None


def test_a_result_tells_what_was_run(result):
    told = result.as_json()
    assert (told["seed"], told["runs"], told["replications"], told["engine"]) == (3, RUNS, [0, RUNS], "batch")
    assert told["scenario"]["hash"] == sim.load(K_AI).digest()


def test_another_seed_is_other_luck_within_the_error(result):
    other = sim.run(result.scenario, RUNS, 4).odds()
    odds = result.odds()
    assert not odds["count"].equals(other["count"])
    same = odds.chance == "selected"
    pooled = (odds[same].p + other[same].p) / 2
    z = (odds[same].p - other[same].p) / (2 * pooled * (1 - pooled) / RUNS).map(math.sqrt)
    assert z.abs().max() < 4


def test_a_figure_that_does_not_exist_is_refused_with_those_that_do(result):
    with pytest.raises(
        ValueError, match="'pie', expected one of briefing, ends, leaving, survival, totals, strength"
    ):
        result.plot("pie")


def test_a_result_says_in_a_line_what_it_is(result):
    name = "Independent AI Foundation Model Project, as announced in 2025"
    assert repr(result) == f"<Result: {RUNS} runs of '{name}', seed {result.case.seed}>"


def test_the_public_names_are_found_by_completion():
    assert set(dir(sim)) == set(sim.__all__)


@pytest.fixture(scope="module")
def forecast():
    """A scenario with facts, choices and doubts, run."""
    return sim.run(sim.load("scenarios/k-ai.yaml"), 60)


@pytest.fixture(scope="module")
def forecast_folder(forecast, tmp_path_factory):
    """It saved; who changes something takes a copy."""
    folder = tmp_path_factory.mktemp("forecast") / "out"
    files = forecast.save(folder)
    return folder, {path.name for path in files}


def test_the_stage_ahead_has_a_briefing_and_options_in_its_folder(forecast, forecast_folder):
    found, (folder, files) = forecast, forecast_folder
    assert {"options.csv", "briefing-en.png", "briefing-en.svg", "briefing-en.txt", "leaving-en.csv"} <= files
    assert {"numbers.csv", "numbers-en.png", "numbers-en.svg"} <= files
    table = pd.read_csv(folder / "options.csv", encoding="utf-8-sig")
    assert len(table) == 4 * 3  # three numbers kept, and a stage that is not held
    assert table.p.tolist() == pytest.approx(found.options().p.tolist())
    assert found.plot("briefing", "ko").get_suptitle().startswith("2개 팀을 남길 경우")


def test_what_facts_moved_is_saved_and_drawn_again_from_its_table(forecast, forecast_folder, tmp_path):
    found = forecast
    shutil.copytree(forecast_folder[0], tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "numbers.csv", encoding="utf-8-sig")
    told = found.as_json()["evidence"]["numbers"]
    assert table.path.tolist() == [each["path"] for each in told]
    for when in ("before", "after"):
        for what in ("mean", "q05", "q95"):
            assert table[f"{when}_{what}"].tolist() == pytest.approx([each[when][what] for each in told])
    assert table.name_en.is_unique
    assert table.name_ko.is_unique
    first = (tmp_path / "out" / "numbers-en.png").read_bytes()
    drawn = plot_folder(tmp_path / "out").files
    assert {"numbers-en.png", "numbers-ko.svg"} <= {path.name for path in drawn}
    assert (tmp_path / "out" / "numbers-en.png").read_bytes() == first
    assert found.plot("numbers", "ko").get_suptitle().startswith("가장 크게 달라진 값")


def test_a_run_without_facts_or_without_uncertain_numbers_has_no_figure_of_them(result):
    assert result.numbers().empty
    with pytest.raises(ValueError, match="nothing in this run"):
        result.plot("numbers")
    known = sim.load("scenarios/k-ai.yaml")
    found = sim.run(without_facts(known), 60)
    study, tables = found.study, dict(found.tables())
    assert "numbers" not in study.figures(tables, "en")
    with_facts = replace(study, request=study.request.model_copy(update={"scenario": known}))
    tables["options.csv"] = tables["options.csv"].assign(without=0.5)
    certain = MovedNumber("a", "a", "", Spread(1.0, 1.0, 1.0), Spread(1.0, 1.0, 1.0))
    moved = replace(certain, before=Spread(1.0, 0.0, 2.0))
    others = {"briefing", "ends", "leaving", "survival"}
    for numbers, more in (([], set()), ([certain], set()), ([certain, moved], {"numbers"})):
        tables["numbers.csv"] = numbers_table(numbers, {"en": ["a"] * 2, "ko": ["a"] * 2})
        assert set(with_facts.figures(tables, "en")) == others | more


def test_from_start_plays_what_is_known(tmp_path):
    scenario = sim.load("scenarios/k-ai.yaml")
    known, drawn = sim.run(scenario, 40), sim.run(scenario, 40, from_start=True)
    assert known.summary.shares()["stage-1", "naver", "by_gate"] == 1
    assert drawn.summary.shares()["stage-1", "naver", "by_gate"] < 1
    assert drawn.scenario == scenario.from_start()


STUDIES: dict[str, tuple[Any, dict[str, Any]]] = {
    "run": (sim.run, {"scenario": MINIMAL, "runs": 5}),
    "sweep": (sim.sweep, {"scenario": MINIMAL, "vary": VARY, "runs": 5}),
    "compare": (sim.compare, {"scenarios": [MINIMAL, MINIMAL], "runs": 5}),
    "sensitivity": (sim.sensitivity, {"scenario": MINIMAL, "points": 64}),
}
EVERY, MOST = tuple(STUDIES), ("run", "sweep", "compare")


def played(study, **how):
    """A small study of a kind, asked for in this way."""
    play, asked = STUDIES[study]
    return play(**(asked | how))


@pytest.mark.parametrize(
    ("studies", "how", "said"),
    [
        (EVERY, {"seed": "x"}, "seed='x', expected int"),
        (EVERY, {"seed": 1.5}, "seed=1.5, expected int"),
        (EVERY, {"seed": True}, "seed=True, expected int"),
        (EVERY, {"seed": None}, "seed=None, expected int"),
        (EVERY, {"jobs": "two"}, "jobs='two', expected int"),
        (EVERY, {"jobs": 1.5}, "jobs=1.5, expected int"),
        (MOST, {"runs": "many"}, "runs='many', expected int"),
        (MOST, {"runs": 10.0}, "runs=10.0, expected int"),
        (MOST, {"replications": ("a", "b")}, "replications='a', expected int"),
        (MOST, {"replications": 7}, "replications=7, expected (start, stop)"),
        (
            ("run", "sweep", "compare"),
            {"replications": (1, 2, 3)},
            "replications=(1, 2, 3), expected (start, stop)",
        ),
        (
            ("run", "sensitivity"),
            {"scenario": "k-ai"},
            "scenario='k-ai', expected Scenario; sim.load",
        ),
        (("run", "sensitivity"), {"scenario": None}, "scenario=None, expected Scenario"),
        (
            ("compare",),
            {"scenarios": ["k-ai", "k-ai"]},
            "scenarios='k-ai', expected Scenario; sim.load",
        ),
        (("compare",), {"scenarios": "k-ai"}, "scenarios='k-ai', expected Scenario; sim.load reads a file"),
        (("sweep",), {"scenario": 7}, "scenario=7, expected Scenario or str or a path"),
        (("run",), {"until_halfwidth": "x"}, "until_halfwidth='x', expected float"),
        (("sweep",), {"until_halfwidth": "x"}, "until_halfwidth='x', expected float"),
        (("run",), {"block": "x"}, "block='x', expected int"),
        (("sensitivity",), {"points": "x"}, "points='x', expected int"),
        (("sweep",), {"vary": 5}, "vary=5, expected str"),
        (EVERY, {"out": 5}, "out=5, expected str or a path"),
    ],
    ids=str,
)
def test_a_wrong_type_is_a_type_error_in_one_line(studies, how, said):
    for study in studies:
        with pytest.raises(TypeError) as refused:
            played(study, **how)
        assert said in str(refused.value)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("study", "how", "said"),
    [
        ("run", {"engine": "x"}, "engine='x', expected auto, batch, event"),
        ("run", {"keep": "x"}, "keep='x', expected rows, counts"),
        ("run", {"keep": "total"}, "keep='total', expected rows, counts"),
        ("run", {"tables": "fr"}, "tables='fr', expected en, ko"),
        ("sweep", {"design": "x"}, "design='x', expected grid, lhs, sobol"),
        ("compare", {"scenarios": []}, "0 scenarios to compare, expected two or more"),
        ("compare", {"given": ["a"]}, "1 names for 2 scenarios"),
        ("run", {"runs": 10**12}, "expected none above 10,000,000,000"),
        ("run", {"team": "rde"}, "no team 'rde' (did you mean 'red'?"),
        ("sensitivity", {"team": "rde"}, "no team 'rde' (did you mean 'red'?"),
    ],
    ids=str,
)
def test_a_value_that_cannot_be_is_a_value_error_in_one_line(study, how, said):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - what it says is looked at below
        played(study, **how)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_numbers_of_numpy_are_numbers():
    one = played("run", runs=np.int64(20), seed=np.int32(3))
    other = played("run", runs=20, seed=3)
    assert one.as_json() == other.as_json()


@pytest.mark.parametrize("study", EVERY)
def test_every_result_has_the_same_verbs(study, tmp_path):
    found = played(study)
    assert repr(found).startswith("<")
    assert "\n" not in repr(found)
    assert f"<p>{escape(repr(found).strip('<>'))}</p><table" in found._repr_html_()
    assert len(found.odds()) > 0
    assert found.plot(lang="ko").axes
    assert tmp_path / "manifest.json" in found.save(tmp_path)
    assert sim.resume(tmp_path) is None


def test_a_scenario_is_told_on_one_line():
    scenario = sim.load("k-ai")
    told = f"7 teams, 3 stages, known until 2026-11-22, {scenario.digest()[:8]})"
    assert repr(scenario) == str(scenario) == f"Scenario('Independent AI Foundation Model Project', {told}"
