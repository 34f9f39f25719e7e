"""Numbers in the schema for editors: with their unit as text, within bounds, plain or drawn."""

from __future__ import annotations

import re

from sim.scenario.language.exact_schema import Schema
from sim.scenario.models.quantities import Bounds
from sim.scenario.models.units import Reader, share_in_percent

TEXT_NUMBER: Schema = {
    "type": ["number", "string"],
    "pattern": "[0-9]",
    "patternErrorMessage": "Expected a number",
    "errorMessage": "Expected a number",
}
"""A number, perhaps with its unit; which units there are is said where the number stands."""

_NOT_NEGATIVE = r"(?!\s*-(?!0))"
_NOT_ABOVE_100 = r"(?!\s*\+?(10[1-9]|1[1-9]\d|[2-9]\d\d|\d[\d,_]{3,}|100\.\d*[1-9]))"
"""What of the bounds of a number can be told by the looks of its text."""


def defined_name(name: str) -> str:
    """Return the name of a model's definition, as editors print it: `points-block`."""
    return re.sub("(?<=.)([A-Z])", r"-\1", name).lower()


def with_unit(number: Schema, reader: Reader | None) -> Schema:
    """Return a number that may also be text with its unit, where `reader` reads such text."""
    if reader is None:
        return number
    start = "^"
    if number.get("minimum", -1) >= 0:
        start += _NOT_NEGATIVE
    if number.get("maximum") == 1 and reader is share_in_percent.func:
        start += _NOT_ABOVE_100
    said = {"pattern": start + reader.pattern, "patternErrorMessage": f"Expected {reader.expected}"}
    return {**number, "type": ["number", "string"], **said}


class NumberDefinitions:
    """The kinds of uncertain numbers, each with its bounds and units, and defined once."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def define(self, bounds: Bounds | None, reader: Reader | None) -> str:
        """Define a number or a distribution of it, and return the name of the definition."""
        name = _name(bounds, reader)
        limits = {} if bounds is None else {"minimum": bounds.low, "maximum": bounds.high}
        expected = "a number" if reader is None else reader.expected
        # Of a list of types, even of one, editors print the message as it is.
        number = with_unit({"type": ["number"], **limits}, reader)
        self.definitions[name] = {**number, "errorMessage": f"Expected {expected}, or a distribution of it"}
        plain = {"$ref": f"#/$defs/{name}"}
        self.definitions[f"{name}-drawn"] = {"anyOf": [plain, _drawn_within(plain)]}
        return f"{name}-drawn"


def _drawn_within(plain: Schema) -> Schema:
    """A distribution whose ends are such numbers; other laws have none that a schema could look at."""
    ends = {"low": plain, "likely": plain, "high": plain}
    inside = {
        "constant": plain,
        "uniform": {"items": plain, "properties": ends},
        "triangular": {"items": plain, "properties": ends},
        "beta": {"properties": ends},
    }
    return {"anyOf": [{"$ref": f"#/$defs/{defined_name('Uncertain')}"}], "properties": inside}


def _name(bounds: Bounds | None, reader: Reader | None) -> str:
    limits = "any" if bounds is None else f"{bounds.low:g}-to-{bounds.high:g}"
    unit = "" if reader is None else f"-{reader.expected}"
    return re.sub("[^0-9a-z.+-]+", "-", f"number-{limits}{unit}".lower()).strip("-")
