"""What surrounds a figure: programme, finding, what is drawn, notes, where it comes from; in inches."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.render.figures.labels import Labels, format_footer, one_line
from sim.render.figures.style import BIG, DPI, FOOT, GREY, INK, MIDDLE, SMALL
from sim.render.figures.texts import shorten_all, wrap
from sim.text import say

MARGIN = 0.2
_LEADING = 1.35  # line height over font size
_TITLE_LINES, _TITLE_SIZES = 2, (BIG, 11.5, 10.0)  # points; smaller ones where the finding is long


@dataclass(frozen=True)
class Heading:
    """The words of a figure: what was found, what is drawn, and notes above the source.

    `rows` say line by line what is drawn, for those who cannot see it; `data` are the numbers.
    """

    title: str
    subtitle: str
    notes: tuple[str, ...]
    rows: tuple[str, ...]
    data: pd.DataFrame


class SourcedFigure(Figure):
    """A figure that knows what it says and where it comes from."""

    labels: Labels
    heading: Heading

    @property
    def alt(self) -> str:
        """What it shows, for those who cannot see it: a line for each thing that is said or drawn."""
        heading, labels = self.heading, self.labels
        head = (one_line(heading.title), one_line(heading.subtitle))
        foot = (*heading.notes, *format_footer(labels))
        lines = (*head, *heading.rows, *foot, one_line(labels.title))
        return "\n".join(line for line in lines if line)

    def _repr_png_(self) -> tuple[bytes, dict[str, object]]:
        """Return the picture as it is saved, and its size on a page: on fine screens it stays sharp."""
        from sim.render.figures.save import shown_in_notebook

        return shown_in_notebook(self)


@dataclass(frozen=True)
class Frame:
    """A figure with room left for its body, whose lower edge and size are in inches."""

    figure: SourcedFigure
    bottom: float
    width: float
    height: float

    def add_axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Add axes at a place in inches from the body's lower left corner."""
        full_width, full_height = self.figure.get_size_inches()
        place = (
            (MARGIN + left) / full_width,
            (self.bottom + bottom) / full_height,
            width / full_width,
            height / full_height,
        )
        return self.figure.add_axes(place)


def make_frame(labels: Labels, heading: Heading, body_width: float, body_height: float) -> Frame:
    """Make a figure with its words in place, tall enough for them and for a body of that size."""
    head = (
        _block(one_line(labels.title), SMALL, body_width),
        _fit_title(one_line(heading.title), body_width),
        _block(one_line(heading.subtitle), MIDDLE, body_width),
    )
    foot = _block("\n".join((*_join(heading.notes), *format_footer(labels))), FOOT, body_width)
    above, below = MARGIN + sum(block.height for block in head) + 0.1, MARGIN + foot.height
    size = (body_width + 2 * MARGIN, above + body_height + below)
    figure = SourcedFigure(figsize=size, dpi=DPI, facecolor="white")
    figure.labels, figure.heading = labels, heading
    FigureCanvasAgg(figure)
    _head(figure, head)
    _write(figure, foot, below - 0.08, GREY)
    return Frame(figure, below, body_width, body_height)


@dataclass(frozen=True)
class _Block:
    text: str
    size: float
    height: float
    bold: bool = False


def _join(notes: tuple[str, ...]) -> list[str]:
    """Short notes behind each other; a sentence has a line of its own, as who is out."""
    sentences = [note for note in notes if note.endswith(".")]
    return [*sentences, _BETWEEN.join(note for note in notes if note and note not in sentences)]


_BETWEEN = " · "


def _block(text: str, size: float, limit: float, bold: bool = False) -> _Block:
    lines = [line for part in text.splitlines() for line in wrap(part, size, limit, bold)]
    return _make_block(lines, size, bold)


def _make_block(lines: list[str], size: float, bold: bool) -> _Block:
    return _Block("\n".join(lines), size, len(lines) * size * _LEADING / 72, bold)


def _fit_title(title: str, limit: float) -> _Block:
    """The title in two lines at most: in smaller letters, and at last without its end, which alt text has."""
    for size in _TITLE_SIZES:
        lines = wrap(title, size, limit, bold=True)
        if len(lines) <= _TITLE_LINES:
            return _make_block(lines, size, bold=True)
    first, *rest = lines
    # Measured as plain text, which is narrower than bold by less than a tenth.
    (second,) = shorten_all([" ".join(rest)], size, 0.9 * limit)
    return _make_block([first, second], size, bold=True)


def _head(figure: Figure, head: tuple[_Block, _Block, _Block]) -> None:
    programme, title, drawn = head
    top = figure.get_figheight() - MARGIN
    _write(figure, programme, top, GREY)
    full_width, full_height = figure.get_size_inches()
    figure.suptitle(
        title.text,
        x=MARGIN / full_width,
        y=(top - programme.height) / full_height,
        ha="left",
        va="top",
        fontsize=title.size,
        fontweight="bold",
        linespacing=_LEADING,
    )
    _write(figure, drawn, top - programme.height - title.height, INK)


def _write(figure: Figure, block: _Block, top: float, colour: str) -> None:
    full_width, full_height = figure.get_size_inches()
    look: dict[str, Any] = {"va": "top", "fontsize": block.size, "color": colour, "linespacing": _LEADING}
    figure.text(MARGIN / full_width, top / full_height, block.text, **look)


def say_row(labels: Labels, name: str, *told: str) -> str:
    """Say of a row what it shows, as a line of text."""
    return say(labels.lang, "figure.row", name=name, told="; ".join(each for each in told if each))
