"""The report of a sweep: how chances change along what varies, and what a point costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.findings.chances import RangedChance
from sim.findings.cost_path import CostStep
from sim.findings.sweep import SweepFindings, SweptPoint, choose_evenly
from sim.render.html.amounts import count_whole_money, whole_points
from sim.render.html.board import BoardRow, ChanceBoard, chance_mark
from sim.render.html.changes import format_shift
from sim.render.html.curve import TeamCurve, curves_figure
from sim.render.html.document import (
    Document,
    Figure,
    Origin,
    Paragraphs,
    ReportPart,
    ReportSection,
    RowGroup,
    Table,
    TableCell,
    TableColumn,
    TableRow,
)
from sim.render.html.dots import dots_figure
from sim.render.html.rich_tables import convert_table
from sim.render.html.whole_report import guessed_inputs, make_report
from sim.render.text.layout import Names
from sim.render.text.sweep import format_level, shown_teams, sweep_sentence, sweep_table
from sim.scenario.models.base import is_number
from sim.scenario.options import option_label
from sim.stats.input_effects import name_input
from sim.text.money import CurrencyCode, money_unit

_MOST_ROWS, _MOST_DRAWN = 15, 10


def sweep_document(found: SweepFindings, lang: str, origin: Origin) -> Document:
    """Return the report of a sweep in one language."""
    scenario = found.scenario
    names = Names.of(scenario, lang)
    sections = (
        ReportSection(names.say("report.along"), tuple(_parts(names, found))),
        ReportSection(names.say("report.cost_of_point"), tuple(_cost(names, found))),
    )
    sentence = sweep_sentence(found, lang)
    return make_report(names, scenario, origin, found.runs, sentence, _sure(names, found), sections)


def _sure(names: Names, found: SweepFindings) -> Iterator[tuple[str, str]]:
    if found.is_over:
        yield names.say("report.certain_term"), names.say("report.all_known")
        return
    yield guessed_inputs(names, found.scenario)
    told = {"runs": f"{found.runs:,}", "n": whole_points(found.half_width)}
    yield names.say("report.dice_term"), names.say("report.dice_of_points", **told)


def _parts(names: Names, found: SweepFindings) -> Iterator[ReportPart]:
    if not found.is_over and (figure := _figure(names, found)):
        yield figure
    shown = choose_evenly(found.points, _MOST_ROWS)
    corner = name_input(found.factors[0], names.lang, found.scenario) if found.factors else ""
    yield convert_table(
        sweep_table(found, shown, names.lang, count_whole_money), _title(names, found), corner
    )
    lines = []
    if len(shown) < len(found.points):
        lines.append(names.say("report.some_points", shown=len(shown), points=len(found.points)))
    if len(shown_teams(found)) < len(found.teams):
        lines.append(names.say("report.some_teams", shown=len(shown_teams(found)), teams=len(found.teams)))
    if lines:
        yield Paragraphs(tuple(lines))


def _title(names: Names, found: SweepFindings) -> str:
    if found.default:
        return names.say("report.leaving_with", option=option_label(found.default, names.lang))
    return names.say("report.leaving")


def _figure(names: Names, found: SweepFindings) -> Figure | None:
    """Curves along one number; dots where something else varies at few points; nothing over a grid."""
    if len(found.factors) != 1 or len(found.points) < 2:
        return None
    teams = shown_teams(found)
    if all(is_number(point.levels[0]) for point in found.points):
        return _curves(names, found, teams)
    if len(found.points) > _MOST_DRAWN:
        return None
    columns = tuple(
        TableColumn(found.teams[team].get(names.lang), marked=i == 0) for i, team in enumerate(teams)
    )
    ranged = None if found.change is None else found.change.team
    rows = tuple(_row(names, point, teams, ranged) for point in found.points)
    return dots_figure(ChanceBoard(columns, rows), _title(names, found), _band_notes(names, found, teams))


def _row(names: Names, point: SweptPoint, teams: Sequence[str], ranged: str | None) -> BoardRow:
    chances = (
        RangedChance(point.leaves[team], point.ranges.get(team) if team == ranged else None)
        if team in point.leaves
        else None
        for team in teams
    )
    marks = (None if each is None else chance_mark(names, each) for each in chances)
    return BoardRow(format_level(point.levels[0]), tuple(marks))


def _curves(names: Names, found: SweepFindings, teams: Sequence[str]) -> Figure:
    ordered = sorted(found.points, key=lambda point: float(point.levels[0]))
    curves = []
    for team in teams:
        told = [(float(p.levels[0]), p.leaves[team]) for p in ordered if team in p.leaves]
        points = tuple((x, each.p) for x, each in told)
        curves.append(
            TeamCurve(
                found.teams[team].get(names.lang), points, str(told[-1][1]), _band(found, ordered, team)
            )
        )
    axis = name_input(found.factors[0], names.lang, found.scenario)
    ticks = [(float(p.levels[0]), format_level(p.levels[0])) for p in choose_evenly(ordered, 5)]
    return curves_figure(curves, ticks, axis, _title(names, found), _band_notes(names, found, teams))


def _band(
    found: SweepFindings, ordered: Sequence[SweptPoint], team: str
) -> tuple[tuple[float, float, float], ...]:
    """The range over doubts along the number, of the team of the first sentence alone."""
    if found.change is None or found.change.team != team:
        return ()
    return tuple((float(p.levels[0]), *p.ranges[team]) for p in ordered if team in p.ranges)


def _band_notes(names: Names, found: SweepFindings, teams: Sequence[str]) -> tuple[str, ...]:
    """What the band is, where there is one."""
    if found.doubts is None or found.change is None or found.change.team not in teams:
        return ()
    told = {"team": found.teams[found.change.team].get(names.lang), "runs": f"{found.doubts.runs:,}"}
    return (names.say("report.band_of", n=found.doubts.number, **told),)


def _cost(names: Names, found: SweepFindings) -> Iterator[Table | Paragraphs]:
    """What a percentage point costs along a budget."""
    path = found.cost_path
    if path is None:
        return
    currency, unit = found.scenario.money, money_unit(found.scenario.money, names.lang)
    team = found.teams[path.team].get(names.lang)
    caption = names.say("report.cost_caption", team=team, first=format_level(path.first))
    columns = (
        TableColumn(names.say("sweep.more_money", unit=unit)),
        TableColumn(names.say("report.change_chance"), words=True),
        TableColumn(names.say("report.per_point", unit=unit)),
    )
    rows = tuple(
        TableRow(format_level(step.level), _cost_cells(names, step, currency)) for step in path.steps
    )
    corner = name_input(found.factors[0], names.lang, found.scenario)
    yield Table(caption, corner, columns, (RowGroup("", rows),))
    yield Paragraphs((names.say("report.cost_note"),))


def _cost_cells(names: Names, step: CostStep, currency: CurrencyCode) -> tuple[TableCell, ...]:
    """The money, what it changes, and what each point of that costs, with what the dice leave open."""
    money = TableCell(count_whole_money(step.money, currency))
    if step.per_point is None or step.ends is None:
        return money, TableCell(names.say("report.no_change")), TableCell("–")
    low, high = (count_whole_money(end, currency) for end in step.ends)
    note = names.say("report.ends", low=low, high=high) if low != high else ""
    price = TableCell(count_whole_money(step.per_point, currency), note)
    return money, TableCell(format_shift(names, step.change)), price
