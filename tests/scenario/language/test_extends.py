"""Files laid over files: what is merged, what is replaced, where problems are, and what is refused."""

import os
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, from_data, load, read_overrides
from tests.scenario.broken import GOOD, changed
from tests.scenario.files import lines, write

SCENARIOS = [
    path
    for path in sorted((Path(__file__).parents[3] / "scenarios").glob("*.yaml"))
    if "\nextends:" not in path.read_text(encoding="utf-8")  # a file that stands alone
]


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


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("peak: -1", "base.yaml:5:10: hardware.B200.peak: -1, expected at least 1e-6"),
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
    write(base=GOOD, main="extends: base.yaml\n" + "stages: {first: {result: 2026-01-02}}\n")
    assert lines() == [
        "main.yaml:2:18: stages.first.result: 2026-01-02, "
        "expected a day on or after 2026-06-30, when training ends"
    ]


def test_what_is_no_yaml_in_two_bases_is_told_of_both(folder):
    write(base="a: [", one="b: 1\nb: 2\n", main="extends: [base.yaml, one.yaml]\n")
    first, second = lines()
    assert first.startswith("base.yaml:1:5: the end of the file inside brackets")
    assert second == "one.yaml:2:1: b: 'b' a second time, expected each key once (the first is in line 1)"


def test_an_override_goes_over_all_files(folder):
    write(base=GOOD, main="extends: base.yaml\n" + "stages: {first: {cut: {keep: 2}}}\n")
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
    assert line == f"main.yaml:2:1: extends: '{name}' leads out of the file's folder, {OUT}"


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
        "b.yaml:2:1: extends: a circle: a.yaml -> b.yaml -> a.yaml, "
        "expected files that do not extend each other"
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
    write(main=f"extends: [base.yaml, {', '.join(names)}]\n")
    assert lines() == ["main.yaml:1:1: extends: 21 files, expected at most 20 in all"]


def test_the_bound_on_size_holds_for_all_files_together(folder):
    write(base="#" * 150_000, main="extends: base.yaml\n" + "#" * 60_000)
    assert lines() == ["base.yaml:1:1: more than 200 kB in all, expected a scenario of a few pages"]
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
