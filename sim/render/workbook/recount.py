"""The sheets of a recount: points and places, who leaves without a block, who at another weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.findings.recount import RecountFindings
from sim.folder.workbook import Cell, Column, Sheet
from sim.render.text.layout import Names
from sim.render.workbook.words import titles
from sim.rules.recount import Recount
from sim.scenario.names import block_name


def recount_sheets(found: RecountFindings, lang: str) -> list[Sheet]:
    """Return the sheets of a recount, with names in the place of ids."""
    return _Sheets(found, Names.of(found.scenario, lang)).all()


class _Sheets:
    """One recount, in one language."""

    def __init__(self, found: RecountFindings, names: Names) -> None:
        self.found, self.names = found, names

    def all(self) -> list[Sheet]:
        """Return the sheets in order; that of weights only where somebody else would leave at some."""
        sheets = [self._points(), self._without(), self._weights(), self._about()]
        return [sheet for sheet in sheets if sheet.rows]

    def _sheet(self, name: str, columns: Sequence[Column], rows: list[list[Any]]) -> Sheet:
        return Sheet(self.names.say(name), columns, rows)

    def _part(self, part: str) -> str:
        block, *item = part.split("/")
        return "/".join([block_name(block, self.names.lang), *item])

    def _points(self) -> Sheet:
        found, names = self.found, self.names
        blocks = [
            Column(names.say("workbook.out_of", block=self._part(block), max=f"{most:g}"), "number")
            for block, most in found.maxima.items()
        ]
        columns = [
            *titles(names, "text", "workbook.team", "workbook.team_id"),
            *blocks,
            *titles(names, "number", "workbook.total_points", "workbook.reported_total"),
            *titles(names, "text", "workbook.rank", "workbook.fate"),
        ]
        rows = [
            [
                *(names.teams[row.team], row.team, *row.points.values(), row.total),
                found.reported_totals.get(row.team),
                str(row.rank) if row.rank == row.rank_at_worst else f"{row.rank}-{row.rank_at_worst}",
                names.say(f"recount.fate.{row.fate}"),
            ]
            for row in found.rows
        ]
        return self._sheet("workbook.sheet.points", columns, rows)

    def _without(self) -> Sheet:
        columns = [
            *titles(self.names, "text", "workbook.left_out", "workbook.who_leaves", "workbook.tied"),
            *titles(self.names, "number", "workbook.behind_cut"),
        ]
        rows = [[self._part(block), *self._who(one), one.margin] for block, one in self.found.without.items()]
        return self._sheet("workbook.sheet.without", columns, rows)

    def _weights(self) -> Sheet:
        columns = [
            *titles(self.names, "text", "workbook.part"),
            *titles(self.names, "percent", "workbook.share_now", "workbook.share_from", "workbook.share_to"),
            *titles(self.names, "text", "workbook.who_leaves", "workbook.tied"),
        ]
        rows = [
            [
                *(self._part(each.weight.name), each.weight.now, span.low, span.high),
                *(self._named(span.leaving), self._named(span.tied)),
            ]
            for each in self.found.reweighings
            for span in each.weight.spans
        ]
        return self._sheet("workbook.sheet.weights", columns, rows)

    def _who(self, one: Recount) -> tuple[str, str]:
        return self._named(one.leaving), self._named(one.tied)

    def _named(self, teams: Sequence[str]) -> str:
        return ", ".join(self.names.teams[team] for team in teams)

    def _about(self) -> Sheet:
        say, scenario = self.names.say, self.found.scenario
        report = scenario.stages[self.found.stage].reported
        rows: list[list[Any]] = [
            [say("workbook.about.programme"), scenario.name.get(self.names.lang)],
            [say("workbook.stage"), self.names.stages[self.found.stage]],
            [say("workbook.about.known"), Cell(scenario.as_of, "date")],
            [say("workbook.about.hash"), scenario.digest()],
            [say("workbook.about.played"), say("workbook.about.recounted")],
        ]
        if report is not None and report.source:
            rows.append([say("workbook.source"), report.source])
        if report is not None and report.confidence:
            rows.append([say("workbook.confidence"), report.confidence])
        return self._sheet("workbook.sheet.about", [Column("", "text"), Column("", "long")], rows)
