"""The text that `sim compare` prints: within 80 columns, the scenarios under the letters A, B, C."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.findings.comparison import ChanceDifference, ComparisonFindings
from sim.findings.fold import MOST_ROWS
from sim.render.text.compared_headline import ComparedPair, format_value
from sim.render.text.compared_numbers import NumberFormat, number_format
from sim.render.text.ecosystem import TOLD_OF_DAY, TOLD_OF_ECOSYSTEM
from sim.render.text.layout import (
    NAME_WIDTH,
    Names,
    add_numbers,
    fit_names,
    format_wait,
    indented,
    plain_table,
)
from sim.rules.decisions import Fate
from sim.scenario.options import option_label
from sim.stats.differences import MeasureDifference, PairedDifference
from sim.stats.input_effects import name_input
from sim.stats.percent import margin
from sim.text.money import CurrencyCode

_MOST_PATHS = 8

_MOST_STAGES, _FOLDED, _MOST_PARTED = 4, 15, 8
"""Stages with a table of their own, teams of a table where they are too many for a row each, and teams whose
fates are told."""

_LEAST_SHARPER, _MOST_SHARPER = 10, 1000
"""From which ratio on it has no decimals, and above which its digits say nothing."""

_RESPONSES = {
    "behind_frontier_months": "compare.months_behind",
    "strength_selected": "compare.strength_selected",
    "gpu_hours": "compare.gpu_hours",
    "cost": "compare.lease",
    "hours_lost": "compare.hours_lost",
    "cost_lost": "compare.cost_lost",
    "paid": "compare.paid",
    "leaked": "compare.leaked",
    "own_cost": "compare.own",
    "target_reached": "compare.target_reached",
    "nobody_selected": "compare.nobody_selected",
    "most_capable_dropped": "compare.strongest_leaves",
    "least_capable_kept": "compare.weakest_stays",
    "regret": "compare.strength_lost",
    **TOLD_OF_ECOSYSTEM,
}
"""What the responses that are told are called, in their order."""

_ALWAYS = ("behind_frontier_months", "strength_selected", "gpu_hours", "cost", "paid")
"""Responses that are told even where no run differs: what a programme comes to, and what it costs."""

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


NumbersApart = tuple[tuple[float | None, CurrencyCode], tuple[float | None, CurrencyCode]]
"""A number of each of two scenarios, with its currency, of which there is no difference."""

OtherNumber = ChanceDifference | MeasureDifference | NumbersApart


def render_comparison(found: ComparisonFindings, lang: str) -> RenderableType:
    """Render all of a comparison, in one language."""
    return Group(*_parts(found, Names.of(found.first, lang)))


def _parts(found: ComparisonFindings, names: Names) -> Iterator[RenderableType]:
    letters, sections = letters_of(found), sections_of(found, names)
    if lines := [Text(line, overflow="fold") for each in sections for line in each.headline()]:
        yield from (*lines, Text())
    for letter, scenario in zip(letters, found.scenarios, strict=True):
        yield Text(f"{letter}  {scenario.given}", overflow="fold")
    yield Text(names.say("compare.about", n=found.runs, runs=f"{found.runs:,}", seed=found.seed))
    if chosen := list_choices(found, letters, names.lang):
        yield Text(names.say("compare.choices", options=chosen))
    yield Text()
    for each in sections:
        yield from each.parts()
    yield Text(" ".join(_notes(found, names)))


def letters_of(found: ComparisonFindings) -> list[str]:
    """Return the letters under which scenarios go: A, B, C."""
    return [chr(ord("A") + i) for i in range(len(found.scenarios))]


def sections_of(found: ComparisonFindings, names: Names) -> list[BesideSection]:
    """Return each scenario but the first, beside it."""
    rest = zip(letters_of(found)[1:], found.scenarios[1:], found.beside_first, strict=True)
    return [BesideSection(found, second, beside, letter, names) for letter, second, beside in rest]


def _notes(found: ComparisonFindings, names: Names) -> Iterator[str]:
    yield names.say("compare.note")
    if names.modelled:
        yield names.say("compare.eci")
    if any(beside.past is not None for beside in found.beside_first):
        yield names.say("compare.note_islands")
    if any(each.moments.n == 1 for beside in found.beside_first for what, each in beside.means if _key(what)):
        yield names.say("compare.one_run")


def list_choices(found: ComparisonFindings, letters: Sequence[str], lang: str) -> str:
    """List the scenarios with choices and what is chosen in each; empty where no scenario has any."""
    defaults = ((letter, one.default) for letter, one in zip(letters, found.scenarios, strict=True))
    return ", ".join(f"{letter}: {option_label(default, lang)}" for letter, default in defaults if default)


class BesideSection(ComparedPair):
    """One scenario, under its letter, beside the first, with its tables."""

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
            yield from self._leaving()
        else:
            yield Text(self.say("compare.no_shared_team"))
        yield from self._others()
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
            name = name_input(each.path, self.names.lang, self.scenario)
            table.add_row(Text(f"  {name}"), format_value(each.first), format_value(each.second))
        yield table
        if len(paths) > _MOST_PATHS:
            yield Text(f"  {self.say('compare.more_paths', n=len(paths) - _MOST_PATHS)}")

    def _table(self, title: str) -> Table:
        table = plain_table()
        table.add_column(title, ratio=1, overflow="fold")
        difference = self.say("compare.difference", first="A", second=self.letter)
        add_numbers(table, "A", self.letter, difference, self.say("compare.sharper"))
        return table

    def _leaving(self) -> Iterator[RenderableType]:
        """The chances of leaving at any stage, and stage by stage where some run differs."""
        yield from self._chances(self._title(), self.beside.leaving)
        stages = self.beside.by_stage
        for stage in list(stages)[:_MOST_STAGES]:
            title = self.say("compare.leaving_at", stage=self.names.stages[stage])
            yield from self._chances(title, stages[stage])
        if len(stages) > _MOST_STAGES:
            yield Text(f"  {self.say('compare.more_stages', n=len(stages) - _MOST_STAGES)}")

    def _title(self) -> str:
        stage = self.beside.only_stage
        if stage in self.names.stages:
            return self.say("compare.leaving_at", stage=self.names.stages[stage])
        if option := self.option:
            return self.say("sweep.leaving_with", option=option_label(option, self.names.lang))
        return self.say("table.leaving_at_all")

    def _chances(self, title: str, teams: Sequence[ChanceDifference]) -> Iterator[RenderableType]:
        """A row for each team, or for those whose chance changes most where they are many."""
        shown = list(teams)
        if len(teams) > MOST_ROWS:
            shown = sorted(teams, key=lambda each: -abs(each.difference.estimate))[:_FOLDED]
        table = self._table(title)
        names = fit_names([self.names.teams[each.team] for each in shown], NAME_WIDTH)
        for name, each in zip(names, shown, strict=True):
            table.add_row(*self._chance_row(f"  {name}", each))
        yield table
        if others := [abs(each.difference.estimate) for each in teams if each not in shown]:
            points = margin(max(others))
            yield Text(f"  {self.say('compare.more_teams', n=len(others), points=points)}")

    def other_numbers(self) -> Iterator[tuple[str, OtherNumber]]:
        """Return each other number by the name of its response, in the order in which they are told."""
        found: dict[str, OtherNumber] = dict(self._alone())
        found |= {each.what: each for each in self.beside.chances}
        found |= dict(self.beside.means)
        order = list(_RESPONSES)
        for what in sorted(filter(_key, found), key=lambda what: order.index(_name(what))):
            yield what, found[what]

    def _others(self) -> Iterator[RenderableType]:
        """The other numbers: those that every programme comes to, and what differs in some run."""
        table, alike = self._table(self.say("compare.others")), 0
        for what, row in self._told():
            if row is None:
                alike += 1
            else:
                table.add_row(f"  {self.label(what)}", *row)
        yield table
        if alike:
            yield Text(f"  {self.say('compare.alike', n=alike)}")

    def _told(self) -> Iterator[tuple[str, tuple[str, ...] | None]]:
        """The cells of each response that is told, in order; None where no run differs."""
        for what, found in self.other_numbers():
            if not is_told(what, found):
                yield what, None
            elif isinstance(found, ChanceDifference):
                yield what, self._chance_row("", found)[1:]
            elif isinstance(found, MeasureDifference):
                yield what, self._mean_row(found, number_format(what, self.names))
            else:
                tell = number_format(what, self.names)
                values = ("–" if each is None else tell.in_currency(each, of) for each, of in found)
                yield what, (*values, "–", "–")

    def _alone(self) -> Iterator[tuple[str, NumbersApart]]:
        """Hours and money that only one has, or each in its own currency: there is no difference."""
        for what in ("gpu_hours", "cost", "paid"):
            first, second = ((getattr(one, what), one.currency) for one in (self.first, self.second))
            if (first[0], second[0]) != (None, None):
                yield what, (first, second)

    def _chance_row(self, label: str, each: ChanceDifference) -> tuple[str, ...]:
        """Of what was asked in no run of both there is nothing to say."""
        found: PairedDifference = each.difference
        if not found.n:
            return label, "–", "–", "–", "–"
        interval = self._interval(f"{100 * found.low:+.1f}", f"{100 * found.high:+.1f}")
        ratio = _times(found.variance_ratio)
        return label, str(each.first), str(each.second), f"{found} {interval}", ratio

    def _mean_row(self, found: MeasureDifference, tell: NumberFormat) -> tuple[str, ...]:
        """Of no run at all there is nothing to say, and of one alone no interval."""
        if not found.moments.n:
            return "–", "–", "–", "–"
        difference = tell.signed(found.estimate)
        if found.has_interval and not found.is_constant:
            ends = [*map(tell.signed, found.interval())]
            # So close together that they print alike: brackets around the same number tell nobody anything.
            difference += f" {self._interval(*ends)}" if set(ends) != {difference} else ""
        return *map(tell.value, found.means), difference, _times(found.variance_ratio)

    def _interval(self, low: str, high: str) -> str:
        return self.say("compare.interval", low=low, high=high)

    def label(self, response: str) -> str:
        """Return what a response is called."""
        what, _, day = response.partition(".")
        if day and what in TOLD_OF_DAY:
            return self.say(TOLD_OF_DAY[what], day=day)
        stage = self.names.stages.get(response.partition(".")[2], "")
        unit = number_format(response, self.names).unit
        return self.say(_RESPONSES[_name(response)], stage=stage, unit=unit)

    def _parted(self) -> Iterator[RenderableType]:
        """The first replication with other fates, and the result at which they part."""
        parted = self.beside.first_difference
        if parted is None:
            yield Text(self.say("compare.never"))
            return
        at = {"day": self.beside.parted_on, "stage": self.names.stages[parted.stage]}
        yield Text(self.say("compare.parted", replication=parted.replication, **at))
        teams = parted.parted
        for team, first, second in teams[:_MOST_PARTED]:
            told = self.say(
                "compare.fate",
                team=self.names.teams[team],
                first=self.say(_FATES[Fate(first)]),
                second=self.say(_FATES[Fate(second)]),
                first_name="A",
                second_name=self.letter,
            )
            yield indented(told)
        if len(teams) > _MOST_PARTED:
            yield indented(self.say("compare.more_parted", n=len(teams) - _MOST_PARTED))


def is_told(response: str, found: OtherNumber) -> bool:
    """Tell whether there is something to tell of a number: some run differs in it, or it is always told."""
    if isinstance(found, ChanceDifference):
        return found.difference.is_seen
    return not isinstance(found, MeasureDifference) or found.is_seen or response in _ALWAYS


def _name(response: str) -> str:
    return response.partition(".")[0]


def _key(response: str) -> str | None:
    """By which sentence a response is told; None for those that are not: hours and money of one stage."""
    return None if response.startswith(_OF_ONE_STAGE) else _RESPONSES.get(_name(response))


_OF_ONE_STAGE = (
    *("gpu_hours.", "cost.", "paid.", "places.", "budget_used."),
    *("supply_", "hours_lost."),
)


def _times(ratio: float) -> str:
    """How many times fewer runs pairing needs; a dash where nothing varies."""
    if math.isnan(ratio) or math.isinf(ratio):
        return "–"
    if ratio > _MOST_SHARPER:
        return f">{_MOST_SHARPER}x"
    return f"{ratio:.0f}x" if ratio >= _LEAST_SHARPER else f"{ratio:.1f}x"
