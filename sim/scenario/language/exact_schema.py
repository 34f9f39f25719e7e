"""What the models themselves accept, as a JSON schema: pydantic's, and what our validators add to it."""

from __future__ import annotations

from typing import Any, get_args

from pydantic.json_schema import GenerateJsonSchema

from sim.scenario.models.base import DisplayText
from sim.scenario.models.facts import Part
from sim.scenario.models.quantities import Bounds
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.units import GPU_TABLE, Reader, gpus_by_type

Schema = dict[str, Any]

_YEAR = r"(199\d|2[01]\d\d)"
_LEAP = r"199[26]|2[01]([2468][048]|0[48]|[13579][26])|2000"
DAY = (
    rf"({_YEAR}-(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|{_YEAR}-(0[469]|11)-(0[1-9]|[12]\d|30)"
    rf"|{_YEAR}-02-(0[1-9]|1\d|2[0-8])|({_LEAP})-02-29|2200-01-01)"
)
"""The days that a programme may name, 1990 to 2200; only those that the calendar has."""

_UNSEEN = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
"""Characters that command a terminal or cannot be seen, in a regular expression."""

_ID = rf"[^\s.,=:/+{_UNSEEN}]{{1,40}}"

COMMON: dict[str, Schema] = {
    "Day": {
        "type": "string",
        "pattern": f"^{DAY}$",
        "patternErrorMessage": "Expected a day of the calendar, 1990 to 2200, such as 2026-01-15",
    },
    "Id": {
        "type": "string",
        "pattern": f"^{_ID}$",
        "patternErrorMessage": "Expected an id: at most 40 letters, no blanks and none of . , = : / +",
    },
    "Part": {
        "type": "string",
        "pattern": rf"^{_ID}(/{_ID})?$",
        "patternErrorMessage": "Expected `total`, a block, or `block/item`",
    },
    "Text": {
        "type": "string",
        "pattern": rf"^(?=[\s\S]*\S)[^{_UNSEEN}]*$",
        "patternErrorMessage": "Expected text that can be seen, on one line",
    },
}
"""Kinds of text that stand in many places, by the names of their definitions."""

_SHOWN, _PARTS = ({mark.func for mark in get_args(kind)[1:]} for kind in (DisplayText, Part))


def _said_by(function: Any) -> Schema:
    """What a validator says that pydantic does not know of: none of it is a schema yet."""
    if isinstance(function, Bounds):
        return {"bounds": function}
    if isinstance(function, Reader):
        return {"reader": function}
    if function is gpus_by_type.func:
        return {"short": GPU_TABLE}
    if function in _PARTS:
        return {"common": "Part"}
    return {"common": "Text"} if function in _SHOWN else {}


class _Exact(GenerateJsonSchema):
    def function_after_schema(self, schema: Any) -> Schema:
        found = super().function_after_schema(schema)
        if "pattern" in found:  # of all text only an id has one
            return {"common": "Id"}
        return {**found, **_said_by(schema["function"]["function"])}

    def function_before_schema(self, schema: Any) -> Schema:
        return {**super().function_before_schema(schema), **_said_by(schema["function"]["function"])}

    def date_schema(self, schema: Any) -> Schema:
        return {"common": "Day"}

    def dict_schema(self, schema: Any) -> Schema:
        """A table, whose ids are checked by `propertyNames`: so an editor can say what is wrong with one."""
        found: Schema = {
            "type": "object",
            "additionalProperties": self.generate_inner(schema["values_schema"]),
        }
        names = self.generate_inner(schema["keys_schema"])
        if "common" in names:
            found["propertyNames"] = names
        self.update_with_validations(found, schema, self.ValidationsMapping.object)
        return found


def exact_schema() -> Schema:
    """Return the schema of a resolved scenario; the models stand in `$defs`, and itself is `Scenario`'s."""
    return Scenario.model_json_schema(schema_generator=_Exact)
