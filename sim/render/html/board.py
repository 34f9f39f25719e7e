"""A board of chances, for a table and a figure alike: each cell has a chance in words and in numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.findings.chances import RangedChance
from sim.render.html.document import RowGroup, TableCell, TableColumn, TableRow
from sim.render.text.layout import Names
from sim.stats.percent import whole_percent


@dataclass(frozen=True)
class ChanceMark:
    """A chance where it is drawn: 0..1, with its sampling interval and, if there are doubts, its range."""

    text: str
    p: float
    low: float
    high: float
    least: float
    most: float
    sure: bool = False  # whether the rules alone decide it
    range: str = ""  # the range in words; empty if its ends print alike


@dataclass(frozen=True)
class BoardRow:
    """A row: what it is called and a mark in each column; none where it was never asked."""

    name: str
    marks: tuple[ChanceMark | None, ...]
    folded: tuple[str, ...] = ()  # the texts of a row of several teams, which has no marks


@dataclass(frozen=True)
class ChanceBoard:
    """Rows over columns."""

    columns: tuple[TableColumn, ...]
    rows: tuple[BoardRow, ...]

    def group(self, title: str = "") -> RowGroup:
        """Return the rows as those of a table."""
        return RowGroup(title, tuple(TableRow(row.name, _cells(row)) for row in self.rows))

    @property
    def drawn(self) -> ChanceBoard:
        """The rows that have marks; of a board that is too large for a figure the marked column alone."""
        rows = tuple(row for row in self.rows if not row.folded)
        if len(rows) * len(self.columns) <= _MOST_LANES:
            return replace(self, rows=rows)
        kept = next((i for i, column in enumerate(self.columns) if column.marked), 0)
        narrowed = tuple(replace(row, marks=(row.marks[kept],)) for row in rows)
        return ChanceBoard((self.columns[kept],), narrowed)

    @property
    def adds_up(self) -> bool:
        """Whether each row is all that can come: its chances add up to 1."""
        rows = [[mark.p for mark in row.marks if mark is not None] for row in self.rows if not row.folded]
        return all(abs(sum(row) - 1) < _SLACK for row in rows)

    def describe(self) -> str:
        """Return the numbers as a text for who cannot see the figure."""
        return "; ".join(f"{row.name}: {self._describe(row)}" for row in self.drawn.rows)

    def _describe(self, row: BoardRow) -> str:
        columns = self.drawn.columns
        told = zip(columns, row.marks, strict=True)
        several = len(columns) > 1
        return ", ".join(f"{c.text} {m.text}" if several else m.text for c, m in told if m is not None)


_SLACK = 1e-6
"""By which chances that add up may miss 1: those of files have nine digits."""

_MOST_LANES = 24
"""Marks of a figure, each in a lane of its own."""


def _cells(row: BoardRow) -> tuple[TableCell, ...]:
    if row.folded:
        return tuple(TableCell(text) for text in row.folded)
    return tuple(TableCell("–") if mark is None else TableCell(mark.text, mark.range) for mark in row.marks)


def chance_mark(names: Names, chance: RangedChance) -> ChanceMark:
    """Return a chance as a mark, its range over the doubts in words where the ends print apart."""
    one = chance.estimate
    least, most = chance.range or (one.p, one.p)
    ends = [whole_percent(least), whole_percent(most)] if chance.range else []
    told = names.say("report.ends", low=ends[0], high=ends[1]) if ends and ends[0] != ends[1] else ""
    text = str(one)
    return ChanceMark(text, one.p, one.low, one.high, least, most, one.certain is not None, told)
