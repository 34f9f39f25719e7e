"""What the figures of a sweep say, read off the drawn figure."""

import numpy as np
import pandas as pd
import pytest

from sim.render.figures.sweep import draw_curves, draw_dots, draw_map
from tests.render.figures.drawing import rendered, words_of

POOLS = (500, 1000, 2000)


def chances(teams, **columns):
    """A row a point and team; the t-th team's chance at the i-th point is (10 t + i) percent."""
    rows = []
    for i, values in enumerate(zip(*columns.values(), strict=True)):
        for t, team in enumerate(teams):
            p = (10 * t + i) / 100
            low, high = max(0, p - 0.01), p + 0.01
            rows.append(
                {**dict(zip(columns, values, strict=True)), "team": team, "p": p, "low": low, "high": high}
            )
    return pd.DataFrame(rows)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_team_has_a_curve_through_its_chances_and_its_name_at_the_end(case, lang):
    one = case(3, 1, lang)
    figure = draw_curves(chances(list(one.labels.teams), pool=POOLS), "pool", one.labels, "If 2 are kept")
    lines = {line.get_label(): line for axes in figure.axes for line in axes.lines}
    for t, team in enumerate(one.labels.teams):
        assert np.asarray(lines[team].get_ydata(), float).tolist() == pytest.approx(
            [10 * t, 10 * t + 1, 10 * t + 2]
        )
    words = words_of(rendered(figure))
    assert [name for name in one.labels.teams.values() if name not in words] == []
    assert "If 2 are kept, " in words
    assert "pool" in words


@pytest.mark.parametrize(
    ("by", "values", "said"),
    [
        ("cost_eok", (1047, 2094, 3141), ("억 (KRW 100 million)", "1,047", "3,141")),
        ("gpu_hours", (1.1e7, 2.2e7, 3.3e7), ("GPU-hours granted", "11.0M", "33.0M")),
        ("compute", (1e24, 1e25, 1e26), ("1e+24", "1e+26")),
    ],
)
def test_an_axis_is_named_and_its_numbers_can_be_read(case, by, values, said):
    one = case(2, 1, "en")
    words = words_of(draw_curves(chances(list(one.labels.teams), **{by: values}), by, one.labels))
    assert [text for text in said if text not in words] == []


def test_a_map_has_the_percent_of_each_pair(case):
    one = case(2, 1, "en")
    table = chances(list(one.labels.teams), keep=(1, 1, 2, 2), pool=(500, 1000, 500, 1000))
    words = words_of(draw_map(table, "pool", "keep", "t1", one.labels, "If 2 are kept"))
    for percent in ("10", "11", "12", "13"):
        assert percent in words.split()
    assert "If 2 are kept, keep ↓ pool →" in " ".join(words.split())
    alone = " ".join(words_of(draw_map(table, "pool", "keep", "t1", one.labels)).split())
    assert "keep ↓ pool →" in alone  # paths are written as they are


@pytest.mark.parametrize(
    ("given", "said"),
    [("", "Points also differ in keep"), ("If 2 are kept", "If 2 are kept, points also differ in keep")],
)
def test_dots_say_in_what_else_their_points_differ(case, given, said):
    one = case(2, 1, "en")
    table = chances(list(one.labels.teams), keep=(1, 1, 2, 2), pool=(500, 1000, 500, 1000))
    figure = rendered(draw_dots(table, "pool", one.labels, given, ["keep"]))
    assert said in words_of(figure)
    lines = {line.get_label(): line for axes in figure.axes for line in axes.lines}
    assert all(lines[team].get_linestyle() == "None" for team in one.labels.teams)
    assert sorted(np.asarray(lines["t1"].get_ydata(), float).tolist()) == pytest.approx([10, 11, 12, 13])
