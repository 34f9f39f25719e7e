"""The sheets of a run: chances, options, responses, what moves it, sources and guesses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.findings.chances import Amount, OptionChances, RangedChance
from sim.findings.run import RunFindings, WhatIfShift
from sim.findings.sources import SourcedInput, sourced_inputs
from sim.folder.workbook import Cell, Sheet
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
from sim.scenario.models.base import is_number
from sim.scenario.names import input_names, value_as_told
from sim.scenario.options import option_label


def run_sheets(found: RunFindings, lang: str) -> list[Sheet]:
    """Return the sheets of a run, what people look for first in front."""
    sheets = _Sheets(found, lang)
    names, played = sheets.names, found.played
    notes = [names.say(f"workbook.about.{key}") for key in ("dice", "honest", "difference")]
    return [
        sheets.chances(),
        sheets.options(),
        sheets.responses(),
        sheets.effects(),
        *([sheets.changes()] if found.moves else []),
        sheets.sources(),
        about(names, played.scenario, about_lines(names, played.runs, played.seed), *notes),
    ]


class _Sheets:
    def __init__(self, found: RunFindings, lang: str) -> None:
        self.found, self.lang = found, lang
        self.scenario = found.played.scenario
        self.names = Names.of(self.scenario, lang)
        self.doubted = found.chances.doubts > 0

    def sheet(self, key: str, columns: Any, rows: Any) -> Sheet:
        return Sheet(self.names.say(f"workbook.sheet.{key}"), columns, list(rows))

    def range(self, one: RangedChance | Amount | None) -> list[float | None]:
        """The range over the doubts, which has no columns where there are none."""
        if not self.doubted:
            return []
        return [None, None] if one is None or one.range is None else list(one.range)

    def ranges(self, kind: Any = "percent") -> dict[str, Any]:
        return {"range_low": kind, "range_high": kind} if self.doubted else {}

    def chances(self) -> Sheet:
        """A row for each stage and team, and one for each team over the whole programme."""
        columns = titles(
            self.names,
            **dict.fromkeys(("stage", "stage_id"), "text"),
            result="date",
            **dict.fromkeys(("team", "team_id"), "text"),
            **dict.fromkeys(("leaves", "low", "high"), "percent"),
            **self.ranges(),
            **dict.fromkeys(("by_points", "by_gate", "given_present", "kept"), "percent"),
        )
        return self.sheet("chances", columns, self._chance_rows(self.found.chances.default))

    def _chance_rows(self, default: OptionChances) -> Iterator[list[Any]]:
        chances = default.teams
        for stage_id, stage in self.scenario.stages.items():
            for team, name in self.names.teams.items():
                leaves = chances.get((stage_id, team, "leaves"))
                yield [
                    *(self.names.stages[stage_id], stage_id, stage.decided, name, team),
                    *self._ranged(leaves),
                    *(
                        chance(_estimate(chances.get((stage_id, team, kind))))
                        for kind in ("by_points", "by_gate", "given_present", "kept")
                    ),
                ]
        for team, name in self.names.teams.items():
            whole = chances.get(("", team, "leaves_at_all"))
            stays = chance(_estimate(chances.get(("", team, "selected"))))
            programme = self.names.say("workbook.programme")
            yield [programme, "", None, name, team, *self._ranged(whole), None, None, None, stays]

    def _ranged(self, found: RangedChance | None) -> list[Any]:
        estimate = _estimate(found)
        return [chance(estimate), *interval(estimate), *self.range(found)]

    def options(self) -> Sheet:
        """A row for each option and team: leaving at any stage, and being in at the end."""
        columns = titles(
            self.names,
            option="text",
            **dict.fromkeys(("team", "team_id"), "text"),
            **dict.fromkeys(("leaves", "low", "high"), "percent"),
            **self.ranges(),
            kept="percent",
        )
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
        return self.sheet("options", columns, rows)

    def responses(self) -> Sheet:
        """A row for each response, under the default option."""
        default = self.found.chances.default
        columns = titles(
            self.names,
            **dict.fromkeys(("what", "stage", "id", "unit"), "text"),
            **dict.fromkeys(("mean", "low", "high"), "number"),
            **self.ranges("number"),
            **dict.fromkeys(("q05", "q50", "q95"), "number"),
            of="whole",
        )
        shares = (
            [*self._response(name, "chance"), *self._share(one)] for name, one in default.chances.items()
        )
        amounts = (
            [*self._response(name, one.unit), *self._amount(one)] for name, one in default.amounts.items()
        )
        return self.sheet("responses", columns, [*shares, *amounts])

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
        columns = titles(
            self.names,
            **dict.fromkeys(("input", "path"), "text"),
            **dict.fromkeys(("at_low", "at_high"), "number"),
            **dict.fromkeys(("moved_team", "team_id"), "text"),
            **dict.fromkeys(("stays_low", "stays_high", "strongest_low", "strongest_high"), "percent"),
            notable="text",
        )
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
        return self.sheet("effects", columns, rows)

    def changes(self) -> Sheet:
        """A row for each change: what it does to one team's chance of leaving at any stage."""
        moves = self.found.moves
        assert moves is not None
        columns = titles(
            self.names,
            **dict.fromkeys(("change", "team", "team_id"), "text"),
            **dict.fromkeys(("difference", "low", "high"), "percent"),
        )
        return self.sheet("changes", columns, (self._change(moves.team, one) for one in moves.changes))

    def _change(self, team: str, one: WhatIfShift) -> list[Any]:
        found = one.difference
        return [
            name_cause(self.names, one),
            self.names.teams[team],
            team,
            found.estimate,
            found.low,
            found.high,
        ]

    def sources(self) -> Sheet:
        """A row for each number and date of the scenario."""
        columns = titles(
            self.names,
            **dict.fromkeys(("input", "path"), "text"),
            value="number",
            **dict.fromkeys(("unit", "guess"), "text"),
            **dict.fromkeys(("plausible_low", "plausible_high"), "number"),
            source="long",
            confidence="text",
            set_after="date",
        )
        return self.sheet("sources", columns, map(self._source, sourced_inputs(self.scenario)))

    def _source(self, one: SourcedInput) -> list[Any]:
        each = one.input
        value: Any = each.value
        if not is_number(value) and not hasattr(value, "isoformat"):
            value = format_flow(
                value.model_dump(mode="json", exclude_none=True, exclude={"source", "confidence"})
            )
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
        found = find_keys(path)
        return found[0].meaning_in(self.lang) if len(found) == 1 else ""


def _kind(unit: str) -> Any:
    """Shares in percent, as the text tells them; dates of plausible ranges are none."""
    return "percent" if value_as_told(unit)[1] else "number"


def _estimate(found: RangedChance | None) -> Any:
    return None if found is None else found.estimate
