"""`sim check`: what is wrong with scenario files, without running them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from sim.cli.words_scenario import words
from sim.scenario.load import load
from sim.scenario.marks import inputs
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.scenario import Scenario

Lang = Literal["en", "ko"]


def check(scenario: Path, /, *more: Path, lang: Annotated[Lang, Parameter(show_default=True)] = "en") -> None:
    """Say what is wrong with scenario files, without running them.

    Parameters
    ----------
    scenario
        A scenario file, or the name of a bundled scenario such as k-ai.
    more
        Further ones.
    lang
        Language of the text.
    """
    problems: list[Problem] = []
    for path in (scenario, *more):
        try:
            print(_summary(load(path), path, lang))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)


def _summary(scenario: Scenario, path: Path, lang: Lang) -> str:
    found = inputs(scenario)
    counts = {"teams": len(scenario.teams), "stages": len(scenario.stages), "inputs": len(found)}
    return words(lang)["fine"].format(file=path, guesses=sum(one.guess for one in found), **counts)
