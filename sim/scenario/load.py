"""A file to a scenario: the one place for loading and for saying what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from sim.scenario.complaints import structural_problems
from sim.scenario.problems import Problem, ScenarioError, did_you_mean
from sim.scenario.scenario import Scenario
from sim.scenario.sense import nonsense
from sim.scenario.yamltree import MAX_BYTES, Tree, parse, parse_value


def load(path: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Read the scenario file at `path`, with `overrides` (dotted path -> value) laid over it.

    Raises `ScenarioError` with every problem of the first layer that has one: syntax, structure, sense.
    """
    tree = parse(_read(FilePath(path)), str(path))
    for dotted, value in (overrides or {}).items():
        _set(tree, dotted, value)
    return _build(tree)


def from_data(
    data: Mapping[str, Any], overrides: Mapping[str, Any] | None = None, file: str = "scenario"
) -> Scenario:
    """A scenario from plain data, as `Scenario.resolved` gives it; the same checks as for a file."""
    tree = Tree(file, _copy(data))
    for dotted, value in (overrides or {}).items():
        _set(tree, dotted, value)
    return _build(tree)


def read_overrides(assignments: Iterable[str]) -> dict[str, Any]:
    """`PATH=VALUE` texts, as `--set` takes them, to a mapping from path to value.

    Raises `ScenarioError` for a text without `=`, or a value that is not YAML.
    """
    found: dict[str, Any] = {}
    for assignment in assignments:
        path, equals, value = assignment.partition("=")
        if not equals or not path.strip():
            raise ScenarioError(
                [Problem("--set", 0, 0, "", f"'{assignment}'", "PATH=VALUE, as in stages.stage-1.cut.keep=3")]
            )
        found[path.strip()] = parse_value(value)
    return found


def _read(path: FilePath) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        near = (
            did_you_mean(path.name, (p.name for p in path.parent.glob("*.yaml")))
            if path.parent.is_dir()
            else ""
        )
        raise ScenarioError([Problem(str(path), 0, 0, "", "no such file", hint=near)]) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        found = (getattr(error, "strerror", None) or str(error)).lower()
        raise ScenarioError(
            [Problem(str(path), 0, 0, "", f"cannot be read: {found}", "a scenario file")]
        ) from None
    if len(raw) > MAX_BYTES:
        raise ScenarioError([Problem(str(path), 0, 0, "", "more than 1 MB", "a scenario of a few pages")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start + 1} is not UTF-8"
        raise ScenarioError([Problem(str(path), 0, 0, "", found, "a file saved as UTF-8")]) from None


ID_TABLES = ("teams", "stages", "hardware", "known")
"""Tables of records by id: a part of one can only be set if it is there."""


def _set(tree: Tree, dotted: str, value: Any) -> None:
    *parents, last = dotted.split(".")
    block: Any = tree.data
    for i, key in enumerate(parents):
        if key not in block and i == 1 and parents[0] in ID_TABLES and block:
            found = f"no '{key}' in {parents[0]}"
            raise ScenarioError([Problem("--set", 0, 0, dotted, found, hint=did_you_mean(key, block))])
        if key not in block:
            tree.overridden.add((*parents[: i + 1],))
        block = block.setdefault(key, {})
        if not isinstance(block, dict):
            problem = Problem(
                "--set", 0, 0, dotted, f"'{'.'.join(parents[: i + 1])}' is a value", "a block of keys"
            )
            raise ScenarioError([problem])
    block[last] = value
    tree.overridden.add((*parents, last))


def _build(tree: Tree) -> Scenario:
    try:
        scenario = Scenario.model_validate(tree.data)
    except ValidationError as error:
        raise ScenarioError(structural_problems(tree, error)) from None
    problems = [tree.problem(*problem) for problem in nonsense(scenario)]
    if problems:
        raise ScenarioError(problems)
    return scenario


def _copy(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(value) for value in data] if isinstance(data, (list, tuple)) else data
