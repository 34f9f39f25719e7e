"""A scenario's choices and doubts, one at a time: never averaged and never crossed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sim.scenario.language.load import from_data
from sim.scenario.models.scenario import Scenario


@dataclass(frozen=True)
class Option:
    """One way in which the decisions of a scenario may be taken.

    `value` is what is chosen at `path`, and all else is as by default; the default itself has the path "".
    `name` says it in a few words, such as `keep 2`.
    """

    path: str
    value: Any
    scenario: Scenario
    name: str

    def label(self, lang: str) -> str:
        """The name as people of a language read it."""
        return _match_words(self.name, lang, _LABELS) or self.name


def condition(name: str, lang: str) -> str:
    """The name of an option as the opening of a sentence: `If 2 are kept`."""
    return _match_words(name, lang, _CONDITIONS) or (f"{name}이면" if lang == "ko" else f"With {name}")


def _match_words(name: str, lang: str, patterns: list[tuple[str, str, str]]) -> str | None:
    for pattern, english, korean in patterns:
        match = re.fullmatch(pattern, name)
        if match:
            return match.expand(korean if lang == "ko" else english)
    return None


_LABELS = [
    (r"keep (\d+)", r"keep \1", r"\1팀 유지"),
    (r"drop (\d+)", r"drop \1", r"\1팀 탈락"),
    (r"default", "default", "기본"),
]
_CONDITIONS = [
    (r"keep 1", "If 1 is kept", "1팀을 남기면"),
    (r"keep (\d+)", r"If \1 are kept", r"\1팀을 남기면"),
    (r"drop 1", "If 1 leaves", "1팀이 탈락하면"),
    (r"drop (\d+)", r"If \1 leave", r"\1팀이 탈락하면"),
    (r"default", "By default", "기본 선택에서"),
]
"""Frequent decisions in both languages; others are told by their key."""


def options(scenario: Scenario) -> list[Option]:
    """The default, then each other value of each choice in order; no scenario of them has choices left."""
    choices = scenario.resolved()["choices"]
    data, doubts = scenario.settled().resolved(), {"doubts": scenario.doubts}
    default = scenario.model_copy(update={"choices": {}}) if choices else scenario
    names = _names(choices)
    found = [Option("", None, default, default_name(scenario))]
    for path, values in choices.items():
        for i, value in enumerate(values[1:], start=1):
            chosen = from_data(data, {path: value}).model_copy(update=doubts)
            found.append(Option(path, value, chosen, names[path, i]))
    return found


def doubt_options(scenario: Scenario) -> list[Option]:
    """The scenario with each value of each doubt in turn; none of them has doubts left."""
    doubts, data = scenario.resolved()["doubts"], scenario.settled().resolved()
    names = _names(doubts)
    return [
        Option(path, value, from_data(data, {path: value}), names[path, i])
        for path, values in doubts.items()
        for i, value in enumerate(values)
    ]


def default_name(scenario: Scenario) -> str:
    """What the default is called: by its value if there is one choice to make."""
    choices = scenario.resolved()["choices"]
    return _names(choices)[next(iter(choices)), 0] if len(choices) == 1 else "default"


def _names(table: dict[str, list[Any]]) -> dict[tuple[str, int], str]:
    """A short name for each value of each path: its last key, or all of it, and the value."""
    last = Counter(path.rpartition(".")[2] for path in table)
    names = {}
    for path, values in table.items():
        key = path.rpartition(".")[2]
        for i, value in enumerate(values):
            names[path, i] = f"{key if last[key] == 1 else path} {_short(value, i)}"
    return names


def _short(value: Any, i: int) -> str:
    if isinstance(value, dict) and "constant" in value:
        value = value["constant"]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:g}"
    return value if isinstance(value, str) else f"#{i + 1}"
