"""Workbooks for spreadsheets: sheets of plain cells in, an .xlsx file out, the same bytes for the same cells.

XlsxWriter only writes, takes half the time of openpyxl to import, and dates no file of the archive by itself.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rich.cells import cell_len

from sim.folder.files import atomic_file, round_fraction
from sim.folder.tables import would_run

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "long", "chance", "certain", "percent", "number", "whole", "fine", "far", "date"]
"""How a cell looks; a number that is whole, small, or far from 1 looks so by itself."""

_FORMATS: dict[Kind, str] = {
    # What dice decide is never shown as impossible or certain, whatever was counted.
    "chance": '[<0.0005]"<0.1%";[>0.9995]">99.9%";0.0%',
    "certain": "0%",
    "percent": "0.0%",
    "number": "#,##0.0##",
    "whole": "#,##0",
    "fine": "0.0####",
    "far": "0.00E+00",
    "date": "yyyy-mm-dd",
}

MOST_ROWS = 1_048_575
"""Rows that a sheet can have beside its header."""

_LONGEST = 32_000
"""Letters that a cell can have, about."""

_NARROW, _WIDE = 8, 48
"""Least and greatest width of a column, in letters."""

_CREATED = datetime.datetime(2000, 1, 1)
"""When every workbook says that it was made, so that the same results are the same bytes."""


class Cell(NamedTuple):
    """A value that is of another kind than its column."""

    value: Any
    kind: Kind


class Column(NamedTuple):
    """A column: what it is called, and what stands in it."""

    title: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Sheet:
    """A table with a header; None and nan are empty cells."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


def write_workbook(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write a workbook whole or not at all. Raises `OSError`."""
    from xlsxwriter import Workbook

    # Row by row: a sweep may have a million.
    with atomic_file(path) as partial, Workbook(str(partial), {"constant_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        writer = _Writer(book)
        for sheet in sheets:
            writer.add(sheet)


class _Writer:
    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "indent": 1}
        )
        self.formats: dict[str, Format] = {
            kind: book.add_format({"num_format": code, "valign": "top"}) for kind, code in _FORMATS.items()
        }
        self.formats["date"].set_align("center")
        # A step to the right, so that no text touches the number before it.
        text = {"valign": "top", "indent": 1}
        self.formats["text"] = book.add_format(text)
        self.formats["long"] = book.add_format({**text, "text_wrap": True})
        # Stays text even where somebody edits the cell.
        self.quoted = book.add_format({**text, "quote_prefix": True})

    def add(self, sheet: Sheet) -> None:
        page = self.book.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        _lay_out_for_print(page)
        for i, width in enumerate(_widths(sheet)):
            page.set_column(i, i, width)
        page.set_row(0, 2 * _LINE)
        for i, column in enumerate(sheet.columns):
            page.write_string(0, i, column.title, self.head)
        rows = sheet.rows[:MOST_ROWS]
        long = [i for i, column in enumerate(sheet.columns) if column.kind == "long"]
        for number, row in enumerate(rows, start=1):
            page.set_row(number, _LINE * max([1, *(_lines(row[i]) for i in long)]))
            for i, (value, column) in enumerate(zip(row, sheet.columns, strict=True)):
                self.write(page, number, i, value if isinstance(value, Cell) else Cell(value, column.kind))
        if rows:
            page.autofilter(0, 0, len(rows), len(sheet.columns) - 1)

    def write(self, page: Worksheet, row: int, column: int, cell: Cell) -> None:
        value = cell.value
        style = self.formats[_number_kind(value) if cell.kind == "number" else cell.kind]
        if isinstance(value, str):
            page.write_string(row, column, value[:_LONGEST], self.quoted if would_run(value) else style)
        elif isinstance(value, datetime.date):
            page.write_datetime(row, column, value, style)
        elif value is not None and math.isfinite(value):
            page.write_number(row, column, round_fraction(value), style)


_NEAR, _FAR = 1e-3, 1e13
"""Between these a number is written in full."""


def _number_kind(value: Any) -> Kind:
    """How a number looks: no zeros behind one that is whole, and digits of one that is small."""
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        return "number"
    if value and not _NEAR <= abs(value) < _FAR:
        return "far"
    return "whole" if value == int(value) else "fine" if abs(value) < 0.1 else "number"


_LINE = 17
"""Height of a line, in points: enough for the fonts that Korean falls back to."""

_MOST_LINES = 6


def _lines(cell: Any) -> int:
    """How many lines a text takes in a wide column."""
    value = cell.value if isinstance(cell, Cell) else cell
    return min(_MOST_LINES, -(-cell_len(value) // _WIDE)) if isinstance(value, str) else 1


def _lay_out_for_print(page: Worksheet) -> None:
    """A4 across, as wide as one page, with the header on each."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _widths(sheet: Sheet) -> list[float]:
    """Widths at which titles and what stands below them can be read; titles may take two lines."""
    found = []
    for i, column in enumerate(sheet.columns):
        cells = [cell_len(_shown(row[i], column.kind)) for row in sheet.rows[:_LOOKED_AT]]
        words = max(map(cell_len, column.title.split()), default=0)
        title = max(words, math.ceil(cell_len(column.title) / 2) + 2) + 2  # 2: the button of the filter
        found.append(float(min(_WIDE, max(_NARROW, title, *cells)) + 3))
    return found


_LOOKED_AT = 2_000
"""Rows by which widths are chosen."""


def _shown(cell: Any, kind: Kind) -> str:
    """What a cell looks like, about."""
    value, kind = cell if isinstance(cell, Cell) else (cell, kind)
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if not math.isfinite(value):
        return ""
    return (
        f"{value:,.0f}"
        if kind == "whole"
        else f"{value:,.2f}"
        if kind == "number" and abs(value) < _FAR
        else "100.0%"
    )
