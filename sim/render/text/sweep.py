"""The text that `sim sweep` prints: within 80 columns, a row a point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from sim.render.text.layout import fitted, packed, plain_table
from sim.render.text.words_sweep import Words, words
from sim.scenario.options import Option
from sim.scenario.written import flow
from sim.stats.design import DesignPoint
from sim.stats.factors import FILE
from sim.stats.percent import margin
from sim.stats.responses import KRW_PER_EOK
from sim.stats.summary import Estimate, Summary
from sim.studies.sweep import CHANCES, RESPONSES, SweepResult

_MOST_ROWS, _MOST_TEAMS, _MOST_FILES, _NAMES, _LEVEL = 15, 4, 3, 42, 22


def report(sweep: SweepResult, lang: str, out: Path | None) -> RenderableType:
    """The chances of leaving at each point, of the first option, and where everything is saved."""
    return Group(*_report(sweep, lang, words(lang), out))


def _report(sweep: SweepResult, lang: str, say: Words, out: Path | None) -> Iterator[RenderableType]:
    told = [(v, s) for v, s in zip(sweep.points, sweep.summaries, strict=True) if v.default]
    yield Text(_about(sweep, told, say))
    yield Text()
    shown = _spaced(told)
    teams = list(dict.fromkeys(team for visit, _ in told for team in visit.scenario.contenders))
    yield Text(_headline(sweep, told, lang, say))
    yield _table(sweep, shown, teams[:_MOST_TEAMS], lang, say)
    widths = [one.half_width for _, s in told for one in _leaves(s).values()]
    notes = [say["dice"].format(margin=margin(max(widths)))]
    if len(teams) > _MOST_TEAMS:
        notes.append(say["teams"].format(shown=_MOST_TEAMS, teams=len(teams)))
    if len(shown) < len(told):
        word = "unseen" if out is None else "some"
        notes.append(say[word].format(shown=len(shown), points=len(told), folder=out))
    if out is None:
        notes.append(say["unsaved"])
    else:
        names = f"{CHANCES} {RESPONSES} manifest.json"
        notes += [say["saved"].format(files=names, folder=out), say["next"].format(folder=out)]
    yield from (Text(line) for line in packed(notes))


def _about(sweep: SweepResult, told: list[tuple[DesignPoint, Summary]], say: Words) -> str:
    """What was swept, at how many points, with how many options each."""
    at = [i for i, factor in enumerate(sweep.study.factors) if factor.path == FILE]
    files = [visit.point[i] for visit, _ in told for i in at]
    names = list(
        dict.fromkeys(
            Path(str(file)).name for file in files or [sweep.study.file or sweep.study.scenario.name.en]
        )
    )
    file = ", ".join(names[:_MOST_FILES]) + (", …" if len(names) > _MOST_FILES else "")
    each = set(Counter(visit.number for visit in sweep.points).values())
    options = say["times"].format(n=max(each)) if len(each) == 1 and each != {1} else ""
    if len(each) > 1:
        options = say["in all"].format(n=len(sweep.points))
    points = say["point" if len(told) == 1 else "points"].format(n=len(told))
    runs = f"{sweep.runs:,}"
    return say["about"].format(
        file=file, points=points, options=options, runs=runs, seed=sweep.study.request.seed
    )


def _headline(sweep: SweepResult, told: list[tuple[DesignPoint, Summary]], lang: str, say: Words) -> str:
    """Above the table: which option it is about, if there are any."""
    if len(sweep.points) == len(told):
        return say["leaving"]
    names = {visit.option for visit, _ in told}
    if len(names) > 1:
        return say["firsts"]
    visit = told[0][0]
    return say["with"].format(option=Option("", None, visit.scenario, visit.option).label(lang))


def _spaced(told: list[tuple[DesignPoint, Summary]]) -> list[tuple[DesignPoint, Summary]]:
    """So many points as fit on a screen, the first and the last among them."""
    if len(told) <= _MOST_ROWS:
        return told
    step = (len(told) - 1) / (_MOST_ROWS - 1)
    return [told[round(i * step)] for i in range(_MOST_ROWS)]


def _table(
    sweep: SweepResult, shown: list[tuple[DesignPoint, Summary]], teams: Sequence[str], lang: str, say: Words
) -> RenderableType:
    table = plain_table()
    for factor in sweep.study.factors:
        table.add_column(Text(factor.path, overflow="fold"), ratio=1, overflow="fold")
    every = {team: one.name for visit, _ in shown for team, one in visit.scenario.teams.items()}
    names = [every[team].get(lang) for team in teams]
    widest = _NAMES if sum(map(cell_len, names)) <= _NAMES else _NAMES // len(names)
    for name in names:
        table.add_column(fitted(name, widest), justify="right", no_wrap=True)
    table.add_column(say["lease"], justify="right", no_wrap=True)
    for visit, summary in shown:
        levels = (fitted(_level(value), _LEVEL) for value in visit.point)
        lease = summary.measure("cost").mean() / KRW_PER_EOK
        found = _leaves(summary)
        chances = (str(found.get(team, "–")) for team in teams)
        table.add_row(*(Text(level) for level in levels), *chances, f"{lease:,.0f}")
    return table


def _level(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.4g}"
    return value if isinstance(value, str) else flow(value)


def _leaves(summary: Summary) -> dict[str, Estimate]:
    """The chance of leaving at any stage of each team that may still be selected."""
    return {
        one.team: summary.estimate(one.holds, one.of, one.certain)
        for one in summary.counts()
        if one.chance == "leaves_at_all" and one.team in summary.scenario.contenders
    }
