"""Laws of uncertain numbers: what is refused, how far draws go, and how files lay them over each other."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from sim.model.quantiles import poisson_tails, quantile
from sim.scenario import from_data, load
from sim.scenario.language.yamltree import parse_value
from sim.scenario.models.laws import beta_tails, normal_tails
from sim.scenario.models.numbers import Uncertain
from tests.scenario.broken import changed, loaded, refused
from tests.scenario.files import write

ENDS = np.array([2.0**-53, 1 - 2.0**-53])
NUMBER = TypeAdapter(Uncertain)

IMPOSSIBLE = [
    ("{beta: [1]}", "1 numbers, expected 2: a, b or 4: a, b, low, high"),
    ("{beta: {a: 1}}", "a, expected either a and b or mean and sd"),
    ("{beta: {a: 1, b: 2, mean: 0.3}}", "a, b, mean, expected either a and b or mean and sd"),
    ("{beta: {mean: 0.5, sd: 0.5}}", "sd 0.5, expected less than 0.5 for that mean"),
    ("{beta: {mean: 1, sd: 0.1}}", "mean 1, expected one between 0 and 1"),
    ("{beta: {a: 1, b: 2, low: 1, high: 0}}", "low < high does not hold"),
    ("{beta: [0.0001, 1]}", "a 0.0001 and b 1, expected each from 0.001 to 100000"),
    ("{beta: {mean: 0.5, sd: 1.0e-9}}", "a 1.25e+17 and b 1.25e+17, expected each from 0.001 to 100000"),
    ("{beta: [0, 1]}", "0, expected above 0"),
    ("{normal: [0.5, -1]}", "-1, expected at least 0"),
    ("{poisson: -1}", "-1, expected at least 0"),
    ("{poisson: 2000000}", "2000000, expected at most 1,000,000"),
    ("{poisson: [1, 2]}", "2 numbers, expected 1: mean"),
    ("{poisson: often}", "'often', expected a share such as 0.23 or 23 %"),
    ("{lognormal: {p5: 2, p95: 1}}", "p5 2 and p95 1, expected p5 < p95"),
    ("{lognormal: {p5: 2}}", "p5, expected either median and sd_log or p5 and p95"),
    (
        "{lognormal: {median: 0.1, sd_log: 1, p5: 0.01, p95: 1}}",
        "median, sd_log, p5, p95, expected either median and sd_log or p5 and p95",
    ),
    ("{lognormal: {}}", "no parameter, expected either median and sd_log or p5 and p95"),
    (
        "{lognormal: {p5: 1.0e-40, p95: 1.0e+40}}",
        "p5 1e-40 and p95 1e+40, expected them nearer to each other",
    ),
    ("{truncated: {normal: [0.2, 0.1]}}", "a law that is cut off nowhere, expected `low`, `high` or both"),
    (
        "{truncated: {low: 0}}",
        "0 laws, expected exactly one of normal, lognormal, triangular, uniform, beta",
    ),
    (
        "{truncated: {normal: [0, 1], uniform: [0, 1], low: 0}}",
        "2 laws, expected exactly one of normal, lognormal, triangular, uniform, beta",
    ),
    (
        "{truncated: {truncated: {normal: [0.2, 0.1], low: 0}, high: 1}}",
        "`truncated` inside `truncated`, expected one of normal, lognormal, triangular, uniform, beta",
    ),
    (
        "{truncated: {poisson: 3, low: 1}}",
        "`poisson` inside `truncated`, expected one of normal, lognormal, triangular, uniform, beta",
    ),
    (
        "{truncated: {normal: [0.2, 0.1], low: 5}}",
        "hardly any probability between the ends (0), expected ends that hold at least 1e-06 of it",
    ),
    (
        "{truncated: {uniform: [0, 1], low: 2, high: 3}}",
        "hardly any probability between the ends (0), expected ends that hold at least 1e-06 of it",
    ),
    ("{truncated: {uniform: [0, 1], low: 1, high: 0}}", "low < high does not hold"),
    ("{truncated: {normal: [0.2, 0], low: 0}}", "a law without spread, expected one that can be cut off"),
    ("{truncated: [0, 1]}", "a list, expected a law with `low`, `high` or both"),
    ("{uniform: 3}", "3, expected its parameters: low, high"),
]


@pytest.mark.parametrize(("written", "said"), IMPOSSIBLE)
def test_impossible_parameters_are_refused_in_a_line(tmp_path, written, said):
    text = changed("mfu: 0.23", f"mfu: {written}")
    (problem,) = refused(tmp_path, text)
    assert problem.path.startswith("hardware.B200.mfu")
    assert problem.line == 5
    assert str(problem).endswith(f": {said}")


@pytest.mark.parametrize("written", ["{uniform: [0, 0.5], shared: a.b}", "{shared: luck}"])
def test_a_name_of_shared_luck_is_an_id_beside_a_law(tmp_path, written):
    assert refused(tmp_path, changed("mfu: 0.23", f"mfu: {written}"))


@pytest.mark.parametrize(
    "written",
    [
        "{truncated: {normal: [0.2, 0.3], low: -0.1}}",
        "{truncated: {normal: [0.2, 0.3], low: 0}}",
        "{beta: {a: 2, b: 2, high: 1.5}}",
        "{poisson: 0.2}",
    ],
)
def test_the_whole_law_has_to_lie_in_the_range_of_its_number(tmp_path, written):
    (problem,) = refused(tmp_path, changed("mfu: 0.23", f"mfu: {written}"))
    assert "values from" in problem.found


REACHED = [
    {"normal": [1.0, 2.0]},
    {"lognormal": {"p5": 589, "p95": 1971}},
    {"truncated": {"normal": [0, 1], "low": 0}},
    {"truncated": {"normal": [0, 1], "low": 4.5}},
    {"truncated": {"normal": [0, 1], "high": -4.5}},
    {"truncated": {"lognormal": [2, 0.5], "low": 3}},
    {"truncated": {"lognormal": [2, 0.5], "high": 1}},
]


@pytest.mark.parametrize("written", REACHED)
def test_the_outermost_draws_are_the_extremes(written):
    number = NUMBER.validate_python(written)
    assert quantile(number, ENDS) == pytest.approx(number.extremes(), rel=1e-12)


@pytest.mark.parametrize("mean", [0, 1e-300, 1e-9, 0.01, 0.5, 1, 7, 40, 812.5, 12345.6, 1e6])
def test_no_poisson_draw_is_beyond_the_extremes_and_they_are_near(mean):
    number = NUMBER.validate_python({"poisson": mean})
    (low, high), (least, greatest) = number.extremes(), quantile(number, ENDS)
    room = 3 + 0.1 * (greatest - mean)
    assert least - room <= low <= least
    assert greatest <= high <= greatest + room


def finite(low, high):
    return st.floats(low, high, allow_nan=False)


CONTINUOUS = st.one_of(
    st.tuples(finite(-100, 100), finite(0.01, 100)).map(lambda p: {"normal": list(p)}),
    st.tuples(finite(0.01, 100), finite(0.01, 3)).map(lambda p: {"lognormal": list(p)}),
    st.tuples(finite(-100, 0), finite(0, 1), finite(1.5, 9)).map(lambda p: {"triangular": list(p)}),
    st.tuples(finite(-100, 0), finite(1, 100)).map(lambda p: {"uniform": list(p)}),
    st.tuples(finite(0.001, 1e5), finite(0.001, 1e5)).map(lambda p: {"beta": list(p)}),
)
LAWS = st.one_of(
    CONTINUOUS,
    finite(0, 1e6).map(lambda mean: {"poisson": mean}),
    st.tuples(CONTINUOUS, st.none() | finite(-200, 200), st.none() | finite(-200, 200)).map(
        lambda p: {"truncated": {**p[0], "low": p[1], "high": p[2]}}
    ),
)


@given(LAWS, st.lists(finite(0, 1), min_size=1, max_size=20))
def test_every_law_that_is_accepted_is_finite_never_falls_and_stays_within_its_extremes(written, inside):
    try:
        number = NUMBER.validate_python(written)
    except ValidationError:
        assume(False)
    u = np.sort(np.clip(np.array([*ENDS, *inside]), *ENDS))
    values, (low, high) = quantile(number, u), number.extremes()
    assert np.all(np.isfinite(values))
    assert np.all(np.diff(values) >= -1e-9 * np.abs(values[1:]))
    room = 1e-9 * max(abs(low), abs(high))
    assert low - room <= values[0]
    assert values[-1] <= high + room


@pytest.mark.parametrize(("a", "b"), [(0.001, 3), (1.5, 8.5), (20, 20), (3, 0.01), (1e5, 1e3), (1e5, 1e5)])
def test_probabilities_of_the_beta_law_are_those_of_scipy(a, b):
    law = stats.beta(a, b)
    values = np.array([law.ppf(u) for u in (1e-12, 1e-6, 0.3, 0.5, 0.9, 1 - 1e-9)] + [-1, 0, 0.25, 1, 2])
    found = np.array([beta_tails(a, b, x) for x in values])
    assert found[:, 0] == pytest.approx(law.cdf(values), rel=1e-8, abs=1e-280)
    assert found[:, 1] == pytest.approx(law.sf(values), rel=1e-8, abs=1e-15)


@pytest.mark.parametrize("z", [-30, -9, -1, 0, 0.5, 8, 37])
def test_probabilities_of_the_normal_law_are_those_of_scipy(z):
    assert normal_tails(2.0 * z, 2.0) == pytest.approx((stats.norm.cdf(z), stats.norm.sf(z)), rel=1e-12)


@pytest.mark.parametrize("mean", [0, 1e-9, 0.7, 3, 1000])
def test_probabilities_of_the_poisson_law_are_those_of_scipy(mean):
    first, below, above = poisson_tails(mean)
    k = first + np.arange(len(below))
    seen = stats.poisson.pmf(k, mean) > 1e-20
    assert np.array(below)[seen] == pytest.approx(stats.poisson.cdf(k, mean)[seen], rel=1e-8)
    assert np.array(above)[seen] == pytest.approx(stats.poisson.sf(k, mean)[seen], rel=1e-8, abs=1e-30)


@pytest.mark.parametrize(
    ("k", "beyond"),
    [(1_000_000, None), (1_004_510, 3.2831649056953508e-06), (1_008_139, 2.1702771363221224e-16)],
)
def test_far_out_the_poisson_law_is_that_of_sixty_digits(k, beyond):
    """Sums of 60-digit decimals with Stirling's series; SciPy's own are off by 1e-5 there."""
    first, below, above = poisson_tails(1e6)
    if beyond is None:
        assert below[k - first] + above[k - first] == pytest.approx(1, rel=1e-14)
    else:
        assert above[k - first] == pytest.approx(beyond, rel=1e-11)


def test_the_mean_and_the_spread_of_a_beta_law_are_as_written():
    number = NUMBER.validate_python({"beta": {"mean": 0.23, "sd": 0.04}})
    assert number.beta is not None
    law = stats.beta(*number.beta.shape)
    assert (law.mean(), law.std()) == pytest.approx((0.23, 0.04), rel=1e-12)


def test_a_beta_law_between_two_ends_is_the_plain_one_stretched():
    plain, stretched = (NUMBER.validate_python({"beta": p}) for p in ([2, 3], [2, 3, 10, 30]))
    u = np.linspace(0.01, 0.99, 99)
    assert quantile(stretched, u) == pytest.approx(10 + 20 * quantile(plain, u), rel=1e-12)


def test_the_range_of_a_lognormal_law_are_its_5_and_95_percent_quantiles():
    number = NUMBER.validate_python({"lognormal": {"p5": 589, "p95": 1971}})
    values = quantile(number, np.array([0.05, 0.5, 0.95]))
    assert values == pytest.approx([589, math.sqrt(589 * 1971), 1971], rel=1e-12)


NEW = [
    "{beta: [2, 5]}",
    "{beta: [2, 5, 0, 0.5]}",
    "{beta: {mean: 0.3, sd: 0.1}}",
    "{truncated: {normal: [0.2, 0.1], low: 0, high: 1}}",
    "{truncated: {lognormal: {p5: 0.1, p95: 0.3}, high: 1}}",
    "{uniform: [0, 0.5], shared: luck}",
]


@pytest.mark.parametrize(
    "written",
    [
        "{constant: 0.3}",
        "{triangular: [0, 0.1, 0.2]}",
        "{weighted: {20 %: 1, 0.3: 2}}",
        "{choice: [0.1, 0.2]}",
    ],
)
@pytest.mark.parametrize("before", NEW)
def test_a_law_takes_the_place_of_another_and_leaves_nothing_of_it(folder, before, written):
    write(base=changed("mfu: 0.23", f"mfu: {before}"), plain=changed("mfu: 0.23", f"mfu: {written}"))
    write(main=f"extends: base.yaml\nhardware: {{B200: {{mfu: {written}}}}}\n")
    assert load("main.yaml") == load("plain.yaml")


@pytest.mark.parametrize(
    ("before", "over", "after"),
    [
        ("{beta: [2, 5, 0, 0.5]}", "{beta: {a: 3}}", "{beta: [3, 5, 0, 0.5]}"),
        ("{beta: [2, 5]}", "{beta: {high: 0.5}}", "{beta: [2, 5, 0, 0.5]}"),
        (
            "{beta: [2, 5, 0, 0.5]}",
            "{beta: {mean: 0.1, sd: 0.02}}",
            "{beta: {mean: 0.1, sd: 0.02, high: 0.5}}",
        ),
        (
            "{lognormal: [0.001, 0.5]}",
            "{lognormal: {p5: 0.0001, p95: 0.001}}",
            "{lognormal: {p5: 0.0001, p95: 0.001}}",
        ),
        (
            "{truncated: {normal: [0.2, 0.1], low: 0, high: 1}}",
            "{truncated: {normal: {mean: 0.3}, high: 0.9}}",
            "{truncated: {normal: [0.3, 0.1], low: 0, high: 0.9}}",
        ),
        (
            "{truncated: {normal: [0.2, 0.1], low: 0, high: 1}}",
            "{truncated: {uniform: [0, 2]}}",
            "{truncated: {uniform: [0, 2], low: 0, high: 1}}",
        ),
        ("{uniform: [0, 0.5]}", "{shared: luck}", "{uniform: [0, 0.5], shared: luck}"),
        ("{uniform: [0, 0.5], shared: luck}", "{uniform: {high: 1}}", "{uniform: [0, 1], shared: luck}"),
        ("{uniform: [0, 0.5], shared: luck}", "{beta: [1, 2]}", "{beta: [1, 2]}"),
    ],
)
def test_a_part_of_a_law_is_laid_over_it(folder, before, over, after):
    write(base=changed("mfu: 0.23", f"mfu: {before}"), plain=changed("mfu: 0.23", f"mfu: {after}"))
    write(main=f"extends: base.yaml\nhardware: {{B200: {{mfu: {over}}}}}\n")
    assert load("main.yaml") == load("plain.yaml")


@pytest.mark.parametrize(
    ("path", "value", "after"),
    [
        ("beta.b", 6, "{beta: [2, 6]}"),
        ("poisson.mean", 3, "{poisson: 3}"),
        ("truncated.normal.sd", 3, "{truncated: {normal: [9, 3], low: 0}}"),
        ("truncated.high", 30, "{truncated: {normal: [9, 2], low: 0, high: 30}}"),
        ("shared", "luck", "{uniform: [1, 2], shared: luck}"),
    ],
)
def test_a_part_of_a_law_can_be_set(folder, path, value, after):
    before = {
        "beta": "{beta: [2, 5]}",
        "poisson": "{poisson: 2}",
        "truncated": "{truncated: {normal: [9, 2], low: 0}}",
        "shared": "{uniform: [1, 2]}",
    }[path.partition(".")[0]]
    old = "cut: {keep: 1}"
    write(base=changed(old, f"shift: {before}\n    {old}"), plain=changed(old, f"shift: {after}\n    {old}"))
    assert load("base.yaml", {f"stages.first.shift.{path}": value}) == load("plain.yaml")


@pytest.mark.parametrize("written", [*NEW, "{truncated: {beta: [1.5, 8.5], high: 0.3}}"])
def test_the_resolved_scenario_gives_the_same_one(tmp_path, written):
    scenario = loaded(tmp_path, changed("mfu: 0.23", f"mfu: {written}"))
    again = from_data(json.loads(json.dumps(scenario.resolved())))
    assert again == scenario
    assert again.digest() == scenario.digest()


def test_files_are_checked_without_numpy_and_scipy(tmp_path):
    text = changed("mfu: 0.23", "mfu: {truncated: {beta: [2, 5], high: 0.9}}")
    text = changed("cut: {keep: 1}", "cut: {keep: {poisson: 2}}", text)
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    code = "import sys, sim.scenario as s; s.load(sys.argv[1]); print({'numpy', 'scipy'} & {*sys.modules})"
    found = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "scenario.yaml")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout == "set()\n"


def test_what_the_page_on_numbers_shows_can_be_written(tmp_path):
    page = Path(__file__).parents[3] / "docs" / "scenario.md"
    numbers = page.read_text(encoding="utf-8").partition("\n## Numbers\n")[2].partition("**Units.**")[0]
    rows = [line.partition(" | ")[0] for line in numbers.splitlines() if line.startswith("| `{")]
    shown = [span for row in rows for span in re.findall(r"`(\{.*?\})`", row)]
    assert len(shown) >= 12
    for span in shown:
        NUMBER.validate_python(parse_value(span))
    (example,) = re.findall(r"```yaml\nhardware:\n(.*?)```", numbers, re.DOTALL)
    old = "  B200: {peak: 2250 TFLOPS, mfu: 0.23}\n"
    assert loaded(tmp_path, changed(old, example)).hardware["H200"].mfu.shared == "software"
