"""What `sim trace --json` prints, a line a happening; docs/trace.md describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sim.engines.record import Happening
from sim.findings.trace import planned
from sim.scenario.models.scenario import Scenario


def trace_lines(
    scenario: Scenario, replication: int, happenings: Sequence[Happening], team: str | None = None
) -> Iterator[str]:
    """Return a line of JSON for each happening, or for those of one team."""
    for one in happenings:
        if team is None or one.team == team:
            fields = _fields(scenario, replication, one)
            yield json.dumps(fields, ensure_ascii=False, allow_nan=False)


def _fields(scenario: Scenario, replication: int, happening: Happening) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "replication": replication,
        "day": str(happening.date),
        "phase": happening.phase.name.lower(),
        "stage": happening.stage,
        "team": happening.team,
        "what": str(happening.what),
        "fixed": happening.fixed,
    }
    day = planned(scenario, happening)
    if day is not None:
        fields["planned"] = str(day)
    return fields | dict(happening.values)
