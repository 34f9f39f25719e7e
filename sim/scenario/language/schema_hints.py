"""What an editor shows of a key: path, meaning in both languages, range, default and an example."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sim.scenario.language.catalogue import WORD_EXAMPLES, ScenarioKey, example, keys, keys_inside
from sim.scenario.language.exact_schema import Schema
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.base import MARKS
from sim.scenario.models.quantities import MOST_TEAMS, format_bound
from sim.text import LANGS, say


class Hints:
    """The hints of all keys, by the model that has them."""

    def __init__(self) -> None:
        self.keys: dict[tuple[str, str], list[ScenarioKey]] = defaultdict(list)
        for key in keys():
            self.keys[key.model, key.path[-1]].append(key)

    def of_key(self, model: str, name: str) -> Schema:
        """Return what is shown of a key of a model."""
        found = self.keys.get((model, name), [])
        if not found:
            return describe_word(name)
        key = found[0]
        shown: Schema = {"title": key.dotted if len(found) == 1 else name, "description": _described(key)}
        if not keys_inside(key) and key.default not in (None, {}, ()):
            shown["default"] = key.default
        written = example(key)
        if written is not None and written.value != key.default:
            shown["examples"] = [_without_marks(written.value)]
        return shown

    def of_ids(self, model: str, name: str) -> Schema:
        """Return what is shown of an id of a table."""
        found = self.keys.get((model, name), [])
        if len(found) != 1:
            return {}
        key = found[0]
        return {"title": f"{key.dotted}.*", "description": _described(key)}


def _without_marks(value: Any) -> Any:
    return {k: v for k, v in value.items() if k not in MARKS} if isinstance(value, dict) else value


def describe_word(word: str) -> Schema:
    """Return what is shown of a word that stands in many places; empty for one that needs no explanation."""
    if word not in WORD_EXAMPLES:
        return {}
    lines = [f"{say(lang, f'key.word.{word}')}." for lang in LANGS]
    return {"title": word, "description": "\n".join([*lines, WORD_EXAMPLES[word]])}


def _described(key: ScenarioKey) -> str:
    return "\n".join(f"{key.meaning_in(lang)}.{_numbers(key, lang)}" for lang in LANGS)


def _numbers(key: ScenarioKey, lang: str) -> str:
    said = "; ".join(_facts(key, lang))
    return f" ({said})" if said else ""


def _facts(key: ScenarioKey, lang: str) -> Iterator[str]:
    """The unit of a number, from where to where it may go, what it is if left out, what is plausible."""
    if key.unit:
        yield key.unit
    if key.allowed is not None and key.allowed.high < MOST_TEAMS:  # greater ones only catch slips
        words = "key.schema.above" if key.allowed.above else "key.schema.allowed"
        yield say(lang, words, low=format_bound(key.allowed.low), high=format_bound(key.allowed.high))
    if key.default not in (None, {}, ()):
        yield say(lang, "key.schema.default", value=format_flow(key.default))
    if key.plausible:
        low, high = (format_bound(end) for end in key.plausible)
        yield say(lang, "key.schema.plausible", low=low, high=high)
