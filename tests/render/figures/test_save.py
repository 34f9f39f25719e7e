"""Figures as files."""

from itertools import pairwise
from xml.etree import ElementTree

import matplotlib as mpl
import pandas as pd
import pytest
from PIL import Image

from sim.render.figures.leaving import draw_leaving
from sim.render.figures.save import save
from sim.render.figures.texts import spread

FINDING = "A & B <leave> most often"


def draw(one):
    return draw_leaving(one.chances, one.labels, FINDING)


def test_the_same_table_gives_the_same_bytes(case, tmp_path):
    one = case(runs=500)
    twice = [save(draw(one), tmp_path / name) for name in ("a", "b")]
    for first, second in zip(*twice, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_a_picture_says_where_it_comes_from(case, tmp_path):
    one = case(runs=500)
    png, svg, *_ = save(draw(one), tmp_path / "leaving-en")
    with Image.open(png) as picture:
        assert "4f1c9a02be7788d1" in picture.info["Source"]
        assert picture.width >= 1200
    assert "4f1c9a02be7788d1" in svg.read_text(encoding="utf-8")


def test_a_folder_that_is_not_there_is_an_error_and_nothing_is_left_behind(case, tmp_path):
    one = case(runs=500)
    with pytest.raises(FileNotFoundError):
        save(draw(one), tmp_path / "nowhere" / "leaving")
    assert list(tmp_path.iterdir()) == []


def test_drawing_leaves_matplotlibs_settings_as_they_were(case, tmp_path):
    one = case(runs=500)
    before = dict(mpl.rcParams)
    save(draw(one), tmp_path / "leaving")
    assert dict(mpl.rcParams) == before


def test_what_a_picture_shows_is_said_to_those_who_cannot_see_it(case, tmp_path):
    one = case(runs=500)
    figure = draw(one)
    png, svg, txt, csv = save(figure, tmp_path / "leaving")
    told = txt.read_text(encoding="utf-8")
    assert told.splitlines()[0] == FINDING
    assert [name for name in one.labels.teams.values() if name not in told] == []
    with Image.open(png) as picture:
        assert picture.info["alt"] + "\n" == told
    space = "{http://www.w3.org/2000/svg}"
    root = ElementTree.parse(svg).getroot()
    title, desc = (root.findtext(f"{space}{name}") for name in ("title", "desc"))
    assert f"{title}\n{desc}\n" == told
    assert root.get("role") == "img"
    numbers = pd.read_csv(csv)
    leaves = one.chances[one.chances.chance == "leaves"]
    assert sorted(numbers.p) == pytest.approx(sorted(leaves.p))


def test_a_name_that_a_spreadsheet_would_run_is_defused_in_the_data(case, tmp_path):
    one = case(2, 1, runs=500)
    one.labels.teams["t0"] = "=1+1"
    csv = save(draw(one), tmp_path / "leaving")[-1]
    assert ",'=1+1," in csv.read_text(encoding="utf-8")


@pytest.mark.parametrize("wanted", [[50, 50, 50], [99, 100, 98], [0, 0], [10, 90], [30]])
def test_labels_are_kept_apart_in_their_order_and_within_the_axis(wanted):
    places = spread([float(y) for y in wanted], 6.0, 0.0, 100.0)
    order = sorted(range(len(wanted)), key=lambda i: -wanted[i])
    gaps = [places[a] - places[b] for a, b in pairwise(order)]
    assert all(gap >= 6 - 1e-9 for gap in gaps)
    assert all(0 <= place <= 100 for place in places)
