"""Effort, and compute kept for later, on an evaluation day: both engines ask these functions.

Shapes are as in `sim.engines.inputs` and, of one replication alone, without the first axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.engines.selection import CutInputs
from sim.model.draws import Floats
from sim.model.effort import effort_against_rivals, effort_for_places, keep_for_later
from sim.model.points import Bools
from sim.model.quantiles import Sample
from sim.scenario.models.scenario import Scenario
from sim.scenario.wider import saves, saves_at, whole_field


@dataclass
class EffortInputs:
    """What teams do with the compute of a stage; None where they do nothing of the kind."""

    rivals: Floats | None  # (.., 1) eta
    field: float  # teams at which rivals take nothing
    stakes: Floats | None  # (.., 1) zeta
    saves: Floats | None  # (.., teams) sigma; None in the last stage, too, after which nothing counts
    ever_saves: bool  # whether anything is kept at any stage


class Trained(NamedTuple):
    """What becomes of the compute of a window."""

    submitted: Floats  # (..., teams) FLOP that go into the model submitted
    saved: Floats | None  # (..., teams) FLOP that are kept for later; None: nobody ever keeps any


def prepare_effort(scenario: Scenario, s: str, sample: Sample) -> EffortInputs | None:
    """The effort of a stage; None where nothing is said of it, or nobody trains."""
    effort, ever_saves = scenario.effort, saves(scenario)
    rivals = None if effort is None else effort.rivals
    stakes = None if effort is None else effort.stakes
    if (rivals is stakes is None and not ever_saves) or not scenario.trains(s):
        return None
    return EffortInputs(
        rivals=None if rivals is None else sample.row([rivals]),
        field=float(whole_field(scenario)),
        stakes=None if stakes is None else sample.row([stakes]),
        saves=sample.row(map(scenario.saved_share, scenario.teams)) if saves_at(scenario, s) else None,
        ever_saves=ever_saves,
    )


def nothing_saved(stages: tuple[EffortInputs | None, ...], nothing: Floats) -> Floats | None:
    """Return what teams have kept before the first of some stages: `nothing`, or None if nobody ever does."""
    return nothing if any(stage is not None and stage.ever_saves for stage in stages) else None


def effort_at(effort: EffortInputs, cut: CutInputs, present: Bools) -> Floats | None:
    """Return the effort of all teams at a stage, (..., 1), given who takes part; None where it is whole."""
    teams = np.add.reduce(present, axis=-1, keepdims=True, dtype=np.float64)
    found = None
    if effort.rivals is not None:
        found = effort_against_rivals(teams, effort.field, effort.rivals)
    if effort.stakes is not None:
        at_stake = effort_for_places(_places(cut, teams), teams, effort.stakes)
        found = at_stake if found is None else found * at_stake
    return found


def _places(cut: CutInputs, teams: Floats) -> Floats:
    """How many stay by the rule, (..., 1): all where there is none."""
    if cut.keep is not None:
        return cut.keep
    return teams if cut.drop is None else teams - cut.drop


def spend_effort(
    effort: EffortInputs | None, cut: CutInputs, compute: Floats, present: Bools, saved: Floats | None
) -> Trained:
    """What goes into the models submitted, of a window's `compute` and of what was `saved` before."""
    if effort is None:
        return Trained(compute, saved)
    share = effort_at(effort, cut, present)
    done = compute if share is None else compute * share
    if saved is None:
        return Trained(done, None)
    return Trained(*keep_for_later(done, 0.0 if effort.saves is None else effort.saves, saved, present))
