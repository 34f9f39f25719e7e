"""A tree to a scenario: its structure and its sense, and those of every other value that it may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import ValidationError

from sim.scenario.checks.semantic import contradictions, semantic_errors
from sim.scenario.language.compose import set_value
from sim.scenario.language.keywords import Choices, pick_value
from sim.scenario.language.structure import structural_problems
from sim.scenario.language.yamltree import SET, Tree, copy_data
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Diagnostic, Problem, ScenarioError, in_file_order, raise_if_any

Check = Callable[[Scenario], list[Diagnostic]]


def check_for(values: Mapping[str, Any]) -> Check:
    """Return what is to be checked of a scenario that was once, now that it has other values at some paths.

    No value changes its widest ranges, but one may bring its own.
    """
    return semantic_errors if "widest" in str(values) else contradictions


def validate_tree(tree: Tree, check: Check) -> Scenario:
    """Return the scenario of a tree without `like` and choices. Raises `ScenarioError`, with all problems."""
    try:
        scenario = Scenario.read(tree.data)
    except ValidationError as error:
        raise ScenarioError(structural_problems(tree, error)) from None
    raise_if_any(in_file_order((place_problem(tree, found) for found in check(scenario)), tree.file))
    return scenario


def place_problem(tree: Tree, found: Diagnostic) -> Problem:
    """Return what a check has found as a problem at the place of its path, or of its rival's.

    Whoever lays a file over another, or sets a value, has changed one of two keys that now contradict each
    other: that one is to be named, and not a line of a file that was right before.
    """
    rival = found.rival
    own = (tree.file, SET.file)
    if rival is not None and tree.place(rival.path).file in own and tree.place(found.path).file not in own:
        found = rival
    return tree.problem(found.path, found.found, found.expected, found.hint)


_ENOUGH = 100
"""Problems after which no further option is tried, so that a hostile file is refused quickly."""


def alternative_problems(tree: Tree, others: Choices, kind: Literal["choice", "doubt"]) -> list[Problem]:
    """Return what is wrong with the other values of choices or doubts, each of them tried alone."""
    problems: dict[tuple[str, str], Problem] = {}
    for dotted, values in others.items():
        for i, value in enumerate(values, start=2 if kind == "choice" else 1):
            if len(problems) > _ENOUGH:
                break
            hint = f"value {i} of the {kind} at {dotted}"
            option = _with_alternative(tree, dotted, value, i - 1, kind)
            for problem in _problems(option, check_for({dotted: value})):
                told = replace(problem, hint=f"{problem.hint}; {hint}" if problem.hint else hint)
                problems.setdefault((problem.path, problem.found), told)
    return list(problems.values())


def _with_alternative(
    tree: Tree, dotted: str, value: Any, index: int, kind: Literal["choice", "doubt"]
) -> Tree:
    """The tree with another value at a path, as if it had been written there, without choices and doubts."""
    path = tuple(dotted.split("."))
    option = Tree(tree.file, copy_data(tree.data), dict(tree.places))
    for table in ("choices", "doubts"):
        option.data.pop(table, None)
    place = tree.place(path if kind == "choice" else ("doubts", dotted))
    try:
        set_value(option, dotted, copy_data(value), place)
    except ScenarioError as error:
        raise_if_any([tree.problem(("doubts", dotted), error.problems[0].found, hint=error.problems[0].hint)])
    if kind == "choice":
        pick_value(option, path, [*[None] * index, value], index)
    return option


def _problems(tree: Tree, check: Check) -> tuple[Problem, ...]:
    try:
        validate_tree(tree, check)
    except ScenarioError as error:
        return error.problems
    return ()
