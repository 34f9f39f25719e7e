"""The figures of a sweep, a comparison, an analysis and a life, from their tables alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.findings.fold import MOST_ROWS
from sim.findings.sensitivity import list_shown_chances
from sim.findings.sweep import SweptChange, find_widest_span
from sim.render.figures.drawing import Drawing, labels_of
from sim.render.figures.forest import draw_forest
from sim.render.figures.holdings import draw_holdings
from sim.render.figures.labels import Labels
from sim.render.figures.sweep import Cost, DoubtBand, FactorWords, draw_curves, draw_dots
from sim.render.figures.sweep_map import draw_map
from sim.render.figures.tornado import draw_tornado
from sim.render.figures.words import name_scenarios, write_level, write_number
from sim.render.text.sweep import change_sentence
from sim.scenario.comparison import indistinguishable_teams
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import key_at
from sim.stats.design import FILE
from sim.stats.holdings import holdings_table
from sim.stats.input_effects import name_input
from sim.text import Lang, say
from sim.text.hours import format_hours
from sim.text.money import CURRENCIES, money_unit_in_full

if TYPE_CHECKING:
    import pandas as pd

    from sim.engines.happenings import Happening

MOST_TEAMS_OF_FOREST = 15
"""Teams of a comparison that are drawn where they are too many for all."""


def draw_sweep(
    table: pd.DataFrame,
    factors: Sequence[str],
    scenario: Scenario,
    runs: int,
    lang: Lang,
    *,
    change: SweptChange | None,
    doubts: tuple[int, int] | None = None,
    axis: str | None = None,
    now: Mapping[str, Any] | None = None,
) -> dict[str, Drawing]:
    """Draw chances of leaving against what varies, or against `axis`; over a grid of two, as a map.

    `factors` are the paths that vary, and `now` has their values in the scenario as it is. `change` is what
    the title says; the map is of its team, and so is the band of `doubts`: how many were played, by how many
    runs. Raises `ValueError` for an axis that there is not, or where
    the rules alone decide every chance.
    """
    told = table[(table.chance == "leaves_at_all") & table.default]
    told = told[told.team.isin(told.team[told.certain == ""])]  # whose chance the rules alone never decide
    if told.empty:
        raise ValueError("the rules alone decide every chance of leaving; nothing to draw")
    spent = [name for name in map(str, told) if name == "gpu_hours" or name.startswith(("cost_", "paid_"))]
    axes = (*factors, *spent)
    if axis is not None and axis not in axes:
        raise ValueError(f"no '{axis}' to draw against, expected {' or '.join(axes)}")
    names = dict(zip(told.team, told[f"team_{lang}"], strict=True))
    labels = replace(labels_of(scenario, runs, lang), teams=names)
    if FILE in factors:
        labels = replace(labels, title=say(lang, "figure.sweep_files"), inputs=None)
    words = {name: _word_factor(name, scenario, labels, (now or {}).get(name)) for name in axes}
    options = told.option.unique()
    default = str(options[0]) if len(options) == 1 and table.option.nunique() > 1 else ""
    title = change_sentence(change, factors, default, names, scenario, lang).removesuffix(".")
    points = told.groupby("team").size().max()
    is_grid = len(factors) == 2 and points == told[factors[0]].nunique() * told[factors[1]].nunique()
    if axis is None and is_grid:
        down, across = factors
        by_team = {str(team): tuple(rows.p) for team, rows in told.groupby("team")}
        team = change.team if change and change.team in by_team else find_widest_span(by_team)
        figure = draw_map(told, (across, down), (words[across], words[down]), team, labels, title)
        return {"map": Drawing(figure)}
    by = axis or factors[0]
    band = DoubtBand(change.team, *doubts) if change and doubts else None
    others = [words[path].name for path in factors if path != by] if len(factors) > 1 else []
    # A line between points says that what lies between them was meant: only along one number, once each.
    is_line = table[by].dtype.kind in "if" and not others and told[by].nunique() == points
    if is_line and FILE not in factors:
        cost = _cost_along(told, by, spent, words) if axis is None else None
        return {"sweep": Drawing(draw_curves(told, by, words[by], labels, title, cost, band))}
    return {"sweep": Drawing(draw_dots(told, by, words[by], labels, title, others, band))}


def _word_factor(name: str, scenario: Scenario, labels: Labels, now: Any) -> FactorWords:
    """What an axis of a sweep is called, and how its values are written."""
    lang, currency = labels.lang, labels.currency
    column, unit = CURRENCIES[currency].column, money_unit_in_full(currency, lang)
    money = {f"cost_{column}": "cost", f"cost_with_own_{column}": "cost_with_own", f"paid_{column}": "paid"}
    if name in money:
        return FactorWords(say(lang, f"figure.sweep_{money[name]}", unit=unit), write_number)
    if name == "gpu_hours":
        return FactorWords(
            say(lang, "figure.sweep_gpu_hours"),
            lambda value: format_hours(float(value), lang),  # type: ignore[arg-type]  # a column of numbers
        )
    if name == FILE:
        return FactorWords(say(lang, "figure.sweep_scenario"), lambda value: Path(str(value)).stem)
    found = key_at(name)
    unit_of_key = found[0].unit if found else ""
    return FactorWords(
        name_input(name, lang, scenario), partial(write_level, unit=unit_of_key, lang=lang), now
    )


def _cost_along(
    told: pd.DataFrame, by: str, spent: Sequence[str], words: Mapping[str, FactorWords]
) -> Cost | None:
    """What points cost, by what varies; None where nothing has a price, or all cost the same."""
    column = next((name for name in spent if name.startswith("cost_")), None)
    if column is None:
        return None
    rows = told.drop_duplicates(by).sort_values(by)
    if rows[column].isna().any():
        return None
    cost = Cost(words[column].name, [float(v) for v in rows[by]], [float(v) for v in rows[column]])
    return cost if cost.varies else None


def draw_comparison(
    table: pd.DataFrame, given: Sequence[str], scenarios: Sequence[Scenario], runs: int, lang: Lang
) -> dict[str, Drawing]:
    """Draw how the chances of leaving at any stage differ; nothing where no team is in two scenarios.

    `given` are the scenarios as they were asked for.
    """
    first = scenarios[0]
    leaving = table[(table.what == "leaves_at_all") & table.team.isin(first.contenders)]
    if leaving.empty:
        return {}
    labels = labels_of(first, runs, lang)
    everybody = leaving.team.nunique()
    if everybody > MOST_ROWS:
        greatest = leaving.estimate.abs().groupby(leaving.team).max().nlargest(MOST_TEAMS_OF_FOREST)
        leaving = leaving[leaving.team.isin(greatest.index)]
    names = name_scenarios(given, scenarios, lang)
    return {"forest": Drawing(draw_forest(leaving, names, labels, everybody))}


def draw_sensitivity(
    table: pd.DataFrame, team: str, scenario: Scenario, runs: int, lang: Lang
) -> dict[str, Drawing]:
    """Draw what the inputs do to a team's chance and to the strongest's; nothing where no chance moves."""
    asked = list_shown_chances(table, team)
    if not asked:
        return {}
    labels = replace(labels_of(scenario, runs, lang), indistinct=tuple(indistinguishable_teams(scenario)))
    return {"tornado": Drawing(draw_tornado(table, asked, labels))}


def draw_life(scenario: Scenario, happenings: Sequence[Happening], replication: int, lang: Lang) -> Drawing:
    """Draw who holds which GPUs as time passes in one replication."""
    labels = labels_of(scenario, 1, lang)
    if not scenario.hardware:
        raise ValueError("no hardware in this programme, and so nobody who holds any; nothing to draw")
    changes, stages = holdings_table(scenario, happenings)
    most = (changes.granted + changes.own).groupby(changes.team).transform("max")
    if not (most > 0).any():
        raise ValueError("no team ever holds a GPU; nothing to draw")
    # A team that never holds any has no strip.
    return Drawing(draw_holdings(changes[most > 0], stages, labels, replication))
