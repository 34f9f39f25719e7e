"""Amounts of money as people write them, by currency and language.

English has the short scale, but for rupees (lakh, crore) and for won, whose 억 (100 million) every reader of
Korean news has met; Korean counts in 만 and 억 whatever the currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CurrencyCode = Literal["KRW", "JPY", "INR", "USD", "EUR"]

_MAN, _EOK = 1e4, 1e8
_LAKH, _CRORE = 1e5, 1e7
_MILLION, _BILLION = 1e6, 1e9


@dataclass(frozen=True)
class Currency:
    """A currency, and in what tables count it."""

    symbol: str
    korean: str
    column: str  # what ends the name of a column of a table for programs, as in cost_eok
    size: float  # of a unit of a table
    english_unit: str
    korean_unit: str


CURRENCIES: dict[CurrencyCode, Currency] = {
    "KRW": Currency("₩", "원", "eok", _EOK, "억", "억 원"),
    "JPY": Currency("¥", "엔", "million", _MILLION, "¥ million", "백만 엔"),
    "INR": Currency("₹", "루피", "crore", _CRORE, "₹ crore", "천만 루피"),
    "USD": Currency("$", "달러", "million", _MILLION, "$ million", "백만 달러"),
    "EUR": Currency("€", "유로", "million", _MILLION, "€ million", "백만 유로"),
}


def format_money(amount: float, currency: CurrencyCode, lang: str) -> str:
    """Return an amount in a sentence: `1,046억 (KRW 104.6 bn)`, `$2.5 million`, `1,046억 원`."""
    if lang == "en" and currency == "KRW" and abs(amount) >= _MILLION:
        scaled = (
            f"{amount / _BILLION:,.1f} bn" if abs(amount) >= _EOK else f"{amount / _MILLION:,.4g} million"
        )
        return f"{format_money_briefly(amount, currency, lang)} (KRW {scaled})"
    return format_money_briefly(amount, currency, lang)


def format_money_roundly(amount: float, currency: CurrencyCode, lang: str) -> str:
    """Return an amount for readers of one language alone, in few digits: `KRW 105 bn`, `1,047억 원`."""
    if lang == "en" and currency == "KRW" and abs(amount) >= _MILLION:
        size, word = (_BILLION, "bn") if abs(amount) >= _BILLION else (_MILLION, "million")
        return f"KRW {_two_digits(amount / size)} {word}"
    return format_money_briefly(amount, currency, lang)


def _two_digits(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 10 else f"{number:.2g}"


def format_money_briefly(amount: float, currency: CurrencyCode, lang: str) -> str:
    """Return the same without a second way to write it."""
    if lang == "ko":
        blank = " " if abs(amount) >= _MAN else ""
        return f"{_count_korean(amount)}{blank}{CURRENCIES[currency].korean}"
    if currency == "KRW" and abs(amount) >= _MILLION:
        if abs(amount) < _EOK:
            return f"{amount / _MAN:,.0f}만"
        return f"{amount / _EOK:,.0f}억" if abs(amount) >= 100 * _EOK else f"{amount / _EOK:.3g}억"
    scales = ((_CRORE, "crore"), (_LAKH, "lakh")) if currency == "INR" else _SHORT_SCALE
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    for scale, word in scales:
        if float(f"{size:.3g}") >= scale:  # $999.9 million reads 1 billion
            return f"{sign}{CURRENCIES[currency].symbol}{_three_digits(size / scale)} {word}"
    # A programme may count in dollars and cents: an hour of a GPU, an entry fee.
    return f"{sign}{CURRENCIES[currency].symbol}{size:,.{2 if 0 < size < 100 and size % 1 else 0}f}"


_SHORT_SCALE = ((_BILLION, "billion"), (_MILLION, "million"))


def _three_digits(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _count_korean(amount: float) -> str:
    """`1,047억`, `2억 5,000만`, `460만`, `9,500`."""
    if abs(amount) >= 100 * _EOK:
        return f"{amount / _EOK:,.0f}억"
    if abs(amount) < _MAN:
        return f"{amount:,.0f}"
    eok, man = divmod(round(abs(amount) / _MAN), round(_EOK / _MAN))
    parts = [f"{eok:,}억"] * bool(eok) + [f"{man:,}만"] * bool(man)
    return ("-" if amount < 0 else "") + " ".join(parts)


def money_unit(currency: CurrencyCode, lang: str) -> str:
    """Return in what a table counts money."""
    return CURRENCIES[currency].korean_unit if lang == "ko" else CURRENCIES[currency].english_unit


def money_unit_in_full(currency: CurrencyCode, lang: str) -> str:
    """Return the same for readers who may not know it."""
    unit = money_unit(currency, lang)
    return f"{unit} (KRW 100 million)" if (currency, lang) == ("KRW", "en") else unit


def count_money(amount: float, currency: CurrencyCode) -> str:
    """Return an amount in the units of a table, in which small ones keep two digits."""
    count = amount / CURRENCIES[currency].size
    return f"{count:,.0f}" if abs(count) >= 10 or count == round(count) else f"{count:.2g}"
