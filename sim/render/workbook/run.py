"""The sheets of a run: chances, options, responses, what moves it, sources and guesses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.findings.chances import Amount, OptionChances, RangedChance
from sim.findings.run import RunFindings, WhatIfShift
from sim.findings.sources import SourcedInput, sourced_inputs
from sim.folder.workbook import Cell, Column, Kind, Sheet
from sim.render.text.layout import Names
from sim.render.text.run import name_cause
from sim.render.workbook.words import (
    about,
    about_lines,
    amount,
    chance,
    interval,
    response,
    titles,
    yes_or_no,
)
from sim.scenario.language.catalogue import find_keys
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.base import MARKS, is_number
from sim.scenario.names import input_names, value_as_told
from sim.scenario.options import option_label
from sim.stats.summary import Kind as ChanceKind


def run_sheets(found: RunFindings, lang: str) -> list[Sheet]:
    """Return the sheets of a run, what people look for first in front."""
    sheets = _Sheets(found, lang)
    names, played = sheets.names, found.played
    notes = ("workbook.about.dice", "workbook.about.honest", "workbook.about.difference")
    return [
        sheets.chances(),
        sheets.options(),
        sheets.responses(),
        sheets.effects(),
        *([sheets.changes()] if found.moves else []),
        sheets.sources(),
        about(names, played.scenario, about_lines(names, played.runs, played.seed), *notes),
    ]


_AT_A_STAGE: tuple[ChanceKind, ...] = ("by_points", "by_gate", "given_present", "kept")
"""Chances beside that of leaving."""


class _Sheets:
    def __init__(self, found: RunFindings, lang: str) -> None:
        self.found, self.lang = found, lang
        self.scenario = found.played.scenario
        self.names = Names.of(self.scenario, lang)
        self.doubted = found.chances.doubts > 0

    def sheet(self, key: str, columns: Any, rows: Any) -> Sheet:
        return Sheet(self.names.say(key), columns, list(rows))

    def range(self, one: RangedChance | Amount | None) -> list[float | None]:
        """The range over the doubts, which has no columns where there are none."""
        if not self.doubted:
            return []
        if one is None or one.range is None or (isinstance(one, RangedChance) and _is_settled(one)):
            return [None, None]
        return list(one.range)

    def ranges(self, kind: Kind = "percent") -> list[Column]:
        """The columns of `range`."""
        return titles(self.names, kind, "workbook.range_low", "workbook.range_high") if self.doubted else []

    def chances(self) -> Sheet:
        """A row for each stage and team, and one for each team over the whole programme."""
        columns = [
            *titles(self.names, "text", "workbook.stage", "workbook.stage_id"),
            *titles(self.names, "date", "workbook.result"),
            *titles(self.names, "text", "workbook.team", "workbook.team_id"),
            *titles(self.names, "percent", "workbook.leaves", "workbook.low", "workbook.high"),
            *self.ranges(),
            *titles(
                self.names,
                "percent",
                "workbook.by_points",
                "workbook.by_gate",
                "workbook.given_present",
                "workbook.kept",
            ),
        ]
        return self.sheet("workbook.sheet.chances", columns, self._chance_rows(self.found.chances.default))

    def _chance_rows(self, default: OptionChances) -> Iterator[list[Any]]:
        """The whole programme, the stages ahead, then those whose results are known."""
        for team, name in self.names.teams.items():
            whole, stays = (default.teams.get(("", team, kind)) for kind in ("leaves_at_all", "selected"))
            programme = self.names.say("workbook.programme")
            ends = [None, None, None, chance(_estimate(stays))]
            yield [programme, "", None, name, team, *self._ranged(whole), *ends]
        ahead = self.scenario.to_come
        for stage in (*ahead, *(each for each in self.scenario.stages if each not in ahead)):
            for team in self.names.teams:
                yield from self._of_stage(default, stage, team)

    def _of_stage(self, default: OptionChances, stage: str, team: str) -> Iterator[list[Any]]:
        """A team at a stage; nothing of one that is never there."""
        found = {kind: _estimate(default.teams.get((stage, team, kind))) for kind in _AT_A_STAGE}
        if (there := found["given_present"]) is not None and there.of:
            day, name = self.scenario.stages[stage].decided, self.names.teams[team]
            leaves = self._ranged(default.teams[stage, team, "leaves"])
            yield [self.names.stages[stage], stage, day, name, team, *leaves, *map(chance, found.values())]

    def _ranged(self, found: RangedChance | None) -> list[Any]:
        estimate = _estimate(found)
        return [chance(estimate), *interval(estimate), *self.range(found)]

    def options(self) -> Sheet:
        """A row for each option and team: leaving at any stage, and being in at the end."""
        columns = [
            *titles(self.names, "text", "workbook.option"),
            *titles(self.names, "text", "workbook.team", "workbook.team_id"),
            *titles(self.names, "percent", "workbook.leaves", "workbook.low", "workbook.high"),
            *self.ranges(),
            *titles(self.names, "percent", "workbook.selected"),
        ]
        rows = (
            [
                option_label(one.name, self.lang) if one.name else self.names.say("workbook.default"),
                *(name, team),
                *self._ranged(one.teams.get(("", team, "leaves_at_all"))),
                chance(_estimate(one.teams.get(("", team, "selected")))),
            ]
            for one in self.found.chances.options
            for team, name in self.names.teams.items()
        )
        return self.sheet("workbook.sheet.options", columns, rows)

    def responses(self) -> Sheet:
        """A row for each response, under the default option."""
        default = self.found.chances.default
        columns = [
            *titles(self.names, "text", "workbook.what", "workbook.stage", "workbook.id", "workbook.unit"),
            *titles(self.names, "number", "workbook.mean", "workbook.low", "workbook.high"),
            *self.ranges("number"),
            *titles(self.names, "number", "workbook.q05", "workbook.q50", "workbook.q95"),
            *titles(self.names, "whole", "workbook.of"),
        ]
        shares = (
            [*self._response(name, "chance"), *self._share(one)] for name, one in default.chances.items()
        )
        amounts = (
            [*self._response(name, one.unit), *self._amount(one)] for name, one in default.amounts.items()
        )
        return self.sheet("workbook.sheet.responses", columns, [*shares, *amounts])

    def _response(self, name: str, unit: str) -> list[str]:
        told, stage = response(self.names, name)
        return [told, self.names.stages.get(stage, stage), name, unit]

    def _share(self, one: RangedChance) -> list[Any]:
        ends = [Cell(end, "percent") for end in (*interval(one.estimate), *self.range(one))]
        return [chance(one.estimate), *ends, None, None, None, one.estimate.of]

    def _amount(self, one: Amount) -> list[Any]:
        numbers = (one.mean, one.low, one.high, *self.range(one), one.q05, one.q50, one.q95)
        return [*(amount(each, one.unit) for each in numbers), one.of]

    def effects(self) -> Sheet:
        """A row for each guessed or uncertain input: what it does from its low to its high value."""
        columns = [
            *titles(self.names, "text", "workbook.input", "workbook.path"),
            *titles(self.names, "number", "workbook.at_low", "workbook.at_high"),
            *titles(self.names, "text", "workbook.moved_team", "workbook.team_id"),
            *titles(
                self.names,
                "percent",
                "workbook.stays_low",
                "workbook.stays_high",
                "workbook.strongest_low",
                "workbook.strongest_high",
            ),
            *titles(self.names, "text", "workbook.notable"),
        ]
        effects = self.found.guesses.effects or ()
        called = input_names([e.path for e in effects], self.lang, self.names.teams, self.names.stages)
        rows = (
            [
                *(name, one.path, one.low, one.high, self.names.teams[one.team], one.team),
                *map(chance, (*one.selected, *one.strongest_dropped)),
                yes_or_no(self.names, one.notable),
            ]
            for name, one in zip(called, effects, strict=True)
        )
        return self.sheet("workbook.sheet.effects", columns, rows)

    def changes(self) -> Sheet:
        """A row for each change: what it does to one team's chance of leaving at any stage."""
        moves = self.found.moves
        assert moves is not None
        columns = [
            *titles(self.names, "text", "workbook.change", "workbook.team", "workbook.team_id"),
            *titles(self.names, "percent", "workbook.difference", "workbook.low", "workbook.high"),
            *titles(self.names, "number", "workbook.change_in_cost", "workbook.change_in_months"),
        ]
        return self.sheet(
            "workbook.sheet.changes", columns, (self._change(moves.team, one) for one in moves.changes)
        )

    def _change(self, team: str, one: WhatIfShift) -> list[Any]:
        found = one.difference
        return [
            name_cause(self.names, one),
            self.names.teams[team],
            team,
            found.estimate,
            found.low,
            found.high,
            one.cost,
            one.months,
        ]

    def sources(self) -> Sheet:
        """A row for each number and date of the scenario."""
        columns = [
            *titles(self.names, "text", "workbook.input", "workbook.path"),
            *titles(self.names, "number", "workbook.value"),
            *titles(self.names, "text", "workbook.unit", "workbook.guess"),
            *titles(self.names, "number", "workbook.plausible_low", "workbook.plausible_high"),
            *titles(self.names, "long", "workbook.source"),
            *titles(self.names, "text", "workbook.confidence"),
            *titles(self.names, "date", "workbook.set_after"),
        ]
        return self.sheet("workbook.sheet.sources", columns, map(self._source, sourced_inputs(self.scenario)))

    def _source(self, one: SourcedInput) -> list[Any]:
        each = one.input
        value: Any = each.value
        if not is_number(value) and not hasattr(value, "isoformat"):
            value = format_flow(value.model_dump(mode="json", exclude_none=True, exclude=set(MARKS)))
        kind = (
            "date" if hasattr(value, "isoformat") else "text" if isinstance(value, str) else _kind(each.unit)
        )
        return [
            *(self._meaning(each.path) or each.meaning, each.path, Cell(value, kind), each.unit),
            yes_or_no(self.names, each.guess),
            *(Cell(end, _kind(each.unit)) for end in each.plausible or (None, None)),
            *(one.source, one.confidence, each.prior_from),
        ]

    def _meaning(self, path: str) -> str:
        """What the key means at which a number stands, or the nearest above it; empty for none."""
        steps = path.split(".")
        for end in range(len(steps), 0, -1):
            if len(found := find_keys(".".join(steps[:end]))) == 1:
                return found[0].meaning_in(self.lang)
        return ""


def _kind(unit: str) -> Kind:
    """Shares in percent, as the text tells them; dates of plausible ranges are none."""
    return "percent" if value_as_told(unit, "en")[1] else "number"


def _is_settled(one: RangedChance) -> bool:
    """Whether the rules decide a chance, and no doubt changes what they do."""
    return one.estimate.certain is not None and one.range is not None and one.range[0] == one.range[1]


def _estimate(found: RangedChance | None) -> Any:
    return None if found is None else found.estimate
