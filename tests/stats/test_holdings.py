"""Holdings by hand: two teams, two stages, a supplier that is late and slow."""

from datetime import date

import numpy as np
import pytest

from sim.engines.event import trace_replication
from sim.engines.happenings import What
from sim.scenario import from_data
from sim.stats.holdings import equivalents, holdings_table

HARDWARE = {
    "B200": {"peak": 2000.0, "mfu": 0.25},
    "H100": {"peak": 1000.0, "mfu": {"uniform": [0.3, 0.4]}},  # 0.7 of a B200 by its median
}


def world(hardware=HARDWARE, **more):
    exam = {"exam": {"max": 40, "mean": 20, "per_eci": 0.5, "noise": 0}}
    first = {
        "train": "2026-01-01 to 2026-03-31",
        "result": "2026-04-10",
        "points": exam,
        "grants": {"gpus": {"a": {"B200": 100}, "b": {"H100": 200}}, "supplier": "lease"},
        "cut": {"keep": 1},
    }
    second = first | {"train": "2026-05-01 to 2026-06-30", "result": "2026-07-10"}
    slow = {"march": {"starts": "2026-03-01", "days": 10, "speed": 0.5}}
    return from_data(
        {
            "format": 1,
            "name": "holdings",
            "as_of": "2040-01-01",
            "hardware": hardware,
            "suppliers": {"lease": {"delay": 5, "slow": slow}},
            "teams": {"a": {"name": "A", "own": {"H100": 10}, "effect": 30}, "b": {"name": "B"}},
            "stages": {"one": first, "two": second},
            **more,
        }
    )


def test_gpus_count_by_their_useful_speed():
    unit, factors = equivalents(world())
    assert unit == "B200"
    assert factors == {"B200": 1.0, "H100": pytest.approx(1000 * 0.35 / (2000 * 0.25))}


def test_without_a_b200_the_fastest_counts_one():
    slower = {"old": {"peak": 500.0, "mfu": 0.4}, "H100": {"peak": 1000.0, "mfu": 0.4}}
    one = world().model_dump(mode="json", exclude_none=True)
    one["hardware"] = slower
    one["stages"]["one"]["grants"]["gpus"] = one["stages"]["two"]["grants"]["gpus"] = {"a": {"old": 1}}
    assert equivalents(from_data(one)) == ("H100", {"old": pytest.approx(0.5), "H100": 1.0})


def test_hardware_without_any_speed_counts_one_each():
    still = {"B200": {"peak": 1000.0, "mfu": 0.0}, "H100": {"peak": 1000.0, "mfu": 0.0}}
    assert equivalents(world(still)) == ("B200", {"B200": 1.0, "H100": 1.0})


def test_holdings_are_those_of_the_programme_worked_out_by_hand():
    scenario = world()
    changes, _ = holdings_table(scenario, trace_replication(scenario, 1, 0))
    assert list(changes.columns) == ["team", "day", "granted", "own", "speed", "own_speed", "what"]
    assert changes.attrs["unit"] == "B200"
    rows = [
        (*row[:2], round(row[2], 9), round(row[3], 9), *row[4:]) for row in changes.itertuples(index=False)
    ]
    assert rows == [
        ("a", date(2026, 1, 1), 0, 0, 1, 1, ""),
        ("b", date(2026, 1, 1), 0, 0, 1, 1, ""),
        ("a", date(2026, 1, 1), 0, 7, 1, 1, "window opens"),
        ("b", date(2026, 1, 1), 0, 0, 1, 1, "window opens"),
        ("a", date(2026, 1, 1), 0, 7, 1, 1, "grant"),
        ("b", date(2026, 1, 1), 0, 0, 1, 1, "grant"),
        ("a", date(2026, 1, 6), 100, 7, 1, 1, "delivery"),
        ("b", date(2026, 1, 6), 140, 0, 1, 1, "delivery"),
        ("a", date(2026, 3, 1), 100, 7, 0.5, 1, "slow"),
        ("b", date(2026, 3, 1), 140, 0, 0.5, 1, "slow"),
        ("a", date(2026, 3, 11), 100, 7, 1, 1, "normal"),
        ("b", date(2026, 3, 11), 140, 0, 1, 1, "normal"),
        ("a", date(2026, 3, 31), 0, 0, 1, 1, "window closes"),
        ("b", date(2026, 3, 31), 0, 0, 1, 1, "window closes"),
        ("b", date(2026, 4, 10), 0, 0, 1, 1, "leaves"),
        ("a", date(2026, 5, 1), 0, 7, 1, 1, "window opens"),
        ("a", date(2026, 5, 1), 0, 7, 1, 1, "grant"),
        ("a", date(2026, 5, 6), 100, 7, 1, 1, "delivery"),
        ("a", date(2026, 6, 30), 0, 0, 1, 1, "window closes"),
    ]


def test_the_days_of_the_stages():
    scenario = world()
    _, stages = holdings_table(scenario, trace_replication(scenario, 1, 0))
    assert list(stages.itertuples(index=False, name=None)) == [
        ("one", date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 10)),
        ("two", date(2026, 5, 1), date(2026, 6, 30), date(2026, 7, 10)),
    ]


def test_a_stage_that_nobody_is_left_for_is_not_there():
    data = world().model_dump(mode="json", exclude_none=True)
    data["stages"]["one"]["cut"] = {"keep": 0}
    scenario = from_data(data)
    changes, stages = holdings_table(scenario, trace_replication(scenario, 1, 0))
    assert list(stages.stage) == ["one"]
    assert list(changes.what[-2:]) == ["leaves", "leaves"]


SURE = {"B200": {"peak": 2000.0, "mfu": 0.25}, "H100": {"peak": 1000.0, "mfu": 0.35}}
FLOP_OF_A_B200_DAY = 2000e12 * 0.25 * 86_400
ALL_COUNTS = {"training": {"main_run_share": 1.0}, "suppliers": {"lease": {}}}
UNFAILING = {"faults": {"per_node_day": 0}}
STORAGE = {"faults": {"per_node_day": 0, "storage": {"chance": 1, "days": 10, "speed": 0.1}}}
ALL_YEAR = {"starts": "2026-01-01", "days": 365, "speed": 0.5}
SUPPLIER = {"suppliers": {"lease": {"slow": {"year": ALL_YEAR}}}}


def half_speed(world):
    world.hardware.set_speed("a", 0.5)
    yield world.env.timeout(1)


@pytest.mark.parametrize(
    ("said", "processes"),
    [
        (STORAGE, []),
        (UNFAILING | SUPPLIER, []),
        (UNFAILING, [half_speed]),
        (STORAGE | SUPPLIER, [half_speed]),
    ],
    ids=["storage", "supplier", "process", "all three"],
)
def test_what_is_held_at_its_speeds_is_the_compute_that_teams_submit(said, processes):
    """The areas of the figure, hatched ones by their speeds, against the FLOP that the engine counts."""
    scenario = world(SURE, **(ALL_COUNTS | said))
    for replication in range(4):
        found = trace_replication(scenario, 1, replication, processes=processes)
        changes, _ = holdings_table(scenario, found)
        submitted = [one for one in found if one.what is What.SUBMITS]
        assert [(one.stage, one.team) for one in submitted] == [("one", "a"), ("one", "b"), ("two", "a")]
        for one in submitted:
            of_team = changes[(changes["team"] == one.team) & (changes["day"] <= one.date)].iloc[1:]
            opens = of_team["day"][of_team["what"] == "window opens"].max()
            rows = of_team[(of_team["day"] >= opens) & (of_team["what"] != "window closes")]
            days = np.diff([*map(date.toordinal, rows["day"]), one.date.toordinal() + 1])
            effective = rows["granted"] * rows["speed"] + rows["own"] * rows["own_speed"]
            flop = effective.to_numpy() @ days * FLOP_OF_A_B200_DAY
            assert flop == pytest.approx(one.values["compute"], rel=1e-9)


def test_a_base_that_closes_is_a_change_of_its_day():
    closed = {"openness": {"open": {"closes": {"earliest": "2026-02-10"}, "delay": 20}}}
    data = world(SURE, **UNFAILING, **closed).resolved()
    data["teams"]["b"]["base"] = "open"
    scenario = from_data(data)
    changes, _ = holdings_table(scenario, trace_replication(scenario, 1, 0))
    told = changes[changes["what"] == "base closes"]
    assert (told["team"].tolist(), told["day"].tolist()) == (["b"], [date(2026, 2, 10)])
    assert told["granted"].tolist() == pytest.approx([140])
