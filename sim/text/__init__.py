"""What the program says, in English and Korean: whole sentences in en.toml and ko.toml, read as data."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

Lang = Literal["en", "ko"]
LANGS: tuple[Lang, ...] = ("en", "ko")

Forms = str | dict[str, str]
"""A sentence, or its plural forms `one` and `other`."""


def say(lang: str, key: str, **values: object) -> str:
    """Return the sentence `key`, such as "run.about", in one language with its values filled in.

    A sentence with plural forms takes the one that the value `n` asks for: `one` for 1, else `other`.
    Raises `KeyError` for a sentence that there is not, or a value that it lacks.
    """
    forms = sentences_about(lang, key.partition(".")[0])[key]
    if isinstance(forms, dict):
        forms = forms["one" if values["n"] == 1 else "other"]
    return forms.format(**values)


@cache
def sentences(lang: str) -> dict[str, Forms]:
    """Return every sentence of a language by its key."""
    return {key: forms for topic in _tables(lang) for key, forms in sentences_about(lang, topic).items()}


@cache
def sentences_about(lang: str, topic: str) -> dict[str, Forms]:
    """Return the sentences whose keys begin with a topic, such as "run"; a command needs few topics of many.

    Raises `KeyError` for a topic that there is not.
    """
    return dict(_flat("", tomllib.loads(_tables(lang)[topic])))


@cache
def _tables(lang: str) -> dict[str, str]:
    """The text of a language's tables, those of a topic together: [run], [run.known] and so on."""
    text = files("sim.text").joinpath(f"{lang}.toml").read_text("utf-8")
    found: dict[str, str] = {}
    for table in re.split(r"^(?=\[)", text, flags=re.MULTILINE)[1:]:
        topic = table[1 : table.index("]")].partition(".")[0]
        found[topic] = found.get(topic, "") + table
    return found


def _flat(prefix: str, table: dict[str, object]) -> list[tuple[str, Forms]]:
    """Keys of nested tables joined by dots; a table of plural forms is a leaf."""
    found: list[tuple[str, Forms]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, str) or (isinstance(value, dict) and value.keys() == {"one", "other"}):
            found.append((key, value))
        elif isinstance(value, dict):
            found += _flat(f"{key}.", value)
    return found
