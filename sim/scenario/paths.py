"""Where a drawn number stands in the file: a team's share of a default is drawn under a path of its own."""

from __future__ import annotations

import re

_DEFAULTS = [
    (r"teams\.[^.]+\.mfu\.([^.]+)", r"hardware.\1.mfu"),
    (r"teams\.[^.]+\.faults\.([^.]+)", r"faults.\1"),
    (r"teams\.[^.]+\.main_run_share", r"training.main_run_share"),
    (r"(stages\.[^.]+\.gate\.risk)\.[^.]+", r"\1"),
    (r"(stages\.[^.]+\.grants\.delay)\.[^.]+", r"\1"),
    (r"(suppliers\.[^.]+\.delay)\.[^.]+", r"\1"),
    (r"(stages\.[^.]+\.grants\.(?:gpus|shares))\.[^.]+(\.[^.]+)?", r"\1.default\2"),
]


def default_path(path: str) -> str | None:
    """The path of the default that a number drawn under `path` may come from; None if it has none."""
    for pattern, default in _DEFAULTS:
        match = re.fullmatch(pattern, path)
        if match:
            return match.expand(default)
    return None
