"""A figure of where each team ends: one bar of 100 % a team, in the order of time."""

from __future__ import annotations

from collections.abc import Sequence

from sim.render.html.board import ChanceBoard
from sim.render.html.document import Figure, SvgDrawing
from sim.render.html.dots import NARROW, WIDE
from sim.render.html.svg import Canvas, fit_text, text_width

_BAR, _GAP, _NAME, _SIZE, _SMALL = 24, 8, 20, 14, 13


def ends_figure(board: ChanceBoard, title: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw the chances of a board, whose columns leave out nothing that can become of a team.

    The marked column is that of staying to the end. Others are in shades, the first the darkest.
    """
    rows = tuple(row for row in board.rows if not row.folded)
    drawn = ChanceBoard(board.columns, rows)
    wide, narrow = (_draw(drawn, width) for width in (WIDE, NARROW))
    return Figure(title, board.describe(), wide, narrow, notes)


def _looks(board: ChanceBoard) -> list[str]:
    """The class of each column: `stay`, or a shade from the first to the last that leaves."""
    shades = [i for i, column in enumerate(board.columns) if not column.marked]
    steps = {i: round(k * 5 / max(1, len(shades) - 1)) for k, i in enumerate(shades)}
    return ["stay" if column.marked else f"s{steps[i]}" for i, column in enumerate(board.columns)]


def _draw(board: ChanceBoard, width: int) -> SvgDrawing:
    canvas, looks = Canvas(width), _looks(board)
    top = _draw_key(canvas, [column.text for column in board.columns], looks, width)
    above = width == NARROW
    room = 0.0 if above else min(max(text_width(row.name, _SIZE) for row in board.rows), 0.36 * width) + 12
    tall = _BAR + _GAP + (_NAME if above else 0)
    for i, row in enumerate(board.rows):
        y = top + i * tall
        if above:
            canvas.text(0, y + 14, fit_text(row.name, _SIZE, width), size=_SIZE, look="b")
            y += _NAME
        else:
            name = fit_text(row.name, _SIZE, room - 12)
            canvas.text(room - 12, y + 17, name, anchor="end", size=_SIZE)
        x = room
        for mark, look in zip(row.marks, looks, strict=True):
            if mark is None or mark.p != mark.p:
                continue
            wide = mark.p * (width - room)
            canvas.box(x, y, wide, _BAR, look)
            if wide > text_width(mark.text, _SMALL) + 6:
                ink = "on-dark" if look in ("stay", "s0", "s1", "s2") else ""
                canvas.text(x + wide / 2, y + 17, mark.text, anchor="middle", size=_SMALL, look=ink)
            x += wide
    return canvas.render(top + tall * len(board.rows))


def _draw_key(canvas: Canvas, labels: Sequence[str], looks: Sequence[str], width: int) -> float:
    """Say which shade is what, on as many lines as it takes; return where bars begin."""
    x, y = 0.0, 4.0
    for label, look in zip(labels, looks, strict=True):
        said = fit_text(label, _SMALL, width - 24)
        need = 20 + text_width(said, _SMALL) + 14
        if x and x + need > width + 14:
            x, y = 0.0, y + 22
        canvas.box(x, y, 14, 14, look)
        canvas.text(x + 20, y + 12, said, size=_SMALL)
        x += need
    return y + 30
