"""Values that were set after a day's results: a forecast made before could not have had them."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from sim.scenario.language.load import from_data
from sim.scenario.models.inputs import Input, inputs
from sim.scenario.models.laws import Triangular, Uniform
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.scenario import Scenario


class Cleaned(NamedTuple):
    """A scenario without what was learnt after a day, as far as that can be."""

    scenario: Scenario
    widened: tuple[str, ...]  # paths of values that have the widest range named for them instead
    unclean: tuple[str, ...]  # paths of those for which none is named


def without_hindsight(scenario: Scenario, stage_id: str, day: datetime.date) -> Cleaned:
    """Return the scenario with the widest range of each value that was set after results later than `day`.

    It is looked at up to a stage. Its gate is given then, and what comes later decides nothing of it. Means
    of points for which the file names no range are left to `as_of`, which forgets them.
    """
    changes, unclean = {}, []
    later = list(scenario.stages)[list(scenario.stages).index(stage_id) + 1 :]
    found = [each for each in inputs(scenario) if each.prior_from is not None and each.prior_from > day]
    for each in found:
        if law := _widest(each):
            changes[each.path] = law
        elif _matters(each.path, later) and not _is_mean_of_points(each.path):
            unclean.append(each.path)
    widened = tuple(path for path in changes if _matters(path, later))
    # All of them, those of later stages too: they may share one draw, and it has one law.
    changed = from_data(scenario.resolved(), changes) if changes else scenario
    return Cleaned(changed, widened, tuple(unclean))


def _is_mean_of_points(path: str) -> bool:
    return path.startswith("stages.") and ".points." in path and path.endswith(".mean")


def _matters(path: str, later: list[str]) -> bool:
    """Whether a value decides who is ahead at a stage, `later` being those after it."""
    first, *rest = path.split(".")
    if first in ("frontier", "known"):
        return False
    return first != "stages" or (rest[0] not in later and rest[1] != "gate")


def _widest(found: Input) -> dict[str, object] | None:
    """A law by which every value of the widest range named for an input is as likely; None if none is.

    What the file says of it goes before what the model's table and its own law do.
    """
    value, ends = found.value, [] if found.plausible is None else [found.plausible]
    if isinstance(value, Uncertain) and isinstance(value.distribution(), (Triangular, Uniform)):
        ends.append(value.extremes())
    if found.widest is not None:
        ends = [found.widest]
    if not ends:
        return None
    law: dict[str, object] = {"uniform": [min(low for low, _ in ends), max(high for _, high in ends)]}
    if isinstance(value, Uncertain) and value.shared is not None:
        law["shared"] = value.shared
    return law
