"""The first sentence of `sim compare` about each scenario, and what is said of keys that move nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.findings.comparison import BesideFirst, ComparedScenario, ComparisonFindings, Unmoved
from sim.render.text.layout import Names, fitted
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import condition
from sim.stats.input_effects import name_input
from sim.stats.percent import margin

_VALUE = 18
_MOST_SAID, _GIVEN = 3, 30
"""Teams that the first sentence names, and letters of what is given for a scenario that it may repeat."""

_HEADLINES = {
    (True, True): ("compare.headline.value", "compare.headline.value_if"),
    (False, True): ("compare.headline.new", "compare.headline.new_if"),
    (False, False): ("compare.headline.scenario", "compare.headline.scenario_if"),
}
"""First sentences, without an option and with it, by whether the one value that differs is there in the first
scenario and in the second; in neither where they differ in more than one."""


class ComparedPair:
    """One scenario, under its letter, beside the first."""

    def __init__(
        self,
        found: ComparisonFindings,
        second: ComparedScenario,
        beside: BesideFirst,
        letter: str,
        names: Names,
    ) -> None:
        self.scenario: Scenario = found.first
        self.runs = found.runs
        self.first, self.second = found.scenarios[0], second
        self.beside, self.letter, self.names = beside, letter, names
        self.say = names.say

    def headline(self) -> Iterator[str]:
        """Say in a sentence whose chance of leaving the other scenario changes, and from what to what."""
        if not self.beside.has_shared_team:
            return
        yield self._first_sentence()
        for key in self.beside.common[:_MOST_SAID]:
            yield self.say("compare.common", path=key.path, of_team=key.of_team)

    def _first_sentence(self) -> str:
        if self.beside.same == "all":
            return self.say("compare.headline.same", n=self.runs, runs=f"{self.runs:,}", **self._sides())
        values = {"changes": self._changes(), **self._sides(), **(value := self._one_value())}
        plain, with_option = _HEADLINES["first" in value, "second" in value]
        if option := self.option:
            return self.say(with_option, option=condition(option, self.names.lang), **values)
        return self.say(plain, **values)

    def _sides(self) -> dict[str, object]:
        """Both scenarios as they were asked for, or their letters where that is long."""
        given = [self.first.given, self.second.given]
        if max(map(len, given)) > _GIVEN or given[0] == given[1]:
            given = ["A", self.letter]
        return dict(zip(("first", "second"), given, strict=True))

    def _one_value(self) -> dict[str, object]:
        """The input in which the two differ and its values, without that of the first where it has none.

        Nothing where they differ in several inputs, or a value is too long for a sentence.
        """
        if len(self.beside.paths) != 1:
            return {}
        (path,) = self.beside.paths
        first, second = (_briefly(value) for value in (path.first, path.second))
        if second is None or (first is None and path.first is not None):
            return {}
        told: dict[str, object] = {
            "name": name_input(path.path, self.names.lang, self.scenario),
            "second": second,
        }
        return told if first is None else {**told, "first": first}

    @property
    def option(self) -> str:
        """The option that is played in both; empty where they have none, or not the same."""
        return self.first.default if self.first.default == self.second.default else ""

    def _changes(self) -> str:
        """How the chances change, of the teams whose change is the greatest."""
        if self.beside.same is not None:
            return self.say("compare.headline.fates")
        if not self.beside.seen:
            return self.say("compare.headline.dice", points=margin(self.beside.dice))
        told: list[str] = []
        for each in self.beside.seen[:_MOST_SAID]:
            key = "compare.headline.other" if told else "compare.headline.first"
            team = self.names.teams[each.team]
            told.append(self.say(key, team=team, before=each.first, after=each.second))
        return ", ".join(told)


def _briefly(value: Any) -> str | None:
    """A value in a sentence: a number, a word, or the one entry of a table; None for anything longer."""
    if isinstance(value, dict) and len(value) == 1:
        ((key, of_key),) = value.items()
        inner = _briefly(of_key)
        return None if inner is None or isinstance(of_key, dict) else f"{key}: {inner}"
    if value is None or isinstance(value, (dict, list)):
        return None
    return format_value(value).plain


def format_value(value: Any) -> Text:
    """Return a value in a cell: a dash for none, a long one without its middle."""
    text = "–" if value is None else value if isinstance(value, str) else format_flow(value)
    return Text(fitted(text, _VALUE))


def unmoved_lines(names: Names, found: Unmoved) -> RenderableType:
    """Return which keys that were set move nobody, and beside each the key that moves one team."""
    key = "run.unmoved" if found.is_exact else "run.unmoved_by_facts"
    told = (names.say(key, path=one.path, of_team=one.of_team, runs=found.runs) for one in found.keys)
    return Group(*(Text(line, overflow="fold") for line in told))
