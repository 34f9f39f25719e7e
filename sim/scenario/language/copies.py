"""`like: stage-2` in a block of a stage: a copy of that stage's block, with its other keys laid over."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sim.scenario.language.compose import is_choice, lay
from sim.scenario.language.yamltree import MAX_DEPTH, MAX_NODES, Tree, paths_in
from sim.scenario.problems import KeyPath, Problem, did_you_mean

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
