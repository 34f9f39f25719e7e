"""What inputs and places of a scenario are called in a sentence: readers should not meet paths."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from sim.scenario.language.catalogue import ScenarioKey, keys
from sim.scenario.problems import ANY, path_fits
from sim.text import say, sentences_about

if TYPE_CHECKING:
    from sim.scenario.models.science import Team


def team_called(given: str, teams: Mapping[str, Team]) -> str | None:
    """Return the id of the team of that id, or of that name in either language; case and blanks do not count.

    None for no such team. Raises `ValueError` where two have that name.
    """
    if given in teams:
        return given
    name = _without_blanks(given)
    found = [
        id_ for id_, one in teams.items() if name in map(_without_blanks, (id_, one.name.en, one.name.ko))
    ]
    if len(found) > 1:
        raise ValueError(f"{' and '.join(found)} are both called '{given}', expected an id")
    return found[0] if found else None


def _without_blanks(name: str) -> str:
    return "".join(name.casefold().split())


_REFERRING = ("follows_strength", "lasting")
"""Keys whose meaning only refers to that of the same key of `judging`, which has a sentence of its own."""


def place_name(path: str, lang: str, names: Mapping[str, str]) -> str:
    """Return what the key at `path` means, in a few words, and whose it is: `Teams that stay (first)`.

    Ids stand in brackets, by their name in `names` where they have one. A path with * for a stage is about
    all of them. A number that several places share has its own name; what is no path stays as it is.
    """
    if path.startswith("shared:"):
        return say(lang, "input.shared", name=path.removeprefix("shared:"))
    found = key_at(path)
    if found is None:
        return path
    key, ids = found
    # The beginning of the meaning, as far as it stands alone.
    meaning = re.split(r"[,;:(]|\. ", key.meaning_in(lang))[0].strip()
    if key.path[-1] in _REFERRING:
        meaning = say(lang, f"input.at.judging.{key.path[-1]}")
    owners = ", ".join(names.get(each, each) for each in ids if each != ANY)
    return say(lang, "input.place", meaning=meaning, ids=owners) if owners else meaning


def key_name(path: str, lang: str) -> str:
    """Return what the key at `path` means, in a few words, whoever's it is."""
    found = key_at(path)
    return place_name(path if found is None else ".".join(found[0].path), lang, {})


def ids_in(path: str) -> list[str]:
    """Return the ids in a path, in order: those that the file chooses, and not the language."""
    found = key_at(path)
    return [] if found is None else [each for each in found[1] if each != ANY]


def key_at(dotted: str) -> tuple[ScenarioKey, list[str]] | None:
    """Return the key that leads furthest along a path, and the ids on the way and after it."""
    path = tuple(dotted.split("."))
    fitting = [key for key in keys() if path_fits(key.path, path[: len(key.path)])]
    if not fitting:
        return None
    key = max(fitting, key=lambda each: len(each.path))
    ids = [step for known, step in zip(key.path, path, strict=False) if known == ANY]
    return key, [*ids, *path[len(key.path) :]]


def block_name(block: str, lang: str) -> str:
    """What a block of points is called: its id, or the usual word for it if the id is a frequent one."""
    return _said_or(block, f"input.block.{block}", lang)


def block_of_points(block: str, lang: str) -> str:
    """What a block is called before the word for points, as in `users' points`."""
    return _said_or(block, f"input.block_of.{block}", lang)


def _said_or(block: str, key: str, lang: str) -> str:
    """The sentence of a block; its id where there is none."""
    return say(lang, key) if key in sentences_about(lang, "input") else block


def input_name(path: str, lang: str, teams: dict[str, str]) -> str:
    """What an input is called in a line of text; what its key means where there is no shorter name."""
    for pattern, regex in _named_paths().items():
        if match := regex.fullmatch(path):
            parts = {name: teams.get(value, value) for name, value in match.groupdict().items()}
            if "block" in parts:
                parts["block"] = block_of_points(match["block"], lang)
            return say(lang, f"input.at.{pattern}", **parts)
    return place_name(path, lang, teams)


def input_names(
    paths: Sequence[str], lang: str, teams: Mapping[str, str], stages: Mapping[str, str]
) -> list[str]:
    """What inputs are called side by side: without their stages, unless two would then be called the same.

    `teams` and `stages` are display names by id.
    """
    told = [_name_over_stages(path, lang, teams) for path in paths]
    return [
        f"{name}, {stages.get(path.split('.')[1], path)}"
        if told.count(name) > 1 and path.startswith("stages.")
        else name
        for name, path in zip(told, paths, strict=True)
    ]


def _name_over_stages(path: str, lang: str, teams: Mapping[str, str]) -> str:
    blocks = {step: block_name(step, lang) for step in path.split(".")}
    return input_name(over_stages(path), lang, {**blocks, **teams})


def input_name_at(path: str, lang: str, teams: Mapping[str, str], stages: Mapping[str, str]) -> str:
    """Return what an input is called, and of which stage it is where it is of one."""
    name, (first, *ids) = _name_over_stages(path, lang, teams), path.split(".")
    is_of_one = first == "stages" and ids and ids[0] in stages
    return f"{name}, {stages[ids[0]]}" if is_of_one else name


def over_stages(path: str) -> str:
    """The path with * for the id of its stage: the same number of every stage."""
    return re.sub(r"^stages\.[^.]+\.", "stages.*.", path)


@cache
def _named_paths() -> dict[str, re.Pattern[str]]:
    """The paths that have a sentence of their own, as `hardware.{hw}.mfu`, and what fits each of them."""
    inputs = sentences_about("en", "input")
    known = [key.removeprefix("input.at.") for key in inputs if key.startswith("input.at.")]
    id_of = re.compile(r"\\{(\w+)\\}")  # {hw} as `re.escape` writes it
    return {path: re.compile(id_of.sub(r"(?P<\1>[^.]+)", re.escape(path))) for path in known}


_SHARES = ("share", "probability")
"""Units of numbers that are told in percent."""


def value_as_told(unit: str, lang: str) -> tuple[float, str]:
    """Return by what a value of a unit is multiplied when it is told, and the sign behind it."""
    return (100.0, say(lang, "figure.percent", p="")) if unit in _SHARES else (1.0, "")


def value_text(value: float, unit: str, lang: str) -> str:
    """A value in three digits, shares in percent; other units stand in the names of the inputs."""
    factor, sign = value_as_told(unit, lang)
    if sign:
        return f"{factor * value:.3g}{sign}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
