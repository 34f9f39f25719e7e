"""The text that `sim compare` prints: within 80 columns, the scenarios under the letters A, B, C."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.findings.comparison import BesideFirst, ChanceDifference, ComparedScenario, ComparisonFindings
from sim.render.text.layout import (
    NAME_WIDTH,
    Names,
    add_numbers,
    fit_names,
    fitted,
    format_wait,
    indented,
    plain_table,
)
from sim.rules.decisions import Fate
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import option_label
from sim.stats.differences import MeasureDifference, PairedDifference
from sim.stats.input_effects import name_input
from sim.text.hours import format_hours
from sim.text.money import count_money, format_money_briefly, money_unit

_MOST_PATHS = 8
_VALUE = 18

_RESPONSES = {
    "most_capable_dropped": "compare.strongest_leaves",
    "least_capable_kept": "compare.weakest_stays",
    "nobody_selected": "compare.nobody_selected",
    "target_reached": "compare.target_reached",
    "regret": "compare.strength_lost",
    "behind_frontier_months": "compare.months_behind",
    "strength_selected": "compare.strength_selected",
}
"""What the responses that are told are called; of GPU-hours and money the totals stand at the top."""

_FATES = {
    Fate.GONE: "compare.gone",
    Fate.KEPT: "compare.stays",
    Fate.OUT_BY_POINTS: "compare.out_by_points",
    Fate.OUT_AT_GATE: "compare.out_at_gate",
    Fate.NOT_ENTERED: "compare.not_entered",
}

_PASTS = {
    "same": "compare.same_past",
    "own": "compare.own_pasts",
    "first": "compare.one_past",
    "second": "compare.one_past",
}


def render_comparison(found: ComparisonFindings, lang: str) -> RenderableType:
    """Render all of a comparison, in one language."""
    return Group(*_parts(found, Names.of(found.first, lang)))


def _parts(found: ComparisonFindings, names: Names) -> Iterator[RenderableType]:
    for letter, scenario in zip(_letters(found), found.scenarios, strict=True):
        yield Text(f"{letter}  {scenario.given}", overflow="fold")
    yield Text(names.say("compare.about", n=found.runs, runs=f"{found.runs:,}", seed=found.seed))
    if chosen := _chosen(found, names.lang):
        yield Text(names.say("compare.choices", options=chosen))
    yield Text()
    if any(one.cost is not None for one in found.scenarios):
        yield _money(found, names)
    for letter, beside in zip(_letters(found)[1:], found.beside_first, strict=True):
        yield from _Beside(found.first, beside, letter, names).parts()
    told = [names.say("compare.note"), *([names.say("compare.eci")] if names.modelled else [])]
    if any(beside.past is not None for beside in found.beside_first):
        told.append(names.say("compare.note_islands"))
    if any(each.moments.n == 1 for beside in found.beside_first for _, each in _told(beside)):
        told.append(names.say("compare.one_run"))
    yield Text(" ".join(told))


def _letters(found: ComparisonFindings) -> list[str]:
    return [chr(ord("A") + i) for i in range(len(found.scenarios))]


def _chosen(found: ComparisonFindings, lang: str) -> str:
    """List the scenarios with choices and what is chosen in each; empty where no scenario has any."""
    defaults = ((letter, one.default) for letter, one in zip(_letters(found), found.scenarios, strict=True))
    return ", ".join(f"{letter}: {option_label(default, lang)}" for letter, default in defaults if default)


def _money(found: ComparisonFindings, names: Names) -> Table:
    table = plain_table()
    table.add_column("", ratio=1)
    add_numbers(table, *_letters(found))
    hours = (one.gpu_hours for one in found.scenarios)
    told = ("–" if each is None else format_hours(each, names.lang) for each in hours)
    table.add_row(names.say("compare.gpu_hours"), *told)
    unit = money_unit(names.currency, names.lang)
    table.add_row(names.say("table.lease", unit=unit), *(_cost(one, names) for one in found.scenarios))
    return table


def _cost(one: ComparedScenario, names: Names) -> str:
    """What is paid for the GPUs lent, in units of the table, or in full where it is in another currency."""
    if one.cost is None:
        return "–"
    if one.currency != names.currency:
        return format_money_briefly(one.cost, one.currency, names.lang)
    return count_money(one.cost, one.currency)


class _Beside:
    """One scenario, under its letter, beside the first."""

    def __init__(self, first: Scenario, beside: BesideFirst, letter: str, names: Names) -> None:
        self.first, self.beside, self.letter, self.names = first, beside, letter, names
        self.say = names.say

    def parts(self) -> Iterator[RenderableType]:
        """Render what differs, the chances and the other numbers, and where fates part."""
        yield from self._paths()
        if self.beside.fixed_in is not None:
            has, draws = ("A", self.letter) if self.beside.fixed_in == "first" else (self.letter, "A")
            yield Text(self.say("compare.fixed", has=has, draws=draws))
        if self.beside.past is not None:
            has = "A" if self.beside.past == "first" else self.letter
            yield Text(self.say(_PASTS[self.beside.past], first="A", second=self.letter, has=has))
        if self.beside.wait is not None:
            key = "compare.waits_alike" if self.beside.wait.same_fates else "compare.waits"
            said = format_wait(self.beside.wait)
            yield Text(self.say(key, first="A", second=self.letter, **said))
        if self.beside.has_shared_team:
            yield self._selected()
        else:
            yield Text(self.say("compare.no_shared_team"))
        yield self._others()
        if self.beside.has_shared_team:
            yield from self._parted()

    def _paths(self) -> Iterator[RenderableType]:
        """By which values the scenario differs from the first."""
        yield Text(self.say("compare.differ", first="A", second=self.letter))
        paths = self.beside.paths
        if not paths:
            yield Text(f"  {self.say('compare.no_value_differs')}")
            return
        table = plain_table(show_header=False)
        table.add_column("", ratio=1, overflow="fold")
        add_numbers(table, "", "")
        for each in paths[:_MOST_PATHS]:
            name = name_input(each.path, self.names.lang, self.first)
            table.add_row(Text(f"  {name}"), _value(each.first), _value(each.second))
        yield table
        if len(paths) > _MOST_PATHS:
            yield Text(f"  {self.say('compare.more_paths', n=len(paths) - _MOST_PATHS)}")

    def _table(self, title: str) -> Table:
        table = plain_table()
        table.add_column(title, ratio=1, overflow="fold")
        difference = self.say("compare.difference", first="A", second=self.letter)
        add_numbers(table, "A", self.letter, difference, self.say("compare.sharper"))
        return table

    def _selected(self) -> Table:
        table = self._table(self.say("compare.selected"))
        teams = self.beside.selected
        names = fit_names([self.names.teams[each.team] for each in teams], NAME_WIDTH)
        for name, each in zip(names, teams, strict=True):
            table.add_row(*self._chance_row(f"  {name}", each))
        return table

    def _others(self) -> Table:
        table = self._table(self.say("compare.others"))
        for each in self.beside.chances:
            if label := self._label(each.what):
                table.add_row(*self._chance_row(f"  {label}", each))
        for what, mean in _told(self.beside):
            table.add_row(*self._mean_row(f"  {self._label(what)}", mean))
        return table

    def _chance_row(self, label: str, each: ChanceDifference) -> tuple[str, ...]:
        """Of what was asked in no run of both there is nothing to say."""
        found: PairedDifference = each.difference
        if not found.n:
            return label, "–", "–", "–", "–"
        interval = self._interval(f"{100 * found.low:+.1f}", f"{100 * found.high:+.1f}")
        ratio = _times(found.variance_ratio)
        return label, str(each.first), str(each.second), f"{found} {interval}", ratio

    def _mean_row(self, label: str, found: MeasureDifference) -> tuple[str, ...]:
        """Of no run at all there is nothing to say, and of one alone no interval."""
        if not found.moments.n:
            return label, "–", "–", "–", "–"
        difference = f"{found.estimate:+.2f}"
        if found.has_interval:
            low, high = found.interval()
            difference += f" {self._interval(f'{low:+.2f}', f'{high:+.2f}')}"
        first, second = (f"{mean:.1f}" for mean in found.means)
        return label, first, second, difference, _times(found.variance_ratio)

    def _interval(self, low: str, high: str) -> str:
        return self.say("compare.interval", low=low, high=high)

    def _label(self, response: str) -> str | None:
        """What a response is called; None for those that are not told."""
        name, _, stage = response.partition(".")
        if name not in _RESPONSES:
            return None
        return self.say(_RESPONSES[name], stage=self.names.stages.get(stage, ""), unit=self.names.unit)

    def _parted(self) -> Iterator[RenderableType]:
        """The first replication with other fates, and the result at which they part."""
        parted = self.beside.first_difference
        if parted is None:
            yield Text(self.say("compare.never"))
            return
        at = {"day": self.beside.parted_on, "stage": self.names.stages[parted.stage]}
        yield Text(self.say("compare.parted", replication=parted.replication, **at))
        for team, first, second in parted.parted:
            told = self.say(
                "compare.fate",
                team=self.names.teams[team],
                first=self.say(_FATES[Fate(first)]),
                second=self.say(_FATES[Fate(second)]),
                first_name="A",
                second_name=self.letter,
            )
            yield indented(told)


def _told(beside: BesideFirst) -> list[tuple[str, MeasureDifference]]:
    """The means that are told, by the name of the response."""
    return [each for each in beside.means if each[0].partition(".")[0] in _RESPONSES]


def _times(ratio: float) -> str:
    """How many times fewer runs pairing needs; a dash where nothing varies."""
    if math.isnan(ratio) or math.isinf(ratio):
        return "–"
    return f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x"


def _value(value: Any) -> Text:
    text = "–" if value is None else value if isinstance(value, str) else format_flow(value)
    return Text(fitted(text, _VALUE))
