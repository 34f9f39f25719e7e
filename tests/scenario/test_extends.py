"""Files laid over files: what is merged, what is replaced, where problems are, and what is refused."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import ScenarioError, from_data, load, read_overrides
from sim.scenario.compose import lay
from sim.scenario.yamltree import Tree
from tests.scenario.broken import GOOD, changed

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to be in, so that files have short names."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(**texts):
    """Files by name without ending, in the folder we are in."""
    for name, text in texts.items():
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")


def over(text, base="extends: base.yaml\n"):
    """The scenario of a file that lays `text` over the good scenario."""
    write(base=GOOD, main=base + text)
    return load("main.yaml")


def lines(name="main.yaml", overrides=None):
    """What is said of a file, line by line."""
    with pytest.raises(ScenarioError) as caught:
        load(name, overrides)
    found = str(caught.value).splitlines()
    assert found == [str(problem) for problem in caught.value.problems]
    return found


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_file_that_only_extends_another_is_that_other(folder, path):
    write(base=path.read_text(encoding="utf-8"), main="extends: base.yaml\n")
    assert load("main.yaml") == load(path)
    assert load("main.yaml").digest() == load(path).digest()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_file_laid_over_itself_is_itself(folder, path):
    text = path.read_text(encoding="utf-8")
    write(base=text, main=text + "\nextends: base.yaml\n")
    assert load("main.yaml").digest() == load(path).digest()


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


def test_later_files_are_laid_over_earlier_ones_and_the_file_itself_over_all(folder):
    write(
        base=GOOD,
        one="capability: {level: 1, carry: 0.1, team_spread: 1}",
        two="capability: {level: 2, carry: 0.2}",
    )
    write(main="extends: [base.yaml, one.yaml, two.yaml]\ncapability: {level: 3}\n")
    found = load("main.yaml").capability
    assert (found.level, found.carry, found.team_spread) == (3, 0.2, 1)


def test_files_extend_files_that_extend_files(folder):
    write(base=GOOD, one="extends: base.yaml\ncapability: {level: 1, carry: 0.1}")
    write(main="extends: one.yaml\ncapability: {level: 2}\n")
    found = load("main.yaml").capability
    assert (found.level, found.carry) == (2, 0.1)


def test_a_file_that_two_others_extend_is_laid_under_both(folder):
    """Else the second would bring back all that the first has changed."""
    write(base=GOOD, one="extends: base.yaml\ncapability: {carry: 0.1}\nteams: {blue: ~}")
    write(
        two="extends: base.yaml\ncapability: {level: 2}\nteams: {blue: ~}",
        main="extends: [one.yaml, two.yaml]",
    )
    scenario = load("main.yaml")
    assert (scenario.capability.level, scenario.capability.carry) == (2, 0.1)
    assert list(scenario.teams) == ["red"]


def test_a_file_in_a_folder_below_may_be_extended_and_extends_what_is_beside_it(folder):
    Path("parts").mkdir()
    Path("parts/base.yaml").write_text(GOOD, encoding="utf-8")
    Path("parts/middle.yaml").write_text("extends: base.yaml\n", encoding="utf-8")
    write(main="extends: parts/middle.yaml\ncapability: {level: 2}\n")
    assert load("main.yaml").capability.level == 2


@pytest.mark.parametrize("nothing", ["~", "null", ""])
def test_nothing_removes_what_the_base_has(folder, nothing):
    scenario = over(f"teams:\n  blue: {nothing}\nstages: {{first: {{grants: {nothing or '~'}}}}}\n")
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
    mfu = load("main.yaml").hardware["B200"].mfu
    assert (mfu.uniform.high, mfu.guess) == (0.2, True)


@pytest.mark.parametrize("law", ["{low: 0.1, likely: 0.2, high: 0.3}", "[0.1, 0.2, 0.3]"])
def test_a_parameter_of_the_same_distribution_is_merged(folder, law):
    write(base=changed("mfu: 0.23", f"mfu: {{triangular: {law}}}"))
    write(main="extends: base.yaml\nhardware: {B200: {mfu: {triangular: {high: 0.4}}}}\n")
    found = load("main.yaml").hardware["B200"].mfu.triangular
    assert (found.low, found.likely, found.high) == (0.1, 0.2, 0.4)


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


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("peak: -1", "base.yaml:5:10: hardware.B200.peak: -1, expected above 0"),
        ("peek: 5, peak: 5", "base.yaml:5:10: hardware.B200.peek: unknown key 'peek' (did you mean 'peak'?)"),
    ],
)
def test_a_problem_in_a_base_names_the_base(folder, change, line):
    write(base=changed("peak: 2250 TFLOPS", change), main="extends: base.yaml\n\nteams: {red: {effect: 1}}\n")
    (found,) = lines()
    assert found.startswith(line)


def test_problems_of_all_files_are_told_at_once_each_with_its_file(folder):
    write(base=changed("peak: 2250 TFLOPS", "peak: -1"), one="\nteams: {red: {efect: 1}}\n")
    write(main="extends: [base.yaml, one.yaml]\njudging: {follows_strength: 2}\n")
    assert [line.split(" ")[0] for line in lines()] == [
        "main.yaml:2:11:",
        "base.yaml:5:10:",
        "one.yaml:2:15:",
    ]


def test_what_makes_no_sense_is_told_where_the_last_word_was(folder):
    write(base=GOOD, main="extends: base.yaml\n" + STAGE % "result: 2026-01-02")
    assert lines() == [
        "main.yaml:2:18: stages.first.result: 2026-01-02, "
        "expected a day on or after 2026-06-30, when training ends"
    ]


def test_what_is_no_yaml_in_two_bases_is_told_of_both(folder):
    write(base="a: [", one="b: 1\nb: 2\n", main="extends: [base.yaml, one.yaml]\n")
    first, second = lines()
    assert first.startswith("base.yaml:1:5: not YAML")
    assert second == "one.yaml:2:1: b: found 'b' a second time, expected each key once"


def test_an_override_goes_over_all_files(folder):
    write(base=GOOD, main="extends: base.yaml\n" + STAGE % "cut: {keep: 2}")
    assert load("main.yaml", {"stages.first.cut.keep": 0}).stages["first"].cut.keep == 0


OUT = "expected a file in the same folder or below, as in parts/k-ai.yaml"


@pytest.mark.parametrize(
    "name",
    [
        "../base.yaml",
        "parts/../../base.yaml",
        "/base.yaml",
        "C:/base.yaml",
        "C:base.yaml",
        "..",
        ".",
        "",
        "//host/share",
        "parts\\base.yaml",
    ],
)
def test_a_path_that_leads_out_is_refused(folder, name):
    inner = folder / "inner"
    (inner / "parts").mkdir(parents=True)
    os.chdir(inner)
    (folder / "base.yaml").write_text(GOOD, encoding="utf-8")
    write(main=f"as_of: 2026-01-01\nextends: '{name}'\n")
    (line,) = lines()
    shown = name.replace("\\", "\\\\") if False else name
    assert line == f"main.yaml:2:1: extends: '{shown}' leads out of the file's folder, {OUT}"


def test_a_link_that_leads_out_is_refused(folder):
    inner = folder / "inner"
    inner.mkdir()
    os.chdir(inner)
    (folder / "base.yaml").write_text(GOOD, encoding="utf-8")
    Path("base.yaml").symlink_to(folder / "base.yaml")
    Path("up").symlink_to(folder)
    for name in ("base.yaml", "up/base.yaml"):
        write_main = Path("main.yaml")
        write_main.write_text(f"extends: {name}\n", encoding="utf-8")
        assert lines() == [f"main.yaml:1:1: extends: '{name}' leads out of the file's folder, {OUT}"]


def test_a_link_that_stays_inside_is_followed(folder):
    write(base=GOOD, main="extends: other.yaml\n")
    Path("other.yaml").symlink_to("base.yaml")
    assert load("main.yaml") == load("base.yaml")


def test_a_missing_file_is_met_with_the_nearest_name(folder):
    write(korea=GOOD, main="name: X\nextends: koera.yaml\n")
    assert lines() == ["main.yaml:2:1: extends: no file 'koera.yaml' (did you mean 'korea.yaml'?)"]


@pytest.mark.parametrize(
    "name", ["nowhere/base.yaml", "x" * 5000, "x" * 5000 + "/y", "folder.yaml", "loop.yaml", "~"]
)
def test_what_is_no_file_is_refused(folder, name):
    Path("folder.yaml").mkdir()
    Path("loop.yaml").symlink_to("loop.yaml")
    write(main=f"extends: '{name}'\n")
    (line,) = lines()
    assert line.startswith(f"main.yaml:1:1: extends: no file '{name}'")


def test_a_zero_byte_is_no_name(folder):
    write(main='extends: "a\\0b"\n')
    (line,) = lines()
    assert line.startswith("main.yaml:1:1: extends: ")


def test_a_pipe_is_no_file(folder):
    os.mkfifo("pipe.yaml")
    write(main="extends: pipe.yaml\n")
    assert lines()[0].startswith("main.yaml:1:1: extends: no file 'pipe.yaml'")


@pytest.mark.parametrize("value", ["", "5", "{a: 1}", "[base.yaml, 5]", "[[base.yaml]]", "true"])
def test_what_is_no_name_is_refused(folder, value):
    write(base=GOOD, main=f"extends: {value}\n")
    assert lines() == [
        "main.yaml:1:1: extends: no file name, expected the name of a file or a list of them, as in k-ai.yaml"
    ]


def test_a_misspelt_extends_is_met_with_the_right_one(folder):
    write(base=GOOD, main="extend: base.yaml\n" + GOOD)
    assert lines() == ["main.yaml:1:1: extend: unknown key 'extend' (did you mean 'extends'?)"]


def test_a_circle_is_told_as_it_goes(folder):
    write(a="extends: b.yaml\n", b="as_of: 2026-01-01\nextends: a.yaml\n")
    assert lines("a.yaml") == [
        "b.yaml:2:1: extends: a circle: a.yaml -> b.yaml -> a.yaml, expected files that do not extend each other"
    ]


def test_a_circle_below_a_file_is_told_without_it(folder):
    Path("parts").mkdir()
    Path("parts/b.yaml").write_text("extends: c.yaml", encoding="utf-8")
    Path("parts/c.yaml").write_text("extends: b.yaml", encoding="utf-8")
    write(a="extends: parts/b.yaml\n", self="extends: self.yaml")
    assert lines("a.yaml") == [
        f"{Path('parts/c.yaml')}:1:1: extends: a circle: parts/b.yaml -> parts/c.yaml -> parts/b.yaml, "
        "expected files that do not extend each other"
    ]
    assert "a circle: self.yaml -> self.yaml," in lines("self.yaml")[0]


def chain(length):
    """Files f0 to f<length>, each of which extends the next."""
    for i in range(length):
        write(**{f"f{i}": f"extends: f{i + 1}.yaml\n"})
    write(**{f"f{length}": GOOD})


def test_ten_files_below_each_other_are_followed_and_eleven_are_not(folder):
    chain(11)
    assert load("f1.yaml") == load("f11.yaml")
    assert lines("f0.yaml") == [
        "f10.yaml:1:1: extends: 'f11.yaml', one file too deep, expected at most 10 below each other"
    ]


def test_twenty_files_are_read_and_twenty_one_are_not(folder):
    write(base=GOOD, **{f"f{i}": "as_of: 2026-01-01" for i in range(20)})
    names = [f"f{i}.yaml" for i in range(20)]
    write(main=f"extends: [base.yaml, {', '.join(names[:18])}]\n")
    assert load("main.yaml").teams
    write(main=f"extends: [base.yaml, {', '.join(names[:19])}]\n")
    assert lines() == ["main.yaml:1:1: extends: 'f18.yaml', one file too many, expected at most 20 in all"]


def test_the_bound_on_size_holds_for_all_files_together(folder):
    write(base="#" * 150_000, main="extends: base.yaml\n" + "#" * 60_000)
    assert lines() == ["base.yaml: more than 200 kB in all, expected a scenario of a few pages"]
    few, many = ("".join(f"k{i}: 1\n" for i in range(n)) for n in (1000, 4500))
    write(base=many, main="extends: base.yaml\n" + few)
    (line,) = lines()
    assert line.startswith("base.yaml:")
    assert line.endswith("more than 10,000 keys and values in all, expected a scenario of a few pages")


def test_data_that_extends_is_refused():
    with pytest.raises(ScenarioError, match="scenario: extends: `extends` outside a file"):
        from_data({"extends": "base.yaml"})


def test_extends_cannot_be_set(folder):
    write(base=GOOD)
    assert lines("base.yaml", read_overrides(["extends=x.yaml"])) == [
        "--set: extends: cannot be set, expected it in the file itself"
    ]


def test_a_short_form_is_written_out_when_a_part_of_it_is_set(folder):
    write(
        base=changed(
            "mfu: 0.23",
            "mfu: {triangular: [0.1, 0.2, 0.3]}",
            changed("{name: Red}", "{name: Red, faults: 0.1}"),
        )
    )
    scenario = load(
        "base.yaml",
        read_overrides(
            [
                "stages.first.train.last=2026-05-31",
                "teams.red.name.en=Scarlet",
                "hardware.B200.mfu.triangular.high=0.4",
                "stages.first.points.exam.items.maths.mean=3",
                "teams.red.faults.restart=2 h",
            ]
        ),
    )
    assert scenario.stages["first"].train.days() == 31 + 28 + 31 + 30 + 31
    assert (scenario.teams["red"].name.en, scenario.teams["red"].name.ko) == ("Scarlet", "Red")
    assert scenario.hardware["B200"].mfu.triangular.likely == 0.2
    assert scenario.stages["first"].points["exam"].items["maths"].max == 20
    assert (scenario.teams["red"].faults.per_node_day, scenario.teams["red"].faults.restart) == (0.1, 120)


def test_an_override_with_nothing_removes(folder):
    write(base=GOOD)
    assert list(load("base.yaml", {"teams.blue": None}).teams) == ["red"]
    assert lines("base.yaml", {"as_of": None}) == ["--set: as_of: missing, expected this required key"]


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


@given(data.filter(lambda tree: "None" not in repr(tree)))
def test_a_tree_laid_over_nothing_gives_the_tree(base):
    assert laid({}, base) == base


@given(data, data.filter(lambda tree: "None" not in repr(tree)))
def test_what_is_laid_over_a_tree_twice_is_laid_over_it_once(base, change):
    once = laid(base, change)
    assert laid(once, change) == once


def without_nothing(tree):
    return "None" not in repr(tree)


@given(data, data.filter(without_nothing))
def test_every_place_is_of_the_file_that_gave_the_value(base, change):
    def placed(file, tree):
        from sim.scenario.yamltree import Place, paths_in

        return Tree(file, tree, {path: Place(file, 1, 1) for path in paths_in(tree)})

    merged, _ = lay(placed("under", base), placed("over", change))

    def check(value, path):
        for key, child in value.items():
            here = (*path, key)
            if isinstance(child, dict):
                check(child, here)
            else:
                place = merged.place(here).file
                expected = at(change, here)
                assert place == ("over" if expected is not None else "under")

    check(merged.data, ())


def at(tree, path):
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree
