"""What uncertain inputs and guesses do to chances: one at a time, and at both ends with all others drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from sim.engines.outcomes import Outcomes
from sim.model.points import Bools
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import input_name, over_stages
from sim.stats.counts import Ints, add_fields
from sim.stats.differences import PairedDifference
from sim.stats.responses import Chance, responses
from sim.stats.summary import Estimate, Summary
from sim.stats.tally import nothing
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


LEAVES, DROPPED = "leaves_at_all", "most_capable_dropped"


class Target(NamedTuple):
    """A chance: that a team leaves at any stage, or that the strongest leaves at a stage."""

    what: str
    team: str = ""  # of `LEAVES`
    stage: str = ""  # of `DROPPED`


def list_targets(scenario: Scenario, *, by_the_file: bool = True) -> tuple[Target, ...]:
    """List what is asked: whether each team leaves, and the strongest at the last stage held, unless certain.

    Only `by_the_file` is anything certain: what code of a user's own may do is not known.
    """
    summary = Summary(scenario, nothing(scenario), by_the_file)
    found = [
        Target(LEAVES, team=each.team)
        for each in summary.counts()
        if each.chance == LEAVES and each.certain is None
    ]
    last = [s for s in scenario.to_come[-1:] if summary.chance(f"{DROPPED}.{s}").certain is None]
    return (*found, *(Target(DROPPED, stage=s) for s in last))


def find_true(scenario: Scenario, asked: Sequence[Target], outcomes: Outcomes) -> Bools:
    """Tell for each target in which replications it comes true, (targets, replications)."""
    left, teams = outcomes.left, list(scenario.teams)
    chances = {each.name: each for each in responses(scenario) if isinstance(each, Chance)}
    found = np.empty((len(asked), len(left)), dtype=bool)
    for row, target in zip(found, asked, strict=True):
        if target.what == LEAVES:
            row[:] = left[:, teams.index(target.team)]
        else:  # where nobody submits there is no strongest, and so none that leaves
            holds, somebody = chances[f"{DROPPED}.{target.stage}"].ask(outcomes)
            row[:] = holds & somebody
    return found


@dataclass(frozen=True)
class Effect:
    """What happens when one input goes from its low to its high end."""

    path: str  # * for the id of the stage where all stages share the number; `shared:NAME` for a shared draw
    meaning: str
    low: float
    high: float
    team: str  # whose chance of being selected moves most
    selected: tuple[Estimate, Estimate]  # that chance at the low and at the high end
    strongest_dropped: tuple[Estimate, Estimate]  # chance that the strongest leaves the last stage
    runs: int  # at each end

    @property
    def notable(self) -> bool:
        """Whether it stands out from the dice of its few runs."""
        # 2.3 standard errors of the difference of two independent chances near a half, 0.71 / sqrt(runs);
        # these share their random numbers, so that the dice alone move them by less.
        return self.strength >= 1.6 / math.sqrt(self.runs)

    @property
    def swing(self) -> float:
        """By how much the chance of the team that is moved most changes."""
        return _change(self.selected)

    @property
    def moves(self) -> Literal["team", "strongest"]:
        """Of which of the two chances it is told: a team's, unless the strongest's leaving changes more."""
        return "team" if self.swing >= self.strength else "strongest"

    @property
    def strength(self) -> float:
        """The larger of the two changes: of a team's chance, or of the chance that the strongest leaves."""
        return max(self.swing, _change(self.strongest_dropped))


def _change(ends: tuple[Estimate, Estimate]) -> float:
    change = abs(ends[1].p - ends[0].p)
    return 0.0 if math.isnan(change) else change


@dataclass(frozen=True)
class TornadoCounts:
    """Counts over the same replications; adds up in any order."""

    runs: int
    drawn: Ints  # (targets,) all numbers drawn
    low: Ints  # (numbers, targets)
    high: Ints
    only_low: Ints  # (numbers, targets) replications in which the target comes true at the low end alone
    only_high: Ints
    islands: tuple[TornadoCounts, ...] | None = None  # of a forecast: the same of each island

    def __add__(self, other: TornadoCounts) -> TornadoCounts:
        return add_fields(self, other)

    def between(self, number: int, target: int) -> PairedDifference:
        """How much greater a target's chance is at the high end of a number than at the low end, paired."""
        at = number, target
        counts = self.only_high, self.only_low, self.low, self.high
        b, c, first, second = (int(each[at]) for each in counts)
        islands = tuple(island.between(number, target) for island in self.islands or ())
        return PairedDifference(b, c, self.runs, first=first, second=second, islands=islands)
