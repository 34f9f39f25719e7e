"""Findings of a run read back from its JSON: they say the same, and give the same JSON again."""

import json

import pytest
from rich.console import Console

import sim
from sim.findings.saved_run import read_run_findings
from sim.folder.files import as_json_text
from sim.render.json import run_as_json
from sim.render.text.brief import BriefText
from sim.render.text.layout import WIDTH, Names
from sim.render.text.run import DetailedText
from sim.text import LANGS
from tests.cli.command import SCENARIOS

FILES = (
    *("k-ai", "one-finalist", "minimal"),
    *("programmes/strictly", "programmes/geniac", "programmes/cots", "programmes/lagc"),
)
"""Forecasts, choices, doubts, awards, budgets, re-entry, groups, programmes that are over or decided."""


@pytest.fixture(scope="module", params=FILES)
def found(request):
    scenario = sim.load(SCENARIOS / f"{request.param}.yaml")
    return sim.run(scenario, runs=300, jobs=1).findings()


def read_back(found):
    return read_run_findings(json.loads(as_json_text(run_as_json(found))), found.played)


def printed(found, lang):
    """Everything that `sim run` prints of findings, the short text and that with `--details`."""
    names, console = Names.of(found.played.scenario, lang), Console(width=WIDTH)
    with console.capture() as text:
        for parts in (BriefText(names, found.played), DetailedText(names, found.played)):
            console.print(parts.opening(found.headline, found.evidence))
            console.print(parts.answer(found.chances, found.ending, found.guesses, found.evidence))
            console.print(parts.rest(found.moves, found.guesses, found.chances))
    return text.get()


def test_the_json_of_what_is_read_is_what_was_read(found):
    assert run_as_json(read_back(found)) == run_as_json(found)


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_read_says_the_same(found, lang):
    assert printed(read_back(found), lang) == printed(found, lang)


def test_a_chance_that_the_rules_decide_and_no_run_was_asked_is_read():
    """Nobody has a GPU: nobody submits anything, so there is no strongest team that could leave."""
    nothing = {f"teams.{team}.own.B200": 0 for team in ("blue", "green")}
    nothing |= {f"stages.{stage}.grants.pool.B200": 0 for stage in ("first", "second")}
    scenario = sim.load(
        SCENARIOS / "minimal.yaml", nothing | {"stages.second.cut.keep": 3, "stages.first.cut.keep": 3}
    )
    found = sim.run(scenario, runs=50, jobs=1).findings()
    told = run_as_json(found)["responses"]["most_capable_dropped.second"]
    assert (told["p"], told["certain"], told["high"]) == (None, True, 0)
    read = read_back(found).chances.default.chances
    names = ("most_capable_dropped.second", "least_capable_kept.second")
    assert [read[name].estimate.certain for name in names] == [0, 1]
    assert run_as_json(read_back(found)) == run_as_json(found)


def test_json_that_lacks_something_is_refused():
    found = sim.run(sim.load(SCENARIOS / "minimal.yaml"), runs=100, jobs=1).findings()
    data = run_as_json(found)
    for key in ("headline", "dice", "guesses", "evidence", "teams"):
        with pytest.raises(KeyError):
            read_run_findings({name: value for name, value in data.items() if name != key}, found.played)
