"""Hours and GPU-hours as people write them: millions in English, 만 (ten thousand) in Korean."""

from __future__ import annotations

_MILLION, _MAN = 1e6, 1e4
_EOK_IN_MAN = 10_000  # 1억 is 10,000만

_FEW = {"en": 1e5, "ko": 1e6}
"""Hours below which they are told in full: a shorter form would keep too few digits."""


def format_hours(hours: float, lang: str) -> str:
    """Return a number of hours without the word for it: `11.0M`, `1,102만`, or in full where they are few."""
    if hours < _FEW[lang]:
        return f"{hours:,.0f}"
    if lang == "en":
        return f"{hours / _MILLION:,.1f}M"
    eok, man = divmod(round(hours / _MAN), _EOK_IN_MAN)
    return " ".join([f"{eok:,}억"] * bool(eok) + [f"{man:,}만"] * bool(man))
