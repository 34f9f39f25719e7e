"""The tornado figure: a bar for each number that matters, the largest first, from one end to the other."""

from dataclasses import replace

import pandas as pd
import pytest

from sim.render.figures.labels import Labels
from sim.render.figures.tornado import MOST, draw_tornado
from sim.stats.differences import PairedDifference
from tests.render.figures.drawing import rendered, texts

LEAVES, DROPPED = ("leaves_at_all", "", "a"), ("most_capable_dropped", "s1", "")


def labels(lang="en"):
    return Labels(
        title="A test" if lang == "en" else "시험",
        teams={"a": "Team A"},
        stages={"s1": "Stage one"},
        runs=1000,
        scenario_hash="0" * 8,
        known_until="2026-11-22",
        lang=lang,
    )


def row(i, total, at_low, at_high, asked=LEAVES, **more):
    what, stage, team = asked
    ends = [round(4096 * p) for p in (at_low, at_high)]
    return {
        **{"factor": f"f{i}", "name_en": f"number {i}", "name_ko": f"수 {i}", "unit": "ECI", "guess": False},
        **{"low": 1.0, "high": 2.0, "target": what, "stage": stage, "team": team, "told": True},
        **{"total": total, "total_low": total / 2, "total_high": 2 * total},
        **{"drawn": 0.3, "at_low": at_low, "at_high": at_high, "of": 4096},
        "dice": max(PairedDifference(0, 0, 4096, n, n).half_width_of_chances for n in ends),
        **more,
    }


def drawn(rows, asked=(LEAVES,), lang="en"):
    return draw_tornado(pd.DataFrame(rows), list(asked), labels(lang))


def bars(axes):
    """The ends of each bar, in percent, from the top; low end first."""
    marks = [line for line in axes.lines if line.get_marker() == "o"]
    at = sorted(marks, key=lambda line: (line.get_ydata()[0], line.get_markerfacecolor() != "white"))
    return [(one.get_xdata()[0], other.get_xdata()[0]) for one, other in zip(at[::2], at[1::2], strict=True)]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_bars_are_in_the_order_of_their_shares_and_go_from_end_to_end(lang):
    figure = drawn([row(1, 0.1, 0.35, 0.25), row(2, 0.6, 0.1, 0.5)], lang=lang)
    (axes,) = figure.axes
    assert bars(axes) == [(pytest.approx(10), pytest.approx(50)), (pytest.approx(35), pytest.approx(25))]
    top, bottom = axes.get_ylim()[1], axes.get_ylim()[0]
    assert top < 0 < bottom  # the first is at the top
    assert {"en": "60 % [30–100]", "ko": "60% [30–100]"}[lang] in texts(figure)
    assert {"en": "10 % [5–20]", "ko": "10% [5–20]"}[lang] in texts(figure)


def test_the_line_is_at_the_mean_and_said_to_be():
    figure = drawn([row(1, 0.6, 0.1, 0.5)])
    (axes,) = figure.axes
    assert [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "None"] == [pytest.approx(30)]
    assert "30 % on average" in texts(figure)


def test_values_of_a_number_stand_outside_its_bar():
    for low, high in ((0.1, 0.5), (0.5, 0.1)):
        (axes,) = drawn([row(1, 0.6, low, high)]).axes
        at = {text.get_text(): text.get_position()[0] for text in axes.texts}
        assert (at["1"] < 100 * low) == (low < high)
        assert (at["2"] > 100 * high) == (low < high)


def test_what_is_not_shown_is_counted():
    many = [row(i, 0.05 + i / 1000, 0.2, 0.4) for i in range(MOST + 4)]
    small = [row(100, 0.001, 0.3, 0.3), row(101, 0.02, 0.3, 0.3, total_low=-0.01)]
    figure = drawn(many + small)
    (axes,) = figure.axes
    assert len(bars(axes)) == MOST
    notes = " ".join(texts(figure))
    assert "6 smaller ones not shown (at most 11 %)" in notes


def test_a_number_whose_interval_reaches_0_is_not_shown_however_large():
    figure = drawn([row(1, 0.1, 0.35, 0.25), row(2, 0.6, 0.1, 0.5, total_low=0.004, total_high=0.87)])
    (axes,) = figure.axes
    assert bars(axes) == [(pytest.approx(35), pytest.approx(25))]
    assert any("1 smaller one not shown (at most 87 %)" in text for text in texts(figure))
    assert any("dice ±1.5" in text for text in texts(figure))  # that at 35 %; at 50 % it is 1.6


def test_guesses_are_marked_and_explained():
    plain = texts(drawn([row(1, 0.6, 0.1, 0.5)]))
    marked = texts(drawn([row(1, 0.6, 0.1, 0.5, guess=True)]))
    assert "number 1 *" in marked
    assert any("* a guess" in text for text in marked)
    assert not any("*" in text for text in plain)


def test_two_panels_have_the_same_points_to_the_inch():
    rows = [row(1, 0.6, 0.1, 0.5), row(1, 0.4, 0.28, 0.32, DROPPED)]
    figure = drawn(rows, (LEAVES, DROPPED))
    one, other = figure.axes
    reach = [axes.get_xlim()[1] - axes.get_xlim()[0] for axes in (one, other)]
    assert reach[0] == pytest.approx(reach[1])
    assert "Team A leaves" in texts(figure)
    assert "The strongest team leaves, Stage one" in texts(figure)


def test_long_names_do_not_reach_into_the_bars():
    figure = drawn([row(1, 0.6, 0.1, 0.5, name_en="a number with a very long name " * 4)])
    (axes,) = figure.axes
    renderer = figure.canvas.get_renderer()
    name = next(text for text in axes.texts if text.get_text().startswith("a number"))
    assert name.get_window_extent(renderer).x1 < axes.get_window_extent(renderer).x0


def test_a_team_stands_for_those_that_no_input_tells_from_it():
    three = replace(
        labels(), teams={"a": "Team A", "b": "Team B", "c": "Team C"}, indistinct=(("a", "b", "c"),)
    )
    figure = draw_tornado(pd.DataFrame([row(1, 0.6, 0.1, 0.5)]), [LEAVES], three)
    assert "Team A leaves (no input tells Team B, Team C apart from it)" in texts(figure)


def test_rare_things_are_written_as_one_in_so_many():
    figure = drawn([row(1, 0.6, 0.1, 0.5, low=0.00166, high=0.005)])
    assert {"1 in 600", "1 in 200"} <= set(texts(figure))


def test_two_lines_of_notes_at_most():
    many = [row(i, 0.05 + i / 1000, 0.2, 0.4, guess=True) for i in range(MOST + 4)]
    figure = rendered(drawn([*many, row(101, 0.02, 0.3, 0.3, total_low=-0.01)]))
    assert len(figure.heading.notes) == 2
    foot = next(text for text in figure.texts if "quantile" in text.get_text())
    assert len(foot.get_text().splitlines()) <= 3 + 1  # with a line for where it comes from
