"""The text that `sim recount` prints: within 80 columns, a plain sentence first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.findings.recount import Departure, Flip, RecountFindings, RecountRow, RecountVerdict
from sim.render.text.layout import fit_names
from sim.rules.weights import Crossing
from sim.scenario.models.observed import Reported
from sim.scenario.models.scenario import Scenario
from sim.text import say

MOST_BLOCKS = 4
"""Blocks that fit into the table; of more, the first are shown."""

NAME_WIDTH, BLOCK_WIDTH, LABEL_WIDTH = 18, 9, 30
"""Cells for names of teams, of blocks, and of what a what-if is about."""

_COUNTED: Mapping[RecountVerdict, str] = {
    "leave": "recount.counted.leave",
    "by-ladder": "recount.counted.by_ladder",
    "tie": "recount.counted.tie",
    "all-leave": "recount.counted.all_leave",
    "none-leaves": "recount.counted.none_leaves",
}
_REWEIGHTED: Mapping[RecountVerdict, str] = {
    "leave": "recount.reweighted.leave",
    "by-ladder": "recount.reweighted.by_ladder",
    "tie": "recount.reweighted.tie",
    "all-leave": "recount.reweighted.all_leave",
    "none-leaves": "recount.reweighted.none_leaves",
}
"""First sentences, where all counts as it was reported and where something does not."""

_WHO: Mapping[RecountVerdict, str] = {
    "leave": "recount.who.leave",
    "by-ladder": "recount.who.by_ladder",
    "tie": "recount.who.tie",
    "all-leave": "recount.who.all_leave",
    "none-leaves": "recount.who.none_leaves",
}
_AS_REPORTED: Mapping[RecountVerdict, str] = {
    "leave": "recount.as_reported.leave",
    "by-ladder": "recount.as_reported.by_ladder",
    "tie": "recount.as_reported.tie",
    "all-leave": "recount.as_reported.all_leave",
    "none-leaves": "recount.as_reported.none_leaves",
}
_FATES = {"stays": "recount.stays", "leaves": "recount.leaves", "tied": "recount.tied"}


@dataclass
class RecountText:
    """The parts of the text, in one language."""

    scenario: Scenario
    file: str
    findings: RecountFindings
    lang: str

    def __post_init__(self) -> None:
        self.names = {team: one.name.get(self.lang) for team, one in self.scenario.teams.items()}
        report = self.scenario.stages[self.findings.stage].reported
        assert report is not None  # it has been counted
        self.report: Reported = report

    def say(self, key: str, **values: object) -> str:
        """Return a sentence in the language of the text."""
        return say(self.lang, key, **values)

    def lines(self) -> Iterator[RenderableType]:
        """The text from the first sentence to the last what-if."""
        yield Text(self._sentence())
        yield from map(Text, self._about())
        yield Text()
        yield self._table()
        yield from map(Text, self._totals())
        yield from self._without()
        yield from self._weights()

    def _listed(self, teams: Sequence[str]) -> str:
        names = [self.names[team] for team in teams]
        if len(names) < 2:
            return "".join(names)
        return self.say("recount.list", teams=", ".join(names[:-1]), last=names[-1])

    def _points(self, points: float) -> str:
        return f"{points:.{self.findings.digits}f}"

    def _sentence(self) -> str:
        found, keys = self.findings.now, _REWEIGHTED if self.findings.changes else _COUNTED
        if found.verdict == "tie" and found.teams:
            key = "recount.reweighted.tie_and" if self.findings.changes else "recount.counted.tie_and"
            return self.say(key, teams=self._listed(found.tied), others=self._listed(found.teams))
        return self._leaving(found, keys)

    def _leaving(self, found: Departure, keys: Mapping[RecountVerdict, str]) -> str:
        """Who leaves, and how clearly."""
        teams = self._listed(found.tied or found.teams)
        points = "" if found.margin is None else self._points(found.margin)
        return self.say(keys[found.verdict], n=len(found.teams), teams=teams, points=points)

    def _about(self) -> Iterator[str]:
        stage = self.scenario.stages[self.findings.stage]
        yield self.say(
            "recount.about",
            stage=stage.name.get(self.lang) if stage.name else self.findings.stage,
            file=self.file,
            hash=self.scenario.digest()[:8],
            date=self.scenario.as_of,
        )
        marks = "; ".join(self._marks())
        if marks:
            yield marks
        if self.findings.changes:
            changes = [
                self.say("recount.change", name=each.name, now=f"{each.now:g}", before=f"{each.reported:g}")
                for each in self.findings.changes
            ]
            yield self.say(
                "recount.maxima",
                changes=", ".join(changes),
                sum=f"{self.findings.sum_of_maxima:g}",
                before=f"{self.findings.sum_reported_out_of:g}",
            )
            yield self._leaving(self.findings.as_reported, _AS_REPORTED)

    def _marks(self) -> Iterator[str]:
        """Where the points come from, and what of them is a guess."""
        if self.report.source:
            yield self.say("recount.source", source=self.report.source)
        if self.report.confidence:
            yield self.say("recount.confidence", confidence=self.report.confidence)
        guess = self.report.guess
        if guess:
            what = self.say("recount.all") if isinstance(guess, bool) else ", ".join(guess)
            yield self.say("recount.guessed", what=what)

    def _table(self) -> Table:
        shown = list(self.findings.maxima)[:MOST_BLOCKS]
        more = [""] if len(self.findings.maxima) > MOST_BLOCKS else []
        table = _grid(show_header=True)
        table.add_column(no_wrap=True, min_width=NAME_WIDTH + 2)
        for block, name in zip(shown, fit_names(shown, BLOCK_WIDTH), strict=True):
            table.add_column(f"{name}\n/{self.findings.maxima[block]:g}", justify="right")
        if more:
            table.add_column("…")
        sum_of_maxima = f"{self.findings.sum_of_maxima:g}"
        table.add_column(f"{self.say('recount.total')}\n/{sum_of_maxima}", justify="right")
        table.add_column(self.say("recount.rank"), justify="right")
        table.add_column()
        names = fit_names([self.names[row.team] for row in self.findings.rows], NAME_WIDTH)
        for row, name in zip(self.findings.rows, names, strict=True):
            points = [self._points(row.points[block]) for block in shown]
            fate = self.say(_FATES[row.fate])
            table.add_row(f"  {name}", *points, *more, self._points(row.total), _format_rank(row), fate)
        return table

    def _totals(self) -> Iterator[str]:
        for each in self.findings.disagreements:
            summed, reported = self._points(each.summed), self._points(each.reported)
            team = self.names[each.team]
            yield "  " + self.say("recount.disagree", team=team, summed=summed, reported=reported)
        if self.findings.reported_totals and not self.findings.disagreements:
            yield "  " + self.say("recount.agree")

    def _without(self) -> Iterator[RenderableType]:
        if self.findings.without:
            yield Text(self.say("recount.without"))
            yield _rows([(block, self._leaving(one, _WHO)) for block, one in self.findings.without.items()])

    def _weights(self) -> Iterator[RenderableType]:
        found = self.findings.reweighings
        if not found:
            return
        yield Text(self.say("recount.weights"))
        rows = [
            (self.say("recount.now", name=each.weight.name, share=f"{100 * each.weight.now:.3g}"), line)
            for each in found
            for line in map(self._flip, each.flips)
        ]
        if rows:
            yield _rows(rows)
        same = [each.weight.name for each in found if not each.flips]
        if same:
            yield Padding(Text(self.say("recount.same", names=", ".join(same))), (0, 0, 0, 2))
        if rows:
            yield Padding(Text(self.say("recount.brackets")), (0, 0, 0, 2))

    def _flip(self, flip: Flip) -> str:
        """Where somebody else leaves, and who."""
        who = self._others(flip)
        if flip.low is None:
            assert flip.high is not None  # or the same would leave everywhere
            return self.say("recount.below", high=self._share(flip.high), who=who)
        if flip.high is None:
            return self.say("recount.above", low=self._share(flip.low), who=who)
        return self.say("recount.between", low=self._share(flip.low), high=self._share(flip.high), who=who)

    def _others(self, flip: Flip) -> str:
        if flip.tied:
            return self.say("recount.who.tie", teams=self._listed(flip.tied))
        if flip.new and flip.old:
            return self.say("recount.instead", new=self._listed(flip.new), old=self._listed(flip.old))
        return self._listed(flip.leaving) or self.say("recount.who.none_leaves")

    def _share(self, crossing: Crossing) -> str:
        share, least, most = (f"{100 * each:.1f}" for each in crossing)
        return self.say("recount.open", share=share, least=least, most=most)


def _format_rank(row: RecountRow) -> str:
    return f"{row.rank}" if row.rank == row.rank_at_worst else f"{row.rank}-{row.rank_at_worst}"


def _grid(*, show_header: bool) -> Table:
    return Table(
        box=None,
        padding=(0, 1, 0, 0),
        show_edge=False,
        pad_edge=False,
        header_style="",
        show_header=show_header,
    )


def _rows(rows: Sequence[tuple[str, str]]) -> Table:
    """Labels and what is said of each, indented; a label is not repeated."""
    table = _grid(show_header=False)
    labels = fit_names([label for label, _ in rows], LABEL_WIDTH)
    table.add_column(no_wrap=True, width=2 + max(map(cell_len, labels)))
    table.add_column(overflow="fold")
    before = ""
    for label, (_, said) in zip(labels, rows, strict=True):
        table.add_row("" if label == before else f"  {label}", said)
        before = label
    return table
