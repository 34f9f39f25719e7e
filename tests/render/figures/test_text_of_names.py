"""Names as people write them: long and alike, with signs that no font has, with signs that have no shape."""

import warnings
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest

from sim.render.figures.briefing import draw_briefing
from sim.render.figures.forest import draw_forest
from sim.render.figures.holdings import draw_holdings
from sim.render.figures.labels import one_line
from sim.render.figures.leaving import draw_leaving
from sim.render.figures.save import save
from sim.render.figures.survival import draw_survival
from sim.render.figures.sweep import FactorWords, draw_curves, draw_dots
from sim.render.figures.tornado import draw_tornado
from tests.render.figures import test_briefing, test_holdings, test_sweep, test_tornado
from tests.render.figures.drawing import in_one_line, rendered, texts

COLOURS = ("red", "blu", "grn")


def names_like(colour):
    return f"Consortium for national language models {colour} team of the university of the capital"


def renamed(one):
    """The first three teams under names that differ in a word far from either end."""
    names = {**one.labels.teams, **{f"t{k}": names_like(c) for k, c in enumerate(COLOURS)}}
    return replace(one.labels, teams=names)


def forest_of(one):
    rows = [(team, 1, 0.3, 0.4, 0.1, 0.05, 0.15) for team in one.labels.teams]
    columns = ["team", "scenario", "first", "second", "estimate", "low", "high"]
    table = pd.DataFrame(rows, columns=columns)
    return draw_forest(table, ["a", "b"], renamed(one))


def briefing_of(one):
    table = test_briefing.table([(f"t{k}", names_like(c), "") for k, c in enumerate(COLOURS)])
    return draw_briefing(table, one.labels, "A headline", None)


def tornado_of(one):
    rows = [
        test_tornado.row(k, 0.2, 0.1, 0.5, name_en=f"GPUs of {names_like(c)}") for k, c in enumerate(COLOURS)
    ]
    return draw_tornado(pd.DataFrame(rows), [test_tornado.LEAVES], test_tornado.labels())


def sweep_of(draw, by, values):
    def drawn(one):
        table = test_sweep.chances(list(one.labels.teams), **{by: values})
        return draw(table, by, FactorWords(by, str), renamed(one), "A finding")

    return drawn


@pytest.mark.parametrize(
    ("teams", "stages", "draw"),
    [
        (3, 2, lambda one: draw_leaving(one.chances, renamed(one), "A finding")),
        (13, 5, lambda one: draw_leaving(one.chances, renamed(one), "A finding")),
        (3, 2, lambda one: draw_survival(one.chances, renamed(one), "A finding")),
        (9, 2, lambda one: draw_survival(one.chances, renamed(one), "A finding")),
        (3, 1, sweep_of(draw_curves, "pool", (1, 2, 3))),
        (3, 1, sweep_of(draw_dots, "file", ("x.yaml", "y.yaml"))),
        (3, 1, forest_of),
        (3, 1, briefing_of),
        (3, 1, tornado_of),
    ],
    ids=["marks", "shades", "lines", "panels", "curves", "dots", "forest", "briefing", "tornado"],
)
def test_every_figure_shows_what_tells_long_names_apart(case, teams, stages, draw):
    figure = rendered(draw(case(teams, stages, runs=500)))
    # A finding may name a team in full: what stands beside its marks has to be told apart without it.
    beside = [
        text for text in texts(figure) if "Consort" in text or text.startswith(("language", "national"))
    ]
    beside = [text for text in beside if text not in {in_one_line(words) for words in figure.texts}]
    said = " ".join(beside)
    assert [c for c in COLOURS if c not in said] == []
    assert all(names_like(c) not in said for c in COLOURS)


def test_names_above_strips_are_told_apart_where_they_do_not_fit():
    names = {team: names_like(c) * 2 for team, c in zip(("lg", "skt", "motif"), COLOURS, strict=True)}
    labels = replace(test_holdings.labels_for(), teams=names)
    figure = rendered(draw_holdings(test_holdings.changes(), test_holdings.stages(), labels, 7))
    beside = [text.get_text() for axes in figure.axes for text in axes.texts]
    shown = {text for text in beside if text.startswith("Consortium")}
    assert len(shown) == 3
    assert all("…" in text for text in shown)


def test_a_sign_that_no_font_has_becomes_a_box_and_no_warning(case, tmp_path):
    one = case(3, 1, runs=500)
    one.labels.teams["t0"] = "Team \N{EGYPTIAN HIEROGLYPH A001}"
    figure = draw_leaving(one.chances, one.labels, "A finding")
    with pytest.warns(UserWarning, match="missing from"):  # so that this test is about such a sign
        figure.draw_without_rendering()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(save(draw_leaving(one.chances, one.labels, "A finding"), tmp_path / "leaving")) == 4


@pytest.mark.parametrize(
    "sign", ["\0", "\x1b", "\x07", "\x9b", "\ud800", "\ufffe", "\u202e", "\u200b", "\ue000"]
)
def test_signs_without_a_shape_spoil_no_file(case, tmp_path, sign):
    one = case(3, 1, runs=500)
    one.labels.teams["t0"] = f"red{sign} team"
    labels = replace(one.labels, title=f"A {sign}programme")
    png, svg, *_ = save(draw_leaving(one.chances, labels, "A finding"), tmp_path / "leaving")
    assert png.stat().st_size > 1000
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
    assert sign not in svg.read_text(encoding="utf-8")


def test_what_joins_letters_or_turns_them_round_is_left_out_and_the_rest_is_a_box():
    assert one_line("a\u200bb\u202ec\u00add") == "abcd"
    assert one_line("a\0b\ue000c") == "a�b�c"
    assert one_line("  두  팀\n이름 ") == "두 팀 이름"
