"""What the particles of a past depend on, as one hash: whatever else changes, they stay the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sim.forecast.island import Effort
from sim.forecast.prior import decided_stages
from sim.scenario.models.scenario import Scenario

METHOD = 3
"""Goes up with whatever changes particles: what was kept before is inferred anew."""

_SAYS_NOTHING = frozenset(("name", "source", "confidence", "guess", "prior_from", "reported", "known"))
"""Keys that inform readers, and no draw."""


def past_identity(scenario: Scenario, seed: int, effort: Effort) -> str:
    """SHA-256 of all that decides the particles of a scenario's past, in hexadecimal."""
    data = scenario.resolved()
    decided = decided_stages(scenario)
    stages = {s: data["stages"][s] for s in decided}
    for stage in stages.values():
        stage["facts"] = dict(sorted(stage.get("facts", {}).items()))  # their order says nothing
        stage.pop("held", None)  # nor does this: a stage with a result was held
    parts = {**{part: data[part] for part in data if part not in _AHEAD}, "stages": stages}
    said = [METHOD, seed, list(vars(effort).values()), _silent(parts)]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_AHEAD = frozenset(("as_of", "choices", "doubts", "format", "frontier", "given", "known", "stages"))
"""Parts of a scenario that say nothing of its decided stages."""


def _silent(data: Any) -> Any:
    """Data without what only informs readers."""
    if isinstance(data, Mapping):
        return {key: _silent(value) for key, value in data.items() if key not in _SAYS_NOTHING}
    return [_silent(each) for each in data] if isinstance(data, list) else data
