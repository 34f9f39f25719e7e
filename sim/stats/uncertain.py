"""Uncertain inputs: numbers that are drawn, and guesses that are drawn over their plausible ranges."""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.input_names import input_name
from sim.scenario.models.scenario import Scenario
from sim.scenario.paths import over_stages
from sim.text import say


@dataclass(frozen=True)
class UncertainInput:
    """An uncertain number, or several that share their luck."""

    luck: str  # the name under which it is drawn
    paths: tuple[str, ...]  # where it stands, with * for the stages of a guess that all of them have
    meaning: str
    unit: str
    law: str  # as a file has it
    widened: bool  # a plain number in the file that is a guess, here drawn evenly over its plausible range
    extremes: tuple[float, float]  # between which it lies; of several, the first
    low: float  # its value at the 5 % quantile; of several, the first's
    high: float  # at the 95 % quantile

    @property
    def name(self) -> str:
        """What it is called in tables: its path, or `shared:NAME`."""
        return self.paths[0] if self.widened else self.luck

    def called(self, lang: str, scenario: Scenario) -> str:
        """Name it as a text or a figure does, in one language."""
        told = name_input(self.paths[0], lang, scenario)
        return told if len(self.paths) == 1 else f"{told} (+{len(self.paths) - 1})"


def name_input(path: str, lang: str, scenario: Scenario) -> str:
    """Name the input at `path`, with its stage if there are several; its path if it has no shorter name."""
    names = {team: one.name.get(lang) for team, one in scenario.teams.items()}
    told = input_name(over_stages(path), lang, {**names, "default": say(lang, "input.every_team")})
    if told == over_stages(path):
        return path
    first, _, rest = path.partition(".")
    at = rest.partition(".")[0]
    if first != "stages" or at not in scenario.stages or len(scenario.stages) == 1:
        return told
    stage = scenario.stages[at]  # its id where it has no name: else its numbers would be called alike
    return f"{told}, {stage.name.get(lang) if stage.name else at}"
