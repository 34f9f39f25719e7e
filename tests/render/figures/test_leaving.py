"""What the figure of the chance of leaving says, read off the drawn figure."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from sim.render.figures.leaving import draw_leaving
from tests.render.figures.conftest import table, wilson
from tests.render.figures.drawing import rendered, texts

FINDING = "Nobody stands out"


def marks(figure, stage):
    """The horizontal places of the marks of one stage, from top to bottom."""
    lines = [line for axes in figure.axes for line in axes.lines if line.get_label() == stage]
    return [float(line.get_xdata()[0]) for line in sorted(lines, key=lambda line: line.get_ydata()[0])]


def test_each_mark_stands_at_its_chance(case):
    one = case()
    figure = draw_leaving(one.chances, one.labels, FINDING)
    rows = one.chances[one.chances["chance"] == "leaves"]
    for stage in one.labels.stages:
        expected = 100 * rows[rows["stage"] == stage]["p"].to_numpy()
        assert marks(figure, stage) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(("teams", "stages"), [(5, 3), (1, 1), (8, 6), (13, 2)])
def test_every_team_and_stage_is_named_and_every_glyph_is_there(case, lang, teams, stages):
    one = case(teams, stages, lang, runs=2000)
    said = " ".join(texts(rendered(draw_leaving(one.chances, one.labels, FINDING))))
    names = [*one.labels.teams.values(), *(one.labels.stages.values() if stages > 1 else ())]
    assert [name for name in names if name not in said] == []


def test_the_footer_says_until_when_how_many_runs_which_scenario_and_that_it_is_simulated(case):
    one = case()
    footer = " ".join(texts(draw_leaving(one.chances, one.labels, FINDING)))
    for part in ("2026-11-22", "10,000", "4f1c9a02be77", "simulation"):
        assert part in footer


def settle(chances, team, stage, count, chance="leaves"):
    """Let the rules decide a chance."""
    at = (chances["team"] == team) & (chances["chance"] == chance) & (chances["stage"] == stage)
    of = chances[at]["of"].iloc[0]
    chances.loc[at, ["count", "p", "low", "high"]] = [count * of, count, count, count]


def test_what_the_rules_decide_over_all_stages_is_printed_without_an_error(case):
    one = case(4, 2, runs=500)
    whole = one.chances[one.chances["chance"] == "selected"].assign(chance="leaves_at_all")
    whole[["count", "p", "low", "high"]] = [0, 0, 0, 0.01]  # never seen in 500 runs, and not ruled out
    others = one.chances[one.chances["chance"] != "leaves_at_all"]
    chances = pd.concat([others, whole], ignore_index=True)
    for stage in ("s0", "s1"):
        settle(chances, "t0", stage, 0)
    before = texts(draw_leaving(chances, one.labels, FINDING))
    assert any(text.startswith("all stages <") for text in before)
    settle(chances, "t0", "", 0, "leaves_at_all")
    assert "all stages 0 %" in texts(draw_leaving(chances, one.labels, FINDING))


def test_nothing_seen_is_not_called_impossible(case):
    one = case(runs=200)
    rows = (
        (one.chances["chance"] == "leaves") & (one.chances["team"] == "t0") & (one.chances["stage"] == "s0")
    )
    one.chances.loc[rows, ["count", "p", "low", "high"]] = [0, 0.0, 0.0, 0.0188]
    percents = [text for text in texts(draw_leaving(one.chances, one.labels, FINDING)) if "%" in text]
    assert "<2 %" in percents
    assert not any(re.fullmatch(r"0 %", text) for text in percents)


def test_many_teams_and_stages_become_a_table_whose_texts_do_not_overlap(case):
    one = case(32, 32, runs=500)
    figure = draw_leaving(one.chances, one.labels, FINDING)
    renderer = FigureCanvasAgg(figure).get_renderer()
    cells = [t for axes in figure.axes for t in axes.texts if t.get_rotation() == 0 and t.get_text()]
    boxes = np.array([t.get_window_extent(renderer).extents for t in cells])
    left, bottom, right, top = boxes.T
    apart = (right[:, None] <= left + 0.5) | (left[:, None] + 0.5 >= right) | (top[:, None] <= bottom + 0.5)
    apart |= bottom[:, None] + 0.5 >= top
    np.fill_diagonal(apart, True)
    assert apart.all()


def test_a_table_that_lacks_a_column_is_refused(case):
    one = case()
    with pytest.raises(ValueError, match="high"):
        draw_leaving(one.chances.drop(columns="high"), one.labels, FINDING)


def test_a_team_without_a_name_is_refused(case):
    one = case()
    del one.labels.teams["t0"]
    with pytest.raises(ValueError, match="t0"):
        draw_leaving(one.chances, one.labels, FINDING)


def test_of_a_programme_that_is_over_facts_are_drawn_and_no_chances(case):
    one = case(4, 2, runs=500)
    chances = table(np.array([[0, 1, -1, -1]] * 500))
    known = frozenset((s, t) for s in ("s0", "s1") for t in one.labels.teams)
    over = replace(one.labels, known=known, is_over=True)
    said = " ".join(texts(draw_leaving(chances, over, FINDING)))
    assert "Who left at each stage" in said
    assert "rules" not in said
    assert "runs" not in said


def test_teams_that_are_out_and_stages_that_are_decided_have_no_place(case):
    one = case(4, 2, runs=500)
    chances = table(np.array([[0, 1, -1, -1]] * 250 + [[0, -1, 1, -1]] * 250))
    known = frozenset(("s0", t) for t in one.labels.teams)
    labels = replace(one.labels, known=known, out="Out: LG AI Research (points).")
    figure = rendered(draw_leaving(chances, labels, FINDING))
    said = texts(figure)
    assert "LG AI Research" not in said
    assert {"Upstage", "SK Telecom", "Naver Cloud"} <= set(said)
    assert "Out: LG AI Research (points)." in " ".join(said)
    assert marks(figure, "s0") == []
    assert marks(figure, "s1") == pytest.approx([50, 50, 0])


def test_of_late_entrants_the_chance_is_told_where_they_came_in(case):
    one = case(3, 2)
    fates = np.array([[0, -1, 1]] * 100 + [[0, -1, -1]] * 100 + [[0, -1, 1]] * 200)
    chances = table(fates, np.array([0, 0, 1]))
    came = chances.team == "t2"
    # In half of the runs it never comes in; of the 200 others it leaves in 100.
    rows = {
        ("s1", "leaves"): (100, 400), ("s1", "given_present"): (100, 200), ("s1", "not_entered"): (200, 400),
        ("", "never_entered"): (200, 400),
    }  # fmt: skip
    for (stage, chance), (count, of) in rows.items():
        at = came & (chances.stage == stage) & (chances.chance == chance)
        chances.loc[at, ["count", "of", "p", "low", "high"]] = [count, of, *wilson(count, of)]
    figure = rendered(draw_leaving(chances, one.labels, FINDING))
    assert marks(figure, "s1")[-1] == pytest.approx(50)
    assert "comes in: 50 %" in texts(figure)


def test_the_band_spans_the_range_over_doubts_and_the_alt_text_tells_it(case):
    one = case(2, 1)
    ranges = {("s0", "t0", "leaves"): (0.2, 0.6)}
    figure = draw_leaving(one.chances, one.labels, FINDING, ranges)
    bars = [
        bar
        for axes in figure.axes
        for made in axes.containers
        for bar in made
        if made.get_label() == "range s0"
    ]
    assert [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars] == [pytest.approx((20, 60))]
    assert "20 to 60 over doubts" in figure.alt
