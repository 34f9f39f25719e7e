"""What the survival curves say, read off the drawn figure."""

import datetime
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sim.render.figures.days import count_days
from sim.render.figures.survival import draw_survival
from tests.render.figures.conftest import table
from tests.render.figures.drawing import rendered, words_of


def curve(figure, team):
    """The heights of one team's steps, and the days on which they begin; the last goes on to the edge."""
    (line,) = [line for axes in figure.axes for line in axes.lines if line.get_label() == team]
    return [float(y) for y in line.get_ydata()], [float(x) for x in line.get_xdata()]


def test_a_team_starts_at_100_and_steps_to_its_chances_on_the_days_of_results(case):
    one = case()
    figure = draw_survival(one.chances, one.labels, "A finding")
    kept = one.chances[one.chances["chance"] == "kept"]
    days = [count_days(day) for day in one.labels.calendar.decided.values()]
    for team in one.labels.teams:
        chances = (100 * kept[kept["team"] == team]["p"]).tolist()
        heights, at = curve(figure, team)
        assert heights == pytest.approx([100.0, *chances, chances[-1]], abs=1e-12)
        assert at[1:-1] == days
        assert at[-1] > days[-1]


def test_what_is_known_is_grey_up_to_today_and_nobody_who_is_out_has_a_line(case):
    one = case(4, 2, runs=500)
    chances = table(np.array([[0, 1, -1, -1]] * 250 + [[0, -1, 1, -1]] * 250))
    known = frozenset(("s0", t) for t in one.labels.teams)
    calendar = one.labels.calendar
    today = calendar.decided["s0"] + datetime.timedelta(days=60)
    labels = replace(one.labels, known=known, calendar=replace(calendar, today=today))
    figure = rendered(draw_survival(chances, labels, "A finding"))
    grey = [line for line in figure.axes[0].lines if line.get_label() == "_known"]
    assert {float(line.get_xdata()[-1]) for line in grey} == {count_days(today)}
    assert "LG AI Research" not in words_of(figure)
    heights, at = curve(figure, "t1")
    assert at[0] == count_days(today)
    assert heights == pytest.approx([100, 50, 50])


def test_bands_are_those_of_doubts(case):
    one = case(2, 1)
    ranges = {("s0", "t0", "kept"): (0.25, 0.75)}
    data = draw_survival(one.chances, one.labels, "A finding", ranges).heading.data
    last = data[(data.team == "t0")].iloc[-1]
    assert (last.band_low, last.band_high) == (0.25, 0.75)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(("teams", "stages"), [(5, 3), (1, 1), (12, 4)])
def test_every_team_is_named_and_every_glyph_is_there(case, lang, teams, stages):
    one = case(teams, stages, lang, runs=1000)
    figure = draw_survival(one.chances, one.labels, "A finding")
    assert [name for name in one.labels.teams.values() if name not in words_of(rendered(figure))] == []


def test_teams_whose_curves_coincide_are_all_named_and_drawn_apart(case):
    one = case()
    first = one.chances[one.chances["team"] == "t0"].reset_index(drop=True)
    for team in one.labels.teams:
        at = one.chances["team"] == team
        one.chances.loc[at, ["count", "of", "p", "low", "high"]] = first[
            ["count", "of", "p", "low", "high"]
        ].to_numpy()
    figure = draw_survival(one.chances, one.labels, "A finding")
    labels = [text for axes in figure.axes for text in axes.texts]
    named = {name: t for name in one.labels.teams.values() for t in labels if t.get_text().startswith(name)}
    assert set(named) == set(one.labels.teams.values())
    heights = sorted(text.get_position()[1] for text in named.values())
    assert min(b - a for a, b in pairwise(heights)) > 4
    lines = [line for axes in figure.axes for line in axes.lines if line.get_label() in one.labels.teams]
    assert len({(line.get_marker(), str(line.get_markerfacecolor())) for line in lines}) == len(lines)
    # Nobody leaves on another day than the others: chances that are equal lie on each other.
    assert len({tuple(np.asarray(line.get_xdata(), float)) for line in lines}) == 1


def test_a_late_entrant_has_no_curve_before_it_enters(case):
    one = case()
    rows = (
        (one.chances["team"] == "t4")
        & (one.chances["chance"] == "not_entered")
        & (one.chances["stage"] == "s0")
    )
    one.chances.loc[rows, ["count", "p", "low", "high"]] = [10_000, 1.0, 0.9996, 1.0]
    figure = draw_survival(one.chances, one.labels, "A finding")
    calendar = one.labels.calendar
    # It comes in on the day of the entry, and not before.
    assert curve(figure, "t4")[1][0] == count_days(calendar.enters["s0"])
    assert curve(figure, "t0")[1][0] == count_days(calendar.starts)
