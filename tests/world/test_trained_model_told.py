"""What is refused, warned of and told of models with a size; and nothing of it where there is none."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from sim.engines.batch import play_batch
from sim.live.taken import NotTakenError, refuse_what_is_not_taken
from sim.model.draws import Draws
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.facts import forecast_errors
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.options import options
from sim.stats.responses import responses
from sim.stats.tables import columns
from sim.stats.tally import tally
from tests.cli.command import command
from tests.helpers import quiet_data, stage

ROOT = Path(__file__).resolve().parents[2]
EXAM = {"exam": {"max": 60, "mean": 30, "per_eci": 1, "noise": 0}}
JURY = {"jury": {"max": 40, "mean": 20, "spread": 2, "noise": 0, "items": {"depth": 30, "width": 10}}}
TEAMS: dict[str, Any] = {"red": {}, "blue": {}}
SIZE = {"parameters": "250B", "active": "15B"}


def data_with(model, points=None, **more):
    return quiet_data(TEAMS, [stage(1, deepcopy({**EXAM, **JURY, **(points or {})}), model=model)], **more)


SMALL = {"efficiency": {"per_halving": 1, "reference": "15B"}}


@pytest.mark.parametrize(
    ("model", "points", "path", "said"),
    [
        ({"rde": SIZE}, {}, "model.rde", "no team 'rde' (did you mean 'red'?)"),
        ({"red": {"parameters": 250}}, {}, "model.red.parameters", "250, expected at least 1,000,000"),
        (
            {"red": {"parameters": "250X"}},
            {},
            "model.red.parameters",
            "'250X', expected a number in T, B, M or 억",
        ),
        ({"red": {"active": "15B"}}, {}, "model.red.parameters", "missing, expected this required key"),
        (
            {"red": {"parameters": "15B", "active": {"uniform": ["10B", "16B"]}}},
            {},
            "model.red.active",
            "1.6e+10 active parameters of 1.5e+10, expected at most as many as there are",
        ),
        (
            {"red": {**SIZE, "modalities": {"vision": 0.6, "speech": 0.4}}},
            {},
            "model.red.modalities",
            "modalities that take 100 % of compute, expected less than 100 %",
        ),
        ({"red": {**SIZE, "leverage": "by-experts"}}, {}, "model.red", "without `granularity`"),
        (
            {"red": {"parameters": "9B", "leverage": "by-experts", "granularity": 8}},
            {},
            "model.red",
            "`active`",
        ),
        (
            {"red": {**SIZE, "granularity": 8}},
            {},
            "model.red",
            "`granularity` without `leverage: by-experts`",
        ),
        (
            {"red": {**SIZE, "special": {"of": "jruy", "gain": 1}}},
            {},
            "model.red.special.of",
            "no block or item 'jruy' (did you mean 'jury'?)",
        ),
        (
            {"red": SIZE},
            {"exam": {"max": 60, "mean": 30, **SMALL}},
            "points.exam.efficiency",
            "points for a small model, and no model of 'blue', expected stages.s1.model of every team",
        ),
        (
            {"red": SIZE},
            {"exam": {**EXAM["exam"], **SMALL}},
            "points.exam",
            "both `per_eci` and `efficiency`",
        ),
        (
            {"default": SIZE},
            {"jury": {**JURY["jury"], "items": {"depth": {"max": 30, **SMALL}, "width": 10}}},
            "points.jury.items.depth.efficiency",
            "`efficiency` in a block that is judged",
        ),
        (
            {"default": SIZE},
            {"exam": {"max": 60, "mean": 30, **SMALL, "items": {"a": {"max": 60, "per_eci_share": 0.5}}}},
            "points.exam.items.a.per_eci_share",
            "in a block that is about how small a model is",
        ),
        (
            {"default": SIZE},
            {"exam": {**EXAM["exam"], "items": {"a": {"max": 60, "target": 140, **SMALL}}}},
            "points.exam.items.a",
            "`efficiency` beside a slope or a `target`",
        ),
    ],
)
def test_nonsense_is_refused_where_it_stands(model, points, path, said):
    with pytest.raises(ScenarioError) as refused:
        from_data(data_with(model, points))
    found = [str(one) for one in refused.value.problems if one.path == f"stages.s1.{path}"]
    assert any(said in one for one in found), refused.value


def test_points_elsewhere_need_an_elsewhere():
    special = {"of": "exam", "gain": 1, "elsewhere": -1}
    data = quiet_data(TEAMS, [stage(1, EXAM, model={"red": {**SIZE, "special": special}})])
    with pytest.raises(ScenarioError, match="points elsewhere than in 'exam', which is all"):
        from_data(data)


def test_a_model_needs_training():
    data = data_with({"red": SIZE})
    del data["stages"]["s1"]["train"], data["stages"]["s1"]["grants"]
    with pytest.raises(ScenarioError, match="`model` without training"):
        from_data(data)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model.red.parameters": "250T", "model.red.active": "250M"}, "2.5e+14 parameters, expected some"),
        ({"model.red.tokens": "12B"}, "1.2e+10 tokens, expected some 1e+11 to 1e+15"),
        ({"points.exam.rewards": {"visoin": 1}}, "'visoin', which no model of the stage has"),
    ],
)
def test_what_is_odd_is_warned_of(changes, said):
    data = data_with({"red": {**SIZE, "modalities": {"vision": 0.1}}})
    assert not any("model" in str(one) or "rewards" in str(one) for one in lint_warnings(from_data(data)))
    scenario = from_data(data, {f"stages.s1.{path}": value for path, value in changes.items()})
    assert [one for one in lint_warnings(scenario) if said in f"{one.found}, expected {one.expected}"]


def test_a_law_without_a_model_is_warned_of():
    scenario = from_data(quiet_data(TEAMS, [stage(1, EXAM)], scaling={"repeats": 10}))
    assert [one.path for one in lint_warnings(scenario) if one.path == ("scaling",)]


def test_a_forecast_has_no_model_in_its_past():
    scenario = load("k-ai", {"stages.stage-2.model": {"default": SIZE}})
    found = [one for one in forecast_errors(scenario) if one.path == ("stages", "stage-2", "model")]
    assert [one.found for one in found] == ["a model that is trained in a decided stage of a forecast"]
    assert list(forecast_errors(load("sizes"))) == []


def test_a_live_page_refuses_it_by_name():
    scenario = load("sizes")
    with pytest.raises(NotTakenError, match=re.escape("stages.stage-3.model")):
        refuse_what_is_not_taken(scenario, scenario.to_come)


def test_a_choice_of_size_is_called_by_its_size():
    found = [one.name for one in options(load("sizes"))]
    assert found == ["default", "active 33B", "active 60B", "vision 0.2"]


@pytest.fixture(scope="module")
def counted():
    scenario = from_data(data_with({"red": {**SIZE, "active": {"uniform": ["5B", "50B"]}}}))
    return scenario, play_batch(scenario, Draws(1), 0, 50)


def test_the_response_is_what_rows_say(counted):
    scenario, outcomes = counted
    named = [one.name for one in responses(scenario) if one.name.startswith("compute_kept")]
    assert named == ["compute_kept.s1.red"]
    table: Any = columns(scenario, outcomes)
    shares = table["equivalent"][::2] / table["effective"][::2]
    assert tally(scenario, outcomes).measures["compute_kept.s1.red"].mean() == pytest.approx(
        shares.mean(), abs=1e-3
    )
    assert 0 < shares.min() < shares.max() < 1


def test_without_a_model_nothing_is_told():
    scenario = from_data(quiet_data(TEAMS, [stage(1, EXAM)]))
    assert not [one.name for one in responses(scenario) if one.name.startswith("compute_kept")]
    assert "equivalent" not in columns(scenario, play_batch(scenario, Draws(1), 0, 3))
    traced = command("trace", ROOT / "scenarios" / "minimal.yaml")
    assert "best size" not in traced.out


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The example of the page, as a file."""
    text = (ROOT / "docs" / "world" / "model.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    path = tmp_path_factory.mktemp("docs") / "sizes.yaml"
    path.write_text(example, encoding="utf-8")
    return path


def test_the_example_of_the_page_is_without_warnings_and_told(example):
    checked = command("check", example)
    assert (checked.code, checked.err) == (0, "")
    printed = command("run", example, "--runs", "300", "--details")
    assert printed.code == 0
    assert "COMPUTE THAT THE MODEL MAKES USE OF" in printed.out
    assert re.search(r"large +\d+ +\d+\n +small +\d+ +\d+\n", printed.out), printed.out
    found = json.loads(command("run", example, "--runs", "300", "--json").out)
    assert 0 < found["responses"]["compute_kept.only.small"]["mean"] < 1


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            [
                "600B-A60B on",
                "at the best size",
                "ECI lost",
                "FLOP unused: its tokens end",
                "100B-A12B on 20T",
            ],
        ),
        (
            "ko",
            ["600B-A60B 모델", "최적 크기 기준", "토큰이 소진되어 미사용", "100B-A12B 모델, 20T 토큰 학습"],
        ),
    ],
)
def test_a_life_tells_size_tokens_and_what_is_lost(example, lang, said, monkeypatch):
    more = ["--set", "stages.only.grants.pool.B200=4096", "--set", "stages.only.model.large.unique=1T"]
    printed = command("trace", example, "--lang", lang, *more)
    text = " ".join(printed.out.split())
    assert all(each in text for each in said), text
    assert {"en": "times its distinct tokens", "ko": "반복 학습"}[lang] in text


@pytest.mark.parametrize(
    "key", ["stages.*.model.*.active", "scaling.tokens_exponent", "stages.*.points.*.rewards"]
)
def test_keys_are_explained_in_both_languages(key):
    printed = command("scenario", "explain", key)
    assert printed.code == 0
    assert re.search("[가-힣]", printed.out)
