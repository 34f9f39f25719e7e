"""What scenarios and values are called in a figure: by what they mean, and never by a path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from sim.scenario.comparison import Difference, differences
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import key_at, value_text
from sim.stats.input_effects import name_input
from sim.text import Lang, say

_MOST_DIFFERENCES = 2
"""Values in which a scenario differs from the first that its name may hold."""

_LONGEST = 24
"""Letters of a value that is told."""


def name_scenarios(given: Sequence[str], scenarios: Sequence[Scenario], lang: Lang) -> list[str]:
    """Return what scenarios are called: by what differs from the first, or as their files or programmes.

    `given` are they as they were asked for, as in "k-ai.yaml --set stages.stage-3.cut.keep=1".
    """
    first = scenarios[0]
    names = [_name_file(given[0])]
    for asked, scenario in zip(given[1:], scenarios[1:], strict=True):
        found = [each for each in differences(first, scenario) if not each.path.startswith("name.")]
        told = [_tell(each, first, lang) for each in found]
        is_short = 0 < len(told) <= _MOST_DIFFERENCES and None not in told
        names.append(", ".join(filter(None, told)) if is_short else _name_file(asked))
    return _number(names)


def _name_file(given: str) -> str:
    """A scenario as it was asked for, without folders, suffix and changes."""
    name = given.split(" --", maxsplit=1)[0].strip()
    return PurePath(name).stem if name.endswith((".yaml", ".yml")) else name.replace(".", " ")


def _number(names: list[str]) -> list[str]:
    """Names that all differ: those that come again have a number."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


def _tell(found: Difference, first: Scenario, lang: Lang) -> str | None:
    """By which value a scenario differs; None for one that is too long for a name."""
    value = _write(found.second, found.path, lang)
    if value is None:
        return None
    return say(lang, "figure.by_value", name=name_input(found.path, lang, first), value=value)


def _write(value: Any, path: str, lang: Lang) -> str | None:
    if isinstance(value, Mapping) and len(value) == 1:
        ((unit, amount),) = value.items()
        told = _write(amount, f"{path}.{unit}", lang)
        is_number = isinstance(amount, (int, float))
        return say(lang, "figure.amount", amount=told, unit=unit) if told and is_number else told
    if value is None or isinstance(value, (Mapping, list, tuple)):
        return None
    found = key_at(path)
    told = write_level(value, unit=found[0].unit if found else "", lang=lang)
    return told if len(told) <= _LONGEST else None


def write_level(value: object, *, unit: str, lang: Lang) -> str:
    """Return a value of a factor as it stands at an axis; shares in percent, and lists without brackets."""
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        return str(value)
    number = float(value)
    return write_number(number) if abs(number) >= 100 else value_text(number, unit, lang)


def write_number(value: object) -> str:
    """Return a number with three digits at least, thousands apart."""
    number = float(value)  # type: ignore[arg-type]  # of a column of numbers
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
