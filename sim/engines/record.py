"""The record of one replication: what happens to whom, when, and how much of it.

While a replication is played, a `Recorder` notes what only the passing of time can tell: what is lent, when
it arrives, how fast it runs. Everything else stands in the verdicts; `build_record` makes one record of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from math import ceil, floor

import numpy as np

from sim.engines.calendar import EPOCH, Phase
from sim.engines.evaluation import Verdict, may_enter, money_paid
from sim.engines.inputs import Inputs, StageInputs
from sim.engines.selection import EntryInputs
from sim.model.compute import fold, gpu_hours
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.decisions import KEPT, Fate, entry_is_held, honour, leftover, order_of_merit
from sim.scenario.models.scenario import Scenario

_NEXT_TO_NOTHING = 1e-9
"""Share of a pool below which what is left over is the rounding of a sum."""


class What(StrEnum):
    """What happens, in the order in which things of one moment are told."""

    ENTRY_NOT_HELD = "entry-not-held"
    ENTRY_HELD = "entry-held"
    ENTERS = "enters"
    NOT_CHOSEN = "not-chosen"
    NOBODY_ENTERS = "nobody-enters"
    WINDOW_OPENS = "window-opens"
    GRANT = "grant"
    DELIVERY = "delivery"
    SLOW = "slow"
    NORMAL = "normal"
    TOO_LATE = "too-late"
    SUBMITS = "submits"
    SUBMITS_NOTHING = "submits-nothing"
    SCORES = "scores"
    FAILS_GATE = "fails-gate"
    RANK = "rank"
    STAYS = "stays"
    OUT_BY_POINTS = "out-by-points"
    OUT_AT_GATE = "out-at-gate"
    SELECTED = "selected"
    AWARD = "award"
    PAID = "paid"
    NOBODY_SELECTED = "nobody-selected"
    NOT_HELD = "not-held"
    RETURNED = "returned"
    MAKES_ALONE = "makes-alone"
    INSTITUTES_BEGIN = "institutes-begin"
    HALF_SERVED = "half-served"
    COMPANIES_BEGIN = "companies-begin"
    ECOSYSTEM = "ecosystem"


LEAVES = frozenset({What.OUT_BY_POINTS, What.OUT_AT_GATE})
"""The two ways to leave."""

_ORDER = {what: i for i, what in enumerate(What)}


@dataclass(frozen=True)
class Happening:
    """One thing that happens to a team, or to nobody in particular (`team` is empty).

    `day` is in days since 1970-01-01, as the engines count: what comes by the end of a day has the number of
    the next. `values` are the numbers that belong to it; docs/trace.md lists them. `fixed` marks what is
    known to have happened and so was not drawn.
    """

    day: float
    phase: Phase
    stage: str
    team: str
    what: What
    values: Mapping[str, float] = field(default_factory=dict)
    fixed: bool = False

    @property
    def date(self) -> date:
        """The day of the calendar: grants come as a day begins, everything else by its end."""
        whole = floor(self.day) if self.phase == Phase.GRANT else ceil(self.day) - 1
        return EPOCH + timedelta(whole)


@dataclass
class Supply:
    """What the hardware of one stage is told; GPUs are (hardware, teams), speeds are against normal."""

    granted: Floats
    arrivals: list[tuple[float, Floats]] = field(default_factory=list)  # day, GPUs
    paces: list[tuple[float, Bools, float]] = field(default_factory=list)  # day, teams, speed of lent GPUs
    speeds: list[tuple[float, int, float]] = field(default_factory=list)  # day, team, speed of all its GPUs
    faults: dict[int, int] = field(default_factory=dict)  # team -> how many, where they come one by one


class Recorder:
    """Notes of one replication, by stage; `now` is the stage under way, to which is added what happens."""

    def __init__(self) -> None:
        self.supplies: dict[str, Supply] = {}
        self.now = Supply(np.zeros((0, 0)))  # before the first stage nothing is lent

    def begin(self, stage: str, granted: Floats) -> None:
        """A stage begins with these grants, (hardware, teams)."""
        early = [] if self.supplies else self.now.speeds  # set by a user's process before the first stage
        self.now = self.supplies[stage] = Supply(granted, speeds=early)


def build_record(
    scenario: Scenario, inputs: Inputs, supplies: Mapping[str, Supply], verdicts: Sequence[Verdict]
) -> list[Happening]:
    """The record of a replication in its total order: day, phase, stage, kind, team as in the file."""
    found: list[Happening] = []
    came = np.full(len(inputs.teams), -np.inf)  # the day on which each came in
    for stage, verdict, following in zip(inputs.stages, verdicts, [*verdicts[1:], None], strict=True):
        if not stage.held:
            found.append(_end_before(stage, verdict, came))
            break
        one = _Stage(scenario, inputs.teams, stage, verdict, supplies[stage.id], came)
        found += one.happenings(last=following is None)
        if stage.entry is not None and following is not None:
            kept = verdict.decided.fate == KEPT
            entered = following.present & ~kept
            found += one.entry(stage.entry, kept, entered)
            came = np.where(entered, stage.entry.day, came)
    stages, teams = (
        {name: i for i, name in enumerate(names)} for names in (scenario.stages, ("", *scenario.teams))
    )
    turns = _turns(inputs.stages)
    return sorted(
        found,
        key=lambda h: (h.day, turns[h.stage], h.phase, stages[h.stage], _ORDER[h.what], teams[h.team]),
    )


def _turns(stages: Sequence[StageInputs]) -> dict[str, int]:
    """How many stages before one have been decided on the very day on which it is evaluated, on paper."""
    found: dict[str, int] = {}
    before: StageInputs | None = None
    for stage in stages:
        follows = before is not None and not stage.trains and stage.days.scored == before.days.decided
        found[stage.id] = 1 + found[before.id] if before is not None and follows else 0
        before = stage
    return found


def _end_before(stage: StageInputs, verdict: Verdict, came: Floats) -> Happening:
    """The programme's end on the day on which a stage would have begun, or once the last who came is in."""
    day = max(float(stage.days.starts), float(came.max()))
    remain = {"remain": float(np.count_nonzero(verdict.present))}
    return Happening(day, Phase.GRANT, stage.id, "", What.NOT_HELD, remain)


@dataclass
class _Stage:
    """One stage of a replication that is told."""

    scenario: Scenario
    teams: tuple[str, ...]
    stage: StageInputs
    verdict: Verdict
    supply: Supply
    came: Floats  # the day on which each team came in

    def happenings(self, *, last: bool) -> Iterator[Happening]:
        """Everything up to the result."""
        present = np.flatnonzero(self.verdict.present).tolist()
        if self.stage.trains:
            yield from self._training(present)
        for t in present:
            yield from self._scored(t)
            yield from self._decided(t, last=last)
        yield from self._honoured(present)
        if last and not (self.verdict.decided.fate == KEPT).any():
            yield self._at(self.stage.days.decided, Phase.CUT, What.NOBODY_SELECTED, fixed=self._known)

    def _training(self, present: Sequence[int]) -> Iterator[Happening]:
        """What is lent, how fast it runs, and what comes of it."""
        yield from self._speeds()
        yield from self._left_over()
        for t in present:
            yield from self._lent(t)
            yield from self._paces(t)
            yield from self._submitted(t)

    def entry(self, rules: EntryInputs, kept: Bools, entered: Bools) -> Iterator[Happening]:
        """The entry after the stage: who came in, and who did not."""
        known = rules.happened is not None
        fate = self.verdict.decided.fate
        never_in = fate == Fate.NOT_ENTERED
        waiting = may_enter(rules, kept, never_in)
        if rules.applies is not None and not known:
            waiting = waiting & (rules.applies | entered)

        def at(what: What, team: int | None = None, values: Mapping[str, float] | None = None) -> Happening:
            return self._at(rules.day, Phase.ENTRY, what, team, values, fixed=known)

        remain = {"remain": float(np.count_nonzero(kept)), "candidates": float(np.count_nonzero(waiting))}
        if not entered.any() and not (entry_is_held(kept, rules.fewer_than) & waiting).any():
            yield at(What.ENTRY_NOT_HELD, values=remain)
            return
        yield at(What.ENTRY_HELD, values=remain)
        for t in np.flatnonzero(waiting).tolist():
            score = {} if known else {"score": float(rules.score[t])}
            again = {} if never_in[t] else {"again": 1.0}
            yield at(What.ENTERS if entered[t] else What.NOT_CHOSEN, t, score | again)
        if not entered.any():
            yield at(What.NOBODY_ENTERS)

    def _at(
        self,
        day: float | Floats,
        phase: Phase,
        what: What,
        team: int | None = None,
        values: Mapping[str, float] | None = None,
        *,
        fixed: bool = False,
    ) -> Happening:
        name = "" if team is None else self.teams[team]
        return Happening(float(day), phase, self.stage.id, name, what, dict(values or {}), fixed)

    @property
    def _known(self) -> bool:
        return self.stage.happened is not None

    def _gpus(self, gpus: Floats, kind: str = "gpus") -> dict[str, float]:
        """GPUs of one team, (hardware,), by name; those that it has."""
        named = zip(self.scenario.hardware, gpus.tolist(), strict=True)
        return {f"{kind}.{h}": number for h, number in named if number > 0}

    def _left_over(self) -> Iterator[Happening]:
        pool = self.scenario.stages[self.stage.id].grants.pool
        if not pool or self.stage.grants.in_hours:
            return  # a table of GPUs is no pool from which anything could be left, and hours are no GPUs
        rest = leftover(self.stage.grants.pool, self.supply.granted)
        rest = np.where(rest > _NEXT_TO_NOTHING * self.stage.grants.pool[..., 0], rest, 0.0)
        if rest.any():
            yield self._at(self.stage.days.starts, Phase.GRANT, What.RETURNED, values=self._gpus(rest))

    def _lent(self, t: int) -> Iterator[Happening]:
        opens, granted = self.verdict.opens[t], self.supply.granted[:, t]
        own = self._gpus(self.stage.own[:, t], "own")
        yield self._at(opens, Phase.GRANT, What.WINDOW_OPENS, t, own)
        if not granted.any() and not self._arrivals(t):
            return
        if granted.any():
            announced = max(float(self.stage.days.starts), float(self.came[t]))
            yield self._at(announced, Phase.GRANT, What.GRANT, t, self._gpus(granted))
        opening, closes = self.verdict.opens, self.stage.days.closes
        further = {float(more.starts(opening, closes)[t]) for more in self.stage.grants.more}
        for day, came in self._arrivals(t):
            late = {"late": 0.0 if day in further else day - float(opens)}
            yield self._at(day, Phase.GRANT, What.DELIVERY, t, self._gpus(came) | late)
        if not self.verdict.hours[:, t].any():
            yield self._at(self.stage.days.closes[t], Phase.REPORT, What.TOO_LATE, t, self._gpus(granted))

    def _arrivals(self, t: int) -> list[tuple[float, Floats]]:
        return [(day, gpus[:, t]) for day, gpus in self.supply.arrivals if gpus[:, t].any()]

    def _paces(self, t: int) -> Iterator[Happening]:
        """How fast what is lent runs, from its arrival to the window's close; of a moment the last counts."""
        arrived = [day for day, _ in self._arrivals(t)]
        if not arrived:
            return
        paces = {
            max(day, arrived[0]): speed
            for day, teams, speed in self.supply.paces
            if teams[t] and day < self.stage.days.closes[t]
        }
        before = 1.0
        for day, speed in paces.items():
            if speed != before:
                what = What.NORMAL if speed == 1 else What.SLOW
                yield self._at(day, Phase.GRANT, what, t, {"speed": speed})
            before = speed

    def _speeds(self) -> Iterator[Happening]:
        """How fast all GPUs of a team run, where a user's own process says so."""
        for day, t, speed in self.supply.speeds:
            what = What.NORMAL if speed == 1 else What.SLOW
            yield self._at(day, Phase.GRANT, what, t, {"speed": speed, "own_speed": speed})

    def _submitted(self, t: int) -> Iterator[Happening]:
        verdict, closes = self.verdict, self.stage.days.closes
        own = fold(gpu_hours(self.stage.own, closes - verdict.opens))
        values = {
            "compute": float(verdict.compute[t]),
            "gpu_hours": float(fold(verdict.hours)[t]),
            "own_gpu_hours": float(own[t]),
        }
        if verdict.effective[t] != verdict.compute[t]:
            values["effective"] = float(verdict.effective[t])
        if t in self.supply.faults:
            values["faults"] = float(self.supply.faults[t])
        what = What.SUBMITS_NOTHING if np.isnan(verdict.scored.capability[t]) else What.SUBMITS
        yield self._at(closes[t], Phase.REPORT, what, t, values)

    def _scored(self, t: int) -> Iterator[Happening]:
        strength, blocks, total = self.verdict.scored
        if np.isnan(total[t]):  # only the result is known
            return
        names = self.scenario.stages[self.stage.id].points
        values = {f"points.{b}": float(block[t]) for b, block in zip(names, blocks, strict=True)}
        values["total"] = float(total[t])
        if self.stage.carried is not None:
            values["carried"] = values["total"] - sum(float(block[t]) for block in blocks)
        if not np.isnan(strength[t]):
            values["capability"] = float(strength[t])
        yield self._at(self.stage.days.scored, Phase.SCORE, What.SCORES, t, values)

    def _decided(self, t: int, *, last: bool) -> Iterator[Happening]:
        ranks, fates, unpaid = self.verdict.decided
        day, known = self.stage.days.decided, self._known
        if fates[t] == Fate.OUT_AT_GATE:
            yield self._at(day, Phase.GATE, What.FAILS_GATE, t, fixed=known)
        if ranks[t] > 0:
            yield self._at(day, Phase.CUT, What.RANK, t, self._place(t))
        short = {"unpaid": 1.0} if unpaid[t] else {}
        yield self._at(day, Phase.CUT, _FATES[Fate(int(fates[t]))], t, short, fixed=known)
        if fates[t] == Fate.KEPT:
            if last:
                yield self._at(day, Phase.CUT, What.SELECTED, t, fixed=known)
        elif self.supply.granted[:, t].any():
            held_before = self._gpus(self.supply.granted[:, t])
            yield self._at(day, Phase.CUT, What.RETURNED, t, held_before)

    def _place(self, t: int) -> dict[str, float]:
        """A team's rank and whatever else the cut asks: its groups, its distance to the leader, its price."""
        ranks, total, cut = self.verdict.decided.rank, self.verdict.scored.total, self.stage.cut
        field = ranks > 0
        place = {"rank": float(ranks[t]), "of": float(np.count_nonzero(field))}
        if cut.within is not None:
            place["behind"] = float(total[field].max() - total[t])
        if cut.budget is not None and cut.asks is not None:
            asks = np.broadcast_to(cut.asks, (1, len(self.teams)))[0]
            above = (self.verdict.decided.fate == KEPT) & (ranks < ranks[t])
            place |= {"asks": float(asks[t]), "left": float(cut.budget.item() - asks[above].sum())}
        if cut.of_group is not None:
            members = cut.of_group.reshape(-1, len(self.teams))
            for group, inside in zip(self.scenario.groups or {}, members & field, strict=True):
                if inside[t]:
                    place[f"rank.{group}"] = float(np.count_nonzero(inside & (ranks <= ranks[t])))
                    place[f"of.{group}"] = float(np.count_nonzero(inside))
        return place

    def _honoured(self, present: Sequence[int]) -> Iterator[Happening]:
        """Awards by rank, and money that is not for GPUs."""
        rank, fate, _ = self.verdict.decided
        day, merit = self.stage.days.decided, order_of_merit(rank, fate)
        there, kept = self.verdict.present[None], (fate == KEPT)[None]
        paid = money_paid(self.stage.pays, there, kept, merit[None])
        codes = honour(merit, self.stage.awards) if self.stage.awards else np.zeros_like(merit)
        for t in present:
            if codes[t]:
                yield self._at(day, Phase.CUT, What.AWARD, t, {"award": float(codes[t])})
            if paid[0, t]:
                yield self._at(day, Phase.CUT, What.PAID, t, {"paid": float(paid[0, t])})


_FATES = {
    Fate.KEPT: What.STAYS,
    Fate.OUT_BY_POINTS: What.OUT_BY_POINTS,
    Fate.OUT_AT_GATE: What.OUT_AT_GATE,
}
