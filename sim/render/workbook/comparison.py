"""The sheets of a comparison: a row for each chance and measure that two scenarios have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.findings.comparison import ComparisonFindings
from sim.folder.workbook import Sheet
from sim.render.text.layout import Names
from sim.render.workbook.words import about, about_lines, amount, response, titles

if TYPE_CHECKING:
    import pandas as pd


def comparison_sheets(table: pd.DataFrame, found: ComparisonFindings, lang: str) -> list[Sheet]:
    """Return the sheets of a comparison from its table, with names in the place of ids."""
    names = Names.of(found.first, lang)
    columns = [
        *titles(
            names,
            "text",
            "workbook.scenario",
            "workbook.what",
            "workbook.stage",
            "workbook.stage_id",
            "workbook.team",
            "workbook.team_id",
            "workbook.unit",
        ),
        *titles(
            names,
            "number",
            "workbook.first",
            "workbook.second",
            "workbook.change_by",
            "workbook.low",
            "workbook.high",
        ),
        *titles(names, "whole", "workbook.of"),
    ]
    rows = [_row(each, found, names) for each in table.itertuples()]
    lines = about_lines(names, found.runs, found.seed)
    compared = ", ".join(one.given for one in found.scenarios)
    lines = {names.say("workbook.included"): compared, **lines}
    notes = ("workbook.about.dice", "workbook.about.difference")
    return [
        Sheet(names.say("workbook.sheet.differences"), columns, rows),
        about(names, found.first, lines, *notes),
    ]


def _row(row: Any, found: ComparisonFindings, names: Names) -> list[Any]:
    told, of_response = response(names, row.what, row.team)
    stage = row.stage or of_response
    numbers = (row.first, row.second, row.estimate, row.low, row.high)
    # Both sides may be certain; a difference of chances is no chance.
    unit = "share" if row.unit == "chance" else row.unit
    return [
        *(found.scenarios[row.scenario].given, told, names.stages.get(stage, stage), stage),
        *(names.teams.get(row.team, row.team), row.team, row.unit),
        *(amount(each, unit) for each in numbers),
        row.of,
    ]
