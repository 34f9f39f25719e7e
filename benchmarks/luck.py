"""The keyed draws of scenarios/k-ai-2025-plan.yaml as lists of Python floats, for the SimPy script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sim.model.draws import Floats, Key, Purpose, Source
from sim.model.quantiles import normal

TEAMS = ("lg", "upstage", "ncai", "skt", "naver")
STAGES = ("stage-1", "stage-2", "stage-3")
JUDGED = ("experts", "users")
ITEMS = (
    *("benchmark/nia", "benchmark/common", "benchmark/individual"),
    *("experts/technique", "experts/results", "experts/impact"),
    "users/users",
)
PARAMETERS = (
    "capability.per_tenfold_compute",
    "teams.naver.own.H200",
    *(f"teams.{team}.faults.per_node_day" for team in TEAMS),
)


class Luck(NamedTuple):
    """All the random numbers of one replication but those that break ties."""

    replication: int
    per_tenfold: float  # uniform
    naver: float  # uniform
    faults: list[float]  # normal, of each team
    lasting: list[float]  # normal, of each team
    passing: list[list[float]]  # normal, of each stage and team
    impression: list[list[list[float]]]  # normal, of each stage, team and judged block
    noise: list[list[list[float]]]  # normal, of each stage, team and item
    gate: list[list[float]]  # uniform, of each stage and team


def lucks(source: Source, start: int, stop: int) -> Iterator[Luck]:
    """The luck of the replications from `start` to before `stop`, drawn for all of them at once."""

    def uniforms(keys: Sequence[Key]) -> Floats:
        return source.columns(keys, start, stop)

    def lists(columns: Floats, *shape: int) -> list[Any]:
        """Columns, (keys, replications), as a list of each replication's numbers, in nested lists."""
        numbers: list[Any] = columns.T.reshape(stop - start, *shape).tolist()
        return numbers

    parameters = uniforms([Key(Purpose.PARAMETER, item=path) for path in PARAMETERS])
    lasting = normal(uniforms([Key(Purpose.TEAM, team=t) for t in TEAMS]))
    passing = normal(uniforms([Key(Purpose.STAGE, s, t) for s in STAGES for t in TEAMS]))
    impression = normal(
        uniforms([Key(Purpose.IMPRESSION, s, t, b) for s in STAGES for t in TEAMS for b in JUDGED])
    )
    noise = normal(uniforms([Key(Purpose.NOISE, s, t, i) for s in STAGES for t in TEAMS for i in ITEMS]))
    gate = uniforms([Key(Purpose.GATE, s, t) for s in STAGES for t in TEAMS])
    parts = zip(
        range(start, stop),
        parameters[0].tolist(),
        parameters[1].tolist(),
        lists(normal(parameters[2:]), 5),
        lists(lasting, 5),
        lists(passing, 3, 5),
        lists(impression, 3, 5, 2),
        lists(noise, 3, 5, 7),
        lists(gate, 3, 5),
        strict=True,
    )
    return (Luck(*part) for part in parts)


def tie_luck(source: Source, stage: int, index: int) -> list[float]:
    """The draws that break the ties of a stage in one replication, one of each team."""
    keys = [Key(Purpose.TIE, STAGES[stage], team) for team in TEAMS]
    drawn: list[float] = source.columns(keys, index, index + 1)[:, 0].tolist()
    return drawn
