"""What the survival curves say, read off the drawn figure."""

from itertools import pairwise

import numpy as np
import pytest

from sim.render.figures.survival import draw_survival
from tests.render.figures.drawing import rendered, words_of


def curve(figure, team):
    """The heights of one team's curve."""
    (line,) = [line for axes in figure.axes for line in axes.lines if line.get_label() == team]
    return [float(y) for y in line.get_ydata()]


def test_a_curve_starts_at_100_and_passes_through_the_chances_of_being_kept(case):
    one = case()
    figure = draw_survival(one.chances, one.labels)
    kept = one.chances[one.chances["chance"] == "kept"]
    for team in one.labels.teams:
        expected = [100.0, *(100 * kept[kept["team"] == team]["p"])]
        assert curve(figure, team) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(("teams", "stages"), [(5, 3), (1, 1), (12, 4)])
def test_every_team_is_named_and_every_glyph_is_there(case, lang, teams, stages):
    one = case(teams, stages, lang, runs=1000)
    figure = draw_survival(one.chances, one.labels)
    assert [name for name in one.labels.teams.values() if name not in words_of(rendered(figure))] == []


def test_teams_whose_curves_coincide_are_all_named_and_drawn_apart(case):
    one = case()
    first = one.chances[one.chances["team"] == "t0"].reset_index(drop=True)
    for team in one.labels.teams:
        at = one.chances["team"] == team
        one.chances.loc[at, ["count", "of", "p", "low", "high"]] = first[
            ["count", "of", "p", "low", "high"]
        ].to_numpy()
    figure = draw_survival(one.chances, one.labels)
    labels = [text for axes in figure.axes for text in axes.texts]
    named = {name: t for name in one.labels.teams.values() for t in labels if t.get_text().startswith(name)}
    assert set(named) == set(one.labels.teams.values())
    heights = sorted(text.get_position()[1] for text in named.values())
    assert min(b - a for a, b in pairwise(heights)) > 4
    places = [
        float(np.asarray(line.get_xdata())[0])
        for axes in figure.axes
        for line in axes.lines
        if line.get_label() in one.labels.teams
    ]
    assert len(set(places)) == len(one.labels.teams)


def test_a_late_entrant_has_no_curve_before_it_enters(case):
    one = case()
    rows = (
        (one.chances["team"] == "t4")
        & (one.chances["chance"] == "not_entered")
        & (one.chances["stage"] == "s0")
    )
    one.chances.loc[rows, ["count", "p", "low", "high"]] = [10_000, 1.0, 0.9996, 1.0]
    assert len(curve(draw_survival(one.chances, one.labels), "t4")) == 2
    assert len(curve(draw_survival(one.chances, one.labels), "t0")) == 4
