"""What every part of the text about a run needs: its numbers, its names and its language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.render.text.layout import STAGE_WIDTH, fitted
from sim.render.text.words import words
from sim.stats.alternatives import Alternative
from sim.stats.percent import percent
from sim.stats.summary import Estimate, Kind, Summary
from sim.studies.run import RunResult

MOST_STAGES = 4
"""Stages that fit into a line; of more, the first and the last are shown."""

MOST_NAMED = 4
"""Teams that a sentence names one by one."""


@dataclass
class Telling:
    """One run, in one language."""

    result: RunResult
    file: str
    lang: str

    def __post_init__(self) -> None:
        self.words = words(self.lang)
        self.scenario = self.result.scenario
        self.summary: Summary = self.result.summary
        self.names = {t: team.name.get(self.lang) for t, team in self.scenario.teams.items()}
        self.stages = {
            s: stage.name.get(self.lang) if stage.name else s for s, stage in self.scenario.stages.items()
        }
        self.short = {s: fitted(name, STAGE_WIDTH) for s, name in self.stages.items()}
        self.ahead = self.scenario.ahead or list(self.stages)
        self.teams = self.scenario.contenders or list(self.names)
        self.rows: dict[tuple[str, str, Kind], Estimate] = {
            (row.stage, row.team, row.chance): row.estimate for row in self.summary.rows()
        }

    @property
    def alternatives(self) -> list[Alternative]:
        """The options of the scenario's choices, the default first."""
        return self.result.alternatives

    @property
    def by_option(self) -> bool:
        """Whether chances are told by option, or with a range."""
        return bool(self.scenario.choices or self.scenario.doubts)

    def say(self, word: str, **values: object) -> str:
        """A fixed phrase with its values filled in."""
        return self.words[word].format(**values)

    def listed(self, teams: Sequence[str]) -> str:
        """The names of teams in a sentence."""
        names = [self.names[t] for t in teams]
        return self.say("and").join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]

    def mean(self, teams: Sequence[str], kind: Kind) -> str:
        """The mean chance of several teams that do not stand apart, as precise as their intervals allow."""
        shown = [self.rows["", t, kind] for t in teams]
        p = sum(e.p for e in shown) / len(shown)
        return percent(p, min(e.low for e in shown), max(e.high for e in shown))

    def span(self, teams: Sequence[str], kind: Kind) -> str:
        """The chances of a group: from its least to its greatest, or one number where they print alike."""
        shown = sorted((self.rows["", t, kind] for t in teams), key=lambda e: e.p)
        low, high = str(shown[0]), str(shown[-1])
        return low if low == high else self.say("from_to", low=low, high=high)

    def shown_stages(self) -> list[str]:
        """The stages ahead as columns; an empty name stands for those that do not fit."""
        ids = self.ahead
        return ids if len(ids) <= MOST_STAGES else [*ids[:2], "", *ids[-2:]]
