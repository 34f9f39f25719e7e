"""What is said of facts: numbers that moved and others, who is not told apart, chances without facts."""

from dataclasses import replace

import pytest

import sim
from sim.findings.chances import chances
from sim.findings.evidence import FactFindings, MovedNumber, Mover, Spread, Trust
from sim.render.text.evidence import evidence_lines, forecast_sentence, level_lines, without_facts_sentence
from sim.render.text.layout import Names
from sim.stats.summary import estimate

TEAMS = {"red": "Red", "blue": "Blue", "green": "Green"}
TRUST = Trust(4000, 8, 2500.0, 1.004, "judging.lasting", 1.1, -12.3, 7, 0.0)


def number(path, shift=0.2, size=1.0):
    before = Spread(size, 0.5 * size, 1.5 * size)
    return MovedNumber(path, path, "points", before, Spread(*(each + shift * size for each in before)))


@pytest.fixture(scope="module")
def without():
    return chances(sim.run(sim.load("minimal"), 400).alternatives)


@pytest.fixture
def found(without):
    told = {"red": estimate(300, 1000, 3), "blue": estimate(310, 1000, 3), "green": estimate(600, 1000, 3)}
    return FactFindings(3, ("first",), "", told, without, {}, (), (), (), {"first": -12.3}, TRUST)


def names(lang="en"):
    return Names(lang, TEAMS, {"first": "First", "second": "Second"})


def lines(found, lang="en"):
    return list(evidence_lines(names(lang), found))


def test_numbers_that_moved_are_named_with_values_before_and_after(found):
    moved = replace(
        found, numbers=(number("stages.first.points.users.noise"), number("judging.lasting", 0.01))
    )
    told = [line for line in lines(moved) if "moved most" in line]
    assert told == ["  they moved most (mean, 5-95 %): noise of users' points 1.00 → 1.20 (0.70..1.70)"]


def test_large_numbers_are_written_out(found):
    moved = replace(found, numbers=(number("suppliers.lease.delay", 0.2, 1500.0),))
    assert "days that lease is late 1,500 → 1,800 (1,050..2,550)" in lines(moved)[1]


def test_numbers_that_hardly_moved_are_said_to_have(found):
    still = replace(found, numbers=(number("judging.lasting", 0.01), number("judging.agree", -0.01)))
    assert lines(still)[1] == "  they hardly moved any of the 2 uncertain numbers behind the points"
    one = replace(found, numbers=still.numbers[:1])
    assert lines(one)[1] == "  they hardly moved the one uncertain number behind the points"
    assert not any("moved" in line for line in lines(found))  # nothing that could have


def test_stages_are_named_only_where_two_numbers_would_be_called_the_same(found):
    twice = [number(f"stages.{stage}.points.experts.spread") for stage in ("first", "second")]
    told = lines(replace(found, numbers=(*twice, number("stages.second.points.users.spread"))))[1]
    assert "spread of experts' points, First 1.00" in told
    assert "spread of experts' points, Second 1.00" in told
    assert "spread of users' points 1.00" in told
    mover = Mover("number", "stages.second.points.experts.spread", "", "red", 0.03)
    told = lines(replace(found, numbers=twice[:1], movers=(mover,)))
    assert any("spread of experts' points, Second: 3 for Red" in line for line in told)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "experts' points of Blue, First: 3 for Red; total points of Green, Second: 2 for Red"),
        ("ko", "Blue 전문가 점수, First: Red 3; Green 총점, Second: Red 2"),
    ],
)
def test_points_that_would_move_a_chance_are_named(found, lang, said):
    movers = (
        Mover("points", "first experts", "blue", "red", 0.031),
        Mover("points", "second total", "green", "red", 0.02),
    )
    assert any(line.endswith(said) for line in lines(replace(found, movers=movers), lang))


@pytest.mark.parametrize(
    ("alike", "said"),
    [
        ((), None),
        ((("red", "blue"),), "Nothing known tells Red and Blue apart."),
        (
            (("red", "blue"), ("blue", "green")),
            "Nothing known tells Red and Blue apart. Nothing known tells Blue and Green apart.",
        ),
        ((("red", "blue", "green"),), "Nothing known tells these teams apart."),
    ],
)
def test_who_is_not_told_apart_is_said_group_by_group(found, alike, said):
    assert list(level_lines(names(), found.chances, alike)) == ([f"  {said}"] if said else [])


def test_chances_without_facts_are_told_by_team_where_they_differ(found, without):
    before = [without.default.teams["", team, "leaves_at_all"].estimate for team in TEAMS]
    each = ", ".join(f"{name} {p} %" for name, p in zip(TEAMS.values(), before, strict=True))
    assert forecast_sentence(names(), found) == "Red leaves with a chance of 30 %, Blue 31 %, Green 60 %."
    assert without_facts_sentence(names(), found) == f"Without what is known of points: {each}."
