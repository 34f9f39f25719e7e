"""A scenario of which less is known: without facts, on an earlier day, or without hindsight in numbers."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from shlex import quote
from typing import NamedTuple, TypeVar

from sim.scenario.language.load import from_data
from sim.scenario.models.base import day_of
from sim.scenario.models.facts import Fact
from sim.scenario.models.inputs import Input, inputs
from sim.scenario.models.laws import Triangular, Uniform
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.points import Item, PointsBlock
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Entry, Stage
from sim.scenario.models.windows import Planned
from sim.scenario.problems import Problem, ScenarioError, close_match

_P = TypeVar("_P", PointsBlock, Item)


@dataclass(frozen=True)
class Knowledge:
    """How much of what a scenario knows of its past is used."""

    as_of: datetime.date | None = None  # only what was known at the end of that day
    without_facts: bool = False
    without: tuple[str, ...] = ()  # facts by their ids

    def of(self, scenario: Scenario) -> Scenario:
        """Return the scenario with what is then known. Raises `ScenarioError` for a fact that it has not."""
        known = leave_out(scenario, self.without) if self.without else scenario
        known = as_of(known, self.as_of) if self.as_of else known
        return without_facts(known) if self.without_facts else known

    def words(self) -> list[str]:
        """Return it as options of the command line."""
        day = [f"--as-of {self.as_of}"] if self.as_of else []
        none = ["--without-facts"] if self.without_facts else []
        return [*day, *none, *(f"--without {quote(one)}" for one in self.without)]


def without_facts(scenario: Scenario) -> Scenario:
    """The same scenario with its results, and nothing known of points."""
    return _change_stages(scenario, lambda _, stage: _keep_facts(stage, {}))


def fact_names(scenario: Scenario) -> dict[str, Fact]:
    """All facts, each by the ids of its stage and its own, as in `stage-2.totals`."""
    return {
        f"{s}.{f}": fact for s, stage in scenario.stages.items() for f, fact in (stage.facts or {}).items()
    }


def leave_out(scenario: Scenario, ids: Iterable[str]) -> Scenario:
    """The scenario without some facts: `totals` are those of all stages, `stage-2.totals` is one of them.

    Raises `ScenarioError` for an id that no fact has.
    """
    names, left_out = fact_names(scenario), set()
    for each in ids:
        found = {name for name in names if each in (name, name.rpartition(".")[2])}
        if not found:
            known = list(dict.fromkeys(name.rpartition(".")[2] for name in names))
            expected = f"one of {', '.join(known)}" if known else "no --without: the scenario has no facts"
            near = close_match(each, [*known, *names])
            hint = f"did you mean '{near}'?" if near else ""
            raise ScenarioError([Problem("--without", 0, 0, "", f"no fact '{each}'", expected, hint)])
        left_out |= found

    def keep(s: str, stage: Stage) -> Stage:
        kept = {f: fact for f, fact in (stage.facts or {}).items() if f"{s}.{f}" not in left_out}
        return _keep_facts(stage, kept) if stage.facts else stage

    return _change_stages(scenario, keep)


def as_of(scenario: Scenario, day: datetime.date) -> Scenario:
    """The scenario as it was known at the end of `day`: later facts, results and entries are forgotten.

    A stage whose result came later is drawn, with nothing known of its points; the day of that result stays
    the one on which it is decided, as if it had been planned so. Means of points that were read off later
    results (`prior_from`) are half of the maximum.
    """
    if day >= scenario.as_of:
        return scenario
    known = _change_stages(scenario, lambda _, stage: _stage_as_of(stage, day))
    return known.model_copy(update={"as_of": day})


def up_to(scenario: Scenario, last: str) -> Scenario:
    """The scenario with all facts of its stages up to `last`, as if later ones had not been evaluated."""
    later, day = scenario.after(last), scenario.stages[last].decided
    return _change_stages(scenario, lambda s, stage: _stage_as_of(stage, day) if s in later else stage)


def _stage_as_of(stage: Stage, day: datetime.date) -> Stage:
    points = {b: _block_as_of(block, day) for b, block in stage.points.items()}
    stage = stage.model_copy(update={"points": points})
    decided = stage.happened is not None and stage.decided <= day
    entry = None if stage.entry is None else _entry_as_of(stage.entry, day, decided=decided)
    if not decided:
        update = {"happened": None, "facts": None, "entry": entry, "result": _as_planned(stage.result, day)}
        return stage.model_copy(update=update)
    facts = {f: fact for f, fact in (stage.facts or {}).items() if stage.known_since(fact) <= day}
    return _keep_facts(stage.model_copy(update={"entry": entry}), facts)


def _block_as_of(block: PointsBlock, day: datetime.date) -> PointsBlock:
    items = {i: _mean_as_of(item, day) for i, item in block.items.items()}
    return _mean_as_of(block.model_copy(update={"items": items}), day)


def _mean_as_of(points: _P, day: datetime.date) -> _P:
    """A block or an item with the mean that could be had on a day: of a result to come, nobody has it."""
    set_after = day_of(points.origin_of("mean"))
    if not isinstance(points.mean, float) or set_after is None or set_after <= day:
        return points  # a law is no number that was read off
    return points.model_copy(update={"mean": points.max / 2})


def _entry_as_of(entry: Entry, day: datetime.date, *, decided: bool) -> Entry:
    if decided and entry.day.day <= day:
        return entry
    return entry.model_copy(update={"happened": None, "day": _as_planned(entry.day, day)})


def _as_planned(planned: Planned, day: datetime.date) -> Planned:
    """The same day, not yet over: what is `actual` lies in the past."""
    return planned if planned.day <= day else Planned(planned=planned.day)


def _keep_facts(stage: Stage, facts: dict[str, Fact]) -> Stage:
    return stage.model_copy(update={"facts": facts or None})


def _change_stages(scenario: Scenario, change: Callable[[str, Stage], Stage]) -> Scenario:
    stages = {s: change(s, stage) for s, stage in scenario.stages.items()}
    return scenario.model_copy(update={"stages": stages})


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
    later = scenario.after(stage_id)
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
