"""The scenario: the frozen, validated content of a file."""

from __future__ import annotations

import hashlib
import json
from itertools import takewhile
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sim.scenario.models.afterwards import Afterwards
from sim.scenario.models.base import Block, Day, Id, Name
from sim.scenario.models.breakthroughs import Breakthrough
from sim.scenario.models.data import Data, Talent
from sim.scenario.models.effort import TeamEffort
from sim.scenario.models.facts import Known
from sim.scenario.models.grants import GpuTable, Supplier, gpus_in
from sim.scenario.models.numbers import Number, Uncertain, share_at, share_below, uncertain_numbers
from sim.scenario.models.openness import SCRATCH, Base, BaseKind, Openness
from sim.scenario.models.science import (
    RECOVERY,
    TEAM_FAULTS,
    Capability,
    Faults,
    Frontier,
    Hardware,
    Judging,
    Strength,
    Team,
    Training,
)
from sim.scenario.models.stages import Stage
from sim.scenario.models.supply import GpuSupply
from sim.scenario.models.trained_model import Scaling, TrainedModel, model_in
from sim.scenario.models.windows import each_window
from sim.text.money import CURRENCIES, CurrencyCode

OF_COMPUTE = (
    *("capability", "frontier", "training", "faults", "suppliers", "known"),
    *("supply", "scaling", "data", "talent", "afterwards"),
)
"""Blocks that mean something only where models are trained on hardware."""


class Scenario(Block):
    """Hardware, teams, stages and the parameters of the model."""

    format: Literal[1] = Field(description="Which version of the language the file is written in")
    name: Name = Field(description="What the programme is called, in English and Korean")
    as_of: Day = Field(description="What is known up to which day")
    currency: CurrencyCode | None = Field(None, description="In which all money is; won if left out")
    hardware: dict[Id, Hardware] = Field(
        {}, description="Types of GPU, by id; left out where strength does not come from compute"
    )
    suppliers: dict[Id, Supplier] = Field({}, description="Who runs lent hardware")
    teams: Annotated[dict[Id, Team], Field(min_length=1, max_length=500)] = Field(
        description="Who takes part, by id; ids carry the luck, names are only shown"
    )
    groups: dict[Id, tuple[Id, ...]] | None = Field(
        None, description="Tracks, kinds or regions: the teams of each, for cuts that go by them"
    )
    stages: Annotated[dict[Id, Stage], Field(min_length=1, max_length=64)] = Field(
        description="Rounds of training, evaluation and cut, by id, in the order of time"
    )
    strength: Strength | None = Field(
        None, description="How teams differ, in a programme without hardware; `capability` says it otherwise"
    )
    capability: Capability = Capability.unwritten()
    frontier: Frontier = Frontier.unwritten()
    judging: Judging = Judging.unwritten()
    training: Training = Training.unwritten()
    faults: Faults = Faults.unwritten()
    scaling: Scaling | None = Field(
        None,
        description="How loss follows size and tokens, where `model` says them; published fits if left out",
    )
    breakthroughs: dict[Id, Breakthrough] | None = Field(
        None, description="Research that changes what compute is worth, from uncertain days on, by id"
    )
    openness: Openness | None = Field(
        None, description="What it does to begin from a model that is there, for teams whose `base` says so"
    )
    effort: TeamEffort | None = None
    data: Data | None = None
    talent: Talent | None = None
    afterwards: Afterwards | None = Field(
        None, description="What becomes of teams that left, and who takes up open models"
    )
    known: dict[Id, Known] = Field({}, description="Runs that happened, to check against")
    choices: dict[str, tuple[Any, ...]] = Field({}, description="Decisions: path -> values, default first")
    doubts: dict[str, Annotated[tuple[Any, ...], Field(min_length=1, max_length=9)]] = Field(
        {}, max_length=32, description="Assumptions that no data settles: path -> other values"
    )
    given: tuple[str, ...] | None = Field(
        None, description="Paths of guesses that count as known here; --set adds what it sets"
    )
    supply: dict[Id, GpuSupply] | None = Field(
        None, description="Hardware that arrives over time, of which grants lend the programme's part, by id"
    )

    @classmethod
    def read(cls, data: Any) -> Self:
        """Make a scenario of plain data. Raises pydantic's `ValidationError` with all that is wrong."""
        currency = data.get("currency") if isinstance(data, dict) else None
        known = isinstance(currency, str) and currency in CURRENCIES
        return cls.model_validate(data, context={"currency": currency} if known else None)

    @property
    def money(self) -> CurrencyCode:
        """The currency of all its money."""
        return self.currency or "KRW"

    @model_validator(mode="before")
    @classmethod
    def _named_by_id(cls, value: Any) -> Any:
        """A team of which nothing is said has its id for a name; a text is its name."""
        teams = value.get("teams") if isinstance(value, dict) else None
        if not isinstance(teams, dict):
            return value
        return {**value, "teams": {team_id: _named(team, team_id) for team_id, team in teams.items()}}

    @model_validator(mode="after")
    def _note_paths(self) -> Self:
        for path, number in uncertain_numbers(self):
            number.put_at(path)
        return self

    @property
    def idle(self) -> tuple[str, ...]:
        """Its blocks that mean nothing here, and are not written down."""
        return () if self.hardware else OF_COMPUTE

    def resolved(self) -> dict[str, Any]:
        """The scenario as plain data with its defaults filled in; loading it gives the same scenario."""
        return self.model_dump(mode="json", exclude_none=True, exclude={*self.idle})

    def digest(self) -> str:
        """SHA-256 of the resolved scenario, in hexadecimal."""
        text = json.dumps(self.resolved(), ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def __repr__(self) -> str:
        """Say what it is on one line; `resolved` has all of it."""
        size = f"{len(self.teams)} teams, {len(self.stages)} stages"
        return f"Scenario({self.name.en!r}, {size}, known until {self.as_of}, {self.digest()[:8]})"

    __str__ = __repr__

    @property
    def candidates(self) -> frozenset[str]:
        """Teams that are not there from the start: the candidates of entries."""
        return frozenset(t for stage in self.stages.values() if stage.entry for t in stage.entry.candidates)

    def may_return(self, stage_id: str, team: str) -> bool:
        """Whether a team that has left may come in again after a stage.

        A candidate may only where an entry before had it as a candidate, too, and so may have let it in.
        """
        entry = self.stages[stage_id].entry
        if entry is None or entry.returning is None:
            return False
        if team in entry.candidates and not self._is_candidate_before(stage_id, team):
            return False
        return entry.returning == "all" or team in entry.returning

    def _is_candidate_before(self, stage_id: str, team: str) -> bool:
        before = takewhile(lambda s: s != stage_id, self.stages)
        entries = (self.stages[s].entry for s in before)
        return any(entry is not None and team in entry.candidates for entry in entries)

    @property
    def contenders(self) -> list[str]:
        """The teams of which nothing known says that they are out: they may still be selected."""
        return [t for t in self.teams if t not in self.out]

    @property
    def out(self) -> dict[str, str]:
        """Teams that are known to be out: the stage at which they left, or failed to come in after."""
        found: dict[str, str] = {}
        for s, stage in self.stages.items():
            found |= dict.fromkeys(stage.happened or (), s)
            entry = stage.entry
            if entry is None or not self.may_enter_after(s):
                continue
            if entry.happened is None:
                may_come = {t for t in self.teams if t in entry.candidates or self.may_return(s, t)}
                found = {t: at for t, at in found.items() if t not in may_come}
                continue
            found |= {t: s for t in entry.candidates if t not in entry.entered}
            found = {t: at for t, at in found.items() if t not in entry.entered}
        return found

    def in_play(self, stage: str) -> list[str]:
        """The teams of which nothing known says that they were out before a stage."""
        out, from_here = self.out, (stage, *self.after(stage))
        return [t for t in self.teams if out.get(t, stage) in from_here]

    def evaluated(self, stage: str) -> list[str]:
        """The teams in play at a stage but for those that can only come in after it.

        Of a decided stage, these are the teams that were there.
        """
        if self.stages[stage].happened is not None:
            return self._known_field(stage)
        later = (self.stages[s].entry for s in (stage, *self.after(stage)))
        waiting = {t for entry in later if entry for t in entry.candidates}
        return [t for t in self.in_play(stage) if t not in waiting]

    def _known_field(self, stage: str) -> list[str]:
        """The teams that were there at a decided stage, before which all is decided."""
        there = set(self.teams) - self.candidates
        for s, one in self.stages.items():
            if s == stage:
                break
            there -= set(one.happened or ())
            there |= set(one.entry.entered if one.entry else ())
        return [t for t in self.teams if t in there]

    @property
    def is_over(self) -> bool:
        """Whether the result of every stage is known, so that nobody's fate is left to draw."""
        return not self.ahead

    @property
    def has_facts(self) -> bool:
        """Whether anything is known of the points of a stage."""
        return any(stage.facts for stage in self.stages.values())

    @property
    def ahead(self) -> list[str]:
        """The stages whose results are not known, in order."""
        return [s for s, stage in self.stages.items() if stage.happened is None]

    def after(self, stage_id: str) -> list[str]:
        """The stages after one, in order."""
        return list(self.stages)[list(self.stages).index(stage_id) + 1 :]

    @property
    def held_stages(self) -> list[str]:
        """The stages that are held, in order: those before the first that is `held: false`."""
        return list(takewhile(lambda s: self.stages[s].held is not False, self.stages))

    def is_held(self, stage_id: str) -> bool:
        """Whether neither a stage nor one before it is `held: false`, before which the programme ends."""
        return stage_id in self.held_stages

    def goes_on_after(self, stage_id: str) -> bool:
        """Whether there is a stage after this one, and it is held."""
        following = self.after(stage_id)
        return bool(following) and self.is_held(following[0])

    def may_enter_after(self, stage_id: str) -> bool:
        """Whether somebody comes in after a stage, or may: nobody does if the next is not held.

        Who is known to have come in is there all the same.
        """
        entry = self.stages[stage_id].entry
        return entry is not None and (entry.happened is not None or self.goes_on_after(stage_id))

    @property
    def ended_before(self) -> str | None:
        """The first stage that is not held; None where the programme goes on to its last."""
        return next((s for s, stage in self.stages.items() if stage.held is False), None)

    @property
    def last_held(self) -> str | None:
        """The last stage that is held; None where not even the first is."""
        return next(reversed(self.held_stages), None)

    @property
    def to_come(self) -> list[str]:
        """The stages ahead that are held, in order."""
        return [s for s in self.held_stages if self.stages[s].happened is None]

    # Where strength comes from: from compute, in ECI, or without it, in units of the scenario's own.

    @property
    def lasting_spread(self) -> Number:
        """How far teams differ in strength for good."""
        return self.capability.team_spread if self.hardware else self._strength.spread

    @property
    def passing_spread(self) -> Number:
        """How far a team's luck of one stage goes, in strength."""
        return self.capability.stage_spread if self.hardware else self._strength.luck

    @property
    def _strength(self) -> Strength:
        return Strength() if self.strength is None else self.strength

    @property
    def strength_unit(self) -> Name:
        """What strength is measured in."""
        if self.hardware:
            return Name(en="ECI", ko="ECI")
        return self._strength.unit or Name(en="points", ko="점")

    def trains(self, stage_id: str) -> bool:
        """Whether strength at a stage comes from what is trained there."""
        return bool(self.hardware) and self.stages[stage_id].train is not None

    # What holds for a team: its own number, or its share of the default. A share that is a distribution has
    # a path of its own, and so its own draw: who takes a default shares the law with others, not the luck.

    def mfu(self, team: str, hardware: str) -> Number:
        """The share of a GPU's peak that a team's training reaches."""
        own = self.teams[team].mfu.get(hardware)
        if own is not None:
            return own
        return share_at(self.hardware[hardware].mfu, f"teams.{team}.mfu.{hardware}")

    def main_run_share(self, team: str) -> Number:
        """The share of a team's GPU time that goes into the model that is evaluated."""
        own = self.teams[team].main_run_share
        if own is not None:
            return own
        return share_at(self.training.main_run_share, f"teams.{team}.main_run_share")

    def saved_share(self, team: str) -> Number:
        """The share of a team's compute of a window that it keeps for the stage after."""
        return self._of_effort(team, "saves", "saved")

    def gained_on_tests(self, team: str) -> Number:
        """What a team gains on public tests by having trained on them, as a share of their maximum."""
        return self._of_effort(team, "trains_on_tests", "tests")

    def _of_effort(self, team: str, key: str, common: str) -> Number:
        own: Number | None = getattr(self.teams[team], key)
        if own is not None:
            return own
        number = None if self.effort is None else getattr(self.effort, common)
        return 0.0 if number is None else share_at(number, f"teams.{team}.{key}")

    def faults_of(self, team: str) -> Faults:
        """What holds for the faults of a team's jobs."""
        own, found = self.teams[team].faults, {}
        for key in TEAM_FAULTS:
            number = getattr(own, key)
            common = getattr(self.faults, key)
            if number is None:
                number = _share_of(common, f"teams.{team}.faults.{key}")
            found[key] = number
        return self.faults.model_copy(update=found)

    @property
    def tells_losses(self) -> bool:
        """Whether GPU-hours that faults cost are told: where the file says what is done about them."""
        blocks = (self.faults, *(team.faults for team in self.teams.values()))
        return any(getattr(block, key) is not None for block in blocks for key in RECOVERY)

    def own_gpus(self, stage_id: str, team: str) -> GpuTable:
        """The own GPUs that a team uses in a stage: by the stage's table, or else those it has anyway."""
        named = gpus_in(self.stages[stage_id].own, team)
        return self.teams[team].own if named is None else named

    def model_of(self, stage_id: str, team: str) -> TrainedModel | None:
        """The model that a team trains at a stage; None where nothing is said of its size."""
        return model_in(self.stages[stage_id].model, team)

    @property
    def first_day(self) -> Day:
        """The day on which the programme begins, by its dates in the file."""
        stage = next(iter(self.stages.values()))
        return min((window.first for window in each_window(stage.train)), default=stage.scored)

    def gpus_to_go_on(self, team: str) -> GpuTable | None:
        """The GPUs that a team goes on with where `afterwards` names them; None where it has its own."""
        go_on = self.afterwards and self.afterwards.go_on
        return None if not go_on or go_on.gpus is None else gpus_in(go_on.gpus, team)

    @property
    def today(self) -> Day | None:
        """The day from which on own GPUs cost money; None where the programme is played from the start.

        Whoever draws results of days up to `as_of` does not stand there.
        """
        from_start = any(self.stages[s].decided <= self.as_of for s in self.to_come)
        return None if from_start else self.as_of

    def gate_risk(self, stage_id: str, team: str) -> Number:
        """The chance that a team fails the gate of a stage as long as its base is open; 0 without a gate."""
        base = self.base_of(stage_id, team)
        if self.stages[stage_id].gate is None or base is None or base.gate_risk is None:
            return self.gate_risk_from_scratch(stage_id, team)
        own = self.teams[team].gate_risk
        return share_below(base.gate_risk, team) if own is None else own

    def gate_risk_from_scratch(self, stage_id: str, team: str) -> Number:
        """The same of a team that begins from scratch, or falls back to that."""
        gate, own = self.stages[stage_id].gate, self.teams[team].gate_risk
        if gate is None:
            return 0.0
        return share_below(gate.risk, team) if own is None else own

    def gate_risks(self, stage_id: str, team: str) -> tuple[Number, ...]:
        """All chances that a team may have of failing the gate of a stage: two where its base may close."""
        base = self.base_of(stage_id, team)
        risk = self.gate_risk(stage_id, team)
        may_close = base is not None and base.closes is not None and base.gate_risk is not None
        return (risk, self.gate_risk_from_scratch(stage_id, team)) if may_close else (risk,)

    def base_kind(self, stage_id: str, team: str) -> BaseKind:
        """From what a team begins at a stage: by the stage's table, or else what the team says."""
        bases = self.stages[stage_id].base or {}
        return bases.get(team, bases.get("default", self.teams[team].base or SCRATCH))

    def base_of(self, stage_id: str, team: str) -> Base | None:
        """What it does to a team to begin from what it does at a stage; None from scratch."""
        return None if self.openness is None else self.openness.of(self.base_kind(stage_id, team))

    def used_by(self, kind: BaseKind) -> list[str]:
        """The teams that begin from such a model at some stage."""
        return [t for t in self.teams if any(self.base_kind(s, t) == kind for s in self.stages)]

    @property
    def foreign_to_institutes(self) -> BaseKind | None:
        """The kind of model on which some institutes have built, as `afterwards` says; None for none."""
        institutes = None if self.afterwards is None else self.afterwards.institutes
        built = None if institutes is None else institutes.on_foreign
        return None if built is None else built.base

    def fallback_delay(self, kind: BaseKind, team: str) -> Number:
        """The days that a team loses when the model that it began from closes."""
        base = None if self.openness is None else self.openness.of(kind)
        return 0.0 if base is None or base.delay is None else share_below(base.delay, team)

    def leak(self, stage_id: str, team: str) -> Number:
        """What leaks through the model that a team begins from at a stage."""
        base = self.base_of(stage_id, team)
        return 0.0 if base is None or base.leak is None else share_below(base.leak, team)

    def supplier_delay(self, supplier: str, stage_id: str) -> Number:
        """The days by which a supplier's deliveries of a stage are late: one draw for all that it serves."""
        return share_below(self.suppliers[supplier].delay, stage_id)

    def adoption(self, breakthrough: str, team: str) -> Number:
        """The days until a team can train with what a breakthrough has found."""
        days = (self.breakthroughs or {})[breakthrough].adoption
        return 0.0 if days is None else share_below(days, team)

    def settled(self) -> Self:
        """The scenario with every choice at its default, and without doubts."""
        return self.model_copy(update={"choices": {}, "doubts": {}})

    def from_start(self) -> Self:
        """The same programme with nothing known of its results: every stage and entry is drawn."""
        stages = {s: _forget_results(stage) for s, stage in self.stages.items()}
        return self.model_copy(update={"stages": stages})


def _share_of(common: Any, path: str) -> Any:
    """A team's share of what holds for all faults: of a number, or of each number of a block."""
    if isinstance(common, Block) and not isinstance(common, Uncertain):
        numbers = {key: share_at(value, f"{path}.{key}") for key, value in common}
        return common.model_copy(update=numbers)
    return share_at(common, path)


def _named(team: Any, team_id: Any) -> Any:
    if isinstance(team, str):
        return {"name": team}
    return {"name": team_id, **team} if isinstance(team, dict) and "name" not in team else team


def _forget_results(stage: Stage) -> Stage:
    entry = stage.entry and stage.entry.model_copy(update={"happened": None})
    return stage.model_copy(update={"happened": None, "facts": None, "entry": entry})
