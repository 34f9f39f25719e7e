"""The smallest set of facts that cannot hold together: facts are left out one by one while the rest clash."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from sim.forecast.feasible import can_hold
from sim.forecast.statements import RowName, StagePoints, Statement
from sim.scenario.language.yamltree import Tree
from sim.scenario.models.base import is_number
from sim.scenario.problems import KeyPath, Problem

_SUREST_FIRST = ("H", None, "D", "M", "L")
"""Confidence in the order in which facts are left out: those that remain to be blamed are the least sure."""


def smallest_conflict(points: StagePoints, statements: Sequence[Statement]) -> list[Statement]:
    """One statement of each part of a fact that is needed for `statements`, which cannot all hold, to clash.

    Rules, such as that the leader of a rescaled block has the most points there, are never left out.
    """
    by_fact: dict[str, set[RowName]] = {}
    for each in statements:
        if each.is_fact:
            by_fact.setdefault(each.name.fact, set()).add(each.name)
    surest_first = sorted(by_fact, key=lambda fact: (_SUREST_FIRST.index(_confidence(points, fact)), fact))
    # Whole facts first: they have many parts.
    clash = _leave_out(points, statements, [by_fact[fact] for fact in surest_first])
    parts = dict.fromkeys(each.name for each in clash if each.is_fact)
    clash = _leave_out(points, clash, [{part} for part in parts])
    first_of = {each.name: each for each in reversed(clash)}
    return [first_of[part] for part in parts if part in first_of]


def _leave_out(
    points: StagePoints, statements: Sequence[Statement], groups: Iterable[Collection[RowName]]
) -> Sequence[Statement]:
    """What is left when each group of statements has gone without which the others still clash."""
    clash = statements
    for group in groups:
        rest = [each for each in clash if each.name not in group]
        if not can_hold(points, rest):
            clash = rest
    return clash


def _confidence(points: StagePoints, fact: str) -> str | None:
    given = (points.stage.facts or {}).get(fact.removeprefix(f"{points.id}."))
    return points.stage.confidence if given is None else given.confidence


def conflict_problem(points: StagePoints, conflict: Sequence[Statement], tree: Tree) -> Problem:
    """The conflict in one line, with the place of everything in it."""
    told = ", ".join(_tell(each, tree) for each in conflict)
    place, path = tree.place(conflict[0].path), f"stages.{points.id}.facts"
    hint = "mend one of them, or leave it out with --without"
    return Problem(*place, path, f"cannot all be true: {told}", "facts that some points can meet", hint)


def _tell(statement: Statement, tree: Tree) -> str:
    """A part of a fact, its number if it has one, and where it stands: `aaii.mean 9.48 (k-ai.yaml:210)`."""
    name = ".".join(step for step in statement.path[2:] if step != "facts")
    place = tree.place(statement.path)
    where = f"{Path(place.file).name}:{place.line}" if place.line else place.file
    return f"{name}{_number(tree.data, statement.path)} ({where})"


def _number(data: Any, path: KeyPath) -> str:
    """The number that is written at a path, after a blank; nothing if there is none."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return f" {data:.10g}" if is_number(data) else ""
