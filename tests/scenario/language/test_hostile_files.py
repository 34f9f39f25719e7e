"""A scenario file is data: whatever else it is, it is refused with a line, quickly and in bounded memory."""

import time
import tracemalloc

import pytest

from tests.scenario.broken import GOOD, changed, loaded, refused
from tests.scenario.files import lines, write


def seconds(on_a_usual_machine):
    """So many seconds of processor time, in proportion to how fast this machine is now, and never fewer."""
    begun = time.process_time()
    sum(len(str(number)) for number in range(300_000))  # takes 0.03 s on a usual machine
    return on_a_usual_machine * max(1.0, (time.process_time() - begun) / 0.03)


def test_the_good_scenario_that_the_others_break_is_good(tmp_path):
    assert loaded(tmp_path, GOOD).teams


def with_value(value):
    return changed("peak: 2250 TFLOPS", f"peak: {value}")


@pytest.mark.parametrize(
    "value",
    [".inf", ".Inf", ".INF", "-.inf", "-.Inf", ".nan", ".NaN", ".NAN", "1e400", "-1e400", '"1e400 TFLOPS"'],
)
def test_what_is_not_finite_is_refused(tmp_path, value):
    (problem,) = refused(tmp_path, with_value(value))
    assert (problem.line, problem.path) == (5, "hardware.B200.peak")


@pytest.mark.parametrize("digits", [309, 400, 5000], ids=str)
def test_a_number_of_hundreds_of_digits_is_refused(tmp_path, digits):
    (problem,) = refused(tmp_path, with_value("1" + "0" * digits))
    assert (problem.line, problem.path) == (5, "hardware.B200.peak")


@pytest.mark.parametrize(
    "value", ["!!int x", "!!float x", "!!int 1.5", "!!bool maybe", "-_", "0b11", "0x_", "!!null 5"]
)
def test_a_scalar_that_is_not_what_its_tag_says_is_refused(tmp_path, value):
    assert refused(tmp_path, with_value(value))[0].line == 5


@pytest.mark.parametrize(
    "value",
    [
        "!foo 5",
        "!!binary aGVsbG8=",
        "!!python/name:os.system 5",
        '!!python/object/apply:os.system ["true"]',
        "!foo {uniform: [1, 2]}",
        "{uniform: !foo [1, 2]}",
        "!!set {constant: 5}",
    ],
)
def test_a_tag_is_refused_on_whatever_it_stands(tmp_path, value):
    assert refused(tmp_path, with_value(value))[0].line == 5


@pytest.mark.parametrize(("old", "new"), [("teams:\n", "teams: !foo\n"), ("teams:", "!foo teams:")])
def test_a_tag_on_a_block_or_a_key_is_refused(tmp_path, old, new):
    assert refused(tmp_path, changed(old, new))[0].line in (6, 7)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("name: Red", "name: &a Red"), ("name: Blue", "name: *a")),
        (("{name: Red}", "&a {name: Red}"), ("{name: Blue}", "*a")),
        (("as_of: 2026", "&a as_of: 2026"), ("name: Blue", "name: *a")),
        (("name: A good scenario", "name: &a red"), ("  red:", "  *a :")),
    ],
)
def test_an_alias_is_refused_wherever_it_stands(tmp_path, first, second):
    (anchor, anchored), (old, alias) = first, second
    problems = refused(tmp_path, changed(old, alias, changed(anchor, anchored)))
    assert any("alias" in problem.found for problem in problems)


def test_a_bomb_of_aliases_is_refused_in_little_memory(tmp_path):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    tracemalloc.start()
    refused(tmp_path, bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6


def test_a_list_that_contains_itself_is_refused(tmp_path):
    refused(tmp_path, with_value("&a [*a]"))


def test_a_key_that_stands_twice_is_refused_at_the_second(tmp_path):
    (problem,) = refused(tmp_path, GOOD + "as_of: 2026-01-02\n")
    assert (problem.line, problem.column, problem.path) == (len(GOOD.splitlines()) + 1, 1, "as_of")


def test_an_id_that_stands_twice_in_two_forms_of_hangul_is_refused(tmp_path):
    text = changed("  red:", "  \uc5d0: {name: One}\n  \u110b\u1166: {name: Other}\n  red:")
    assert any(problem.line == 8 for problem in refused(tmp_path, text))


@pytest.mark.parametrize("depth", [45, 450, 20_000], ids=str)
@pytest.mark.parametrize("shape", ["[]", "{}"])
def test_deep_nesting_is_refused(tmp_path, depth, shape):
    opening, closing = ("[", "]") if shape == "[]" else ("{a: ", "}")
    (problem, *_) = refused(tmp_path, "a: " + opening * depth + closing * depth)
    assert "deep" in problem.found


def test_blocks_nested_line_by_line_are_refused(tmp_path):
    refused(tmp_path, "\n".join(" " * i + "a:" for i in range(900)))


def test_more_than_two_hundred_kilobytes_are_refused(tmp_path):
    (problem,) = refused(tmp_path, GOOD + "#" * 200_000)
    assert "200 kB" in problem.found


def test_thousands_of_unknown_keys_are_refused_within_seconds(tmp_path):
    text = GOOD + "".join(f"k{i}: 1\n" for i in range(1000))
    begun = time.process_time()
    assert len(refused(tmp_path, text)) == 1000
    assert time.process_time() - begun < seconds(5)


LIMIT = 200_000


@pytest.mark.parametrize(
    "text",
    [
        GOOD + "".join(f"k{i}: 1\n" for i in range(20_000)),
        GOOD + "".join(f"k{i}: 1\n" for i in range(4_900)),
        "a: [" + "[]," * (LIMIT // 3 - 3) + "1]",
        "a: [" + "1," * (LIMIT // 2 - 4) + "1]",
        "a: {" + ",".join(f"{i:x}" for i in range(30_000)) + "}",
        "[" * (LIMIT - 1),
        "? a\n" * (LIMIT // 4),
        "a: " + "x " * (LIMIT // 2 - 3),
    ],
    ids=["keys", "fewer keys", "lists", "numbers", "flow", "deep", "twice", "words"],
)
def test_a_hostile_file_of_any_shape_is_refused_within_a_second_or_two(tmp_path, text):
    assert len(text) <= LIMIT
    begun = time.process_time()
    refused(tmp_path, text)
    assert time.process_time() - begun < seconds(2)


def test_many_references_to_what_is_not_there_are_refused_within_a_second_or_two(tmp_path):
    types = "".join(f"  h{i}: {{peak: 1, mfu: 0.1}}\n" for i in range(60))
    unknown = ", ".join(f"x{i}: 1" for i in range(4_500))
    text = changed("teams:\n", f"{types}teams:\n")
    text = changed("{name: Red}", f"{{name: Red, own: {{{unknown}}}}}", text)
    begun = time.process_time()
    assert len(refused(tmp_path, text)) == 4_500
    assert time.process_time() - begun < seconds(3)


def test_thousands_of_incomplete_records_in_two_files_are_refused_within_a_second_or_two(folder):
    base = "".join(f"  type{i}: {{}}\n" for i in range(2_000))
    over = "".join(f"  tpye{i}: {{}}\n" for i in range(2_000))
    write(base=f"hardware:\n{base}", main=f"extends: base.yaml\nhardware:\n{over}")
    begun = time.process_time()
    assert len(lines()) > 4_000
    assert time.process_time() - begun < seconds(3)
