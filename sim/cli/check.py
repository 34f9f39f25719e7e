"""`sim check`: what is wrong with scenario files, without running them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from sim.cli.language import format_problems
from sim.cli.options import AnyScenario, SetOptions, TextLang
from sim.scenario.evidence import fact_names
from sim.scenario.language.load import check_file, read_overrides
from sim.scenario.models.inputs import inputs
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Problem, ScenarioError, printable
from sim.text import Lang, say


def check(scenario: AnyScenario, /, *more: Path, set_: SetOptions = (), lang: TextLang = "en") -> None:
    """Say what is wrong with scenario files, without running them.

    Parameters
    ----------
    more
        Further ones.
    set_
        Change a value of each of them first, PATH=VALUE; may be repeated.
    """
    problems: list[Problem] = []
    changes = read_overrides(set_)
    for path in (scenario, *more):
        try:
            found, suspicions = check_file(path, changes)
        except ScenarioError as error:
            problems += error.problems
            continue
        print(_summary(found, path, lang))
        warn(suspicions, lang)
    if problems:
        raise ScenarioError(problems)


def warn(suspicions: Iterable[Problem], lang: Lang) -> None:
    """Tell on stderr what is legal and yet suspicious."""
    for one in format_problems(suspicions, lang):
        print(say(lang, "scenario.warning", problem=one), file=sys.stderr)


def _summary(scenario: Scenario, path: Path, lang: Lang) -> str:
    found = inputs(scenario)
    counts = {
        "teams": len(scenario.teams),
        "stages": len(scenario.stages),
        "guesses": sum(one.guess for one in found),
        "inputs": len(found),
    }
    file = printable(str(path))
    if scenario.has_facts:
        return say(lang, "scenario.fine_with_facts", file=file, facts=len(fact_names(scenario)), **counts)
    return say(lang, "scenario.fine", file=file, **counts)
