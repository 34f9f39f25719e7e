"""What a report is made of before it is HTML: sentences, tables and figures in one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class TableCell:
    """What stands in a cell of a table: a text, and in small letters what belongs to it, such as a range."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class TableColumn:
    """The head of a column; the one that is `marked` is what is assumed unless somebody decides otherwise."""

    text: str
    note: str = ""
    marked: bool = False
    words: bool = False  # whether its cells are words, which stand at the left


@dataclass(frozen=True)
class TableRow:
    """A row: its name, in small letters what belongs to it, and its cells."""

    name: str
    cells: tuple[TableCell, ...]
    note: str = ""


@dataclass(frozen=True)
class RowGroup:
    """Rows below a title of their own; an empty title for a table of one kind of rows."""

    title: str
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class Table:
    """A table with its caption above and notes below it; `corner` is the head of the names of rows."""

    caption: str
    corner: str
    columns: tuple[TableColumn, ...]
    groups: tuple[RowGroup, ...]
    notes: tuple[str, ...] = ()
    kind: Literal["table"] = field(default="table", init=False)

    @property
    def look(self) -> str:
        """What telephones do with it: `many` columns are slid, cells of `words` stand below one another."""
        if len(self.columns) > 1 and all(column.words for column in self.columns):
            return "words"
        return "many" if len(self.columns) > _MOST_COLUMNS else ""


_MOST_COLUMNS = 4
"""Columns of numbers that a telephone shows beside one another."""


class SvgDrawing(NamedTuple):
    """What stands inside an svg element, and its size."""

    width: int
    height: int
    body: Markup


@dataclass(frozen=True)
class Figure:
    """A figure, drawn twice: for wide pages and for telephones; `description` is for who cannot see it."""

    title: str
    description: str
    wide: SvgDrawing
    narrow: SvgDrawing
    notes: tuple[str, ...] = ()
    kind: Literal["figure"] = field(default="figure", init=False)


@dataclass(frozen=True)
class Paragraphs:
    """Paragraphs."""

    texts: tuple[str, ...]
    kind: Literal["texts"] = field(default="texts", init=False)


@dataclass(frozen=True)
class Listing:
    """Short lines, each a name and what is said of it, below a title; `few` of them, or in columns."""

    title: str
    items: tuple[tuple[str, str], ...]
    few: bool = False
    kind: Literal["listing"] = field(default="listing", init=False)


ReportPart = Table | Figure | Paragraphs | Listing


@dataclass(frozen=True)
class ReportSection:
    """Parts under a title; a `folded` one opens on demand on a screen, and is open in print."""

    title: str
    parts: tuple[ReportPart, ...]
    folded: bool = False


@dataclass(frozen=True)
class Document:
    """A report in one language. `sure` says how sure its first sentence is: terms with their sentences."""

    lang: str
    programme: str
    about: tuple[str, ...]  # what is known until when, and whom to ask
    headline: str
    sure: tuple[tuple[str, str], ...]
    sections: tuple[ReportSection, ...]
    footer: tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """Where a report comes from, as its last lines say it."""

    command: str  # by which the study is played again
    version: str  # of this program
    seed: int
    scenario_hash: str
    contact: str  # whom to ask; empty if nobody is named


def without_empty(sections: Sequence[ReportSection]) -> tuple[ReportSection, ...]:
    """Return the sections that have something to say."""
    return tuple(each for each in sections if each.parts)
