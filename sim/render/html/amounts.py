"""Amounts in whole numbers, for who decides: months, money, hours, and by how much they change."""

from __future__ import annotations

from math import ceil, floor, log10

from sim.findings.waiting import Wait
from sim.render.text.layout import Names
from sim.text.hours import format_hours
from sim.text.money import CURRENCIES, CurrencyCode


def format_months(names: Names, months: float) -> str:
    """Return months behind the world's best; below 0 those by which somebody is ahead."""
    whole = round(months)
    return names.say("report.ahead", n=-whole) if whole < 0 else f"{whole}"


def format_gap(names: Names, months: float) -> str:
    """Return by how many months a gap to the world's best becomes smaller or larger."""
    is_nearer, size = months < 0, round(abs(months))
    if not size:
        return names.say("report.hardly_nearer" if is_nearer else "report.hardly_further")
    return names.say("report.nearer" if is_nearer else "report.further", n=size)


def whole_points(share: float) -> int:
    """Return an error in whole points, rounded up so that it is never understated."""
    return max(1, ceil(100 * share - 1e-9))


def count_whole_money(amount: float, currency: CurrencyCode) -> str:
    """Return an amount in the units of a table: `1,047`, `-12`, `<1`."""
    count = abs(amount) / CURRENCIES[currency].size
    if 0 < count < 0.5:
        return "<1"
    return f"{'-' if amount < 0 and count else ''}{floor(count + 0.5):,}"


def format_whole_hours(hours: float, lang: str) -> str:
    """Return hours without the word for it, in three digits: `28,400,000`, `1,102만`."""
    if lang == "ko" or hours < 1:
        return format_hours(hours, lang)
    return f"{round(hours, 2 - floor(log10(hours))):,.0f}"


def wait_sentence(names: Names, wait: Wait, told: tuple[str, str], **values: object) -> str:
    """Return what waiting does to the gap; `told` has the sentence with other fates, and without."""
    alike = wait.same_fates
    if not round(wait.months):
        little = "report.waits_little_alike" if alike else "report.waits_little"
        return names.say(little, n=abs(wait.days), days=f"{wait.days:+d}")
    months = f"{round(wait.months):+d}"
    return names.say(told[alike], n=abs(wait.days), days=f"{wait.days:+d}", months=months, **values)
