"""What the kernel of a live page takes, as a closed list of keys: whatever else a scenario says is refused.

A key that is not here is refused wherever it says anything, so that a new key of the language is, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from sim.scenario.models.base import Model
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage


class NotTakenError(ValueError):
    """What a scenario says and the kernel does not take; its text is one line that names it."""


_SILENT = frozenset(("name", "source", "confidence", "guess", "prior_from", "widest", "reported"))
"""Keys that inform readers alone."""

MOST_STEP = 1e-3
"""Points to which totals are rounded at most. Where steps are coarse, a leader's maximum may lie
halfway between two of them, and the last bit, which differs between machines, decides.
"""

_POINTS = ("max", "mean", "per_eci", "per_strength", "spread", "noise", "raters")

TAKEN_KEYS: Mapping[str, frozenset[str]] = {
    "scenario": frozenset(
        (
            *("format", "name", "as_of", "currency", "hardware", "suppliers", "teams", "groups", "stages"),
            *("strength", "capability", "frontier", "judging", "training", "faults"),
            *("known", "choices", "doubts", "given"),
        )
    ),
    "team": frozenset(("name", "own", "mfu", "effect", "gate_risk", "main_run_share", "faults")),
    "stage": frozenset(
        (
            *("train", "evaluated", "result", "shift", "held", "happened", "facts"),
            *("grants", "own", "reference_compute", "points", "round_to", "points_carried"),
            *("gate", "cut", "ties", "awards", "pays"),
        )
    ),
    "grants": frozenset(("pool", "shares", "gpus", "among", "leftover", "supplier", "delay")),
    "gate": frozenset(("mode", "risk")),
    "cut": frozenset(("keep", "drop", "minimum", "within")),
    "block": frozenset((*_POINTS, "follows_strength", "lasting", "noise_shape", "rescale", "items")),
    "item": frozenset((*_POINTS, "per_eci_share")),
}
"""Keys of each kind of block; what some of them may say is looked at besides."""


def refuse_what_is_not_taken(scenario: Scenario, ahead: list[str]) -> None:
    """Raise `NotTakenError` for the first thing that the kernel does not take; of stages, those `ahead`."""
    for path in _others(scenario, "scenario", ""):
        raise NotTakenError(path.removeprefix("."))
    for t, team in scenario.teams.items():
        for path in _others(team, "team", f"teams.{t}"):
            raise NotTakenError(path)
    for s in ahead:
        for path in _not_taken(scenario.stages[s], f"stages.{s}"):
            raise NotTakenError(path)


def _not_taken(stage: Stage, path: str) -> Iterator[str]:
    """The paths of a stage's keys that are not taken."""
    yield from _others(stage, "stage", path)
    if stage.round_to > MOST_STEP:
        yield f"{path}.round_to: more than {MOST_STEP:g} points"
    grants, where = stage.grants, f"{path}.grants"
    yield from _others(grants, "grants", where)
    if not (grants.shares is None or grants.shares == "equal" or isinstance(grants.shares, Mapping)):
        shares = grants.shares if isinstance(grants.shares, str) else "by_rank"
        yield f"{where}.shares: {shares}"
    if grants.leftover != "returned":
        yield f"{where}.leftover: {grants.leftover}"
    yield from _others(stage.gate, "gate", f"{path}.gate")
    yield from _others(stage.cut, "cut", f"{path}.cut")
    for b, block in stage.points.items():
        yield from _others(block, "block", f"{path}.points.{b}")
        for i, item in block.items.items():
            yield from _others(item, "item", f"{path}.points.{b}.items.{i}")


def _others(model: Model | BaseModel | None, kind: str, path: str) -> Iterator[str]:
    """The keys of a model that say anything and are not taken."""
    if model is None:
        return
    for key, field in type(model).model_fields.items():
        if key in TAKEN_KEYS[kind] or key in _SILENT:
            continue
        if getattr(model, key) != field.get_default(call_default_factory=True):
            yield f"{path}.{key}"
