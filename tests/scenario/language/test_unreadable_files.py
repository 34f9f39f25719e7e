"""What is no scenario at all: other text, other encodings, other places."""

import pytest

from sim.scenario import ScenarioError, load
from tests.scenario.broken import GOOD, changed, refused


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~",
        "- 1",
        "just words",
        "5",
        "# only a comment",
        "---\n---\n",
        GOOD + "---\n" + GOOD,
        "a: [",
        "a: 1\n b: 2",
        "\ta: 1",
        "a: \0",
        "a: \x01",
        "%YAML 9.9\n---\na: 1",
        "? [a, b]\n: 1",
        "<<: {format: 1}",
        "~: 1",
        '"a\\nb": 1',
        "'",
        "&",
        "*",
        "!",
        "|",
        ">",
        "@",
        "`",
        "%",
        '"\\x"',
        "a: b: c",
        "{a, b: ",
        "\ufffe: 1",
        "a: \u2028",
    ],
)
def test_what_is_no_scenario_is_refused(tmp_path, text):
    refused(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("peak: 2250 TFLOPS", 'peak: "a\\nb"'),
        ("peak: 2250 TFLOPS", 'peak: "a\\u2028b"'),
        ("peak: 2250 TFLOPS", '"pe\\nak": 1, peak: 1'),
        ("peak: 2250 TFLOPS", 'peak: "\\e[31m"'),
    ],
)
def test_line_ends_in_a_key_or_a_value_do_not_break_the_line_of_its_problem(tmp_path, old, new):
    for problem in refused(tmp_path, changed(old, new)):
        assert str(problem).isprintable()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2250 TFLOPS", '"\\ud800"'),
        ("name: Red", 'name: "\\ud800"'),
        ("  red:", '  "\\ud800":'),
        ("as_of", '"\\ud800"'),
    ],
)
def test_half_a_character_is_refused(tmp_path, old, new):
    refused(tmp_path, changed(old, new))


def test_another_encoding_is_named_as_the_cause(tmp_path):
    for encoding in ("cp949", "utf-16"):
        (problem,) = refused(tmp_path, changed("A good scenario", "독자 모델").encode(encoding))
        assert "UTF-8" in str(problem)


def no_file(path):
    with pytest.raises(ScenarioError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert len(str(problem).splitlines()) == 1
    return problem


def test_a_missing_file_is_met_with_the_nearest_name(tmp_path):
    (tmp_path / "korea.yaml").write_text(GOOD, encoding="utf-8")
    assert no_file(tmp_path / "koraa.yaml").hint == "did you mean 'korea.yaml'?"


@pytest.mark.parametrize(
    "name", ["nowhere/scenario.yaml", "x" * 5000, "a\0b", ""], ids=["folder", "long", "nul", "empty"]
)
def test_a_path_that_leads_nowhere_is_refused(tmp_path, name):
    no_file(tmp_path / name)


def test_a_folder_is_no_scenario(tmp_path):
    assert "directory" in no_file(tmp_path).found


@pytest.mark.parametrize(
    ("first", "line", "found"),
    [
        ("format 1  # version", 1, "'format 1'"),
        ("A scenario of mine", 1, "'A scenario of mine'"),
        ("# comment\n\nHello", 3, "'Hello'"),
        ("=====", 1, "'====='"),
        ("format=1", 1, "'format=1'"),
        ("Scenario\n", 1, "'Scenario'"),
        ("sim run k-ai # as it was", 1, "'sim run k-ai'"),
    ],
)
def test_a_stray_line_before_the_keys_is_told_as_such(tmp_path, first, line, found):
    (problem,) = refused(tmp_path, f"{first}\n{GOOD}")
    assert (problem.line, problem.column, problem.found) == (line, 1, found)
    assert problem.expected.startswith(("a key and a colon, as in", "a colon and a blank, as in"))


def test_keys_beside_a_list_are_told_as_such(tmp_path):
    (problem,) = refused(tmp_path, f"- a list\n{GOOD}")
    assert (problem.line, problem.found) == (2, "a key beside the list that begins in line 1")
