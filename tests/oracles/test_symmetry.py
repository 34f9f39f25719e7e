"""What must not matter does not: the order of teams, a constant, a scale, what comes later."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engines import batch, event
from sim.model.draws import Draws
from sim.scenario import from_data, load
from tests.helpers import both_engines, played

SCENARIOS = Path(__file__).parents[2] / "scenarios"
PLAN = load(SCENARIOS / "k-ai-2025-plan.yaml")
EQUAL = load(SCENARIOS / "equal-teams.yaml")
engines = pytest.mark.parametrize(
    ("play", "size"), [(batch.play_batch, 20_000), (event.play_events, 300)], ids=["batch", "event"]
)
FLOATS = ("compute", "effective", "capability", "points", "total", "gpu_hours", "cost")


def plain(scenario: Any) -> Any:
    """A fresh copy as plain data, to be changed."""
    return scenario.resolved()


def same_decisions(one, other):
    return all(
        np.array_equal(a.fate, b.fate) and np.array_equal(a.rank, b.rank)
        for a, b in zip(one.stages, other.stages, strict=True)
    )


def same_bytes(a, b, order=slice(None), runs=slice(None)):
    """Whether two stages are equal to the last bit, of `a` these `runs` and its teams taken in `order`."""
    names = ("fate", "rank", *FLOATS)
    return all(
        np.array_equal(getattr(a, n)[runs, ..., order], getattr(b, n), equal_nan=n in FLOATS) for n in names
    )


@engines
def test_teams_in_another_order_have_the_same_outcomes(play, size):
    teams = list(PLAN.teams)
    order = [3, 0, 4, 1, 2]
    data = plain(PLAN)
    data["teams"] = {teams[i]: data["teams"][teams[i]] for i in order}
    one, other = played(play, PLAN, size), played(play, from_data(data), size)
    assert all(same_bytes(a, b, order) for a, b in zip(one.stages, other.stages, strict=True))


def with_room(scenario):
    """The scenario with maxima so far away that no points are clipped, and no scaling."""
    data = plain(scenario)
    for stage in data["stages"].values():
        for block in stage["points"].values():
            block |= {"max": 8 * block["max"], "mean": 4 * block["max"], "rescale": "maximum"}
            block.pop("items", None)
    return data


@engines
def test_teams_that_are_all_stronger_by_the_same_fare_the_same(play, size):
    # Points are linear in strength where nothing clips or is scaled: all totals shift alike.
    data = with_room(EQUAL)
    before = from_data(data)
    for team in data["teams"].values():
        team["effect"] = 1.75
    assert same_decisions(played(play, before, size), played(play, from_data(data), size))


@engines
def test_points_counted_double_with_double_the_noise_change_no_fate(play, size):
    data = plain(PLAN)
    for stage in data["stages"].values():
        stage["round_to"] *= 2
        for block in stage["points"].values():
            for key in ("max", "mean", "per_eci", "spread", "noise"):
                if key in block:
                    block[key] *= 2
            for item in block["items"].values():
                item["max"] *= 2
    one, other = played(play, PLAN, size), played(play, from_data(data), size)
    assert same_decisions(one, other)  # a factor of two is exact
    assert all(
        np.array_equal(2 * a.total, b.total, equal_nan=True)
        for a, b in zip(one.stages, other.stages, strict=True)
    )


@engines
def test_strength_in_other_units_changes_no_fate(play, size):
    # Half an ECI called one: all strengths and spreads double, points for each halve.
    data = with_room(EQUAL)
    data["capability"] |= {"level": 133.6 * 2, "per_tenfold_compute": 5.7 * 2, "progress_per_year": 8.9 * 2}
    data["capability"] |= {"team_spread": 2.5 * 2, "stage_spread": 4.0 * 2}
    for stage in data["stages"].values():
        for block in stage["points"].values():
            if "per_eci" in block:
                block["per_eci"] /= 2
    one = played(play, from_data(with_room(EQUAL)), size)
    assert same_decisions(one, played(play, from_data(data), size))


@engines
def test_what_changes_after_a_stage_leaves_it_and_all_before_as_they_were(play, size):
    data = plain(PLAN)
    data["stages"]["stage-3"] |= {"cut": {"keep": 1}, "grants": {"pool": {"H100": 9000}, "shares": "equal"}}
    data["stages"]["stage-3"]["points"]["users"] |= {"noise": 5.0, "rescale": "maximum"}
    one, other = played(play, PLAN, size), played(play, from_data(data), size)
    assert same_bytes(one.stages[0], other.stages[0])
    assert same_bytes(one.stages[1], other.stages[1])
    assert not same_decisions(one, other)


@engines
def test_a_team_more_shifts_nobody_elses_luck(play, size):
    data = plain(PLAN)
    data["teams"] = {"newcomer": {"name": "New", "own": {"H200": 2000}}, **data["teams"]}
    one, other = played(play, PLAN, size).stages[0], played(play, from_data(data), size).stages[0]
    for name in ("compute", "capability", "gpu_hours"):
        assert np.array_equal(getattr(one, name), getattr(other, name)[:, 1:])
    for block in range(2):  # the third is scaled to the best of all
        assert np.array_equal(one.points[:, block], other.points[:, block, 1:])


@both_engines
def test_a_range_of_replications_played_alone_is_that_part_of_the_whole(play):
    whole, part = play(PLAN, Draws(5), 0, 120), play(PLAN, Draws(5), 33, 101)
    for a, b in zip(whole.stages, part.stages, strict=True):
        assert same_bytes(a, b, runs=slice(33, 101))
