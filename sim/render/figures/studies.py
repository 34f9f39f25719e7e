"""The figures of each kind of study, from its tables alone; tables come from memory or from a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from matplotlib.figure import Figure

from sim.findings.chances import groups_of
from sim.findings.fold import MOST_ROWS
from sim.findings.headline import headline_of_options
from sim.findings.sensitivity import list_shown_chances
from sim.findings.sweep import find_widest_span
from sim.folder.files import SavedFiles
from sim.render.figures.briefing import draw_briefing
from sim.render.figures.forest import draw_forest
from sim.render.figures.frame import save, save_beside_others
from sim.render.figures.holdings import draw_holdings
from sim.render.figures.labels import Labels
from sim.render.figures.leaving import draw_leaving
from sim.render.figures.numbers import draw_numbers
from sim.render.figures.options import MOST_OPTIONS, MOST_TEAMS
from sim.render.figures.survival import draw_survival
from sim.render.figures.sweep import draw_curves, draw_dots, draw_map
from sim.render.figures.tornado import draw_tornado
from sim.render.text.layout import Names
from sim.render.text.run import title
from sim.scenario.evidence import fact_names
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import condition, idle_options
from sim.stats.design import FILE
from sim.stats.holdings import holdings_table
from sim.text import Lang, say

if TYPE_CHECKING:
    import pandas as pd

    from sim.engines.record import Happening

MOST_TEAMS_OF_FOREST = 15
"""Teams of a comparison that are drawn where they are too many for all."""

RunKind = Literal["leaving", "survival", "briefing", "numbers"]


class Drawing(NamedTuple):
    """A figure with what its file says of it."""

    figure: Figure
    labels: Labels

    def save(self, path_without_suffix: Path) -> list[Path]:
        """Write it as PNG and SVG; return the files. Raises `OSError`."""
        return save(self.figure, path_without_suffix, self.labels)

    def save_beside_others(self, path_without_suffix: Path) -> SavedFiles:
        """Write it likewise, and keep other files of these names under new ones. Raises `OSError`."""
        return save_beside_others(self.figure, path_without_suffix, self.labels)


def labels_of(scenario: Scenario, runs: int, lang: Lang) -> Labels:
    """Return what figures of a scenario are labelled with, in one language."""
    fixed, names = [s for s in scenario.stages if s not in scenario.ahead], Names.of(scenario, lang)
    return Labels(
        title=scenario.name.get(lang),
        teams=names.teams,
        stages=names.stages,
        runs=runs,
        scenario_hash=scenario.digest()[:8],
        known_until=str(scenario.as_of),
        lang=lang,
        known=frozenset((s, t) for s in fixed for t in scenario.teams),
        currency=scenario.money,
        groups=groups_of(scenario, scenario.contenders or list(scenario.teams)),
    )


def run_kinds(scenario: Scenario) -> list[RunKind]:
    """List the figures that say something about a scenario.

    A briefing is about the one stage ahead; numbers are told where facts may have moved them.
    """
    options = 1 + sum(len(values) - 1 for values in scenario.choices.values()) - len(idle_options(scenario))
    told = bool(scenario.choices or scenario.doubts) and len(scenario.to_come) == 1
    fits = options <= MOST_OPTIONS and len(scenario.contenders) <= MOST_TEAMS
    kinds: list[RunKind] = ["briefing", "leaving", "survival"] if told and fits else ["leaving", "survival"]
    return [*kinds, "numbers"] if scenario.has_facts else kinds


def draw_run(
    table: pd.DataFrame,
    scenario: Scenario,
    runs: int,
    kind: RunKind,
    lang: Lang,
    *,
    indistinct: Sequence[tuple[str, ...]] = (),
) -> Drawing:
    """Draw a run from its table: that of options for a briefing, that of numbers for these, else of chances.

    `indistinct` are groups of teams that no input tells apart. Raises `ValueError` for an unknown kind.
    """
    if kind not in get_args(RunKind):
        raise ValueError(f"figure '{kind}', expected one of {', '.join(get_args(RunKind))}")
    labels = replace(labels_of(scenario, runs, lang), indistinct=tuple(indistinct))
    if kind == "numbers":
        return Drawing(draw_numbers(table, labels, len(fact_names(scenario))), labels)
    if kind == "briefing":
        found = headline_of_options(table, scenario, runs)
        heading = title(Names.of(scenario, lang), found)
        shown = table[~table.option.isin(idle_options(scenario))]  # of the others nobody leaves
        return Drawing(draw_briefing(shown, labels, heading, found.equal), labels)
    labels = replace(labels, is_over=scenario.is_over)
    draw = draw_leaving if kind == "leaving" else draw_survival
    return Drawing(draw(table, labels), labels)


def draw_sweep(
    table: pd.DataFrame,
    factors: Sequence[str],
    scenario: Scenario,
    runs: int,
    lang: Lang,
    axis: str | None = None,
) -> dict[str, Drawing]:
    """Draw chances of leaving against what varies, or against `axis`; over a grid of two, as a map.

    `factors` are the paths that vary; the map is of the team that they move most. Raises `ValueError` for an
    axis that there is not, or where the rules alone decide every chance.
    """
    told = table[(table.chance == "leaves_at_all") & table.default]
    told = told[told.team.isin(told.team[told.certain == ""])]  # whose chance the rules alone never decide
    if told.empty:
        raise ValueError("the rules alone decide every chance of leaving; nothing to draw")
    axes = (
        *factors,
        *(name for name in map(str, told) if name == "gpu_hours" or name.startswith(("cost_", "paid_"))),
    )
    if axis is not None and axis not in axes:
        raise ValueError(f"no '{axis}' to draw against, expected {' or '.join(axes)}")
    names = dict(zip(told.team, told[f"team_{lang}"], strict=True))
    labels = replace(labels_of(scenario, runs, lang), teams=names)
    if FILE in factors:
        labels = replace(labels, title=say(lang, "figure.sweep_files"))
    options = told.option.unique()
    given = condition(options[0], lang) if len(options) == 1 and table.option.nunique() > 1 else ""
    points = told.groupby("team").size().max()
    is_grid = len(factors) == 2 and points == told[factors[0]].nunique() * told[factors[1]].nunique()
    if axis is None and is_grid:
        team = find_widest_span({str(team): tuple(rows.p) for team, rows in told.groupby("team")})
        figure = draw_map(told, factors[1], factors[0], team, labels, given)
        return {"map": Drawing(figure, labels)}
    by = axis or factors[0]
    others = [path for path in factors if path != by] if len(factors) > 1 else []
    # A line between points says that what lies between them was meant: only along one number, once each.
    is_line = table[by].dtype.kind in "if" and not others and told[by].nunique() == points
    if is_line and FILE not in factors:
        return {"sweep": Drawing(draw_curves(told, by, labels, given), labels)}
    figure = draw_dots(told, by, labels, given, others)
    return {"sweep": Drawing(figure, labels)}


def draw_comparison(
    table: pd.DataFrame, names: Sequence[str], first: Scenario, runs: int, lang: Lang
) -> dict[str, Drawing]:
    """Draw how the chances of leaving at any stage differ; nothing where no team is in two scenarios."""
    leaving = table[(table.what == "leaves_at_all") & table.team.isin(first.contenders)]
    if leaving.empty:
        return {}
    labels = labels_of(first, runs, lang)
    everybody = leaving.team.nunique()
    if everybody > MOST_ROWS:
        greatest = leaving.estimate.abs().groupby(leaving.team).max().nlargest(MOST_TEAMS_OF_FOREST)
        leaving = leaving[leaving.team.isin(greatest.index)]
    return {"forest": Drawing(draw_forest(leaving, list(names), labels, everybody), labels)}


def draw_sensitivity(
    table: pd.DataFrame, team: str, scenario: Scenario, runs: int, lang: Lang
) -> dict[str, Drawing]:
    """Draw what the inputs do to a team's chance and to the strongest's; nothing where no chance moves."""
    asked = list_shown_chances(table, team)
    if not asked:
        return {}
    labels = labels_of(scenario, runs, lang)
    return {"tornado": Drawing(draw_tornado(table, asked, labels), labels)}


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
    return Drawing(draw_holdings(changes[most > 0], stages, labels, replication), labels)
