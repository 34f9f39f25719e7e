"""How wide a text is when drawn, and cutting it to a width. Call inside `style`."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.render.figures.style import DPI


def width(text: str, size: float, bold: bool = False) -> float:
    """The width in inches of a line at a size in points."""
    figure = Figure(dpi=DPI)
    FigureCanvasAgg(figure)
    drawn = figure.text(0, 0, text, fontsize=size, fontweight="bold" if bold else "normal")
    return float(drawn.get_window_extent().width) / DPI


def widest(texts: list[str], size: float) -> float:
    """The width in inches of the widest of the lines; 0 if there is none."""
    return max((width(text, size) for text in texts), default=0.0)


def wrap(text: str, size: float, limit: float, bold: bool = False) -> list[str]:
    """The text in lines no wider than `limit` inches, broken at spaces and inside a word only at need."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if width(longer, size, bold) <= limit:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, size, limit, bold)
        lines += full
    return [*lines, line] if line else lines


def shorten(text: str, size: float, limit: float) -> str:
    """The text, its end cut to an ellipsis if it is wider than `limit` inches."""
    if width(text, size) <= limit:
        return text
    end = len(text) - 1
    while end > 1 and width(text[:end].rstrip() + "…", size) > limit:
        end -= 1
    return text[:end].rstrip() + "…"


def _pieces(word: str, size: float, limit: float, bold: bool) -> list[str]:
    pieces, piece = [], ""
    for letter in word:
        if piece and width(piece + letter, size, bold) > limit:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]
