"""How many teams can there be at each stage, and can cuts and entries do what they say?

From the counts of teams, which hold by the rules and by what is known, `sim.rules.certain` works out what is
certain.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sim.scenario.models.numbers import Number, extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Entry, Stage
from sim.scenario.problems import Diagnostic, KeyPath


class FeasibleCounts(NamedTuple):
    """The least and the greatest number of teams at a stage, after its gate and cut, and that enter after it.

    `known` are the most that entries and known results leave, if no cut or gate before took anybody.
    """

    least: int
    most: int
    least_left: int
    most_left: int
    least_entering: int
    most_entering: int
    known: int


def feasible_counts(scenario: Scenario) -> dict[str, FeasibleCounts]:
    """Work out the possible numbers of teams stage by stage, whatever is drawn.

    Cautious: every number that can come about lies within, but not every number within can come about.
    """
    found: dict[str, FeasibleCounts] = {}
    named: set[str] = set()  # candidates of the entries before
    least = most = known = len(set(scenario.teams) - scenario.candidates)
    for stage_id, stage in scenario.stages.items():
        left = _range_left(scenario, stage_id, least, most)
        entering = (0, 0)
        if stage.entry is not None and scenario.may_enter_after(stage_id):
            entering = _range_entering(scenario, stage_id, named, *left)
            named |= set(stage.entry.candidates)
        found[stage_id] = FeasibleCounts(least, most, *left, *entering, known)
        least, most = left[0] + entering[0], left[1] + entering[1]
        known = max(known - len(stage.happened or ()), 0) + entering[1]
    return found


def round_teams(number: float) -> int:
    """Round a number of teams as a run does: halves up."""
    return math.floor(number + 0.5)


def least_teams(count: Number | None) -> int:
    """Return the least number of teams that a rule of a cut can name; 0 where there is no such rule."""
    return 0 if count is None else round_teams(extremes(count)[0])


def range_kept(stage: Stage, present: int) -> tuple[int, int]:
    """Return the least and the greatest number of teams that keep or drop leaves of `present`."""
    # Of a group that is full nobody else is taken: places may then stay empty. The first in rank stays.
    sure = min([1, *map(least_teams, (stage.cut.at_most or {}).values())])
    if stage.cut.keep is not None:
        low, high = (round_teams(end) for end in extremes(stage.cut.keep))
        return min(sure if stage.cut.at_most else low, low, present), min(high, present)
    if stage.cut.by_group:
        return min(sure, present), present
    if stage.cut.drop is not None:
        low, high = (round_teams(end) for end in extremes(stage.cut.drop))
        return max(present - high, 0), max(present - low, 0)
    return present, present


def minimum_can_drop(stage: Stage) -> bool:
    """Whether a minimum of points, a distance to the leader or a budget can take anybody."""
    cut = stage.cut
    return (
        (cut.minimum is not None and extremes(cut.minimum)[1] > 0)
        or cut.within is not None
        or cut.budget is not None
    )


def _range_left(scenario: Scenario, stage_id: str, least: int, most: int) -> tuple[int, int]:
    stage = scenario.stages[stage_id]
    if stage.happened is not None:
        return max(least - len(stage.happened), 0), max(most - len(stage.happened), 0)
    if not scenario.is_held(stage_id):
        return least, most
    fewest, greatest = range_kept(stage, least)[0], range_kept(stage, most)[1]
    if stage.cut.minimum is not None and extremes(stage.cut.minimum)[1] > 0:
        fewest = 0
    elif stage.cut.within is not None:
        fewest = min(fewest, 1)  # the leader is at no distance from itself
    low, high = range_paid(scenario, stage, most)
    at_gate = sum(range_of_gate_risk(scenario, stage_id, team)[1] > 0 for team in scenario.teams)
    return max(min(fewest, low) - at_gate, 0), min(greatest, high)


def range_of_gate_risk(scenario: Scenario, stage_id: str, team: str) -> tuple[float, float]:
    """The least and the greatest chance that a team can have of failing the gate of a stage."""
    least, greatest = zip(*map(extremes, scenario.gate_risks(stage_id, team)), strict=True)
    return min(least), max(greatest)


def range_paid(scenario: Scenario, stage: Stage, present: int) -> tuple[int, int]:
    """Return the least and the greatest number of teams that a budget pays for."""
    if stage.cut.budget is None:
        return present, present
    low, high = extremes(stage.cut.budget)
    asks = [extremes(stage.cut.asked_by(team)) for team in scenario.teams]
    dearest, cheapest = max(most for _, most in asks), min(least for least, _ in asks)
    return (
        math.floor(low * (1 + ROUNDING) / dearest) if dearest else present,
        math.floor(high * (1 + ROUNDING) / cheapest) if cheapest else present,
    )


ROUNDING = 1e-9
"""As of `is_paid_for`: three asks of a third of the budget are within it."""


def _range_entering(
    scenario: Scenario, stage_id: str, named: set[str], least_left: int, most_left: int
) -> tuple[int, int]:
    """The least and the greatest number that come in; `named` are candidates of entries before."""
    entry = scenario.stages[stage_id].entry
    assert entry is not None
    if entry.happened is not None:
        return len(entry.entered), len(entry.entered)
    back = sum(scenario.may_return(stage_id, team) for team in scenario.teams)
    places, limit = min(entry.places, len(entry.candidates) + back), entry.when_fewer_than
    may_be_held = limit is None or least_left < limit
    # Places stay empty if a panel with a minimum finds nobody good enough, or if nobody applies.
    all_filled = (
        entry.panel.minimum is None and entry.applies is None and (limit is None or most_left < limit)
    )
    new = min(entry.places, len(set(entry.candidates) - named))
    return new if all_filled else 0, places if may_be_held else 0


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
        "who may come in again after leaving stands in `returning`",
    )
    yield Diagnostic(here, found, f"at most {counts.known}", hint, rival)


def _entries_from(scenario: Scenario, stage_id: str) -> dict[str, list[str]]:
    """The candidates of the entries after a stage and later ones, none of whom is there at the stage."""
    entries = {s: scenario.stages[s].entry for s in (stage_id, *scenario.after(stage_id))}
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
    low, high = extremes(scenario.lasting_spread)
    effects = [extremes(scenario.teams[t].effect) for t in entry.candidates if t in scenario.teams]
    effect = max((abs(end) for ends in effects for end in ends), default=0.0)
    lasting = effect + _OUTERMOST * high
    standing = 0.0 if rho == 0 or lasting == 0 else rho * lasting / low if low > 0 else math.inf
    return mean + spread * (standing + _OUTERMOST)
