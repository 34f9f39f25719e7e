"""The text that `sim compare` prints: within 80 columns, the scenarios under the letters A, B, C."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.cli.layout import NAME_WIDTH, fitted, plain_table
from sim.cli.words_compare import words
from sim.rules.fates import Fate
from sim.runs.compare import Compared
from sim.runs.work import Job, play
from sim.scenario.comparison import differences
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.scenario import Scenario
from sim.stats.pairs import Pairs
from sim.stats.percent import percent
from sim.stats.responses import KRW_PER_EOK
from sim.stats.summary import Summary

_MOST_PATHS = 8
_VALUE = 18


class CompareText:
    """One comparison, in one language."""

    def __init__(self, compared: Compared, given: Sequence[str], seed: int, lang: str) -> None:
        self.compared, self.given, self.seed, self.lang = compared, given, seed, lang
        self.words = words(lang)
        self.letters = [chr(ord("A") + i) for i in range(len(given))]
        self.scenarios = [summary.scenario for summary in compared.summaries]

    def say(self, word: str, **values: object) -> str:
        """A fixed phrase with its values filled in."""
        return self.words[word].format(**values)

    def text(self) -> RenderableType:
        """All of it."""
        return Group(*self._parts())

    def _parts(self) -> Iterator[RenderableType]:
        for letter, told in zip(self.letters, self.given, strict=True):
            yield Text(f"{letter}  {told}", overflow="fold")
        runs = f"{self.compared.stop - self.compared.start:,}"
        yield Text(self.say("about", runs=runs, seed=self.seed))
        yield Text()
        yield self._money()
        for i, pairs in enumerate(self.compared.beside_first, start=1):
            yield from self._differing(i)
            yield from self._known(i)
            common = not self.scenarios[0].teams.keys().isdisjoint(self.scenarios[i].teams)
            yield self._chances(i, pairs) if common else Text(self.say("no team"))
            yield self._others(i, pairs)
            yield from self._parted(i, pairs) if common else ()
        yield Text(f"{self.say('note')} {self.say('eci')}")

    def _known(self, i: int) -> Iterator[Text]:
        """That results which one has are drawn in the other, where it is so."""
        first, other = (self.compared.summaries[k].scenario for k in (0, i))
        played = {k: set(s.stages) - set(s.ahead) for k, s in ((0, first), (i, other))}
        for has, draws in ((0, i), (i, 0)):
            if played[has] - played[draws]:
                letters = {"has": self.letters[has], "draws": self.letters[draws]}
                yield Text(self.say("fixed", **letters))
                return

    def _money(self) -> Table:
        table = plain_table()
        table.add_column("", ratio=1)
        for letter in self.letters:
            table.add_column(letter, justify="right", no_wrap=True)
        spent = [summary.tally.measures for summary in self.compared.summaries]
        table.add_row(self.say("hours"), *(f"{m['gpu_hours'].mean() / 1e6:,.1f}M" for m in spent))
        table.add_row(self.say("lease"), *(f"{m['cost'].mean() / KRW_PER_EOK:,.0f}" for m in spent))
        return table

    def _differing(self, i: int) -> Iterator[RenderableType]:
        """By which paths the i-th scenario differs from the first."""
        yield Text(self.say("differ", first=self.letters[0], second=self.letters[i]))
        found = [
            d for d in differences(self.scenarios[0], self.scenarios[i]) if not d.path.startswith("name.")
        ]
        if not found:
            yield Text(f"  {self.say('same')}")
            return
        table = plain_table()
        table.show_header = False
        table.add_column("", ratio=1, overflow="fold")
        for _ in range(2):
            table.add_column("", justify="right", no_wrap=True)
        for each in found[:_MOST_PATHS]:
            table.add_row(Text(f"  {each.path}"), _value(each.first), _value(each.second))
        yield table
        if len(found) > _MOST_PATHS:
            yield Text(f"  {self.say('more', n=len(found) - _MOST_PATHS)}")

    def _table(self, title: str, i: int) -> Table:
        table = plain_table()
        table.add_column(title, ratio=1, overflow="fold")
        for letter in (self.letters[0], self.letters[i]):
            table.add_column(letter, justify="right", no_wrap=True)
        difference = self.say("difference", first=self.letters[0], second=self.letters[i])
        table.add_column(difference, justify="right", no_wrap=True)
        table.add_column(self.say("sharper"), justify="right", no_wrap=True)
        return table

    def _chances(self, i: int, pairs: Pairs) -> Table:
        table, to = self._table(self.say("chances"), i), self.say("to")
        sides = [_selected(self.compared.summaries[k]) for k in (0, i)]
        for (stage, team, what), found in pairs.differences():
            if (stage, what) != ("", "selected") or team not in sides[0] or team not in sides[1]:
                continue
            name = self.scenarios[0].teams[team].name.get(self.lang)
            interval = f"{found} [{100 * found.low:+.1f}{to}{100 * found.high:+.1f}]"
            table.add_row(
                f"  {fitted(name, NAME_WIDTH)}",
                sides[0][team],
                sides[1][team],
                interval,
                _times(found.variance_ratio),
            )
        return table

    def _others(self, i: int, pairs: Pairs) -> Table:
        table, to = self._table(self.say("others"), i), self.say("to")
        for (_, team, what), found in pairs.differences():
            label = self._label(what)
            if team or label is None:
                continue
            sides = (self.compared.summaries[k].chance(what) for k in (0, i))
            interval = f"{found} [{100 * found.low:+.1f}{to}{100 * found.high:+.1f}]"
            table.add_row(f"  {label}", *map(str, sides), interval, _times(found.variance_ratio))
        for what, change in pairs.changes():
            label = self._label(what)
            if label is not None:
                means = (self.compared.summaries[k].measure(what).mean() for k in (0, i))
                low, high = change.interval()
                interval = f"{change.estimate:+.2f} [{low:+.2f}{to}{high:+.2f}]"
                table.add_row(
                    f"  {label}", *(f"{m:.1f}" for m in means), interval, _times(change.variance_ratio)
                )
        return table

    def _label(self, response: str) -> str | None:
        """What a response is called; None for those that are not told."""
        name, _, stage = response.partition(".")
        word = {
            "most_capable_dropped": "dropped",
            "least_capable_kept": "kept",
            "nobody_selected": "nobody",
            "target_reached": "target",
        }.get(name, name)
        if word not in self.words or name in {"cost", "gpu_hours"}:
            return None
        named = self.scenarios[0].stages[stage].name if stage else None
        return self.say(word, stage=named.get(self.lang) if named else stage)

    def _parted(self, i: int, pairs: Pairs) -> Iterator[RenderableType]:
        """The first replication with other fates, and the result at which they part."""
        if pairs.parted is None:
            yield Text(self.say("never"))
            return
        replication, s = pairs.parted
        stage_id = list(self.scenarios[0].stages)[s]
        stage = self.scenarios[0].stages[stage_id]
        named = stage.name.get(self.lang) if stage.name else stage_id
        yield Text(self.say("parted", replication=replication, day=stage.decided, stage=named))
        fates = [self._fates(self.scenarios[k], stage_id, replication) for k in (0, i)]
        sides = {"first_name": self.letters[0], "second_name": self.letters[i]}
        for team, fate in fates[0].items():
            if team in fates[1] and fates[1][team] != fate:
                name = self.scenarios[0].teams[team].name.get(self.lang)
                told = {"first": self.say(_FATES[fate]), "second": self.say(_FATES[fates[1][team]])}
                yield Padding(Text(self.say("fate", team=name, **told, **sides)), (0, 0, 0, 2))

    def _fates(self, scenario: Scenario, stage: str, replication: int) -> dict[str, Fate]:
        outcomes = play(Job(scenario, self.seed, "batch"), replication, replication + 1)
        row = outcomes.stages[list(scenario.stages).index(stage)].fate[0]
        return {team: Fate(int(row[t])) for t, team in enumerate(scenario.teams)}


_FATES = {
    Fate.GONE: "gone",
    Fate.KEPT: "stays",
    Fate.OUT_BY_POINTS: "out_by_points",
    Fate.OUT_AT_GATE: "out_at_gate",
    Fate.NOT_ENTERED: "not_entered",
}


def _selected(summary: Summary) -> dict[str, str]:
    """The chance of being selected of each team that still may be, as it is printed."""
    return {
        row.team: percent(row.estimate.p, row.estimate.low, row.estimate.high)
        for row in summary.rows()
        if row.chance == "selected" and row.team in summary.scenario.contenders
    }


def _times(ratio: float) -> str:
    """How many times fewer runs pairing needs; a dash where nothing varies."""
    if math.isnan(ratio) or math.isinf(ratio):
        return "–"
    return f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x"


def _value(value: Any) -> Text:
    text = "–" if value is None else value if isinstance(value, str) else format_flow(value)
    return Text(fitted(text, _VALUE))
