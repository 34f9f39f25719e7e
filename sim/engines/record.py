"""The record of one replication: what happens to whom, when, and how much of it.

A `Recorder` notes what only the passing of time can tell; everything else stands in the verdicts.
`build_record` makes one record of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engines.arrivals import arrivals
from sim.engines.calendar import Phase
from sim.engines.effort import effort_at
from sim.engines.evaluation import Verdict, may_enter
from sim.engines.happenings import ORDER, Happening, What
from sim.engines.inputs import Inputs, StageInputs
from sim.engines.recorder import HardwareNotes
from sim.engines.selection import EntryInputs
from sim.engines.stage_outcomes import money_paid
from sim.engines.trained_model import describe_model
from sim.model.compute import fold, gpu_hours
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.decisions import KEPT, Fate, entry_is_held, honour, leftover, order_of_merit
from sim.scenario.models.openness import SCRATCH
from sim.scenario.models.scenario import Scenario

_NEXT_TO_NOTHING = 1e-9
"""Share of a pool below which what is left over is the rounding of a sum."""


def build_record(
    scenario: Scenario, inputs: Inputs, notes: Mapping[str, HardwareNotes], verdicts: Sequence[Verdict]
) -> list[Happening]:
    """The record of a replication in its total order: day, phase, stage, kind, team as in the file."""
    found: list[Happening] = []
    came = np.full(len(inputs.teams), -np.inf)  # the day on which each came in
    brought: Floats | None = None  # what each has kept of the stage before
    for stage, verdict, following in zip(inputs.stages, verdicts, [*verdicts[1:], None], strict=True):
        if not stage.held:
            found.append(_end_before(stage, verdict, came))
            break
        one = _Stage(scenario, inputs, stage, verdict, notes[stage.id], came, brought)
        brought = verdict.saved
        found += one.happenings(last=following is None)
        if stage.entry is not None and following is not None:
            kept = verdict.decided.fate == KEPT
            entered = following.present & ~kept
            found += one.entry(stage.entry, kept, entered)
            came = np.where(entered, stage.entry.day, came)
    found += found_research(inputs.stages)
    stages, teams = (
        {name: i for i, name in enumerate(names)} for names in (scenario.stages, ("", *scenario.teams))
    )
    turns = _turns(inputs.stages)
    return sorted(
        found,
        key=lambda h: (h.day, turns[h.stage], h.phase, stages[h.stage], ORDER[h.what], teams[h.team]),
    )


def found_research(stages: Sequence[StageInputs]) -> Iterator[Happening]:
    """What research has found, day by day, at the first stage that is decided on that day or later."""
    told: set[str] = set()
    for stage in (each for each in stages if each.held):
        by_day: dict[float, dict[str, float]] = {}
        for one in stage.breakthroughs:
            day = float(one.found[0])
            if one.id not in told and day < float(stage.days.decided):
                told.add(one.id)
                by_day.setdefault(day, {})[f"research.{one.id}"] = 1.0
        yield from (
            Happening(day, Phase.GRANT, stage.id, "", What.FOUND, values) for day, values in by_day.items()
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
    inputs: Inputs
    stage: StageInputs
    verdict: Verdict
    notes: HardwareNotes
    came: Floats  # the day on which each team came in
    brought: Floats | None  # FLOP that each has kept of the stage before; None: nobody ever keeps any

    @property
    def teams(self) -> tuple[str, ...]:
        return self.inputs.teams

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
        yield from self._supplied()
        for t in present:
            yield from self._lent(t)
            yield from self._taken_back(t)
            yield from self._paces(t)
            yield from self._storages(t)
            yield from self._falls_back(t)
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
        rest = leftover(self.stage.grants.pool, self.notes.granted)
        rest = np.where(rest > _NEXT_TO_NOTHING * self.stage.grants.pool[..., 0], rest, 0.0)
        if rest.any():
            yield self._at(self.stage.days.starts, Phase.GRANT, What.RETURNED, values=self._gpus(rest))

    def _lent(self, t: int) -> Iterator[Happening]:
        opens, granted = self.verdict.opens[t], self.notes.granted[:, t]
        own = self._gpus(self.stage.own[:, t], "own")
        if self.stage.days.until_data is not None and (days := float(self.stage.days.until_data[t])) > 0:
            own["until_data"] = days
        research = {f"research.{one.id}": 1.0 for one in self.stage.breakthroughs if one.used[t]}
        yield self._at(opens, Phase.GRANT, What.WINDOW_OPENS, t, own | research | self._base(t))
        if not granted.any() and not self._arrivals(t):
            return
        if granted.any():
            announced = max(float(self.stage.days.starts), float(self.came[t]))
            yield self._at(announced, Phase.GRANT, What.GRANT, t, self._gpus(granted))
        opening, closes = self.verdict.opens, self.stage.days.closes
        further = {float(more.starts(opening, closes)[t]) for more in self.stage.grants.more}
        supplied = {float(lot.starts[t]) for lot in self.notes.lots}
        for day, came in self._arrivals(t):
            late = {"late": 0.0 if day in further else day - float(opens)}
            if day in supplied:
                late = {"late": float(self.stage.grants.delay[t])}
            yield self._at(day, Phase.GRANT, What.DELIVERY, t, self._gpus(came) | late)
        if not self.verdict.hours[:, t].any():
            yield self._at(self.stage.days.closes[t], Phase.REPORT, What.TOO_LATE, t, self._gpus(granted))

    def _base(self, t: int) -> dict[str, float]:
        """What a team begins from, if that is not scratch and has not closed by then."""
        kind = self.scenario.base_kind(self.stage.id, self.teams[t])
        closed = self.stage.closed is not None and self.stage.closed[t] <= self.verdict.opens[t]
        return {} if kind == SCRATCH or closed else {f"base.{kind}": 1.0}

    def _falls_back(self, t: int) -> Iterator[Happening]:
        """What a team has begun from closes within its window, or shortly before, so that days are lost."""
        closed, restart = self.stage.closed, self.stage.restart
        if closed is None or restart is None or not np.isfinite(closed[t]):
            return
        opens, closes = self.verdict.opens[t], self.stage.days.closes[t]
        day, anew = max(closed[t], opens), min(max(restart[t], opens), closes)
        if closed[t] > opens or anew > opens:
            lost = {"lost": float(anew - opens)}
            yield self._at(day, Phase.GRANT, What.FALLS_BACK, t, lost)

    def _arrivals(self, t: int) -> list[tuple[float, Floats]]:
        found = [(day, gpus[:, t]) for day, gpus in self.notes.arrivals if gpus[:, t].any()]
        return _by_day(found) if self.notes.lots else found

    def _supplied(self) -> Iterator[Happening]:
        """What there is of supplies, from when on in this stage, and what of it nobody gets."""
        told: dict[float, dict[str, float]] = {}
        last = float(self.stage.days.closes.max())
        for arrival, lot in zip(arrivals(self.stage), self.notes.lots, strict=True):
            day, gpus = float(arrival.day), arrival.gpus[:, 0]
            if day >= min(last, arrival.supply.ends) or not gpus.any():
                continue
            left = leftover(arrival.gpus, lot.gpus)
            left = np.where(left > _NEXT_TO_NOTHING * gpus, left, 0.0)
            values = self._gpus(gpus) | self._gpus(left, "left") | {f"of.{arrival.supply.name}": gpus.sum()}
            of_day = told.setdefault(day, {})
            for name, number in values.items():
                of_day[name] = of_day.get(name, 0.0) + float(number)
        for day, values in told.items():
            yield self._at(day, Phase.GRANT, What.SUPPLY, values=values)

    def _taken_back(self, t: int) -> Iterator[Happening]:
        """What goes back to a supply that ends before the window closes."""
        closes = float(self.stage.days.closes[t])
        found = [(day, gpus[:, t]) for day, gpus in self.notes.ends if gpus[:, t].any() and day < closes]
        for day, gpus in _by_day(found):
            yield self._at(day, Phase.GRANT, What.TAKEN_BACK, t, self._gpus(gpus))

    def _held_at_close(self, t: int) -> Floats:
        """What is granted to a team and still there when its window closes."""
        held: Floats = self.notes.granted[:, t]
        for lot in self.notes.lots:
            if lot.starts[t] < lot.ends[t] == self.stage.days.closes[t]:
                held = held + lot.gpus[:, t]
        return held

    def _paces(self, t: int) -> Iterator[Happening]:
        """How fast what is lent runs, from its arrival to the window's close; of a moment the last counts."""
        arrived = [day for day, _ in self._arrivals(t)]
        if not arrived:
            return
        paces = {
            max(day, arrived[0]): speed
            for day, teams, speed in self.notes.paces
            if teams[t] and day < self.stage.days.closes[t]
        }
        before = 1.0
        for day, speed in paces.items():
            if speed != before:
                what = What.NORMAL if speed == 1 else What.SLOW
                yield self._at(day, Phase.GRANT, what, t, {"speed": speed})
            before = speed

    def _storages(self, t: int) -> Iterator[Happening]:
        """When the team's storage slows all its GPUs down, and when that is over."""
        for day, teams, speed in self.notes.storages:
            if teams[t]:
                what = What.STORAGE_NORMAL if speed[t] == 1 else What.SLOW_STORAGE
                yield self._at(day, Phase.GRANT, what, t, {"speed": float(speed[t])})

    def _speeds(self) -> Iterator[Happening]:
        """How fast all GPUs of a team run, where a user's own process says so."""
        for day, t, speed in self.notes.speeds:
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
        values |= self.notes.lives.get(t, {})
        if verdict.undisturbed is not None and verdict.undisturbed[t]:
            lost = 1.0 - float(verdict.compute[t] / verdict.undisturbed[t])
            values["hours_lost"] = (values["gpu_hours"] + values["own_gpu_hours"]) * max(lost, 0.0)
        if self.stage.models is not None:
            slope = self.inputs.per_tenfold
            slope = slope if self.stage.steeper is None else slope + self.stage.steeper
            per_tenfold = float(np.broadcast_to(slope, verdict.compute.shape)[t])
            values |= describe_model(self.stage.models, verdict.effective, per_tenfold, t)
        values |= self._effort(t)
        what = What.SUBMITS_NOTHING if np.isnan(verdict.scored.capability[t]) else What.SUBMITS
        yield self._at(closes[t], Phase.REPORT, what, t, values)

    def _effort(self, t: int) -> dict[str, float]:
        """How hard a team tried, and the FLOP that it kept for later or brought from before."""
        found: dict[str, float] = {}
        effort, saved = self.stage.effort, self.verdict.saved
        if (
            effort is not None
            and (share := effort_at(effort, self.stage.cut, self.verdict.present)) is not None
        ):
            found["effort"] = float(share[0])
        for name, kept in (("saved", saved), ("brought", self.brought)):
            if kept is not None and kept[t] > 0:
                found[name] = float(kept[t])
        return found

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
        if self.stage.scoring.by_heart is not None and (gained := float(self.stage.scoring.by_heart[t])) > 0:
            values["by_heart"] = gained
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
        elif self._held_at_close(t).any():
            held_before = self._gpus(self._held_at_close(t))
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


def _by_day(found: Sequence[tuple[float, Floats]]) -> list[tuple[float, Floats]]:
    """The same with what is of one day summed up, in the order of days."""
    sums: dict[float, Floats] = {}
    for day, gpus in sorted(found, key=lambda each: each[0]):
        sums[day] = sums[day] + gpus if day in sums else gpus
    return list(sums.items())


_FATES = {
    Fate.KEPT: What.STAYS,
    Fate.OUT_BY_POINTS: What.OUT_BY_POINTS,
    Fate.OUT_AT_GATE: What.OUT_AT_GATE,
}
