"""The language as a JSON schema, for editors that complete and check while one writes.

The models' own schema says what a resolved scenario is. A file may say less and say it shorter, so every
value may also be a short form, a choice, or nothing (which removes it), and a block need not be whole
unless the file stands alone.
"""

from __future__ import annotations

import json
from typing import Any, cast, get_args

from sim.scenario.checks.semantic import RESERVED
from sim.scenario.language.copies import COPIES, MOST_COPIES
from sim.scenario.language.exact_schema import COMMON, DAY, Schema, exact_schema
from sim.scenario.language.keywords import BLOCKS
from sim.scenario.language.schema_hints import Hints, describe_word
from sim.scenario.language.schema_numbers import TEXT_NUMBER, NumberDefinitions, defined_name, with_unit
from sim.scenario.language.schema_rules import WholeFile, forbid_beside
from sim.scenario.models.base import MARKS
from sim.scenario.models.laws import LISTED
from sim.scenario.models.quantities import MOST_TEAMS, Bounds
from sim.scenario.models.stages import Leaving
from sim.scenario.models.units import PURE, Reader, share_in_percent


def json_schema() -> Schema:
    """Return the schema as plain data."""
    exact = exact_schema()
    found, whole = _FileSchema(exact).top(), WholeFile(exact)
    found["$defs"] |= whole.definitions
    standing_alone = {"if": {"required": ["extends"]}, "then": {}, "else": whole.top}
    return {"$schema": "http://json-schema.org/draft-07/schema#", **found, **standing_alone}


def schema_text() -> str:
    """Return the schema as it is shipped, a definition in each line."""
    found = json_schema()
    definitions = ",\n".join(f"  {_line(name)}: {_line(one)}" for name, one in found.pop("$defs").items())
    lines = ",\n".join(f" {_line(key)}: {_line(value)}" for key, value in found.items())
    return f'{{\n{lines},\n "$defs": {{\n{definitions}\n }}\n}}\n'


def _line(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{defined_name(name)}"}


def _object_or(expected: str) -> Schema:
    """A block; of a list of types editors print the message as it is."""
    return {"type": ["object"], "errorMessage": expected}


def _either(forms: list[Schema]) -> Schema:
    return forms[0] if len(forms) == 1 else {"anyOf": forms}


_NOTHING: Schema = {"type": "null"}
_WINDOW = {"type": "string", "pattern": rf"^\s*{DAY}(\s+to\s+|\s*~\s*){DAY}\s*$"}

_SHORT: dict[str, list[Schema]] = {
    "Window": [_WINDOW],
    "Planned": [_ref("Day")],
    "Name": [_ref("Text")],
    "Team": [_ref("Text")],
    "Item": [{"type": "number", "exclusiveMinimum": 0}],
    "Award": [{"type": "integer", "minimum": 1, "maximum": MOST_TEAMS}],
    "TeamFaults": [{"type": "number", "minimum": 0}],
    "Poisson": [TEXT_NUMBER],
    "Modality": [
        with_unit({"type": ["number"], "minimum": 0, "maximum": 1}, cast(Reader, share_in_percent.func))
    ],
}
"""What may be written in the place of a block, by the name of its model."""

_EXPECTED = {
    "Window": "Expected two days, as in 2025-09-09 to 2025-12-30",
    "Planned": "Expected a day such as 2026-01-15, or {planned: ..., actual: ...}",
    "Name": "Expected text that can be seen, on one line, or {en: ..., ko: ...}",
    "Gpus": "Expected GPUs with their type, as in 512 B200 or {B200: 512}",
}
"""What an editor says to a value that is neither a block nor what is short for it."""

_TEAM = {
    **COMMON["Id"],
    "pattern": f"^(?!({'|'.join(RESERVED)})$){COMMON['Id']['pattern'].removeprefix('^')}",
    "patternErrorMessage": f"{COMMON['Id']['patternErrorMessage']}; not {' or '.join(RESERVED)}",
}

_COPIED = ("Grants", "Gate", "Cut")
"""Models of blocks that may be `like` those of another stage, and are no tables."""

_SAID = ("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
"""What the exact schema says of a plain value that also holds of a file."""

_EXTENDS: Schema = {
    **describe_word("extends"),
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
}
_LIKE: Schema = {**describe_word("like"), "type": "string"}
_COPIES: Schema = {**describe_word(COPIES), "type": "integer", "minimum": 1, "maximum": MOST_COPIES}

_LEAVERS: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        way: {"type": "integer", "minimum": 0, "maximum": MOST_COPIES} for way in get_args(Leaving)
    },
}
"""How many of copies left, and how."""


class _FileSchema:
    """What may stand in a file, worked out from the exact schema of the models."""

    def __init__(self, exact: Schema) -> None:
        self.models: dict[str, Schema] = {"Scenario": exact, **exact["$defs"]}
        self.hints = Hints()
        self.numbers = NumberDefinitions()

    def top(self) -> Schema:
        """The schema of a file, with all definitions."""
        found = self.model("Scenario")
        found["properties"] = {"extends": _EXTENDS, **found["properties"]}
        names = [name for name in self.models if name != "Scenario"]
        blocks = {defined_name(name): self.block(name) for name in names}
        marks = {name: self.mark(name) for name in sorted(MARKS)}
        common = {defined_name(name): kind for name, kind in COMMON.items()}
        definitions = {**common, "choice": self.choice(), **marks, **self.numbers.definitions, **blocks}
        return {"title": "A scenario of evalsched", **found, "$defs": definitions}

    def block(self, name: str) -> Schema:
        """A model, or what is short for it."""
        model, law = self.model(name), LISTED.get(name.lower())
        short = list(_SHORT.get(name, ()))
        if law is not None:
            short += [self.as_list(name, names) for names in law.lists]
        if name in _EXPECTED:
            model |= _object_or(_EXPECTED[name])
        return {"anyOf": [model, *short]} if short else model

    def model(self, name: str) -> Schema:
        """A block of keys, none of them required."""
        keys: Schema = {}
        for key, value in self.models[name]["properties"].items():
            if key in MARKS:
                keys[key] = _ref(key)
                continue
            keys[key] = {**self.hints.of_key(name, key), **self.value(self.key_forms(name, key, value))}
        if name in _COPIED:
            keys["like"] = _LIKE
        if name == "Team":
            keys[COPIES] = _COPIES
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": keys,
            **forbid_beside(name),
        }

    def key_forms(self, name: str, key: str, value: Schema) -> list[Schema]:
        """How the value of a key may be written."""
        if name.lower() in LISTED or name in {"Truncated", "Uncertain"}:
            return [self.parameter(key, form) for form in self.forms(value)]
        forms = self.forms(value, hint=self.hints.of_ids(name, key))
        if name == "Stage" and key in BLOCKS:
            for table in forms:
                if "additionalProperties" in table:
                    table["properties"] = {"like": _LIKE}
        if (name, key) == ("Stage", "happened"):
            forms[0]["additionalProperties"]["anyOf"].append(_LEAVERS)
        if (name, key) == ("Scenario", "teams"):
            forms[0]["propertyNames"] = _TEAM
        return forms

    def parameter(self, key: str, form: Schema) -> Schema:
        """A parameter of a law, which may have the unit of what is drawn."""
        if form.get("type") != "number" or key in PURE:
            return form
        return {**form, **TEXT_NUMBER}

    def as_list(self, law: str, names: tuple[str, ...]) -> Schema:
        """The parameters of a law as a list."""
        keys = self.models[law]["properties"]
        forms = [self.parameter(name, self.forms(keys[name])[0]) for name in names]
        return {"type": "array", "items": forms, "minItems": len(names), "maxItems": len(names)}

    def choice(self) -> Schema:
        """A decision, whose values are checked where it stands."""
        values = {"type": "array", "minItems": 2, "maxItems": 9, "uniqueItems": True}
        keys = {
            "choice": {**describe_word("choice"), **values},
            **{mark: _ref(mark) for mark in sorted(MARKS)},
        }
        return {"type": "object", "required": ["choice"], "additionalProperties": False, "properties": keys}

    def mark(self, name: str) -> Schema:
        """A key that any block may have, and that is never a choice."""
        forms = self.forms(self.models["Scenario"]["properties"][name])
        if len(forms) == 1 and "enum" not in forms[0]:
            return {**describe_word(name), "type": [forms[0]["type"], "null"]}
        return {**describe_word(name), "anyOf": [*forms, _NOTHING]}

    def value(self, forms: list[Schema]) -> Schema:
        """A value, a choice among values, or nothing."""
        choice = _ref("choice")
        if not any("additionalProperties" in form for form in forms):  # a table would stand here twice
            choice = {"anyOf": [choice], "properties": {"choice": {"items": {"anyOf": [*forms, _NOTHING]}}}}
        return {"anyOf": [*forms, choice, _NOTHING]}

    def forms(
        self,
        value: Schema,
        bounds: Bounds | None = None,
        reader: Reader | None = None,
        hint: Schema | None = None,
    ) -> list[Schema]:
        """All ways to write a value but a choice; `hint` is about what stands under the ids of a table."""
        bounds, reader = value.get("bounds", bounds), value.get("reader", reader)
        if options := value.get("anyOf") or value.get("oneOf"):
            if any(option.get("$ref", "").endswith("/Uncertain") for option in options):
                return [_ref(self.numbers.define(bounds, reader))]
            given = [option for option in options if option.get("type") != "null"]
            return [form for option in given for form in self.forms(option, bounds, reader, hint)]
        if name := value.get("common") or value.get("$ref", "").rpartition("/")[2]:
            return [_ref(name)]
        if value.get("type") == "object":
            return self.table(value, hint or {})
        found = {key: value[key] for key in _SAID if key in value}
        if value.get("type") == "array":
            found |= self.listed(value)
        return [with_unit(found, reader) if value.get("type") == "number" else found]

    def table(self, value: Schema, hint: Schema) -> list[Schema]:
        """A table by id, and text that is short for it."""
        found: Schema = _object_or(_EXPECTED["Gpus"]) if "short" in value else {"type": "object"}
        inside = value["additionalProperties"]
        if "propertyNames" in value:
            found["propertyNames"] = _ref(value["propertyNames"]["common"])
        if isinstance(inside, dict) and inside:
            found["additionalProperties"] = {**hint, **self.value(self.forms(inside))}
        return [found, {"type": "string", "pattern": value["short"]}] if "short" in value else [found]

    def listed(self, value: Schema) -> Schema:
        """What is said of a list beside its type."""
        found: Schema = {key: value[key] for key in ("minItems", "maxItems") if key in value}
        if "prefixItems" in value:
            found["items"] = [self.forms(item)[0] for item in value["prefixItems"]]
        elif value.get("items"):
            found["items"] = _either(self.forms(value["items"]))
        return found
