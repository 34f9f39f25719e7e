"""Can cuts and entries do what they say, given how many teams there can be?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from sim.scenario.checks.feasible import (
    FeasibleCounts,
    feasible_counts,
    least_teams,
    minimum_can_drop,
    range_kept,
)
from sim.scenario.models.numbers import extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Entry, Stage
from sim.scenario.problems import Diagnostic, KeyPath

_OUTERMOST = 8.3
"""Standard deviations that no normal draw reaches: the outermost uniform, 2^-53, is at 8.2."""


def cut_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Find cuts for more teams than there can be, known results against a cut, panels that nobody passes."""
    counts_of = feasible_counts(scenario)
    for stage_id, stage in scenario.stages.items():
        counts = counts_of[stage_id]
        here = ("stages", stage_id)
        if scenario.is_held(stage_id):
            yield from _check_cut(scenario, stage_id, counts)
        if stage.happened is not None and counts.least == counts.most:
            yield from _check_happened(stage, counts.most, here)
        if stage.entry is not None and stage.entry.happened is None:
            yield from _check_panel(scenario, stage.entry, (*here, "entry"))


def _check_cut(scenario: Scenario, stage_id: str, counts: FeasibleCounts) -> Iterator[Diagnostic]:
    keep = least_teams(scenario.stages[stage_id].cut.keep)
    if not counts.known or keep <= counts.known:
        return
    found = f"{count_of_teams(keep)} to keep, where there can be no more than {counts.known}"
    here = ("stages", stage_id, "cut", "keep")
    barred = _entries_from(scenario, stage_id)
    if not barred or keep > counts.known + sum(map(len, barred.values())):
        yield Diagnostic(here, found, f"at most {counts.known}")
        return
    entry, candidates = next(iter(barred.items()))
    names = ", ".join(f"'{team}'" for team in candidates)
    hint = f"{names}, of stages.{entry}.entry.candidates, cannot be there before that entry"
    left = f"leaves {count_of_teams(counts.known)} for a cut that keeps {keep}"
    rival = Diagnostic(
        ("stages", entry, "entry", "candidates"),
        f"{names}: not there before, which {left}",
        "teams that take no part before",
        "who has left cannot come in again",
    )
    yield Diagnostic(here, found, f"at most {counts.known}", hint, rival)


def _entries_from(scenario: Scenario, stage_id: str) -> dict[str, list[str]]:
    """The candidates of the entries after a stage and later ones, none of whom is there at the stage."""
    order = list(scenario.stages)
    entries = {s: scenario.stages[s].entry for s in order[order.index(stage_id) :]}
    return {s: [t for t in entry.candidates if t in scenario.teams] for s, entry in entries.items() if entry}


def count_of_teams(number: int) -> str:
    """A number of teams in words."""
    return f"{number} team" if number == 1 else f"{number} teams"


def _check_happened(stage: Stage, present: int, here: KeyPath) -> Iterator[Diagnostic]:
    """Whether as many left by points as the cut takes of those `present`."""
    how = Counter((stage.happened or {}).values())
    by_points, at_gate = how["out-by-points"], how["out-at-gate"]
    few, many = range_kept(stage, present)
    least, most = present - many, present - few
    if minimum_can_drop(stage):
        most = present
    least = max(least - at_gate, 0)  # whom the gate takes the cut need not, be it before, or besides
    if not stage.cut.has_rule or least <= by_points <= most:
        return
    found = f"{by_points} of {count_of_teams(present)} out by points"
    allowed = f"{least}" if least == most else f"{least} to {most}"
    hint = "mend the cut, or remove `happened` to have the stage drawn"
    yield Diagnostic((*here, "happened"), found, f"{allowed}, which the cut takes", hint)


def _check_panel(scenario: Scenario, entry: Entry, here: KeyPath) -> Iterator[Diagnostic]:
    if entry.panel.minimum is None:
        return
    least, best = extremes(entry.panel.minimum)[0], _best_score(scenario, entry)
    if least > best:
        found = f"{least:.9g} points, which no candidate can reach"
        yield Diagnostic((*here, "panel", "minimum"), found, f"at most {best:.9g}")


def _best_score(scenario: Scenario, entry: Entry) -> float:
    """More points than this no panel gives: the mean, and what the outermost draws add to it."""
    follows = entry.panel.follows_strength
    rho = max(abs(end) for end in extremes(scenario.judging.follows_strength if follows is None else follows))
    mean, spread = extremes(entry.panel.mean)[1], extremes(entry.panel.spread)[1]
    if spread == 0:
        return mean
    low, high = extremes(scenario.capability.team_spread)
    effects = [extremes(scenario.teams[t].effect) for t in entry.candidates if t in scenario.teams]
    effect = max((abs(end) for ends in effects for end in ends), default=0.0)
    lasting = effect + _OUTERMOST * high
    standing = 0.0 if rho == 0 or lasting == 0 else rho * lasting / low if low > 0 else math.inf
    return mean + spread * (standing + _OUTERMOST)
