"""Numbers as people write them: with a unit, a percent sign or a scale, and GPUs with their type.

A number is read exactly and rounded once, so that every way of writing it gives the same one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pydantic import BeforeValidator, ValidationInfo

from sim.scenario.models.laws import LISTED
from sim.scenario.problems import quoted
from sim.text.money import CURRENCIES, CurrencyCode

_WHOLE = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9_])|[0-9][0-9_]*)"
_NUMBER = rf"[-+]?(?:{_WHOLE}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{{1,3}})?"
_LONGEST = 80
"""Characters of a number and its unit; more would only take long."""

Read = Callable[[str], float | None]
"""A text to a number, None if it is none."""


def unit(factors: Mapping[str, int | Fraction], expected: str = "") -> BeforeValidator:
    """Reads `<number> <unit>` wherever a number stands, in distributions too.

    A factor turns its unit into what a plain number stands for. `expected` says what is read, if the names
    of the units alone do not.
    """
    units = {name.casefold(): factor for name, factor in factors.items()}

    def read(text: str) -> float | None:
        match = re.fullmatch(rf"({_NUMBER})\s*(\S+)", text)
        if match is None or match[2].casefold() not in units:
            return None
        return _float(_exact(match[1]) * units[match[2].casefold()])

    # Of several names for a unit the first is told: the last that is put into a dictionary stays.
    firsts = {factor: name for name, factor in reversed([*factors.items()])}
    expected = expected or f"a number in {_listed(list(reversed(firsts.values())))}"
    names = "|".join(map(_any_case, factors))
    return BeforeValidator(Reader(read, expected, rf"\s*{_NUMBER}\s*({names})\s*$"))


def _any_case(name: str) -> str:
    """A pattern for a name in capitals or not: editors do not know Python's flags."""
    return "".join(f"[{c.lower()}{c.upper()}]" if c.isascii() and c.isalpha() else re.escape(c) for c in name)


def _listed(names: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _exact(text: str) -> Fraction:
    """The number that a text which matches `_NUMBER` stands for."""
    return Fraction(text.replace(",", "").replace("_", ""))


def _float(value: Fraction) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


@dataclass(frozen=True)
class Reader:
    """Reads text that stands for a number, in distributions too; `pattern` is how such text looks."""

    read: Read
    expected: str
    pattern: str = r"[\s\S]*[0-9]"

    def __call__(self, written: Any) -> Any:
        """Return the number that is written; what is no text stays as it is, for whoever looks at it next."""
        if isinstance(written, dict):
            return _in_laws(written, self._text)
        return self._text(written)

    def _text(self, written: Any) -> Any:
        if not isinstance(written, str):
            return written
        found = self.read(written.strip()) if len(written) <= _LONGEST else None
        if found is None:
            raise ValueError(f"{quoted(written)}, expected {self.expected}")
        return found


PURE = frozenset({"sd_log", "a", "b"})
"""Parameters that are pure numbers, whatever the unit of what is drawn."""


def _in_laws(block: dict[str, Any], text: Callable[[Any], Any]) -> dict[str, Any]:
    """An uncertain number as it is written, with the units of its parameters read."""
    return {name: _in_law(name, given, text) for name, given in block.items()}


def _in_law(name: str, given: Any, text: Callable[[Any], Any]) -> Any:
    if name == "weighted" and isinstance(given, dict):
        table = {_value(key, text): weight for key, weight in given.items()}
        if len(table) < len(given):
            raise ValueError("a value twice, expected each value once")
        return table
    if name == "truncated" and isinstance(given, dict):
        ends = {end: text(given[end]) for end in ("low", "high") if end in given}
        return {**_in_laws(given, text), **ends}
    if name in LISTED and isinstance(given, list):
        names = LISTED[name].names_in_list(len(given))
        if names is None:  # refused later on
            return given
        return [part if n in PURE else text(part) for n, part in zip(names, given, strict=True)]
    if name in LISTED and isinstance(given, dict):
        return {n: part if n in PURE else text(part) for n, part in given.items()}
    return text(given) if name in ("constant", "poisson") else given


def _value(key: Any, text: Callable[[Any], Any]) -> Any:
    """A key of a table of weights, which is text even where it is a plain number."""
    try:
        return float(key)
    except ValueError:
        return text(key)


DAYS = {"days": 1, "weeks": 7, "day": 1, "일": 1, "week": 7, "주": 7}
SECONDS = {
    **dict.fromkeys(("s", "seconds", "second", "sec", "초"), Fraction(1)),
    **dict.fromkeys(("min", "minutes", "minute", "분"), Fraction(60)),
    **dict.fromkeys(("h", "hours", "hour", "시간"), Fraction(3600)),
}
MINUTES = {name: factor / 60 for name, factor in SECONDS.items()}
HOURS = {name: factor / 3600 for name, factor in SECONDS.items()}
FLOP = {"FLOP": 1}  # FLOPS would be a speed
TFLOPS = {
    **dict.fromkeys(("TFLOPS", "TFLOP/s"), 1),
    **dict.fromkeys(("PFLOPS", "PFLOP/s"), 1000),
    **dict.fromkeys(("GFLOPS", "GFLOP/s"), Fraction(1, 1000)),
}
GPUS = {"GPUs": 1, "GPU": 1, "장": 1}
"""Units by their names; a plain number stands for the first."""

COUNTS = {
    **dict.fromkeys(("T", "trillion", "조"), 10**12),
    **dict.fromkeys(("B", "billion"), 10**9),
    **dict.fromkeys(("M", "million"), 10**6),
    "억": 10**8,
}
"""Scales of parameters and tokens: `250B`, `12T`; a plain number stands for itself."""

share_in_percent = unit({"%": Fraction(1, 100), "percent": Fraction(1, 100)}, "a share such as 0.23 or 23 %")
"""Reads `23 %` as a share, 0.23."""

_WORDS = {
    **{"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12},
    **{"lakh": 10**5, "crore": 10**7},
}
_TENS = {"": 1, "십": 10, "백": 100, "천": 1000}
_MYRIADS = {"": 1, "만": 10**4, "억": 10**8, "조": 10**12}
_ENGLISH = re.compile(rf"({_NUMBER})\s*({'|'.join(_WORDS)})", re.IGNORECASE)
_KOREAN = re.compile(rf"({_NUMBER})\s*([십백천]?)([만억조]?)\s*")
_NAMES: dict[CurrencyCode, tuple[str, ...]] = {
    "KRW": ("won", "원"),
    "JPY": ("yen", "엔", "円"),
    "INR": ("rupees", "루피"),
    "USD": ("dollars", "달러"),
    "EUR": ("euros", "유로"),
}
"""What may stand behind an amount beside the code of its currency."""


def _money_of(currency: CurrencyCode) -> re.Pattern[str]:
    """What an amount of a currency looks like: `USD 5 million`, `$5`, `5 dollars`, `5`."""
    before = "|".join(map(re.escape, (currency, CURRENCIES[currency].symbol)))
    after = "|".join(map(re.escape, (currency, *_NAMES[currency])))
    return re.compile(rf"((?:{before})\s*|)(.*?)(\s*(?:{after})|)", re.IGNORECASE | re.DOTALL)


_MONEY = {currency: _money_of(currency) for currency in CURRENCIES}


def read_money(text: str, currency: CurrencyCode) -> float | None:
    """Read an amount; None if it is none, or of another currency.

    `9,500원`, `KRW 9,500`, `1.2만원`, `1조 2,000억`, `41.3 billion KRW`, `$2.5 million`, `INR 5 crore`.
    """
    match = _MONEY[currency].fullmatch(text)
    assert match is not None  # the middle may be anything
    before, amount, after = match.groups()
    english = _ENGLISH.fullmatch(amount)
    if (before and after) or (english and not (before or after)):
        return None
    if english:
        return _float(_exact(english[1]) * _WORDS[english[2].casefold()])
    # 억 alone means won: it says so in Korea, and elsewhere nobody writes it.
    named = bool(before or after or (currency == "KRW" and re.search("[십백천만억조]", amount)))
    found = _korean(amount) if named else None
    return None if found is None else _float(found)


def _korean(amount: str) -> Fraction | None:
    """A sum such as `1조 2,000억` or `3천5백만`, in which every part is less than the unit before it."""
    total, group, end = Fraction(0), Fraction(0), 0
    most: int | None = None  # of all that follows
    below: int | None = None  # of what follows before the next 만, 억 or 조
    while end < len(amount):
        match = _KOREAN.match(amount, end)
        if match is None or (end and match[1][0] in "+-") or below == 1:
            return None
        part = _exact(match[1]) * _TENS[match[2]]
        if below is not None and part >= below:
            return None
        group, below, end = group + part, _TENS[match[2]], match.end()
        if match[3]:
            if most is not None and group * _MYRIADS[match[3]] >= most:
                return None
            most = _MYRIADS[match[3]]
            total, group, below = total + group * most, Fraction(0), None
    return total + group if end and (most is None or group < most) else None


@dataclass(frozen=True)
class MoneyReader(Reader):
    """Reads an amount in the currency of the scenario, which the context of the validation names."""

    def __call__(self, written: Any, info: ValidationInfo) -> Any:  # type: ignore[override]  # with context
        """Return the amount that is written; what is no text stays as it is."""
        currency: CurrencyCode = (info.context or {}).get("currency", "KRW")
        return Reader(lambda text: read_money(text, currency), _expected_money(currency))(written)


def _expected_money(currency: CurrencyCode) -> str:
    if currency == "KRW":
        return "a number in KRW, 만원, 억, 조 or billion KRW"
    symbol = CURRENCIES[currency].symbol
    return f"a number in {currency}, as in 3 {currency}, {symbol}3 or {symbol}3 million"


money = BeforeValidator(MoneyReader(lambda text: read_money(text, "KRW"), _expected_money("KRW")))
"""Reads an amount of money."""


def gpu_table(text: str) -> dict[str, float] | None:
    """`512 B200 + 1,024 H200` to GPUs by type of hardware; None if it is no such text."""
    found: dict[str, float] = {}
    for part in text.split("+") if len(text) <= 10 * _LONGEST else ():
        match = re.fullmatch(rf"\s*({_NUMBER})\s+([^\s.,=:/]+)\s*", part)
        number = None if match is None else _float(_exact(match[1]))
        if match is None or number is None or match[2] in found:
            return None
        found[match[2]] = number
    return found or None


def _table(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    table = gpu_table(value) if isinstance(value, str) else None
    if table is None:
        raise ValueError(f"{quoted(value)}, expected GPUs with their type, as in 512 B200 or {{B200: 512}}")
    return table


_GPUS = rf"\s*{_NUMBER}\s+[^\s.,=:/+]+\s*"
GPU_TABLE = rf"^{_GPUS}(\+{_GPUS})*$"
"""What text that `gpu_table` reads looks like."""

gpus_by_type = BeforeValidator(_table)
"""Reads `512 B200` where a table of GPUs by type of hardware stands."""
