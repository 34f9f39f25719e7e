"""Letters for browsers that have no Hangul: the font file of the figures, as a browser takes it."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

_FONT = "NanumGothic.ttf"


@cache
def hangul_font() -> bytes | None:
    """Return the font as WOFF; None where it is not installed.

    The file holds empty tables of the tool that made it, for which browsers refuse the whole.
    """
    from fontTools.ttLib import TTFont

    # Only located: importing that package changes matplotlib's global settings.
    spec = find_spec("koreanize_matplotlib")
    path = None if spec is None or spec.origin is None else Path(spec.origin).parent / "fonts" / _FONT
    if path is None or not path.is_file():
        return None
    with TTFont(path) as font:
        for name in [name for name in font.keys() if name.startswith("TSI")]:  # noqa: SIM118 - no dictionary
            del font[name]
        font.flavor = "woff"
        written = BytesIO()
        font.save(written)
    return written.getvalue()
