"""`sim scenario list`: the scenarios that come with the program."""

from __future__ import annotations

from sim.cli.options import TextLang
from sim.render.text.layout import fit_names, plain_table, print_text
from sim.scenario.language.files import bundled_names
from sim.scenario.language.load import load
from sim.text import say

_TITLE = 41
"""Cells for a title; longer ones are shortened."""


def list_(*, lang: TextLang = "en") -> None:
    """List the scenarios that come with the program; each runs by its bare name.

    Parameters
    ----------
    """
    table = plain_table()
    table.add_column("", no_wrap=True)
    table.add_column("", ratio=1, no_wrap=True)
    for heading in ("scenario.teams", "scenario.stages", "scenario.known"):
        table.add_column(say(lang, heading), justify="right", no_wrap=True)
    scenarios = {name: load(name) for name in bundled_names()}
    titles = fit_names([one.name.get(lang) for one in scenarios.values()], _TITLE)
    for (name, one), title in zip(scenarios.items(), titles, strict=True):
        table.add_row(name, title, str(len(one.teams)), str(len(one.stages)), str(one.as_of))
    print_text(table)
    print(say(lang, "scenario.use", name="k-ai"))
