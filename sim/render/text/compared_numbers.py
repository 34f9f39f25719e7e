"""How `sim compare` writes the numbers of a measure, and by how much they differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sim.render.text.ecosystem import COUNTED
from sim.render.text.layout import Names
from sim.text.hours import format_hours
from sim.text.money import CurrencyCode, count_money, format_money_briefly, money_unit


@dataclass(frozen=True)
class NumberFormat:
    """How a measure is written: in which unit, its values, and differences with their sign."""

    unit: str
    value: Callable[[float], str]
    change: Callable[[float], str]  # of a size, without its sign
    names: Names

    def signed(self, difference: float) -> str:
        """Write a difference: `+1.92`, `-349`, and `0` for none."""
        size = self.change(abs(difference))
        if not difference or not size.strip("0.,"):
            return "0"
        return f"{'-' if difference < 0 else '+'}{size}"

    def in_currency(self, value: float, currency: CurrencyCode) -> str:
        """Write a value that may be in another currency than that of the table: then in full."""
        if self.unit and currency != self.names.currency:
            return format_money_briefly(value, currency, self.names.lang)
        return self.value(value)


def number_format(response: str, names: Names) -> NumberFormat:
    """Return how a measure is written, by its name."""
    name = response.partition(".")[0]
    if name in ("cost", "own_cost", "paid", "leaked", "budget_used", "cost_lost"):
        count = partial(count_money, currency=names.currency)
        return NumberFormat(money_unit(names.currency, names.lang), count, count, names)
    if name in ("gpu_hours", "hours_lost"):
        hours = partial(format_hours, lang=names.lang)
        return NumberFormat("", hours, hours, names)
    if name in COUNTED:
        return NumberFormat("", "{:.1f}".format, "{:.2f}".format, names)
    return NumberFormat(names.unit, "{:.1f}".format, "{:.2f}".format, names)
