"""What any place of a scenario is called in a sentence: readers should not meet paths."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sim.scenario.language.catalogue import ANY, Key, keys
from sim.text import say


def place_name(path: str, lang: str, names: Mapping[str, str]) -> str:
    """Return what the key at `path` means, in a few words, and whose it is: `Teams that stay (first)`.

    Ids stand in brackets, by their name in `names` where they have one. A path with * for a stage is about
    all of them. A number that several places share has its own name; what is no path stays as it is.
    """
    if path.startswith("shared:"):
        return say(lang, "input.shared", name=path.removeprefix("shared:"))
    found = _key_at(path.split("."))
    if found is None:
        return path
    key, ids = found
    meaning = _in_short(key.meaning_in(lang))
    if key.path[-1] == "follows_strength":  # whose meaning refers to another key
        meaning = say(lang, "input.follows_strength")
    owners = ", ".join(names.get(each, each) for each in ids if each != ANY)
    return say(lang, "input.place", meaning=meaning, ids=owners) if owners else meaning


def ids_in(path: str) -> list[str]:
    """Return the ids in a path, in order: those that the file chooses, and not the language."""
    found = _key_at(path.split("."))
    return [] if found is None else [each for each in found[1] if each != ANY]


def _key_at(parts: list[str]) -> tuple[Key, list[str]] | None:
    """The key with the longest path that these parts follow, and the ids among them and after them."""
    fitting = [key for key in keys() if len(key.path) <= len(parts) and _fits(key, parts)]
    if not fitting:
        return None
    key = max(fitting, key=lambda each: len(each.path))
    ids = [part for step, part in zip(key.path, parts, strict=False) if step == ANY]
    return key, [*ids, *parts[len(key.path) :]]


def _fits(key: Key, parts: list[str]) -> bool:
    return all(step in (ANY, part) for step, part in zip(key.path, parts, strict=False))


def _in_short(meaning: str) -> str:
    """The beginning of a meaning, as far as it stands alone."""
    return re.split(r"[,;:(]|\. ", meaning)[0].strip()
