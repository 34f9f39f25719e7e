"""A scenario's choices and doubts, one at a time: never averaged and never crossed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.scenario.language.load import from_data
from sim.scenario.models.base import is_number
from sim.scenario.models.numbers import same_draw
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import ids_in
from sim.text import say


@dataclass(frozen=True)
class Option:
    """One way in which the decisions of a scenario may be taken.

    `value` is what is chosen at `path`, and all else is as by default; the default itself has the path "".
    `name` says it in a few words, such as `keep 2`. `chosen` has the value of every choice, by path.
    """

    path: str
    value: Any
    scenario: Scenario
    name: str
    chosen: dict[str, Any] = field(default_factory=dict)

    def label(self, lang: str) -> str:
        """The name as people of a language read it."""
        return option_label(self.name, lang)

    @property
    def ends_before(self) -> str | None:
        """The stage that is not held, where none is by which anybody could still leave; else None."""
        return None if self.scenario.to_come else self.scenario.ended_before


def option_label(name: str, lang: str) -> str:
    """Return the name of an option as people of a language read it: `keep 2`, or `first: keep 2`."""
    where, name = _split_path(name)
    label = _say_known(name, lang, "label") or name
    return f"{where}: {label}" if where else label


def condition(name: str, lang: str) -> str:
    """The name of an option as the opening of a sentence: `If 2 are kept`, or `If 2 are kept (first)`."""
    where, name = _split_path(name)
    opening = _say_known(name, lang, "condition") or say(lang, "option.condition.other", name=name)
    return f"{opening} ({where})" if where else opening


_NO = "not "
"""Stands before a key in the name of its value `false`."""


def _split_path(name: str) -> tuple[str, str]:
    """The ids in the path of a name, if it has one, and the name with only the last key of the path.

    A name has the whole path where choices at several places have the same last key.
    """
    negated = _NO if name.startswith(_NO) else ""
    path, blank, value = name.removeprefix(_NO).partition(" ")
    before, _, key = path.rpartition(".")
    if not before:
        return "", name
    return ", ".join(ids_in(path)) or before.rpartition(".")[2], f"{negated}{key}{blank}{value}"


def _say_known(name: str, lang: str, kind: str) -> str | None:
    """Say a frequent decision in words, as a label or a condition; others are told by their key."""
    if name in _PLAIN:
        return say(lang, f"option.{kind}.{_PLAIN[name]}")
    match = re.fullmatch(r"(keep|drop) (\d+)", name)
    return match and say(lang, f"option.{kind}.{match[1]}", n=int(match[2]))


_PLAIN = {"default": "default", "held": "held", f"{_NO}held": "not_held"}
"""Names without a number that are told in words, and their sentences."""


def options(scenario: Scenario) -> list[Option]:
    """The default, then each other value of each choice in order; no scenario of them has choices left."""
    choices = scenario.resolved()["choices"]
    data, doubts = scenario.settled().resolved(), {"doubts": scenario.doubts}
    default = scenario.model_copy(update={"choices": {}}) if choices else scenario
    names = _names(choices)
    first = {path: values[0] for path, values in choices.items()}
    found = [Option("", None, default, default_name(scenario), first)]
    for path, values in choices.items():
        for i, value in enumerate(values[1:], start=1):
            # From data, and not by a copy with another value: a value may be a whole block, to be checked.
            chosen = from_data(data, {path: value}).model_copy(update=doubts)
            found.append(Option(path, value, chosen, names[path, i], {**first, path: value}))
    return found


def doubt_options(scenario: Scenario) -> list[Option]:
    """The scenario with each value of each doubt in turn; none of them has doubts left.

    A number that shares its draw is held at every place where it stands, as it is one number.
    """
    doubts, data = scenario.resolved()["doubts"], scenario.settled().resolved()
    names = _names(doubts)
    return [
        Option(path, value, from_data(data, dict.fromkeys(same_draw(scenario, path), value)), names[path, i])
        for path, values in doubts.items()
        for i, value in enumerate(values)
    ]


def default_name(scenario: Scenario) -> str:
    """What the default is called: by its value if there is one choice to make (see `default_path`)."""
    choices = scenario.resolved()["choices"]
    path = default_path({path: values[0] for path, values in choices.items()})
    return _names(choices)[path, 0] if path else "default"


def default_path(chosen: Mapping[str, Any]) -> str:
    """The path of the one choice whose value tells the default, of all that are `chosen`; "" if several do.

    That a stage is held goes without saying where there is more to choose.
    """
    told = [path for path, value in chosen.items() if not (_is_about_holding(path) and value is True)]
    path, *others = told or list(chosen) or [""]
    return "" if others else path


def idle_options(scenario: Scenario) -> dict[str, str]:
    """The options beside the default by which the programme ends at once: for each name the stage not held.

    Nobody can leave by such an option, which takes fewer words than a column of zeros.
    """
    if not any(map(_is_about_holding, scenario.choices)):
        return {}
    return {one.name: stage for one in options(scenario)[1:] if (stage := one.ends_before) is not None}


def _is_about_holding(path: str) -> bool:
    steps = path.split(".")
    return (steps[0], steps[-1]) == ("stages", "held")


def _names(table: dict[str, list[Any]]) -> dict[tuple[str, int], str]:
    """A short name for each value of each path: its last key, or all of it, and the value."""
    last = Counter(path.rpartition(".")[2] for path in table)
    names = {}
    for path, values in table.items():
        key = path.rpartition(".")[2]
        for i, value in enumerate(values):
            said = key if last[key] == 1 else path
            if isinstance(value, bool):
                names[path, i] = said if value else f"{_NO}{said}"
            else:
                names[path, i] = f"{said} {_short(value, i)}"
    return names


def _short(value: Any, i: int) -> str:
    if isinstance(value, dict) and "constant" in value:
        value = value["constant"]
    if is_number(value):
        return f"{value:g}"
    return value if isinstance(value, str) else f"#{i + 1}"
