"""The text that `sim sweep` prints: within 80 columns, a row a point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.findings.chances import RangedChance
from sim.findings.cost_path import CostPath, CostStep
from sim.findings.sweep import (
    SweepFindings,
    SweptChange,
    SweptPasts,
    SweptPoint,
    choose_evenly,
    choose_movers,
)
from sim.render.text.chances import format_ranged_chance
from sim.render.text.layout import WIDTH, add_numbers, fit_names, fitted, packed, plain_table
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import condition, option_label
from sim.stats.design import FILE
from sim.stats.input_effects import name_input
from sim.stats.percent import margin, percent
from sim.text import say
from sim.text.money import CurrencyCode, count_money, format_money_briefly, money_unit

_MOST_ROWS, _MOST_TEAMS, _MOST_FILES, _NAMES, _LEVEL = 15, 4, 3, 42, 22
_FEW_TEAMS = 8
"""Of so many teams the first are shown; of more, those that move most."""


def render_sweep(found: SweepFindings, lang: str, out: Path | None, files: Sequence[str]) -> RenderableType:
    """Render the chances of leaving at each point, its choices at their default, and where all is saved.

    `files` are the names of what is saved in `out`.
    """
    return Group(*_parts(found, lang, out, files))


def _parts(
    found: SweepFindings, lang: str, out: Path | None, files: Sequence[str]
) -> Iterator[RenderableType]:
    if found.change is not None:
        yield Text(sweep_sentence(found, lang), overflow="fold")
        yield Text()
    yield Text(_about(found, lang))
    if found.pasts is not None:
        yield Text(_about_pasts(found.pasts, lang))
    yield Text()
    yield Text(_headline(found, lang))
    shown = choose_evenly(found.points, _MOST_ROWS)
    yield sweep_table(found, shown, lang)
    if found.cost_path is not None:
        yield Text()
        yield from cost_path_lines(found, found.cost_path, lang)
    yield from (Text(line) for line in packed(_notes(found, shown, lang, out, files)))


def sweep_sentence(found: SweepFindings, lang: str) -> str:
    """Return one sentence on whose chance changes most along what varies."""
    if found.is_over:
        return say(lang, "sweep.is_over")
    teams = {team: name.get(lang) for team, name in found.teams.items()}
    return change_sentence(found.change, found.factors, found.default, teams, found.scenario, lang)


_HEADLINES = {
    ("along", "seen"): ("sweep.headline.moved", "sweep.headline.moved_if"),
    ("along", "alike"): ("sweep.headline.alike", "sweep.headline.alike_if"),
    ("along", "none"): ("sweep.headline.unmoved", "sweep.headline.unmoved_if"),
    ("by_name", "seen"): ("sweep.headline.by_name", "sweep.headline.by_name_if"),
    ("by_name", "alike"): ("sweep.headline.alike_by", "sweep.headline.alike_by_if"),
    ("by_name", "none"): ("sweep.headline.unmoved_by", "sweep.headline.unmoved_by_if"),
    ("by_several", "seen"): ("sweep.headline.by_several", "sweep.headline.by_several_if"),
    ("by_several", "alike"): ("sweep.headline.alike_by", "sweep.headline.alike_by_if"),
    ("by_several", "none"): ("sweep.headline.unmoved_by", "sweep.headline.unmoved_by_if"),
}
"""First sentences, without an option and with it, by what varies and whether a change is seen, and prints."""


def change_sentence(
    change: SweptChange | None,
    factors: Sequence[str],
    default: str,
    teams: Mapping[str, str],
    scenario: Scenario,
    lang: str,
) -> str:
    """Return the same sentence of a change, the paths that vary and the option that is played, if any."""
    listed = "; ".join(name_factor(path, lang, scenario) for path in factors)
    if change is None:
        return say(lang, "sweep.headline.several", factors=listed)
    low, high = (", ".join(map(format_level, levels)) for levels in (change.low, change.high))
    told: dict[str, object] = {"factor": listed, "team": teams[change.team], "low": low, "high": high}
    told |= {"first": percent(*change.first), "last": percent(*change.last)}
    kind = "along" if change.is_along else "by_name" if len(factors) == 1 else "by_several"
    size = "none" if not change.is_seen else "alike" if told["first"] == told["last"] else "seen"
    plain, with_option = _HEADLINES[kind, size]
    if not default:
        return say(lang, plain, **told)
    return say(lang, with_option, option=condition(default, lang), **told)


def name_factor(path: str, lang: str, scenario: Scenario) -> str:
    """Return what a factor is called in a sentence."""
    return say(lang, "figure.sweep_scenario") if path == FILE else name_input(path, lang, scenario)


def _notes(
    found: SweepFindings, shown: Sequence[SweptPoint], lang: str, out: Path | None, files: Sequence[str]
) -> Iterator[str]:
    if found.doubts is not None and ranged_team(found, shown, lang):
        yield say(lang, "sweep.range", n=found.doubts.number, runs=f"{found.doubts.runs:,}")
    if found.is_over:
        yield say(lang, "sweep.is_over")
    else:
        yield say(lang, "sweep.dice", margin=margin(found.half_width))
    for one in found.common:
        yield say(lang, "sweep.common", path=one.path, of_team=one.of_team)
    if len(found.teams) > _MOST_TEAMS:
        key = "sweep.teams_that_move" if len(found.teams) > _FEW_TEAMS else "sweep.teams"
        yield say(lang, key, shown=_MOST_TEAMS, teams=len(found.teams))
    if len(shown) < len(found.points):
        key = "sweep.some_unsaved" if out is None else "sweep.some_saved"
        yield say(lang, key, shown=len(shown), points=len(found.points), folder=out)
    if out is None:
        yield say(lang, "results.unsaved")
        return
    yield say(lang, "results.saved", files=" ".join(files), folder=out)
    yield say(lang, "results.plot", folder=out)


def _about(found: SweepFindings, lang: str) -> str:
    """What was swept, at how many points, with how many options each."""
    few = found.files[:_MOST_FILES]
    once = found.runs == 1
    if found.options is None:
        key = "sweep.about_all_options_once" if once else "sweep.about_all_options"
    elif found.options > 1:
        key = "sweep.about_options_once" if once else "sweep.about_options"
    else:
        key = "sweep.about_once" if once else "sweep.about"
    return say(
        lang,
        key,
        file=", ".join(few) + (", …" if len(found.files) > len(few) else ""),
        n=len(found.points),
        with_options=found.with_options,
        options=found.options,
        runs=f"{found.runs:,}",
        seed=found.seed,
    )


def _about_pasts(pasts: SweptPasts, lang: str) -> str:
    """Whether the points work from the same past, or what varies needed inferences of their own."""
    words = {"n": pasts.number, "of": pasts.with_facts, "with_options": pasts.points}
    told = say(lang, "sweep.one_past" if pasts.number == 1 else "sweep.several_pasts", **words)
    if pasts.with_facts == pasts.points:
        return told
    without = say(lang, "sweep.without_facts", n=pasts.points - pasts.with_facts, with_options=pasts.points)
    return f"{told} {without}"


def _headline(found: SweepFindings, lang: str) -> str:
    """Above the table: which option it is about, if there are any."""
    if found.default:
        return say(lang, "sweep.leaving_with", option=option_label(found.default, lang))
    has_options = found.with_options > len(found.points)
    return say(lang, "sweep.leaving_first_options" if has_options else "table.leaving_at_all")


def sweep_table(
    found: SweepFindings,
    shown: Sequence[SweptPoint],
    lang: str,
    count: Callable[[float, CurrencyCode], str] = count_money,
) -> Table:
    """Return the chances of leaving at some points, a row each, with what they cost, as `count` writes it."""
    table = plain_table()
    for path in found.factors:
        name = name_input(path, lang, found.scenario)
        table.add_column(Text(name, overflow="fold"), ratio=1, overflow="fold")
    add_numbers(table, *_heads(found, shown, lang))
    ranged = ranged_team(found, shown, lang)
    for point in shown:
        levels = (Text(fitted(format_level(value), _LEVEL)) for value in point.levels)
        chances = (_chance(point, team, ranged) for team in shown_teams(found))
        spent = None if point.cost is None else point.cost + (point.own_cost or 0.0)
        told = "–" if spent is None else format_money_briefly(spent, point.currency, lang)
        if spent is not None and point.currency == found.scenario.money:  # which the head of the table names
            told = count(spent, point.currency)
        table.add_row(*levels, *chances, *([told] if _has_cost(found) else []))
    return table


def _heads(found: SweepFindings, shown: Sequence[SweptPoint], lang: str) -> list[str]:
    """The heads of columns of numbers: teams, of which one may have ranges, and money."""
    teams, ranged = shown_teams(found), ranged_team(found, shown, lang)
    heads = _head_names(found, teams, lang)
    below = f"\n{say(lang, 'run.ranged')}"
    heads = [head + below if team == ranged else head for team, head in zip(teams, heads, strict=True)]
    return [*heads, *_head_of_money(found, lang)]


def _head_names(found: SweepFindings, teams: Sequence[str], lang: str) -> list[str]:
    names = [found.teams[team].get(lang) for team in teams]
    # Each has its share of the room only where they do not fit beside each other as they are.
    return fit_names(names, _NAMES if sum(map(cell_len, names)) <= _NAMES else _NAMES // len(names))


def _head_of_money(found: SweepFindings, lang: str) -> list[str]:
    if not _has_cost(found):
        return []
    has_own = any(point.own_cost for point in found.points)
    unit = money_unit(found.scenario.money, lang)
    return [say(lang, "sweep.with_own" if has_own else "table.lease", unit=unit)]


def _chance(point: SweptPoint, team: str, ranged: str | None) -> str:
    """A team's chance at a point, with its range over doubts where it is told."""
    if team not in point.leaves:
        return "–"
    return format_ranged_chance(
        RangedChance(point.leaves[team], point.ranges.get(team) if team == ranged else None)
    )


def ranged_team(found: SweepFindings, shown: Sequence[SweptPoint], lang: str) -> str | None:
    """Return whose ranges over doubts the table has: the team of the first sentence, if there is room."""
    teams = shown_teams(found)
    if found.change is None or found.change.team not in teams or not any(each.ranges for each in shown):
        return None
    ranged = found.change.team
    # Beside the widest of what varies, and an amount of money, which has about as many letters as its head.
    room = WIDTH - max(cell_len(format_level(point.levels[0])) for point in shown) - 1
    room -= sum(cell_len(head) + 1 for head in _head_of_money(found, lang))
    for team, head in zip(teams, _head_names(found, teams, lang), strict=True):
        room -= 1 + max(cell_len(head), *(cell_len(_chance(point, team, ranged)) for point in shown))
    return ranged if room >= 0 else None


def shown_teams(found: SweepFindings) -> list[str]:
    """Return the first teams, or, of very many, those whose chances move most."""
    if len(found.teams) <= _FEW_TEAMS:
        return list(found.teams)[:_MOST_TEAMS]
    chances = {
        team: [point.leaves[team].p for point in found.points if team in point.leaves] for team in found.teams
    }
    return choose_movers({team: values for team, values in chances.items() if values}, _MOST_TEAMS)


def cost_path_lines(found: SweepFindings, path: CostPath, lang: str) -> Iterator[RenderableType]:
    """Return what a percentage point of a team's chance costs, from the first point to each other one."""
    currency, team = found.scenario.money, found.teams[path.team].get(lang)
    yield Text(say(lang, "sweep.cost_path", team=team, first=format_level(path.first)))
    table = plain_table()
    table.add_column("", ratio=1, overflow="fold")
    unit = money_unit(currency, lang)
    money, price = (say(lang, key, unit=unit) for key in ("sweep.more_money", "sweep.per_point"))
    add_numbers(table, money, say(lang, "sweep.change"), price)
    for step in path.steps:
        table.add_row(f"  {format_level(step.level)}", *_step(step, currency, lang))
    yield table
    if path.runs < found.runs:
        yield Text(say(lang, "sweep.cost_runs", runs=f"{path.runs:,}"))


def _step(step: CostStep, currency: CurrencyCode, lang: str) -> tuple[str, str, str]:
    sign = "-" if step.money < 0 else "+"
    money = sign + count_money(abs(step.money), currency)
    if step.per_point is None or step.ends is None:
        return money, say(lang, "sweep.unmoved"), "–"
    low, high = (count_money(end, currency) for end in step.ends)
    shown = say(lang, "sweep.point_range", cost=count_money(step.per_point, currency), low=low, high=high)
    # A decimal more than the dice bear, or money by points would not be what stands beside it.
    return money, f"{100 * step.change.estimate:+.1f}", shown


def _has_cost(found: SweepFindings) -> bool:
    return any(point.cost is not None for point in found.points)


def format_level(value: Any) -> str:
    """Return a level of what varies in a cell."""
    if isinstance(value, float):
        return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.4g}"
    return value if isinstance(value, str) else format_flow(value)
