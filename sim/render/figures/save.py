"""Figures as files: PNG and SVG, what they say to those who cannot see them, and their numbers."""

import re
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Literal

from sim.folder.files import SavedFiles, put_aside, write_bytes_atomically
from sim.folder.tables import defused
from sim.render.figures.frame import SourcedFigure
from sim.render.figures.labels import format_footer, one_line
from sim.render.figures.style import style

Suffix = Literal["png", "svg", "txt", "csv"]
SUFFIXES: tuple[Suffix, ...] = ("png", "svg", "txt", "csv")
"""What each figure is written as."""

_PAGE_DPI = 120  # pixels an inch at which a notebook shows a figure
_SVG = re.compile(r"<svg\b[^>]*>")
_OWN_TITLE = re.compile(r"\s*<title>.*?</title>", re.DOTALL)  # matplotlib's, which has no description


def save(figure: SourcedFigure, path_without_suffix: Path) -> list[Path]:
    """Write the figure as PNG, SVG, alt text and CSV, and return the paths.

    The same figure gives the same bytes, in one environment. Nothing is written unless all of it could be
    drawn, and each file appears whole or not at all; a file of that name is replaced. Raises OSError if the
    folder is missing or cannot be written to.
    """
    drawn = encode(figure, path_without_suffix)
    for path, data in drawn.items():
        write_bytes_atomically(path, data)
    return list(drawn)


def save_beside_others(figure: SourcedFigure, path_without_suffix: Path) -> SavedFiles:
    """Write the figure as `save` does; rename what else has its names: another figure, or an edited one."""
    drawn = encode(figure, path_without_suffix)
    kept = [aside for path, data in drawn.items() if (aside := put_aside(path, data)) is not None]
    for path, data in drawn.items():
        write_bytes_atomically(path, data)
    return SavedFiles(list(drawn), kept)


def encode(figure: SourcedFigure, path_without_suffix: Path) -> dict[Path, bytes]:
    """Return what is written of a figure, by its files."""
    # Not with_suffix: a name may hold dots of its own.
    base = path_without_suffix
    return {base.with_name(f"{base.name}.{suffix}"): _write_as(figure, suffix) for suffix in SUFFIXES}


def _write_as(figure: SourcedFigure, suffix: Suffix) -> bytes:
    if suffix == "png":
        return _encode(figure, "png")
    if suffix == "svg":
        return _describe_svg(_encode(figure, "svg").decode(), figure).encode()
    if suffix == "txt":
        return (figure.alt + "\n").encode()
    text = defused(figure.heading.data).to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")  # a spreadsheet reads Hangul only behind this mark


def shown_in_notebook(figure: SourcedFigure) -> tuple[bytes, dict[str, object]]:
    """Return the picture as PNG, and its size on a page in pixels."""
    width, height = (round(inches * _PAGE_DPI) for inches in figure.get_size_inches())
    return _encode(figure, "png"), {"width": width, "height": height, "alt": figure.alt}


def _encode(figure: SourcedFigure, kind: Literal["png", "svg"]) -> bytes:
    labels = figure.labels
    metadata: dict[str, str | None] = {
        "Title": " – ".join((one_line(labels.title), one_line(figure.heading.title))),
        "Description": figure.alt,
        "Source": " · ".join(format_footer(labels)),
    }
    # None takes out what matplotlib would add: its version and the time.
    metadata |= {"Software": None, "alt": figure.alt} if kind == "png" else {"Date": None, "Creator": None}
    file = BytesIO()
    with style(labels):
        figure.savefig(file, format=kind, dpi=figure.dpi, metadata=metadata)
    return file.getvalue()


def _describe_svg(svg: str, figure: SourcedFigure) -> str:
    """Give an SVG what screen readers read: its role, a title, and a description of what it shows."""
    title, _, rest = figure.alt.partition("\n")
    told = f"<title>{escape(title)}</title>\n <desc>{escape(rest)}</desc>"
    plain = _OWN_TITLE.sub("", svg, count=1)
    # A function, for a text may hold what a pattern of replacement would read as a group.
    return _SVG.sub(lambda found: f'{found[0][:-1]} role="img">\n {told}', plain, count=1)
