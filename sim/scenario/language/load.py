"""A file to a scenario: the one place for loading and for saying what is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sim.scenario.checks.lint import lint_warnings
from sim.scenario.checks.semantic import contradictions, semantic_errors
from sim.scenario.language.compose import lay, set_value
from sim.scenario.language.copies import multiply_teams
from sim.scenario.language.files import find_file, read
from sim.scenario.language.keywords import Choices, resolve_copies, take_choices, write_inline
from sim.scenario.language.provenance import newly_known
from sim.scenario.language.validate import (
    Check,
    alternative_problems,
    check_for,
    place_problem,
    validate_tree,
)
from sim.scenario.language.yamltree import SET, Tree, copy_data, parse, parse_value
from sim.scenario.models.base import is_number
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Problem, ScenarioError, in_file_order, raise_if_any


def load(path: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Read the scenario file at `path`, with `overrides` (dotted path -> value) laid over it.

    `path` may also be the bare name of a bundled scenario, as in `k-ai`. Raises `ScenarioError` with every
    problem of the first layer that has one: syntax, reuse, structure, sense.
    """
    return load_with_places(path, overrides)[0]


def load_with_places(
    path: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None, *, from_start: bool = False
) -> tuple[Scenario, Tree]:
    """As `load`, with the tree that says where each value is written; what is not in it is a default.

    `from_start` forgets known results as `Scenario.from_start` does, but before the rules are held against
    them, so that overrides may change rules under which they could not have happened. A guess that is
    overridden is `given`: who sets a number knows it.
    """
    tree = _override(_read(path), overrides)
    if from_start:
        _forget_results(tree)
    scenario = _build(tree)
    if overrides and (found_out := newly_known(scenario, tree)):
        tree.data["given"] = [*(scenario.given or ()), *found_out]
        tree.places[("given",)] = SET
        scenario = scenario.model_copy(update={"given": tuple(tree.data["given"])})
    return scenario, tree


def _forget_results(tree: Tree) -> None:
    stages = tree.data.get("stages")
    for stage in stages.values() if isinstance(stages, dict) else ():
        if isinstance(stage, dict):
            stage.pop("happened", None)
            stage.pop("facts", None)
            if isinstance(stage.get("entry"), dict):
                stage["entry"].pop("happened", None)


class Variations:
    """A scenario that is read once, and what it is with other values laid over it.

    Doubts are left out: they are about one scenario, and here there are many.
    """

    def __init__(self, tree: Tree) -> None:
        tree.data.pop("doubts", None)
        self._tree = tree

    def load(self, overrides: Mapping[str, Any]) -> Scenario:
        """Lay values over it, as `load` does each time anew."""
        return _build(self._laid(overrides))

    def load_default(self, overrides: Mapping[str, Any]) -> Scenario:
        """Do the same for who makes a scenario of each option, by which its values are tried.

        Widest ranges are not looked at again.
        """
        return _build_default(self._laid(overrides), check_for(overrides))[0]

    def _laid(self, overrides: Mapping[str, Any]) -> Tree:
        tree = self._tree
        return _override(Tree(tree.file, copy_data(tree.data), dict(tree.places)), overrides)


def variations(path: str | os.PathLike[str], *, from_start: bool = False) -> Variations:
    """Read the file at `path` once, as `load` does."""
    tree = _read(path)
    if from_start:
        _forget_results(tree)
    return Variations(tree)


def variations_of(data: Mapping[str, Any]) -> Variations:
    """Read plain data once, as `from_data` does."""
    tree = Tree("scenario", copy_data(data))
    raise_if_any(write_inline(tree))
    return Variations(tree)


def load_beside(path: str | os.PathLike[str], text: str) -> Scenario:
    """Read what a file with this text would be that lay beside the one at `path` and extended it alone."""
    under, over = _read(path), parse(text, "text")
    over.data.pop("extends", None)
    raise_if_any(write_inline(over, new_ids=True))
    merged, problems = lay(under, over)
    raise_if_any(problems)
    return _build(merged)


def variations_of_default(path: str | os.PathLike[str]) -> Callable[[Mapping[str, Any]], Scenario]:
    """Read the file at `path` once, with every choice at its default; what it gives lays overrides over it.

    Without choices and doubts, of which nothing is to be checked again, that takes milliseconds.
    """
    tree = _read(path)
    tree.data.pop("doubts", None)
    _, problems = take_choices(tree)
    raise_if_any(problems)

    def vary(overrides: Mapping[str, Any]) -> Scenario:
        varied = Tree(tree.file, copy_data(tree.data), dict(tree.places))
        return _build(_override(varied, overrides), contradictions)

    return vary


def check_file(
    path: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None, *, from_start: bool = False
) -> tuple[Scenario, list[Problem]]:
    """The scenario as `load_with_places` reads it, and what is legal and yet suspicious, in file order."""
    scenario, tree = load_with_places(path, overrides, from_start=from_start)
    return scenario, in_file_order(
        (place_problem(tree, found) for found in lint_warnings(scenario)), tree.file
    )


def from_data(data: Mapping[str, Any], overrides: Mapping[str, Any] | None = None) -> Scenario:
    """A scenario from plain data, as `Scenario.resolved` gives it; the same checks as for a file."""
    _require(data, Mapping, "a scenario from", "a dictionary of its keys; load() reads a file")
    tree = Tree("scenario", copy_data(data))
    if "extends" in tree.data:
        raise ScenarioError([tree.problem(("extends",), "`extends` outside a file", "the data of all files")])
    raise_if_any(write_inline(tree))
    return _build(_override(tree, overrides))


def with_values(data: Mapping[str, Any], values: Mapping[str, Any]) -> Scenario:
    """Return a scenario, given as `Scenario.resolved` gives it, with other values at some paths.

    For scenarios that were checked before: widest ranges, which no value changes, are not looked at again.
    """
    tree = Tree("scenario", copy_data(data))
    raise_if_any(write_inline(tree))
    _override(tree, values)
    is_plain = not any(isinstance(value, (Mapping, list, tuple)) for value in values.values())
    if is_plain and not (data.get("choices") or data.get("doubts")):
        return validate_tree(tree, contradictions)  # with no choice, copy or doubt in it, old or new
    return _build(tree, check_for(values))


def read_overrides(assignments: Iterable[str]) -> dict[str, Any]:
    """`PATH=VALUE` texts, as `--set` takes them, to a mapping from path to value.

    Raises `ScenarioError` for a text without `=`, or a value that is not YAML.
    """
    if isinstance(assignments, (str, bytes)):
        raise TypeError(f"one text, {assignments!r}, expected a list of PATH=VALUE texts")
    found: dict[str, Any] = {}
    for assignment in assignments:
        _require(assignment, str, "an assignment of", "a text PATH=VALUE")
        path, equals, value = assignment.partition("=")
        if not equals or not path.strip():
            raise ScenarioError(
                [Problem(*SET, "", f"'{assignment}'", "PATH=VALUE, as in stages.stage-1.cut.keep=3")]
            )
        if not value.split("#")[0].strip():
            # Most likely a variable of the shell that is not set: silence would remove a rule.
            hint = "to remove what the file has there, write null"
            raise ScenarioError([Problem(*SET, path.strip(), "no value", "PATH=VALUE", hint)])
        found[path.strip()] = parse_value(value)
    return found


def written_teams(path: str | os.PathLike[str]) -> list[str]:
    """Read which teams the file at `path` writes: of `others: {copies: 89}` there is `others` alone."""
    teams = _read(path).data.get("teams")
    return [str(team) for team in teams] if isinstance(teams, dict) else []


def _read(path: str | os.PathLike[str]) -> Tree:
    expected = "the path of a file; from_data() takes a dictionary"
    _require(path, (str, os.PathLike), "a scenario file named by", expected)
    if not os.fspath(path):
        raise ScenarioError([Problem("''", 0, 0, "", "an empty name", "the name of a scenario file")])
    return read(find_file(path))


def _require(value: object, kind: type | tuple[type, ...], what: str, expected: str) -> None:
    """Raise `TypeError` in plain words for what no type checker has looked at."""
    if not isinstance(value, kind):
        given = "None" if value is None else f"a value of type {type(value).__name__}"
        raise TypeError(f"{what} {given}, expected {expected}")


def _override(tree: Tree, overrides: Mapping[str, Any] | None) -> Tree:
    _require(
        {} if overrides is None else overrides, Mapping, "overrides from", "path -> value in a dictionary"
    )
    for dotted, value in (overrides or {}).items():
        _require(dotted, str, "an override of", "a dotted path such as 'stages.stage-1.cut.keep'")
        set_value(tree, dotted, copy_data(value), SET)
        _settle_doubts(tree, dotted)
    return tree


def _settle_doubts(tree: Tree, dotted: str) -> None:
    """Forget doubts about what is set, or about a part of it, or about a block of which a part is set.

    Who sets a value means to play with it: another in its place would not be an answer to the same question.
    Doubts that are set themselves remain.
    """
    doubts = tree.data.get("doubts")
    if not isinstance(doubts, dict) or tree.place(("doubts",)).file == SET.file:
        return
    for doubt in list(doubts):
        if settles_doubt(dotted, doubt):
            del doubts[doubt]


def settles_doubt(path: str, doubt: str) -> bool:
    """Tell whether a value at a path takes the place of a doubt: one is the other, or lies within it."""
    return f"{doubt}.".startswith(f"{path}.") or f"{path}.".startswith(f"{doubt}.")


def _build(tree: Tree, check: Check = semantic_errors) -> Scenario:
    """The scenario of a tree that is laid together, but whose `like` and choices are not resolved."""
    scenario, choices = _build_default(tree, check)
    others = {dotted: values[1:] for dotted, values in choices.items()}
    doubts = {dotted: list(values) for dotted, values in scenario.doubts.items()}
    problems = [
        *alternative_problems(tree, others, "choice"),
        *alternative_problems(tree, doubts, "doubt"),
    ]
    raise_if_any(problems)
    return scenario


def _build_default(tree: Tree, check: Check) -> tuple[Scenario, Choices]:
    """The same, of which only the first value of each choice is tried; and all values of the choices."""
    raise_if_any(_other_format(tree))
    raise_if_any([*multiply_teams(tree), *resolve_copies(tree)])
    choices, problems = take_choices(tree)
    raise_if_any(problems)
    if choices:
        tree.data["choices"] = choices
    scenario = validate_tree(tree, check)
    if choices:
        scenario = scenario.model_copy(update={"choices": _open_choices(scenario)})
    return scenario, choices


def _other_format(tree: Tree) -> list[Problem]:
    """The one thing to say about a file of another format: nothing else about it can be judged."""
    given = tree.data.get("format", _FORMAT)
    if given == _FORMAT and is_number(given):
        return []
    from importlib.metadata import version

    reads = f"evalsched {version('evalsched')} reads format {_FORMAT}"
    if isinstance(given, int) and given > _FORMAT:
        reads += "; a later version reads this file: pip install --upgrade evalsched"
    return [tree.problem(("format",), f"'{given}'", str(_FORMAT), reads)]


_FORMAT = 1
"""The format of scenario files that this version reads."""


def _open_choices(scenario: Scenario) -> dict[str, tuple[Any, ...]]:
    """The choices in the order in which their places come in the scenario as it is written out.

    Hence a scenario and the one that is loaded from its resolved data have the same digest. Of a stage that
    the file says is not held there is nothing to choose.
    """
    data = scenario.resolved()

    def rank(dotted: str) -> tuple[list[int], str]:
        ranks, block = [], data
        for key in dotted.split("."):
            keys = list(block)
            ranks.append(keys.index(key) if key in keys else len(keys))
            child = block.get(key)
            block = child if isinstance(child, dict) else {}
        return ranks, dotted

    open_ones = [dotted for dotted in scenario.choices if not _is_moot(scenario, dotted)]
    return {dotted: scenario.choices[dotted] for dotted in sorted(open_ones, key=rank)}


def _is_moot(scenario: Scenario, dotted: str) -> bool:
    """Whether a choice is about a stage that is not held, where that is no choice itself."""
    ends, (block, *rest) = scenario.ended_before, dotted.split(".")
    if ends is None or f"stages.{ends}.held" in scenario.choices or block != "stages":
        return False
    return not scenario.is_held(rest[0])
