"""`results.xlsx` of every kind of study: what is in it, in which language, and that it is always the same."""

import json
import shutil

import openpyxl
import pandas as pd
import pytest

import sim
from sim.execute.runner import Runner
from sim.folder.tables import read_table
from sim.scenario.models.inputs import inputs
from sim.studies.inspect import inspect_folder
from sim.studies.saved import merge_folders, replay_folder, resume_folder
from sim.text import LANGS
from tests.studies.small_studies import KINDS, MINIMAL, SCENARIO, content, save_small

RICH = sim.load(
    SCENARIO,
    {
        "teams.red.name": {"en": "=Red", "ko": "빨강"},
        "stages.first.name": {"en": "Round 1", "ko": "1차 평가"},
        "stages.first.cut.keep": {"choice": [2, 1]},
        "stages.first.gate": {"risk": 0.05, "guess": True},
        "judging.follows_strength": 0.5,
        "doubts": {"judging.lasting": [0, 1]},
        "source": "the press",
        "hardware.B200.source": "the ministry",
    },
)


def sheets(folder):
    """Each sheet as a frame, by its name."""
    book = openpyxl.load_workbook(folder / "results.xlsx")
    return {
        page.title: pd.DataFrame(
            page.iter_rows(min_row=2, values_only=True), columns=[c.value for c in page[1]]
        )
        for page in book
    }


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A run with choices and doubts in both languages, and its JSON."""
    found = sim.run(RICH, runs=600)
    folders = {lang: tmp_path_factory.mktemp(lang) / "out" for lang in LANGS}
    for lang, folder in folders.items():
        found.save(folder, lang)
    told = json.loads((folders["en"] / "result.json").read_text("utf-8"))
    return {lang: sheets(folder) for lang, folder in folders.items()}, told


def test_a_run_has_these_sheets_in_either_language(saved):
    both, _ = saved
    assert list(both["en"]) == [
        *("chances", "options", "responses", "what moves it", "what would change it"),
        *("sources and guesses", "about"),
    ]
    assert list(both["ko"])[:3] == ["확률", "선택지", "결과 지표"]
    for english, korean in zip(both["en"].values(), both["ko"].values(), strict=True):
        assert english.shape == korean.shape
    titles = [title for frame in both["ko"].values() for title in frame.columns if title]
    assert [title for title in titles if not any("가" <= letter <= "힣" for letter in title)] == ["id"]


def test_chances_are_those_of_the_json_with_names_beside_ids(saved):
    both, told = saved
    table = both["ko"]["확률"].set_index(["단계 id", "팀 id"])
    for team, chances in told["teams"].items():
        for stage, kinds in chances["stages"].items():
            row = table.loc[stage, team]
            assert row["탈락 확률"] == kinds["leaves"]["p"]
            assert row["95% 구간 하한"] == kinds["leaves"]["low"]
            assert row["심사 탈락"] == kinds["by_gate"]["p"]
            assert [row["가정에 따른 하한"], row["가정에 따른 상한"]] == kinds["leaves"]["range"]
        assert (
            table.loc[("", team) if ("", team) in table.index else (None, team)]["단계 후 잔류"]
            == (chances["selected"]["p"])
        )
    first = table.loc["first", "red"]
    assert (first["단계"], first["팀"], str(first["결과 발표일"])[:10]) == ("1차 평가", "빨강", "2026-07-15")


def test_only_what_the_rules_decide_looks_certain(tmp_path):
    sim.run(MINIMAL, runs=600).save(tmp_path / "out")
    page = openpyxl.load_workbook(tmp_path / "out/results.xlsx")["chances"]
    columns = {cell.value: i for i, cell in enumerate(page[1])}
    first = next(row for row in page.iter_rows(min_row=2) if row[columns["Stage id"]].value == "first")
    assert first[columns["Leaves"]].number_format.startswith("[<0.0005]")
    assert first[columns["At the gate"]].number_format == "0%"  # there is none


def test_each_option_is_there(saved):
    both, told = saved
    table = both["en"]["options"]
    assert list(dict.fromkeys(table["Option"])) == ["keep 2", "keep 1"]
    for option, chances in told["options"].items():
        row = table[(table["Option"] == option) & (table["Team id"] == "red")].iloc[0]
        assert row["Leaves"] == chances["teams"]["red"]["leaves_at_all"]["p"]
        assert row["Team"] == "=Red"


def test_responses_have_their_numbers(saved):
    both, told = saved
    table = both["en"]["responses"].set_index("Id")
    assert set(table.index) == set(told["responses"])
    for name, found in told["responses"].items():
        assert table.loc[name, "Chance or mean"] == found.get("p", found.get("mean"))
    assert table.loc["regret.first", "Stage"] == "Round 1"


def test_what_moves_it_and_what_would_change_it(saved):
    both, told = saved
    effects = both["en"]["what moves it"]
    assert list(effects["Path"]) == [each["path"] for each in told["guesses"]["effects"]]
    assert list(effects["Its high value"]) == [each["ends"][1] for each in told["guesses"]["effects"]]
    changes = both["en"]["what would change it"]
    assert list(changes["Chance of leaving changes by"]) == [
        each["difference"] for each in told["moves"]["changes"]
    ]


def test_every_input_stands_with_its_source_and_whether_it_is_guessed(saved):
    both, _ = saved
    table = both["en"]["sources and guesses"].set_index("Path")
    known = {each.path: each for each in inputs(RICH)}
    assert list(table.index) == list(known)
    assert list(table["Guess"] == "yes") == [each.guess for each in known.values()]
    assert table.loc["hardware.B200.peak", "Source"] == "the ministry"
    assert table.loc["judging.follows_strength", "Source"] == "the press"
    assert table.loc["hardware.B200.peak", "Value"] == 2250
    assert table.loc["teams.green.own.B200", "Value"] == "{uniform: {low: 0, high: 512}}"
    korean = both["ko"]["출처와 가정"]
    assert all(any("가" <= letter <= "힣" for letter in text) for text in korean["입력값"])


def test_a_sweep_has_a_row_for_each_point_and_option_and_csv_beside_parquet(tmp_path):
    vary = ["stages.first.cut.keep=1,2", "stages.first.grants.pool.B200=512,1024"]
    found = sim.sweep(MINIMAL, vary=vary, runs=300)
    found.save(tmp_path / "out", "ko")
    points, responses, _ = sheets(tmp_path / "out").values()
    assert list(points.columns[:4]) == [
        "설정 번호",
        "stages.first.cut.keep",
        "stages.first.grants.pool.B200",
        "선택지",
    ]
    assert points.iloc[:, 1:3].to_numpy().tolist() == [[1, 512], [1, 1024], [2, 512], [2, 1024]]
    odds = found.odds()
    leaving = odds[(odds.chance == "leaves_at_all") & (odds.team == "red")]
    assert list(points["Red 탈락 확률"]) == pytest.approx(list(leaving.p))
    assert len(responses) == 4
    for name in ("chances", "responses"):
        parquet = read_table(tmp_path / "out" / f"{name}.parquet")
        csv = pd.read_csv(tmp_path / "out" / f"{name}.csv", keep_default_na=False, na_values=[""])
        assert list(csv.columns) == list(parquet.columns)
        numbers = parquet.select_dtypes("number").columns
        pd.testing.assert_frame_equal(csv[numbers], parquet[numbers], rtol=1e-8, check_dtype=False)


def test_a_comparison_and_an_analysis_have_names_and_numbers(tmp_path):
    found = save_small("comparison", tmp_path / "comparison")
    table = sheets(tmp_path / "comparison")["differences"]
    differences = found.differences()
    assert list(table["Difference"]) == pytest.approx(list(differences.estimate), nan_ok=True)
    assert table["Response"].iloc[0] == "Red leaves"
    found = save_small("sensitivity", tmp_path / "sensitivity")
    table = sheets(tmp_path / "sensitivity")["what moves it"]
    assert list(table["Input"]) == list(found.odds().name_en)
    assert table["Chance of"].iloc[0] == "the chances of leaving together"


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_command_gives_the_same_bytes(kind, tmp_path):
    for name in ("a", "b"):
        save_small(kind, tmp_path / name)
    assert (tmp_path / "a/results.xlsx").read_bytes() == (tmp_path / "b/results.xlsx").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_that_is_gone_or_edited_is_written_again(kind, tmp_path):
    save_small(kind, tmp_path / "out")
    whole = content(tmp_path / "out")
    for spoil in (lambda path: path.unlink(), lambda path: path.write_bytes(b"PK")):
        spoil(tmp_path / "out/results.xlsx")
        assert "results.xlsx" in inspect_folder(tmp_path / "out").damage
        with pytest.warns(UserWarning, match=r"results\.xlsx"):
            resume_folder(tmp_path / "out", Runner(jobs=1))
        assert content(tmp_path / "out") == whole


def test_the_workbook_is_in_the_language_that_was_asked_for_last(tmp_path):
    found = sim.run(MINIMAL, runs=600)
    for langs in (("en", "ko"), ("ko", "en")):
        folder = tmp_path / langs[0]
        for lang in langs:
            found.save(folder, lang)
            assert ("chances" in sheets(folder)) == (lang == "en")
            assert inspect_folder(folder).is_complete
        assert replay_folder(folder, Runner(jobs=1)).differ == {}
        whole = content(folder)
        (folder / "chances.csv").unlink()
        with pytest.warns(UserWarning, match=r"chances\.csv"):
            resume_folder(folder, Runner(jobs=1))
        assert content(folder) == whole


def test_a_merged_folder_has_the_workbook_of_an_unbroken_run(tmp_path):
    for name, start, stop in (("a", 0, 512), ("b", 512, 1024), ("whole", 0, 1024)):
        sim.run(MINIMAL, replications=(start, stop)).save(tmp_path / name)
    merge_folders([tmp_path / "a", tmp_path / "b"], tmp_path / "both", Runner(jobs=1), "en")
    both, whole = (tmp_path / name / "results.xlsx" for name in ("both", "whole"))
    assert both.read_bytes() == whole.read_bytes()
    shutil.rmtree(tmp_path / "both")


def test_fractions_of_the_json_have_nine_digits_and_counts_are_exact():
    found = sim.run(RICH, runs=700)
    told = found.as_json()
    chance = told["teams"]["red"]["leaves_at_all"]
    exact = found.summary.chance_of("red", "leaves_at_all") if hasattr(found.summary, "chance_of") else None
    assert exact is None or chance["p"] == pytest.approx(exact.p, rel=1e-8)
    assert told["runs"] == 700
    assert all(len(repr(each).replace(".", "").lstrip("0").rstrip("0")) <= 9 for each in fractions(told))
    assert told["options"]["keep 2"]["value"] == 2


def fractions(data):
    """Every number with a point, but for those in powers of ten."""
    if isinstance(data, float) and "e" not in repr(data) and abs(data) < 1e9:
        yield abs(data)
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from fractions(each)
