"""Short forms written out, so that a part of what they stand for can be changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.scenario.models.base import is_number
from sim.scenario.models.laws import LISTED
from sim.scenario.models.stages import window_ends
from sim.scenario.models.units import gpu_table
from sim.scenario.problems import KeyPath, path_fits

_GPU_TABLES = (
    ("teams", "*", "own"),
    ("stages", "*", "own", "*"),
    ("stages", "*", "grants", "pool"),
    ("stages", "*", "grants", "gpus", "*"),
    ("known", "*", "gpus"),
)


def long_form(value: Any, keys: Iterable[str], path: KeyPath) -> dict[str, Any] | None:
    """The mapping for which `value`, at `path`, is short, if `keys` are keys of such a mapping; else None.

    `2025-09-09 to 2025-12-30` is short for a first and a last day (without an extension), `Red` for a name in
    both languages, a date for a planned one, `512 B200` for a table of GPUs, a list for the parameters of a
    distribution, and a number for the mean of a Poisson law, an item's maximum or a team's rate of faults.
    """
    keys = set(keys)
    if keys and isinstance(value, str):
        return _text(value, keys, path)
    if keys and isinstance(value, list):
        return _parameters(value, keys, path)
    return _number(value, path) if keys and is_number(value) else None


def _parameters(value: list[Any], keys: set[str], path: KeyPath) -> dict[str, Any] | None:
    law = LISTED.get(path[-1])
    if law is None or not keys <= set(law.model_fields):
        return None
    names = law.names_in_list(len(value))
    return None if names is None else dict(zip(names, value, strict=True))


def _text(value: str, keys: set[str], path: KeyPath) -> dict[str, Any] | None:
    if any(path_fits(pattern, path) for pattern in _GPU_TABLES):
        return dict(gpu_table(value) or {}) or None
    if path[-1] == "poisson" and keys <= {"mean"}:
        return {"mean": value}
    if keys <= {"first", "last", "extension"}:
        return window_ends(value)
    if keys <= {"en", "ko"}:
        return {"en": value, "ko": value}
    return {"planned": value} if keys <= {"planned", "actual"} else None


def _number(value: float, path: KeyPath) -> dict[str, Any] | None:
    if path[-2:-1] == ("items",):
        return {"max": value}
    if path[-1] == "poisson":
        return {"mean": value}
    return {"per_node_day": value} if path[0] == "teams" and path[2:] == ("faults",) else None
