"""The text that `sim score` prints: the odds first, then each stage with its forecast and scores."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.findings.score import ScoreFindings, StageScore
from sim.render.text.layout import Names, origin, packed, plain_table
from sim.scenario.names import key_name

MOST_TEAMS = 12
"""Teams that are told one by one."""


def render_score(found: ScoreFindings, file: str, lang: str) -> RenderableType:
    """Render all of the scores of the scenario that stands in `file`, in one language."""
    return Group(*_parts(Names.of(found.scenario, lang), file, found))


def _parts(names: Names, file: str, found: ScoreFindings) -> Iterator[RenderableType]:
    yield Text(_sentence(names, found))
    yield Text(names.say("score.about", runs=found.runs, seed=found.seed, **origin(found.scenario, file)))
    yield Text(names.say("score.event"))
    for each in found.stages:
        yield Text()
        yield Text(_result(names, each))
        yield from map(Text, _forecast(names, each))
        yield _table(names, each)
    yield Text()
    yield from map(Text, _notes(names, found))


def _sentence(names: Names, found: ScoreFindings) -> str:
    """How many results there are, and the odds against equal chances."""
    if uncounted := [each for each in found.stages if not each.is_counted]:
        stages = names.list_stages([each.stage for each in uncounted])
        return names.say("score.headline_uncounted", n=len(found.stages), stages=stages, runs=found.runs)
    odds = found.odds
    told = {"odds": _odds(odds.odds), "low": _odds(odds.low), "high": _odds(odds.high)}
    first = names.say("score.headline", n=len(found.stages), **told)
    return f"{first} {names.say('score.little')}" if odds.says_little else first


def _result(names: Names, each: StageScore) -> str:
    key = "score.result_gate" if each.failed else "score.result"
    return names.say(
        key,
        stage=names.stages[each.stage],
        date=each.decided,
        n=len(each.left),
        teams=names.list_teams(each.left) if len(each.left) <= MOST_TEAMS else names.list_many(each.left),
        of=len(each.there),
        failed=names.list_teams(each.failed),
    )


def _forecast(names: Names, each: StageScore) -> Iterator[str]:
    """The chance of each team that the cut takes it, on as few lines as there may be."""
    key = "score.forecast" if each.facts else "score.forecast_bare"
    title = names.say(key, n=each.facts, date=each.eve)
    if len(each.chances) > MOST_TEAMS:
        shown = list(_pooled(names, each))
    else:
        told = sorted(each.chances.items(), key=lambda item: -item[1].p)
        shown = [names.say("score.chance", team=names.teams[team], p=str(chance)) for team, chance in told]
    yield from packed([title, *(f"{one}," for one in shown[:-1]), f"{shown[-1]}."], indent=2)


def _pooled(names: Names, each: StageScore) -> Iterator[str]:
    """The chances of many teams, the highest first: one for those that no input tells apart."""
    together = {team: group for group in each.alike for team in group}
    groups = dict.fromkeys(together.get(team, (team,)) for team in each.chances)
    means = {group: sum(each.chances[team].p for team in group) / len(group) for group in groups}
    for group in sorted(groups, key=lambda group: -means[group])[:MOST_TEAMS]:
        p = str(each.chances[group[0]]) if len(group) == 1 else f"{100 * means[group]:.0f}"
        key = "score.chance" if len(group) == 1 else "score.chance_each"
        yield names.say(key, team=names.list_many(group), p=p)
    if left_out := len(groups) - MOST_TEAMS if len(groups) > MOST_TEAMS else 0:
        yield names.say("score.chances_left_out", n=left_out)


def _table(names: Names, each: StageScore) -> RenderableType:
    table = plain_table(width=None)
    table.add_column(no_wrap=True, min_width=46)
    # Of a set that no run has, neither its own scores nor those of sets tell anything: each team's do.
    headings = ("score.brier", "score.log") if each.is_counted else ("score.by_team",)
    for heading in (*headings, "score.places"):
        table.add_column(names.say(heading), justify="right", min_width=9)
    for score in each.scores:
        if not each.is_counted:
            table.add_row(names.say(f"score.who.{score.who}"), _format(score.by_team), _format(score.places))
            continue
        log = _model_log(each) if score.who == "model" else _format(score.log)
        table.add_row(names.say(f"score.who.{score.who}"), _format(score.brier), log, _format(score.places))
    return Padding(table, (0, 0, 0, 2))


def _model_log(each: StageScore) -> str:
    """Its logarithmic score with its dice; of what happened in no run, at least how much it is."""
    if not each.happened.p:
        return f">{_format(each.log_least)}"
    return f"{_format(-math.log(each.happened.p))}±{_format(max(each.log_dice, 0.01))}"


def _notes(names: Names, found: ScoreFindings) -> Iterator[str]:
    counted = [each for each in found.stages if each.is_counted]
    if counted:
        yield names.say("score.legend")
    if len(counted) < len(found.stages):
        yield names.say("score.legend_by_team")
    if any(not math.isfinite(score.log) or score.log == 0 for each in counted for score in each.scores):
        yield names.say("score.sure")
    yield names.say("score.places_known")
    widened = _meanings(names, [path for each in found.stages for path in each.widened])
    unclean = _meanings(names, [path for each in found.stages for path in each.unclean])
    if widened:
        yield names.say("score.widened", what="; ".join(widened))
    if unclean:
        yield names.say("score.unclean", what="; ".join(unclean))
    if found.nobody_left:
        stages = ", ".join(names.stages[stage] for stage in found.nobody_left)
        yield names.say("score.not_scored", stages=stages)


def _meanings(names: Names, paths: Sequence[str]) -> list[str]:
    found = dict.fromkeys(key_name(path, names.lang) for path in paths)
    return [name[:1].lower() + name[1:] for name in found]  # in the middle of a sentence


def _format(value: float) -> str:
    if math.isnan(value):
        return "–"
    return "∞" if math.isinf(value) else f"{value:.2f}"


def _odds(value: float) -> str:
    """Odds to one, in two decimals or three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if value < 0.1 else f"{value:.2f}"
