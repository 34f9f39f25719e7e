"""What should have stood where pydantic found something else, in plain words and with a hint."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sim.scenario.problems import close_match

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
    "greater_than": "above {gt:.12g}",
    "greater_than_equal": "at least {ge:.12g}",
    "less_than": "below {lt:.12g}",
    "less_than_equal": "at most {le:.12g}",
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
        return _LIMITS[kind].format(**context), _literal_hint(kind, context, node)
    if kind == "dict_type" and path[-1:] == ("shares",):
        return "'equal', 'by-score', 'winner', a table by team, or {by_rank: [...]}", ""
    expected = _KINDS.get(kind, detail["msg"].removeprefix("Input should be "))
    if expected == "a block of keys":
        return expected, _block_hint(path, node, known, hardware)
    return expected, _scalar_hint(expected, node)


def _literal_hint(kind: str, context: Mapping[str, Any], node: Any) -> str:
    if kind != "literal_error" or not isinstance(node, str):
        return ""
    near = close_match(node, re.findall(r"'([^']*)'", context["expected"]))
    return f"did you mean '{near}'?" if near else ""


def _block_hint(path: tuple[str, ...], node: Any, known: list[str], hardware: list[str]) -> str:
    if node is None or node is False or (isinstance(node, str) and node.lower() in _NONE):
        return "leave the key out if there is none" if node is not None else ""
    number = isinstance(node, (int, float)) and not isinstance(node, bool)
    if number and hardware and (path[-1] in ("own", "pool") or path[-2:-1] == ("gpus",)):
        return f"by hardware, as in {{{hardware[0]}: {node:g}}}"
    if isinstance(node, list) and node and isinstance(node[0], str):
        return f"each as a key, as in `{node[0]}: ...`"
    return f"known: {', '.join(known)}" if known else ""


def _scalar_hint(expected: str, node: Any) -> str:
    if isinstance(node, str):
        hint = _text_hints(node).get(expected)
        return hint() if hint else ""
    number = isinstance(node, (int, float)) and not isinstance(node, bool)
    return f"in quotes: '{node}'" if expected == "text" and number else ""


def _text_hints(text: str) -> dict[str, Callable[[], str]]:
    """How to mend a text where something else is expected."""
    word = _SWITCHES.get(text.lower())
    return {
        "true or false": lambda: f"`{text}` is text: write {word}" if word else "",
        "a list": lambda: f"in brackets: [{text}]",
        "a number": lambda: _number_hint(text),
    }


def _number_hint(text: str) -> str:
    if re.fullmatch(r"\s*\d+(\.\d+)?\s*%\s*", text):
        return f"as a share: {float(text.strip(' %')) / 100:g}"
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", text):
        return "without quotes"
    return f"with a point: {text.replace(',', '.')}" if re.fullmatch(r"\d+,\d+", text) else ""
