"""Whatever is mixed of files, copies and choices: it is refused in plain lines, or stays the same."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import ScenarioError, from_data
from sim.scenario.language.compose import lay
from sim.scenario.language.yamltree import Tree, parse
from sim.scenario.options import options
from tests.scenario.broken import GOOD

DATA = parse(GOOD, "good.yaml").data
VALUES: dict[str, list[Any]] = {
    "as_of": ["2026-01-02", "2026-02-01"],
    "teams.red.name": ["Scarlet", {"en": "Scarlet"}, {"ko": "빨강"}],
    "teams.red.name.ko": ["빨강", "붉은"],
    "teams.blue": [{"name": "B", "effect": 1}, {"name": "B", "own": {"B200": 5}}, None],
    "hardware.B200.mfu": [0.2, {"uniform": [0.1, 0.3]}, {"constant": 0.2, "guess": True}],
    "hardware.B200.mfu.uniform": [[0.1, 0.2], {"low": 0.1, "high": 0.2}, {"high": 0.4}],
    "judging.follows_strength": [0.5, -0.4, {"weighted": {0.1: 1, 0.5: 2}}],
    "stages.first.cut": [{"keep": 2}, {"drop": 1}, {"like": "second"}, {}],
    "stages.first.cut.keep": [0, 2, {"normal": [9, 0.1], "source": "x"}, None],
    "stages.first.grants": [{"gpus": {"red": {"B200": 1}}}, {"delay": 3}, {"pool": {"B200": 9}}, None],
    "stages.first.grants.shares": ["equal", {"red": 0.5}, {"red": {"B200": 0.5}}],
    "stages.first.points.jury": [{"per_eci": 1}, {"max": 10, "mean": 1, "spread": 1}, None],
    "stages.first.points.exam.items.maths": [20, {"max": 20, "mean": 1}, {"mean": 2}],
    "stages.second.cut": [{"like": "first"}, {"like": "first", "drop": 1}, {"keep": 1}],
    "stages.second.points": [{"like": "first"}, {"like": "first", "jury": None}, {"exam": {"mean": 9}}],
    "stages.second.gate": [{"risk": 0.1}, {"mode": "apart"}, {"like": "first"}, None],
    "stages.second.train": ["2026-07-16 to 2026-12-01", {"last": "2026-12-30"}, {"first": "2026-07-20"}],
    "stages.second.train.last": ["2026-12-01", "2026-12-30"],
}


def picked(path):
    """A path, and one of its values or a choice of two."""
    one = st.sampled_from(VALUES[path])
    two = st.lists(one, min_size=2, max_size=2).map(lambda values: {"choice": values})
    return st.tuples(st.just(tuple(path.split("."))), one | two)


changes = st.lists(st.sampled_from(sorted(VALUES)).flatmap(picked), min_size=1, max_size=4)


def changed(data, path, value):
    """The data with a value put at a path, where that leads somewhere."""
    data = block = deepcopy(data)
    for key in path[:-1]:
        block = block.get(key) if isinstance(block, dict) else None
    if isinstance(block, dict):
        block[path[-1]] = deepcopy(value)
    return data


def nested(path, value):
    return {path[0]: nested(path[1:], value)} if path else value


def check(data, overrides=None):
    try:
        scenario = from_data(data, overrides)
    except ScenarioError:
        return
    again = from_data(scenario.resolved())
    assert again == scenario
    assert again.digest() == scenario.digest()
    found = options(scenario)
    assert len(found) == 1 + sum(len(values) - 1 for values in scenario.choices.values())
    for option in found:
        assert from_data(option.scenario.resolved()) == option.scenario
        assert option.scenario.choices == {}


@given(changes)
def test_values_in_the_file(given_changes):
    data = DATA
    for path, value in given_changes:
        data = changed(data, path, value)
    check(data)


@given(changes)
def test_values_laid_over_the_file(given_changes):
    tree = Tree("good.yaml", DATA)
    for path, value in given_changes:
        tree, problems = lay(tree, Tree("over.yaml", nested(path, deepcopy(value))))
        for problem in problems:
            assert "nothing to remove" in str(problem)
    check(tree.data)


@given(changes)
def test_values_set(given_changes):
    check(DATA, {".".join(path): value for path, value in given_changes})


@given(st.dictionaries(st.sampled_from(sorted(VALUES)), st.integers(1, 9), min_size=1, max_size=4))
def test_values_in_the_table_of_choices(chosen):
    check({**DATA, "choices": {path: VALUES[path][:number] for path, number in chosen.items()}})
