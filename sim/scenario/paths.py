"""Where a drawn number stands in the file, and whose luck it has.

A team's share of a default is drawn under a path of its own.
"""

from __future__ import annotations

import re

from sim.scenario.models.numbers import Uncertain

_DEFAULTS = [
    (r"teams\.[^.]+\.mfu\.([^.]+)", r"hardware.\1.mfu"),
    (r"teams\.[^.]+\.faults\.([^.]+)", r"faults.\1"),
    (r"teams\.[^.]+\.main_run_share", r"training.main_run_share"),
    (r"(stages\.[^.]+\.gate\.risk)\.[^.]+", r"\1"),
    (r"(stages\.[^.]+\.grants\.delay)\.[^.]+", r"\1"),
    (r"(suppliers\.[^.]+\.delay)\.[^.]+", r"\1"),
    (r"(stages\.[^.]+\.own)\.[^.]+(\.[^.]+)", r"\1.default\2"),
    (r"(stages\.[^.]+\.grants\.(?:gpus|shares))\.[^.]+(\.[^.]+)?", r"\1.default\2"),
]


def luck_of(path: str, number: Uncertain) -> str:
    """The name under which the number at `path` is drawn: its path, or the name that it shares.

    No path of a scenario holds a colon.
    """
    return path if number.shared is None else f"shared:{number.shared}"


def over_stages(path: str) -> str:
    """The path with * for the id of its stage: the same number of every stage."""
    return re.sub(r"^stages\.[^.]+\.", "stages.*.", path)


def default_path(path: str) -> str | None:
    """The path of the default that a number drawn under `path` may come from; None if it has none."""
    for pattern, default in _DEFAULTS:
        match = re.fullmatch(pattern, path)
        if match:
            return match.expand(default)
    return None
