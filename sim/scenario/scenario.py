"""The scenario: the frozen, validated content of a file."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import Field

from sim.scenario.base import Block, Day, Id, Name
from sim.scenario.science import Capability, Faults, Frontier, Judging, Training
from sim.scenario.stages import Stage
from sim.scenario.teams import Hardware, Team


class Scenario(Block):
    """Hardware, teams, stages and the parameters of the model."""

    format: Literal[1]
    name: Name
    as_of: Day = Field(description="What is known up to which day")
    hardware: Annotated[dict[Id, Hardware], Field(min_length=1)]
    teams: Annotated[dict[Id, Team], Field(min_length=1, max_length=32)]
    stages: Annotated[dict[Id, Stage], Field(min_length=1, max_length=32)]
    capability: Capability = Capability()
    frontier: Frontier = Frontier()
    judging: Judging = Judging()
    training: Training = Training()
    faults: Faults = Faults()

    def resolved(self) -> dict[str, Any]:
        """The scenario as plain data with its defaults filled in; loading it gives the same scenario."""
        return self.model_dump(mode="json", exclude_none=True)

    def digest(self) -> str:
        """SHA-256 of the resolved scenario, in hexadecimal."""
        text = json.dumps(self.resolved(), ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
