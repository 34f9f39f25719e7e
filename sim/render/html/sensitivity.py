"""The report of a sensitivity analysis: which number matters most, and how far each moves a chance."""

from __future__ import annotations

from collections.abc import Iterator

from sim.findings.sensitivity import SensitivityFindings, WeighedChance
from sim.render.html.board import BoardRow, ChanceBoard, ChanceMark
from sim.render.html.document import (
    Document,
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
from sim.render.html.whole_report import guessed_inputs, make_report
from sim.render.text.layout import Names
from sim.render.text.sensitivity import SensitivityText
from sim.scenario.names import value_text
from sim.stats.percent import percent, share

_MOST = 8


def sensitivity_document(found: SensitivityFindings, lang: str, origin: Origin) -> Document:
    """Return the report of an analysis in one language."""
    scenario, text = found.scenario, SensitivityText(found, lang)
    names = text.names
    first, *more = text.sentences()
    sections = (
        ReportSection(names.say("report.matters"), tuple(_parts(text, more))),
        ReportSection(names.say("report.left_out"), tuple(_left_out(text))),
    )
    return make_report(names, scenario, origin, found.runs, first, _sure(names, found), sections)


def _sure(names: Names, found: SensitivityFindings) -> Iterator[tuple[str, str]]:
    yield guessed_inputs(names, found.scenario)
    if not found.is_decided:
        yield names.say("report.dice_term"), names.say("report.no_dice_in_it")


def _parts(text: SensitivityText, more: list[str]) -> Iterator[ReportPart]:
    found, names = text.found, text.names
    if found.is_decided:
        return
    for weighed in found.told:
        if weighed.bounds:
            board = _board(text, weighed)
            yield dots_figure(board, _title(text, weighed), (names.say("report.ends_of_numbers"),))
            yield _table(text, weighed, board)
    yield Paragraphs(tuple(more))


def _title(text: SensitivityText, weighed: WeighedChance) -> str:
    names = text.names
    if weighed.stage:
        return names.say("report.strongest_leaves", stage=names.stages[weighed.stage])
    return names.say("report.leaving_of", team=names.teams[text.found.team or next(iter(names.teams))])


def _board(text: SensitivityText, weighed: WeighedChance) -> ChanceBoard:
    """The chance with each number at its low and at its high end."""
    rows = []
    for i in weighed.by_total[:_MOST]:
        between = weighed.bounds[i]
        half = between.half_width_of_chances
        marks = []
        for count in (between.first, between.second):
            p = count / between.n
            low, high = max(0.0, p - half), min(1.0, p + half)
            marks.append(ChanceMark(percent(p, low, high), p, low, high, p, p))
        rows.append(BoardRow(text.name(i), tuple(marks)))
    say = text.names.say
    return ChanceBoard(
        (TableColumn(say("report.at_low")), TableColumn(say("report.at_high"), marked=True)), tuple(rows)
    )


def _table(text: SensitivityText, weighed: WeighedChance, board: ChanceBoard) -> Table:
    names, rows = text.names, []
    for i, row in zip(weighed.by_total[:_MOST], board.rows, strict=True):
        unknown = text.found.inputs[i]
        low, high = (value_text(end, unknown.unit, names.lang) for end in (unknown.low, unknown.high))
        before, after = (mark.text if mark else "–" for mark in row.marks)
        part, _, interval = share(*weighed.indices.total[i]).partition(" ")
        note = interval.strip("[]").replace("-", "–")
        note_of_name = names.say("report.a_guess") if unknown.widened else ""
        cells = (TableCell(low), TableCell(high), TableCell(before), TableCell(after), TableCell(part, note))
        rows.append(TableRow(row.name, cells, note_of_name))
    heads = ("report.low_value", "report.high_value", "report.at_low", "report.at_high", "report.weight")
    columns = tuple(TableColumn(names.say(head)) for head in heads)
    caption, corner = names.say("report.chances_caption"), names.say("report.number")
    return Table(caption, corner, columns, (RowGroup("", tuple(rows)),), (names.say("report.weight_note"),))


def _left_out(text: SensitivityText) -> Iterator[ReportPart]:
    if told := tuple(text.left_out()):
        yield Paragraphs(told)
