"""Can cuts and entries do what they say, given how many teams there can be?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from sim.scenario.field import Field, fields, kept, takes_by_points, whole
from sim.scenario.nonsense import Nonsense
from sim.scenario.numbers import extremes
from sim.scenario.scenario import Scenario
from sim.scenario.stages import Entry, Stage

_OUTERMOST = 8.3
"""Standard deviations that no normal draw reaches: the outermost uniform, 2^-53, is at 8.2."""


def cuts(scenario: Scenario) -> Iterator[Nonsense]:
    """Cuts that no field is large enough for, known results that they do not allow, panels nobody passes."""
    for (stage_id, stage), field in zip(scenario.stages.items(), fields(scenario).values(), strict=True):
        here = ("stages", stage_id)
        yield from _cut(stage, field, here)
        if stage.happened is not None and field.least == field.most:
            yield from _happened(stage, field.most, here)
        if stage.entry is not None and stage.entry.happened is None:
            yield from _entry(scenario, stage.entry, (*here, "entry"))


def _cut(stage: Stage, field: Field, here: tuple[str, ...]) -> Iterator[Nonsense]:
    if (
        field.known
        and stage.cut.keep is not None
        and (keep := whole(extremes(stage.cut.keep)[0])) > field.known
    ):
        found = f"{teams(keep)} to keep, where there can be no more than {field.known}"
        yield Nonsense((*here, "cut", "keep"), found, f"at most {field.known}")


def teams(number: int) -> str:
    """A number of teams in words."""
    return f"{number} team" if number == 1 else f"{number} teams"


def _happened(stage: Stage, present: int, here: tuple[str, ...]) -> Iterator[Nonsense]:
    """Whether as many left by points as the cut takes of those `present`."""
    how = Counter((stage.happened or {}).values())
    by_points, at_gate = how["out-by-points"], how["out-at-gate"]
    few, many = kept(stage, present)
    least, most = present - many, present - few
    if takes_by_points(stage):
        most = present
    least = max(least - at_gate, 0)  # whom the gate takes the cut need not, be it before, or besides
    if stage.cut.keep is stage.cut.drop is stage.cut.minimum is None or least <= by_points <= most:
        return
    found = f"{by_points} of {teams(present)} out by points"
    allowed = f"{least}" if least == most else f"{least} to {most}"
    hint = "mend the cut, or remove `happened` to have the stage drawn"
    yield Nonsense((*here, "happened"), found, f"{allowed}, which the cut takes", hint)


def _entry(scenario: Scenario, entry: Entry, here: tuple[str, ...]) -> Iterator[Nonsense]:
    if entry.panel.minimum is None:
        return
    least, best = extremes(entry.panel.minimum)[0], _best_score(scenario, entry)
    if least > best:
        found = f"{least:.9g} points, which no candidate can reach"
        yield Nonsense((*here, "panel", "minimum"), found, f"at most {best:.9g}")


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
