"""What the figures of a sweep say, read off the drawn figure."""

import itertools
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.render.figures.sweep import Cost, DoubtBand, FactorWords, draw_curves, draw_dots
from sim.render.figures.sweep_map import draw_map
from sim.render.figures.words import write_number
from tests.render.figures.drawing import rendered, texts, words_of

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


def words(name="the pool", now=None):
    return FactorWords(name, write_number, now)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_team_has_a_curve_through_its_chances_and_its_name_at_the_end(case, lang):
    one = case(3, 1, lang)
    table = chances(list(one.labels.teams), pool=POOLS)
    figure = draw_curves(table, "pool", words(), one.labels, "A finding")
    lines = {line.get_label(): line for axes in figure.axes for line in axes.lines}
    for t, team in enumerate(one.labels.teams):
        assert np.asarray(lines[team].get_ydata(), float).tolist() == pytest.approx(
            [10 * t, 10 * t + 1, 10 * t + 2]
        )
    said = words_of(rendered(figure))
    assert [name for name in one.labels.teams.values() if name not in said] == []
    assert "A finding" in said
    assert "the pool" in said


def test_the_value_of_today_is_marked_and_ticks_are_numbers_that_people_count_by(case):
    one = case(2, 1, "en")
    pools = (100, 316.2, 1000, 3162.3, 10_000)
    figure = draw_curves(chances(["t0", "t1"], pool=pools), "pool", words(now=1000), one.labels, "A finding")
    (axes,) = figure.axes
    (now,) = (line for line in axes.lines if line.get_label() == "now")
    places = dict(zip([t.get_text() for t in axes.get_xticklabels()], axes.get_xticks(), strict=True))
    assert list(places) == ["100", "300", "1,000", "3,000", "10,000"]  # for 1, 2, 5 there is no room
    assert np.asarray(now.get_xdata(), float)[0] == pytest.approx(places["1,000"])
    assert "now 1,000" in words_of(figure)
    other = draw_curves(chances(["t0", "t1"], pool=pools), "pool", words(now=50), one.labels, "A finding")
    assert "now 50" not in words_of(other)  # it lies outside of what is drawn


def test_what_points_cost_stands_above_at_the_same_ticks(case):
    one = case(2, 1, "en")
    cost = Cost("cost, 억", POOLS, (100.0, 200.0, 400.0))
    figure = draw_curves(chances(["t0", "t1"], pool=POOLS), "pool", words(), one.labels, "A finding", cost)
    said = words_of(rendered(figure)).split()
    assert {"100", "200", "400"} <= set(said)
    same = Cost("cost, 억", POOLS, (100.0, 100.0, 100.0))
    alike = draw_curves(chances(["t0", "t1"], pool=POOLS), "pool", words(), one.labels, "A finding", same)
    assert "cost, 억" not in words_of(alike)


def test_a_map_has_the_percent_of_each_pair_and_frames_the_scenario_as_it_is(case):
    one = case(2, 1, "en")
    table = chances(list(one.labels.teams), keep=(1, 1, 2, 2), pool=(500, 1000, 500, 1000))
    pair = words("GPUs lent", 1000), words("teams that stay", 1)
    figure = draw_map(table, ("pool", "keep"), pair, "t1", one.labels, "A finding")
    said = words_of(rendered(figure))
    for percent in ("10", "11", "12", "13"):
        assert percent in said.split()
    assert {"GPUs lent", "teams that stay"} <= set(texts(figure))
    assert "A finding" in said
    frame: Any
    (frame,) = figure.findobj(lambda artist: artist.get_label() == "now")
    shown = next(text for text in figure.axes[0].texts if text.get_text().startswith("11"))
    x, y = shown.get_position()
    assert frame.get_x() < x < frame.get_x() + frame.get_width()
    assert frame.get_y() < y < frame.get_y() + frame.get_height()
    # The line parts 10 from the others: beside and below the cell at 500 and 1.
    level: Any
    (level,) = figure.findobj(lambda artist: artist.get_label() == "level")
    assert len(level.get_segments()) == 2
    elsewhere = words("GPUs lent", 700), words("teams that stay", 1)
    bare = draw_map(table, ("pool", "keep"), elsewhere, "t1", one.labels, "A finding")
    assert bare.findobj(lambda artist: artist.get_label() in ("now", "level")) == []


def test_dots_say_in_what_else_their_points_differ(case):
    one = case(2, 1, "en")
    table = chances(list(one.labels.teams), keep=(1, 1, 2, 2), pool=(500, 1000, 500, 1000))
    figure = rendered(draw_dots(table, "pool", words(), one.labels, "A finding", ["teams that stay"]))
    said = words_of(figure)
    assert "Points also differ in teams that stay" in said
    assert "A finding" in said
    lines = {line.get_label(): line for axes in figure.axes for line in axes.lines}
    assert all(lines[team].get_linestyle() == "None" for team in one.labels.teams)
    assert sorted(np.asarray(lines["t1"].get_ydata(), float).tolist()) == pytest.approx([10, 11, 12, 13])


@pytest.mark.parametrize("draw", [draw_curves, draw_dots])
def test_the_range_over_doubts_is_drawn_and_told_of_one_team_alone(case, draw):
    one = case(3, 1, "en")
    table = chances(list(one.labels.teams), pool=POOLS)
    table["range_low"], table["range_high"] = table.p / 2, table.p + 0.2
    figure = draw(table, "pool", words(), one.labels, "A finding", band=DoubtBand("t1", 5, 2000))
    band: Any
    (band,) = figure.findobj(lambda artist: artist.get_label() == "range")
    (axes,) = figure.axes
    corners = np.concatenate([path.vertices for path in band.get_paths()])
    corners = corners if draw is draw_curves else np.concatenate(band.get_segments())
    assert (corners[:, 1].min(), corners[:, 1].max()) == pytest.approx((5.0, 32.0))
    said = words_of(rendered(figure))
    assert "Grey band: range of Upstage over 5 doubts, one by one, by 2,000 runs" in said
    assert "Upstage: 500 10 % (5 to 30 over doubts)" in figure.alt
    assert figure.alt.count("over doubts)") == len(POOLS)
    data = figure.heading.data
    assert set(data.team[data.range_low.notna()]) == {"t1"}
    assert axes.get_ylim() == (0, 100)
    bare = draw(table, "pool", words(), one.labels, "A finding")
    assert bare.findobj(lambda artist: artist.get_label() == "range") == []
    assert "range_low" not in bare.heading.data


def test_a_point_without_a_range_leaves_a_hole_in_the_band(case):
    one = case(2, 1, "en")
    table = chances(["t0", "t1"], pool=(500, 1000, 1500, 2000, 3000))
    table["range_low"], table["range_high"] = table.p / 2, table.p + 0.2
    table.loc[table.pool == 1500, ["range_low", "range_high"]] = np.nan
    figure = draw_curves(table, "pool", words(), one.labels, "A finding", band=DoubtBand("t1", 1, 100))
    band: Any
    (band,) = figure.findobj(lambda artist: artist.get_label() == "range")
    assert len(band.get_paths()) == 2
    assert "over one doubt" in words_of(rendered(figure))


def test_what_is_written_at_ticks_stands_apart_below_and_above():
    """Of numbers with five digits and costs with as many, in the narrowest of figures."""
    vary = "stages.first.grants.pool.B200=100:10000:9 log"
    figure: Any = sim.sweep(sim.load("minimal"), vary, runs=50, jobs=1).plot()
    rendered(figure)
    (axes, *_) = figure.axes
    below = [tick.get_window_extent() for tick in axes.get_xticklabels() if tick.get_text()]
    above = [text.get_window_extent() for text in axes.texts if re.fullmatch(r"[\d,]+", text.get_text())]
    assert len(below) == len(above) >= 3
    for row in (below, above):
        ordered = sorted(row, key=lambda box: box.x0)
        assert all(left.x1 + 5 < right.x0 for left, right in itertools.pairwise(ordered))
