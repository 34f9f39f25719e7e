"""What inputs and places of a scenario are called in a sentence: readers should not meet paths."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sim.scenario.language.catalogue import ANY, ScenarioKey, keys
from sim.text import say


def place_name(path: str, lang: str, names: Mapping[str, str]) -> str:
    """Return what the key at `path` means, in a few words, and whose it is: `Teams that stay (first)`.

    Ids stand in brackets, by their name in `names` where they have one. A path with * for a stage is about
    all of them. A number that several places share has its own name; what is no path stays as it is.
    """
    if path.startswith("shared:"):
        return say(lang, "input.shared", name=path.removeprefix("shared:"))
    found = _key_at(path.split("."))
    if found is None:
        return path
    key, ids = found
    meaning = _in_short(key.meaning_in(lang))
    if key.path[-1] == "follows_strength":  # whose meaning refers to another key
        meaning = say(lang, "input.follows_strength")
    owners = ", ".join(names.get(each, each) for each in ids if each != ANY)
    return say(lang, "input.place", meaning=meaning, ids=owners) if owners else meaning


def ids_in(path: str) -> list[str]:
    """Return the ids in a path, in order: those that the file chooses, and not the language."""
    found = _key_at(path.split("."))
    return [] if found is None else [each for each in found[1] if each != ANY]


def _key_at(parts: list[str]) -> tuple[ScenarioKey, list[str]] | None:
    """The key with the longest path that these parts follow, and the ids among them and after them."""
    fitting = [key for key in keys() if len(key.path) <= len(parts) and _fits(key, parts)]
    if not fitting:
        return None
    key = max(fitting, key=lambda each: len(each.path))
    ids = [part for step, part in zip(key.path, parts, strict=False) if step == ANY]
    return key, [*ids, *parts[len(key.path) :]]


def _fits(key: ScenarioKey, parts: list[str]) -> bool:
    return all(step in (ANY, part) for step, part in zip(key.path, parts, strict=False))


def _in_short(meaning: str) -> str:
    """The beginning of a meaning, as far as it stands alone."""
    return re.split(r"[,;:(]|\. ", meaning)[0].strip()


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
    (r"stages\.\*\.points\.(?P<block>[^.]+)\.max_rescaled", "input.max_rescaled"),
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
