"""Requests: what a study is asked for, as a manifest holds it. A request decides every byte of its study."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

from sim.execute.case import Engine
from sim.folder.rows import Range
from sim.scenario.evidence import Knowledge
from sim.scenario.language.load import from_data
from sim.scenario.models.scenario import Scenario
from sim.stats.design import Design
from sim.studies import DEFAULT_RUNS

Keep = Literal["rows", "counts", "total"]
"""What a folder keeps of a run: rows and counts by part, counts by part, or the sum of all counts."""


MOST_REPLICATIONS = 10**10
"""Beyond any run that anybody could wait for; a larger number in a manifest is a mistake or an attack."""


def _read_scenario(value: Any) -> Any:
    if isinstance(value, Scenario):
        return value
    if not isinstance(value, dict):
        raise ValueError("the data of a scenario")
    return from_data(value)


def _check_range(found: Range) -> Range:
    if not 0 <= found[0] < found[1] <= MOST_REPLICATIONS:
        raise ValueError(f"at least one replication, counted from 0, below {MOST_REPLICATIONS:,}")
    return found


Replications = Annotated[Range, AfterValidator(_check_range)]
Ranges = Annotated[tuple[Replications, ...], Field(min_length=1)]

ResolvedScenario = Annotated[Scenario, BeforeValidator(_read_scenario), PlainSerializer(Scenario.resolved)]
"""A scenario; in a manifest it stands as it is resolved, so that no file is needed to repeat a study."""


NOT_DECISIVE = "decides no byte of a folder, or is a scenario, whose hash the manifest has"
NOT_OF_A_REPLICATION = "how much is played, kept and looked into"
"""Marks of fields: by them a part is known again, whatever else of the study it is found in."""


class StudyRequest(BaseModel):
    """What all requests have.

    `given` says how each scenario was named on the command line; it decides nothing. Functions of a user's
    own cannot be saved: only their names are.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    seed: int
    given: Annotated[tuple[str, ...], NOT_DECISIVE] = ()
    own_rules: tuple[str, ...] = ()
    own_processes: tuple[str, ...] = ()

    def decisive(self) -> dict[str, Any]:
        """Return what decides the bytes of a folder, by name; scenarios stand in the manifest's hash."""
        return self.model_dump(mode="json", exclude=self._marked(NOT_DECISIVE))

    def identity(self) -> dict[str, Any]:
        """Return what decides the outcome of a replication, whichever are played; it stands in every part."""
        return self.model_dump(mode="json", exclude=self._marked(NOT_DECISIVE, NOT_OF_A_REPLICATION))

    def _marked(self, *marks: str) -> set[str]:
        """The fields whose type is annotated with one of these."""
        fields = type(self).model_fields.items()
        return {name for name, field in fields if any(mark in field.metadata for mark in marks)}


class RunRequest(StudyRequest):
    """One scenario, played many times. Several ranges are those of folders that were merged."""

    kind: Literal["run"] = "run"
    scenario: Annotated[ResolvedScenario, NOT_DECISIVE]
    ranges: Annotated[Ranges, NOT_OF_A_REPLICATION]
    engine: Engine
    keep: Annotated[Keep, NOT_OF_A_REPLICATION] = "rows"
    team: Annotated[str | None, NOT_OF_A_REPLICATION] = (
        None  # whose chances are looked into; None for the first that is told of
    )
    each_fact: Annotated[bool, NOT_OF_A_REPLICATION] = False  # whether chances without each fact are told


class SweepRequest(StudyRequest):
    """A scenario at every point of a design.

    `scenario` is a scenario itself, so that no file is needed to repeat the sweep; only where files are what
    varies it may be the name of one. With `until_halfwidth` as many replications are played as make every
    chance at every point so precise.
    """

    kind: Literal["sweep"] = "sweep"
    scenario: Annotated[str | ResolvedScenario, NOT_DECISIVE]
    vary: Annotated[tuple[str, ...], Field(min_length=1)]  # as `--vary` takes them
    design: Design = "grid"
    ranges: Annotated[Ranges, NOT_OF_A_REPLICATION] = ((0, DEFAULT_RUNS),)
    until_halfwidth: Annotated[float | None, NOT_OF_A_REPLICATION] = None
    set: dict[str, Any] = {}  # by path, at all points
    from_start: bool = False
    known: Knowledge | None = None  # how much of the past is used at all points; None is all


class ComparisonRequest(StudyRequest):
    """Scenarios beside the first of them, over the same replications."""

    kind: Literal["comparison"] = "comparison"
    scenarios: Annotated[tuple[ResolvedScenario, ...], Field(min_length=2), NOT_DECISIVE]
    ranges: Annotated[Ranges, NOT_OF_A_REPLICATION]

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        if self.given and len(self.given) != len(self.scenarios):
            raise ValueError("as many names in given as there are scenarios")
        return self


class SensitivityRequest(StudyRequest):
    """Sobol' indices of every uncertain input of a scenario."""

    kind: Literal["sensitivity"] = "sensitivity"
    scenario: Annotated[ResolvedScenario, NOT_DECISIVE]
    points: int
    inner: int  # replications of each point
    team: Annotated[str | None, NOT_OF_A_REPLICATION] = None


AnyRequest = Annotated[
    RunRequest | SweepRequest | ComparisonRequest | SensitivityRequest, Field(discriminator="kind")
]
