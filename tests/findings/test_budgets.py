"""What a budget of a stage pays for, against every order in which equal teams can be ranked."""

import math
from itertools import permutations

import pytest

import sim
from sim.engines.event import trace_replication
from sim.engines.happenings import What
from sim.findings.chances import chances
from sim.findings.run import ending
from sim.render.text.ending import place_lines, purse_lines
from sim.render.text.layout import Names
from tests.helpers import quiet, stage

EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0, "noise": 5}}
ASKS = {"a": 10, "b": 10, "c": 10, "d": 20, "e": 20, "f": 35}
BUDGET, RUNS = 60, 4_000


def purse(asks=None, budget=BUDGET, **more):
    """Six teams that differ by what they ask alone, and one stage that has a budget for them."""
    cut = {"budget": budget, "asks": asks or ASKS, **more}
    return quiet({team: {} for team in ASKS}, [stage(1, EXAM, cut=cut)])


def paid_in_order(order):
    """What a budget pays for, down one order of the teams: how many, and how much."""
    spent = 0
    for n, team in enumerate(order):
        if spent + ASKS[team] > BUDGET:
            return n, spent
        spent += ASKS[team]
    return len(order), spent


def test_how_many_a_budget_pays_for_and_what_is_used_of_it_are_those_of_all_orders():
    orders = [paid_in_order(order) for order in permutations(ASKS)]
    result = sim.run(purse(), RUNS, seed=3)
    told = chances(result.alternatives).default
    numbers = told.places["s1"]
    assert sum(each.count for each in numbers.values()) == RUNS
    assert list(numbers) == sorted({n for n, _ in orders})
    for n, each in numbers.items():
        p = sum(of == n for of, _ in orders) / len(orders)
        assert abs(each.p - p) < 4 * math.sqrt(p * (1 - p) / RUNS)
    mean = sum(spent for _, spent in orders) / len(orders)
    square = sum(spent**2 for _, spent in orders) / len(orders)
    used, places = told.amounts["budget_used.s1"], told.amounts["places.s1"]
    assert abs(used.mean - mean) < 4 * math.sqrt((square - mean**2) / RUNS)
    assert places.mean == pytest.approx(sum(n * each.p for n, each in numbers.items()))
    assert used.unit == "KRW"
    rows = result.outcomes()
    assert rows["budget_used"].sum() == pytest.approx(used.mean * RUNS)
    assert set(rows["budget_used"]) == {0.0, *map(float, ASKS.values())}


def test_the_lines_are_in_both_languages_and_json_has_every_number():
    result = sim.run(purse({team: 10**9 * ask for team, ask in ASKS.items()}, 60 * 10**9), 200, seed=3)
    end = ending(result.scenario, chances(result.alternatives).default)
    most, chance = end.purses[0].likeliest
    used = f"{end.purses[0].used.mean / 1e8:.0f}억"
    (line,) = (text.plain for text in purse_lines(Names.of(result.scenario, "en"), end))
    fewest, *_, greatest = end.purses[0].places
    said = f"pays for {fewest} to {greatest} teams, most often {most} ({chance} %); {used} of 600억"
    assert line.split("  ")[-1].strip() == said
    (line,) = (text.plain for text in place_lines(Names.of(result.scenario, "ko"), end))
    assert f"{most}개 {chance}%" in line
    places = result.as_json()["places"]["s1"]
    assert sum(each["p"] for each in places.values()) == pytest.approx(1)


def test_a_number_of_places_that_never_varies_is_told_alone():
    result = sim.run(purse(dict.fromkeys(ASKS, 10**10), 30 * 10**9), 200)
    end = ending(result.scenario, chances(result.alternatives).default)
    (line,) = (text.plain for text in purse_lines(Names.of(result.scenario, "en"), end))
    assert line.endswith("pays for 3 teams; 300억 of 300억")
    assert not list(place_lines(Names.of(result.scenario, "en"), end))


def test_nothing_is_told_where_no_stage_has_a_budget():
    without = quiet({"a": {}, "b": {}}, [stage(1, EXAM, cut={"keep": 1})])
    assert not chances(sim.run(without, 50).alternatives).default.places
    assert "budget_used" not in sim.run(without, 50).outcomes()


def test_the_trace_says_who_is_out_for_want_of_money_and_what_is_left():
    """Places for four, money for fewer: who is below the fourth is out by points, who is not paid is not."""
    happenings = trace_replication(purse(keep=4), seed=3, replication=1)
    of = {
        what: {h.team: h.values for h in happenings if h.what is what}
        for what in (What.RANK, What.STAYS, What.OUT_BY_POINTS)
    }
    order = sorted(ASKS, key=lambda team: of[What.RANK][team]["rank"])
    left = BUDGET
    stopped = False
    for n, team in enumerate(order):
        assert of[What.RANK][team]["asks"] == ASKS[team]
        assert of[What.RANK][team]["left"] == left
        stopped |= ASKS[team] > left
        assert (team in of[What.STAYS]) == (not stopped and n < 4)
        if team in of[What.STAYS]:
            left -= ASKS[team]
        else:
            assert ("unpaid" in of[What.OUT_BY_POINTS][team]) == (n < 4)
    assert any(of[What.OUT_BY_POINTS].values())
    assert not all(of[What.OUT_BY_POINTS].values())
