"""Known runs beside what the model makes of them, as text within 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isinf

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.render.text.layout import fit_names, plain_table
from sim.scenario.models.facts import Compared
from sim.stats.known import NEAR, Check
from sim.stats.responses import KRW_PER_EOK
from sim.text import say

NAME_WIDTH = 26


def render_known(checks: Sequence[Check], lang: str) -> RenderableType:
    """Return the table of known runs in "en" or "ko", and below it what they ask of the scenario."""
    if not checks:
        return Text(say(lang, "trace.known.none"))
    notes = (Padding(Text(note), (0, 0, 0, 2)) for note in _notes(checks, lang))
    return Group(_table(checks, lang), *notes)


def _table(checks: Sequence[Check], lang: str) -> Table:
    table = plain_table()
    table.add_column(say(lang, "trace.known.title"), ratio=1, no_wrap=True)
    for heading in ("trace.known.observed", "trace.known.modelled", "trace.known.span"):
        table.add_column(say(lang, heading), justify="right", overflow="fold")
    table.add_column(say(lang, "trace.known.verdict.title"), overflow="fold")
    names = fit_names([_name(check, lang) for check in checks], NAME_WIDTH)
    for check, name in zip(checks, names, strict=True):
        what = check.known.compare
        observed, modelled = (
            say(lang, f"trace.known.value.{what}", value=_format_value(value, what))
            for value in (check.observed, check.modelled)
        )
        apart = _format_number(100 * abs(check.ratio - 1))
        verdict = say(lang, f"trace.known.verdict.{check.verdict}", apart=apart)
        table.add_row(f"  {name}", observed, modelled, _span(check, lang), verdict)
    return table


def _notes(checks: Sequence[Check], lang: str) -> Iterator[str]:
    yield say(lang, "trace.known.legend", near=100 * NEAR)
    for check in checks:
        origin = "; ".join(filter(None, (check.known.source, check.known.confidence)))
        if check.known.compare == "cost":
            key = "trace.known.price_by" if origin else "trace.known.price"
            implied, setting = (f"{value:,.0f}" for value in (check.implied, check.setting))
        else:
            key = "trace.known.share_by" if origin else "trace.known.share"
            implied, setting = (f"{value:.3f}" for value in (check.implied, check.setting))
        yield say(lang, key, name=_name(check, lang), implied=implied, setting=setting, origin=origin)


def _name(check: Check, lang: str) -> str:
    return check.known.name.get(lang) if check.known.name else check.id


def _span(check: Check, lang: str) -> str:
    if check.span is None:
        return "–"
    low, high = (_format_value(end, check.known.compare) for end in check.span)
    return say(lang, "trace.known.from_to", low=low, high=high)


def _format_value(value: float, kind: Compared) -> str:
    """FLOP with an exponent, days, or 억 (100 million KRW)."""
    if kind == "compute":
        return f"{value:.2e}".replace("e+", "e")
    return _format_number(value / KRW_PER_EOK if kind == "cost" else value)


def _format_number(number: float) -> str:
    """A number in two digits or more, thousands with commas, without an exponent where that reads better."""
    if isinf(number):
        return "∞"
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"
