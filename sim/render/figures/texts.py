"""Texts of a figure: how wide they are, cut to a width, and kept from covering each other.

Call what measures inside `sim.render.figures.style.style`: it depends on the font.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.optimize import isotonic_regression

from sim.render.figures.names import shorten_names
from sim.render.figures.style import DPI

LANE = 0.15  # inches: the height of a lane of hung texts


def measure(text: str, size: float, bold: bool = False) -> float:
    """Return the width in inches of a line at a size in points."""
    return _measure(text, size, bold, tuple(mpl.rcParams["font.family"]))


# Wrapping and shortening ask for the same pieces again and again, and each takes matplotlib a millisecond.
@lru_cache(maxsize=20_000)
def _measure(text: str, size: float, bold: bool, _fonts: tuple[str, ...]) -> float:
    drawn = _ruler().text(0, 0, text, fontsize=size, fontweight="bold" if bold else "normal")
    width = float(drawn.get_window_extent().width) / DPI
    drawn.remove()
    return width


@cache
def _ruler() -> Figure:
    """A figure that is never drawn: making one takes longer than measuring."""
    figure = Figure(dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def measure_widest(texts: Iterable[str], size: float) -> float:
    """Return the width in inches of the widest of the lines; 0 if there is none."""
    return max((measure(text, size) for text in texts), default=0.0)


def wrap(text: str, size: float, limit: float, bold: bool = False) -> list[str]:
    """Break the text into lines no wider than `limit` inches, at spaces and inside a word only at need."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if measure(longer, size, bold) <= limit:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _break_word(word, size, limit, bold)
        lines += full
    return [*lines, line] if line else lines


def shorten_all(texts: Sequence[str], size: float, limit: float | Sequence[float]) -> list[str]:
    """Cut texts to `limit` inches, all of them or each its own, and keep in sight what tells them apart."""
    limits = limit if isinstance(limit, Sequence) else [limit] * len(texts)
    return shorten_names(texts, lambda i, text: measure(text, size) <= limits[i])


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Return places near the wanted ones, at least `gap` apart and within `low` and `high`, in their order.

    Labels that want the same place keep the order of the list, from high to low. The sum of squared moves
    is the least there is, but for the ends. If they do not fit, they are spread evenly over the range.
    """
    n = len(wanted)
    if n > 1 and (n - 1) * gap > high - low:
        gap = (high - low) / (n - 1)
    order = sorted(range(n), key=lambda i: -wanted[i])
    # With the gaps taken out the places must only not rise: what isotonic regression finds.
    flat = isotonic_regression([wanted[i] + k * gap for k, i in enumerate(order)], increasing=False).x
    places = [0.0] * n
    for k, i in enumerate(order):
        places[i] = min(max(float(flat[k]), low + (n - 1) * gap), high) - k * gap
    return places


@dataclass(frozen=True)
class Hung:
    """A text `width` inches wide that hangs beside a day of a time axis; `shape` is the mark there."""

    day: float
    text: str
    width: float
    shape: str = ""


def assign_lanes(hung: Sequence[Hung], inches_a_day: float) -> list[int]:
    """Return the lane of each, from 0, the lowest, where each text begins at its day.

    A text lies above all later ones that begin before its end, so that no line down from these meets it.
    For texts that end at their days turn time round: `assign_lanes(mirror(hung), ...)`.
    """
    found: dict[int, int] = {}
    for k in sorted(range(len(hung)), key=lambda k: (-hung[k].day, k)):
        end = hung[k].day + hung[k].width / inches_a_day
        found[k] = 1 + max((lane for i, lane in found.items() if hung[i].day < end), default=-1)
    return [found[k] for k in range(len(hung))]


def mirror(hung: Iterable[Hung]) -> list[Hung]:
    """Turn time round."""
    return [replace(h, day=-h.day) for h in hung]


def make_room(hung: Iterable[Hung], first: float, last: float, wide: float) -> float:
    """Return the day, `last` or later, at which an axis `wide` inches long must end to hold all the texts."""
    # A text may have half of the axis at most: a longer one would push the end away without bound.
    needs = ((h.day - first) * wide / (wide - min(h.width, wide / 2)) for h in hung)
    return max([last, *(first + need for need in needs)])


def _break_word(word: str, size: float, limit: float, bold: bool) -> list[str]:
    pieces, piece = [], ""
    for letter in word:
        if piece and measure(piece + letter, size, bold) > limit:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]
