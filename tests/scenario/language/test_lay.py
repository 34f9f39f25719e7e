"""What is laid over what: keys that merge, values that are replaced, alternatives that leave nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import load
from sim.scenario.language.compose import lay
from sim.scenario.language.yamltree import Place, Tree, paths_in
from sim.scenario.models.windows import Window
from tests.scenario.broken import GOOD, changed
from tests.scenario.files import lines, over, write


def mfu_of(name):
    """The share of peak of a file's one type of GPU."""
    return load(name).resolved()["hardware"]["B200"]["mfu"]


def test_mappings_merge_key_by_key_and_all_else_is_replaced(folder):
    scenario = over(
        """
name: Another
teams: {red: {effect: 1}, green: {name: Green}}
stages:
  first: {points: {jury: {spread: 3}}, ties: [jury]}
"""
    )
    expected = changed("name: A good scenario", "name: Another")
    expected = changed("{name: Red}", "{name: Red, effect: 1}", expected)
    expected = changed("  blue: {name: Blue}\n", "  blue: {name: Blue}\n  green: {name: Green}\n", expected)
    expected = changed("spread: 2.5", "spread: 3", expected)
    expected = changed("cut: {keep: 1}", "cut: {keep: 1}\n    ties: [jury]", expected)
    write(expected=expected)
    assert scenario == load("expected.yaml")
    assert list(scenario.teams) == ["red", "blue", "green"]


@pytest.mark.parametrize("nothing", ["~", "null", ""])
def test_nothing_removes_what_the_base_has(folder, nothing):
    own = "teams:\n  red: {own: {B200: 8}}\n"
    scenario = over(f"{own}  blue: {nothing}\nstages: {{first: {{grants: {nothing or '~'}}}}}\n")
    assert list(scenario.teams) == ["red"]
    assert scenario.stages["first"].grants.pool == {}


def test_what_is_missed_after_it_was_removed_is_missed_there(folder):
    write(base=GOOD, main="extends: base.yaml\nas_of: ~\n")
    assert lines() == ["main.yaml:2:1: as_of: missing, expected this required key"]


def test_what_is_not_there_cannot_be_removed(folder):
    write(base=GOOD, main="extends: base.yaml\nteams: {bleu: ~}\n")
    assert lines() == [
        "main.yaml:2:9: teams.bleu: nothing to remove, expected a key of what this is laid over "
        "(did you mean 'blue'?)"
    ]


NUMBERS = [
    "0.2",
    "{constant: 0.1}",
    "{normal: [0.5, 0.01]}",
    "{lognormal: {median: 0.0001, sd_log: 0.8}}",
    "{triangular: {low: 0, likely: 0.1, high: 0.3}}",
    "{uniform: [0, 1]}",
    "{weighted: {0.25: 1, 0.5: 2}}",
    "{choice: [0.3, 0.4]}",
]


@pytest.mark.parametrize("before", NUMBERS)
@pytest.mark.parametrize("after", NUMBERS)
def test_a_number_of_one_kind_takes_the_place_of_any_other_with_its_marks(folder, before, after):
    marked = before.replace("}", ", guess: true, source: old}") if before.endswith(")}") else before
    write(base=changed("mfu: 0.23", f"mfu: {marked}"), plain=changed("mfu: 0.23", f"mfu: {after}"))
    write(main=f"extends: base.yaml\nhardware: {{B200: {{mfu: {after}}}}}\n")
    assert load("main.yaml") == load("plain.yaml")


def test_marks_alone_do_not_replace_a_distribution(folder):
    write(base=changed("mfu: 0.23", "mfu: {uniform: [0.1, 0.2]}"))
    write(main="extends: base.yaml\nhardware: {B200: {mfu: {guess: true}}}\n")
    assert mfu_of("main.yaml") == {"uniform": {"low": 0.1, "high": 0.2}, "guess": True}


@pytest.mark.parametrize("law", ["{low: 0.1, likely: 0.2, high: 0.3}", "[0.1, 0.2, 0.3]"])
def test_a_parameter_of_the_same_distribution_is_merged(folder, law):
    write(base=changed("mfu: 0.23", f"mfu: {{triangular: {law}}}"))
    write(main="extends: base.yaml\nhardware: {B200: {mfu: {triangular: {high: 0.4}}}}\n")
    assert mfu_of("main.yaml")["triangular"] == {"low": 0.1, "likely": 0.2, "high": 0.4}


STAGE = "stages: {first: {%s}}\n"


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("cut: {keep: 1}", "cut: {drop: 1}", "cut: {drop: 1}"),
        ("cut: {keep: 1}", "cut: {choice: [{drop: 1}, {keep: 1}]}", "cut: {choice: [{drop: 1}, {keep: 1}]}"),
        (
            "grants: {pool: {B200: 1024}, shares: equal}",
            "grants: {delay: 3, gpus: {default: {B200: 5}}}",
            "grants: {delay: 3, gpus: {default: {B200: 5}}}",
        ),
        ("shares: equal", "shares: {red: 0.5}", "grants: {shares: {red: 0.5}}"),
        ("spread: 2.5", "per_eci: 1", "points: {jury: {per_eci: 1}}"),
        ("maths: 20", "maths: {max: 20, mean: 3}", "points: {exam: {items: {maths: {mean: 3}}}}"),
        ("2026-06-30", "2026-05-31", "train: {last: 2026-05-31}"),
    ],
)
def test_one_alternative_takes_the_place_of_another(folder, old, new, change):
    write(base=GOOD, plain=changed(old, new), main="extends: base.yaml\n" + STAGE % change)
    assert load("main.yaml") == load("plain.yaml")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pool: {B200: 10}, shares: equal, among: [red]", "gpus: {red: {B200: 5}}"),
        ("gpus: {red: {B200: 5}}", "pool: {B200: 10}, shares: equal"),
        ("pool: {B200: 10}, shares: {red: 0.5}", "shares: equal"),
        ("pool: {B200: 10}, shares: {red: {B200: 0.5}}", "shares: {red: {uniform: [0, 1]}}"),
        ("pool: {B200: 10}, shares: {red: {uniform: [0, 1]}}", "shares: {red: {B200: 0.5}}"),
    ],
)
def test_a_rule_of_grants_leaves_nothing_of_the_other(folder, before, after):
    write(base=changed("pool: {B200: 1024}, shares: equal", f"{before}, delay: 3"))
    write(main="extends: base.yaml\n" + STAGE % f"grants: {{{after}}}")
    grants = load("main.yaml").stages["first"].grants
    assert grants.delay == 3
    pool = "" if "pool" in after or "gpus" in after else "pool: {B200: 10}, "
    write(plain=changed("pool: {B200: 1024}, shares: equal", f"{pool}{after}, delay: 3"))
    assert grants == load("plain.yaml").stages["first"].grants


def test_teams_and_blocks_that_are_called_like_a_distribution_are_merged(folder):
    text = GOOD.replace("exam", "normal").replace("red", "uniform").replace("blue", "keep")
    write(base=text, main="extends: base.yaml\n" + STAGE % "points: {constant: {max: 1, mean: 0, spread: 1}}")
    assert list(load("main.yaml").stages["first"].points) == ["normal", "jury", "constant"]
    write(
        base=text,
        main="extends: base.yaml\nteams: {drop: {name: D}}\n" + STAGE % "points: {normal: {mean: 30}}",
    )
    assert list(load("main.yaml").teams) == ["uniform", "keep", "drop"]
    assert load("main.yaml").stages["first"].points["normal"].max == 60


def test_a_window_laid_over_an_extended_one_takes_its_place(folder):
    longer = "{first: 2026-01-01, last: 2026-05-30, extension: 14}"
    base = GOOD.replace("train: 2026-01-01 to 2026-06-30", f"train: {longer}")
    changes = {
        "train: 2026-01-01 to 2026-04-30": ("2026-01-01", "2026-04-30", 0),
        "train: {last: 2026-04-30}": ("2026-01-01", "2026-04-30", 14),
        "train: {last: 2026-04-30, extension: 7}": ("2026-01-01", "2026-04-30", 7),
        "train: {last: 2026-04-30, extension: ~}": ("2026-01-01", "2026-04-30", 0),
    }
    for change, expected in changes.items():
        write(base=base, main=f"extends: base.yaml\nstages:\n  first:\n    {change}\n")
        window = load("main.yaml").stages["first"].train
        assert isinstance(window, Window)
        assert (str(window.first), str(window.last), window.extension) == expected


keys = st.sampled_from(
    ["a", "b", "stages", "cut", "keep", "drop", "uniform", "normal", "choice", "like", "first", "guess"]
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 3)
    | st.sampled_from(["a to b", "text"])
    | st.lists(st.integers(), max_size=3),
    lambda inner: st.dictionaries(keys, inner, max_size=4),
    max_leaves=15,
)
data = st.dictionaries(keys, values, max_size=4)


def without_nothing(tree):
    return "None" not in repr(tree)


def laid(under, over):
    merged, problems = lay(Tree("under", under), Tree("over", over))
    assert problems == []
    return merged.data


@given(data)
def test_nothing_laid_over_a_tree_gives_the_tree(base):
    assert laid(base, {}) == base


@given(data)
def test_a_tree_laid_over_itself_gives_itself(base):
    assert laid(base, base) == base


@given(data.filter(without_nothing))
def test_a_tree_laid_over_nothing_gives_the_tree(base):
    assert laid({}, base) == base


@given(data, data.filter(without_nothing))
def test_what_is_laid_over_a_tree_twice_is_laid_over_it_once(base, change):
    once = laid(base, change)
    assert laid(once, change) == once


def at(tree, path):
    """What stands at a path of keys, None if nothing does."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def placed(file, tree):
    return Tree(file, tree, {path: Place(file, 1, 1) for path in paths_in(tree)})


@given(data, data.filter(without_nothing))
def test_every_value_has_a_place_in_the_file_that_gave_it(base, change):
    merged, _ = lay(placed("under", base), placed("over", change))
    for path in paths_in(merged.data):
        if isinstance(at(merged.data, path[:-1]), dict) and not isinstance(at(merged.data, path), dict):
            given_by = "under" if at(change, path) is None else "over"
            assert merged.place(path).file == given_by
