"""Groups of many teams: what is pooled is exactly what their teams come to, in text and in figures."""

import datetime
from fractions import Fraction

import numpy as np
import pytest

import sim
from sim.findings.chances import chances
from sim.findings.fold import MOST_ROWS, group_rows, mean_chance, number_that_stays
from sim.render.figures.folded import figure_rows, format_span, pool
from sim.render.figures.labels import Calendar, Labels
from sim.render.figures.leaving import draw_leaving
from sim.render.figures.survival import draw_survival
from sim.scenario import from_data
from sim.stats.summary import Kind
from tests.cli.command import command
from tests.render.figures.drawing import texts

RUNS = 300


def contest(teams=200, groups=8, keep=24):
    """So many teams of different strength in so many groups, the last of which overlaps the first."""
    ids = [f"t{i}" for i in range(teams)]
    members = {f"g{g}": ids[g::groups] for g in range(groups)}
    members["both"] = [members["g0"][0], members["g1"][0]]
    return {
        "format": 1,
        "name": "Many",
        "as_of": "2026-01-01",
        "strength": {"spread": 5, "luck": 3},
        "teams": {t: {"name": f"Team {t}", "effect": (i % 11) - 5} for i, t in enumerate(ids)},
        "groups": members,
        "stages": {
            "paper": {
                "result": "2026-02-01",
                "points": {"jury": {"max": 100, "mean": 50, "spread": 5}},
                "cut": {"keep": teams // 2},
            },
            "final": {
                "result": "2026-03-01",
                "points": {"jury": {"max": 100, "mean": 50, "spread": 5}},
                "cut": {"keep": keep, "places": {"g0": 5}},
            },
        },
    }


@pytest.fixture(scope="module")
def played():
    return sim.run(from_data(contest()), RUNS)


@pytest.fixture(scope="module")
def found(played):
    return chances(played.alternatives)


def test_every_group_has_a_row_with_its_teams(found):
    rows = group_rows(found)
    assert list(rows) == [*(f"g{g}" for g in range(8)), "both"]
    assert [len(row.teams) for row in rows.values()] == [25] * 8 + [2]


def test_what_is_pooled_is_the_mean_of_the_teams(found):
    asked: list[tuple[str, Kind]] = [("paper", "leaves"), ("final", "leaves")]
    asked += [("", "leaves_at_all"), ("", "selected")]
    for row in group_rows(found).values():
        for stage, kind in asked:
            each = [found.default.teams[stage, team, kind].estimate for team in row.teams]
            pooled = mean_chance(found.default, row.teams, stage, kind).estimate
            assert pooled.p == sum(one.p for one in each) / len(each)
            # In whole runs, without any rounding: as if the group's teams were one with all of their runs.
            exact = Fraction(sum(one.count for one in each), sum(one.of for one in each))
            assert Fraction(pooled.count, pooled.of) == exact
            assert pooled.p == pytest.approx(float(exact), abs=1e-12)


def test_who_stays_in_all_groups_together_is_who_stays(found):
    apart = [row.teams for name, row in group_rows(found).items() if name != "both"]
    numbers = [number_that_stays(found.default, teams) for teams in apart]
    assert sum(numbers) == pytest.approx(24, abs=1e-9)  # keep says so, in every run
    assert numbers[0] >= 5  # places of the group of its own


def test_teams_that_fit_have_no_rows_of_groups():
    few = sim.run(from_data(contest(teams=MOST_ROWS, keep=8)), 50)
    assert group_rows(chances(few.alternatives)) == {}


@pytest.mark.parametrize("details", [(), ("--details",)])
def test_the_text_shows_them(tmp_path, details):
    from sim.scenario.language.provenance import format_flow

    path = tmp_path / "many.yaml"
    path.write_text(format_flow(contest()), encoding="utf-8")
    lines = command("run", path, "--runs", RUNS, *details).out.splitlines()
    (row,) = (line for line in lines if line.startswith("  g0 (25 teams)"))
    played = sim.run(sim.load(path), RUNS)
    table = played.odds().set_index(["chance", "stage"])
    members = set(contest()["groups"]["g0"])

    def mean(chance, stage):
        of = table.loc[(chance, stage)]
        return of[of.team.isin(members)].p.mean()

    paper, final, stays, number = row.split()[-4:]
    expected = [("leaves", "paper"), ("leaves", "final"), ("selected", "")]
    assert [paper, final, stays] == [f"{100 * mean(*each):.0f}" for each in expected]
    assert number == f"({25 * mean('selected', ''):.1f})"
    assert all(len(line) <= 80 for line in lines)


DAYS = tuple(datetime.date(2026, month, 1) for month in (1, 2, 6))


def labels(groups):
    return Labels(
        title="Many",
        teams={f"t{i}": f"Team t{i}" for i in range(200)},
        stages={"paper": "Paper", "final": "Final"},
        runs=RUNS,
        scenario_hash="0" * 8,
        known_until="2026-01-01",
        lang="en",
        groups=groups,
        calendar=Calendar(DAYS[0], DAYS[0], dict(zip(("paper", "final"), DAYS[1:], strict=True)), {}),
    )


def test_figures_fold_teams_and_show_the_means_of_groups(played, found):
    groups = {name: row.teams for name, row in group_rows(found).items()}
    table = played.odds()
    for draw in (draw_leaving, draw_survival):
        figure = draw(table, labels(groups), "A finding")
        assert figure.get_figheight() < 12  # inches; a row for each of 200 teams took 60
        said = texts(figure)
        assert sum(text.startswith("g") for text in said) == 8
        assert any(text.startswith("185 others") for text in said)
    stays = 100 * number_that_stays(found.default, groups["g0"]) / 25
    number = number_that_stays(found.default, groups["g0"])
    assert f"{stays:.0f} %, {number:.1f} of 25" in texts(draw_survival(table, labels(groups), "A finding"))
    leaves = 100 * mean_chance(found.default, groups["g0"], "paper", "leaves").estimate.p
    assert f"{leaves:.0f} %" in texts(draw_leaving(table, labels(groups), "A finding"))


def test_a_mean_over_teams_leaves_out_who_was_never_there():
    values = np.array([[0.2, np.nan], [0.4, np.nan], [0.6, 0.5]])
    assert pool(values, [0, 1]).tolist()[0] == (0.2 + 0.4) / 2
    assert np.isnan(pool(values, [0, 1])[1])
    assert pool(values, [0, 2]).tolist() == [(0.2 + 0.6) / 2, 0.5]


def test_who_may_never_come_in_is_not_first_because_it_cannot_leave():
    data = contest()
    data["stages"]["paper"]["entry"] = {"day": "2026-02-10", "candidates": ["t0", "t8", "t16"], "places": 1}
    data["stages"]["paper"]["entry"]["panel"] = {"mean": 50, "spread": 5}
    played = sim.run(from_data(data), RUNS)
    names = [
        text
        for text in texts(draw_leaving(played.odds(), labels({}), "A finding"))
        if text.startswith("Team ")
    ]
    stays = played.odds().query("chance == 'selected'").set_index("team").p
    shown = [stays[name.removeprefix("Team ")] for name in names]
    assert shown == sorted(shown, reverse=True)


def test_ends_leave_out_who_was_never_there_and_are_told_as_they_are():
    said = format_span(["12 %", "–", "<1 %"], labels({}), [0.12, np.nan, 0.0])
    assert said == "<1-12 %"  # 0 of so many runs is not 0
    assert format_span(["–", "x"], labels({}), [np.nan, np.nan]) == "–"


def test_a_figure_of_few_teams_has_a_row_for_each():
    teams = [f"t{i}" for i in range(MOST_ROWS)]
    rows = figure_rows(teams, dict.fromkeys(teams, 0.5), labels({"a": ("t1", "t2")}))
    assert [row.name for row in rows] == [f"Team {team}" for team in teams]
