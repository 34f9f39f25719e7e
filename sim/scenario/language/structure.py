"""What pydantic complains of, in plain words: its place, what should have stood there, and a hint."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from sim.scenario.language.catalogue import is_model, kinds_at
from sim.scenario.language.compose import ID_TABLES
from sim.scenario.language.everyday import (
    as_id,
    hint_of_percent,
    hint_of_short_form,
    hint_of_word,
    meant_key,
)
from sim.scenario.language.yamltree import Tree
from sim.scenario.models.base import MARKS, is_number
from sim.scenario.models.laws import LISTED
from sim.scenario.models.quantities import format_bound
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import KeyPath, Problem, close_match, did_you_mean, in_file_order, quoted

Detail = Mapping[str, Any]
"""One complaint, as pydantic gives it."""


def structural_problems(tree: Tree, error: ValidationError) -> list[Problem]:
    """Pydantic's complaints about the data of `tree` in our own form, in the order of its files."""
    found: dict[tuple[KeyPath, str], list[Problem]] = {}  # a union reports once for each of its branches
    lacking: dict[KeyPath, list[str]] = {}
    for detail in error.errors(include_url=False):
        path = _walk(tree.data, detail["loc"])[0]
        if detail["type"] == "missing" and _record_meant(tree, path):
            lacking.setdefault(path, []).append(str(detail["loc"][-1]))
            continue
        problem = _problem(tree, detail)
        found.setdefault((tuple(problem.path.split(".")), problem.found), []).append(problem)
    misspelt = [_no_record(tree, path, keys) for path, keys in lacking.items()]
    return in_file_order([*misspelt, *(_join(same) for same in found.values())], tree.file)


def _join(same: list[Problem]) -> Problem:
    """Problems of one value in the branches of a union as one: `a number or 'best'`."""
    expected = " or ".join(dict.fromkeys(problem.expected for problem in same if problem.expected))
    hint = next((problem.hint for problem in same if problem.hint), "")
    return replace(same[0], expected=expected, hint=hint)


def _problem(tree: Tree, detail: Detail) -> Problem:
    path, node = _walk(tree.data, detail["loc"])
    if detail["type"] == "extra_forbidden":
        key = str(detail["loc"][-1])
        block = _walk(tree.data, detail["loc"][:-1])[1]
        beside = block if isinstance(block, dict) else ()
        return tree.problem((*path[:-1], key), *_unknown_key(key, node, detail["loc"], beside))
    if detail["type"] == "missing":
        return tree.problem((*path, str(detail["loc"][-1])), "missing", "this required key")
    if detail["type"] == "value_error":
        found, _, expected = str(detail["ctx"]["error"]).partition(", expected ")
        return tree.problem(path, found, expected)
    if detail["loc"][-1] == "[key]":
        return tree.problem(
            path, f"the id {quoted(str(detail['loc'][-2]))}", *_expect(detail, path, node, tree)
        )
    return tree.problem(path, _describe(node, detail["type"], path), *_expect(detail, path, node, tree))


def _expect(detail: Detail, path: KeyPath, node: Any, tree: Tree) -> Expectation:
    known = [key for key in _known_keys((*detail["loc"], "")) if key not in MARKS]
    return expectation(detail, path, node, known, list(_table(tree.data, "hardware")))


_SECOND_CUT = "a second one is a further stage with the same result day, without `train`; see points_carried"


def _unknown_key(
    key: str, node: Any, location: tuple[int | str, ...], beside: Collection[str]
) -> Expectation:
    """What is found, expected and suggested where a key is not known; `beside` are the keys of its block."""
    known = _known_keys(location)
    if key == "choice" and "uniform" in known:
        return "a choice that is no list", "2 to 9 values, as in {choice: [2, 1]}", ""
    if key == "like":
        return "`like` here", "the id of a stage, in the whole of its points, gate, cut or grants", ""
    if ":" in key and node is None:
        return f"unknown key '{key}'", "a blank after the colon", ""
    numbered = re.sub(r"[-_]?[0-9]+$", "", key)
    if numbered in beside and numbered in known:
        hint = _SECOND_CUT if numbered in ("gate", "cut") else ""
        return f"'{key}' beside '{numbered}'", f"one '{numbered}' here", hint
    # A key that is nearly the same was meant; else perhaps the one for which people use the word.
    near = close_match(key, known) if meant_key(key) is None else None
    hint = "" if near else hint_of_word(key, node, known)
    return f"unknown key '{key}'", "", hint or did_you_mean(key, known)


def _describe(node: Any, kind: str, path: KeyPath) -> str:
    if kind == "too_short" and not node:
        return "an empty list" if isinstance(node, list) else "an empty block"
    if kind in ("too_short", "too_long"):
        return f"{len(node)} {path[-1] if path and path[-1] in _COUNTED else 'entries'}"
    return quoted(node)


_COUNTED = ("teams", "stages", "doubts")
"""Tables whose entries have a name of their own."""


def _table(data: Any, key: str) -> dict[str, Any]:
    table = data.get(key)
    return table if isinstance(table, dict) else {}


_MOST_RECORDS = 64
"""A scenario has up to 32 teams and as many stages; a hostile file may have thousands."""


def _record_meant(tree: Tree, path: KeyPath) -> str | None:
    """The id of a record of another file that is near to that of the record at `path`, if that is one."""
    if len(path) != 2 or path[0] not in ID_TABLES or len(_table(tree.data, path[0])) > _MOST_RECORDS:
        return None
    own = tree.place(path).file
    return close_match(path[1], [i for i in tree.data[path[0]] if tree.place((path[0], i)).file != own])


def _no_record(tree: Tree, path: KeyPath, lacks: list[str]) -> Problem:
    """A record of an overlay that was meant to change another one, as one problem."""
    found = f"a new entry of {path[0]} without {', '.join(lacks)}"
    hint = f"did you mean '{_record_meant(tree, path)}'?"
    return tree.problem(path, found, "all of it, or an id that is there", hint)


def _walk(data: Any, location: tuple[int | str, ...]) -> tuple[KeyPath, Any]:
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


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys of the block in which an unknown one was found, by the models."""
    here: list[Any] = [Scenario]
    for step in location[:-1]:
        # Steps that lead nowhere are names of the branches of a union, which a file does not have.
        here = next(filter(None, (kinds_at(kind, str(step)) for kind in here)), here)
    names = {name for kind in here if is_model(kind) for name in kind.model_fields}
    return sorted(
        names | ({"choice"} if "uniform" in names else set()) | (set() if location[:-1] else {"extends"})
    )


Expectation = tuple[str, ...]
"""What was expected, and a hint or ""."""

_KINDS = {
    "dict_type": "a block of keys",
    "model_type": "a block of keys",
    "model_attributes_type": "a block of keys",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_type": "text",
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "bool_type": "true or false",
    "finite_number": "a finite number",
    "string_pattern_mismatch": "a word without blanks and without . , = : / +",
}
_LIMITS = {
    "greater_than": "above {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "below {lt}",
    "less_than_equal": "at most {le}",
    "too_short": "at least {min_length}",
    "too_long": "at most {max_length}",
    "string_too_short": "at least {min_length} character",
    "string_too_long": "at most {max_length} characters",
    "literal_error": "{expected}",
}
_SHORT_FORMS = {
    "Name": "text, or {en: ..., ko: ...}",
    "Window": "two dates such as 2025-09-09 to 2025-12-30",
    "Item": "a number of points, or a block of keys",
    "TeamFaults": "a number of faults, or a block of keys",
}
"""Records that can be written in short, by the name of their class."""

_NONE = ("no", "none", "off", "false", "nothing", "nobody")

_SWITCHES = {"yes": "true", "on": "true", "no": "false", "off": "false"}
"""What other versions of YAML take for truth values."""


def expectation(
    detail: Mapping[str, Any], path: tuple[str, ...], node: Any, known: list[str], hardware: list[str]
) -> Expectation:
    """What pydantic's `detail` about `node` at `path` expects, and a hint.

    `known` are the keys of the block that is expected, if one is; `hardware` the ids of hardware.
    """
    kind, context = detail["type"], detail.get("ctx", {})
    if context.get("class_name") in _SHORT_FORMS:
        return _SHORT_FORMS[context["class_name"]], ""
    if kind in _LIMITS:
        limits = {k: format_bound(v) if isinstance(v, (int, float)) else v for k, v in context.items()}
        return _LIMITS[kind].format(**limits), _literal_hint(kind, context, node)
    if kind == "dict_type" and path[-1:] == ("shares",):
        return "'equal', 'by-score', 'winner', a table by team, or {by_rank: [...]}", ""
    expected = _KINDS.get(kind, detail["msg"].removeprefix("Input should be "))
    if expected == "a block of keys":
        return expected, _block_hint(path, node, known, hardware)
    return expected, _scalar_hint(expected, node, path)


def _literal_hint(kind: str, context: Mapping[str, Any], node: Any) -> str:
    if kind != "literal_error" or not isinstance(node, str):
        return ""
    near = close_match(node, re.findall(r"'([^']*)'", context["expected"]))
    return f"did you mean '{near}'?" if near else ""


def _block_hint(path: tuple[str, ...], node: Any, known: list[str], hardware: list[str]) -> str:
    if node is None:
        return ""
    if node is False or (isinstance(node, str) and node.lower() in _NONE):
        return "leave the key out if there is none"
    if is_number(node) and hardware and (path[-1] in ("own", "pool") or path[-2:-1] == ("gpus",)):
        return f"by hardware, as in {{{hardware[0]}: {node:g}}}"
    if hint := hint_of_short_form(path, node):
        return hint
    if isinstance(node, list) and node and isinstance(node[0], str):
        return f"each as a key, as in `{node[0]}: ...`"
    return f"known: {', '.join(known)}" if known else ""


def _scalar_hint(expected: str, node: Any, path: tuple[str, ...]) -> str:
    if expected == _KINDS["string_pattern_mismatch"] and path and (like := as_id(path[-1])):
        return f"as in '{like}'; a `name` may say it as it is"
    if not isinstance(node, str):
        return f"in quotes: '{node}'" if expected == "text" and is_number(node) else ""
    if expected == "true or false" and (word := _SWITCHES.get(node.lower())):
        return f"`{node}` is text: write {word}"
    if expected == "a list":
        return f"in brackets: [{node}]"
    return (hint_of_percent(path, node) or _number_hint(node)) if expected == "a number" else ""


def _number_hint(text: str) -> str:
    if re.fullmatch(r"\s*\d+(\.\d+)?\s*%\s*", text):
        return f"as a share: {float(text.strip(' %')) / 100:g}"
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", text):
        return "without quotes"
    if re.fullmatch(r"\d{1,3}(,\d{3})+", text):
        return f"without commas: {text.replace(',', '')}"
    return f"with a point: {text.replace(',', '.')}" if re.fullmatch(r"\d+,\d+", text) else ""
