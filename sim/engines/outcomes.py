"""What replications yield: per stage and team, compute, capability, points, rank and fate; or an error."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import wraps
from typing import Any, Generic, TypeVar

import numpy as np

from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.decisions import Codes, Fate

A = TypeVar("A", Floats, Codes)
R = TypeVar("R")


class _Once:
    """A function without arguments that is called once, whoever asks, and then let go."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work: Callable[[], Any] | None = work
        self._found: Any = None

    def __call__(self) -> Any:
        if self._work is not None:
            self._found, self._work = self._work(), None
        return self._found


class OnDemand(Generic[A]):
    """A field of a record that is given as an array, or as a function that is called once it is asked for.

    Most plays are asked who leaves, and for little else; to work everything out takes a sixth of their time.
    """

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name

    def __get__(self, record: Any, owner: type[Any] | None = None) -> A:
        if record is None:
            raise AttributeError(f"{self._name} has no value before it is given one")
        value = vars(record)[self._name]
        if isinstance(value, _Once):
            value = vars(record)[self._name] = value()
        found: A = value
        return found

    def __set__(self, record: Any, value: A | Callable[[], A]) -> None:
        given: Any = value
        vars(record)[self._name] = _Once(given) if callable(given) and not isinstance(given, _Once) else given


@dataclass
class StageOutcome:
    """One stage of a range of replications; arrays are (replications, teams) unless said otherwise.

    Teams that had left are marked by their fate; their floats are nan, their ranks, hours and cost 0.
    """

    fate: OnDemand[Codes] = OnDemand()  # a `Fate`
    rank: OnDemand[Codes] = OnDemand()  # 1 is best; 0 if not ranked
    compute: OnDemand[Floats] = OnDemand()  # FLOP of this stage
    effective: OnDemand[Floats] = OnDemand()  # FLOP that count, with what carried over
    equivalent: OnDemand[Floats] = (
        OnDemand()
    )  # FLOP of an optimal run that comes as far; `effective` without sizes
    capability: OnDemand[Floats] = OnDemand()  # ECI; nan if nothing was submitted
    points: OnDemand[Floats] = OnDemand()  # (replications, blocks, teams), in points
    total: OnDemand[Floats] = OnDemand()  # points
    gpu_hours: OnDemand[Floats] = OnDemand()  # granted GPU-hours
    cost: OnDemand[Floats] = OnDemand()  # money for granted GPU-hours
    own_gpu_hours: OnDemand[Floats] = OnDemand()  # hours of the team's own GPUs
    own_cost: OnDemand[Floats] = OnDemand()  # money that they are worth from today on
    paid: OnDemand[Floats] = OnDemand()  # money that is not for GPUs
    budget_used: OnDemand[Floats] = OnDemand()  # money that who stays costs the budget of the stage
    leaked: OnDemand[Floats] = OnDemand()  # money: what leaks through models that teams begin from
    award: OnDemand[Codes] = OnDemand()  # which award of the stage, the first is 1; 0 for none
    arrived: OnDemand[Floats] = (
        OnDemand()
    )  # (replications,) GPUs of its supplies by the programme's last close
    supplied: OnDemand[Floats] = OnDemand()  # GPUs of them that a team is lent
    hours_lost: OnDemand[Floats] = OnDemand()  # GPU-hours, lent and own, that faults cost; 0 where not told

    def worked_out(self) -> StageOutcome:
        """Return the same with every array there, and nothing more that they are worked out of."""
        return StageOutcome(**{each.name: getattr(self, each.name) for each in fields(self)})

    def like(self, known: StageOutcome, *, but_for: Collection[str]) -> StageOutcome:
        """Return another's outcome but for some fields, which are as here; neither works anything out."""
        return StageOutcome(
            **{name: value if name in but_for else vars(known)[name] for name, value in vars(self).items()}
        )

    @property
    def on_demand(self) -> int:
        """How many fields have not been asked for yet."""
        return sum(map(callable, vars(self).values()))


@dataclass
class AfterwardsOutcome:
    """What became of teams and models beside the programme and after it, in a range of replications.

    Days are those of `afterwards.dates` and, last, `until`; what never comes is on day infinity.
    """

    outside: Floats  # (replications, models, teams) ECI of what teams made that were out; nan for nothing
    made: Floats  # (replications, models) day on which those were there: one a stage held, then the others
    hours: Floats  # (replications, teams) GPU-hours of teams that were out
    strongest: Floats  # (replications, days) ECI of the best domestic model; nan where there is none
    domestic: Floats  # (replications, days) teams with a model above the share of the frontier
    begins: Floats  # (replications,) day on which institutes begin
    half: Floats  # (replications,) day on which half of the institutes are served
    follow: Floats  # (replications,) day on which companies begin
    institutes: Floats  # (replications, days) served
    domain_models: Floats  # (replications, days)
    on_foreign: Floats  # (replications, days) institutes on a foreign model that is still open
    stranded: Floats  # (replications, days) institutes that have lost it and have no other yet
    companies: Floats  # (replications, days) served


@dataclass
class Outcomes:
    """The outcomes of the replications from `start` to before `stop`, stage by stage."""

    start: int
    stop: int
    stages: tuple[StageOutcome, ...]
    frontier: Floats  # (replications,) ECI of the world's best model on the day of the last result
    frontier_growth: Floats  # (replications,) ECI a year
    # Of a forecast: replication r is of island r modulo this number. None where replications are independent.
    islands: int | None = None
    afterwards: AfterwardsOutcome | None = None  # None where the scenario says nothing of it
    # What several who ask have in common, by name and stage, as `worked_out_once` keeps it.
    answers: dict[tuple[str, int], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def worked_out(self) -> Outcomes:
        """Return the same with every array there; what they are worked out of takes more memory."""
        return replace(self, stages=tuple(stage.worked_out() for stage in self.stages))

    def of_island(self, number: int, islands: int) -> Outcomes:
        """The outcomes of one of so many islands alone; `start` and `stop` are those of the first so many."""
        taken = slice((number - self.start) % islands, None, islands)
        stages = tuple(
            StageOutcome(**{f.name: getattr(stage, f.name)[taken] for f in fields(StageOutcome)})
            for stage in self.stages
        )
        frontier, growth = self.frontier[taken], self.frontier_growth[taken]
        after = None
        if self.afterwards is not None:
            arrays = (getattr(self.afterwards, f.name)[taken] for f in fields(AfterwardsOutcome))
            after = AfterwardsOutcome(*arrays)
        return Outcomes(0, len(frontier), stages, frontier, growth, afterwards=after)

    @property
    def selected(self) -> Bools:
        """Who stays at the last stage, (replications, teams)."""
        selected: Bools = self.stages[-1].fate == Fate.KEPT
        return selected

    @property
    def left(self) -> Bools:
        """Who left at any stage, (replications, teams): neither selected nor never entered."""
        last = self.stages[-1].fate
        left: Bools = (last != Fate.KEPT) & (last != Fate.NOT_ENTERED)
        return left


def worked_out_once(find: Callable[[int, Outcomes], R]) -> Callable[[int, Outcomes], R]:
    """Decorate a function of a stage, by its position, and of outcomes: what it finds is kept with them."""

    @wraps(find)
    def found(stage: int, outcomes: Outcomes) -> R:
        key = find.__name__, stage
        if key not in outcomes.answers:
            outcomes.answers[key] = find(stage, outcomes)
        answer: R = outcomes.answers[key]
        return answer

    return found


def common_islands(*worlds: Outcomes) -> int | None:
    """Return into how many islands the same replications of several scenarios fall; None if into none.

    Replication r is of island r modulo this number, and no island depends on another in any scenario: neither
    where all have the same past, nor where each has its own or one has none. Islands of different pasts may
    depend on each other where their number is the same, for they were inferred with the same random numbers.
    """
    counts = [world.islands for world in worlds if world.islands is not None]
    return math.gcd(*counts) if counts else None


def concatenate(parts: Sequence[Outcomes]) -> Outcomes:
    """Make one of consecutive outcomes; the parts are in order and without gaps."""
    if len(parts) == 1:
        return parts[0]
    stages = tuple(
        StageOutcome(
            **{f.name: np.concatenate([getattr(s, f.name) for s in same]) for f in fields(StageOutcome)}
        )
        for same in zip(*(part.stages for part in parts), strict=True)
    )
    frontier = np.concatenate([part.frontier for part in parts])
    growth = np.concatenate([part.frontier_growth for part in parts])
    after = None
    if parts[0].afterwards is not None:
        arrays = ([getattr(part.afterwards, f.name) for part in parts] for f in fields(AfterwardsOutcome))
        after = AfterwardsOutcome(*map(np.concatenate, arrays))
    return Outcomes(parts[0].start, parts[-1].stop, stages, frontier, growth, parts[0].islands, after)


_NOTE = "in stage "


def note_stage(error: Exception, stage: str) -> None:
    """Note on an exception in which stage it was raised; a traceback prints the note."""
    error.add_note(f"{_NOTE}{stage}")


@contextmanager
def noted(stage: str) -> Iterator[None]:
    """Note in which stage it is on whatever is raised, by a rule of a user's own."""
    try:
        yield
    except Exception as error:
        note_stage(error, stage)
        raise


def stage_of(error: Exception) -> str:
    """The stage that `note_stage` has noted; empty if none was."""
    notes = [note for note in getattr(error, "__notes__", ()) if note.startswith(_NOTE)]
    return notes[0].removeprefix(_NOTE) if notes else ""
