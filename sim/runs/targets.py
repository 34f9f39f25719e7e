"""Chances that uncertain numbers may move, and whether they come true in replications played side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.engines import batch
from sim.engines.outcomes import Outcomes
from sim.model.draws import Source
from sim.model.points import Bools
from sim.rules.fates import Fate
from sim.runs.surviving import surviving
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


def targets(scenario: Scenario) -> tuple[Target, ...]:
    """The chance of leaving of each team, and that the strongest leaves at the last stage, unless certain."""
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


def beside(
    scenario: Scenario, asked: Sequence[Target], sources: Sequence[Source], start: int, stop: int
) -> tuple[Bools, Bools]:
    """The same replications with the luck of each source: (sources, targets, replications), (replications,).

    The first is whether each target comes true, the second whether the replication could be played with every
    source; one that could not counts with none, since what is compared are the same replications.
    """

    def block(first: int, last: int) -> tuple[int, Bools]:
        each = [_true(scenario, asked, batch.play(scenario, s, first, last)) for s in sources]
        return first, np.stack(each)

    found = np.zeros((len(sources), len(asked), stop - start), dtype=bool)
    played = np.zeros(stop - start, dtype=bool)
    for first, true in surviving(block, start, stop, lambda *_: None):
        here = slice(first - start, first - start + true.shape[-1])
        found[..., here], played[here] = true, True
    return found, played


def _true(scenario: Scenario, asked: Sequence[Target], outcomes: Outcomes) -> Bools:
    """Whether each target comes true, (targets, replications)."""
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
