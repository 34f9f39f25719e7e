"""The sheets of a sensitivity analysis: a row for each chance and input that it may hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.folder.workbook import Sheet
from sim.render.text.layout import Names
from sim.render.workbook.words import about, about_lines, response, titles, yes_or_no
from sim.scenario.models.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


def sensitivity_sheets(
    table: pd.DataFrame, scenario: Scenario, runs: int, seed: int, lang: str
) -> list[Sheet]:
    """Return the sheets of an analysis from its table, with names in the place of ids."""
    names = Names.of(scenario, lang)
    columns = [
        *titles(
            names,
            "text",
            "workbook.target",
            "workbook.stage",
            "workbook.team",
            "workbook.team_id",
            "workbook.input",
            "workbook.path",
            "workbook.law",
            "workbook.guess",
        ),
        *titles(names, "number", "workbook.at_low", "workbook.at_high"),
        *titles(
            names,
            "percent",
            "workbook.chance_low",
            "workbook.chance_high",
            "workbook.change_by",
            "workbook.low",
            "workbook.high",
        ),
        *titles(names, "number", "workbook.share", "workbook.total"),
    ]
    rows = [_row(each, names) for each in table.itertuples()]
    notes = ("workbook.about.dice", "workbook.about.difference")
    return [
        Sheet(names.say("workbook.sheet.sensitivity"), columns, rows),
        about(names, scenario, about_lines(names, runs, seed), *notes),
    ]


def _row(row: Any, names: Names) -> list[Any]:
    about_all = not row.team and row.target == "leaves_at_all"
    told = names.say("workbook.several") if about_all else response(names, row.target, row.team)[0]
    return [
        *(told, names.stages.get(row.stage, row.stage), names.teams.get(row.team, row.team), row.team),
        *(getattr(row, f"name_{names.lang}"), row.factor, row.law, yes_or_no(names, row.guess)),
        *(row.low, row.high, row.at_low, row.at_high, row.swing, row.swing_low, row.swing_high),
        *(row.first, row.total),
    ]
