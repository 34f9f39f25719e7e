import copy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from sim.engines import batch, event
from sim.engines.calendar import Phase
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import from_data, load
from tests.engines import differential
from tests.engines.agree import EngineDifference, first_difference
from tests.generate import scenarios

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
START = 7
ENGINES = (event.play_events, batch.play_batch)


@settings(max_examples=300)
@given(scenarios(), differential.starts())
def test_the_engines_agree_on_any_scenario(data, start):
    differential.check(data, start)


@pytest.mark.parametrize("name", ["minimal", "equal-teams", "k-ai-2025-plan"])
def test_the_engines_agree_on_our_scenarios(name):
    scenario = load(SCENARIOS / f"{name}.yaml")
    of_event, of_batch = (play(scenario, Draws(3), 5, 205) for play in ENGINES)
    assert first_difference(scenario, of_event, of_batch) is None


def test_equal_teams_tie_in_both_engines_however_their_windows_are_cut_up():
    data = {
        "format": 1,
        "name": "equal teams of uncertain speed without luck, and late grants of nothing",
        "as_of": "2040-01-01",
        "hardware": {"B200": {"peak": {"uniform": [500, 2500]}, "mfu": 0.25}},
        "teams": {team: {"name": team, "own": {"B200": 500}} for team in "abc"},
        "capability": {"team_spread": 0, "stage_spread": 0},
        "stages": {
            "s1": {
                "train": "2026-01-02 to 2026-06-30",
                "result": "2026-06-30",
                "grants": {"delay": {"uniform": [0, 100]}},
                "points": {"exam": {"max": 40, "mean": 20, "per_eci": 0.5, "noise": 0}},
                "cut": {"keep": 1},
                "ties": ["exam"],
            }
        },
    }
    of_event, of_batch = (play(from_data(data), Draws(1), 0, 1000) for play in ENGINES)
    assert first_difference(from_data(data), of_event, of_batch) is None


@pytest.fixture(scope="module")
def scenario():
    return load(SCENARIOS / "minimal.yaml")


@pytest.fixture(scope="module")
def played(scenario):
    return batch.play_batch(scenario, Draws(1), START, START + 10)


@pytest.fixture
def other(played):
    return copy.deepcopy(played)


def difference(scenario, one, other) -> EngineDifference:
    """The first difference, where there is one."""
    found = first_difference(scenario, one, other)
    assert found is not None
    return found


def test_equal_outcomes_do_not_differ(scenario, played, other):
    assert first_difference(scenario, played, other) is None


def test_the_earliest_replication_comes_first(scenario, played, other):
    other.stages[0].total[8, 0] += 1
    other.stages[1].total[3, 2] += 1
    found = difference(scenario, played, other)
    assert (found.replication, found.stage, found.team) == (START + 3, "second", "green")


def test_within_a_replication_the_earliest_stage_comes_first(scenario, played, other):
    other.stages[1].compute[4, 0] += 1e24
    other.stages[0].fate[4, 1] = Fate.OUT_AT_GATE
    assert difference(scenario, played, other).stage == "first"


ORDER = [
    (Phase.REPORT, "compute"),
    (Phase.REPORT, "effective"),
    (Phase.REPORT, "capability"),
    (Phase.REPORT, "gpu_hours"),
    (Phase.REPORT, "cost"),
    (Phase.SCORE, "points"),
    (Phase.SCORE, "total"),
    (Phase.CUT, "rank"),
]


@pytest.mark.parametrize("position", range(len(ORDER)))
def test_within_a_stage_the_earliest_phase_and_quantity_come_first(scenario, played, other, position):
    for _, name in ORDER[position:]:
        array = getattr(other.stages[0], name)
        array[2] = 2 * array[2] + 1
    found = difference(scenario, played, other)
    phase, name = ORDER[position]
    assert found.phase == phase
    assert found.quantity.startswith(name.replace("_", " "))
    assert found.team == "red"


def test_points_are_named_by_their_block(scenario, played, other):
    other.stages[0].points[2, 1] += 1
    assert difference(scenario, played, other).quantity == "points in jury"


def test_a_fate_at_the_gate_belongs_to_the_gate_and_not_to_the_cut(scenario, played, other):
    other.stages[0].fate[2, 1], other.stages[0].rank[2, 1] = Fate.OUT_AT_GATE, 0
    assert difference(scenario, played, other).phase == Phase.GATE


def test_a_fate_by_points_belongs_to_the_cut(scenario, played, other):
    kept = played.stages[0].fate[2] == Fate.KEPT
    other.stages[0].fate[2, kept] = Fate.OUT_BY_POINTS
    found = difference(scenario, played, other)
    assert (found.phase, found.quantity) == (Phase.CUT, "fate")


def test_the_frontier_belongs_to_the_world_on_the_day_of_the_last_result(scenario, played, other):
    other.frontier[1] += 1
    other.stages[1].paid[2] += 1
    found = difference(scenario, played, other)
    assert (found.stage, found.phase, found.quantity, found.team) == ("second", Phase.CUT, "frontier", "")


def test_floats_may_differ_by_a_billionth_of_their_size(scenario, played, other):
    other.stages[0].compute *= 1 + 5e-10
    other.stages[0].total += 5e-10
    assert first_difference(scenario, played, other) is None


def test_floats_may_not_differ_by_more(scenario, played, other):
    other.stages[0].compute[:] = other.stages[0].compute * (1 + 5e-9)
    assert difference(scenario, played, other).quantity == "compute"


def test_missing_in_one_engine_alone_is_a_difference(scenario, played, other):
    other.stages[0].capability[0, 0] = np.nan
    assert difference(scenario, played, other).quantity == "capability"


def test_the_difference_reads_as_one_plain_line(scenario, played, other):
    team = int(np.argmax(played.stages[0].fate[2] == Fate.KEPT))
    other.stages[0].fate[2, team] = Fate.OUT_BY_POINTS
    expected = "is kept in the event engine and out by points in the batch engine"
    name = list(scenario.teams)[team]
    assert (
        str(first_difference(scenario, played, other))
        == f"replication 9, first, cut: fate of {name} {expected}"
    )


def test_outcomes_of_other_replications_are_refused(scenario, played):
    with pytest.raises(ValueError, match="replications 7:17 and 0:10 are not the same"):
        first_difference(scenario, played, batch.play_batch(scenario, Draws(1), 0, 10))
