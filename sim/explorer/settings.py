"""What is moved on the page: which values there may be, and the scenario and the file that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.scenario.evidence import fact_names, without_facts
from sim.scenario.language.files import find_file
from sim.scenario.language.load import load, load_beside, variations_of_default, written_teams
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.base import is_number
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import quoted
from sim.studies.controls import Control, controls
from sim.studies.factors import overrides
from sim.text import LANGS, Lang, say

Settings = Mapping[str, Any]
"""Values by the paths of controls; what is not moved is not there."""

FACTS = "facts"
"""The control that says whether facts about points are used. No key of a file has this path."""


class SettingError(ValueError):
    """A value that a control cannot have; says which and why."""


class Playground:
    """A scenario's file, read once, and all that can be moved in it."""

    def __init__(self, file: Path) -> None:
        """Read it. Raises `ScenarioError`."""
        self.file = file
        self.scenario = load(file)
        self._vary = variations_of_default(file)
        self._default = self._vary({})
        found = _without_copies(controls(self.scenario), written_teams(file))
        self.controls = [*_of_facts(self.scenario), *found]
        self._movable = {each.path: each for each in self.controls if each.fixed is None}

    def scenario_of(self, settings: Settings) -> Scenario:
        """Return the scenario with some values moved, its choices at their default where they are not.

        Raises `SettingError` for what cannot be moved so, `ScenarioError` for values that do not go together.
        """
        values = self._values(settings)
        found = self._vary(values) if values else self._default
        return found if uses_facts(settings) else without_facts(found)

    def _values(self, settings: Settings) -> dict[str, Any]:
        """The values by path as `--set` takes them."""
        for path, value in settings.items():
            check_setting(self._movable.get(path), path, value)
        return overrides(self._default, {path: value for path, value in settings.items() if path != FACTS})

    def file_of(self, settings: Settings, lang: Lang = "en") -> str:
        """Return a scenario file that extends this one by what was moved, as it was typed.

        That no facts are used is no part of a file: a comment says by which option they are left out.
        """
        values = self._values(settings)
        return "\n".join(
            [
                *([] if uses_facts(settings) else [f"# {say(lang, 'explore.file_without_facts')}"]),
                f"extends: {format_flow(find_file(self.file).name)}",
                *_lines(_nested(values), 0),
                *_doubts_settled(self.scenario, values),
                "",
            ]
        )


def played_hash(file: Path, text: str, settings: Settings) -> str:
    """Return the hash that `sim run` tells of a downloaded file, with `--without-facts` if none are used."""
    found = load_beside(file, text)
    return (found if uses_facts(settings) else without_facts(found)).digest()


def uses_facts(settings: Settings) -> bool:
    """Tell whether the facts of the file are used, as they are unless somebody says no."""
    return settings.get(FACTS, True) is not False


def _of_facts(scenario: Scenario) -> list[Control]:
    """The control of whether facts are used; none where there are none."""
    if not scenario.has_facts:
        return []
    names = {str(lang): say(lang, "explore.facts", n=len(fact_names(scenario))) for lang in LANGS}
    labels = tuple(
        {str(lang): say(lang, key) for lang in LANGS}
        for key in ("explore.facts_used", "explore.facts_unused")
    )
    return [Control(FACTS, "facts", "", names, values=(True, False), labels=labels)]


def _without_copies(controls: Sequence[Control], written: Sequence[str]) -> Iterator[Control]:
    """The controls but for those of copies, which no path names; of the first copy they tell why."""
    for each in controls:
        team = _team_of(each)
        if not team or team in written:
            yield each
        elif team.endswith("-1"):
            yield replace(each, fixed="copy")


def _team_of(control: Control) -> str:
    """The team of which a control moves a number of its own; empty if there is none."""
    first, *ids = control.path.split(".")
    return ids[0] if first == "teams" and ids else ""


def check_setting(control: Control | None, path: str, value: Any) -> None:
    """Raise `SettingError` for a value that the control at a path cannot have."""
    if control is None:
        raise SettingError(f"{path}: nothing that can be moved here")
    if control.values:
        if not any(value == each and type(value) is type(each) for each in control.values):
            raise SettingError(
                f"{path}: {quoted(value)}, expected one of {format_flow(list(control.values))}"
            )
        return
    assert control.low is not None
    assert control.high is not None
    if not is_number(value) or not control.low <= value <= control.high:
        raise SettingError(f"{path}: {quoted(value)}, expected {control.low:g} to {control.high:g}")


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted path as the tables that a file has."""
    found: dict[str, Any] = {}
    for path, value in values.items():
        *above, last = path.split(".")
        block = found
        for step in above:
            block = block.setdefault(step, {})
        block[last] = dict(value) if isinstance(value, dict) else value
    return found


def _lines(block: Mapping[str, Any], depth: int) -> list[str]:
    """A table as lines of YAML."""
    found = []
    for key, value in block.items():
        start = f"{'  ' * depth}{format_flow(str(key))}:"
        if isinstance(value, dict) and value:
            found += [start, *_lines(value, depth + 1)]
        else:
            found.append(f"{start} {'~' if value is None else format_flow(value)}")
    return found


def _doubts_settled(scenario: Scenario, values: Mapping[str, Any]) -> list[str]:
    """Lines that remove doubts about what is set, as `--set` does: who sets a value means to play with it."""
    settled = [
        doubt
        for doubt in scenario.doubts
        if any(f"{doubt}.".startswith(f"{path}.") or f"{path}.".startswith(f"{doubt}.") for path in values)
    ]
    return ["doubts:", *(f"  {format_flow(doubt)}: ~" for doubt in settled)] if settled else []
