"""`sim scenario diff`: by which paths two scenarios differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from sim.cli.options import TextLang
from sim.render.text.layout import plain_table, print_text
from sim.scenario.comparison import differences
from sim.scenario.language.load import load
from sim.scenario.language.provenance import format_flow
from sim.text import say

_LONGEST = 120
"""Letters of a value that are shown."""


def diff(a: Path, b: Path, /, *, lang: TextLang = "en") -> None:
    """Print by which paths two scenarios differ, as they are resolved.

    Sources, confidence and guesses are left aside.

    Parameters
    ----------
    a
        A scenario file, or the name of a bundled scenario such as k-ai.
    b
        Another one.
    """
    found = differences(load(a), load(b))
    if not found:
        print(say(lang, "scenario.same"))
        return
    table: Table = plain_table()
    table.add_column("", ratio=2, overflow="fold")
    for path in (a, b):
        table.add_column(path.name, ratio=1, overflow="fold")
    for each in found:
        values = (_shown(value, say(lang, "scenario.nowhere")) for value in (each.first, each.second))
        table.add_row(Text(each.path), *values)
    print_text(table)


def _shown(value: Any, nothing: str) -> Text:
    text = nothing if value is None else value if isinstance(value, str) else format_flow(value)
    return Text(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
