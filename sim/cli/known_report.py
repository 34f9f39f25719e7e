"""Known runs beside what the model makes of them, as text within 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isinf

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.cli.layout import WIDTH, fitted
from sim.cli.words import Words
from sim.scenario.models.observed import Compared
from sim.stats.known import NEAR, Check
from sim.stats.responses import KRW_PER_EOK

NAME_WIDTH = 26

EN: Words = {
    "title": "KNOWN RUNS",
    "observed": "observed",
    "modelled": "modelled",
    "span": "5-95 %",
    "verdict": "verdict",
    "compute": "{value} FLOP",
    "days": "{value} days",
    "cost": "{value}억",
    "agrees": "agrees",
    "less": "{apart} % less",
    "more": "{apart} % more",
    "legend": "Uncertain numbers at their medians. Agrees: within {near:.0f} %. 억: 100 million KRW.",
    "share": "{name}: an MFU of {implied} would agree; the scenario has {setting}",
    "price": "{name}: {implied} KRW per GPU-hour would agree; the scenario has {setting}",
    "none": "The scenario names no known runs.",
}

KO: Words = {
    "title": "실제 사례와 비교",
    "observed": "실제",
    "modelled": "모형",
    "span": "5~95 %",
    "verdict": "판정",
    "compute": "{value} FLOP",
    "days": "{value}일",
    "cost": "{value}억원",
    "agrees": "일치",
    "less": "모형이 {apart} % 적음",
    "more": "모형이 {apart} % 많음",
    "legend": "불확실한 값은 중앙값으로 계산. 일치: 차이 {near:.0f} % 이내.",
    "share": "{name}: 활용률(MFU) {implied}이면 일치, 시나리오는 {setting}",
    "price": "{name}: GPU시간당 {implied}원이면 일치, 시나리오는 {setting}원",
    "none": "시나리오에 실제 사례(known)가 없다.",
}


def told(checks: Sequence[Check], lang: str) -> RenderableType:
    """The table of known runs in "en" or "ko", and below it what the observations ask of the scenario."""
    words = KO if lang == "ko" else EN
    if not checks:
        return Text(words["none"])
    notes = (Padding(Text(note), (0, 0, 0, 2)) for note in _notes(checks, words, lang))
    return Group(_table(checks, words, lang), *notes)


def _table(checks: Sequence[Check], words: Words, lang: str) -> Table:
    table = Table(
        box=None, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False, header_style="", width=WIDTH
    )
    table.add_column(words["title"], ratio=1, no_wrap=True)
    for column in ("observed", "modelled", "span"):
        table.add_column(words[column], justify="right", overflow="fold")
    table.add_column(words["verdict"], overflow="fold")
    for check in checks:
        observed, modelled = (
            words[check.known.compare].format(value=_number(value, check.known.compare))
            for value in (check.observed, check.modelled)
        )
        name = f"  {fitted(_name(check, lang), NAME_WIDTH)}"
        table.add_row(name, observed, modelled, _span(check, lang), _verdict(check, words))
    return table


def _notes(checks: Sequence[Check], words: Words, lang: str) -> Iterator[str]:
    yield words["legend"].format(near=100 * NEAR)
    for check in checks:
        kind = "price" if check.known.compare == "cost" else "share"
        implied, setting = (
            f"{value:,.0f}" if kind == "price" else f"{value:.3f}" for value in (check.implied, check.setting)
        )
        note = words[kind].format(name=_name(check, lang), implied=implied, setting=setting)
        origin = "; ".join(filter(None, (check.known.source, check.known.confidence)))
        yield f"{note} ({origin})" if origin else note


def _name(check: Check, lang: str) -> str:
    return check.known.name.get(lang) if check.known.name else check.id


def _verdict(check: Check, words: Words) -> str:
    return words[check.verdict].format(apart=_short(100 * abs(check.ratio - 1)))


def _span(check: Check, lang: str) -> str:
    if check.span is None:
        return "–"
    between = "~" if lang == "ko" else "-"
    return between.join(_number(end, check.known.compare) for end in check.span)


def _number(value: float, kind: Compared) -> str:
    """FLOP with an exponent, days, or 억 (100 million KRW)."""
    if kind == "compute":
        return f"{value:.2e}".replace("e+", "e")
    return _short(value / KRW_PER_EOK if kind == "cost" else value)


def _short(number: float) -> str:
    """A number in two digits or more, thousands with commas, without an exponent where that reads better."""
    if isinf(number):
        return "∞"
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"
