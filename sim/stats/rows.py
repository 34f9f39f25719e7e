"""Outcomes as the columns of a flat table: a row per replication, stage and team, in this order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.outcomes import Outcomes
from sim.rules.fates import Fate
from sim.scenario.models.scenario import Scenario

FATES = {
    Fate.GONE: "gone",
    Fate.KEPT: "kept",
    Fate.OUT_BY_POINTS: "out-by-points",
    Fate.OUT_AT_GATE: "out-at-gate",
    Fate.NOT_ENTERED: "not-entered",
}

Column = NDArray[Any]


class Labelled(NamedTuple):
    """A column of words: positions in `names`."""

    codes: Column
    names: list[str]


def columns(scenario: Scenario, outcomes: Outcomes) -> dict[str, Column | Labelled]:
    """The columns by name, as docs/output.md describes them; floats are nan where there is nothing to say."""
    shape = (outcomes.stop - outcomes.start, len(scenario.stages), len(scenario.teams))

    def every_stage(name: str) -> Column:
        return np.stack([getattr(stage, name) for stage in outcomes.stages], axis=1).ravel()

    def along(axis: int, values: Column) -> Column:
        across = [1] * len(shape)
        across[axis] = shape[axis]
        return np.broadcast_to(values.reshape(across), shape).ravel()

    found: dict[str, Column | Labelled] = {
        "replication": along(0, np.arange(outcomes.start, outcomes.stop, dtype=np.int64)),
        "stage": Labelled(along(1, np.arange(shape[1], dtype=np.int8)), list(scenario.stages)),
        "team": Labelled(along(2, np.arange(shape[2], dtype=np.int8)), list(scenario.teams)),
        "fate": Labelled(every_stage("fate"), list(FATES.values())),
    }
    amounts = ("gpu_hours", "cost", "own_gpu_hours", "own_cost")
    for name in ("rank", "compute", "effective", "capability", "total", *amounts):
        found[name] = every_stage(name)
    for block in dict.fromkeys(b for stage in scenario.stages.values() for b in stage.points):
        found[f"points_{block}"] = _block(scenario, outcomes, block)
    return found


def concatenated(tables: Sequence[Mapping[str, Column | Labelled]]) -> dict[str, Column | Labelled]:
    """Tables with the same columns, one below the other."""
    first, *more = tables
    if not more:
        return dict(first)
    found: dict[str, Column | Labelled] = {}
    for name, column in first.items():
        same: list[Any] = [table[name] for table in tables]
        if isinstance(column, Labelled):
            found[name] = Labelled(np.concatenate([each.codes for each in same]), column.names)
        else:
            found[name] = np.concatenate(same)
    return found


def _block(scenario: Scenario, outcomes: Outcomes, block: str) -> Column:
    """Points of a block at every stage; nan at stages that do not have it."""
    parts = []
    for rules, stage in zip(scenario.stages.values(), outcomes.stages, strict=True):
        names = list(rules.points)
        parts.append(
            stage.points[:, names.index(block), :] if block in names else np.full_like(stage.total, np.nan)
        )
    return np.stack(parts, axis=1).ravel()
