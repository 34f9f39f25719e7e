"""A case: everything that decides the outcome of a replication, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from sim.engines import batch
from sim.engines.batch import NOT_EACH
from sim.engines.outcomes import Outcomes
from sim.forecast.island import FULL, Effort
from sim.forecast.past import Past
from sim.forecast.prior import with_free_means
from sim.model.draws import DesignSource, Draws, Floats, PinnedSource, Source
from sim.rules.book import BUILT_IN, Rulebook
from sim.scenario.evidence import without_facts
from sim.scenario.language.load import with_values
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.shares import shares_of_defaults

if TYPE_CHECKING:
    from sim.engines.happenings import Happening
    from sim.engines.world import UserProcess

Engine = Literal["batch", "event"]
EngineChoice = Literal["auto", "batch", "event"]


class DesignSample(NamedTuple):
    """The uniforms of uncertain inputs at every point of a design; each point has `each` replications."""

    points: Mapping[str, Floats]  # (points,) by the name under which a number is drawn
    each: int


@dataclass(frozen=True)
class Case:
    """A scenario with all that decides its outcomes; where they are written is no part of it."""

    scenario: Scenario
    seed: int
    engine: Engine
    rules: Rulebook = BUILT_IN
    processes: tuple[UserProcess, ...] = ()
    pinned: Mapping[str, float] = field(default_factory=dict)  # uncertain inputs at a quantile, by path
    sample: DesignSample | None = None  # uncertain inputs at the points of a design
    effort: Effort = FULL  # by which its past is inferred, if its scenario has facts
    past: Past | None = field(default=None, compare=False)  # what was inferred; follows from all the others

    @property
    def is_by_the_file(self) -> bool:
        """Whether the scenario alone decides, and no rule or process of a user's own."""
        return not self.rules.replaced() and not self.processes

    @property
    def keeps_its_course(self) -> bool:
        """Whether others can go on from how it went, which only the batch engine keeps."""
        return self.engine == "batch"

    def play(self, start: int, stop: int, source: Source | None = None) -> Outcomes:
        """Play the replications from `start` to before `stop`.

        `source` has the random numbers of the case's seed; it is handed over where several cases share them.
        """
        return self.play_with(self.source(source or Draws(self.seed)), start, stop)

    def trace(self, replication: int) -> list[Happening]:
        """Tell what happens in one replication, in order of day, phase and file."""
        from sim.engines.event import play_traced

        source = self.source(Draws(self.seed))
        return play_traced(self.played, source, replication, self.rules, self.processes)[0]

    def source(self, numbers: Source) -> Source:
        """Return where the case's random numbers come from: `numbers`, but for inputs it pins or samples."""
        if self.past is not None:
            numbers = self.past.source(numbers)
        if self.sample is not None:
            numbers = DesignSource(numbers, self.sample.points, self.sample.each)
        return PinnedSource(numbers, self.pins) if self.pinned else numbers

    @cached_property
    def pins(self) -> dict[str, float]:
        """The quantiles at which numbers are held, by the names under which they are drawn.

        With a default every share of it is held, but not what stands in its place: a team's own number is
        another number.
        """
        shares = shares_of_defaults(self.scenario) if self.pinned else ()
        of_shares = {name: self.pinned[default] for name, default in shares if default in self.pinned}
        return of_shares | dict(self.pinned)

    def play_with(self, numbers: Source, start: int, stop: int) -> Outcomes:
        """Play with these random numbers and no others."""
        scenario = self.played
        if self.engine == "event":
            from sim.engines.event import play_events  # late: most plays do without SimPy

            outcomes = play_events(scenario, numbers, start, stop, self.rules, self.processes)
        else:
            outcomes = batch.play_batch(scenario, numbers, start, stop, self.rules)
        return self.informed(outcomes)

    def informed(self, outcomes: Outcomes) -> Outcomes:
        """Return outcomes that know of the islands of the case's past."""
        return outcomes if self.past is None else replace(outcomes, islands=self.past.islands)

    @property
    def played(self) -> Scenario:
        """The scenario as the engines play it: facts are in the past, whose items have free means."""
        if not self.scenario.has_facts:
            return self.scenario
        return without_facts(self.scenario) if self.past is None else with_free_means(self.scenario)


def engine_for(
    scenario: Scenario, processes: Sequence[UserProcess] = (), asked: EngineChoice = "auto"
) -> Engine:
    """Return the engine that plays a scenario: the batch engine unless only the event engine can.

    Raises `ValueError` where the batch engine is asked for what it cannot play.
    """
    single_faults = has_single_faults(scenario)
    if asked == "batch" and processes:
        raise ValueError("the batch engine cannot play processes of your own; take the event engine, or auto")
    if asked == "batch" and single_faults:
        raise ValueError(NOT_EACH)
    return "event" if asked == "event" or processes or single_faults else "batch"


def has_single_faults(scenario: Scenario) -> bool:
    """Tell whether a scenario, or any of its choices and doubts, has faults strike one by one."""
    modes: list[str] = [scenario.faults.mode]
    for table in (scenario.choices, scenario.doubts):
        modes += table.get("faults.mode", ())
        modes += [block["mode"] for block in table.get("faults", ()) if "mode" in block]
    return "each" in modes


def fastest(case: Case) -> Case:
    """Return a case as it is played beside a run, many times: by the batch engine if that can play it.

    Engines agree run by run, so the same is found. Faults that strike one by one have their mean.
    """
    case = with_mean_faults(case)
    is_event_only = case.processes or has_single_faults(case.scenario)
    return case if is_event_only else replace(case, engine="batch")


def with_mean_faults(case: Case) -> Case:
    """Return a case whose single faults are played by their mean instead, by the batch engine.

    That is for differences between scenarios, which take many runs and hardly depend on it. A case with
    processes of a user's own stays as it is, and so does one that doubts the mode.
    """
    scenario = case.scenario
    is_doubted = "faults.mode" in scenario.doubts or "faults" in scenario.doubts
    if is_doubted or case.processes or not has_single_faults(scenario):
        return case
    average = with_values(scenario.resolved(), {"faults.mode": "average"})
    return replace(case, scenario=average, engine="batch")
