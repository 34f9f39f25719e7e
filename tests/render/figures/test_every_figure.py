"""What must hold of every figure: who is who, texts that can be read, and shapes that need no colour."""

import re
from colorsys import rgb_to_hsv
from itertools import combinations

import numpy as np
import pytest
from matplotlib.collections import Collection
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from sim.render.figures.identity import COLOURS, DISTINCT, NEUTRAL, neutral_mark, team_mark
from sim.render.figures.style import INK, ZEBRA, contrast
from tests.render.figures.drawing import outside, overlaps, rendered
from tests.render.figures.every import ALL, OF_TEAMS, Cast

LANGS = ("en", "ko")


def colours(figure):
    """Every colour of a drawn figure, without its transparency."""
    found = set()
    for artist in figure.findobj():
        if isinstance(artist, Line2D):
            found |= {to_rgba(artist.get_color()), to_rgba(artist.get_markerfacecolor())}
        elif isinstance(artist, Patch):
            found |= {to_rgba(artist.get_facecolor()), to_rgba(artist.get_edgecolor())}
        elif isinstance(artist, Collection):
            found |= {to_rgba(each) for each in (*artist.get_facecolor(), *artist.get_edgecolor())}
        elif isinstance(artist, Text) and artist.get_text():
            found.add(to_rgba(artist.get_color()))
    return {colour[:3] for colour in found if colour[3] > 0}


def hues(figure):
    """The hues of those that are no greys, in degrees."""
    hsv = [rgb_to_hsv(*colour) for colour in colours(figure)]
    return {round(360 * hue) for hue, saturation, _ in hsv if saturation > 0.02}


def hue_of(colour):
    return round(360 * rgb_to_hsv(*to_rgb(colour))[0])


@pytest.mark.parametrize("kind", OF_TEAMS)
@pytest.mark.parametrize("place", [0, 3])
def test_a_team_has_the_colour_of_its_place_in_the_file_in_every_kind(kind, place):
    # Alone in the table: its row is the first, and its place in the file another one.
    figure = OF_TEAMS[kind](Cast(5, shown=(f"t{place}",)))
    assert hues(figure) == {hue_of(COLOURS[place])}


@pytest.mark.parametrize("kind", sorted(set(ALL) - set(OF_TEAMS)))
def test_where_no_team_is_meant_there_is_no_colour(kind):
    assert hues(ALL[kind](Cast(5))) == set()


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("teams", "letters"), [(2, 40), (32, 0), (32, 40)])
def test_no_text_lies_on_another_or_leaves_the_canvas(kind, lang, teams, letters):
    figure = rendered(ALL[kind](Cast(teams, lang, letters=letters)))
    assert outside(figure) == []
    assert overlaps(figure) == []


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("lang", LANGS)
def test_no_title_is_longer_than_two_lines_and_alt_text_has_it_whole(kind, lang):
    figure = ALL[kind](Cast(32, lang, letters=40))
    assert len(figure.get_suptitle().splitlines()) <= 2
    assert figure.alt.splitlines()[0] == figure.heading.title


def background(figure):
    """The pixels of a figure without its texts, from the top."""
    shown = [text for text in figure.findobj(Text) if text.get_visible()]
    for text in shown:
        text.set_visible(False)
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()
    for text in shown:
        text.set_visible(True)
    return pixels


def behind(text, pixels, renderer):
    """The colour on which a text stands: that of its halo, or the one most seen in its box."""
    effects = text.get_path_effects()
    halo = next((vars(e)["_gc"]["foreground"] for e in effects or () if vars(e).get("_gc")), None)
    if halo is not None:
        return to_rgb(halo)
    x0, y0, x1, y1 = text.get_window_extent(renderer).extents
    tall = len(pixels)
    box = pixels[max(0, int(tall - y1)) : int(tall - y0) + 1, max(0, int(x0)) : int(x1) + 1]
    seen, counts = np.unique(box.reshape(-1, 3), axis=0, return_counts=True)
    return tuple(seen[counts.argmax()] / 255)


@pytest.mark.parametrize("kind", ALL)
def test_every_text_has_a_contrast_of_four_and_a_half(kind):
    figure = rendered(ALL[kind](Cast(8)))
    pixels, renderer = background(figure), figure.canvas.get_renderer()
    texts = {id(text): text for text in figure.findobj(Text) if text.get_text()}.values()
    poor = {
        text.get_text(): round(contrast(to_rgb(text.get_color()), behind(text, pixels, renderer)), 2)
        for text in texts
        if contrast(to_rgb(text.get_color()), behind(text, pixels, renderer)) < 4.5
    }
    assert poor == {}


def test_every_mark_has_a_contrast_of_three_on_white_and_on_bands():
    for mark in (*map(team_mark, range(DISTINCT)), *map(neutral_mark, range(NEUTRAL))):
        assert contrast(mark.colour, "white") >= 3
        assert contrast(mark.colour, ZEBRA) >= 3


# Viénot, Brettel and Mollon 1999, as matrices of linear red, green and blue.
DEUTERANOPIA = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
GREY = np.full((3, 3), [0.2126, 0.7152, 0.0722])


def seen(colour, eye):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return eye @ linear


@pytest.mark.parametrize("eye", [GREY, DEUTERANOPIA], ids=["grey", "deuteranopia"])
def test_some_teams_cannot_be_told_by_colour_and_all_by_shape_and_fill(eye):
    near = [
        pair
        for pair in combinations(COLOURS, 2)
        if np.abs(seen(pair[0], eye) - seen(pair[1], eye)).max() < 0.06
    ]
    assert near  # so that shape is needed
    looks = [(team_mark(k).shape, team_mark(k).filled) for k in range(DISTINCT)]
    assert len(set(looks)) == DISTINCT


@pytest.mark.parametrize("kind", ["survival", "sweep", "dots", "strength", "growth"])
def test_teams_that_cross_differ_in_shape_or_dashes(kind):
    cast = Cast(8)
    figure = OF_TEAMS[kind](cast)
    looks = {}
    for axes in figure.axes:
        for line in axes.lines:
            if line.get_label() in cast.order:
                filled = to_rgba(line.get_markerfacecolor())[:3] != (1.0, 1.0, 1.0)
                dashes = str(line._unscaled_dash_pattern)
                looks[line.get_label()] = (line.get_marker(), filled, dashes)
    assert set(looks) == set(cast.order)
    assert len(set(looks.values())) == len(looks)


@pytest.mark.parametrize("kind", ["leaving", "briefing", "forest"])
def test_stages_and_options_are_told_by_shape_and_fill(kind):
    figure = OF_TEAMS[kind](Cast(2))
    legend = figure.axes[0].get_legend()
    marks = [
        line
        for axes in figure.axes
        for line in axes.lines
        if line.get_marker() not in ("None", None, "", "|")
    ]
    key = legend.legend_handles if legend else []
    assert {to_rgb(line.get_color()) for line in key} <= {to_rgb(INK)}
    looks = {
        (str(line.get_marker()), to_rgb(line.get_markerfacecolor()) == (1.0, 1.0, 1.0)) for line in marks
    }
    assert len(looks) == {"leaving": 3, "briefing": 3, "forest": 2}[kind]


def test_a_path_is_found_where_there_is_one():
    assert PATH.search("stages.stage-3.cut.keep")
    assert PATH.search("by judging.follows_strength")
    assert not PATH.search("At 0.5 points. The 2.5 % end; 2026-01-15. Done.")


PATH = re.compile(r"\b[A-Za-z][\w-]*\.[A-Za-z*][\w-]*")
"""Words joined by a dot, as in a path of a scenario or the name of a file."""


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("lang", LANGS)
def test_no_text_has_a_path(kind, lang):
    assert PATH.findall(ALL[kind](Cast(5, lang)).alt) == []
