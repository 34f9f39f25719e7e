"""The sheets of a sweep: a row for each point and option, with what varies, then the chances or responses."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from sim.findings.sweep import SweepFindings
from sim.folder.workbook import MOST_ROWS, Cell, Column, Sheet
from sim.render.text.layout import Names
from sim.render.workbook.words import about, about_lines, amount, response, titles
from sim.scenario.options import option_label
from sim.text.money import CURRENCIES

if TYPE_CHECKING:
    import pandas as pd

_POINT = ["point", "option"]


def sweep_sheets(
    chances: pd.DataFrame, responses: pd.DataFrame, found: SweepFindings, lang: str
) -> list[Sheet]:
    """Return the sheets of a sweep from its tables, which have a row for each chance and each response."""
    teams = dict(zip(chances.team, chances[f"team_{lang}"], strict=True))
    names = Names(lang, teams, Names.of(found.scenario, lang).stages)
    sheets = [_chances(chances, found, names), _responses(responses, found, names)]
    lines = about_lines(names, found.runs, found.seed)
    if (more := len(sheets[0].rows) - MOST_ROWS) > 0:
        lines[names.say("workbook.about.left_out")] = names.say("workbook.about.rows", n=more)
    notes = ("workbook.about.dice", "workbook.about.honest")
    return [*sheets, about(names, found.scenario, lines, *notes)]


def _chances(table: pd.DataFrame, found: SweepFindings, names: Names) -> Sheet:
    """Each team's chance of leaving at any stage, and the widest error among them."""
    leaving = table[table.chance == "leaves_at_all"]
    heads = {team: names.say("workbook.leaves_of", team=name) for team, name in names.teams.items()}
    spent = [
        *titles(names, "whole", "workbook.gpu_hours"),
        Column(names.say("workbook.cost", currency=found.scenario.money), "whole"),
    ]
    if not found.scenario.hardware:
        spent = []
    columns = [*_labels(found, names), *spent, *(Column(head, "percent") for head in heads.values())]
    columns += [
        *titles(names, "percent", "workbook.half_width"),
    ]
    rows = []
    for _, point in leaving.groupby(_POINT, sort=False):
        first = point.iloc[0]
        by_team = {row.team: row for row in point.itertuples()}
        widest = ((point.high - point.low) / 2)[point.certain == ""].max()
        cells = [_chance(by_team.get(team)) for team in heads]
        rows.append([*_values(first, found, names), *_spent(first, found), *cells, widest])
    return Sheet(names.say("workbook.sheet.points"), columns, rows)


def _spent(first: Any, found: SweepFindings) -> list[float]:
    """GPU-hours and their cost, where there is hardware."""
    if not found.scenario.hardware:
        return []
    currency = CURRENCIES[found.scenario.money]
    return [first.gpu_hours, first[f"cost_{currency.column}"] * currency.size]


def _chance(row: Any) -> Cell | None:
    return None if row is None else Cell(row.p, "certain" if row.certain else "chance")


def _responses(table: pd.DataFrame, found: SweepFindings, names: Names) -> Sheet:
    """Each response as a column: a chance, or the mean of a measure."""
    units = dict(zip(table.response, table.unit, strict=True))
    columns = [*_labels(found, names), *(Column(_head(names, each, units[each])) for each in units)]
    rows = []
    for _, point in table.groupby(_POINT, sort=False):
        means = dict(zip(point.response, point["mean"], strict=True))
        cells = [amount(means.get(each), units[each]) for each in units]
        rows.append([*_values(point.iloc[0], found, names), *cells])
    return Sheet(names.say("workbook.sheet.responses"), columns, rows)


def _head(names: Names, name: str, unit: str) -> str:
    told, stage = response(names, name)
    where = f", {names.stages.get(stage, stage)}" if stage else ""
    return f"{told}{where} ({unit})" if unit in ("ECI", *CURRENCIES) else f"{told}{where}"


def _labels(found: SweepFindings, names: Names) -> Sequence[Column]:
    point, option = [
        *titles(names, "whole", "workbook.point"),
        *titles(names, "text", "workbook.option"),
    ]
    return [point, *(Column(path) for path in found.factors), option]


def _values(row: Any, found: SweepFindings, names: Names) -> list[Any]:
    """What varies at a point: levels that are numbers as numbers, and the option."""
    levels = [row[path] for path in found.factors]
    option = option_label(row["option"], names.lang) if row["option"] else names.say("workbook.default")
    return [row["point"], *(_level(level) for level in levels), option]


def _level(value: Any) -> Cell:
    if isinstance(value, Real):  # NumPy's numbers, too
        return Cell(value, "number")
    return Cell(str(value), "text")
