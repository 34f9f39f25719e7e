"""Tables of the text as tables of a report, with the same words and numbers."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from sim.render.html.document import RowGroup, Table, TableCell, TableColumn, TableRow


def convert_table(each: RenderableType, caption: str, corner: str = "") -> Table:
    """Return a table of the text under a caption of its own."""
    assert isinstance(each, RichTable)
    first, *others = each.columns
    columns = tuple(
        TableColumn(*_split(_plain(column.header)), words=column.justify != "right") for column in others
    )
    names = [_plain(cell).strip() for cell in first.cells]
    cells = zip(*([_cell(_plain(cell)) for cell in column.cells] for column in others), strict=True)
    rows = tuple(TableRow(name, told) for name, told in zip(names, cells, strict=True))
    return Table(caption, corner, columns, (RowGroup("", rows),))


def _plain(cell: object) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)


def _split(head: str) -> tuple[str, str]:
    """The first line of a head, and what stands below it."""
    title, _, below = head.strip().partition("\n")
    return title, below


def _cell(text: str) -> TableCell:
    """A number with its range in brackets, which stands below it in small letters."""
    at, bracket, span = text.partition(" [")
    return TableCell(at, span.removesuffix("]")) if bracket and span.endswith("]") else TableCell(text)
