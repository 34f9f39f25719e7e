"""The report of a comparison: whose chance each scenario changes, by how much, and what else differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import copysign

from sim.findings.chances import RangedChance
from sim.findings.comparison import ChanceDifference, ComparisonFindings
from sim.render.html.amounts import (
    count_whole_money,
    format_gap,
    format_months,
    format_whole_hours,
    wait_sentence,
    whole_points,
)
from sim.render.html.board import BoardRow, ChanceBoard, chance_mark
from sim.render.html.changes import format_shift
from sim.render.html.document import (
    Document,
    Listing,
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
from sim.render.html.whole_report import make_report
from sim.render.text.compared_headline import format_value
from sim.render.text.compared_numbers import number_format
from sim.render.text.comparison import (
    BesideSection,
    OtherNumber,
    is_told,
    letters_of,
    list_choices,
    sections_of,
)
from sim.render.text.layout import Names
from sim.stats.differences import MeasureDifference
from sim.stats.input_effects import name_input

_MOST_TEAMS, _MOST_PATHS = 15, 12


def comparison_document(found: ComparisonFindings, lang: str, origin: Origin) -> Document:
    """Return the report of a comparison in one language."""
    names, scenario = Names.of(found.first, lang), found.first
    beside = sections_of(found, names)
    told = [line for each in beside for line in each.headline()]
    headline = told[0] if told else names.say("compare.no_shared_team")
    sections = (_first(names, found, beside, told[1:]), *(_beside(names, each) for each in beside))
    return make_report(names, scenario, origin, found.runs, headline, _sure(names, found), sections)


def _sure(names: Names, found: ComparisonFindings) -> Iterator[tuple[str, str]]:
    dice = max((each.dice for each in found.beside_first), default=0.0)
    told = {"runs": f"{found.runs:,}", "n": whole_points(dice)}
    yield names.say("report.dice_term"), names.say("report.same_luck", **told)
    if chosen := list_choices(found, letters_of(found), names.lang):
        yield names.say("report.decisions_term"), names.say("compare.choices", options=chosen)


def _first(
    names: Names, found: ComparisonFindings, beside: Sequence[BesideSection], more: Sequence[str]
) -> ReportSection:
    """What is compared, and the chances in all of it."""
    letters = letters_of(found)
    pairs = zip(letters, found.scenarios, strict=True)
    compared = Listing("", tuple((f"{letter}:", one.given) for letter, one in pairs), few=True)
    parts: list[ReportPart] = [compared, *([Paragraphs(tuple(more))] if more else [])]
    if board := _board(names, found, beside):
        title = names.say("report.leaving")
        table = Table(
            names.say("report.chances_caption"), names.say("report.team"), board.columns, (board.group(),)
        )
        parts += [dots_figure(board, title, (names.say("report.dots_of_first"),)), table]
    return ReportSection(names.say("report.compared"), tuple(parts))


def _board(names: Names, found: ComparisonFindings, beside: Sequence[BesideSection]) -> ChanceBoard | None:
    """The chance of leaving of each team in every scenario; of very many teams those that change most."""
    letters = letters_of(found)
    by_team: dict[str, list[ChanceDifference | None]] = {}
    for i, each in enumerate(beside):
        for one in each.beside.leaving:
            by_team.setdefault(one.team, [None] * len(beside))[i] = one
    ranked = sorted(by_team, key=lambda team: -max(_size(one) for one in by_team[team]))[:_MOST_TEAMS]
    rows = [_row(names, team, by_team[team]) for team in by_team if team in ranked]
    if not rows:
        return None
    columns = tuple(TableColumn(letter, marked=letter == "A") for letter in letters)
    return ChanceBoard(columns, tuple(rows))


def _size(one: ChanceDifference | None) -> float:
    return 0.0 if one is None else abs(one.difference.estimate)


def _row(names: Names, team: str, compared: Sequence[ChanceDifference | None]) -> BoardRow:
    first = next(one.first for one in compared if one is not None)
    chances = (first, *(None if one is None else one.second for one in compared))
    marks = (None if each is None else chance_mark(names, RangedChance(each, None)) for each in chances)
    return BoardRow(names.teams[team], tuple(marks))


def _beside(names: Names, one: BesideSection) -> ReportSection:
    """What differs between a scenario and the first, whose chances change, and what else changes."""
    parts: list[ReportPart] = [_paths(names, one)]
    if lines := list(_lines(names, one)):
        parts.append(Paragraphs(tuple(lines)))
    if one.beside.leaving:
        parts.append(_leaving(names, one))
    if rows := tuple(_other_numbers(names, one)):
        columns = (
            *(TableColumn(letter) for letter in ("A", one.letter)),
            TableColumn(names.say("report.difference"), words=True),
        )
        parts.append(Table(names.say("report.other_numbers"), "", columns, (RowGroup("", rows),)))
    return ReportSection(names.say("report.beside", first="A", second=one.letter), tuple(parts))


_OF_SCALE = ("strength_selected", "regret")
"""Numbers on a scale that only those who model know."""


def _other_numbers(names: Names, one: BesideSection) -> Iterator[TableRow]:
    """A row for each other number that differs in some run, or is always told."""
    for what, found in one.other_numbers():
        if is_told(what, found) and what.partition(".")[0] not in _OF_SCALE:
            cells = map(TableCell, _number_cells(names, what, found))
            yield TableRow(one.label(what), tuple(cells))


def _number_cells(names: Names, what: str, found: OtherNumber) -> tuple[str, str, str]:
    """A number in both, and by how much it differs; dashes where it was never asked."""
    if isinstance(found, ChanceDifference):
        return _shift_cells(names, found)
    if isinstance(found, MeasureDifference):
        if not found.moments.n:
            return "–", "–", "–"
        first, second = (_amount(names, what, each) for each in found.means)
        return first, second, _change(names, what, found)
    tell = number_format(what, names)
    first, second = (
        "–"
        if each is None
        else _amount(names, what, each)
        if currency == names.currency or not tell.unit
        else tell.in_currency(each, currency)
        for each, currency in found
    )
    return first, second, "–"


def _shift_cells(names: Names, one: ChanceDifference) -> tuple[str, str, str]:
    """A chance in both, and by how many points it differs: by less than one where both print alike."""
    first, second, found = str(one.first), str(one.second), one.difference
    if not found.n:
        return first, second, "–"
    if first == second and found.is_beyond_dice:
        hardly = "report.hardly_lower" if found.estimate < 0 else "report.hardly_higher"
        return first, second, names.say(hardly)
    return first, second, format_shift(names, found)


def _amount(names: Names, what: str, value: float) -> str:
    """A number in the unit that its name tells."""
    if what == "gpu_hours":
        return format_whole_hours(value, names.lang)
    return count_whole_money(value, names.currency) if _is_money(what) else format_months(names, value)


def _change(names: Names, what: str, found: MeasureDifference) -> str:
    """By how much a mean differs, or that no change is seen."""
    if not found.is_beyond_dice:
        return names.say("report.no_change")
    if what == "behind_frontier_months":
        first, second = (_amount(names, what, each) for each in found.means)
        return format_gap(names, found.estimate if first != second else copysign(0.0, found.estimate))
    key = "report.costs_less" if found.estimate < 0 else "report.costs_more"
    return names.say(key, money=_amount(names, what, abs(found.estimate)))


def _is_money(what: str) -> bool:
    return what in ("cost", "paid", "leaked", "own_cost")


def _paths(names: Names, one: BesideSection) -> ReportPart:
    paths = one.beside.paths
    if not paths:
        return Paragraphs((names.say("compare.no_value_differs"),))
    rows = tuple(
        TableRow(
            name_input(each.path, names.lang, one.scenario),
            (TableCell(format_value(each.first).plain), TableCell(format_value(each.second).plain)),
        )
        for each in paths[:_MOST_PATHS]
    )
    left_out = len(paths) - len(rows)
    notes = (names.say("report.more_differ", n=left_out),) if left_out > 0 else ()
    columns = (TableColumn("A", words=True), TableColumn(one.letter, words=True))
    return Table(names.say("report.differ"), "", columns, (RowGroup("", rows),), notes)


def _lines(names: Names, one: BesideSection) -> Iterator[str]:
    if one.beside.wait is not None:
        told = "compare.waits", "compare.waits_alike"
        yield wait_sentence(names, one.beside.wait, told, first="A", second=one.letter)
    if not one.beside.has_shared_team:
        yield names.say("compare.no_shared_team")


def _leaving(names: Names, one: BesideSection) -> Table:
    ranked = sorted(one.beside.leaving, key=lambda each: -abs(each.difference.estimate))[:_MOST_TEAMS]
    rows = tuple(
        TableRow(names.teams[each.team], tuple(map(TableCell, _shift_cells(names, each)))) for each in ranked
    )
    columns = (
        TableColumn("A"),
        TableColumn(one.letter),
        TableColumn(names.say("report.difference"), words=True),
    )
    caption = names.say("report.leaving")
    notes = (names.say("report.same_luck_note"),)
    return Table(caption, names.say("report.team"), columns, (RowGroup("", rows),), notes)
