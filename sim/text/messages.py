"""Messages about bad input in Korean. They are raised in English; a table has the frequent ones.

The English sentence is the key, as in gettext, so that what checks a scenario need not know of languages.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import NamedTuple

_PART = "what"
"""Begins the name of a field that is a message, too."""

_QUOTED = re.compile(r"'[^']*'|`[^`]*`|\{[^}]*\}")
_WORD = re.compile(r"[A-Za-z]{2,}")


def translate(text: str) -> str:
    """Return a message in Korean; as it is where there is no sentence for it."""
    return _translated(text) or text


def frame(key: str, **values: object) -> str:
    """Return what stands around Korean messages."""
    return _read()["frame"][key].format(**values)


def messages() -> dict[str, str]:
    """Return the table: the English sentence, and the Korean one with the same fields."""
    return _read()["messages"]


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    korean: str


def _translated(text: str) -> str | None:
    """A message in Korean, or None. A part without a sentence of its own must be no words."""
    for rule in _rules():
        if match := rule.pattern.fullmatch(text):
            told = {
                name: _part(value) if name.startswith(_PART) else value
                for name, value in match.groupdict().items()
            }
            if None not in told.values():
                return rule.korean.format(**told)
    return None


def _part(text: str) -> str | None:
    return _translated(text) or (None if _WORD.search(_QUOTED.sub("", text)) else text)


@cache
def _rules() -> list[_Rule]:
    """A rule for each sentence; those that say most come first."""
    by_length = sorted(messages(), key=lambda english: len("".join(_literals(english))), reverse=True)
    return [_Rule(_pattern(english), messages()[english]) for english in by_length]


def _literals(sentence: str) -> list[str]:
    return [literal for literal, *_ in Formatter().parse(sentence)]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = (
        re.escape(literal) + (f"(?P<{name}>.+?)" if name else "")
        for literal, name, *_ in Formatter().parse(sentence)
    )
    return re.compile("".join(parts), re.DOTALL)


@cache
def _read() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("sim.text").joinpath("messages.ko.toml").read_text("utf-8"))
