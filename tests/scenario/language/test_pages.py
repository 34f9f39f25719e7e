"""The page that `explain` names beside a symbol has that symbol."""

import re
from pathlib import Path

import pytest

from sim.scenario.language.catalogue import keys
from sim.scenario.language.pages import page_of
from tests.cli.command import command

ROOT = Path(__file__).parents[3]
SYMBOLS = [key for key in keys() if key.symbol]


@pytest.mark.parametrize("key", SYMBOLS, ids=lambda key: key.dotted)
def test_a_symbol_stands_on_the_page_that_is_named(key):
    text = (ROOT / page_of(key.path)).read_text(encoding="utf-8").replace("sqrt(", "sqrt (")
    assert re.search(rf"(?<![A-Za-z0-9_]){re.escape(key.symbol)}(?![A-Za-z0-9_])", text)


def test_explain_names_it():
    assert "zeta (docs/world/effort.md)" in command("scenario", "explain", "effort.stakes").out
    assert "kappa (docs/model.md)" in command("scenario", "explain", "per_tenfold_compute").out
