"""Known runs beside the model, within 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isinf

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.render.text.layout import fit_names, indented, plain_table
from sim.render.text.training import format_flop
from sim.scenario.models.facts import Compared
from sim.stats.known import NEAR, Check
from sim.text import say
from sim.text.money import CurrencyCode, format_money_briefly

KNOWN_WIDTH = 26
"""Cells for names of known runs; longer names are shortened."""


def render_known(checks: Sequence[Check], currency: CurrencyCode, lang: str) -> RenderableType:
    """Return the table of known runs in "en" or "ko", and below it what they ask of the scenario."""
    if not checks:
        return Text(say(lang, "trace.known.none"))
    return Group(_known_table(checks, currency, lang), *map(indented, _known_notes(checks, currency, lang)))


def _known_table(checks: Sequence[Check], currency: CurrencyCode, lang: str) -> Table:
    table = plain_table()
    table.add_column(say(lang, "trace.known.title"), ratio=1, no_wrap=True)
    for heading in ("trace.known.observed", "trace.known.modelled", "trace.known.span"):
        table.add_column(say(lang, heading), justify="right", overflow="fold")
    table.add_column(say(lang, "trace.known.verdict.title"), overflow="fold")
    names = fit_names([_known_name(check, lang) for check in checks], KNOWN_WIDTH)
    for check, name in zip(checks, names, strict=True):
        what = check.known.compare
        observed, modelled = (
            say(lang, f"trace.known.value.{what}", value=_format_value(value, what, currency, lang))
            for value in (check.observed, check.modelled)
        )
        apart = _format_number(100 * abs(check.ratio - 1))
        verdict = say(lang, f"trace.known.verdict.{check.verdict}", apart=apart)
        table.add_row(f"  {name}", observed, modelled, _known_span(check, currency, lang), verdict)
    return table


def _known_notes(checks: Sequence[Check], currency: CurrencyCode, lang: str) -> Iterator[str]:
    yield say(lang, "trace.known.legend", near=100 * NEAR)
    for check in checks:
        origin = "; ".join(filter(None, (check.known.source, check.known.confidence)))
        if check.known.compare == "cost":
            key = "trace.known.price_by" if origin else "trace.known.price"
            implied, setting = (f"{value:,.0f}" for value in (check.implied, check.setting))
        else:
            key = "trace.known.share_by" if origin else "trace.known.share"
            implied, setting = (f"{value:.3f}" for value in (check.implied, check.setting))
        told = {"name": _known_name(check, lang), "implied": implied, "setting": setting, "origin": origin}
        yield say(lang, key, **told, currency=currency)


def _known_name(check: Check, lang: str) -> str:
    return check.known.name.get(lang) if check.known.name else check.id


def _known_span(check: Check, currency: CurrencyCode, lang: str) -> str:
    if check.span is None:
        return "–"
    low, high = (_format_value(end, check.known.compare, currency, lang) for end in check.span)
    return say(lang, "trace.known.from_to", low=low, high=high)


def _format_value(value: float, kind: Compared, currency: CurrencyCode, lang: str) -> str:
    """FLOP with an exponent, days, or money."""
    if kind == "compute":
        return format_flop(value, digits=2)
    return format_money_briefly(value, currency, lang) if kind == "cost" else _format_number(value)


def _format_number(number: float) -> str:
    """A number in two digits or more, thousands with commas, without an exponent where that reads better."""
    if isinf(number):
        return "∞"
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"
