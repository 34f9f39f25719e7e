"""Laying figures out for real, and reading what they say."""

import warnings

from matplotlib.text import Text


def rendered(figure):
    """The figure, laid out; a glyph that no font has is a warning, and so an error here.

    Every text is laid out as for drawing, but no pixel is filled: that takes most of the time.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.draw_without_rendering()
    return figure


def texts(figure):
    """Every text of a figure; a space that does not break is a space, and so is the end of a line."""
    return [in_one_line(text) for text in figure.findobj(Text) if text.get_text()]


def in_one_line(text):
    """What a text says, whatever its lines."""
    return text.get_text().replace("\xa0", " ").replace("\n", " ")


def words_of(figure):
    """All of them as one."""
    return " ".join(texts(figure))


def boxes(figure):
    """The texts of a laid out figure, with their boxes in pixels."""
    renderer = figure.canvas.get_renderer()
    shown = {id(text): text for text in figure.findobj(Text) if text.get_text() and text.get_visible()}
    return [(text.get_text(), *text.get_window_extent(renderer).extents) for text in shown.values()]


def outside(figure):
    """The texts that leave the canvas."""
    wide, tall = figure.canvas.get_width_height()
    return [
        t for t, x0, y0, x1, y1 in boxes(figure) if min(x0, y0) < -0.5 or x1 > wide + 0.5 or y1 > tall + 0.5
    ]


def overlaps(figure):
    """The pairs of texts of which one lies on the other."""
    found = boxes(figure)
    return [
        (a, b)
        for k, (a, *one) in enumerate(found)
        for b, *two in found[:k]
        if min(one[2], two[2]) - max(one[0], two[0]) > 1 and min(one[3], two[3]) - max(one[1], two[1]) > 3
    ]
