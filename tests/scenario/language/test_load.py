"""Good files load, and say the same again when they are written out."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.scenario import ScenarioError, from_data, load, read_overrides
from tests.scenario.broken import GOOD, changed, loaded

SCENARIOS = sorted((Path(__file__).parents[3] / "scenarios").glob("*.yaml"))
bundled = pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)


@bundled
def test_bundled_scenarios_load(path):
    scenario = load(path)
    assert scenario.teams
    assert scenario.stages


@bundled
def test_a_resolved_scenario_loads_to_the_same_scenario_and_digest(path):
    scenario = load(path)
    again = from_data(scenario.resolved())
    assert again == scenario
    assert again.digest() == scenario.digest()
    assert again.resolved() == scenario.resolved()


@pytest.mark.parametrize(
    "number",
    [
        "0.1",
        "{constant: 0.1}",
        "{normal: [0.5, 0.01]}",
        "{lognormal: {median: 0.0001, sd_log: 0.8}}",
        "{triangular: [0, 0.1, 0.30000000000000004], guess: true, source: hearsay, confidence: L}",
        "{uniform: {low: 0, high: 1}}",
        "{weighted: {0.25: 1, 1e-3: 2.5, 1: 0}}",
    ],
)
def test_every_kind_of_number_survives_being_written_out(tmp_path, number):
    scenario = loaded(tmp_path, changed("mfu: 0.23", f"mfu: {number}"))
    again = from_data(scenario.resolved())
    assert again == scenario
    assert again.digest() == scenario.digest()


def test_comments_order_of_marks_and_flow_style_do_not_change_the_digest(tmp_path):
    other = changed("{name: Red}", "\n    name: {ko: Red, en: Red}  # the same", GOOD)
    assert loaded(tmp_path, other).digest() == loaded(tmp_path, GOOD).digest()


def test_any_other_number_changes_the_digest(tmp_path):
    assert loaded(tmp_path, changed("0.23", "0.230001")).digest() != loaded(tmp_path, GOOD).digest()


def test_what_is_left_out_has_the_default_of_the_literature(tmp_path):
    capability = loaded(tmp_path, GOOD).capability
    assert (capability.level, capability.reference_compute, capability.per_tenfold_compute) == (
        133.6,
        1.5e24,
        5.7,
    )
    assert (capability.progress_per_year, capability.team_spread, capability.stage_spread) == (8.9, 2.5, 4.0)
    assert loaded(tmp_path, GOOD).judging.follows_strength == 0.3


def test_no_stays_text_and_colons_are_no_minutes(tmp_path):
    scenario = loaded(tmp_path, changed("name: Red", "name: no"))
    assert scenario.teams["red"].name.en == "no"


@pytest.mark.parametrize(
    ("written", "value"), [("0o17", 15), ("0x10", 16), ("08", 8), ("1e3", 1000), ("+.5", 0.5), ("+12", 12)]
)
def test_numbers_are_those_of_yaml_1_2(tmp_path, written, value):
    scenario = loaded(tmp_path, changed("peak: 2250 TFLOPS", f"peak: {written}"))
    assert scenario.hardware["B200"].peak == value


def test_a_byte_order_mark_is_no_content(tmp_path):
    assert loaded(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()) == loaded(tmp_path, GOOD)


def test_windows_line_ends_are_line_ends(tmp_path):
    assert loaded(tmp_path, GOOD.replace("\n", "\r\n").encode()) == loaded(tmp_path, GOOD)


def test_composed_and_decomposed_hangul_are_the_same_id(tmp_path):
    composed, decomposed = "\uc5d0\uc774", "\u110b\u1166\u110b\u1175"
    one = loaded(tmp_path, GOOD.replace("red", composed))
    assert loaded(tmp_path, GOOD.replace("red", decomposed)) == one


@pytest.mark.parametrize(
    ("written", "teraflops"),
    [("2250", 2250), ("2250 TFLOPS", 2250), ("2.25 PFLOPS", 2250), ("2,250 TFLOPS", 2250)],
)
def test_a_peak_is_read_in_its_units(tmp_path, written, teraflops):
    written = changed("peak: 2250 TFLOPS", f'peak: "{written}"' if "," in written else f"peak: {written}")
    assert loaded(tmp_path, written).hardware["B200"].peak == teraflops


@pytest.mark.parametrize(("written", "days"), [("3", 3), ("3 days", 3), ("2 weeks", 14), ("1 day", 1)])
def test_a_delay_is_read_in_its_units(tmp_path, written, days):
    text = changed("shares: equal", f"shares: equal, delay: {written}")
    assert loaded(tmp_path, text).stages["first"].grants.delay == days


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("restart", "2 h", 120),
        ("restart", "90 s", 1.5),
        ("checkpoint", "2 min", 120),
        ("interval", "30 min", 0.5),
    ],
)
def test_faults_are_read_in_their_units(tmp_path, key, written, value):
    text = GOOD + f"faults: {{{key}: {written}}}\n"
    assert getattr(loaded(tmp_path, text).faults, key) == pytest.approx(value, rel=1e-15)


def test_a_window_counts_its_first_and_its_last_day(tmp_path):
    assert loaded(tmp_path, GOOD).stages["first"].train.days() == 31 + 28 + 31 + 30 + 31 + 30


@pytest.mark.parametrize("path", [123, None, {}, b"k-ai", ["k-ai"], 1.5, object()])
def test_what_is_no_path_is_refused_by_its_type(path):
    with pytest.raises(TypeError, match=r"expected the path of a file; from_data\(\) takes a dictionary"):
        sim.load(path)


def test_an_empty_path_is_no_folder():
    with pytest.raises(ScenarioError, match="'': an empty name, expected the name of a scenario file"):
        sim.load("")


@pytest.mark.parametrize("overrides", ["a=b", 5, [("as_of", "2026-01-01")]])
def test_overrides_are_a_dictionary(overrides):
    with pytest.raises(TypeError, match="expected path -> value in a dictionary"):
        sim.load("minimal", overrides)
    with pytest.raises(TypeError, match="expected path -> value in a dictionary"):
        from_data(sim.load("minimal").resolved(), overrides)


def test_overrides_are_named_by_dotted_paths():
    numbered: Any = {5: 5}
    with pytest.raises(TypeError, match="an override of a value of type int, expected a dotted path"):
        sim.load("minimal", numbered)


@pytest.mark.parametrize("data", [None, 5, "minimal", ["teams"], sim.load("minimal")])
def test_a_scenario_is_made_from_a_dictionary(data):
    with pytest.raises(TypeError, match=r"expected a dictionary of its keys; load\(\) reads a file"):
        from_data(data)


@pytest.mark.parametrize("assignments", ["as_of=2026-01-01", b"as_of=2026-01-01", [5], [None]])
def test_assignments_are_a_list_of_texts(assignments):
    with pytest.raises(TypeError, match="expected a"):
        read_overrides(assignments)


def test_numbers_of_numpy_are_numbers():
    for value in (np.float64(2.0), np.int64(2), np.float32(2.0)):
        assert sim.load("minimal", {"teams.blue.effect": value}).teams["blue"].effect == 2.0
