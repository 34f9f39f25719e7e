"""What the figure of numbers before and after facts says, read off the drawn figure."""

import numpy as np
import pytest
from matplotlib.text import Text

from sim.findings.evidence import MovedNumber, Spread, numbers_table
from sim.render.figures.labels import Labels
from sim.render.figures.numbers import MOST, draw_numbers
from tests.render.figures.drawing import rendered, texts


def labels_for(lang="en"):
    title = "독자 AI 파운데이션 모델" if lang == "ko" else "Independent AI Foundation Model"
    return Labels(title, {}, {}, 10_000, "4f1c9a02be7788d1", "2026-11-22", lang)


def number(k, before=(1.0, 0.5, 1.6), after=(1.1, 0.7, 1.5), unit="points"):
    return MovedNumber(f"p{k}", "noise", unit, Spread(*before), Spread(*after))


def table(numbers, name="noise of points {}"):
    names = [name.format(k) for k in range(len(numbers))]
    return numbers_table(numbers, {"en": names, "ko": [f"잡음 {each}" for each in names]})


def drawn(numbers, lang="en", facts=18, **more):
    return rendered(draw_numbers(table(numbers, **more), labels_for(lang), facts))


def lines(figure, label):
    """The lines of a figure under a label, as (x, y)."""
    found = [line for line in figure.axes[0].lines if line.get_label() == label]
    return [(np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in found]


def mark(figure, label):
    (found,) = (line for line in figure.axes[0].lines if line.get_label() == label)
    return found


def boxes(figure):
    """The texts of a drawn figure, with their boxes in pixels."""
    renderer = figure.canvas.get_renderer()
    shown = {id(text): text for text in figure.findobj(Text) if text.get_text() and text.get_visible()}
    return [(text.get_text(), *text.get_window_extent(renderer).extents) for text in shown.values()]


def test_a_number_stands_on_a_scale_from_its_5_to_its_95_percent_quantile_before_the_facts():
    one = number(0, before=(3.0, 2.0, 6.0), after=(5.0, 3.0, 7.0))
    other = number(1, before=(0.25, -0.4, 0.6), after=(0.1, -0.4, 0.35))
    figure = drawn([one, other])
    for k, (means, ranges) in enumerate([((0.25, 0.75), (0.25, 1.25)), ((0.65, 0.5), (0.0, 0.75))]):
        ((before, _),), ((after, _),) = (lines(figure, f"{when} p{k} 5-95 %") for when in ("before", "after"))
        assert before == pytest.approx([0, 1])
        assert after == pytest.approx(ranges)
        at = [mark(figure, f"{when} p{k}").get_xdata()[0] for when in ("before", "after")]
        assert at == pytest.approx(means)


def test_before_is_hollow_and_thin_and_after_filled_and_thick_below_it():
    figure = drawn([number(0)])
    before, after = mark(figure, "before p0"), mark(figure, "after p0")
    assert before.get_markerfacecolor() == "white"
    assert after.get_markerfacecolor() != "white"
    thin, thick = (mark(figure, f"{when} p0 5-95 %").get_linewidth() for when in ("before", "after"))
    assert thick > 2 * thin
    assert before.get_ydata()[0] < after.get_ydata()[0]  # rows count from the top


def test_rows_are_in_table_order_and_their_numbers_are_written():
    figure = drawn([number(0, (1.2, 0.71, 1.74), (1.02, 0.61, 1.55)), number(1, (50, 5, 95), (53, 6, 95))])
    said = texts(figure)
    assert said.index("noise of points 0") < said.index("noise of points 1")
    assert {"1.20 (0.71 to 1.74)", "1.02 (0.61 to 1.55)", "50 (5 to 95)", "53 (6 to 95)"} <= set(said)


def test_shares_are_told_in_percent():
    said = texts(drawn([number(0, (0.5, 0.05, 0.95), (0.531, 0.06, 0.953), unit="share")]))
    assert {"50 % (5 to 95)", "53 % (6 to 95)"} <= set(said)


@pytest.mark.parametrize(
    ("lang", "title", "finding"),
    [
        (
            "en",
            "What 18 facts about points moved",
            "Moved most: noise of points 0, from 1.20 to 1.02 on average",
        ),
        (
            "ko",
            "공표된 점수 18건으로 달라진 값",
            "가장 크게 달라진 값: 잡음 noise of points 0, 평균 1.20 → 1.02",
        ),
    ],
)
def test_the_words_are_those_of_the_language(lang, title, finding):
    figure = drawn([number(0, (1.2, 0.71, 1.74), (1.02, 0.61, 1.55))], lang)
    assert " ".join(figure.get_suptitle().split()) == finding
    assert title in texts(figure)
    assert figure.alt.startswith(finding)
    footer = " ".join(texts(figure))
    assert "4f1c9a02be7788d1" in footer
    assert ("thin line" if lang == "en" else "가는 선") in footer


def test_numbers_that_facts_did_not_move_are_not_said_to_have_moved():
    still = number(0, (1.0, 0.5, 1.5), (1.01, 0.5, 1.5))
    assert "None of them moved by what one would notice" in drawn([still]).get_suptitle()


def test_one_fact_is_told_as_one():
    assert "What 1 fact about points moved" in texts(drawn([number(0)], facts=1))


def test_what_lies_far_beyond_the_scale_is_an_arrow_on_its_side_only():
    far = number(0, before=(1.0, 0.5, 1.5), after=(9.0, 8.0, 10.0))
    wide = number(1, before=(1.0, 0.5, 1.5), after=(1.0, -9.0, 10.0))
    near = number(2)
    figure = drawn([far, wide, near])
    low, high = figure.axes[0].get_xlim()
    arrows = [(note.get_text(), *note.xy) for note in figure.axes[0].texts if note.get_text() in "◂▸"]
    assert [(text, x) for text, x, y in arrows if round(y) == 0] == [("▸", high)]
    assert [(text, x) for text, x, y in arrows if round(y) == 1] == [("◂", low), ("▸", high)]
    assert [text for text, _, y in arrows if round(y) == 2] == []
    assert lines(figure, "after p0") == []  # its mean has no place
    assert "9.00 (8.00 to 10.00)" in texts(figure)


def test_what_is_left_out_is_counted_and_what_never_varied_is_not_there():
    many = [number(k) for k in range(MOST + 3)]
    fixed = number(99, before=(1.0, 1.0, 1.0), after=(1.0, 1.0, 1.0))
    figure = drawn([fixed, *many])
    assert [f"noise of points {k}" in texts(figure) for k in (0, 1, MOST, MOST + 1)] == [
        False,
        True,
        True,
        False,
    ]
    assert "Not shown, moved less: 3 numbers" in " ".join(texts(figure))
    with pytest.raises(ValueError, match="nothing to draw"):
        drawn([fixed])


HARD = [
    number(k, (m := scale * (1 + k % 3), m - scale, m + scale), (m + shift * scale, m - scale, m + scale))
    for k, (scale, shift) in enumerate(
        (scale, shift) for scale in (1e-4, 0.3, 4.0, 250.0, 3e5, 2e9) for shift in (0.0, 0.3, -8.0)
    )
]
LONG = "spread among raters of the second criterion of the national consortium, {}"


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    ("numbers", "name"),
    [([number(0)], "noise"), ([number(k) for k in range(25)], LONG), (HARD, LONG)],
    ids=["one", "25 long names", "all sizes"],
)
def test_no_text_is_outside_the_figure_or_on_another(lang, numbers, name):
    figure = drawn(numbers, lang, name=name)
    wide, tall = figure.canvas.get_width_height()
    found = boxes(figure)
    assert [
        t for t, x0, y0, x1, y1 in found if min(x0, y0) < -0.5 or x1 > wide + 0.5 or y1 > tall + 0.5
    ] == []
    overlapping = [
        (a, b)
        for k, (a, *one) in enumerate(found)
        for b, *two in found[:k]
        if min(one[2], two[2]) - max(one[0], two[0]) > 1 and min(one[3], two[3]) - max(one[1], two[1]) > 3
    ]
    assert overlapping == []
    assert wide >= 1480


def test_long_names_are_cut_and_do_not_widen_the_figure():
    short, long = drawn([number(0)], name="noise"), drawn([number(0), number(1)], name=LONG)
    assert long.get_figwidth() == short.get_figwidth()
    assert not any(LONG.format(k) in texts(long) for k in (0, 1))


def test_no_name_or_number_is_on_the_scale():
    figure = drawn(HARD, name=LONG)
    renderer = figure.canvas.get_renderer()
    axes = figure.axes[0]
    scale, rows = axes.get_window_extent(renderer), {text.get_text() for text in axes.texts} - {"◂", "▸"}
    beside = [(x0, x1) for text, x0, _, x1, _ in boxes(figure) if text in rows]
    assert len(beside) >= 3 * len(HARD)
    assert all(x1 < scale.x0 or x0 > scale.x1 for x0, x1 in beside)


def test_the_table_beside_it_has_each_number_before_and_after():
    each = drawn([number(0, (1.2, 0.71, 1.74), (1.02, 0.61, 1.55))]).heading.data.iloc[0]
    assert [each.before_mean, each.before_q05, each.before_q95] == [1.2, 0.71, 1.74]
    assert [each.after_mean, each.after_q05, each.after_q95] == [1.02, 0.61, 1.55]
