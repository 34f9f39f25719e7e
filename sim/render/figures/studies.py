"""The figures of each kind of study, from its tables alone; tables come from memory or from a folder."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from sim.findings.chances import field_sizes, groups_of
from sim.findings.doubts import ranges_of
from sim.findings.ends import has_one_end
from sim.findings.evidence import read_numbers
from sim.findings.fold import MOST_ROWS
from sim.findings.growth import Growth, find_growth
from sim.findings.headline import Judged, headline_of_options, headline_of_table
from sim.findings.run import known_results
from sim.findings.sources import sourced_inputs
from sim.findings.strength import Strengths, find_strengths
from sim.findings.sweep import find_widest_span
from sim.findings.totals import Totals, find_totals
from sim.folder.files import SavedFiles
from sim.render.figures.briefing import draw_briefing
from sim.render.figures.ends import draw_ends
from sim.render.figures.forest import draw_forest
from sim.render.figures.frame import SourcedFigure
from sim.render.figures.growth import draw_growth
from sim.render.figures.holdings import draw_holdings
from sim.render.figures.labels import Calendar, Inputs, Labels
from sim.render.figures.leaving import draw_leaving
from sim.render.figures.numbers import draw_numbers
from sim.render.figures.options import MOST_OPTIONS, MOST_TEAMS
from sim.render.figures.save import save, save_beside_others
from sim.render.figures.strength import draw_strength
from sim.render.figures.survival import draw_survival
from sim.render.figures.sweep import Cost, FactorWords, draw_curves, draw_dots, draw_map
from sim.render.figures.tornado import draw_tornado
from sim.render.figures.totals import draw_totals
from sim.render.figures.words import name_scenarios, write_level, write_number
from sim.render.text.known import list_by_way
from sim.render.text.layout import Names
from sim.render.text.run import first_sentence, title
from sim.scenario.comparison import indistinguishable_teams
from sim.scenario.evidence import fact_names
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import each_window
from sim.scenario.names import key_at
from sim.scenario.options import condition, idle_options
from sim.stats.design import FILE
from sim.stats.holdings import holdings_table
from sim.stats.input_effects import DROPPED, name_input
from sim.text import Lang, say
from sim.text.hours import format_hours
from sim.text.money import CURRENCIES, money_unit_in_full

if TYPE_CHECKING:
    import pandas as pd

    from sim.engines.record import Happening

MOST_TEAMS_OF_FOREST = 15
"""Teams of a comparison that are drawn where they are too many for all."""

RunKind = Literal["briefing", "ends", "leaving", "survival", "totals", "strength", "growth", "numbers"]

MOST_LINES = 8
"""Teams of a figure in which each has a line or marks: those with the best chances to stay."""


class Drawing(NamedTuple):
    """A figure, which knows what it says and where it comes from."""

    figure: SourcedFigure

    def save(self, path_without_suffix: Path) -> list[Path]:
        """Write it as PNG and SVG, what it says as text, its numbers as CSV; return the files.

        Raises `OSError`.
        """
        return save(self.figure, path_without_suffix)

    def save_beside_others(self, path_without_suffix: Path) -> SavedFiles:
        """Write it likewise, and keep other files of these names under new ones. Raises `OSError`."""
        return save_beside_others(self.figure, path_without_suffix)


class RunTables(NamedTuple):
    """The tables of a run; those that its folder may lack, or that it does not have, are None."""

    chances: pd.DataFrame
    responses: pd.DataFrame | None = None
    options: pd.DataFrame | None = None
    doubts: pd.DataFrame | None = None  # `doubts_table`
    numbers: pd.DataFrame | None = None
    rows: pd.DataFrame | None = None  # a row for each replication, stage and team, or for the first of them


def labels_of(scenario: Scenario, runs: int, lang: Lang) -> Labels:
    """Return what figures of a scenario are labelled with, in one language."""
    fixed, names = [s for s in scenario.stages if s not in scenario.ahead], Names.of(scenario, lang)
    sourced = sourced_inputs(scenario)
    found = Inputs(
        len(sourced),
        sum(bool(each.source) and not each.input.guess for each in sourced),
        sum(each.input.guess for each in sourced),
    )
    out = list_by_way(names, known_results(scenario).out)
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
        order=tuple(scenario.teams),
        inputs=found,
        calendar=calendar_of(scenario),
        out=say(lang, "run.out", out=", ".join(out)) if out and not scenario.is_over else "",
    )


def calendar_of(scenario: Scenario) -> Calendar:
    """Return the days of a programme, as planned where they lie ahead."""
    stages = scenario.stages
    windows = [window for stage in stages.values() for window in each_window(stage.train)]
    decided = {s: stage.decided for s, stage in stages.items()}
    days = [*(window.first for window in windows), *decided.values()]
    # Of a programme without windows nothing is known of its first day; it is there before the first result.
    starts = min(days) if windows else min(days) - datetime.timedelta(days=30)
    enters = {s: stage.entry.day.day for s, stage in stages.items() if stage.entry is not None}
    return Calendar(starts, scenario.as_of, decided, enters)


def run_kinds(scenario: Scenario, tables: RunTables) -> list[RunKind]:
    """List the figures that say something about a scenario and have their tables.

    A briefing is about the one stage ahead; numbers are told where facts may have moved them.
    """
    options = 1 + sum(len(values) - 1 for values in scenario.choices.values()) - len(idle_options(scenario))
    told = bool(scenario.choices or scenario.doubts) and len(scenario.to_come) == 1
    fits = options <= MOST_OPTIONS and len(scenario.contenders) <= MOST_TEAMS
    there: dict[RunKind, bool] = {
        "briefing": told and fits and tables.options is not None,
        "ends": has_one_end(scenario),
        "leaving": True,
        "survival": True,
        "totals": _find_totals(scenario, tables) is not None,
        "strength": _find_strengths(scenario, tables) is not None,
        "growth": _find_growth(scenario, tables) is not None,
        "numbers": _varies(tables.numbers),
    }
    return [kind for kind, is_there in there.items() if is_there]


def draw_run(
    tables: RunTables,
    scenario: Scenario,
    runs: int,
    kind: RunKind,
    lang: Lang,
    *,
    indistinct: Sequence[tuple[str, ...]] = (),
) -> Drawing:
    """Draw one figure of a run from its tables.

    `indistinct` are groups of teams that no input tells apart. Raises `ValueError` for an unknown kind, or
    where the run has not what it shows.
    """
    if kind not in get_args(RunKind):
        raise ValueError(f"figure '{kind}', expected one of {', '.join(get_args(RunKind))}")
    labels = replace(labels_of(scenario, runs, lang), indistinct=tuple(indistinct), is_over=scenario.is_over)
    found = _draw_kind(tables, scenario, kind, labels)
    if found is None:
        raise ValueError(f"nothing in this run that the figure '{kind}' could show")
    return Drawing(found)


def _draw_kind(tables: RunTables, scenario: Scenario, kind: RunKind, labels: Labels) -> SourcedFigure | None:
    names = Names.of(scenario, labels.lang)
    ranges = ranges_of(tables.doubts) if tables.doubts is not None else {}

    def told(judged: Judged) -> str:
        sentence = first_sentence(names, headline_of_table(tables.chances, scenario, judged))
        return sentence.removesuffix(".")  # a title has none

    match kind:
        case "briefing":
            return _draw_briefing(tables, scenario, names, labels)
        case "ends":
            teams = list(scenario.teams) if scenario.is_over else scenario.contenders
            return draw_ends(tables.chances, labels, told("selected"), teams)
        case "leaving":
            return draw_leaving(tables.chances, labels, told("leaves_at_all"), ranges)
        case "survival":
            title = told("selected") if scenario.is_over else _say_field(tables.chances, scenario, names)
            return draw_survival(tables.chances, labels, title, ranges)
        case "totals":
            totals = _find_totals(scenario, tables)
            return None if totals is None else draw_totals(totals, labels)
        case "strength":
            return _draw_strength(tables, scenario, names, labels)
        case "growth":
            return _draw_growth(tables, scenario, labels)
        case "numbers":
            if tables.numbers is None or not _varies(tables.numbers):
                return None
            return draw_numbers(tables.numbers, labels, len(fact_names(scenario)))


def _draw_briefing(
    tables: RunTables, scenario: Scenario, names: Names, labels: Labels
) -> SourcedFigure | None:
    if tables.options is None:
        return None
    found = headline_of_options(tables.options, scenario, labels.runs)
    # Of the idle ones nobody leaves.
    shown = tables.options[~tables.options.option.isin(idle_options(scenario))]
    return draw_briefing(shown, labels, title(names, found), found.equal)


def _say_field(chances: pd.DataFrame, scenario: Scenario, names: Names) -> str:
    """How many teams are left on average after the first and the last stage ahead."""
    left = field_sizes(chances, scenario)
    stages = list(left)
    words = {stage: f"{left[stage]:.1f}".removesuffix(".0") for stage in stages}
    first, last = stages[0], stages[-1]
    told = {"n": len(scenario.contenders), "stage": names.stages[first], "left": words[first]}
    if first == last:
        return names.say("figure.field", **told)
    return names.say("figure.field_to", **told, last=names.stages[last], end=words[last])


def _find_totals(scenario: Scenario, tables: RunTables) -> Totals | None:
    return None if tables.rows is None else find_totals(tables.rows, scenario)


def _find_strengths(scenario: Scenario, tables: RunTables) -> Strengths | None:
    if tables.rows is None or tables.responses is None or not scenario.to_come:
        return None
    return find_strengths(tables.rows, scenario, _most_likely(scenario, tables.chances))


def _find_growth(scenario: Scenario, tables: RunTables) -> Growth | None:
    if tables.rows is None or scenario.is_over:
        return None
    rows = tables.chances[
        (tables.chances.chance == "leaves_at_all") & (tables.chances.low < tables.chances.high)
    ]
    teams = [team for team in _most_likely(scenario, tables.chances) if (rows.team == team).any()]
    return find_growth(tables.rows, teams) if teams else None


def _most_likely(scenario: Scenario, chances: pd.DataFrame) -> list[str]:
    """The teams with the best chances to stay, in file order."""
    stays = chances[chances.chance == "selected"].set_index("team").p
    ranked = sorted(scenario.contenders, key=lambda team: -float(stays[team]))[:MOST_LINES]
    return [team for team in scenario.contenders if team in ranked]


def _draw_strength(
    tables: RunTables, scenario: Scenario, names: Names, labels: Labels
) -> SourcedFigure | None:
    found = _find_strengths(scenario, tables)
    if found is None or tables.responses is None:
        return None
    months = tables.responses.set_index("response")["mean"].get("behind_frontier_months", nan)
    stage = names.stages[found.stages[-1]]
    if isnan(months):
        told = say(labels.lang, "figure.strength_nobody", stage=stage)
    else:
        key = "figure.strength_behind" if months >= 0 else "figure.strength_ahead"
        number = round(abs(float(months)))
        told = say(labels.lang, key, stage=stage, months=number, n=number)
    return draw_strength(found, labels, told, len(scenario.contenders))


def _draw_growth(tables: RunTables, scenario: Scenario, labels: Labels) -> SourcedFigure | None:
    found = _find_growth(scenario, tables)
    if found is None:
        return None
    rows = tables.chances[tables.chances.chance == "leaves_at_all"]
    final = {str(row.team): (float(row.p), float(row.low), float(row.high)) for row in rows.itertuples()}
    shown = {team: final[team] for team in found.chances}
    return draw_growth(found, shown, labels, len(scenario.contenders))


def _varies(numbers: pd.DataFrame | None) -> bool:
    """Whether facts are about points that some uncertain number decides."""
    return numbers is not None and any(each.span for each in read_numbers(numbers))


def draw_sweep(
    table: pd.DataFrame,
    factors: Sequence[str],
    scenario: Scenario,
    runs: int,
    lang: Lang,
    axis: str | None = None,
    now: Mapping[str, Any] | None = None,
) -> dict[str, Drawing]:
    """Draw chances of leaving against what varies, or against `axis`; over a grid of two, as a map.

    `factors` are the paths that vary, and `now` has their values in the scenario as it is; the map is of the
    team that they move most. Raises `ValueError` for an axis that there is not, or where the rules alone
    decide every chance.
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
    given = condition(options[0], lang) if len(options) == 1 and table.option.nunique() > 1 else ""
    points = told.groupby("team").size().max()
    is_grid = len(factors) == 2 and points == told[factors[0]].nunique() * told[factors[1]].nunique()
    if axis is None and is_grid:
        down, across = factors
        team = find_widest_span({str(team): tuple(rows.p) for team, rows in told.groupby("team")})
        figure = draw_map(told, (across, down), (words[across], words[down]), team, labels, given)
        return {"map": Drawing(figure)}
    by = axis or factors[0]
    others = [words[path].name for path in factors if path != by] if len(factors) > 1 else []
    # A line between points says that what lies between them was meant: only along one number, once each.
    is_line = table[by].dtype.kind in "if" and not others and told[by].nunique() == points
    if is_line and FILE not in factors:
        cost = _cost_along(told, by, spent, words) if axis is None else None
        return {"sweep": Drawing(draw_curves(told, by, words[by], labels, given, cost))}
    return {"sweep": Drawing(draw_dots(told, by, words[by], labels, given, others))}


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
    ours = (table.team == team) | (table.target == DROPPED)
    told = table[table.told & ours & table.of.notna()]
    asked = list(told[["target", "stage", "team"]].drop_duplicates().itertuples(index=False, name=None))
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
