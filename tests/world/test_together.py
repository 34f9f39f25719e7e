"""Blocks of the wider world beside one another, and beside what the language had before them."""

from typing import Any

import pytest

from sim.scenario import from_data
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.comparison import indistinguishable_teams
from tests.helpers import quiet, stage

EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1, "noise": 1}}
"""A block of points."""


def test_budgets_for_data_tell_teams_apart():
    teams: dict[str, Any] = {"a": {}, "b": {}, "c": {}}
    data = {"own": {"b": 3600, "default": 10}, "reference": 100, "per_tenfold": 5}
    assert indistinguishable_teams(quiet(teams, [stage(1, EXAM, cut={"keep": 1})], data=data)) == [("a", "c")]


@pytest.mark.parametrize("gpus", [{"b": {"B200": 100}, "default": "none"}])
def test_a_team_with_copies_stands_for_all_of_them_in_every_table(gpus):
    supply = {"state": {"part": 1, "tranches": {"x": {"gpus": {"B200": 900}, "day": "2026-01-01"}}}}
    data = {
        "format": 1,
        "name": "Copies",
        "as_of": "2026-01-01",
        "hardware": {"B200": {"peak": 2250, "mfu": 0.3}},
        "teams": {"a": {}, "b": {"copies": 2}},
        "supply": supply,
        "stages": {
            "only": {
                "train": "2026-01-01 to 2026-06-30",
                "result": "2026-07-10",
                "grants": {"gpus": {"default": {"B200": 8}}, "supply": {"of": "state", "gpus": gpus}},
                "model": {"b": {"parameters": 1e9}},
                "points": EXAM,
                "cut": {"keep": 1},
            }
        },
        "afterwards": {"until": "2027-01-01", "share_of_frontier": 0.5, "go_on": {"gpus": gpus}},
    }
    scenario = from_data(data)
    assert list(scenario.teams) == ["a", "b-1", "b-2"]
    only, said = scenario.stages["only"], scenario.afterwards
    tables: list[Any] = [only.model, only.grants.supply, said]
    assert None not in tables
    model, lent, after = tables
    for table in (model, lent.gpus, after.go_on.gpus):
        assert {"b-1", "b-2"} <= dict(table).keys()


def test_spares_are_held_against_what_a_supply_may_give_too():
    supply = {"state": {"part": 1, "tranches": {"x": {"gpus": {"B200": 1000}, "day": "2026-01-01"}}}}
    grants = {"gpus": {"default": "none"}, "supply": {"of": "state", "shares": "equal"}}
    teams = {"a": {"own": {"B200": 8}, "faults": {"spares": 2, "repair": 24}}, "b": {}}
    found = lint_warnings(quiet(teams, [stage(1, EXAM, grants=grants, cut={"keep": 1})], supply=supply))
    assert not any("spares" in problem.found for problem in found)
