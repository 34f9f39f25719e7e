"""Reported points that cannot be meant are refused where they stand."""

import pytest

from sim.scenario import from_data
from sim.scenario.models.facts import decimals, half_unit
from sim.scenario.models.inputs import inputs
from tests.scenario.broken import changed, loaded, refused

REPORT = """\
    cut: {keep: 1}
    reported:
      out_of: {exam: {maths: 20, code: 40}, jury: 40}
      points:
        red: {exam: 41.5, jury: 30}
        blue: {exam: 39.5, jury: 31}
      items:
        exam:
          maths: {red: 15.5, blue: 12.25}
      totals: {red: 71.5, blue: 70.5}
      source: a newspaper
      guess: [points]
"""
GOOD = changed("    cut: {keep: 1}\n", REPORT)


def test_good_ones_are_read_and_survive_being_resolved(tmp_path):
    scenario = loaded(tmp_path, GOOD)
    report = scenario.stages["first"].reported
    assert report.points["red"] == {"exam": 41.5, "jury": 30}
    assert report.items["exam"]["maths"]["blue"] == 12.25
    assert from_data(scenario.resolved()) == scenario


def test_they_are_no_input_of_a_run(tmp_path):
    plain = [each.path for each in inputs(loaded(tmp_path, changed("", "")))]
    assert [each.path for each in inputs(loaded(tmp_path, GOOD))] == plain


BY_ITEM = "{exam: {maths: 15.5, code: 26}, jury: 30}"


@pytest.mark.parametrize(
    ("old", "new", "path", "said"),
    [
        ("red: {exam: 41.5", "rde: {exam: 41.5", "points.rde", "did you mean 'red'?"),
        ("red: {exam: 41.5", "red: {exma: 41.5", "points.red.exma", "did you mean 'exam'?"),
        ("jury: 30}", "jurry: 30}", "points.red.jurry", "did you mean 'jury'?"),
        (", jury: 31}", "}", "points.blue", "'jury' is missing"),
        ("exam: 41.5", "exam: 60.5", "points.red.exam", "60.5 points, expected at most 60"),
        ("jury: 31", "jury: 41", "points.blue.jury", "41 points, expected at most 40"),
        ("jury: 31", "jury: -1", "points.blue.jury", "-1"),
        ("jury: 31", "jury: high", "points.blue.jury", "'high'"),
        ("jury: 40}", "jurry: 40}", "out_of.jurry", "did you mean 'jury'?"),
        (", jury: 40}\n      points", "}\n      points", "out_of", "'jury' is missing"),
        ("maths: 20, code: 40}, jury", "math: 20, code: 40}, jury", "out_of.exam.math", "'maths'?"),
        ("maths: 20, code: 40}, jury", "maths: 20}, jury", "out_of.exam", "'code' is missing"),
        ("code: 40}, jury: 40", "code: 40}, jury: 0", "out_of.jury", "above 0"),
        ("{exam: 41.5, jury: 30}", BY_ITEM, "points.blue.exam", "as for 'red'"),
        ("{exam: 41.5, jury: 30}", BY_ITEM, "items.exam", "each of them once"),
        ("jury: 30}", "jury: {style: 30}}", "points.red.jury", "one number, as in `out_of"),
        ("        exam:\n", "        exma:\n", "items.exma", "did you mean 'exam'?"),
        (
            "        exam:\n          maths",
            "        jury:\n          maths",
            "items.jury",
            "maxima in `out_of`",
        ),
        ("maths: {red: 15.5", "math: {red: 15.5", "items.exam.math", "did you mean 'maths'?"),
        ("maths: {red: 15.5", "maths: {rde: 15.5", "items.exam.maths.rde", "did you mean 'red'?"),
        (", blue: 12.25}", "}", "items.exam.maths", "'blue' is missing"),
        ("maths: {red: 15.5", "maths: {red: 20.5", "items.exam.maths.red", "at most 20"),
        ("exam: 41.5", "exam: 15.3", "points.red.exam", "expected 15.5 to 55.5"),
        ("exam: 41.5", "exam: 56.0", "points.red.exam", "expected 15.5 to 55.5"),
        ("totals: {red", "totals: {rde", "totals.rde", "did you mean 'red'?"),
        ("totals: {red: 71.5", "totals: {red: 171.5", "totals.red", "at most 100"),
        ("totals:", "total:", "total", "did you mean 'totals'?"),
        ("guess: [points]", "guess: [pionts]", "", "pionts"),
    ],
)
def test_bad_ones_are_refused_where_they_stand(tmp_path, old, new, path, said):
    problems = refused(tmp_path, changed(old, new, GOOD))
    full = "stages.first.reported" + (f".{path}" if path else "")
    assert said in "\n".join(str(problem) for problem in problems if problem.path == full)
    assert all(problem.line for problem in problems)


def test_points_by_item_name_all_items_within_their_maxima(tmp_path):
    text = changed("exam: 41.5", "exam: {maths: 15.5, code: 26}", GOOD)
    text = changed("exam: 39.5", "exam: {maths: 12.25, cod: 41}", text)
    text = changed("      items:\n        exam:\n          maths: {red: 15.5, blue: 12.25}\n", "", text)
    here = "stages.first.reported.points.blue.exam"
    assert {problem.path for problem in refused(tmp_path, text)} == {here, f"{here}.cod"}
    too_many = changed("cod: 41", "code: 41", text)
    assert [problem.path for problem in refused(tmp_path, too_many)] == [f"{here}.code"]
    assert loaded(tmp_path, changed("cod: 41", "code: 40", text))


def test_what_rounding_can_explain_is_no_problem(tmp_path):
    assert loaded(tmp_path, changed("exam: 41.5", "exam: 55.51", GOOD))
    assert loaded(tmp_path, changed("exam: 41.5", "exam: 15.49", GOOD))


def test_new_maxima_of_the_stage_leave_the_report_as_it_was(tmp_path):
    assert loaded(tmp_path, changed("jury: {max: 40", "jury: {max: 10", GOOD))


@pytest.mark.parametrize(
    ("numbers", "most"), [([1.0, 2.5], 1), ([7.0], 1), ([], 1), ([11.85, 9.0], 2), ([1e-3], 3), ([1e20], 1)]
)
def test_decimals_are_those_that_are_written(numbers, most):
    assert decimals(numbers) == most
    assert half_unit(numbers) == pytest.approx(0.5 / 10**most)
