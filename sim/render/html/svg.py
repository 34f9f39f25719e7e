"""Drawings as SVG whose text is text: small, searchable, and read aloud.

Every text is escaped where it is written: `Markup.format` escapes what it is given.
"""

from __future__ import annotations

from math import ceil

from markupsafe import Markup
from rich.cells import cell_len

from sim.render.html.document import SvgDrawing
from sim.render.text.layout import fitted

_LETTER = 0.62
"""The width of a letter over the size of its font, and half of that of a Hangul syllable: above the mean."""


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is, in the units of `size`; fonts differ, so it is rather too much."""
    return _LETTER * size * cell_len(text)


def fit_text(text: str, size: float, room: float) -> str:
    """Return the text without its middle where it is wider than the room."""
    return fitted(text, max(4, int(room / (_LETTER * size) + 1e-6)))  # a text fits into its own width


class Canvas:
    """A drawing that is so wide; it grows downwards."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._parts: list[Markup] = []

    def text(
        self, x: float, y: float, text: str, *, anchor: str = "start", size: int = 14, look: str = ""
    ) -> None:
        """Write a text whose baseline is at `y`; `look` names classes of the style sheet."""
        form = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="{}" class="{}">{}</text>')
        self._parts.append(form.format(x, y, anchor, size, look, text))

    def line(self, ends: tuple[float, float, float, float], look: str) -> None:
        """Draw a line from x1, y1 to x2, y2."""
        form = Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>')
        self._parts.append(form.format(*ends, look))

    def box(self, x: float, y: float, width: float, height: float, look: str) -> None:
        """Draw a filled rectangle."""
        form = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}"/>')
        self._parts.append(form.format(x, y, max(width, 0.0), height, look))

    def dot(self, x: float, y: float, radius: float, look: str) -> None:
        """Draw a circle."""
        form = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{}" class="{}"/>')
        self._parts.append(form.format(x, y, radius, look))

    def path(self, points: list[tuple[float, float]], look: str) -> None:
        """Draw a line through points."""
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(Markup('<polyline points="{}" class="{}"/>').format(told, look))

    def area(self, points: list[tuple[float, float]], look: str) -> None:
        """Draw a filled area within points; nothing without any."""
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        if told:
            self._parts.append(Markup('<polygon points="{}" class="{}"/>').format(told, look))

    def render(self, height: float) -> SvgDrawing:
        """Return the drawing, so high; the page adds its name and description."""
        return SvgDrawing(self.width, ceil(height), Markup("\n").join(self._parts))
