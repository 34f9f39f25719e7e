"""What pydantic complains of, in plain words and with the place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from sim.scenario.compose import MARKS
from sim.scenario.expectations import Expectation, expectation
from sim.scenario.laws import LISTED
from sim.scenario.problems import Problem, close_match, did_you_mean, in_file_order, shown
from sim.scenario.scenario import Scenario
from sim.scenario.setting import ID_TABLES
from sim.scenario.yamltree import Path, Tree

Detail = Mapping[str, Any]
"""One complaint, as pydantic gives it."""


def structural_problems(tree: Tree, error: ValidationError) -> list[Problem]:
    """Pydantic's complaints about the data of `tree` in our own form, in the order of its files."""
    found: dict[tuple[Path, str], list[Problem]] = {}  # a union reports once for each of its branches
    lacking: dict[Path, list[str]] = {}
    for detail in error.errors(include_url=False):
        path = _walk(tree.data, detail["loc"])[0]
        if detail["type"] == "missing" and _meant(tree, path):
            lacking.setdefault(path, []).append(str(detail["loc"][-1]))
            continue
        problem = _problem(tree, detail)
        found.setdefault((tuple(problem.path.split(".")), problem.found), []).append(problem)
    misspelt = [_no_record(tree, path, keys) for path, keys in lacking.items()]
    return in_file_order([*misspelt, *(_joined(same) for same in found.values())], tree.file)


def _joined(same: list[Problem]) -> Problem:
    """Problems of one value in the branches of a union as one: `a number or 'best'`."""
    first = same[0]
    expected = " or ".join(dict.fromkeys(problem.expected for problem in same if problem.expected))
    hint = next((problem.hint for problem in same if problem.hint), "")
    return Problem(first.file, first.line, first.column, first.path, first.found, expected, hint)


def _problem(tree: Tree, detail: Detail) -> Problem:
    path, node = _walk(tree.data, detail["loc"])
    if detail["type"] == "extra_forbidden":
        key = str(detail["loc"][-1])
        return tree.problem((*path[:-1], key), *_unknown_key(key, node, detail["loc"]))
    if detail["type"] == "missing":
        return tree.problem((*path, str(detail["loc"][-1])), "missing", "this required key")
    if detail["type"] == "value_error":
        found, _, expected = str(detail["ctx"]["error"]).partition(", expected ")
        return tree.problem(path, found, expected)
    if detail["loc"][-1] == "[key]":
        return tree.problem(path, f"the id {shown(str(detail['loc'][-2]))}", *_told(detail, path, node, tree))
    return tree.problem(path, _found(node, detail["type"]), *_told(detail, path, node, tree))


def _told(detail: Detail, path: Path, node: Any, tree: Tree) -> Expectation:
    known = [key for key in _known((*detail["loc"], "")) if key not in MARKS]
    return expectation(detail, path, node, known, list(_table(tree.data, "hardware")))


def _unknown_key(key: str, node: Any, location: tuple[int | str, ...]) -> Expectation:
    """What is found, expected and suggested where a key is not known."""
    known = _known(location)
    if key == "choice" and "uniform" in known:
        return "a choice that is no list", "2 to 9 values, as in {choice: [2, 1]}", ""
    if key == "like":
        return "`like` here", "the id of a stage, in the whole of its points, gate, cut or grants", ""
    if ":" in key and node is None:
        return f"unknown key '{key}'", "a blank after the colon", ""
    if key.isdecimal() and node is None:
        return f"unknown key '{key}'", "a dot before decimals, as in 0.8", ""
    return f"unknown key '{key}'", "", did_you_mean(key, known)


def _found(node: Any, kind: str) -> str:
    if kind == "too_short" and not node:
        return "an empty list" if isinstance(node, list) else "an empty block"
    return f"{len(node)} entries" if kind in ("too_short", "too_long") else shown(node)


def _table(data: Any, key: str) -> dict[str, Any]:
    table = data.get(key)
    return table if isinstance(table, dict) else {}


_MOST_RECORDS = 64
"""A scenario has up to 32 teams and as many stages; a hostile file may have thousands."""


def _meant(tree: Tree, path: Path) -> str | None:
    """The id of a record of another file that is near to that of the record at `path`, if that is one."""
    records = _table(tree.data, path[0]) if len(path) == 2 and path[0] in ID_TABLES else {}
    if len(records) > _MOST_RECORDS:
        return None
    own = tree.place(path).file
    return (
        close_match(path[1], [i for i in records if tree.place((path[0], i)).file != own])
        if records
        else None
    )


def _no_record(tree: Tree, path: Path, lacks: list[str]) -> Problem:
    """A record of an overlay that was meant to change another one, as one problem."""
    found = f"a new entry of {path[0]} without {', '.join(lacks)}"
    hint = f"did you mean '{_meant(tree, path)}'?"
    return tree.problem(path, found, "all of it, or an id that is there", hint)


def _walk(data: Any, location: tuple[int | str, ...]) -> tuple[Path, Any]:
    """The path of a pydantic location in the file: its steps that are keys there, without union tags."""
    path: list[str] = []
    for step in location:
        if isinstance(data, dict) and str(step) in data:
            path.append(str(step))
            data = data[str(step)]
        elif isinstance(data, list) and (i := _index(step, path)) is not None and i < len(data):
            path.append(str(i))
            data = data[i]
    return tuple(path), data


def _index(step: int | str, path: list[str]) -> int | None:
    """The place in a list: a number, or the name of a parameter of the distribution that the list is."""
    if isinstance(step, int):
        return step
    law = LISTED.get(path[-1]) if path else None
    names = max(law.lists, key=len) if law else ()  # shorter lists have the same beginning
    return names.index(step) if step in names else None


@cache
def _schema() -> Any:
    return Scenario.model_json_schema()


def _known(location: tuple[int | str, ...]) -> list[str]:
    """The keys of the block in which an unknown one was found, by the schema of the models."""
    schema = _schema()

    def followed(block: Any) -> Any:
        return schema["$defs"][block["$ref"].rsplit("/", 1)[-1]] if "$ref" in block else block

    def options(block: Any) -> list[Any]:
        inner = [*block.get("anyOf", []), *block.get("oneOf", [])]
        return [followed(block), *(found for option in inner for found in options(option))]

    here = schema
    for step in location[:-1]:
        for option in options(here):
            tables = [option.get("additionalProperties"), *option.get("patternProperties", {}).values()]
            child = option.get("properties", {}).get(str(step)) or next((t for t in tables if t), None)
            if isinstance(child, dict):
                here = child
                break
    names = {name for option in options(here) for name in option.get("properties", {})}
    return sorted(
        names | ({"choice"} if "uniform" in names else set()) | (set() if location[:-1] else {"extends"})
    )
