"""What is wrong is said with its place, what was found and expected, and a suggestion; all of it at once."""

import pytest

from sim.scenario import ScenarioError, read_overrides
from tests.scenario.broken import GOOD, changed, loaded, refused, where


def the_problem(tmp_path, old, new):
    (problem,) = refused(tmp_path, changed(old, new))
    return problem


def test_an_unknown_key_has_line_column_path_and_a_suggestion(tmp_path):
    problem = the_problem(tmp_path, "per_eci: 0.8, items", "per_ecii: 0.8, per_eci: 0.8, items")
    assert where(problem) == (15, 33, "stages.first.points.exam.per_ecii")
    assert "unknown key" in problem.found
    assert problem.hint == "did you mean 'per_eci'?"


def test_a_comma_for_a_decimal_point_is_told_as_such(tmp_path):
    problem = the_problem(tmp_path, "per_eci: 0.8, items", "per_eci: 0,8, items")
    assert where(problem) == (15, 42, "stages.first.points.exam.per_eci")
    assert (problem.found, problem.expected) == ("'0,8'", "0.8")
    assert problem.hint == "inside { } a comma parts entries"


@pytest.mark.parametrize(
    ("old", "new", "path", "found", "expected"),
    [
        ("B200: 1024", "B200: 1,024", "stages.first.grants.pool.B200", "1,024", "1024"),
        ("B200: 1024", "B200: 1,024 GPUs", "stages.first.grants.pool.B200", "1,024 GPUs", "1024 GPUs"),
        ("B200: 1024", "B200: 12,345,678", "stages.first.grants.pool.B200", "12,345,678", "12345678"),
        ("peak: 2250 TFLOPS", "peak: 2,250 TFLOPS", "hardware.B200.peak", "2,250 TFLOPS", "2250 TFLOPS"),
        ("spread: 2.5", "spread: 2,5", "stages.first.points.jury.spread", "2,5", "2.5"),
        ("{name: Red}", "{name: Red, effect: -1,000}", "teams.red.effect", "-1,000", "-1000"),
    ],
)
def test_a_comma_inside_a_number_is_told_wherever_braces_part_it(tmp_path, old, new, path, found, expected):
    problem = the_problem(tmp_path, old, new)
    assert (problem.path, problem.found, problem.expected) == (path, f"'{found}'", expected)
    assert ("put quotes around" in problem.hint) == ("." not in expected)


def test_a_comma_inside_a_number_of_an_overlay_and_of_an_override_is_told_too(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    (problem,) = refused(tmp_path, "extends: good.yaml\nteams: {blue: {own: {B200: 1,536}}}\n")
    assert (problem.line, problem.path, problem.expected) == (2, "teams.blue.own.B200", "1536")
    with pytest.raises(ScenarioError, match="'1,536', expected 1536"):
        read_overrides(["teams.blue.own={B200: 1,536}"])


def test_entries_of_digits_that_have_a_value_are_no_parts_of_a_number(tmp_path):
    text = changed("keep: 1", "keep: {weighted: {1: 0.5, 2: 0.5}}")
    assert loaded(tmp_path, text).stages["first"].cut.keep is not None


@pytest.mark.parametrize("key", ["gate2", "gate_2", "gate-10"])
def test_a_second_block_of_a_kind_is_told_that_there_is_one(tmp_path, key):
    gates = f"    gate: {{risk: 0.1}}\n    {key}: {{risk: 0.1}}\n    cut: {{keep: 1}}"
    problem = the_problem(tmp_path, "    cut: {keep: 1}", gates)
    assert (problem.path, problem.found, problem.expected) == (
        f"stages.first.{key}", f"'{key}' beside 'gate'", "one 'gate' here",
    )  # fmt: skip


def test_too_many_teams_are_counted_as_teams(tmp_path):
    teams = ", ".join(f"t{i}: {{name: T{i}}}" for i in range(501))
    problem = the_problem(tmp_path, "teams:\n  red: {name: Red}\n  blue: {name: Blue}", f"teams: {{{teams}}}")
    assert (problem.path, problem.found, problem.expected) == ("teams", "501 teams", "at most 500")


@pytest.mark.parametrize(
    ("old", "new", "known"),
    [
        ("as_of:", "asof:", "as_of"),
        ("peak:", "peek:", "peak"),
        ("{name: Red}", "{name: Red, efect: 1}", "effect"),
        ("result: 2026-07-15", "results: 2026-07-15", "result"),
        ("cut: {keep: 1}", "cut: {kep: 1}", "keep"),
        ("shares: equal", "share: equal", "shares"),
        ("spread: 2.5", "spraed: 2.5, spread: 2.5", "spread"),
        ("mfu: 0.23", "mfu: {unifrom: [0.1, 0.2]}", "uniform"),
        ("mfu: 0.23", "mfu: {triangular: {low: 0.1, likley: 0.2, high: 0.3}}", "likely"),
    ],
)
def test_a_misspelt_key_is_met_with_the_right_one_wherever_it_stands(tmp_path, old, new, known):
    hints = [problem.hint for problem in refused(tmp_path, changed(old, new))]
    assert f"did you mean '{known}'?" in hints


def test_a_missing_key_is_named_where_it_should_stand(tmp_path):
    problem = the_problem(tmp_path, "    result: 2026-07-15\n", "")
    assert problem.path == "stages.first.result"
    assert "required" in problem.expected
    assert problem.line == 10


def test_several_problems_are_said_at_once_in_the_order_of_the_file(tmp_path):
    text = changed("peak: 2250", "peak: -1")
    text = changed("name: Blue", "nam: Blue", text)
    text = changed("max: 40", "max: forty", text)
    text = changed("keep: 1", "keep: -1", text)
    paths = [problem.path for problem in refused(tmp_path, text)]
    expected = ["hardware.B200.peak", "teams.blue.nam", "stages.first.points.jury.max"]
    assert sorted(paths) == sorted([*expected, "stages.first.cut.keep"])
    lines = [problem.line for problem in refused(tmp_path, text)]
    assert lines == sorted(lines)


def test_several_senseless_things_are_said_at_once(tmp_path):
    text = changed("result: 2026-07-15", "result: 2026-06-01\n    ties: [exma]")
    text = changed("maths: 20", "maths: 21", text)
    text = changed("{name: Red}", "{name: Red, own: {B20: 5}}", text)
    paths = {problem.path for problem in refused(tmp_path, text)}
    assert paths == {
        "teams.red.own.B20",
        "stages.first.result",
        "stages.first.points.exam.items",
        "stages.first.ties.exma",
    }


def test_a_problem_reads_as_one_line_with_its_place(tmp_path):
    problem = the_problem(tmp_path, "mfu: 0.23", "mfu: 1.5")
    line = str(problem)
    assert line.startswith(f"{tmp_path / 'scenario.yaml'}:5:29: hardware.B200.mfu:")
    assert "1.5" in line
    assert "at least 0 and at most 1" in line


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("peak: 2250 TFLOPS", "peak: 2250 parsecs", "hardware.B200.peak"),
        ("peak: 2250 TFLOPS", "peak: fast", "hardware.B200.peak"),
        ("shares: equal", "shares: equal, delay: 3 fortnights", "stages.first.grants.delay"),
    ],
)
def test_a_wrong_unit_names_the_units_that_are_known(tmp_path, old, new, path):
    problem = the_problem(tmp_path, old, new)
    assert problem.path == path
    assert "a number in" in problem.expected


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("{normal: [0.5, 0.1]}", "-0.3"),  # 8.2 standard deviations below the mean
        ("{uniform: [0.5, 1.5]}", "1.5"),
        ("{triangular: [-0.1, 0.2, 0.3]}", "-0.1"),
        ("{lognormal: [0.5, 1]}", "values from"),
        ("{weighted: {0.5: 1, 2: 1}}", "2"),
    ],
)
def test_a_share_whose_distribution_reaches_beyond_0_or_1_is_refused(tmp_path, number, found):
    problem = the_problem(tmp_path, "mfu: 0.23", f"mfu: {number}")
    assert problem.path.startswith("hardware.B200.mfu")
    assert found in problem.found


@pytest.mark.parametrize(
    "number",
    [
        "{}",
        "{uniform: [1, 2], normal: [1, 2]}",
        "{uniform: [1, 2, 3]}",
        "{uniform: [2, 1]}",
        "{uniform: [1, 1]}",
        "{triangular: [3, 2, 1]}",
        "{normal: [1, -1]}",
        "{lognormal: [-1, 1]}",
        "{weighted: {}}",
        "{weighted: {1: 0}}",
        "{weighted: {1: -1, 2: 3}}",
        "{weighted: {one: 1}}",
        "{weighted: {1: 1, 1.0: 2}}",
        "{normal: {mean: {uniform: [1, 2]}, sd: 1}}",
        "[1, 2]",
        "true",
        "",
    ],
)
def test_what_is_no_distribution_is_refused_at_its_place(tmp_path, number):
    for problem in refused(tmp_path, changed("peak: 2250 TFLOPS", f"peak: {number}")):
        assert problem.path.startswith("hardware.B200.peak")
        assert problem.line == 5


@pytest.mark.parametrize(
    "day",
    [
        "2026-13-01",
        "2026-02-30",
        "15 July 2026",
        "20260715",
        "0",
        "1.5",
        "2026-07-15T12:00:00",
        "[2026, 7, 15]",
        "true",
    ],
)
def test_a_day_is_a_date_of_the_calendar_and_nothing_else(tmp_path, day):
    problem = the_problem(tmp_path, "as_of: 2026-01-01", f"as_of: {day}")
    assert where(problem) == (3, 1, "as_of")


@pytest.mark.parametrize(
    "window", ["2026-01-01", "2026-01-01 to", "2026-01-01 to 2026-06-31", "5", "[2026-01-01]"]
)
def test_a_window_is_two_dates(tmp_path, window):
    problem = the_problem(tmp_path, "train: 2026-01-01 to 2026-06-30", f"train: {window}")
    assert problem.path.startswith("stages.first.train")
    assert problem.line == 11


@pytest.mark.parametrize("name", ["r.d", "r d", "'r,d'", "'r:d'", "r=d", "''", '"r\\nd"', "x" * 41])
def test_an_id_that_could_not_stand_in_a_path_is_refused(tmp_path, name):
    problems = refused(tmp_path, changed("  red:", f"  {name}:"))
    assert {problem.line for problem in problems} == {7}


@pytest.mark.parametrize(
    ("amounts", "told"),
    [("[4,000, 3,500]", ["'4,000'", "'3,500'"]), ("[$4,000, $3]", ["'$4,000'"]), ("[4000, 350]", [])],
)
def test_a_comma_inside_an_amount_of_a_list_is_told(tmp_path, amounts, told):
    text = changed("cut: {keep: 1}", f"cut: {{keep: 1}}\n    pays: {{by_rank: {amounts}}}")
    text = changed("as_of:", "currency: USD\nas_of:", text)
    if not told:
        assert loaded(tmp_path, text).stages["first"].pays is not None
        return
    assert [problem.found for problem in refused(tmp_path, text)] == told
