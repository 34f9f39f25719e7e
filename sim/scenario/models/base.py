"""What every block of a scenario shares: it is frozen, knows all its keys, and may carry marks."""

from __future__ import annotations

import datetime
import re
import unicodedata
from functools import partial
from typing import Annotated, Any, Literal, Self, TypeGuard

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)
from pydantic.fields import FieldInfo

from sim.scenario.problems import quoted

# Letters and marks by Unicode's categories that are nevertheless drawn as nothing.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0").union(
    map(chr, range(0xFE00, 0xFE10)), map(chr, range(0x180B, 0x1810)), map(chr, range(0xE0100, 0xE01F0))
)
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _refuse_unseen(text: str, allowed: str = "") -> str:
    """Return the text; raises `ValueError` if a character commands a terminal, or cannot be seen.

    Names are printed, drawn and compared by people: an escape could recolour their screen, and two names
    that differ in nothing visible could not be told apart.
    """
    # Nearly every text ends here: each scenario of a sweep has hundreds, and characters one by one take long.
    if text.isprintable() and _INVISIBLE.isdisjoint(text):
        return text
    for character in text:
        kind = None if character in allowed else _unseen(character)
        if kind:
            where = f"{quoted(text)} with {kind} (U+{ord(character):04X})"
            raise ValueError(f"{where}, expected text that can be seen, on one line")
    return text


def _unseen(character: str) -> str | None:
    """What is wrong with a character in a name; None if nothing is."""
    if character in "\n\r\u2028\u2029\x85":
        return "a line break"
    if character in _TURNING:
        return "a mark that turns the direction of text"
    if unicodedata.category(character) == "Cc":
        return "a control character"
    if character in _INVISIBLE or unicodedata.category(character) == "Cf":
        return "a character that cannot be seen"
    return "no character" if unicodedata.category(character) in ("Cs", "Cn", "Co") else None


def _refuse_empty(text: str) -> str:
    if not text.strip():
        raise ValueError(f"{'an empty name' if not text else 'a name of blanks'}, expected text")
    return text


DisplayText = Annotated[str, AfterValidator(_refuse_unseen), AfterValidator(_refuse_empty)]
"""What is shown to people in place of an id."""

LongText = Annotated[str, AfterValidator(partial(_refuse_unseen, allowed="\n"))]
"""Text that may have several lines."""

Id = Annotated[
    str,
    StringConstraints(pattern=r"^[^\s.,=:/+]+$", min_length=1, max_length=40),
    AfterValidator(_refuse_unseen),
]
"""The name of a team, stage, item or hardware type in paths: no blanks and none of . , = : / +"""


def _calendar_day(value: Any) -> Any:
    """Only what is written as a date is one: pydantic alone would take a number for seconds since 1970."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    parts = re.match(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?!\d)", str(value))
    # Whatever else it is, the message shows a date: the one meant if there is one, else any.
    try:
        meant = datetime.date(*map(int, parts.groups())) if parts else datetime.date(2025, 9, 9)
    except ValueError:
        raise ValueError(f"{quoted(value)}, expected a day that the calendar has") from None
    if isinstance(value, str) and value == str(meant):
        return value
    raise ValueError(f"{quoted(value)}, expected a date such as {meant}")


Day = Annotated[datetime.date, BeforeValidator(_calendar_day)]
"""A day of the calendar, YYYY-MM-DD."""


def is_number(value: Any) -> TypeGuard[float]:
    """Whether plain data is a number, which true and false are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Model(BaseModel):
    """A frozen record that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


MARKS = frozenset({"source", "confidence", "guess", "prior_from"})
"""Keys that any block may have: where something comes from, and nothing of what it is."""


_End = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Hindsight(Model):
    """The day of the results after which a number was set, and its widest range without them."""

    day: Day
    widest: tuple[_End, _End]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = self.widest
        if not low < high:
            raise ValueError(f"a widest range from {low:g} to {high:g}, expected low < high")
        return self


def day_of(origin: Hindsight | datetime.date | None) -> datetime.date | None:
    """The day of the results after which a number was set; None where nothing is said of it."""
    return origin.day if isinstance(origin, Hindsight) else origin


def _kind_of_origin(value: Any) -> str:
    if isinstance(value, Hindsight) or (isinstance(value, dict) and "widest" in value):
        return "with-range"
    return "by-key" if isinstance(value, dict) else "day"


_OneOrigin = Annotated[Day, Tag("day")] | Annotated[Hindsight, Tag("with-range")]

PriorFrom = Annotated[
    _OneOrigin | Annotated[dict[str, Annotated[_OneOrigin, Discriminator(_kind_of_origin)]], Tag("by-key")],
    Discriminator(_kind_of_origin),
]
"""A day for all keys of a block, or a table by key; a single number may have its widest range beside it."""


class Block(Model):
    """A record that may say where its values come from and which of them are guesses."""

    source: LongText | None = None
    confidence: Literal["H", "M", "L", "D"] | None = None
    guess: Annotated[bool, Field(strict=True)] | tuple[str, ...] = False
    prior_from: PriorFrom | None = None
    """The values were set after seeing results of this day: they are no prior for them."""

    @classmethod
    def unwritten(cls) -> Self:
        """Return the block with nothing written in it: every key is as it is by default.

        It is not validated: that would build a validator for this kind of block alone, 5 ms at each start of
        the program, where the scenario has one for all.
        """
        return cls.model_construct()  # type: ignore[return-value]  # Block, says the plugin

    @model_validator(mode="after")
    def _marks_exist(self) -> Self:
        if self.guess is False and self.prior_from is None:  # as of most of the blocks of a file
            return self
        guesses = () if isinstance(self.guess, bool) else self.guess
        origins = self.prior_from if isinstance(self.prior_from, dict) else {}
        for mark, names in (("guess", guesses), ("prior_from", origins)):
            for name in names:
                if name not in type(self).model_fields:
                    raise ValueError(f"a {mark} of '{name}', expected a key of this block")
        if isinstance(self.prior_from, Hindsight) and not hasattr(self, "extremes"):
            raise ValueError("a widest range of a whole block, expected one by key")
        for name, origin in origins.items():
            # Distributions are defined above this module, and are what else has extremes.
            value = getattr(self, name)
            if isinstance(origin, Hindsight) and not (is_number(value) or hasattr(value, "extremes")):
                raise ValueError(f"a widest range of '{name}', which is no number")
        return self

    def origin_of(self, key: str) -> Hindsight | datetime.date | None:
        """After which results the value of a key was set, where the block says so."""
        return self.prior_from.get(key) if isinstance(self.prior_from, dict) else self.prior_from


class Name(Model):
    """A display name in English and Korean; plain text serves for both."""

    en: DisplayText
    ko: DisplayText

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


def said_of(field: FieldInfo) -> dict[str, Any]:
    """What `quantity` says of a field beside its meaning; empty for any other field."""
    said: Any = field.json_schema_extra
    return said or {}


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
