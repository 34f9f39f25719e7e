"""A figure of chances as dots on a scale from 0 to 100 %, a lane for each column of a board."""

from __future__ import annotations

from dataclasses import dataclass

from sim.render.html.board import BoardRow, ChanceBoard, ChanceMark
from sim.render.html.document import Figure, SvgDrawing
from sim.render.html.svg import Canvas, fit_text, text_width

WIDE, NARROW = 720, 358
"""Widths in pixels: of a page, and of a telephone of 390 without its margins."""

_LANE, _GAP, _NAME, _AXIS = 22, 14, 20, 26
_SIZE, _SMALL = 14, 13


def dots_figure(board: ChanceBoard, title: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw a board: a filled dot in the marked column, hollow ones in the others; the band is the range."""
    drawn = board.drawn
    wide, narrow = (_draw(drawn, width) for width in (WIDE, NARROW))
    return Figure(title, board.describe(), wide, narrow, notes)


@dataclass(frozen=True)
class _Scale:
    left: float
    right: float

    def at(self, share: float) -> float:
        return self.left + share * (self.right - self.left)


def _draw(board: ChanceBoard, width: int) -> SvgDrawing:
    canvas, lanes = Canvas(width), len(board.columns)
    above = width == NARROW or lanes > 1  # whether names stand above their lanes
    labels = [column.text for column in board.columns] if above else [row.name for row in board.rows]
    if above and lanes == 1:
        labels = [""]
    room = min(max((text_width(label, _SMALL) for label in labels), default=0), 0.36 * width)
    scale = _Scale(room + 16, width - 12)
    tall = (_NAME if above else 0) + lanes * _LANE + (_GAP if above else 6)
    bottom = 8 + tall * len(board.rows)
    _draw_axis(canvas, scale, bottom, width)
    for i, row in enumerate(board.rows):
        top = 8 + i * tall
        if above:
            canvas.text(0, top + 14, fit_text(row.name, _SIZE, width), size=_SIZE, look="b")
            top += _NAME
        for j, mark in enumerate(row.marks):
            y = top + (j + 0.5) * _LANE
            label = _label(board, row, j, above)
            look = "b" if board.columns[j].marked and lanes > 1 else ""
            canvas.text(
                scale.left - 12, y + 5, fit_text(label, _SMALL, room), anchor="end", size=_SMALL, look=look
            )
            if mark is not None and mark.p == mark.p:
                _draw_mark(canvas, scale, y, mark, marked=board.columns[j].marked or lanes == 1)
    return canvas.render(bottom + _AXIS)


def _label(board: ChanceBoard, row: BoardRow, j: int, above: bool) -> str:
    if not above:
        return row.name
    return board.columns[j].text if len(board.columns) > 1 else ""


def _draw_axis(canvas: Canvas, scale: _Scale, bottom: float, width: int) -> None:
    step = 20 if width == WIDE else 25
    for percent in range(0, 101, step):
        x = scale.at(percent / 100)
        canvas.line((x, 4, x, bottom), "grid")
        last = percent == 100
        canvas.text(
            x + (12 if last else 0),
            bottom + 18,
            f"{percent} %" if last else f"{percent}",
            anchor="end" if last else "middle",
            size=12,
            look="dim",
        )


def _draw_mark(canvas: Canvas, scale: _Scale, y: float, mark: ChanceMark, *, marked: bool) -> None:
    least, most = scale.at(min(mark.least, mark.p)), scale.at(max(mark.most, mark.p))
    height = 10 if marked else 6
    if most - least > 1:
        canvas.box(least, y - height / 2, most - least, height, "band")
    low, high = (scale.at(min(max(end, 0.0), 1.0)) for end in (mark.low, mark.high))
    if high - low > 14:  # or else the dot hides it
        canvas.line((low, y, high, y), "error")
    x = scale.at(mark.p)
    canvas.dot(x, y, 6 if marked else 5, "on" if marked else "off")
    right = max(most, x + 6, high if high - low > 14 else x)
    left = min(least, x - 6, low if high - low > 14 else x)
    look = "b" if marked else ""
    if right + 6 + text_width(mark.text, _SIZE) <= scale.right + 12:
        canvas.text(right + 6, y + 5, mark.text, size=_SIZE, look=look)
    else:
        canvas.text(left - 6, y + 5, mark.text, anchor="end", size=_SIZE, look=look)
