"""Short forms written out, so that a part of what they stand for can be changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sim.scenario.numbers import Lognormal, Normal, Triangular, Uniform
from sim.scenario.yamltree import Path

PARAMETERS = {law.__name__.lower(): [*law.model_fields] for law in (Normal, Lognormal, Triangular, Uniform)}
"""The laws whose parameters may be written as a list, and their names in its order."""


def long_form(value: Any, keys: Iterable[str], path: Path) -> dict[str, Any] | None:
    """The mapping for which `value`, at `path`, is short, if `keys` are keys of such a mapping; else None.

    `2025-09-09 to 2025-12-30` is short for a first and a last day, `Red` for a name in both languages, a
    date for a planned one, a list for the parameters of a distribution, and a number for an item's maximum
    or for a team's rate of faults.
    """
    keys = set(keys)
    if not keys:
        return None
    if isinstance(value, str):
        return _text(value, keys)
    if isinstance(value, list):
        names = PARAMETERS.get(path[-1], [])
        fits = keys <= set(names) and len(names) == len(value)
        return dict(zip(names, value, strict=True)) if fits else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value, path)
    return None


def _text(value: str, keys: set[str]) -> dict[str, Any] | None:
    if keys <= {"first", "last"}:
        window = re.fullmatch(r"\s*(\S+)\s+to\s+(\S+)\s*", value)
        return {"first": window[1], "last": window[2]} if window else None
    if keys <= {"en", "ko"}:
        return {"en": value, "ko": value}
    return {"planned": value} if keys <= {"planned", "actual"} else None


def _number(value: float, path: Path) -> dict[str, Any] | None:
    if path[-2:-1] == ("items",):
        return {"max": value}
    return {"per_node_day": value} if path[0] == "teams" and path[2:] == ("faults",) else None
