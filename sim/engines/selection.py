"""Who leaves and who comes in: numbers and luck of the gate, the cut and the entry of a stage, as arrays.

Shapes are as in `sim.engines.inputs`, which prepares all of a stage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.engines.blocks import Judges
from sim.engines.calendar import StageDays
from sim.model import points
from sim.model.draws import Floats, Key, Purpose
from sim.model.points import Bools
from sim.model.quantiles import Sample, median, whole
from sim.rules.decisions import Codes, Fate, Mode, fails
from sim.scenario.models.numbers import Number
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Entry, Stage


@dataclass
class GateInputs:
    """The gate of a stage; nobody fails where there is none."""

    fails: Bools  # (.., teams) whether it would fail
    mode: Mode


@dataclass
class CutInputs:
    """Who leaves by points, and what breaks ties."""

    keep: Floats | None  # (.., 1)
    drop: Floats | None  # (.., 1)
    minimum: Floats | None  # (.., 1) points
    within: Floats | None  # (.., 1) points
    of_group: Bools | None  # (1, groups, teams); None where groups do not matter
    places: Floats | None  # (.., groups) that a group has for itself
    at_most: Floats | None  # (.., groups) that can stay
    budget: Floats | None  # (.., 1) money
    asks: Floats | None  # (.., teams) money
    rungs: tuple[int, ...]  # positions of the blocks that break ties
    luck: Callable[[], Floats]  # -> (replications, teams); drawn at the first call


@dataclass
class EntryInputs:
    """Who may come in after a stage."""

    day: Floats  # (..,) end of the day on which it is decided
    late: Bools  # (..,) whether the next stage has opened by then
    fewer_than: int | None
    candidates: Bools  # (1, teams) who were not there before
    returning: Bools | None  # (1, teams) who may come in again; None: nobody
    applies: Bools | None  # (.., teams) who applies; None: everybody
    places: int
    score: Floats  # (.., teams)
    minimum: Floats | None  # (.., 1)
    luck: Callable[[], Floats]  # -> (replications, teams); drawn at the first call
    happened: Bools | None  # (1, teams) who entered, where that is known


def prepare_gate(scenario: Scenario, s: str, sample: Sample, closed: Floats | None) -> GateInputs:
    """Who would fail the gate of a stage.

    `closed`, (.., teams), is finite for who has fallen back to scratch, and has the gate's own risk again.
    """
    gate = scenario.stages[s].gate
    if gate is None:
        return GateInputs(np.zeros((1, len(scenario.teams)), dtype=bool), "first")
    u = sample.uniforms([Key(Purpose.GATE, s, t) for t in scenario.teams]).T
    risk = sample.row(scenario.gate_risk(s, t) for t in scenario.teams)
    if closed is not None and any(len(scenario.gate_risks(s, t)) > 1 for t in scenario.teams):
        # The last of a team's risks is the one after a fall; where there is one alone, it is that.
        fallen = sample.row(scenario.gate_risks(s, t)[-1] for t in scenario.teams)
        risk = np.where(np.isfinite(closed), fallen, risk)
    return GateInputs(fails(u, risk), gate.mode)


def prepare_cut(scenario: Scenario, s: str, sample: Sample) -> CutInputs:
    """Who leaves by points at a stage, and what breaks ties."""
    stage, cut = scenario.stages[s], scenario.stages[s].cut
    groups = scenario.groups or {}

    def by_group(limits: Mapping[str, Number] | None, without: float) -> Floats | None:
        return None if limits is None else whole(sample.row(limits.get(g, without) for g in groups))

    return CutInputs(
        keep=None if cut.keep is None else whole(sample.row([cut.keep])),
        drop=None if cut.drop is None else whole(sample.row([cut.drop])),
        minimum=None if cut.minimum is None else sample.row([cut.minimum]),
        within=None if cut.within is None else sample.row([cut.within]),
        of_group=np.array([[[t in members for t in scenario.teams] for members in groups.values()]])
        if cut.by_group
        else None,
        places=by_group(cut.places, 0.0),
        at_most=by_group(cut.at_most, np.inf),
        budget=None if cut.budget is None else sample.row([cut.budget]),
        asks=None if cut.budget is None else sample.row(cut.asked_by(t) for t in scenario.teams),
        rungs=tuple(list(stage.points).index(block) for block in stage.ties),
        luck=_later(sample, [Key(Purpose.TIE, s, t) for t in scenario.teams]),
    )


def _later(sample: Sample, keys: list[Key]) -> Callable[[], Floats]:
    """Uniforms of teams, (replications, teams), drawn when they are first asked for: ties are rare."""
    return cache(lambda: sample.uniforms(keys).T)


def known_fates(scenario: Scenario, stage: Stage) -> Codes | None:
    """The fates of a known result, (1, teams): who is not named stayed."""
    if stage.happened is None:
        return None
    codes = {"out-by-points": Fate.OUT_BY_POINTS, "out-at-gate": Fate.OUT_AT_GATE}
    known = {team: codes[how] for team, how in stage.happened.items()}
    return np.array([[known.get(t, Fate.KEPT) for t in scenario.teams]], dtype=np.int8)


_STEP = 1e-6
"""Scores of candidates are rounded to this, as totals are, so that both engines rank alike."""


def prepare_entry(
    scenario: Scenario, s: str, sample: Sample, days: StageDays, judges: Judges, lasting: Floats
) -> EntryInputs | None:
    """The entry after stage `s`; None if there is none, or no stage after it to enter."""
    entry = scenario.stages[s].entry
    if entry is None or days.entry is None or days.entry_late is None or not scenario.may_enter_after(s):
        return None
    teams, panel, follows = list(scenario.teams), entry.panel, judges.follows
    if panel.follows_strength is not None:
        follows = sample.one(panel.follows_strength)
    rho, spread = follows[:, None], sample.row([panel.spread])
    x = sample.normals([Key(Purpose.PANEL, s, t) for t in teams]).T
    # The panel judges lasting strength alone: candidates have not trained a model for it.
    slope = points.judged_slope(spread, rho, median(scenario.lasting_spread))
    score = sample.row([panel.mean]) + slope * lasting + points.impression(spread, rho, x)
    return EntryInputs(
        day=days.entry,
        late=days.entry_late & scenario.goes_on_after(s),  # to a stage that is not held nobody comes late
        fewer_than=entry.when_fewer_than,
        candidates=np.array([[t in entry.candidates for t in teams]]),
        returning=np.array([[scenario.may_return(s, t) for t in teams]]) if entry.returning else None,
        applies=_applies(scenario, s, sample, entry),
        places=entry.places,
        score=points.round_to_step(score, _STEP),
        minimum=None if panel.minimum is None else sample.row([panel.minimum]),
        luck=_later(sample, [Key(Purpose.SEAT, s, t) for t in teams]),
        happened=None if entry.happened is None else np.array([[t in entry.entered for t in teams]]),
    )


def _applies(scenario: Scenario, s: str, sample: Sample, entry: Entry) -> Bools | None:
    if entry.applies is None:
        return None
    u = sample.uniforms([Key(Purpose.APPLY, s, t) for t in scenario.teams]).T
    return u < sample.row(entry.applying(t) for t in scenario.teams)
