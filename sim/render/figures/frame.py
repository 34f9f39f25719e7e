"""What surrounds a figure: programme, title, finding, notes, footer, in inches; how it is saved and shown."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.folder.files import SavedFiles, atomic_file, put_aside
from sim.render.figures.labels import Labels, format_footer, one_line
from sim.render.figures.style import BIG, DPI, GREY, MIDDLE, SMALL, TINY, style
from sim.render.figures.texts import wrap

Kind = Literal["png", "svg"]
KINDS: tuple[Kind, ...] = ("png", "svg")

MARGIN = 0.2
_PAGE_DPI = 100  # pixels an inch at which a notebook shows a figure
_LEADING = 1.35  # line height over font size


@dataclass(frozen=True)
class Heading:
    """The words of a figure: a title, what was found, and notes above the footer."""

    title: str
    finding: str
    notes: tuple[str, ...] = ()


class ShownFigure(Figure):
    """A figure that a notebook shows as it is, without pyplot and `%matplotlib`; else one like any other."""

    labels: Labels

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return the picture as it is saved, and its size on a page: on fine screens it stays sharp."""
        width, height = (round(inches * _PAGE_DPI) for inches in self.get_size_inches())
        return _encode(self, "png", self.labels), {"width": width, "height": height}


@dataclass(frozen=True)
class Frame:
    """A figure with room left for its body, whose lower edge and size are in inches."""

    figure: Figure
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
        _block(heading.title, BIG, body_width, bold=True),
        _block(heading.finding, MIDDLE, body_width),
    )
    foot = _block("\n".join((*heading.notes, format_footer(labels))), TINY, body_width)
    above, below = MARGIN + sum(block.height for block in head) + 0.1, MARGIN + foot.height
    size = (body_width + 2 * MARGIN, above + body_height + below)
    figure = ShownFigure(figsize=size, dpi=DPI, facecolor="white")
    figure.labels = labels
    FigureCanvasAgg(figure)
    _head(figure, head)
    _write(figure, foot, below - 0.08, GREY)
    # The finding is what the saved files say about themselves to those who cannot see them.
    figure.set_label(heading.finding)
    return Frame(figure, below, body_width, body_height)


@dataclass(frozen=True)
class _Block:
    text: str
    size: float
    height: float
    bold: bool = False


def _block(text: str, size: float, limit: float, bold: bool = False) -> _Block:
    lines = [line for part in text.splitlines() for line in wrap(part, size, limit, bold)]
    return _Block("\n".join(lines), size, len(lines) * size * _LEADING / 72, bold)


def _head(figure: Figure, head: tuple[_Block, _Block, _Block]) -> None:
    programme, title, finding = head
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
    _write(figure, finding, top - programme.height - title.height)


def _write(figure: Figure, block: _Block, top: float, colour: str = "black") -> None:
    full_width, full_height = figure.get_size_inches()
    look: dict[str, Any] = {"va": "top", "fontsize": block.size, "color": colour, "linespacing": _LEADING}
    figure.text(MARGIN / full_width, top / full_height, block.text, **look)


def save(figure: Figure, path_without_suffix: Path, labels: Labels) -> list[Path]:
    """Write the figure as PNG (200 pixels an inch) and SVG, and return the paths.

    The same figure gives the same bytes, in one environment. The files' metadata hold the title, the
    finding, and the scenario, runs and date of `labels`. Nothing is written unless all of it could be
    drawn, and each file appears whole or not at all; a file of that name is replaced. Raises OSError if the
    folder is missing or cannot be written to.
    """
    drawn = encode(figure, path_without_suffix, labels)
    for path, data in drawn.items():
        _write_bytes(path, data)
    return list(drawn)


def save_beside_others(figure: Figure, path_without_suffix: Path, labels: Labels) -> SavedFiles:
    """Write the figure as `save` does; rename what else has its names: another figure, or an edited one."""
    drawn = encode(figure, path_without_suffix, labels)
    kept = [aside for path, data in drawn.items() if (aside := put_aside(path, data)) is not None]
    for path, data in drawn.items():
        _write_bytes(path, data)
    return SavedFiles(list(drawn), kept)


def _write_bytes(path: Path, data: bytes) -> None:
    with atomic_file(path) as partial:
        partial.write_bytes(data)


def encode(figure: Figure, path_without_suffix: Path, labels: Labels) -> dict[Path, bytes]:
    """Return what is written of a figure, by its files."""
    # Not with_suffix: a name may hold dots of its own.
    base = path_without_suffix
    return {base.with_name(f"{base.name}.{kind}"): _encode(figure, kind, labels) for kind in KINDS}


def _encode(figure: Figure, kind: Kind, labels: Labels) -> bytes:
    metadata: dict[str, str | None] = {
        "Title": " – ".join((one_line(labels.title), one_line(figure.get_suptitle()))),
        "Description": str(figure.get_label()),
        "Source": format_footer(labels),
    }
    # None takes out what matplotlib would add: its version and the time.
    metadata |= {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
    file = BytesIO()
    with style(labels):
        figure.savefig(file, format=kind, dpi=figure.dpi, metadata=metadata)
    return file.getvalue()
