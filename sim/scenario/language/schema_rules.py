"""What a schema says of several keys at once: which exclude each other, and what a whole file needs."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from sim.scenario.language.catalogue import keys
from sim.scenario.language.compose import ALTERNATIVES, FORMS
from sim.scenario.language.exact_schema import Schema
from sim.scenario.models.numbers import LAWS

_UNSAID: Schema = {"doNotSuggest": True}
"""Keeps an editor from completing a key by a rule about it: its own schema says more."""

_VALUES = ["array", "string", "number", "boolean"]

_GIVEN: Schema = {"anyOf": [{"type": _VALUES}, {"type": "object", "minProperties": 1}]}
"""Neither nothing, which removes a key, nor an empty table."""


_SOMETHING: Schema = {"$ref": "#/$defs/something"}


def forbid_beside(model: str) -> Schema:
    """Return the rules on keys of a model of which only one set can be used; empty where there are none."""
    rules = [rule for sets in _sets(model) for rule in _keep_apart(sets)]
    return {"allOf": rules} if rules else {}


def _sets(model: str) -> list[tuple[AbstractSet[str], ...]]:
    if model == "Uncertain":
        return [tuple({law} for law in LAWS)]
    paths = {key.path[:-1] for key in keys() if key.model == model}
    found = [sets for path, sets in ALTERNATIVES if path in paths]
    return [*found, FORMS[model.lower()]] if FORMS.get(model.lower()) else found


def _keep_apart(sets: tuple[AbstractSet[str], ...]) -> Iterator[Schema]:
    for i, names in enumerate(sets):
        others = sorted({other for later in sets[i + 1 :] for other in later})
        for name in sorted(names) if others else ():
            given = {"required": [name], "properties": {name: _GIVEN}}
            excluded = {other: _excluded(other, name) for other in others}
            yield {"if": given, "then": {"properties": excluded}}


def _excluded(other: str, name: str) -> Schema:
    message = f"`{other}` beside `{name}`: only one of them can be used"
    nothing = {"type": ["null"], "errorMessage": message}
    return {**_UNSAID, "anyOf": [nothing, {"type": "object", "maxProperties": 0}]}


def _together(one: str, other: str) -> list[Schema]:
    """Two keys of which neither makes sense alone."""
    pairs = ((one, other), (other, one))
    return [{"if": {"required": [a], "properties": {a: _GIVEN}}, "then": {"required": [b]}} for a, b in pairs]


_NEEDED_TOO = {"Grants": {"allOf": _together("pool", "shares")}}
"""What blocks need that their models check by hand."""

_BY_HAND: dict[str, Schema] = {"Name": {"minProperties": 1}}
"""Blocks that need less than their models say: a name in one language serves for both."""


class WholeFile:
    """What is needed in a file that extends no other; `like` and `choice` may bring it, too."""

    def __init__(self, exact: Schema) -> None:
        # A team that says no name is called by its id.
        self.models: dict[str, Schema] = {
            **exact["$defs"],
            "Team": {**exact["$defs"]["Team"], "required": []},
        }
        message = "Nothing here: give it a value or leave it out"
        something = {"type": ["object", *_VALUES], "errorMessage": message}
        self.definitions: dict[str, Schema] = {"something": something}
        self.top = self._keys(exact)

    def _keys(self, model: Schema) -> Schema:
        """What is needed of the keys of a block; empty for nothing."""
        inside = {key: need for key, value in model["properties"].items() if (need := self._key(value))}
        found = {"required": model.get("required"), "properties": inside}
        return {name: part for name, part in found.items() if part}

    def _key(self, value: Schema) -> Schema:
        """What is needed of the value of a key: something at all, and what it needs itself."""
        needed = self._value(value)
        if {"type": "null"} in _options(value) or not value.keys() & {"type", "anyOf", "oneOf", "$ref"}:
            return needed
        return {**_UNSAID, "allOf": [_SOMETHING, needed] if needed else [_SOMETHING]}

    def _value(self, value: Schema) -> Schema:
        blocks = [one for one in _options(value) if "$ref" in one or one.get("type") == "object"]
        if len(blocks) != 1:  # which of several is meant, only their keys can tell
            return {}
        (block,) = blocks
        if "$ref" in block:
            return self._block(block["$ref"].rpartition("/")[2])
        return _unless_copied(self._table(block))

    def _block(self, name: str) -> Schema:
        whole = f"whole-{name}"
        if whole not in self.definitions:
            self.definitions[whole] = {}  # a model may have itself inside
            needed = _BY_HAND.get(name) or self._keys(self.models[name])
            self.definitions[whole] = _unless_copied({**needed, **_NEEDED_TOO.get(name, {})})
        return {"$ref": f"#/$defs/{whole}"} if self.definitions[whole] else {}

    def _table(self, table: Schema) -> Schema:
        found: Schema = {key: table[key] for key in ("minProperties", "maxProperties") if key in table}
        inside = table.get("additionalProperties")
        if isinstance(inside, dict) and inside:
            found["additionalProperties"] = self._key(inside)
        return found


def _options(value: Schema) -> list[Schema]:
    inner = value.get("anyOf") or value.get("oneOf")
    return [one for option in inner for one in _options(option)] if inner else [value]


def _unless_copied(needed: Schema) -> Schema:
    if not needed:
        return {}
    copied = {"anyOf": [{"required": ["choice"]}, {"required": ["like"]}]}
    return {**_UNSAID, "if": {"type": "object", "not": copied}, "then": needed}
