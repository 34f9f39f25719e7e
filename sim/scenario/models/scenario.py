"""The scenario: the frozen, validated content of a file."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from sim.scenario.models.base import Block, Day, Id, Name
from sim.scenario.models.grants import Supplier
from sim.scenario.models.observed import Known
from sim.scenario.models.science import Capability, Faults, Frontier, Judging, Training
from sim.scenario.models.stages import Stage
from sim.scenario.models.teams import Hardware, Team


class Scenario(Block):
    """Hardware, teams, stages and the parameters of the model."""

    format: Literal[1] = Field(description="Which version of the language the file is written in")
    name: Name = Field(description="What the programme is called, in English and Korean")
    as_of: Day = Field(description="What is known up to which day")
    hardware: Annotated[dict[Id, Hardware], Field(min_length=1)] = Field(description="Types of GPU, by id")
    suppliers: dict[Id, Supplier] = Field({}, description="Who runs lent hardware")
    teams: Annotated[dict[Id, Team], Field(min_length=1, max_length=32)] = Field(
        description="Who takes part, by id; ids carry the luck, names are only shown"
    )
    stages: Annotated[dict[Id, Stage], Field(min_length=1, max_length=32)] = Field(
        description="Rounds of training, evaluation and cut, by id, in the order of time"
    )
    capability: Capability = Capability()
    frontier: Frontier = Frontier()
    judging: Judging = Judging()
    training: Training = Training()
    faults: Faults = Faults()
    known: dict[Id, Known] = Field({}, description="Runs that happened, to check against")
    choices: dict[str, tuple[Any, ...]] = Field({}, description="Decisions: path -> values, default first")
    doubts: dict[str, Annotated[tuple[Any, ...], Field(min_length=1, max_length=9)]] = Field(
        {}, max_length=32, description="Assumptions that no data settles: path -> other values"
    )
    given: tuple[str, ...] | None = Field(
        None, description="Paths of guesses that count as known here; --set adds what it sets"
    )

    def resolved(self) -> dict[str, Any]:
        """The scenario as plain data with its defaults filled in; loading it gives the same scenario."""
        return self.model_dump(mode="json", exclude_none=True)

    def digest(self) -> str:
        """SHA-256 of the resolved scenario, in hexadecimal."""
        text = json.dumps(self.resolved(), ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def candidates(self) -> frozenset[str]:
        """Teams that are not there from the start: the candidates of entries."""
        return frozenset(t for stage in self.stages.values() if stage.entry for t in stage.entry.candidates)

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
            if stage.entry is not None and stage.entry.happened is not None:
                found |= {t: s for t in stage.entry.candidates if t not in stage.entry.happened}
        return found

    def in_play(self, stage: str) -> list[str]:
        """The teams of which nothing known says that they were out before a stage."""
        order = list(self.stages)
        return [t for t in self.teams if t not in self.out or order.index(self.out[t]) >= order.index(stage)]

    @property
    def ahead(self) -> list[str]:
        """The stages whose results are not known, in order."""
        return [s for s, stage in self.stages.items() if stage.happened is None]

    def settled(self) -> Self:
        """The scenario with every choice at its default, and without doubts."""
        return self.model_copy(update={"choices": {}, "doubts": {}})

    def from_start(self) -> Self:
        """The same programme with nothing known of its results: every stage and entry is drawn."""
        stages = {s: _forget_results(stage) for s, stage in self.stages.items()}
        return self.model_copy(update={"stages": stages})


def _forget_results(stage: Stage) -> Stage:
    entry = stage.entry and stage.entry.model_copy(update={"happened": None})
    return stage.model_copy(update={"happened": None, "entry": entry})
