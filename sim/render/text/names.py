"""What teams and stages are called in one language, and how a few values are put into sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sim.findings.headline import Common
from sim.render.text.layout import NAME_WIDTH, STAGE_WIDTH, fit_named
from sim.scenario.models.scenario import Scenario
from sim.stats.percent import percent
from sim.text import say

MOST_NAMED = 4
"""Teams that a sentence names one by one."""


@dataclass(frozen=True)
class Names:
    """The language of a text, and the names in it of teams and stages, by id."""

    lang: str
    teams: dict[str, str]
    stages: dict[str, str]

    @classmethod
    def of(cls, scenario: Scenario, lang: str) -> Names:
        """Return the names of a scenario; a stage without one is called by its id."""
        teams = {t: team.name.get(lang) for t, team in scenario.teams.items()}
        stages = {s: stage.name.get(lang) if stage.name else s for s, stage in scenario.stages.items()}
        return cls(lang, teams, stages)

    def say(self, key: str, **values: object) -> str:
        """Return a sentence with its values filled in."""
        return say(self.lang, key, **values)

    @cached_property
    def short_teams(self) -> dict[str, str]:
        """The names of teams as heads of rows; different names stay different."""
        return fit_named(self.teams, NAME_WIDTH)

    @cached_property
    def short_stages(self) -> dict[str, str]:
        """The names of stages as heads of columns, likewise."""
        return fit_named(self.stages, STAGE_WIDTH)

    def list_teams(self, teams: Sequence[str]) -> str:
        """Return the names of teams in a sentence: `A, B and C`; nothing where there are none."""
        return self._listed([self.teams[t] for t in teams])

    def list_stages(self, stages: Sequence[str]) -> str:
        """Return the names of stages in a sentence."""
        return self._listed([self.stages[s] for s in stages])

    def _listed(self, names: Sequence[str]) -> str:
        if len(names) < 2:
            return "".join(names)
        return self.say("run.and", first=", ".join(names[:-1]), last=names[-1])

    def share(self, common: Common) -> str:
        """Return about which chance several teams have: `about 40 %`, `below 2 %` of what never happened."""
        number = percent(*common)
        key = {"<": "run.below_chance", ">": "run.above_chance"}.get(number[0], "run.about_chance")
        return self.say(key, p=number.lstrip("<>"))
