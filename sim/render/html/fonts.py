"""Letters that a reader's machine may lack: Hangul, as a part of Nanum Gothic with just what a page uses.

Nanum Gothic is under the SIL Open Font License 1.1, which lets a part of it travel in a document, asks that
the copyright and the licence go with it, and reserves its name: the part has another.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

from markupsafe import Markup

FAMILY = "evalsched Hangul"
_FILES = {400: "NanumGothic.ttf", 700: "NanumGothicBold.ttf"}
_NOTICE = """\
/* "evalsched Hangul" is a part of Nanum Gothic with the letters of this page alone, under another name.
   {copyright}
   Licensed under the SIL Open Font License, Version 1.1: https://openfontlicense.org */
"""


def embed_fonts(page: str) -> Markup:
    """Return style rules with the letters of a page that need a font of ours; nothing where none does."""
    used = _Letters()
    used.feed(page)
    rules = [_face(weight, "".join(sorted(used.of[weight]))) for weight in _FILES if used.of[weight]]
    if not rules:
        return Markup("")
    notice = _NOTICE.format(copyright=_copyright())
    # Base64, and what the font says of itself: nothing of it comes from a scenario.
    return Markup("{}{}").format(Markup(notice), Markup("").join(Markup(rule) for rule in rules))


_SPANS = "U+1100-11FF,U+3000-318F,U+3200-9FFF,U+AC00-D7A3,U+FF00-FFEF"
"""Code points that the part is asked for; all others stay in the reader's own font."""


def needs_font(letter: str) -> bool:
    """Tell whether a letter is Hangul, or a Chinese or full-width one."""
    return bool(re.match(r"[\u1100-\u11ff\u3000-\u318f\u3200-\u9fff\uac00-\ud7a3\uff00-\uffef]", letter))


class _Letters(HTMLParser):
    """The letters of a page that need a font, by weight."""

    def __init__(self) -> None:
        super().__init__()
        self.of: dict[int, set[str]] = {400: set(), 700: set()}
        self._open: list[tuple[str, frozenset[int]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note which weights what stands in an element may have."""
        if tag in _EMPTY:
            return
        around = self._open[-1][1] if self._open else _NORMAL
        classes = (dict(attrs).get("class") or "").split()
        weights = _BOLD if tag in _BOLD_TAGS or not _BOLD_CLASSES.isdisjoint(classes) else around
        if (
            tag == "th"
        ):  # bold in the heads of tables, and in the rows of a telephone, which also repeat heads
            weights = _BOLD | _NORMAL
        self._open.append((tag, _NORMAL if tag == "small" else weights))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those inside that have no end."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note the letters of a text."""
        letters = {letter for letter in data if needs_font(letter)}
        for weight in self._open[-1][1] if self._open else _NORMAL:
            self.of[weight] |= letters


_NORMAL, _BOLD = frozenset({400}), frozenset({700})
_BOLD_TAGS = {"h1", "h2", "h3", "b", "dt", "caption", "figcaption"}
_BOLD_CLASSES = {"b", "marked", "programme", "caption"}
_EMPTY = {"meta", "input", "br", "rect", "line", "circle", "polyline"}


@cache
def _folder() -> Path:
    # Only located: importing that package changes matplotlib's global settings.
    spec = find_spec("koreanize_matplotlib")
    if spec is None or spec.origin is None:
        raise RuntimeError("no Korean font found: install the Python package koreanize-matplotlib")
    return Path(spec.origin).parent / "fonts"


def _copyright() -> str:
    from fontTools.ttLib import TTFont

    with TTFont(_folder() / _FILES[400], lazy=True) as font:
        return str(font["name"].getDebugName(0)).replace("*/", "")


def _face(weight: int, letters: str) -> str:
    data = base64.b64encode(_part(weight, letters)).decode()
    return (
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};unicode-range:{_SPANS};'
        f'src:url("data:font/woff;base64,{data}") format("woff")}}\n'
    )


@cache
def _part(weight: int, letters: str) -> bytes:
    """A font with these letters alone, as WOFF: WOFF2 would be a fifth smaller and needs one more library."""
    from fontTools import subset

    options = subset.Options(
        flavor="woff",
        hinting=False,
        layout_features=[],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        name_languages=[0x409],
        recalc_timestamp=False,
        notdef_outline=True,
        drop_tables=[*subset.Options().drop_tables, "TSI0", "TSI1", "TSI2", "TSI3", "TSI5"],
    )
    with subset.load_font(str(_folder() / _FILES[weight]), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=letters)
        cutter.subset(font)
        for number in (1, 4):
            _rename(font["name"].names, number, FAMILY)
        for number in (3, 6):
            _rename(font["name"].names, number, f"{FAMILY.replace(' ', '')}-{weight}")
        out = BytesIO()
        font.flavor = "woff"
        font.save(out, reorderTables=False)
        return out.getvalue()


def _rename(records: Iterable[Any], number: int, name: str) -> None:
    for record in records:
        if record.nameID == number:
            record.string = name
