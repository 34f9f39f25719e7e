"""Tables of the text as tables of a report: their words and numbers are the same, but for what fits into a line."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from sim.render.html.document import Cell, Column, RowGroup, Table, TableRow, Texts


def convert_table(each: RenderableType) -> Iterator[Table | Texts]:
    """Return a table of the text, or a line below it; nothing of an empty line."""
    if isinstance(each, RichTable):
        first, *others = each.columns
        columns = tuple(
            Column(*_split(_plain(column.header)), words=column.justify != "right") for column in others
        )
        names = [_plain(cell).strip() for cell in first.cells]
        cells = zip(*([_cell(_plain(cell)) for cell in column.cells] for column in others), strict=True)
        rows = tuple(TableRow(name, told) for name, told in zip(names, cells, strict=True))
        title, note = _split(_plain(first.header))
        yield Table(title, "", columns, (RowGroup("", rows),), (note,) if note else ())
    elif isinstance(each, Text) and each.plain.strip():
        yield Texts((each.plain.strip(),))


def _plain(cell: object) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)


def _split(head: str) -> tuple[str, str]:
    """The first line of a head, and what stands below it."""
    title, _, below = head.strip().partition("\n")
    return title, below


def _cell(text: str) -> Cell:
    """A number with its range in brackets, which stands below it in small letters."""
    at, bracket, span = text.partition(" [")
    return Cell(at, span.removesuffix("]")) if bracket and span.endswith("]") else Cell(text)
