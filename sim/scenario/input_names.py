"""What the numbers of a scenario are called in a line of text or in a figure, in English and Korean."""

from __future__ import annotations

import re

from sim.scenario.place_names import place_name
from sim.text import say

INPUTS: list[tuple[str, str]] = [
    (r"stages\.\*\.grants\.pool\.(?P<hw>[^.]+)", "input.pool"),
    (r"stages\.\*\.grants\.gpus\.(?P<team>[^.]+)\.(?P<hw>[^.]+)", "input.lent"),
    (r"teams\.(?P<team>[^.]+)\.own\.(?P<hw>.+)", "input.own"),
    (r"teams\.(?P<team>[^.]+)\.effect", "input.lead"),
    (r"teams\.(?P<team>[^.]+)\.gate_risk", "input.gate_risk_of"),
    (r"judging\.follows_strength", "input.judges_follow"),
    (r"capability\.per_tenfold_compute", "input.per_tenfold_compute"),
    (r"capability\.team_spread", "input.team_spread"),
    (r"capability\.stage_spread", "input.stage_spread"),
    (r"capability\.progress_per_year", "input.progress_per_year"),
    (r"capability\.level", "input.level"),
    (r"training\.main_run_share", "input.main_run_share"),
    (r"faults\.per_node_day", "input.per_node_day"),
    (r"faults\.checkpoint", "input.checkpoint"),
    (r"frontier\.growth_per_year", "input.frontier_growth"),
    (r"hardware\.(?P<hw>[^.]+)\.mfu", "input.mfu"),
    (r"faults\.restart", "input.restart"),
    (r"stages\.\*\.gate\.risk", "input.gate_risk"),
    (r"stages\.\*\.grants\.delay", "input.grants_delay"),
    (r"suppliers\.(?P<who>[^.]+)\.delay", "input.supplier_delay"),
    (r"suppliers\.(?P<who>[^.]+)\.slow\.[^.]+\.days", "input.slow_days"),
    (r"suppliers\.(?P<who>[^.]+)\.slow\.[^.]+\.speed", "input.slow_speed"),
    (r"stages\.\*\.shift", "input.shift"),
    (r"stages\.\*\.own\.(?P<team>[^.]+)\.(?P<hw>.+)", "input.own_in_stage"),
    (r"stages\.\*\.points\.(?P<block>[^.]+)\.per_eci", "input.per_eci"),
    (r"stages\.\*\.points\.(?P<block>[^.]+)\.noise", "input.noise"),
    (r"stages\.\*\.points\.(?P<block>[^.]+)\.spread", "input.spread"),
]
"""Paths of inputs, with * for any stage, and the keys of their names; others are told by path."""

BLOCKS = frozenset(("benchmark", "benchmarks", "experts", "users"))
"""Frequent ids of blocks of points, which have names; a block has no display name of its own."""


def block_name(block: str, lang: str) -> str:
    """What a block of points is called: its id, or the usual word for it."""
    return say(lang, f"input.block.{block}") if block in BLOCKS else block


def input_name(path: str, lang: str, teams: dict[str, str]) -> str:
    """What an input is called in a line of text; what its key means where there is no shorter name."""
    for pattern, key in INPUTS:
        match = re.fullmatch(pattern, path)
        if match:
            parts = {name: teams.get(value, value) for name, value in match.groupdict().items()}
            if "block" in parts:
                parts["block"] = block_name(parts["block"], lang)
            return say(lang, key, **parts)
    return place_name(path, lang, teams)


_SHARES = ("share", "probability")
"""Units of numbers that are told in percent."""


def value_text(value: float, unit: str) -> str:
    """A value in three digits, shares in percent; other units stand in the names of the inputs."""
    if unit in _SHARES:
        return f"{100 * value:.3g} %"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
