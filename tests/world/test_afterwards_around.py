"""What is refused and warned of after leaving, and how it is told, saved, explored and forecast."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len
from ruamel.yaml import YAML

import sim
from sim.engines import batch
from sim.engines.calendar import Phase
from sim.engines.happenings import Happening, What
from sim.execute.case import Case
from sim.execute.runner import Runner
from sim.explorer.answers import Answers, Asked
from sim.explorer.settings import Playground
from sim.forecast.island import FULL
from sim.forecast.past import lies_ahead, past_identity
from sim.live.taken import NotTakenError, refuse_what_is_not_taken
from sim.model.draws import Draws
from sim.render.text.ending import ending_lines
from sim.render.text.layout import Names
from sim.render.text.trace import ecosystem_phrases
from sim.render.workbook.words import response
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.language.load import with_values
from sim.stats.tally import tally
from sim.studies import DEFAULT_SEED
from tests.cli.command import command, once
from tests.engines.identical import arrays, assert_identical
from tests.helpers import quiet_data, stage

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
INSTITUTES = SCENARIOS / "institutes.yaml"
EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1}}
SAID: dict[str, Any] = {
    "until": "2027-12-31",
    "share_of_frontier": 0.5,
    "go_on": {},
    "institutes": {"count": 23, "needs": 0.5},
    "companies": {"count": 100},
}


def data(said):
    stages = [stage(1, EXAM, cut={"keep": 1}), stage(2, EXAM)]
    return quiet_data({"a": {}, "b": {"own": {"B200": 50}}}, stages) | {
        "as_of": "2026-01-01",
        "afterwards": {**SAID, **said},
    }


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"until": "2026-07-28"}, "afterwards.until: 2026-07-28, expected a day on or after 2026-07-29"),
        ({"until": "2199-12-31"}, "afterwards.until: 2199-12-31, 348 models after the last stage, expected"),
        ({"dates": ["2025-12-31"]}, "afterwards.dates.0: 2025-12-31, expected a day from 2026-01-01 to"),
        ({"dates": ["2027-12-31"]}, "afterwards.dates.0: 2027-12-31, expected a day from"),
        ({"dates": ["2026-12-31"] * 2}, "afterwards.dates.1: 2026-12-31 a second time, expected each day"),
        ({"institutes": None}, "afterwards.companies: companies without institutes, which they follow"),
        ({"institutes": {"count": 23}}, "neither of `needs` and `needs_strength`, expected one of them"),
        (
            {"institutes": {"count": 2, "needs": 0.5, "needs_strength": 140}},
            "both of `needs` and `needs_strength`, expected one of them",
        ),
        ({"go_on": {"gpus": {"c": {"B200": 1}}}}, "afterwards.go_on.gpus.c: no team 'c'"),
        ({"go_on": {"gpus": {"b": {"B20": 1}}}}, "afterwards.go_on.gpus.b.B20: no hardware 'B20'"),
        ({"share_of_frontier": 75}, "afterwards.share_of_frontier: 75, expected at least 0 and at most 1"),
        ({"go_on": {"every": 7}}, "afterwards.go_on.every: 7, expected at least 30"),
        ({"openness": 1}, "afterwards.openness: "),
        (
            {"institutes": {"count": 1, "needs": 0.5, "hub": {"opens": "1980-01-01", "pace": 2}}},
            "afterwards.institutes.hub.opens: 1980-01-01, expected a day from 1990-01-01 to 2200-01-01",
        ),
    ],
    ids=str,
)
def test_nonsense_is_refused_by_one_line(said, told):
    with pytest.raises(ScenarioError) as refused:
        from_data(data(said))
    (problem,) = refused.value.problems
    assert told in str(problem)


def test_without_hardware_there_is_nothing_to_go_on_with():
    contest = data({}) | {"hardware": {}, "teams": {"a": {}, "b": {}}}
    for block in ("capability", "training", "faults"):
        del contest[block]
    for each in contest["stages"].values():
        del each["train"], each["grants"]
        each["points"] = {"exam": {"max": 100, "mean": 50}}
    with pytest.raises(ScenarioError) as refused:
        from_data(contest)
    (problem,) = refused.value.problems
    assert "afterwards: `afterwards` without hardware, expected `hardware`, or no such block" in str(problem)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"go_on": {"gpus": {"default": "none"}}},
            "afterwards.go_on: teams that go on, none of which has a GPU",
        ),
        (
            {"institutes": {"count": 23, "needs": 0.5, "innovation": 0}},
            "afterwards.institutes.innovation: 0: nobody begins by himself",
        ),
        ({"companies": {"count": 9, "innovation": 0}}, "afterwards.companies.innovation: 0: nobody begins"),
        (
            {"institutes": {"count": 1, "needs": 0.5, "hub": {"opens": "2028-01-01", "pace": 2}}},
            "afterwards.institutes.hub.opens: 2028-01-01, after 2027-12-31",
        ),
    ],
    ids=str,
)
def test_what_is_legal_and_odd_is_warned_of(said, told):
    (warning,) = [each for each in lint_warnings(from_data(data(said))) if "afterwards" in each.path]
    assert told.split(": ", 1)[0] == ".".join(warning.path)
    assert told.split(": ", 1)[1] in warning.found


def test_what_is_usual_is_not_odd():
    assert not [each for each in lint_warnings(from_data(data({}))) if "afterwards" in each.path]


@pytest.fixture(scope="module")
def run():
    return sim.run(load(INSTITUTES), runs=300, seed=1)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_run_tells_it_in_both_languages(run, lang):
    names, end = Names.of(run.scenario, lang), run.counted_findings().ending
    told = dict(zip(run.responses().response, run.responses()["mean"], strict=True))
    lines = [line.plain for line in ending_lines(names, end, "")]
    text = "\n".join(lines)
    for name in ("institutes_served", "domestic_models", "domain_models", "domestic_models.2026-06-30"):
        assert f"{told[name]:.1f}" in text, name
    for said in ("2026-06-30", "2027-12-31", "75", "23", "1,000", f"{100 * told['half_of_institutes']:.0f}"):
        assert said in text, said
    assert f"{told['months_to_half']:.0f}" in text
    assert max(map(cell_len, text.splitlines())) <= 80


def test_a_run_counts_models_and_institutes_by_their_korean_words(run):
    names, end = Names.of(run.scenario, "ko"), run.counted_findings().ending
    told = dict(zip(run.responses().response, run.responses()["mean"], strict=True))
    text = "\n".join(line.plain for line in ending_lines(names, end, ""))
    models, served = (f"{told[name]:.1f}" for name in ("domain_models", "institutes_served"))
    assert re.search(rf"기관별 특화 모델, 2027-12-31까지 +{models}개$", text, re.MULTILINE)
    assert f"23곳 중 {served}곳" in text


LIFE = {"domestic": 2.0, "institutes": 4.6, "companies": 1234.0}


@pytest.mark.parametrize(
    ("lang", "values", "told"),
    [
        ("en", LIFE, ["2 domestic models", "4.6 institutes", "1,234 companies"]),
        (
            "en",
            {**LIFE, "domestic": 1.0, "companies": 1.2},
            ["1 domestic model", "4.6 institutes", "1 company"],
        ),
        ("ko", LIFE, ["국내 모델 2개", "기관 4.6곳", "기업 1,234곳"]),
    ],
)
def test_a_life_counts_what_there_is_on_a_day(lang, values, told):
    one = Happening(0.0, Phase.CUT, "stage-3", "", What.ECOSYSTEM, values)
    assert list(ecosystem_phrases(load(INSTITUTES), lang, {What.ECOSYSTEM: one})) == told


def test_a_run_without_it_says_nothing_of_it():
    result = sim.run(load(SCENARIOS / "minimal.yaml"), runs=20)
    assert result.counted_findings().ending.ecosystem is None
    assert not [name for name in result.responses().response if "domestic" in name or "institutes" in name]


def test_json_and_tables_have_every_response_and_the_workbook_a_word_for_it(run):
    names = {*run.responses().response}
    assert {"institutes_served", "domestic_models.2026-12-31", "strongest_outside", "months_to_half"} <= names
    for lang in ("en", "ko"):
        words = Names.of(run.scenario, lang)
        assert all(response(words, name)[0] for name in names)
    assert response(Names.of(run.scenario, "en"), "domestic_models.2026-12-31") == (
        "Domestic models that count", "2026-12-31",
    )  # fmt: skip


def test_a_comparison_tells_what_the_same_gpus_give_without_elimination():
    printed = once("compare", INSTITUTES, SCENARIOS / "everyone-a-winner.yaml", "--runs", 300)
    assert "Domestic models, 2026-12-31" in printed.out
    assert "Best domestic model, ECI" in printed.out
    korean = once("compare", INSTITUTES, SCENARIOS / "everyone-a-winner.yaml", "--runs", 300, "--lang", "ko")
    assert "국내 최고 모델(ECI)" in korean.out
    assert "2026-12-31)" in korean.out


def test_a_life_tells_models_from_outside_and_who_begins_when():
    printed = once("trace", INSTITUTES, "--replication", 7)
    assert "After leaving, and outside the programme" in printed.out
    assert "a model of its own, strength" in printed.out
    assert "institutes begin with an open domestic model" in printed.out
    told = [
        json.loads(line) for line in once("trace", INSTITUTES, "--replication", 7, "--json").out.splitlines()
    ]
    what = [one["what"] for one in told]
    assert what.count("ecosystem") == 3
    assert "makes-alone" in what
    outcomes = batch.play_batch(load(INSTITUTES), Draws(1), 7, 8)
    last = [one for one in told if one["what"] == "ecosystem"][-1]
    found: Any = outcomes.afterwards
    assert last["institutes"] == pytest.approx(found.institutes[0, 2])
    assert last["day"] == "2027-12-31"
    days = [one["day"] for one in told]
    assert days == sorted(days)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_key_is_explained(lang):
    for key in ("afterwards", "afterwards.go_on.share", "afterwards.institutes.hub.pace", "needs_strength"):
        printed = command("scenario", "explain", key, "--lang", lang)
        assert printed.code == 0
        assert "afterwards" in printed.out


def test_a_page_to_mail_refuses_it_by_name():
    with pytest.raises(NotTakenError, match="afterwards"):
        refuse_what_is_not_taken(load(INSTITUTES), ["stage-1"])


def test_the_page_to_play_with_works_and_says_the_same_chances():
    """Fates do not depend on it: they are those of the file without it."""
    moved = {"stages.stage-3.cut.keep": 1}
    here, there = (
        Answers(Playground(SCENARIOS / f"{name}.yaml"), 1, "en").answer(Asked(moved, {}, 300))
        for name in ("institutes", "k-ai-2025-plan")
    )
    assert [each["chance"] for each in here["teams"]] == [each["chance"] for each in there["teams"]]


def test_it_lies_ahead_of_every_past():
    """Facts say nothing of it: particles of a forecast are those of the file without it."""
    k_ai = load(SCENARIOS / "k-ai.yaml")
    said = {"until": "2028-12-31", "share_of_frontier": 0.6, "go_on": {"share": {"uniform": [0.2, 1]}}}
    with_it = with_values(k_ai.resolved(), {"afterwards": said})
    assert past_identity(with_it, 1, FULL) == past_identity(k_ai, 1, FULL)
    assert lies_ahead(with_it, "afterwards.go_on.share")


def test_a_forecast_goes_on_from_its_past_and_leaves_fates_as_they_are():
    k_ai = load(SCENARIOS / "k-ai.yaml").settled()
    said = {"until": "2027-12-31", "share_of_frontier": 0.6, "go_on": {}}
    runner = Runner(jobs=1)
    cases = [
        Case(s, DEFAULT_SEED, "batch") for s in (k_ai, with_values(k_ai.resolved(), {"afterwards": said}))
    ]
    plain, other = (
        batch.play_batch(case.played, case.source(Draws(DEFAULT_SEED)), 0, 200)
        for case in map(runner.inform, cases)
    )
    assert_identical(arrays(plain, stages=9), arrays(other, stages=9))
    found: Any = other.afterwards
    naver = list(k_ai.teams).index("naver")
    assert not np.isnan(found.outside[:, 1:, naver]).any()  # out at the first evaluation, with own GPUs


def test_the_example_of_the_page_is_played():
    text = (ROOT / "docs" / "world" / "afterwards.md").read_text("utf-8")
    example = YAML(typ="safe").load(text.partition("```yaml\n")[2].partition("```")[0])
    scenario = from_data(example)
    assert lint_warnings(scenario) == []
    counts = tally(scenario, batch.play_batch(scenario, Draws(1), 0, 400))
    assert counts.measures["strongest_outside"].size > 0
    assert counts.measures["institutes_served"].mean() > 1
