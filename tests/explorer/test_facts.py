"""What each fact moved, on the page: what `sim run --each-fact` says, once its pasts are at hand."""

import json
from functools import partial

import pytest

import sim
from sim.execute import inference
from sim.execute.case import Case
from sim.execute.runner import Runner
from sim.explorer import answers as answering
from sim.explorer.answers import Answers
from sim.explorer.settings import Playground
from sim.forecast.island import Effort
from sim.studies import study
from sim.studies.evidence import play_each_fact
from tests.cli.command import SCENARIOS
from tests.forecast.closed import BENCHMARK, programme

EFFORT = Effort(islands=2, particles=60, lines=60, singles=15, numbers=5)
FACTS = [
    {"top": {"of": "b", "gap": 6.0, "first": "A", "source": "jury", "confidence": "M"}},
    {"gap": {"of": "b", "gap": 9.0}, "mean": {"of": "b", "mean": 101.0}},
]


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Pasts that take a second, none of which was inferred before."""
    monkeypatch.setenv("EVALSCHED_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(inference, "_known", {})
    for module in (study, answering):
        monkeypatch.setattr(module, "Case", partial(Case, effort=EFFORT))


@pytest.fixture
def opened(small, tmp_path):
    """Open the page of a small programme with three facts, as if nothing had been looked at yet."""

    def open_it(facts=FACTS, lang="en"):
        path = tmp_path / "mine.yaml"
        data = programme("AB", facts, {**BENCHMARK, "noise": 1.0}).resolved()
        path.write_text(json.dumps(data), encoding="utf-8")
        return Answers(Playground(path), 1, lang)

    return open_it


def told_all(answers):
    found = [answers.facts.tell()]
    while found[-1]["done"] < found[-1]["of"]:
        found.append(answers.facts.tell())
    return found


def test_without_pasts_at_hand_nothing_is_inferred_and_the_command_is_told(opened, monkeypatch):
    answers = opened()
    monkeypatch.setattr(inference, "_infer_all", None)  # whoever infers fails
    (found,) = told_all(answers)
    assert (found["of"], found["rows"]) == (0, [])
    assert any("`sim run mine.yaml --each-fact`" in line for line in found["lines"])
    assert found["lines"][0].startswith("3 published facts")


def test_after_the_command_the_page_says_what_it_says(opened, monkeypatch):
    case = study.NO_CODE.case(sim.load(opened().playground.file), 1)  # as a run has it
    expected = play_each_fact(case, ["A", "B"], Runner(jobs=1))
    monkeypatch.setattr(inference, "_known", {})  # from files, as another process finds them
    found = told_all(opened())
    assert [each["done"] for each in found] == [0, 1, 2, 3]
    assert all(not each["rows"] for each in found[:-1])
    assert found[-1]["heads"] == ["A", "B"]
    changes = [[each.changes[team] for team in "AB"] for each in expected]
    written = [
        [f"{100 * c.change:+.1f}" if c.low * c.high > 0 else f"({100 * c.change:+.1f})" for c in row]
        for row in changes
    ]
    assert [[cell.replace("−", "-") for cell in row[2:]] for row in found[-1]["rows"]] == written
    greatest = [max(abs(c.change) for c in row) for row in changes]
    assert greatest == sorted(greatest, reverse=True)
    assert not any("--each-fact" in line for line in found[-1]["lines"])
    titles = {tuple(row[:2]) for row in found[-1]["rows"]}
    assert ("s1, b points", "jury") in titles
    assert len(titles) == 3


@pytest.mark.usefixtures("small")
def test_one_fact_alone_is_not_left_out(opened):
    (found,) = told_all(opened(FACTS[:1]))
    assert found["of"] == 0
    assert not any("--each-fact" in line for line in found["lines"])


def test_a_scenario_without_facts_says_nothing_of_them():
    found = Answers(Playground(SCENARIOS / "minimal.yaml"), 1, "en").facts.tell()
    assert found == {"done": 0, "of": 0, "lines": [], "heads": [], "rows": []}
