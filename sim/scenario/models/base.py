"""What every block of a scenario shares: it is frozen, knows all its keys, and may carry marks."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from sim.scenario.problems import quoted

Id = Annotated[str, StringConstraints(pattern=r"^[^\s.,=:/+]+$", min_length=1, max_length=40)]
"""The name of a team, stage, item or hardware type in paths: no blanks and none of . , = : / +"""


def _calendar_day(value: Any) -> Any:
    """Only what is written as a date is one: pydantic alone would take a number for seconds since 1970."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    parts = re.match(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?!\d)", str(value))
    try:
        meant = datetime.date(*map(int, parts.groups())) if parts else datetime.date(2025, 9, 9)
    except ValueError:
        raise ValueError(f"{quoted(value)}, expected a day that the calendar has") from None
    if isinstance(value, str) and value == str(meant):
        return value
    raise ValueError(f"{quoted(value)}, expected a date such as {meant}")


Day = Annotated[datetime.date, BeforeValidator(_calendar_day)]
"""A day of the calendar, YYYY-MM-DD."""


class Model(BaseModel):
    """A frozen record that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


MARKS = frozenset({"source", "confidence", "guess"})
"""Keys that any block may have: where something comes from, and nothing of what it is."""


class Block(Model):
    """A record that may say where its values come from and which of them are guesses."""

    source: str | None = None
    confidence: Literal["H", "M", "L", "D"] | None = None
    guess: Annotated[bool, Field(strict=True)] | tuple[str, ...] = False

    @model_validator(mode="after")
    def _guesses_exist(self) -> Self:
        if not isinstance(self.guess, bool):
            for name in self.guess:
                if name not in type(self).model_fields:
                    raise ValueError(f"a guess of '{name}', expected a key of this block")
        return self


class Name(Model):
    """A display name in English and Korean; plain text serves for both."""

    en: str
    ko: str

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"en": value, "ko": value}
        if isinstance(value, dict) and len(value) == 1:
            (text,) = value.values()
            return {"en": text, "ko": text} if set(value) <= {"en", "ko"} else value
        return value

    def get(self, language: str) -> str:
        """The name in `language`, "en" or "ko"."""
        return self.ko if language == "ko" else self.en


def quantity(
    default: Any = ...,
    *,
    meaning: str,
    unit: str,
    symbol: str = "",
    plausible: tuple[float, float] | None = None,
    factors: tuple[float, float] | None = None,
    source: str = "",
    guess: bool = False,
) -> Any:
    """A pydantic field for a number with a meaning.

    `plausible` is the range that the literature leaves open (not the range that is allowed), `source`
    where the default comes from, `guess` whether no data settles it. `factors` gives the plausible range as
    multiples of the value, where the value depends on a scale that the scenario sets.
    """
    extra: dict[str, Any] = {
        "unit": unit,
        "symbol": symbol,
        "plausible": plausible,
        "factors": factors,
        "source": source,
        "guess": guess,
    }
    return Field(default, description=meaning, json_schema_extra=extra)
