"""How figures look: fonts, settings, sizes and greys."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.colors import to_rgb
from matplotlib.font_manager import fontManager

if TYPE_CHECKING:
    from sim.render.figures.labels import Labels

DPI = 300
WIDTH = 1480 / DPI - 0.4  # inches: with margins 1480 pixels

BIG, MIDDLE, SMALL, TINY, FOOT = 13.0, 9.5, 9.0, 8.0, 7.5  # points, nine tenths of a pixel at 320 across
# Colour belongs to teams (`identity`): all else is ink, grey, shape, fill or place.
INK, GREY, PALE, ZEBRA = "#1a1a1a", "#555555", "#cccccc", "#f4f4f4"
Colour = str | tuple[float, float, float]

_KOREAN_FONTS = ("Pretendard", "Noto Sans CJK KR", "NanumGothic", "Apple SD Gothic Neo", "Malgun Gothic")
_FALLBACK_FONT = "DejaVu Sans"
_SHIPPED_FILES = ("NanumGothic.ttf", "NanumGothicBold.ttf")


def choose_ink(face: Colour) -> str:
    """Return the colour of a text on a colour: dark or white, whichever has the greater contrast."""
    return max((INK, "white"), key=lambda ink: contrast(face, ink))


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, 1 to 21, by the web's accessibility rule (WCAG 2)."""
    bright, dark = sorted((_luminance(to_rgb(one)), _luminance(to_rgb(other))), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[float, float, float]) -> float:
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@contextmanager
def style(labels: Labels, names: Iterable[str] = ()) -> Iterator[None]:
    """Set what matplotlib draws and saves with, and put the settings back afterwards.

    They start from matplotlib's defaults, so that a user's own settings do not change a figure.
    Raises RuntimeError if a Korean font is needed, for `labels` or `names`, and missing.
    """
    printed = [labels.title, *labels.teams.values(), *labels.stages.values(), *names]
    hangul = labels.lang == "ko" or any(has_hangul(text) for text in printed)
    ours: Any = {  # matplotlib types each setting by its name
        "font.family": choose_fonts(hangul),
        "font.size": SMALL,
        "text.color": INK,
        "text.parse_math": False,  # a name may hold dollar signs
        "axes.unicode_minus": False,
        "svg.fonttype": "path",  # the reader may lack the font
        "svg.hashsalt": "sim",
    }
    with mpl.rc_context(), _quiet_fonts():
        mpl.rcdefaults()
        mpl.rcParams.update(ours)
        yield


def choose_fonts(needs_hangul: bool) -> list[str]:
    """Return the font families to draw with, best first; glyphs missing in one come from the next.

    Raises RuntimeError if Hangul is needed and no font has it: boxes are worse than no figure.
    """
    korean = _find_shipped() or _find_installed()
    if korean:
        return [korean, _FALLBACK_FONT]
    if needs_hangul:
        raise RuntimeError(
            "no Korean font found: install the Python package koreanize-matplotlib, or one of "
            + ", ".join(_KOREAN_FONTS)
        )
    return [_FALLBACK_FONT]


def has_hangul(text: str) -> bool:
    """Return whether the text has a Hangul syllable or letter."""
    return any("가" <= c <= "힣" or "ᄀ" <= c <= "ᇿ" or "㄰" <= c <= "㆏" for c in text)


@cache
def _find_shipped() -> str | None:
    # Only located: importing that package changes matplotlib's global settings.
    spec = find_spec("koreanize_matplotlib")
    if spec is None or spec.origin is None:
        return None
    files = [Path(spec.origin).parent / "fonts" / name for name in _SHIPPED_FILES]
    if not all(file.is_file() for file in files):
        return None
    for file in files:
        fontManager.addfont(file)
    return "NanumGothic"


@cache
def _find_installed() -> str | None:
    there = set(fontManager.get_font_names())
    return next((name for name in _KOREAN_FONTS if name in there), None)


@contextmanager
def _quiet_fonts() -> Iterator[None]:
    """Silence what matplotlib says about fonts where a user can do nothing about it."""
    logger = logging.getLogger("matplotlib.font_manager")
    before = logger.level
    # The bold Nanum Gothic says that its weight is 600; matplotlib would log that it is not 700.
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            # A name may hold a sign that no font has, such as an emoji: a box stands for it.
            warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning)
            yield
    finally:
        logger.setLevel(before)
