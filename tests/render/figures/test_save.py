"""Figures as files."""

from itertools import pairwise

import matplotlib as mpl
import pytest
from PIL import Image

from sim.render.figures.frame import save
from sim.render.figures.leaving import draw_leaving
from sim.render.figures.texts import spread


def test_the_same_table_gives_the_same_bytes(case, tmp_path):
    one = case(runs=500)
    twice = [save(draw_leaving(one.chances, one.labels), tmp_path / name, one.labels) for name in ("a", "b")]
    for first, second in zip(*twice, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_a_picture_says_where_it_comes_from(case, tmp_path):
    one = case(runs=500)
    png, svg = save(draw_leaving(one.chances, one.labels), tmp_path / "leaving-en", one.labels)
    with Image.open(png) as picture:
        assert "4f1c9a02be7788d1" in picture.info["Source"]
        assert picture.width >= 1200
    assert "4f1c9a02be7788d1" in svg.read_text(encoding="utf-8")


def test_a_folder_that_is_not_there_is_an_error_and_nothing_is_left_behind(case, tmp_path):
    one = case(runs=500)
    with pytest.raises(FileNotFoundError):
        save(draw_leaving(one.chances, one.labels), tmp_path / "nowhere" / "leaving", one.labels)
    assert list(tmp_path.iterdir()) == []


def test_drawing_leaves_matplotlibs_settings_as_they_were(case, tmp_path):
    one = case(runs=500)
    before = dict(mpl.rcParams)
    save(draw_leaving(one.chances, one.labels), tmp_path / "leaving", one.labels)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("wanted", [[50, 50, 50], [99, 100, 98], [0, 0], [10, 90], [30]])
def test_labels_are_kept_apart_in_their_order_and_within_the_axis(wanted):
    places = spread([float(y) for y in wanted], 6.0, 0.0, 100.0)
    order = sorted(range(len(wanted)), key=lambda i: -wanted[i])
    gaps = [places[a] - places[b] for a, b in pairwise(order)]
    assert all(gap >= 6 - 1e-9 for gap in gaps)
    assert all(0 <= place <= 100 for place in places)
