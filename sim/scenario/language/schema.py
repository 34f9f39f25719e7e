"""The language as a JSON schema, for editors that complete and check while one writes.

The models' own schema says what a resolved scenario is. A file may say less and say it shorter, so every
value may also be a short form, a choice, or nothing (which removes it), and a block need not be whole.
"""

from __future__ import annotations

import json
from typing import Any

from sim.scenario.language.catalogue import keys
from sim.scenario.language.keywords import BLOCKS
from sim.scenario.models.laws import LISTED
from sim.scenario.models.scenario import Scenario
from sim.text import LANGS, say

Schema = dict[str, Any]

_QUANTITY: Schema = {"type": "string", "pattern": "[0-9]"}
"""A number with its unit, as text."""

_SHORT: dict[str, list[Schema]] = {
    "Window": [{"type": "string", "pattern": r"^\s*\S+(\s+to\s+|\s*~\s*)\S+\s*$"}],
    "Planned": [{"type": "string", "format": "date"}],
    "Name": [{"type": "string"}],
    "Team": [{"type": "string"}],
    "Item": [{"type": "number"}],
    "TeamFaults": [{"type": "number"}],
    **{law.__name__: [{"type": "array"}] for law in LISTED.values()},
    "Poisson": [{"type": "number"}],
}
"""What may be written in the place of a block, by the name of its model."""

_CHOICE: Schema = {
    "type": "object",
    "description": "A decision: the first value is the default, each is played and told apart",
    "properties": {"choice": {"type": "array", "minItems": 2, "maxItems": 9}},
    "required": ["choice"],
}


def _in_both_languages(key: str) -> str:
    return ". ".join(say(lang, key) for lang in LANGS)


_EXTENDS: Schema = {
    "description": _in_both_languages("key.schema.extends"),
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
}
_LIKE: Schema = {
    "type": "string",
    "description": _in_both_languages("key.schema.like"),
}


def json_schema() -> Schema:
    """The schema as plain data."""
    models = Scenario.model_json_schema()
    definitions = models.pop("$defs")
    top = _model("Scenario", models)
    needed = [key.path[0] for key in keys() if key.required and len(key.path) == 1]
    top["properties"]["extends"] = _EXTENDS
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A scenario of evalsched",
        **top,
        "anyOf": [{"required": ["extends"]}, {"required": needed}],
        "$defs": {
            "Choice": _CHOICE,
            **{name: _with_short_forms(name, _model(name, model)) for name, model in definitions.items()},
        },
    }


def schema_text() -> str:
    """The schema as it is shipped."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


def _model(name: str, model: Schema) -> Schema:
    """A model's keys with what may be written there, none of them required."""
    told = {(key.model, key.path[-1]): key for key in keys()}
    found: Schema = {}
    for key, value in model.get("properties", {}).items():
        known = told.get((name, key))
        found[key] = _or_less(_loosen(value), known.meaning_in("ko") if known else "")
        if key in BLOCKS:
            _take_like(found[key])
    if name in {"Grants", "Gate", "Cut"}:
        found["like"] = _LIKE
    return {"type": "object", "additionalProperties": False, "properties": found}


def _take_like(value: Schema) -> None:
    """Let a table by id have the key `like` beside its ids."""
    for option in value["anyOf"]:
        if "patternProperties" in option:
            table = option["patternProperties"]
            option["patternProperties"] = {f"^(?!like$){ids[1:]}": block for ids, block in table.items()}
            option["properties"] = {"like": _LIKE}


def _with_short_forms(name: str, model: Schema) -> Schema:
    return {"anyOf": [model, *_SHORT[name]]} if name in _SHORT else model


def _or_less(value: Schema, korean: str = "") -> Schema:
    """A value, or a choice, or nothing; said in both languages."""
    unit = f" ({value['unit']})" if value.get("unit") else ""
    told = f"{value.get('description', '')}{unit}. {korean}".strip(" .") if korean else ""
    options = value.get("anyOf", [_only(value)])
    described = {"description": told} if told else {}
    less = [one for one in ({"$ref": "#/$defs/Choice"}, {"type": "null"}) if one not in options]
    return {**described, "anyOf": [*options, *less]}


_MEANT = frozenset(
    (
        *("type", "enum", "const", "format", "pattern", "minimum", "maximum", "exclusiveMinimum", "$ref"),
        *("items", "minItems", "maxItems", "properties", "patternProperties", "additionalProperties"),
    )
)
"""What a schema of a value says about it, beside what people read."""


def _loosen(value: Schema) -> Schema:
    """A value's schema with every way in which it may be written, wherever it is nested."""
    found = {key: child for key, child in value.items() if key not in {"oneOf", "discriminator"}}
    options = [_loosen(option) for option in (*value.get("anyOf", ()), *value.get("oneOf", ()))]
    if options:
        found["anyOf"] = [one for option in options for one in option.get("anyOf", [option])]
    if value.get("type") == "number":
        return {**found, "anyOf": [_only(value), _QUANTITY]}
    if _of_numbers(value):
        return {"anyOf": [_loosen_tables(found), _QUANTITY]}
    return _loosen_tables(found)


def _of_numbers(value: Schema) -> bool:
    """Whether it is a table of numbers by id, such as GPUs by their type: `512 B200` is short for one."""
    return any("number" in json.dumps(inner) for inner in value.get("patternProperties", {}).values())


def _loosen_tables(found: Schema) -> Schema:
    for key in ("patternProperties", "properties"):
        if key in found:
            found[key] = {name: _or_less(_loosen(child)) for name, child in found[key].items()}
    if isinstance(found.get("additionalProperties"), dict):
        found["additionalProperties"] = _or_less(_loosen(found["additionalProperties"]))
    if isinstance(found.get("items"), dict):
        found["items"] = _loosen(found["items"])
    return found


def _only(value: Schema) -> Schema:
    return {key: child for key, child in value.items() if key in _MEANT}
