"""What is legal and suspicious is told with its place, and the scenario is there all the same."""

from pathlib import Path

import pytest

from sim.scenario import load
from sim.scenario.language.load import check
from tests.scenario.broken import GOOD, changed

FED = GOOD + "    grants: {pool: {B200: 1024}, shares: equal}\n"
"""The good scenario with GPUs in its second stage too."""


def told(text):
    Path("scenario.yaml").write_text(text, encoding="utf-8")
    scenario, problems = check("scenario.yaml")
    assert scenario == load("scenario.yaml")
    return [str(problem) for problem in problems]


SCENARIOS = sorted((Path(__file__).parents[3] / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_there_is_nothing_suspicious_in_our_own_scenarios(path):
    assert check(path)[1] == []


def test_a_scenario_in_which_everybody_has_gpus_is_not_suspicious(folder):
    assert told(FED) == []


def idle(team, stages, line):
    return (
        f"scenario.yaml:{line}:3: teams.{team}: no GPUs in {stages}: it submits nothing and gets 0 points, "
        "expected `own` of the team, or a grant"
    )


def test_teams_without_gpus_are_told_each_with_its_stages(folder):
    assert told(GOOD) == [idle("red", "second", 7), idle("blue", "second", 8)]
    assert told(changed("pool: {B200: 1024}, shares: equal", "gpus: {red: {B200: 8}}")) == [
        idle("red", "second", 7),
        idle("blue", "first, second", 8),
    ]


@pytest.mark.parametrize(
    ("grants", "without"),
    [
        ("{gpus: {default: {B200: 8}}}", []),
        ("{gpus: {default: {B200: 8}, blue: none}}", ["blue"]),
        ("{gpus: {default: {B200: 0}}}", ["red", "blue"]),
        ("{gpus: {red: {B200: 8}}, leftover: shared}", []),
        ("{pool: {B200: 8}, shares: equal, among: [red]}", ["blue"]),
        ("{pool: {B200: 8}, shares: {red: 0.5}}", ["blue"]),
        ("{pool: {B200: 8}, shares: {red: 0.5}, leftover: shared}", []),
        ("{pool: {B200: 8}, shares: {default: {uniform: [0, 0.5]}}}", []),
        ("{pool: {B200: 8}, shares: by-score}", []),
        ("{pool: {B200: 8}, shares: {by_rank: [1]}}", []),
    ],
)
def test_who_can_be_lent_nothing_is_without(folder, grants, without):
    lines = told(f"{GOOD}    grants: {grants}\n")
    assert lines == [idle(team, "second", 7 + ["red", "blue"].index(team)) for team in without]


def test_own_gpus_of_a_team_or_of_a_stage_are_gpus(folder):
    assert told(changed("{name: Red}", "{name: Red, own: {B200: 8}}")) == [idle("blue", "second", 8)]
    assert told(GOOD + "    own: {default: {B200: 8}, blue: none}\n") == [idle("blue", "second", 8)]


def test_who_is_out_or_not_there_yet_needs_no_gpus(folder):
    known = changed("as_of: 2026-01-01", "as_of: 2026-08-01")
    known = changed("    cut: {keep: 1}", "    cut: {keep: 1}\n    happened: {red: out-by-points}", known)
    assert told(known) == [idle("blue", "second", 8)]
    late = changed("  blue:", "  late: {name: Late}\n  blue:", FED)
    late = changed("shares: equal}", "shares: {red: 0.5, blue: 0.5}}", late)
    entry = "    cut: {keep: 1}\n    entry: {day: 2026-07-15, candidates: [late]}"
    assert told(changed("    cut: {keep: 1}", entry, late)) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "    result: 2027-01-15",
            "    result: 2027-01-15\n    cut: {keep: 2}",
            "21:11: stages.second.cut.keep: 2 teams to keep of at most 1: nobody leaves by it, "
            "expected at most 1",
        ),
        (
            "cut: {keep: 1}",
            "cut: {drop: 2}",
            "17:11: stages.first.cut.drop: 2 teams to drop of at most 2: nobody stays, expected less than 2",
        ),
        (
            "cut: {keep: 1}",
            "cut: {minimum: 101}",
            "17:11: stages.first.cut.minimum: 101 points, which nobody can reach: nobody stays, "
            "expected at most 100, the points of all blocks",
        ),
        (
            "teams:\n",
            "suppliers: {lease: {delay: 30}}\nteams:\n",
            "6:13: suppliers.lease: a supplier that no stage names: its delays and slow days change nothing, "
            "expected `supplier` in the grants of a stage",
        ),
    ],
)
def test_rules_that_do_nothing_or_too_much_are_told(folder, old, new, line):
    assert told(changed(old, new, FED)) == [f"scenario.yaml:{line}"]


def test_places_that_nobody_can_take_are_told(folder):
    text = changed("  blue:", "  late: {name: Late}\n  blue:", FED)
    entry = "cut: {keep: 1}\n    entry: {day: 2026-07-15, candidates: [late], places: 2}"
    assert told(changed("cut: {keep: 1}", entry, text)) == [
        "scenario.yaml:19:50: stages.first.entry.places: 2 places for 1: some stay empty, expected at most 1"
    ]


@pytest.mark.parametrize(
    ("starts", "suspicious"),
    [("2025-11-30", True), ("2025-12-15", False), ("2026-12-31", False), ("2027-01-01", True)],
)
def test_slow_days_outside_the_programme_are_told(folder, starts, suspicious):
    supplier = f"suppliers: {{lease: {{slow: {{x: {{starts: {starts}, days: 30, speed: 0.5}}}}}}}}\nteams:\n"
    text = changed("shares: equal", "shares: equal, supplier: lease", changed("teams:\n", supplier, FED))
    line = (
        f"scenario.yaml:6:28: suppliers.lease.slow.x: from {starts}: outside the programme, "
        "it changes nothing, expected days from 2026-01-01 to 2026-12-31"
    )
    assert told(text) == ([line] if suspicious else [])


def test_what_is_suspicious_is_told_in_file_order(folder):
    text = changed("keep: 1", "drop: 2", changed("teams:\n", "suppliers: {lease: {delay: 30}}\nteams:\n"))
    places = [int(line.split(":")[1]) for line in told(text)]
    assert places == sorted(places)
    assert len(places) == 4
