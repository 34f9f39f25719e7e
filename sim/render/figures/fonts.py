"""A font that has Hangul: matplotlib's own draws boxes."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from matplotlib.font_manager import fontManager

INSTALLED = ("Pretendard", "Noto Sans CJK KR", "NanumGothic", "Apple SD Gothic Neo", "Malgun Gothic")
FALLBACK = "DejaVu Sans"
_SHIPPED = ("NanumGothic.ttf", "NanumGothicBold.ttf")


def families(needs_hangul: bool) -> list[str]:
    """The font families to draw with, best first; glyphs missing in one come from the next.

    Raises RuntimeError if Hangul is needed and no font has it: boxes are worse than no figure.
    """
    korean = _shipped() or _installed()
    if korean:
        return [korean, FALLBACK]
    if needs_hangul:
        raise RuntimeError(
            "no Korean font found: install the Python package koreanize-matplotlib, or one of "
            + ", ".join(INSTALLED)
        )
    return [FALLBACK]


def has_hangul(text: str) -> bool:
    """Whether the text has a Hangul syllable or letter."""
    return any("가" <= c <= "힣" or "ᄀ" <= c <= "ᇿ" or "㄰" <= c <= "㆏" for c in text)


@cache
def _shipped() -> str | None:
    # Only located: importing that package changes matplotlib's global settings.
    spec = find_spec("koreanize_matplotlib")
    if spec is None or spec.origin is None:
        return None
    files = [Path(spec.origin).parent / "fonts" / name for name in _SHIPPED]
    if not all(file.is_file() for file in files):
        return None
    for file in files:
        fontManager.addfont(file)
    return "NanumGothic"


@cache
def _installed() -> str | None:
    there = set(fontManager.get_font_names())
    return next((name for name in INSTALLED if name in there), None)
