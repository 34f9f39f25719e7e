"""How figures look: settings, sizes, colours, and marks that can be told apart in grey."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl

from sim.render.figures.fonts import families, has_hangul
from sim.render.figures.labels import Labels

DPI = 200
WIDTH = 7.0  # inches: 1400 pixels, and the text width of a printed page
NARROW = 5.6  # inches: with margins 1200 pixels; shrunk to half of that on a web page its text can be read

BIG, MIDDLE, SMALL, TINY = 13.0, 9.0, 8.0, 7.0  # points
INK, GREY, PALE, ZEBRA = "#1a1a1a", "#555555", "#cccccc", "#f4f4f4"
BLUE = "#0072b2"


@dataclass(frozen=True)
class Mark:
    """A shape and line that differ from the others without their colour (the colours: Okabe and Ito)."""

    shape: str
    colour: str
    filled: bool
    dashes: tuple[float, ...] = ()

    @property
    def face(self) -> str:
        """The colour inside the shape."""
        return self.colour if self.filled else "white"


MARKS = (
    Mark("o", BLUE, filled=True),
    Mark("s", "#d55e00", filled=False, dashes=(5, 1.5)),
    Mark("^", INK, filled=True, dashes=(1.2, 1.2)),
    Mark("D", "#009e73", filled=False, dashes=(6, 1.5, 1.2, 1.5)),
    Mark("v", "#cc79a7", filled=True, dashes=(3, 1)),
    Mark("P", "#b07800", filled=False, dashes=(9, 2)),
    Mark("X", "#56b4e9", filled=True, dashes=(1.2, 2.4)),
    Mark("*", GREY, filled=False, dashes=(6, 1.2, 1.2, 1.2, 1.2, 1.2)),
)


@contextmanager
def style(labels: Labels) -> Iterator[None]:
    """Matplotlib's settings for drawing and saving, put back afterwards.

    They start from matplotlib's defaults, so that a user's own settings do not change a figure.
    Raises RuntimeError if a Korean font is needed and missing.
    """
    printed = [labels.title, *labels.teams.values(), *labels.stages.values()]
    hangul = labels.lang == "ko" or any(has_hangul(text) for text in printed)
    ours: Any = {  # matplotlib types each setting by its name
        "font.family": families(hangul),
        "font.size": SMALL,
        "text.color": INK,
        "text.parse_math": False,  # a name may hold dollar signs
        "axes.unicode_minus": False,
        "svg.fonttype": "path",  # the reader may lack the font
        "svg.hashsalt": "sim",
    }
    with mpl.rc_context(), _no_talk_of_weights():
        mpl.rcdefaults()
        mpl.rcParams.update(ours)
        yield


@contextmanager
def _no_talk_of_weights() -> Iterator[None]:
    """The bold Nanum Gothic says that its weight is 600; matplotlib would warn that it is not 700."""
    logger = logging.getLogger("matplotlib.font_manager")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
