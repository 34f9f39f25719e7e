"""Words of the language that stand for something else: `like` for a copy, `choice` for a decision.

`like: stage-2` in a block of a stage is a copy of that stage's block, with its other keys laid over.
`keep: {choice: [2, 1, 3]}` becomes its first value, and a list of all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sim.scenario.language.compose import is_choice, is_distribution, lay, set_value
from sim.scenario.language.yamltree import MAX_DEPTH, MAX_NODES, Tree, paths_in
from sim.scenario.models.base import MARKS, is_number
from sim.scenario.problems import KeyPath, Problem, ScenarioError, did_you_mean

BLOCKS = ("points", "gate", "cut", "grants")
"""The keys of a stage that can be like another stage's."""


def resolve_copies(tree: Tree) -> list[Problem]:
    """Put the copies into the tree, so that no `like` remains; what is wrong with them."""
    stages = tree.data.get("stages")
    if not isinstance(stages, dict):
        return []
    copies = _Copies(tree)
    for stage_id, stage in stages.items():
        for key in BLOCKS:
            if isinstance(stage, dict) and key in stage:
                copies.block(stage_id, key, ())
    return copies.problems


class _Copies:
    """The blocks of all stages while they are resolved, each once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.stages: dict[str, Any] = tree.data["stages"]
        self.problems: list[Problem] = []
        self.done: set[tuple[str, str]] = set()
        self.nodes = 0  # that were copied

    def block(self, stage_id: str, key: str, chain: tuple[str, ...]) -> Any:
        """A block of a stage as it is written out; `chain` are the stages that wait for it."""
        stage = self.stages[stage_id]
        if (stage_id, key) not in self.done:
            stage[key] = self.value(stage[key], ("stages", stage_id, key), (*chain, stage_id))
            self.done.add((stage_id, key))
        return stage[key]

    def value(self, value: Any, path: KeyPath, chain: tuple[str, ...]) -> Any:
        if is_choice(value):
            options = value["choice"]
            inside = [self.value(v, (*path, "choice", str(i)), chain) for i, v in enumerate(options)]
            return {**value, "choice": inside}
        if not isinstance(value, dict) or not isinstance(value.get("like"), str):
            return value
        rest = {key: child for key, child in value.items() if key != "like"}
        copy = self.copy(value["like"], path, chain)
        if not isinstance(copy, dict):
            return rest or copy
        place = self.tree.place((*path, "like"))
        under = Tree(self.tree.file, copy, dict.fromkeys(paths_in(copy, path), place))
        merged, problems = lay(under, Tree(self.tree.file, rest, self.tree.places), path)
        self.tree.places.update(merged.places)
        self.problems += problems
        return merged.data

    def copy(self, name: str, path: KeyPath, chain: tuple[str, ...]) -> Any:
        """A copy of the block of stage `name` that has the same key as the one at `path`."""
        key, here = path[2], (*path, "like")
        if name not in self.stages:
            return self.refuse(here, f"no stage '{name}'", hint=did_you_mean(name, self.stages))
        if name in chain:
            circle = " -> ".join([*chain[chain.index(name) :], name])
            return self.refuse(here, f"a circle: {circle}", f"a stage whose `{key}` is written out")
        if len(chain) > MAX_DEPTH:
            return self.refuse(here, "nested too deeply", f"at most {MAX_DEPTH} levels")
        stage = self.stages[name]
        if not isinstance(stage, dict) or stage.get(key) is None:
            return self.refuse(here, f"'{name}' has no `{key}`", f"a stage with `{key}`")
        copy = deepcopy(self.block(name, key, chain))
        self.nodes += 2 * sum(1 for _ in paths_in(copy))
        if self.nodes > MAX_NODES:
            return self.refuse(here, "too many copies", f"at most {MAX_NODES:,} keys and values in them")
        return copy

    def refuse(self, path: KeyPath, found: str, expected: str = "", hint: str = "") -> None:
        self.problems.append(self.tree.problem(path, found, expected, hint))


_MOST_VALUES = 9
_MOST_OPTIONS = 32
"""Values besides the first of all choices of a scenario: each is played and printed."""

Choices = dict[str, list[Any]]
"""Dotted path -> all values of the choice there, the default first."""


def write_inline(tree: Tree, *, new_ids: bool = False) -> list[Problem]:
    """Move the table `choices` of a file to the places of its choices; what is wrong with it."""
    table = tree.data.pop("choices", {})
    if not isinstance(table, dict):
        return [tree.problem(("choices",), "no table of choices", "path: [values] for each of them")]
    problems = []
    for dotted, values in table.items():
        here = ("choices", str(dotted))
        if not isinstance(values, list):
            problems.append(tree.problem(here, "no list", f"2 to {_MOST_VALUES} values"))
        elif _holds_choice(_at(tree.data, str(dotted).split("."))):
            found = "a choice where there is one already"
            problems.append(tree.problem(here, found, "one choice for a place"))
        else:
            try:
                set_value(tree, str(dotted), {"choice": values}, tree.place(here), new_ids=new_ids)
            except ScenarioError as error:
                problems += error.problems
    return problems


def _at(data: Any, path: list[str]) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _holds_choice(value: Any) -> bool:
    return is_choice(value) or (isinstance(value, dict) and any(map(_holds_choice, value.values())))


def take_choices(tree: Tree) -> tuple[Choices, list[Problem]]:
    """Put the first value of each choice in its place; all choices by path, and what is wrong with them."""
    taker = _Taker(tree)
    tree.data = {key: taker.value(value, (str(key),), "") for key, value in tree.data.items()}
    options = sum(len(values) - 1 for values in taker.choices.values())
    if options > _MOST_OPTIONS and not taker.problems:
        path = tuple(next(reversed(taker.choices)).split("."))
        found, expected = f"the last of choices with {options} options", f"at most {_MOST_OPTIONS} in all"
        taker.problems.append(tree.problem(path, found, expected))
    return taker.choices, taker.problems


def pick_value(tree: Tree, path: KeyPath, values: list[Any], index: int) -> Any:
    """One value of the choice that is written at `path`; its inner places move to where it now stands."""
    for inner in paths_in(values[index]):
        written = (*path, "choice", str(index), *inner)
        if written in tree.places:
            tree.places[(*path, *inner)] = tree.places[written]
    return values[index]


class _Taker:
    """Walks a tree once and takes the choices out of it."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.choices: Choices = {}
        self.problems: list[Problem] = []

    def value(self, value: Any, path: KeyPath, inside: str) -> Any:
        """The value without choices; `inside` says in what, if in anything where a choice cannot be."""
        if is_choice(value):
            return self.choice(value, path, inside)
        if isinstance(value, list):
            return [self.value(child, (*path, str(i)), "a list") for i, child in enumerate(value)]
        if not isinstance(value, dict):
            return value
        within = "a distribution" if is_distribution(value, path) else inside
        return {key: self.value(child, (*path, str(key)), within) for key, child in value.items()}

    def choice(self, block: dict[str, Any], path: KeyPath, inside: str) -> Any:
        if inside:
            return self.refuse(path, f"a choice inside {inside}", "a choice of the whole of it")
        written = block["choice"]
        values = [_with_marks(value, block) for value in written]
        # Only to find and refuse choices inside its values; they have no other use for the walk.
        for i, value in enumerate(written):
            self.value(value, (*path, "choice", str(i)), "another choice")
        for key in block:
            if key != "choice" and key not in MARKS:
                expected = "nothing but guess, source, confidence or prior_from"
                self.refuse((*path, str(key)), f"'{key}' beside a choice", expected)
        if not 2 <= len(values) <= _MOST_VALUES:
            return self.refuse(path, f"a choice of {len(values)}", f"2 to {_MOST_VALUES} values")
        if any(value in written[:i] for i, value in enumerate(written)):
            return self.refuse(path, "a choice with a value twice", "values that differ")
        self.choices[".".join(path)] = values
        if _goes_without_saying(path, values[0]):
            return None
        return pick_value(self.tree, path, values, 0)

    def refuse(self, path: KeyPath, found: str, expected: str) -> None:
        self.problems.append(self.tree.problem(path, found, expected))


def _goes_without_saying(path: KeyPath, value: Any) -> bool:
    """Whether a stage is held by default. Said of it, it would rule out that the programme ends before."""
    return (path[0], path[2:]) == ("stages", ("held",)) and value is True


def _with_marks(value: Any, block: Mapping[str, Any]) -> Any:
    """A number with the marks that stand beside its choice; anything else as it is."""
    marks = {key: block[key] for key in block if key in MARKS}
    return {"constant": value, **marks} if marks and is_number(value) else value
