"""Texts of a figure: how wide they are, cut to a width, and kept from covering each other.

Call what measures inside `sim.render.figures.style.style`: it depends on the font.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import takewhile

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.optimize import isotonic_regression

from sim.render.figures.style import DPI

LANE = 0.15  # inches: the height of a lane of hung texts

Fits = Callable[[int, str], bool]
"""Whether a text fits where the i-th name is to stand."""

_LEAST_HEAD = 3  # letters of a name's beginning, so that it is recognised


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
    # A number and its sign stay together. Not split(), to which a space that does not break is a space, too.
    for word in filter(None, text.replace(" %", "\N{NO-BREAK SPACE}%").replace("\n", " ").split(" ")):
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


def shorten_names(names: Sequence[str], fits: Fits) -> list[str]:
    """Cut each name that does not fit; the end goes first.

    Where that leaves names that a reader cannot tell apart, the middle goes instead, up to the word that
    tells them apart: "Consortium for…red…" and "Consortium for…blue…".

    In a terminal `sim.render.text.layout.fit_names` cuts them in another way: all names of a column have the
    same few cells there, so that the middle goes first, and no two may ever read the same, so that numbers
    tell apart what words cannot. Here each name may have a width of its own, and its end goes first.
    """
    made = [name if fits(i, name) else _cut_end(name, i, fits) for i, name in enumerate(names)]
    partings: list[set[int]] = [set() for _ in names]
    # Names that part early can hide that some of them part again later: each round adds one such place.
    for _ in names:
        alike = {i: _find_alike(i, names, made) for i in range(len(names)) if made[i] != names[i]}
        if not any(alike.values()):
            break
        for i, others in alike.items():
            if others:
                partings[i].add(_count_common([names[i], *(names[j] for j in others)]))
                made[i] = _cut_middle(names[i], sorted(partings[i]), i, fits) or made[i]
    return made


def _find_alike(i: int, names: Sequence[str], made: Sequence[str]) -> list[int]:
    """The other names of which the i-th text could be a cut, and the i-th name of theirs."""
    return [
        j
        for j in range(len(names))
        if names[j] != names[i] and _could_be(made[i], names[j]) and _could_be(made[j], names[i])
    ]


def _could_be(text: str, name: str) -> bool:
    """Whether a text with ellipses is what is left of a name."""
    if text == name:
        return True
    begin, *middle, end = text.split("…") if "…" in text else (text, text)
    if not (name.startswith(begin) and name.endswith(end)):
        return False
    at = len(begin)
    for piece in middle:
        at = name.find(piece, at) + len(piece)
        if at < len(piece):
            return False
    return at + len(end) <= len(name)


def _count_common(names: Iterable[str]) -> int:
    """How many letters all the names begin with."""
    return len(list(takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))))


def _cut_end(name: str, i: int, fits: Fits) -> str:
    def cut(end: int) -> str:
        return name[:end].rstrip() + "…"

    return cut(_find_longest(2, len(name) - 1, lambda end: fits(i, cut(end))) or min(1, len(name) - 1))


def _cut_middle(name: str, partings: Sequence[int], i: int, fits: Fits) -> str | None:
    """The beginning, and the words at `partings`, where other names differ; None if they do not fit."""
    words = [_find_word(name, at) for at in partings]
    # Without spaces a word can be the whole name: then a few letters from where it differs must do.
    four, one = ([(at, min(len(name), at + n)) for at in partings] for n in (4, 1))
    for pieces in (words, four, one):
        if text := _cut_between(name, pieces, i, fits):
            return text
    return None


def _find_word(name: str, at: int) -> tuple[int, int]:
    """Where the word around a letter begins and ends."""
    if name[at : at + 1] == " ":
        at += 1  # the other name ends here, or its word goes on: ours differs by the next word
    end = name.find(" ", at + 1)
    return name.rfind(" ", 0, at) + 1, len(name) if end < 0 else end


def _cut_between(name: str, pieces: Sequence[tuple[int, int]], i: int, fits: Fits) -> str | None:
    """The pieces (start, stop) of a name, and as much of its beginning as fits before them."""
    tail, at = "", -1
    for start, stop in pieces:
        tail += name[max(start, at) : stop] if start <= at else "…" + name[start:stop]
        at = max(at, stop)
    tail += "…" if at < len(name) else ""

    def cut(head: int) -> str:
        return name[:head].rstrip() + tail

    head = _find_longest(_LEAST_HEAD, pieces[0][0] - 1, lambda head: fits(i, cut(head)))
    return None if head is None else cut(head)


def _find_longest(least: int, most: int, fits: Callable[[int], bool]) -> int | None:
    """The greatest number from `least` to `most` that fits, where less fits too; None if none does."""
    # Halving, for a figure takes a millisecond to measure a text.
    at = bisect_left(range(least, most + 1), True, key=lambda number: not fits(number))
    return least + at - 1 if at else None
