"""`sim scenario list`: the scenarios that come with the program."""

from __future__ import annotations

from typing import Literal

from sim.cli.layout import fitted, plain_table, show
from sim.cli.words_scenario import words
from sim.scenario.language.files import bundled_names
from sim.scenario.language.load import load

_TITLE = 41
"""Cells for a title; of a longer one the middle goes."""


def list_(*, lang: Literal["en", "ko"] = "en") -> None:
    """List the scenarios that come with the program; each runs by its bare name.

    Parameters
    ----------
    lang
        Language of the text.
    """
    say, table = words(lang), plain_table()
    table.add_column("", no_wrap=True)
    table.add_column("", ratio=1, no_wrap=True)
    for heading in ("teams", "stages", "known"):
        table.add_column(say[heading], justify="right", no_wrap=True)
    for name in bundled_names():
        scenario = load(name)
        counts = str(len(scenario.teams)), str(len(scenario.stages))
        table.add_row(name, fitted(scenario.name.get(lang), _TITLE), *counts, str(scenario.as_of))
    show(table)
    print(say["use"].format(name="k-ai"))
