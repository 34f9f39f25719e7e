"""What a live page says once something is moved: the program's sentences, chances and differences."""

import json

import numpy as np
import pytest

from sim.explorer.answers import Answers, Asked
from sim.explorer.settings import Playground
from sim.live.document import live_page
from sim.live.judge import MOST_TEAMS
from tests.live.differential import SCENARIOS, random_settings
from tests.live.node import PAGE, node, skip_without_node

ANSWERS = PAGE.parents[2] / "tests/live/answers.js"
KAI_KEEP, KAI_RISK = "stages.stage-3.cut.keep", "stages.stage-3.gate.risk"


@pytest.fixture(scope="module", autouse=True)
def _node():
    skip_without_node()


def of_page(folder, scenario, lang, settings, runs, baseline=None):
    """What page and program answer at each of some settings, which may be made for the page's controls."""
    answers = Answers(Playground(scenario), 1, lang)
    page, parts = live_page(answers, runs)
    if not isinstance(settings, list):
        settings = settings([each for each in parts.page["controls"] if each["fixed"] is None])
    asked = [{"settings": each, "baseline": baseline or {}} for each in settings]
    (folder / "page.html").write_text(page, encoding="utf-8")
    (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    here = json.loads(node(ANSWERS, folder / "page.html", folder / "asked.json"))
    there = [answers.answer(Asked(each, baseline or {}, parts.runs)) for each in settings]
    return here, there


def said(answer):
    teams = [(one["id"], one["chance"]["text"], one["change"]["text"]) for one in answer["teams"]]
    return answer["sentence"], teams


class Drawn:
    """A control of a page as `random_settings` takes it."""

    def __init__(self, data):
        self.control = self
        self.__dict__.update(data)


def some(number):
    return lambda controls: [
        random_settings([Drawn(each) for each in controls], np.random.default_rng(seed))
        for seed in range(number)
    ]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", ["k-ai", "k-ai-2025-plan", "minimal", "equal-teams", "gate-first"])
def test_it_says_what_the_program_says(name, lang, tmp_path):
    here, there = of_page(tmp_path, SCENARIOS / f"{name}.yaml", lang, some(20), 1000)
    for one, other in zip(here, there, strict=True):
        assert said(one) == said(other)


def test_beside_a_baseline_too(tmp_path):
    here, there = of_page(tmp_path, SCENARIOS / "k-ai.yaml", "en", [{}, {KAI_KEEP: 1}], 1000, {KAI_KEEP: 1})
    assert [said(each) for each in here] == [said(each) for each in there]
    assert {one["change"]["text"] for one in here[1]["teams"]} == {"0"}


@pytest.mark.parametrize(
    ("name", "settings", "texts"),
    [
        ("k-ai", {KAI_KEEP: 3, KAI_RISK: 0}, {"0"}),  # a place for each, and a gate that nobody fails
        ("equal-teams", {f"stages.stage-{k}.cut.keep": 5 for k in (1, 2, 3)}, {"0"}),
        ("equal-teams", {"stages.stage-2.cut.keep": 0}, {"100"}),
        ("equal-teams", {"stages.stage-3.cut.keep": 0}, {"100"}),
    ],
)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_what_the_rules_decide_is_certain(name, settings, texts, lang, tmp_path):
    here, there = of_page(tmp_path, SCENARIOS / f"{name}.yaml", lang, [settings], 500)
    assert said(here[0]) == said(there[0])
    assert {one["chance"]["text"] for one in here[0]["teams"]} == texts


@pytest.mark.parametrize("settings", [{KAI_KEEP: 3}, {KAI_KEEP: 2, KAI_RISK: 0}])
def test_nothing_else_is_certain(settings, tmp_path):
    here, there = of_page(tmp_path, SCENARIOS / "k-ai.yaml", "en", [settings], 500)
    assert said(here[0]) == said(there[0])
    assert not {"0", "100"} & {one["chance"]["text"] for one in here[0]["teams"]}


RULES = {
    "a distance to the leader takes teams where there is a place for each": (
        "{first: {cut: {keep: 3, within: 4}}, second: {cut: {keep: 3}}}",
        {"stages.second.points.jury.spread": 2},
    ),
    "none is needed where nobody is left to go": (
        "{first: {cut: {keep: 2}}, second: {cut: {keep: ~, drop: 2}}}",
        {"stages.first.cut.keep": 2, "stages.second.points.jury.spread": 2},
    ),
    "a gate that one team cannot pass": (
        "{first: {cut: {keep: 3}}, second: {cut: {keep: 3}, gate: {risk: 0}}}",
        {"stages.second.points.jury.spread": 2},
    ),
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_what_rules_decide_together(rule, lang, tmp_path):
    stages, settings = RULES[rule]
    (tmp_path / "minimal.yaml").write_bytes((SCENARIOS / "minimal.yaml").read_bytes())
    path = tmp_path / "rules.yaml"
    red = "teams: {red: {gate_risk: 1}}\n" if "gate" in rule else ""
    path.write_text(f"extends: minimal.yaml\n{red}stages: {stages}\n", encoding="utf-8")
    here, there = of_page(tmp_path, path, lang, [settings], 300)
    assert [said(each) for each in here] == [said(each) for each in there]


def many(tmp_path, teams):
    lines = (SCENARIOS / "equal-teams.yaml").read_text("utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("teams:"))
    end = next(i for i in range(start + 1, len(lines)) if lines[i][:1].strip() and lines[i][:1] != "#")
    made = [f"  t{i}: {{name: Team {i}, own: {{B200: 256}}}}" for i in range(teams)]
    path = tmp_path / "many.yaml"
    path.write_text("\n".join([*lines[: start + 1], *made, *lines[end:]]) + "\n", encoding="utf-8")
    return path


def test_of_more_teams_than_names_fit_it_judges_nobody(tmp_path):
    here, _ = of_page(tmp_path, many(tmp_path, MOST_TEAMS + 1), "en", some(3), 200)
    assert {each["sentence"] for each in here[1:]} == {"Chances of leaving with what is moved here"}
