"""What a manifest must hold, by kind of folder, so that whoever has read one need not look again.

The models only check; what is read stays plain data. Keys that they do not know are let through: a later
version may have written them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from sim.scenario.language.structure import expectation

_LONGEST = 40
"""Characters of a value in a message."""


def _range(found: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= found[0] < found[1]:
        raise ValueError("at least one replication, counted from 0")
    return found


def _hash(found: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", found):
        raise ValueError("64 hexadecimal digits")
    return found


def _inside(found: str) -> str:
    """No name that leads out of the folder."""
    if not re.fullmatch(r"(\w[\w.-]*/)*\w[\w.-]*", found):
        raise ValueError("the name of a file in this folder")
    return found


Range = Annotated[tuple[int, int], AfterValidator(_range)]
Hash = Annotated[str, AfterValidator(_hash)]
Sums = dict[Annotated[str, AfterValidator(_inside)], Hash]
Parts = Annotated[Sums, Field(min_length=1)]
Lang = Literal["en", "ko"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)


class _Manifest(_Model):
    """What all kinds have. `parts` is there once all is played, `checksum` since manifests have one."""

    scenario_hash: Hash
    seed: int
    tables: list[Lang]
    versions: dict[str, str]
    command: list[str]
    parts: Parts = {}
    files: dict[Lang, Sums] = {}
    checksum: Hash = ""


class _Run(_Manifest):
    replications: Range
    engine: Literal["batch", "event"]
    keep: Literal["rows", "counts"]
    scenario: dict[str, Any]
    own_rules: list[str] = []
    own_processes: list[str] = []
    ranges: Annotated[list[Range], Field(min_length=1)] = [(0, 1)]


class _SweepRequest(_Model, extra="forbid"):
    scenario: str
    vary: Annotated[list[str], Field(min_length=1)]
    design: Literal["grid", "lhs", "sobol"]
    seed: int
    replications: Range
    until_halfwidth: float | None
    set: dict[str, Any]
    from_start: bool


class _Sweep(_Manifest):
    replications: Range | None  # not known before the end, if as many are played as are needed
    request: _SweepRequest
    points: int
    visits: int = 0
    scenario: dict[str, Any]

    @model_validator(mode="after")
    def _agrees(self) -> _Sweep:
        asked = self.request
        told = asked.until_halfwidth is not None
        if self.seed != asked.seed or not (told or self.replications == asked.replications):
            raise ValueError("seed and replications as in its request")
        return self


class _Comparison(_Manifest):
    replications: Range
    given: Annotated[list[str], Field(min_length=2)]
    scenarios: list[dict[str, Any]]
    scenario_hashes: list[Hash] = []

    @model_validator(mode="after")
    def _agrees(self) -> _Comparison:
        if len(self.given) != len(self.scenarios):
            raise ValueError("as many names in given as there are scenarios")
        return self


class _SensitivityRequest(_Model):
    points: int
    inner: int


class _Sensitivity(_Manifest):
    replications: Range
    request: _SensitivityRequest
    scenario: dict[str, Any]
    team: str | None = None
    runs: int = 0
    failed: int = 0

    @model_validator(mode="after")
    def _agrees(self) -> _Sensitivity:
        if self.replications != (0, self.request.points * self.request.inner):
            raise ValueError("replications as in its request")
        return self


_KINDS: Mapping[str, type[_Manifest]] = {
    "sweep": _Sweep,
    "comparison": _Comparison,
    "sensitivity": _Sensitivity,
}


def wrong(found: Mapping[str, Any]) -> str:
    """The first thing that is wrong with a manifest, with where it stands; empty if nothing is."""
    kind = found.get("kind", "run")
    if "kind" in found and kind not in list(_KINDS):
        return f"kind: '{_brief(kind)}', expected {', '.join(_KINDS)} or, of a run, none"
    try:
        _KINDS.get(kind, _Run).model_validate_json(json.dumps(found))
    except ValidationError as error:
        return _told(error.errors()[0])
    return ""


def _told(detail: Any) -> str:
    path = tuple(str(step) for step in detail["loc"] if step != "[key]")
    where = ".".join(path)
    if detail["type"] == "missing":
        return f"no {where}, so it cannot be repeated from it"
    if detail["type"] == "extra_forbidden":
        return f"{where}: unknown, so it cannot be repeated from it"
    if detail["type"] == "value_error":
        expected = str(detail["ctx"]["error"])
    else:
        expected, _ = expectation(detail, path, detail["input"], [], [])
    return f"{where}: '{_brief(detail['input'])}', expected {expected}" if path else f"expected {expected}"


def _brief(value: Any) -> str:
    """A value as JSON has it, on one line."""
    text = json.dumps(value, ensure_ascii=False)
    text = text[1:-1] if isinstance(value, str) else text
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
