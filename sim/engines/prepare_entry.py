"""The entry after a stage as arrays: what the panel sees is worked out before time passes."""

from __future__ import annotations

from functools import cache

import numpy as np

from sim.engines.days import StageDays
from sim.engines.inputs import EntryInputs
from sim.engines.lookup import Numbers
from sim.model import points
from sim.model.draws import Floats, Key, Purpose
from sim.model.normal import normal
from sim.model.points import Bools
from sim.model.quantiles import median
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Entry

_STEP = 1e-6
"""Scores are rounded to this, as totals are, so that both engines rank alike."""


def entry_inputs(
    scenario: Scenario,
    s: str,
    entry: Entry | None,
    numbers: Numbers,
    days: StageDays,
    lasting: Floats,
    follows: Floats,
) -> EntryInputs | None:
    """The entry after stage `s`; `lasting` is the teams' lasting strength, `follows` the programme's rho."""
    if entry is None or days.entry is None or days.entry_late is None:
        return None
    teams, panel, path = list(scenario.teams), entry.panel, f"stages.{s}.entry.panel"
    if panel.follows_strength is not None:
        follows = numbers.one(f"{path}.follows_strength", panel.follows_strength)
    rho, spread = follows[:, None], numbers.row([(f"{path}.spread", panel.spread)])
    x = normal(numbers.uniforms([Key(Purpose.PANEL, s, t) for t in teams])).T
    slope = points.judged_slope(spread, rho, median(scenario.capability.team_spread))
    score = numbers.row([(f"{path}.mean", panel.mean)]) + slope * lasting + points.impression(spread, rho, x)
    minimum = None if panel.minimum is None else numbers.row([(f"{path}.minimum", panel.minimum)])
    return EntryInputs(
        day=days.entry,
        late=days.entry_late,
        fewer_than=entry.when_fewer_than,
        candidates=_named(teams, entry.candidates),
        places=entry.places,
        score=points.rounded(score, _STEP),
        minimum=minimum,
        luck=cache(lambda: numbers.uniforms([Key(Purpose.SEAT, s, t) for t in teams]).T),
        happened=None
        if entry.happened is None
        else _named(teams, () if entry.happened == "nobody" else entry.happened),
    )


def _named(teams: list[str], names: tuple[str, ...]) -> Bools:
    return np.array([[t in names for t in teams]])
