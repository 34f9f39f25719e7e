"""What pydantic complains of, in plain words and with the place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from sim.scenario.problems import Problem, did_you_mean
from sim.scenario.scenario import Scenario
from sim.scenario.shorthand import long_form
from sim.scenario.yamltree import Path, Tree


def structural_problems(tree: Tree, error: ValidationError) -> list[Problem]:
    """Pydantic's complaints about the data of `tree` in our own form, in the order of its files."""
    found: dict[tuple[Path, str], Problem] = {}  # a union reports the same key once for each of its branches
    for detail in error.errors(include_url=False):
        problem = _problem(tree, detail)
        found.setdefault((tuple(problem.path.split(".")), problem.found), problem)
    return sorted(found.values(), key=lambda p: (p.file != tree.file, p.file, p.line, p.column))


def _problem(tree: Tree, detail: Mapping[str, Any]) -> Problem:
    path, node = _walk(tree.data, detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        key = str(detail["loc"][-1])
        return tree.problem(
            (*path[:-1], key), f"unknown key '{key}'", hint=did_you_mean(key, _known(detail["loc"]))
        )
    if kind == "missing":
        return tree.problem((*path, str(detail["loc"][-1])), "missing", "this required key")
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
        elif isinstance(data, list) and path:  # parameters of a law, which have names
            data = (long_form(data, [str(step)], tuple(path)) or {}).get(str(step), data)
    return tuple(path), data


@cache
def _schema() -> Any:
    return Scenario.model_json_schema()


def _known(location: tuple[int | str, ...]) -> list[str]:
    """The keys of the block in which an unknown one was found, by the schema of the models."""
    schema = _schema()

    def followed(block: Any) -> Any:
        return schema["$defs"][block["$ref"].rsplit("/", 1)[-1]] if "$ref" in block else block

    def options(block: Any) -> list[Any]:
        return [followed(option) for option in (block, *block.get("anyOf", []), *block.get("oneOf", []))]

    here = schema
    for step in location[:-1]:
        for option in options(here):
            tables = [option.get("additionalProperties"), *option.get("patternProperties", {}).values()]
            child = option.get("properties", {}).get(str(step)) or next((t for t in tables if t), None)
            if isinstance(child, dict):
                here = child
                break
    resolved_before = set() if location[:-1] else {"extends"}
    return sorted(
        resolved_before | {name for option in options(here) for name in option.get("properties", {})}
    )


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
