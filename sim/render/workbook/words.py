"""What the sheets of all studies share: titles in their language, names, and how numbers stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.folder.workbook import Cell, Column, Kind, Sheet
from sim.render.text.layout import Names
from sim.scenario.models.scenario import Scenario
from sim.stats.summary import Estimate
from sim.text.money import CURRENCIES

_MONEY: dict[str, Kind] = dict.fromkeys(CURRENCIES, "whole")
_UNITS: dict[str, Kind] = {"chance": "chance", "share": "percent", "GPU-hours": "whole", **_MONEY}


def titles(names: Names, kind: Kind, *keys: str) -> list[Column]:
    """Return columns of a kind by the keys of their titles, in order."""
    return [Column(names.say(key), kind) for key in keys]


def chance(found: Estimate | None) -> Cell | None:
    """Return a chance: as it is counted, or as the rules decide it."""
    if found is None:
        return None
    return Cell(found.p, "chance" if found.certain is None else "certain")


def interval(found: Estimate | None) -> list[float | None]:
    """Return the ends of a chance's interval; none where the rules decide it."""
    if found is None or found.certain is not None:
        return [None, None]
    return [found.low, found.high]


def amount(value: float | None, unit: str) -> Cell:
    """Return a number as its unit wants it."""
    return Cell(value, _UNITS.get(unit, "number"))


def yes_or_no(names: Names, value: bool) -> str:
    """Return a word for a flag."""
    return names.say("workbook.yes" if value else "workbook.no")


def response(names: Names, name: str, team: str = "") -> tuple[str, str]:
    """Return what a response is called, and its stage; its name where it has none."""
    what, _, stage = name.partition(".")
    if what == "award":
        stage, award, team = stage.split(".")
        told = names.awards.get((stage, award), award)
        return names.say("workbook.response.award", team=names.teams.get(team, team), award=told), stage
    if what == "compute_kept":
        stage, _, team = stage.partition(".")
    return names.say(f"workbook.response.{what}", team=names.teams.get(team, team)), stage


def about(names: Names, scenario: Scenario, lines: Mapping[str, Any], *notes: str) -> Sheet:
    """Return the sheet that says what was played, and how the others are to be read."""
    rows: list[list[Any]] = [
        [names.say("workbook.about.programme"), scenario.name.get(names.lang)],
        [names.say("workbook.about.known"), Cell(scenario.as_of, "date")],
        *([key, value] for key, value in lines.items()),
        [names.say("workbook.about.hash"), scenario.digest()],
        [names.say("workbook.about.played"), names.say("workbook.about.simulated")],
        *([names.say("workbook.about.interval"), names.say(note)] for note in notes),
    ]
    columns = [Column("", "text"), Column("", "long")]
    return Sheet(names.say("workbook.sheet.about"), columns, rows)


def about_lines(names: Names, runs: int, seed: int) -> dict[str, Any]:
    """Return how much was played, and with which seed."""
    return {
        names.say("workbook.about.runs"): Cell(runs, "whole"),
        names.say("workbook.about.seed"): Cell(seed, "whole"),
    }
