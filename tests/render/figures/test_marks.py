"""What stands where: marks, bars and lines at the numbers of the tables, and CSV and alt text beside them."""

import datetime
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.dates import date2num
from matplotlib.patches import Rectangle

import sim
from sim.findings.growth import find_growth
from sim.findings.strength import StrengthBand, Strengths
from sim.findings.totals import Totals
from sim.render.figures.ends import draw_ends
from sim.render.figures.forest import draw_forest
from sim.render.figures.growth import draw_growth
from sim.render.figures.identity import COLOURS
from sim.render.figures.leaving import draw_leaving
from sim.render.figures.strength import draw_strength
from sim.render.figures.survival import draw_survival
from sim.render.figures.totals import draw_totals
from sim.scenario import from_data
from tests.cli.command import SCENARIOS
from tests.render.figures import test_briefing, test_tornado
from tests.render.figures.conftest import make
from tests.render.figures.drawing import rendered, texts
from tests.render.figures.every import ALL, Cast

RUNS = 400


@pytest.fixture(scope="module")
def case():
    return make(teams=5, stages=3, runs=RUNS)


def cell(case, stage, team, chance):
    rows = case.chances
    (found,) = rows[(rows.stage == stage) & (rows.team == team) & (rows.chance == chance)].itertuples()
    return found


def colour_of(team):
    return to_rgb(COLOURS[int(team[1:])])


def axes_of(figure: Any) -> Any:
    """The only axes of a figure."""
    (axes,) = figure.axes
    return axes


def heading_of(figure: Any) -> Any:
    """The words and numbers of a figure."""
    return figure.heading


def lines(axes, label):
    return [line for line in axes.lines if line.get_label() == label]


def row_of(figure, name):
    (found,) = [row for row in figure.heading.rows if row.startswith(f"{name}:")]
    return found


def test_a_bar_has_the_parts_of_its_team_and_its_colour(case):
    figure = draw_ends(case.chances, case.labels, "Title", list(case.labels.teams))
    axes = axes_of(figure)
    for i, team in enumerate(case.labels.teams):
        parts = [
            p for p in axes.patches if isinstance(p, Rectangle) and round(p.get_y() + p.get_height() / 2) == i
        ]
        widths = {str(part.get_label()): part.get_width() for part in parts}
        for way in ("by_points", "by_gate"):
            for stage in case.labels.stages:
                expected = 100 * cell(case, stage, team, way).p
                assert widths.get(f"{way} {stage}", 0.0) == pytest.approx(expected)
        stays = cell(case, "", team, "selected").p
        (part,) = [part for part in parts if part.get_label() == "selected "]
        assert part.get_width() == pytest.approx(100 * stays)
        assert to_rgb(part.get_facecolor()) == colour_of(team)
        (end,) = [t.get_text() for t in axes.texts if t.get_position()[1] == i and t.get_position()[0] > 100]
        assert end == f"{100 * stays:.0f} %"
        name = case.labels.teams[team]
        assert row_of(figure, name).endswith(f"selected, in the colour of the team {end}")


def test_the_table_of_ends_has_the_chances_and_the_names_of_their_stages(case):
    data = draw_ends(case.chances, case.labels, "Title", list(case.labels.teams)).heading.data
    for each in data.itertuples():
        assert each.share == pytest.approx(cell(case, each.stage, each.team, each.way).p)
        assert each.stage_name == case.labels.stages.get(each.stage, "")
        assert each.team_name == case.labels.teams[each.team]
    assert len(data) == len(data.drop_duplicates(["team", "way", "stage"]))


def test_each_chance_of_leaving_stands_in_its_lane_with_its_interval_and_its_own_range(case):
    ranges = {
        (stage, team, "leaves"): (0.01 * (j + 1), 0.5 + 0.01 * (5 * i + j))
        for i, team in enumerate(case.labels.teams)
        for j, stage in enumerate(case.labels.stages)
    }
    figure = rendered(draw_leaving(case.chances, case.labels, "Title", ranges))
    axes = axes_of(figure)
    for i, team in enumerate(case.labels.teams):
        for stage in case.labels.stages:
            (mark,) = [line for line in lines(axes, stage) if round(line.get_ydata()[0]) == i]
            found = cell(case, stage, team, "leaves")
            (x,), (y,) = mark.get_data()
            assert x == pytest.approx(100 * found.p)
            assert to_rgb(mark.get_color()) == colour_of(team)
            spans = [
                s for c in axes.containers if hasattr(c, "has_xerr") for s in c.lines[2][0].get_segments()
            ]
            (span,) = [s for s in spans if s[0][1] == pytest.approx(y)]
            assert [end for end, _ in span] == pytest.approx([100 * found.low, 100 * found.high])
            bars = [b for c in axes.containers if c.get_label() == f"range {stage}" for b in c]
            (bar,) = [b for b in bars if b.get_y() + b.get_height() / 2 == pytest.approx(y)]
            low, high = ranges[stage, team, "leaves"]
            assert (bar.get_x(), bar.get_x() + bar.get_width()) == pytest.approx((100 * low, 100 * high))
    for each in figure.heading.data.itertuples():
        found = cell(case, each.stage, each.team, "leaves")
        assert (each.p, each.low, each.high) == pytest.approx((found.p, found.low, found.high))
        assert (each.range_low, each.range_high) == ranges[each.stage, each.team, "leaves"]


def test_a_team_steps_down_on_the_day_of_a_result_and_what_is_known_is_grey(case):
    known = replace(
        case.labels.calendar, today=case.labels.calendar.decided["s0"] - datetime.timedelta(days=60)
    )
    figure = rendered(draw_survival(case.chances, replace(case.labels, calendar=known), "Title"))
    axes = axes_of(figure)
    days = {stage: date2num(day) for stage, day in known.decided.items()}
    heads = {text.get_text(): text.xy[0] for text in axes.texts if hasattr(text, "xy")}
    for stage, day in days.items():
        assert heads[case.labels.stages[stage]] == day
    for team in case.labels.teams:
        (line,) = lines(axes, team)
        x, y = line.get_data()
        assert line.get_drawstyle() == "steps-post"
        assert to_rgb(line.get_color()) == colour_of(team)
        assert x[0] == date2num(known.today)
        for stage, day in days.items():
            assert y[list(x).index(day)] == pytest.approx(100 * cell(case, stage, team, "kept").p)
    assert len(lines(axes, "_known")) == len(case.labels.teams)
    data = figure.heading.data
    for each in data[data.from_day != str(known.starts)].itertuples():
        stage = next(s for s, day in known.decided.items() if str(day) == each.from_day)
        found = cell(case, stage, each.team, "kept")
        assert (each.p, each.band_low, each.band_high) == pytest.approx((found.p, found.low, found.high))


@pytest.fixture
def points():
    rng = np.random.default_rng(5)
    cast = Cast(14)
    values = {team: rng.gamma(2.0, 4.0, 300) + 3 * k for k, team in enumerate(cast.order)}
    return cast, Totals("s0", values, rng.gamma(2.0, 4.0, 300) + 20, np.full(300, 2.04))


def test_a_hill_has_its_middle_its_ends_and_the_cut_and_those_with_the_most_points_have_one(points):
    cast, found = points
    figure = draw_totals(found, cast.labels)
    axes = axes_of(figure)
    most = sorted(cast.order, key=lambda team: np.median(found.values[team]))[2:]
    drawn: list[Any] = [line for line in axes.lines if line.get_label() in cast.order]
    assert {line.get_label() for line in drawn} == set(most)
    assert [line.get_label() for line in sorted(drawn, key=lambda line: line.get_ydata()[0])] == [
        team for team in cast.order if team in most
    ]
    for line in drawn:
        low, middle, high = np.quantile(found.values[line.get_label()], (0.05, 0.5, 0.95))
        (x,), (y,) = line.get_data()
        assert x == pytest.approx(middle)
        spans = [s for c in axes.collections if isinstance(c, LineCollection) for s in c.get_segments()]
        (span,) = [s for s in spans if s[0][1] == pytest.approx(y)]
        assert [end for end, _ in span] == pytest.approx([low, high])
    low, middle, high = np.quantile(found.cut, (0.05, 0.5, 0.95))
    band: Any
    (band,) = [p for p in axes.patches if p.get_label() == "cut band"]
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((low, high))
    assert lines(axes, "cut")[0].get_xdata()[0] == pytest.approx(middle)
    for each in figure.heading.data.itertuples():
        values = found.values.get(each.team, found.cut)
        assert (each.q05, each.q50, each.q95) == pytest.approx(tuple(np.quantile(values, (0.05, 0.5, 0.95))))
    assert "less than 2.0 points" in figure.heading.title


def test_strength_stands_at_its_stage_below_the_best_and_the_target():
    cast = Cast(3)
    stages = tuple(cast.labels.stages)
    days = tuple(datetime.date(2026, 1 + 3 * k, 1) for k in range(3))
    teams: dict[str, tuple[StrengthBand | None, ...]] = {
        team: tuple(StrengthBand(100.0 + i + 7 * j, 104.0 + i + 7 * j, 106.0 + i + 7 * j) for j in range(3))
        for i, team in enumerate(cast.order)
    }
    best = tuple(StrengthBand(140.0 + j, 141.0 + 2 * j, 145.0 + 3 * j) for j in range(3))
    found = Strengths(stages, days, teams, best, 0.95, (130.0, 133.0, 137.0))
    figure = draw_strength(found, cast.labels, "Title", 3)
    axes = axes_of(figure)
    assert list(lines(axes, "frontier")[0].get_ydata()) == [141.0, 143.0, 145.0]
    assert list(lines(axes, "target")[0].get_ydata()) == [130.0, 133.0, 137.0]
    for team, spreads in teams.items():
        marks = sorted(lines(axes, team), key=lambda line: line.get_xdata()[0])
        assert [round(mark.get_xdata()[0]) for mark in marks] == [0, 1, 2]
        assert [mark.get_ydata()[0] for mark in marks] == [each.middle for each in spreads if each]
        assert {to_rgb(mark.get_color()) for mark in marks} == {colour_of(team)}
    data = figure.heading.data[figure.heading.data.team != ""]
    each: Any
    for each in data.itertuples():
        j = stages.index(each.stage)
        assert each.day == str(days[j])
        assert (each.q05, each.q50, each.q95) == teams[str(each.team)][j]


def test_each_name_at_the_end_of_a_curve_of_growth_has_its_own_chance():
    cast = Cast(4)
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(
        [
            (r, "s0", team, "out-by-points" if rng.random() < 0.2 * (1 + k) else "kept")
            for r in range(200)
            for k, team in enumerate(cast.order)
        ],
        columns=["replication", "stage", "team", "fate"],
    )
    final = {
        team: (0.2 * (1 + k), 0.2 * (1 + k) - 0.01 * k, 0.2 * (1 + k) + 0.03)
        for k, team in enumerate(cast.order)
    }
    grown = find_growth(rows, cast.order)
    assert grown is not None
    figure = draw_growth(grown, final, cast.labels, 4)
    axes = axes_of(figure)
    for team, (p, low, high) in final.items():
        assert any(t == f"{cast.labels.teams[team]}  {100 * p:.0f} %" for t in texts(figure))
        (line,) = lines(axes, team)
        assert line.get_ydata()[-1] == pytest.approx(100 * p)
        assert to_rgb(line.get_color()) == colour_of(team)
        band: Any
        (band,) = [patch for patch in axes.patches if patch.get_label() == f"interval {team}"]
        assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((100 * low, 100 * high))
    assert "±3.0 points" in figure.heading.title  # half of the widest: (0.03 + 0.03) / 2


def test_a_difference_keeps_its_sign_and_its_side_in_mark_text_title_and_table():
    cast = Cast(2)
    rows = [("t0", 1, 0.50, 0.38, -0.12, -0.15, -0.09), ("t1", 1, 0.20, 0.27, 0.07, 0.03, 0.11),
            ("t0", 2, 0.50, 0.54, 0.04, 0.01, 0.07), ("t1", 2, 0.20, 0.18, -0.02, -0.03, -0.01)]  # fmt: skip
    columns = ["team", "scenario", "first", "second", "estimate", "low", "high"]
    figure = draw_forest(pd.DataFrame(rows, columns=columns), ["base", "more", "less"], cast.labels)
    axes = axes_of(figure)
    for team, j, first, second, estimate, low, high in rows:
        (mark,) = lines(axes, f"{team} {j}")
        (x,), (y,) = mark.get_data()
        assert x == pytest.approx(100 * estimate)
        assert to_rgb(mark.get_color()) == colour_of(team)
        spans = [s for c in axes.collections if isinstance(c, LineCollection) for s in c.get_segments()]
        (span,) = [s for s in spans if s[0][1] == pytest.approx(y)]
        assert [end for end, _ in span] == pytest.approx([100 * low, 100 * high])
        sign = "+" if estimate > 0 else "\N{MINUS SIGN}"
        told = f"{100 * first:.0f} → {100 * second:.0f} % ({sign}{100 * abs(estimate):.0f})"
        (beside,) = [
            t.get_text()
            for t in axes.texts
            if t.get_position()[1] == pytest.approx(y) and "→" in t.get_text()
        ]
        assert beside == told
        assert f"{['base', 'more', 'less'][j]} {told}" in row_of(figure, cast.labels.teams[team])
    assert figure.heading.title.startswith(
        "With more, LG AI Research leaves with a chance of 38 % instead of 50 %"
    )
    each: Any
    for each in figure.heading.data.itertuples():
        assert each.given == ["base", "more", "less"][int(str(each.scenario))]


def test_the_hollow_end_of_a_number_is_its_low_one_and_all_numbers_have_their_average():
    figure = test_tornado.drawn([test_tornado.row(1, 0.6, 0.1, 0.5, low=11.0, high=22.0)])
    axes = axes_of(figure)
    ends = {
        to_rgb(line.get_markerfacecolor()) == (1, 1, 1): line.get_xdata()[0]
        for line in axes.lines
        if line.get_marker() == "o"
    }
    assert ends == {True: pytest.approx(10, abs=0.1), False: pytest.approx(50, abs=0.1)}
    places = {t.get_text(): t.get_position()[0] for t in axes.texts}
    assert places["11"] < 10
    assert places["22"] > 50
    (mean,) = [
        line
        for line in axes.lines
        if line.get_marker() in ("None", "") and line.get_xdata()[0] == line.get_xdata()[1]
    ]
    assert mean.get_xdata()[0] == pytest.approx(30)
    assert any("11" in row and row.index("10 %") < row.index("50 %") for row in figure.heading.rows)


def test_chances_without_facts_and_equal_ones_stand_where_they_are_in_a_briefing():
    made = test_briefing.table()
    made["without"] = np.linspace(0.2, 0.8, len(made))
    figure = test_briefing.drawn(made, equal=0.37)
    axes = axes_of(figure)
    default = made[made.default].without.to_numpy()
    hollow = sorted(
        (line for line in axes.lines if str(line.get_label()).startswith("without")),
        key=lambda line: line.get_ydata()[0],
    )
    assert [line.get_xdata()[0] for line in hollow] == pytest.approx(100 * default)
    (equal,) = lines(axes, "equal")
    assert equal.get_xdata()[0] == pytest.approx(37)
    data = figure.heading.data.merge(made, on=["team", "option"], suffixes=("", "_given"))
    assert len(data) == len(made)
    assert data.without.tolist() == pytest.approx(data.without_given.tolist())
    assert data.p.tolist() == pytest.approx(data.p_given.tolist())
    for name, row in zip(made.team_en.unique(), figure.heading.rows, strict=True):
        assert row.startswith(f"{name}:")


@pytest.mark.parametrize("kind", ALL)
def test_alt_text_has_every_row_and_all_of_the_source(kind):
    figure = ALL[kind](Cast(5))
    assert set(figure.heading.rows) <= set(figure.alt.splitlines())
    assert len(figure.heading.rows) > 0
    if kind != "tornado":  # whose labels know no inputs
        assert "169 inputs: 105 with a source that the scenario names, 64 guesses" in figure.alt


def contest(teams):
    """Teams of which each is stronger than the one before."""
    names = {f"t{k}": {"name": f"Team {k}", "effect": k / 4} for k in range(teams)}
    judged = {"jury": {"max": 100, "mean": 50, "spread": 8}}
    stages = {
        "first": {"result": "2026-03-15", "points": judged, "cut": {"keep": teams - 3}},
        "second": {"result": "2026-06-15", "points": judged, "cut": {"keep": 2}},
    }
    return from_data(
        {"format": 1, "name": "A contest", "as_of": "2026-01-01", "teams": names, "stages": stages}
    )


def test_of_many_lines_those_are_drawn_that_stay_most_often_and_the_field_has_its_sizes():
    result: Any = sim.run(contest(12), runs=300, jobs=1)
    rows = result.odds()
    stays = rows[rows.chance == "selected"].set_index("team").p
    growth = result.plot("growth")
    best = set(stays.sort_values(ascending=False, kind="stable").index[:8])
    assert set(heading_of(growth).data.team) == best
    survival = result.plot("survival")
    assert heading_of(survival).title == "Of 12 teams, 9 are left after first and 2 after second, on average"


def test_a_team_ahead_of_the_worlds_best_is_said_to_be_ahead():
    behind = sim.run(sim.load(SCENARIOS / "minimal.yaml"), runs=60, jobs=1)
    assert "behind the world's best" in heading_of(behind.plot("strength")).title
    strong = {f"teams.{team}.effect": 90 for team in ("red", "blue", "green")}
    ahead = sim.run(sim.load(SCENARIOS / "minimal.yaml", strong), runs=60, jobs=1)
    assert "ahead of the world's best" in heading_of(ahead.plot("strength")).title
