"""A file to a scenario: the one place for loading and for saying what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.scenario.problems import Problem, ScenarioError, did_you_mean
from sim.scenario.scenario import Scenario
from sim.scenario.sense import nonsense
from sim.scenario.yamltree import MAX_BYTES, Path, Tree, parse, parse_value


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
        if path.stat().st_size > MAX_BYTES:
            raise ScenarioError([Problem(str(path), 0, 0, "", "more than 1 MB", "a scenario of a few pages")])
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        near = (
            did_you_mean(path.name, (p.name for p in path.parent.glob("*.yaml")))
            if path.parent.is_dir()
            else ""
        )
        raise ScenarioError([Problem(str(path), 0, 0, "", "no such file", hint=near)]) from None
    except UnicodeDecodeError as error:
        found = f"byte {error.start + 1} is not UTF-8"
        raise ScenarioError([Problem(str(path), 0, 0, "", found, "a file saved as UTF-8")]) from None
    except OSError as error:
        found = (error.strerror or str(error)).lower()
        raise ScenarioError(
            [Problem(str(path), 0, 0, "", f"cannot be read: {found}", "a scenario file")]
        ) from None


def _set(tree: Tree, dotted: str, value: Any) -> None:
    *parents, last = dotted.split(".")
    block: Any = tree.data
    for i, key in enumerate(parents):
        block = block.setdefault(key, {})
        if not isinstance(block, dict):
            problem = Problem(
                "--set", 0, 0, dotted, f"'{'.'.join(parents[: i + 1])}' is a value", "a block of keys"
            )
            raise ScenarioError([problem])
    block[last] = value
    # The place of an overridden value is the command line, not the file.
    for path in [p for p in tree.places if p[: len(parents) + 1] == (*parents, last)]:
        del tree.places[path]


def _build(tree: Tree) -> Scenario:
    try:
        scenario = Scenario.model_validate(tree.data)
    except ValidationError as error:
        raise ScenarioError(_structural(tree, error)) from None
    problems = [tree.problem(*problem) for problem in nonsense(scenario)]
    if problems:
        raise ScenarioError(problems)
    return scenario


def _structural(tree: Tree, error: ValidationError) -> list[Problem]:
    found: dict[tuple[Path, str], Problem] = {}  # a union reports the same key once for each of its branches
    for detail in error.errors(include_url=False):
        problem = _problem(tree, detail)
        found.setdefault((tuple(problem.path.split(".")), problem.found), problem)
    return sorted(found.values(), key=lambda problem: (problem.line, problem.column))


def _problem(tree: Tree, detail: ErrorDetails) -> Problem:
    path, node = _walk(tree.data, detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        key = str(detail["loc"][-1])
        return tree.problem(
            (*path[:-1], key), f"unknown key '{key}'", hint=did_you_mean(key, _known(detail["loc"]))
        )
    if kind == "missing":
        return tree.problem((*path, str(detail["loc"][-1])), "nothing", "a value: this key is required")
    if kind == "value_error":
        found, _, expected = str(context["error"]).partition(", expected ")
        return tree.problem(path, found, expected)
    return tree.problem(path, f"{_show(node)}", _plain(detail["msg"]))


def _walk(data: Any, location: tuple[int | str, ...]) -> tuple[Path, Any]:
    """The path of a pydantic location in the file: its steps that are keys there, without union tags."""
    path: list[str] = []
    for step in location:
        if isinstance(data, dict) and str(step) in data:
            path.append(str(step))
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            path.append(str(step))
            data = data[step]
    return tuple(path), data


def _known(location: tuple[int | str, ...]) -> list[str]:
    """The keys of the model in which an unknown one was found."""
    schema: Any = Scenario.model_json_schema()
    definitions, here = schema["$defs"], schema
    for step in location[:-1]:
        options = [here, *here.get("anyOf", []), *here.get("oneOf", [])]
        options = [definitions[o["$ref"].rsplit("/", 1)[-1]] if "$ref" in o else o for o in options]
        for option in options:
            child = option.get("properties", {}).get(str(step), option.get("additionalProperties"))
            if isinstance(child, dict):
                here = definitions[child["$ref"].rsplit("/", 1)[-1]] if "$ref" in child else child
                break
    names = set()
    for option in [here, *here.get("anyOf", []), *here.get("oneOf", [])]:
        target = definitions[option["$ref"].rsplit("/", 1)[-1]] if "$ref" in option else option
        names |= set(target.get("properties", {}))
    return sorted(names)


def _show(value: Any) -> str:
    if isinstance(value, dict):
        return "a block of keys"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    return f"'{value}'" if isinstance(value, str) else str(value)


def _plain(message: str) -> str:
    """Pydantic's message without its opening words."""
    for opening in ("Input should be ", "Value should have ", "String should ", "Dictionary should have "):
        message = message.removeprefix(opening)
    return message


def _copy(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(value) for value in data] if isinstance(data, (list, tuple)) else data
