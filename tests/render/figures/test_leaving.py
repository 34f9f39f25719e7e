"""What the figure of the chance of leaving says, read off the drawn figure."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from sim.render.figures.leaving import draw_leaving
from tests.render.figures.conftest import table
from tests.render.figures.drawing import rendered, texts


def marks(figure, stage):
    """The horizontal places of the marks of one stage, from top to bottom."""
    lines = [line for axes in figure.axes for line in axes.lines if line.get_label() == stage]
    return [float(line.get_xdata()[0]) for line in sorted(lines, key=lambda line: line.get_ydata()[0])]


def test_each_mark_stands_at_its_chance(case):
    one = case()
    figure = draw_leaving(one.chances, one.labels)
    rows = one.chances[one.chances["chance"] == "leaves"]
    for stage in one.labels.stages:
        expected = 100 * rows[rows["stage"] == stage]["p"].to_numpy()
        assert marks(figure, stage) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(("teams", "stages"), [(5, 3), (1, 1), (8, 6), (13, 2)])
def test_every_team_and_stage_is_named_and_every_glyph_is_there(case, lang, teams, stages):
    one = case(teams, stages, lang, runs=2000)
    said = " ".join(texts(rendered(draw_leaving(one.chances, one.labels))))
    names = [*one.labels.teams.values(), *(one.labels.stages.values() if stages > 1 else ())]
    assert [name for name in names if name not in said] == []


def test_the_footer_says_until_when_how_many_runs_which_scenario_and_that_it_is_simulated(case):
    one = case()
    footer = " ".join(texts(draw_leaving(one.chances, one.labels)))
    for part in ("2026-11-22", "10,000", "4f1c9a02be77", "simulation"):
        assert part in footer


def test_no_team_is_singled_out_when_intervals_overlap(case):
    one = case(apart=0.0, runs=500)
    said = " ".join(texts(draw_leaving(one.chances, one.labels)))
    assert "No team stands out" in said
    assert "Most at risk" not in said


def settle(chances, team, stage, count, chance="leaves"):
    """Let the rules decide a chance."""
    at = (chances["team"] == team) & (chances["chance"] == chance) & (chances["stage"] == stage)
    of = chances[at]["of"].iloc[0]
    chances.loc[at, ["count", "p", "low", "high"]] = [count * of, count, count, count]


def test_what_the_rules_decide_over_all_stages_is_printed_without_an_error(case):
    one = case(4, 2, runs=500)
    whole = one.chances[one.chances["chance"] == "selected"].assign(chance="leaves_at_all")
    whole[["count", "p", "low", "high"]] = [0, 0, 0, 0.01]  # never seen in 500 runs, and not ruled out
    chances = pd.concat([one.chances, whole], ignore_index=True)
    for stage in ("s0", "s1"):
        settle(chances, "t0", stage, 0)
    before = texts(draw_leaving(chances, one.labels))
    assert any(text.startswith("all stages <") for text in before)
    settle(chances, "t0", "", 0, "leaves_at_all")
    assert "all stages 0 %" in texts(draw_leaving(chances, one.labels))


def test_where_the_rules_decide_all_no_sampling_error_is_blamed(case):
    one = case(3, 1, runs=500)
    for team in one.labels.teams:
        settle(one.chances, team, "s0", 0)
    whole = one.chances[one.chances["chance"] == "leaves"].assign(chance="leaves_at_all", stage="")
    chances = pd.concat([one.chances, whole], ignore_index=True)
    said = " ".join(texts(draw_leaving(chances, one.labels)))
    assert "The rules alone decide who leaves" in said
    assert "within sampling error" not in said


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "No input tells the teams apart"), ("ko", "입력값이 같아 우열을 가릴 수 없음")]
)
def test_no_team_that_no_input_tells_apart_is_singled_out_by_luck(case, lang, said):
    one = case(apart=2.0, lang=lang)
    alike = replace(one.labels, indistinct=(tuple(one.labels.teams),))
    words = " ".join(texts(draw_leaving(one.chances, alike)))
    assert said in words
    assert not any(f"{name} (" in words for name in one.labels.teams.values())


def test_both_ends_are_named_in_one_sentence(case):
    one = case(apart=2.0)
    finding = next(text for text in texts(draw_leaving(one.chances, one.labels)) if "Most at risk" in text)
    most, least = " ".join(finding.split()).split("; ")
    assert re.fullmatch(r"Most at risk over all stages: NC AI \(.* %\)", most)
    assert re.fullmatch(r"least at risk over all stages: LG AI Research \(.* %\)", least)


def test_the_team_that_the_intervals_single_out_is_named(case):
    one = case(apart=2.0)
    assert any(
        "Most at risk over all stages: NC AI" in text for text in texts(draw_leaving(one.chances, one.labels))
    )


def test_nothing_seen_is_not_called_impossible(case):
    one = case(runs=200)
    rows = (
        (one.chances["chance"] == "leaves") & (one.chances["team"] == "t0") & (one.chances["stage"] == "s0")
    )
    one.chances.loc[rows, ["count", "p", "low", "high"]] = [0, 0.0, 0.0, 0.0188]
    percents = [text for text in texts(draw_leaving(one.chances, one.labels)) if "%" in text]
    assert "<2 %" in percents
    assert not any(re.fullmatch(r"0 %", text) for text in percents)


def test_many_teams_and_stages_become_a_table_whose_texts_do_not_overlap(case):
    one = case(32, 32, runs=500)
    figure = draw_leaving(one.chances, one.labels)
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
        draw_leaving(one.chances.drop(columns="high"), one.labels)


def test_a_team_without_a_name_is_refused(case):
    one = case()
    del one.labels.teams["t0"]
    with pytest.raises(ValueError, match="t0"):
        draw_leaving(one.chances, one.labels)


def test_of_a_programme_that_is_over_facts_are_drawn_and_no_chances(case):
    one = case(4, 2, runs=500)
    chances = table(np.array([[0, 1, -1, -1]] * 500))
    known = frozenset((s, t) for s in ("s0", "s1") for t in one.labels.teams)
    over = replace(one.labels, known=known, is_over=True)
    said = " ".join(texts(draw_leaving(chances, over)))
    assert "All results are known: 2 of 4 teams were left in the end" in said
    assert "rules" not in said
    assert "runs" not in said
