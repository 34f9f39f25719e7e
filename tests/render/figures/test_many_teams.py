"""Figures of more teams than have a row each: who looks how, and what a row of several says."""

import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from sim.findings.totals import Totals
from sim.render.figures.ends import draw_ends
from sim.render.figures.identity import COLOURS, DISTINCT, distinct_marks, team_mark
from sim.render.figures.leaving import draw_leaving
from sim.render.figures.style import INK
from sim.render.figures.survival import draw_survival
from sim.render.figures.totals import draw_totals
from tests.render.figures.conftest import make
from tests.render.figures.drawing import texts
from tests.render.figures.every import Cast
from tests.render.figures.test_every_figure import hues

TEAMS, RUNS = 60, 500


def look(mark):
    return mark.shape, mark.filled


@pytest.mark.parametrize("places", [[226, 258, 2, 34], [8 * k for k in range(12)], list(range(100, 132))])
def test_no_two_of_those_beside_each_other_look_alike(places):
    found = distinct_marks(places)
    assert len({look(mark) for mark in found}) == len(places)
    same = [mark.colour == team_mark(place).colour for mark, place in zip(found, places, strict=True)]
    assert sum(same) == len(places) if len(places) != 12 else sum(same) == 4  # four looks have one colour


def test_up_to_32_teams_look_as_everywhere():
    assert distinct_marks(range(DISTINCT)) == [team_mark(place) for place in range(DISTINCT)]


@pytest.fixture(scope="module")
def sixty():
    return make(teams=TEAMS, stages=2, runs=RUNS, apart=2.0)


def test_several_teams_have_no_team_s_colour_and_their_mean_is_called_one(sixty):
    teams = [f"t{k}" for k in range(TEAMS)]
    figure = draw_ends(sixty.chances, sixty.labels, "Title", teams)
    rows = sixty.chances[sixty.chances.chance == "selected"].set_index("team").p
    best = rows.reindex(teams).sort_values(ascending=False, kind="stable").index
    rest = best[10:-5]
    patches = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    selected = [patch for patch in patches if str(patch.get_label()).startswith("selected")]
    faces = [to_rgb(patch.get_facecolor()) for patch in selected]
    assert faces[:10] == [to_rgb(COLOURS[int(team[1:]) % len(COLOURS)]) for team in best[:10]]
    assert faces[10] == to_rgb(INK)
    assert selected[10].get_width() == pytest.approx(100 * rows[rest].mean())
    assert f"{TEAMS - 15} others (mean)" in texts(figure)


def test_lines_of_several_are_dark(sixty):
    groups = {"a": tuple(f"t{k}" for k in range(30)), "b": tuple(f"t{k}" for k in range(30, TEAMS))}
    alike = tuple(groups.values())
    labels = replace(sixty.labels, groups=groups, indistinct=alike)
    assert hues(draw_survival(sixty.chances, labels, "Title")) == set()


def test_no_margin_is_told_as_less_than_nothing():
    rng = np.random.default_rng(1)
    cast = Cast(3)
    values = {team: rng.normal(50, 3, 200) for team in cast.order}
    found = Totals("s0", values, np.full(200, 50.0), np.full(200, 0.02))
    title = draw_totals(found, cast.labels).heading.title
    assert re.search(r"less than 0\.1 points", title)


def test_a_row_of_a_group_has_the_mean_of_its_teams():
    """Groups that no strength tells apart in the file, and whose teams differ all the same."""
    made = make(teams=40, stages=6, runs=RUNS, apart=2.0)
    groups = {"a": tuple(f"t{k}" for k in range(8)), "b": tuple(f"t{k}" for k in range(8, 40))}
    labels = replace(made.labels, groups=groups, indistinct=tuple(groups.values()))
    rows = made.chances[made.chances.stage == ""].set_index(["chance", "team"]).p
    leaving = texts(draw_leaving(made.chances, labels, "Title"))
    survival = draw_survival(made.chances, labels, "Title").heading.rows
    for name, teams in groups.items():
        leaves = np.mean([rows["leaves_at_all", team] for team in teams])
        assert 0.05 < leaves < 0.95
        assert leaving.count(f"{100 * leaves:.0f} %") >= 2  # of its teams, each, and of the group
        stays = [rows["selected", team] for team in teams]
        (told,) = [row for row in survival if row.startswith(f"{name} (")]
        assert f"{100 * np.mean(stays):.0f} %, {sum(stays):.1f} of {len(teams)}" in told


def test_the_rest_has_its_least_chance_before_its_greatest(sixty):
    rows = sixty.chances[sixty.chances.chance == "leaves_at_all"].set_index("team").p
    stays = sixty.chances[sixty.chances.chance == "selected"].set_index("team").p
    rest = stays.reindex(sixty.labels.teams).sort_values(ascending=False, kind="stable").index[10:-5]
    said = texts(draw_leaving(sixty.chances, sixty.labels, "Title"))
    spans = [re.fullmatch(r"[<>]?(\d+)-([<>]?)(\d+) %", text) for text in said]
    found = [(int(span[1]), span[2], int(span[3])) for span in spans if span]
    assert found
    assert all(low < high for low, _, high in found)
    assert found[-1][0] == round(100 * rows[rest].min())
