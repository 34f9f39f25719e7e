"""The words of the page: every one is said by its script, and none is missing there."""

import re
from importlib.resources import files

import pytest

import sim
from sim.explorer.words import page_words
from sim.render.figures.identity import COLOURS
from sim.studies.controls import controls
from sim.text import LANGS

PAGE = files("sim.explorer").joinpath("page")
SCRIPT = "".join(PAGE.joinpath(name).read_text("utf-8") for name in ("page.js", "many.js"))
SAID = set(re.findall(r'say\("([a-z_]+)"', SCRIPT))
BEGINNINGS = set(re.findall(r"`([a-z_]+[_.])\$\{", SCRIPT))


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_is_said_and_none_is_missing(lang):
    words = set(page_words(lang))
    begun = {word for word in words for beginning in BEGINNINGS if word.startswith(beginning)}
    assert words >= SAID
    assert words - SAID - begun == set()
    assert all(any(word.startswith(beginning) for word in words) for beginning in BEGINNINGS)


@pytest.mark.parametrize("name", ["k-ai", "minimal", "k-ai-2025-plan"])
def test_units_and_kinds_have_words_in_korean(name):
    words = page_words("ko")
    for each in controls(sim.load(name)):
        if each.fixed is None and each.unit:
            assert f"unit.{each.unit}" in words
        assert f"kind_{each.kind}" in words
        assert each.fixed is None or f"fixed_{each.fixed}" in words


def test_a_team_has_the_colour_that_it_has_in_every_figure():
    drawn = files("sim.explorer").joinpath("page", "draw.js").read_text("utf-8")
    assert tuple(re.findall(r'\["[a-z]+", "(#[0-9a-f]{6})"\]', drawn)) == COLOURS
