"""What figures of a run are drawn from, worked out by hand and in other ways."""

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.findings.ends import find_ends
from sim.findings.growth import find_growth
from sim.findings.strength import find_strengths
from sim.findings.totals import find_totals
from sim.model.capability import basket_accuracy
from tests.cli.command import SCENARIOS


@pytest.fixture(scope="module")
def played():
    return sim.run(sim.load(SCENARIOS / "k-ai-2025-plan.yaml"), 400, seed=5)


def test_where_teams_end_is_counted_from_their_fates(played):
    rows, teams = played.outcomes(), list(played.scenario.teams)
    found = find_ends(played.odds(), teams)
    for end in found.ends:
        for team, share in zip(teams, end.shares, strict=True):
            of_team = rows[rows.team == team]
            if end.way == "selected":
                last = of_team[of_team.stage == "stage-3"]
                expected = (last.fate == "kept").mean()
            else:
                fate = {"by_points": "out-by-points", "by_gate": "out-at-gate"}[end.way]
                expected = (of_team[of_team.stage == end.stage].fate == fate).mean()
            assert share == pytest.approx(expected)
    assert sum(end.shares for end in found.ends) == pytest.approx(np.ones(len(teams)))


def test_ways_that_do_not_add_up_are_refused(played):
    odds = played.odds()
    odds.loc[(odds.chance == "selected") & (odds.team == "lg"), "p"] = 0.99
    with pytest.raises(ValueError, match="add up"):
        find_ends(odds, ["lg"])


def test_the_cut_lies_between_the_last_that_stays_and_the_first_that_leaves(played):
    rows = played.outcomes()
    found: Any = find_totals(rows, played.scenario)
    assert found.stage == "stage-1"
    margins, cuts = [], []
    for _, world in rows[rows.stage == "stage-1"].groupby("replication"):
        stays = [float(row.total) for row in world.itertuples() if row.fate == "kept"]
        leaves = [float(row.total) for row in world.itertuples() if row.fate == "out-by-points"]
        if stays and leaves:
            margins.append(min(stays) - max(leaves))
            cuts.append((min(stays) + max(leaves)) / 2)
    assert found.margin == pytest.approx(margins)
    assert found.cut == pytest.approx(cuts)
    assert found.usual_margin == pytest.approx(sorted(margins)[len(margins) // 2], abs=0.2)


def test_the_worlds_best_is_on_its_line_and_the_target_has_its_share_of_the_accuracy(played):
    scenario = played.scenario
    found: Any = find_strengths(played.outcomes(), scenario, ["lg"])
    line = scenario.frontier
    for day, best, target in zip(found.days, found.frontier, found.target, strict=True):
        years = (day - line.date) / datetime.timedelta(days=365.25)
        assert best.middle == pytest.approx(line.level + line.growth_per_year * years, abs=0.02)
        share = float(basket_accuracy(target)) / float(basket_accuracy(best.middle))
        assert share == pytest.approx(line.target, abs=1e-9)
    rows = played.outcomes()
    first = rows[(rows.team == "lg") & (rows.stage == "stage-1")].capability
    assert found.teams["lg"][0].middle == pytest.approx(float(first.median()))


def test_chances_after_so_many_runs_are_those_of_these_runs():
    fates = ["kept", "out-at-gate", "kept", "out-by-points"] * 50
    rows = pd.DataFrame({"replication": range(200), "stage": "s", "team": "a", "fate": fates})
    found: Any = find_growth(rows, ["a"])
    assert (found.runs[0], found.runs[-1]) == (10, 200)
    for n, chance in zip(found.runs, found.chances["a"], strict=True):
        assert chance == pytest.approx(sum(fate != "kept" for fate in fates[:n]) / n)
    assert find_growth(rows[rows.replication < 50], ["a"]) is None
