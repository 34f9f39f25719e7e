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
    """Every text of a figure."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def words_of(figure):
    """All of them as one."""
    return " ".join(texts(figure))
