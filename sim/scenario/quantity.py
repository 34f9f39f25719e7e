"""A field that explains itself: unit, symbol, plausible range and source beside its meaning."""

from __future__ import annotations

from typing import Any

from pydantic import Field


def quantity(
    default: Any = ...,
    *,
    meaning: str,
    unit: str,
    symbol: str = "",
    plausible: tuple[float, float] | None = None,
    factors: tuple[float, float] | None = None,
    source: str = "",
    guess: bool = False,
) -> Any:
    """A pydantic field for a number with a meaning.

    `plausible` is the range that the literature leaves open (not the range that is allowed), `source`
    where the default comes from, `guess` whether no data settles it. `factors` gives the plausible range as
    multiples of the value, where the value depends on a scale that the scenario sets.
    """
    extra: dict[str, Any] = {
        "unit": unit,
        "symbol": symbol,
        "plausible": plausible,
        "factors": factors,
        "source": source,
        "guess": guess,
    }
    return Field(default, description=meaning, json_schema_extra=extra)
