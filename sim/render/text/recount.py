"""The text that `sim recount` prints: within 80 columns, a plain sentence first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.findings.recount import Flip, RecountFindings, RecountRow, verdict_of
from sim.render.text.layout import Names, fit_names, indented, origin, plain_table
from sim.rules.recount import Recount
from sim.rules.weights import Crossing
from sim.scenario.names import block_name

MOST_BLOCKS = 4
"""Blocks that fit into the table; of more, the first are shown."""

NAME_WIDTH, BLOCK_WIDTH, LABEL_WIDTH = 18, 9, 30
"""Cells for names of teams, of blocks, and of what a what-if is about."""


def render_recount(found: RecountFindings, file: str, lang: str) -> RenderableType:
    """Render all of a recount of the scenario that stands in `file`, in one language."""
    return Group(*_Text(found, file, lang).parts())


class _Text:
    """One recount, in one language."""

    def __init__(self, found: RecountFindings, file: str, lang: str) -> None:
        self.found, self.file = found, file
        self.names = Names.of(found.scenario, lang)
        self.say, self.listed = self.names.say, self.names.list_teams

    def parts(self) -> Iterator[RenderableType]:
        """The text from the first sentence to the last what-if."""
        yield Text(self._sentence())
        yield from map(Text, self._about())
        yield Text()
        yield self._table()
        yield from map(Text, self._totals())
        yield from self._without()
        yield from self._weights()

    def _called(self, part: str) -> str:
        """A block by its name, an item of it as `block/item`."""
        block, *item = part.split("/")
        return "/".join([block_name(block, self.names.lang), *item])

    def _points(self, points: float) -> str:
        return f"{points:.{self.found.digits}f}"

    def _sentence(self) -> str:
        found, key = self.found.now, "reweighted" if self.found.changes else "counted"
        if found.tied and found.leaving:
            tied, others = self.listed(found.tied), self.listed(found.leaving)
            return self.say(f"recount.{key}.tie_and", teams=tied, others=others)
        return self._leaving(found, key)

    def _leaving(self, found: Recount, key: str) -> str:
        """Who leaves, and how clearly, in the sentences or cells of one `key`."""
        teams, n = self.listed(found.tied or found.leaving), len(found.leaving)
        points = "" if found.margin is None else self._points(found.margin)
        return self.say(f"recount.{key}.{verdict_of(found)}", n=n, teams=teams, points=points)

    def _about(self) -> Iterator[str]:
        stage = self.names.stages[self.found.stage]
        yield self.say("recount.about", stage=stage, **origin(self.found.scenario, self.file))
        marks = "; ".join(self._marks())
        if marks:
            yield marks
        if self.found.changes:
            changes = [
                self.say(
                    "recount.change",
                    name=self._called(each.name),
                    now=f"{each.maximum:g}",
                    before=f"{each.out_of:g}",
                )
                for each in self.found.changes
            ]
            yield self.say(
                "recount.maxima",
                changes=", ".join(changes),
                sum=f"{self.found.sum_of_maxima:g}",
                before=f"{self.found.sum_reported_out_of:g}",
            )
            yield self._leaving(self.found.as_reported, "as_reported")

    def _marks(self) -> Iterator[str]:
        """Where the points come from, and what of them is a guess."""
        report = self.found.scenario.stages[self.found.stage].reported
        assert report is not None  # it has been counted
        if report.source:
            yield self.say("recount.source", source=report.source)
        if report.confidence:
            yield self.say("recount.confidence", confidence=report.confidence)
        if report.guess:
            keys = () if isinstance(report.guess, bool) else report.guess
            what = ", ".join(self.say(f"recount.key.{key}") for key in keys)
            yield self.say("recount.guessed", what=what or self.say("recount.all"))

    def _table(self) -> Table:
        shown = list(self.found.maxima)[:MOST_BLOCKS]
        more = [""] if len(self.found.maxima) > MOST_BLOCKS else []
        table = plain_table(width=None)
        table.add_column(no_wrap=True, min_width=NAME_WIDTH + 2)
        for block, name in zip(shown, fit_names([*map(self._called, shown)], BLOCK_WIDTH), strict=True):
            table.add_column(f"{name}\n/{self.found.maxima[block]:g}", justify="right")
        if more:
            table.add_column("…")
        sum_of_maxima = f"{self.found.sum_of_maxima:g}"
        table.add_column(f"{self.say('recount.total')}\n/{sum_of_maxima}", justify="right")
        table.add_column(self.say("recount.rank"), justify="right")
        table.add_column()
        names = fit_names([self.names.teams[row.team] for row in self.found.rows], NAME_WIDTH)
        for row, name in zip(self.found.rows, names, strict=True):
            points = [self._points(row.points[block]) for block in shown]
            fate = self.say(f"recount.fate.{row.fate}")
            table.add_row(f"  {name}", *points, *more, self._points(row.total), _format_rank(row), fate)
        return table

    def _totals(self) -> Iterator[str]:
        for each in self.found.disagreements:
            summed, reported = self._points(each.summed), self._points(each.reported)
            team = self.names.teams[each.team]
            yield "  " + self.say("recount.disagree", team=team, summed=summed, reported=reported)
        if self.found.reported_totals and not self.found.disagreements:
            yield "  " + self.say("recount.agree")

    def _without(self) -> Iterator[RenderableType]:
        if self.found.without:
            yield Text(self.say("recount.without"))
            yield _rows(
                [
                    (self._called(block), self._leaving(one, "who"))
                    for block, one in self.found.without.items()
                ]
            )

    def _weights(self) -> Iterator[RenderableType]:
        found = self.found.reweighings
        if not found:
            return
        yield Text(self.say("recount.weights"))
        rows = [
            (
                self.say(
                    "recount.now", name=self._called(each.weight.name), share=f"{100 * each.weight.now:.3g}"
                ),
                line,
            )
            for each in found
            for line in map(self._flip, each.flips)
        ]
        if rows:
            yield _rows(rows)
        same = [self._called(each.weight.name) for each in found if not each.flips]
        if same:
            yield indented(self.say("recount.same", names=", ".join(same)))
        if rows:
            yield indented(self.say("recount.brackets"))

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
            return self.say("recount.who.tie", teams=self.listed(flip.tied))
        if flip.new and flip.old:
            return self.say("recount.instead", new=self.listed(flip.new), old=self.listed(flip.old))
        return self.listed(flip.leaving) or self.say("recount.who.none_leaves")

    def _share(self, crossing: Crossing) -> str:
        share, least, most = (f"{100 * each:.1f}" for each in crossing)
        return self.say("recount.open", share=share, least=least, most=most)


def _format_rank(row: RecountRow) -> str:
    return f"{row.rank}" if row.rank == row.rank_at_worst else f"{row.rank}-{row.rank_at_worst}"


def _rows(rows: Sequence[tuple[str, str]]) -> Table:
    """Labels and what is said of each, indented; a label is not repeated."""
    table = plain_table(width=None, show_header=False)
    labels = fit_names([label for label, _ in rows], LABEL_WIDTH)
    table.add_column(no_wrap=True, width=2 + max(map(cell_len, labels)))
    table.add_column(overflow="fold")
    before = ""
    for label, (_, said) in zip(labels, rows, strict=True):
        table.add_row("" if label == before else f"  {label}", said)
        before = label
    return table
