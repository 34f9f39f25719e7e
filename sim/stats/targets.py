"""Chances that uncertain inputs may move, and in which replications they come true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.engines.outcomes import Outcomes
from sim.model.points import Bools
from sim.rules.fates import Fate
from sim.scenario.models.scenario import Scenario
from sim.stats.responses import Chance, responses
from sim.stats.summary import Summary
from sim.stats.tally import nothing

LEAVES, DROPPED = "leaves_at_all", "most_capable_dropped"


class Target(NamedTuple):
    """A chance: that a team leaves at any stage, or that the strongest leaves at a stage."""

    what: str
    team: str = ""  # of `LEAVES`
    stage: str = ""  # of `DROPPED`


def list_targets(scenario: Scenario) -> tuple[Target, ...]:
    """List what is asked: whether each team leaves, and the strongest at the last stage, unless certain."""
    summary = Summary(scenario, nothing(scenario))
    found = [
        Target(LEAVES, team=each.team)
        for each in summary.counts()
        if each.chance == LEAVES and each.certain is None
    ]
    last = list(scenario.stages)[-1]
    name = f"{DROPPED}.{last}"
    if name in summary.tally.chances and summary.chance(name).certain is None:
        found.append(Target(DROPPED, stage=last))
    return tuple(found)


def find_true(scenario: Scenario, asked: Sequence[Target], outcomes: Outcomes) -> Bools:
    """Tell for each target in which replications it comes true, (targets, replications)."""
    fate, teams = outcomes.stages[-1].fate, list(scenario.teams)
    left = (fate != Fate.KEPT) & (fate != Fate.NOT_ENTERED)
    chances = {each.name: each for each in responses(scenario) if isinstance(each, Chance)}
    found = np.empty((len(asked), fate.shape[0]), dtype=bool)
    for row, target in zip(found, asked, strict=True):
        if target.what == LEAVES:
            row[:] = left[:, teams.index(target.team)]
        else:  # where nobody submits there is no strongest, and so none that leaves
            holds, somebody = chances[f"{DROPPED}.{target.stage}"].ask(outcomes)
            row[:] = holds & somebody
    return found
