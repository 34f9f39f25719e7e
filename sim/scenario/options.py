"""Other ways in which a programme may go, one at a time: never averaged and never crossed.

Options are values of its choices and doubts. What-ifs may move a team's chance: more or fewer GPUs, a block
of points that counts more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sim.scenario.language.load import with_values
from sim.scenario.models.base import is_number
from sim.scenario.models.numbers import same_draws
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import ids_in
from sim.scenario.weights import can_be_scaled, scale_weights
from sim.text import say


@dataclass(frozen=True)
class Option:
    """One way in which the decisions of a scenario may be taken.

    `value` is what is chosen at `path`, and all else is as by default; the default itself has the path "".
    `name` says it in a few words, such as `keep 2`. `chosen` has the value of every choice, by path.
    """

    path: str
    value: Any
    scenario: Scenario
    name: str
    chosen: dict[str, Any] = field(default_factory=dict)

    def label(self, lang: str) -> str:
        """The name as people of a language read it."""
        return option_label(self.name, lang)

    @property
    def ends_before(self) -> str | None:
        """The stage that is not held, where none is by which anybody could still leave; else None."""
        return None if self.scenario.to_come else self.scenario.ended_before


def option_label(name: str, lang: str) -> str:
    """Return the name of an option as people of a language read it: `keep 2`, or `first: keep 2`."""
    where, name = _split_path(name)
    label = _say_known(name, lang, "label") or name
    return f"{where}: {label}" if where else label


def condition(name: str, lang: str) -> str:
    """The name of an option as the opening of a sentence: `If 2 are kept`, or `If 2 are kept (first)`."""
    where, name = _split_path(name)
    opening = _say_known(name, lang, "condition") or say(lang, "option.condition.other", name=name)
    return f"{opening} ({where})" if where else opening


_NO = "not "
"""Stands before a key in the name of its value `false`."""


def _split_path(name: str) -> tuple[str, str]:
    """The ids in the path of a name, if it has one, and the name with only the last key of the path.

    A name has the whole path where choices at several places have the same last key.
    """
    negated = _NO if name.startswith(_NO) else ""
    path, blank, value = name.removeprefix(_NO).partition(" ")
    before, _, key = path.rpartition(".")
    if not before:
        return "", name
    return ", ".join(ids_in(path)) or before.rpartition(".")[2], f"{negated}{key}{blank}{value}"


def _say_known(name: str, lang: str, kind: str) -> str | None:
    """Say a frequent decision in words, as a label or a condition; others are told by their key."""
    if name in _PLAIN:
        return say(lang, f"option.{kind}.{_PLAIN[name]}")
    match = re.fullmatch(r"(keep|drop) (\d+)", name)
    return match and say(lang, f"option.{kind}.{match[1]}", n=int(match[2]))


_PLAIN = {
    **{"default": "default", "held": "held", f"{_NO}held": "not_held"},
    **{"on_fault go-on": "goes_on", "on_fault stop": "stops"},
}
"""Names without a number that are told in words, and their sentences."""


def options(scenario: Scenario) -> list[Option]:
    """The default, then each other value of each choice in order; no scenario of them has choices left."""
    choices = _written_choices(scenario)
    data, doubts = scenario.settled().resolved(), {"doubts": scenario.doubts}
    default = scenario.model_copy(update={"choices": {}}) if choices else scenario
    names = value_names(choices)
    first = {path: values[0] for path, values in choices.items()}
    found = [Option("", None, default, default_name(scenario), first)]
    for path, values in choices.items():
        for i, value in enumerate(values[1:], start=1):
            # From data, and not by a copy with another value: a value may be a whole block, to be checked.
            chosen = with_values(data, {path: value}).model_copy(update=doubts)
            found.append(Option(path, value, chosen, names[path, i], {**first, path: value}))
    return found


def doubt_options(scenario: Scenario) -> list[Option]:
    """The scenario with each value of each doubt in turn; none of them has doubts left.

    A number that shares its draw is held at every place where it stands, as it is one number.
    """
    doubts, data = scenario.resolved()["doubts"], scenario.settled().resolved()
    names, places = value_names(doubts), same_draws(scenario, doubts)
    return [
        Option(path, value, with_values(data, dict.fromkeys(places[path], value)), names[path, i])
        for path, values in doubts.items()
        for i, value in enumerate(values)
    ]


def default_name(scenario: Scenario) -> str:
    """What the default is called: by its value if there is one choice to make (see `default_path`)."""
    choices = _written_choices(scenario)
    path = default_path({path: values[0] for path, values in choices.items()})
    return value_names(choices)[path, 0] if path else "default"


def _written_choices(scenario: Scenario) -> dict[str, list[Any]]:
    """The values of each choice as plain data, by path."""
    data = scenario.model_dump(mode="json", exclude_none=True, include={"choices"})
    found: dict[str, list[Any]] = data["choices"]
    return found


def default_path(chosen: Mapping[str, Any]) -> str:
    """The path of the one choice whose value tells the default, of all that are `chosen`; "" if several do.

    That a stage is held goes without saying where there is more to choose.
    """
    told = [path for path, value in chosen.items() if not (_is_about_holding(path) and value is True)]
    path, *others = told or list(chosen) or [""]
    return "" if others else path


def idle_options(scenario: Scenario) -> dict[str, str]:
    """The options beside the default by which the programme ends at once: for each name the stage not held.

    Nobody can leave by such an option, which takes fewer words than a column of zeros.
    """
    if not any(map(_is_about_holding, scenario.choices)):
        return {}
    return {one.name: stage for one in options(scenario)[1:] if (stage := one.ends_before) is not None}


def _is_about_holding(path: str) -> bool:
    steps = path.split(".")
    return (steps[0], steps[-1]) == ("stages", "held")


def value_names(table: Mapping[str, Sequence[Any]]) -> dict[tuple[str, int], str]:
    """A short name for each value of each path: its last key, or all of it, and the value."""
    last = Counter(path.rpartition(".")[2] for path in table)
    names = {}
    for path, values in table.items():
        key = path.rpartition(".")[2]
        for i, value in enumerate(values):
            said = key if last[key] == 1 else path
            if isinstance(value, bool):
                names[path, i] = said if value else f"{_NO}{said}"
            else:
                names[path, i] = f"{said} {_short(value, i)}"
    return names


def _short(value: Any, i: int) -> str:
    if isinstance(value, dict) and "constant" in value:
        value = value["constant"]
    if is_number(value):
        return f"{value:g}"
    return value if isinstance(value, str) else f"#{i + 1}"


WhatIfKind = Literal["gpus", "all_gpus", "weight"]
"""What changes: the GPUs that one team is lent, all that is lent, or a block's points."""


@dataclass(frozen=True)
class WhatIf:
    """A change of the stages ahead: `factor` times the GPUs that are lent, or a block's points."""

    kind: WhatIfKind
    what: str  # block of a weight, otherwise empty
    factor: float
    scenario: Scenario


def what_ifs(scenario: Scenario, team: str) -> list[WhatIf]:
    """Return twice and half the GPUs that `team` is lent, and that all are; each benchmark counting twice.

    GPUs change in every stage ahead, each by the table or the pool from which it lends; a benchmark counts
    twice at the last stage, which decides who is selected.
    """
    return [*_gpus(scenario, team), *_weights(scenario)]


def _gpus(scenario: Scenario, team: str) -> Iterator[WhatIf]:
    if any(scenario.stages[s].grants.supply is not None for s in scenario.to_come):
        return  # twice the tables and pools would not be twice of what is lent
    lent: dict[WhatIfKind, dict[str, Any]] = {
        "gpus": _lent_to(scenario, team),
        "all_gpus": _lent_to_all(scenario, team),
    }
    for factor in (2.0, 0.5):
        for kind in (kind for kind in lent if lent[kind]):
            changes = {path: _multiplied(table, factor) for path, table in lent[kind].items()}
            yield WhatIf(kind, "", factor, with_values(scenario.resolved(), changes))


def _lent_to(scenario: Scenario, team: str) -> dict[str, Any]:
    """The tables that lend a team GPUs in the stages ahead, by path; none that holds an uncertain number."""
    found: dict[str, Any] = {}
    for s in scenario.to_come:
        grants = scenario.stages[s].grants
        found[f"stages.{s}.grants.gpus.{team}"] = grants.gpus_of(team)
        for name, more in (grants.more or {}).items():
            found[f"stages.{s}.grants.more.{name}.gpus.{team}"] = more.gpus_of(team)
    return {path: table for path, table in found.items() if _lends(table) and _is_certain(table)}


def _lent_to_all(scenario: Scenario, team: str) -> dict[str, Any]:
    """All tables and pools that lend GPUs in the stages ahead; none if `team` is the only one to be lent any.

    Nor any where a number is uncertain: what is said of all would be true of some.
    """
    data = scenario.resolved()["stages"]
    found: dict[str, Any] = {}
    for s in scenario.to_come:
        grants = data[s]["grants"]
        found |= {f"stages.{s}.grants.{key}": grants[key] for key in ("gpus", "pool")}
        for name, more in (grants.get("more") or {}).items():
            found[f"stages.{s}.grants.more.{name}.gpus"] = more["gpus"]
    found = {path: table for path, table in found.items() if _lends(table)}
    others = (other for other in scenario.contenders if other != team)
    is_shared = any(path.endswith(".pool") for path in found)
    if not is_shared and not any(_lent_to(scenario, other) for other in others):
        return {}
    return found if all(map(_is_certain, found.values())) else {}


def _leaves(table: Any) -> Iterator[Any]:
    """The numbers of a table of GPUs, or of such tables by team; an uncertain one as it is."""
    if not isinstance(table, Mapping) or "guess" in table:
        yield table
        return
    for part in table.values():
        yield from _leaves(part)


def _lends(table: Any) -> bool:
    return any(part not in ("none", 0) for part in _leaves(table))


def _is_certain(table: Any) -> bool:
    return all(part == "none" or is_number(part) for part in _leaves(table))


def _multiplied(table: Any, factor: float) -> Any:
    if isinstance(table, Mapping):
        return {key: _multiplied(part, factor) for key, part in table.items()}
    return factor * table if is_number(table) else table


def _weights(scenario: Scenario) -> Iterator[WhatIf]:
    if not scenario.to_come:
        return
    s = scenario.to_come[-1]
    data = scenario.resolved()
    stage = data["stages"][s]
    forgotten = [f"stages.{s}.reported"] if stage.get("reported") else []  # of other maxima
    for name, block in scenario.stages[s].points.items():
        if not block.judged and len(stage["points"]) > 1 and can_be_scaled(stage, name):
            changes = scale_weights(s, stage, {name: 2.0}) | dict.fromkeys(forgotten)
            yield WhatIf("weight", name, 2.0, with_values(data, changes))


def value_at(data: Any, dotted: str) -> Any:
    """Return what resolved data has at a path; None for nothing. Of a choice it is the default, the first."""
    for step in dotted.split("."):
        data = data.get(step) if isinstance(data, dict) else None
    return data["choice"][0] if isinstance(data, dict) and data.get("choice") else data
