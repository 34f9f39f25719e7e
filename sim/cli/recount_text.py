"""The text that `sim recount` prints: within 80 columns, a plain sentence first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.cli.layout import fitted
from sim.cli.words_recount import words
from sim.rules.recount import Recount, disagreements, recount, without
from sim.rules.sheet import Sheet
from sim.rules.weights import Crossing, Span, Weight, weights
from sim.scenario.models.observed import Reported, columns, decimals
from sim.scenario.models.scenario import Scenario

MOST_BLOCKS = 4
"""Blocks that fit into the table; of more, the first are shown."""

NAME_WIDTH, BLOCK_WIDTH, LABEL_WIDTH = 18, 9, 30
"""Cells for names of teams, of blocks, and of what a what-if is about."""


@dataclass
class RecountText:
    """The parts of the text, in one language.

    `reported` has the weights of the report, `counted` those of now.
    """

    scenario: Scenario
    file: str
    stage: str
    reported: Sheet
    counted: Sheet
    lang: str

    def __post_init__(self) -> None:
        self.words = words(self.lang)
        self.names = {team: one.name.get(self.lang) for team, one in self.scenario.teams.items()}
        report = self.scenario.stages[self.stage].reported
        assert report is not None  # there is a sheet of it
        self.report: Reported = report
        given = [x for block in report.out_of for column in columns(report, block).values() for x in column]
        self.digits = decimals([*given, *report.totals.values()])
        self.result = recount(self.counted)

    def say(self, word: str, **values: object) -> str:
        """A fixed phrase with its values filled in."""
        return self.words[word].format(**values)

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
        return self.say("and").join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)

    def _points(self, points: float) -> str:
        return f"{points:.{self.digits}f}"

    def _sentence(self) -> str:
        altered = any(part.maximum != part.out_of for part in self.counted.parts)
        opening = self.say("reweighted" if altered else "counted")
        found, about = self.result, {"opening": opening, "teams": self._listed(self.result.leaving)}
        if found.tied:
            tie = {"opening": opening, "teams": self._listed(found.tied), "others": about["teams"]}
            return self.say("tie_and" if found.leaving else "tie", **tie)
        if found.margin is None:
            return self.say("all_leave" if found.leaving else "none_leaves", opening=opening)
        if found.margin == 0:
            return self.say("by_ladder", **about)
        word = "one_leaves" if len(found.leaving) == 1 else "several_leave"
        return self.say(word, **about, points=self._points(found.margin))

    def _who(self, found: Recount) -> str:
        """Who leaves, and how clearly, in a few words."""
        if found.tied:
            return self.say("who_tie", teams=self._listed(found.tied))
        if found.margin is None:
            return self.say("everybody" if found.leaving else "nobody")
        if found.margin == 0:
            return self.say("who_ladder", teams=self._listed(found.leaving))
        word = "who" if len(found.leaving) == 1 else "who_several"
        return self.say(word, teams=self._listed(found.leaving), points=self._points(found.margin))

    def _about(self) -> Iterator[str]:
        stage = self.scenario.stages[self.stage]
        name = stage.name.get(self.lang) if stage.name else self.stage
        about = {"hash": self.scenario.digest()[:8], "date": self.scenario.as_of}
        yield self.say("about", stage=name, file=self.file, **about)
        marks = "; ".join(self._marks())
        if marks:
            yield marks
        changes = [
            self.say("change", name=part.name, now=f"{part.maximum:g}", before=f"{part.out_of:g}")
            for part in self.counted.parts
            if part.maximum != part.out_of
        ]
        if changes:
            sums = {"sum": f"{_sum(self.counted):g}", "before": f"{_sum(self.reported):g}"}
            yield self.say("maxima", changes=", ".join(changes), **sums)
            yield self.say("before", who=self._who(recount(self.reported)))

    def _marks(self) -> Iterator[str]:
        """Where the points come from, and what of them is a guess."""
        if self.report.source:
            yield self.say("source", source=self.report.source)
        if self.report.confidence:
            yield self.say("confidence", confidence=self.report.confidence)
        guess = self.report.guess
        if guess:
            what = self.say("all") if isinstance(guess, bool) else ", ".join(guess)
            yield self.say("guessed", what=what)

    def _table(self) -> Table:
        shown = list(self.counted.maxima.items())[:MOST_BLOCKS]
        table = _grid(show_header=True)
        table.add_column(no_wrap=True, min_width=NAME_WIDTH + 2)
        for block, maximum in shown:
            table.add_column(f"{fitted(block, BLOCK_WIDTH)}\n/{maximum:g}", justify="right")
        if len(self.counted.maxima) > MOST_BLOCKS:
            table.add_column("…")
        table.add_column(f"{self.say('total')}\n/{_sum(self.counted):g}", justify="right")
        table.add_column(self.say("rank"), justify="right")
        table.add_column()
        for i, team in enumerate(self.counted.teams):
            points = [self._points(self.result.blocks[block][i]) for block, _ in shown]
            more = [""] if len(self.counted.maxima) > MOST_BLOCKS else []
            total = self._points(self.result.total[i])
            table.add_row(f"  {fitted(self.names[team], NAME_WIDTH)}", *points, *more, total, *self._place(i))
        return table

    def _place(self, team: int) -> tuple[str, str]:
        first, last = self.result.first[team], self.result.last[team]
        fate = "stays" if self.result.stays[team] else "leaves" if self.result.leaves[team] else "tied"
        return (f"{first}" if first == last else f"{first}-{last}"), self.say(fate)

    def _totals(self) -> Iterator[str]:
        differing = disagreements(self.report)
        for team, summed, reported in differing:
            sums = {"summed": self._points(summed), "reported": self._points(reported)}
            yield "  " + self.say("disagree", team=self.names[team], **sums)
        if self.report.totals and not differing:
            yield "  " + self.say("agree")

    def _without(self) -> Iterator[RenderableType]:
        found = without(self.counted)
        if found:
            yield Text(self.say("without"))
            yield _rows([(block, self._who(counted)) for block, counted in found.items()])

    def _weights(self) -> Iterator[RenderableType]:
        found = weights(self.counted)
        if not found:
            return
        yield Text(self.say("weights"))
        rows = [(self._label(each), line) for each in found for line in self._flips(each)]
        if rows:
            yield _rows(rows)
        same = [each.name for each in found if len(each.spans) == 1]
        if same:
            yield Padding(Text(self.say("same", names=", ".join(same))), (0, 0, 0, 2))
        if rows:
            yield Padding(Text(self.say("brackets")), (0, 0, 0, 2))

    def _label(self, weight: Weight) -> str:
        return self.say("now", name=weight.name, share=f"{100 * weight.now:.3g}")

    def _flips(self, weight: Weight) -> Iterator[str]:
        """Where somebody else leaves, from the lowest share to the highest."""
        here = next(i for i, span in enumerate(weight.spans) if weight.now <= span.high)
        last = len(weight.spans) - 1
        for i, span in enumerate(weight.spans):
            if i != here:
                low = self._share(weight.borders[i - 1]) if i else ""
                high = self._share(weight.borders[i]) if i < last else ""
                word = "between" if low and high else "above" if low else "below"
                yield self.say(word, low=low, high=high, who=self._others(span, weight.spans[here]))

    def _others(self, there: Span, here: Span) -> str:
        """Who leaves there and not here, and the other way round."""
        new = [team for team in there.leaving if team not in here.leaving]
        old = [team for team in here.leaving if team not in there.leaving]
        if there.tied:
            return self.say("who_tie", teams=self._listed(there.tied))
        if new and old:
            return self.say("instead", new=self._listed(new), old=self._listed(old))
        return self._listed(there.leaving) or self.say("nobody")

    def _share(self, crossing: Crossing) -> str:
        share, least, most = (f"{100 * each:.1f}" for each in crossing)
        return self.say("open", share=share, least=least, most=most)


def _sum(sheet: Sheet) -> float:
    return sum(sheet.maxima.values())


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
    table.add_column(no_wrap=True, width=2 + min(LABEL_WIDTH, max(cell_len(label) for label, _ in rows)))
    table.add_column(overflow="fold")
    before = ""
    for label, said in rows:
        table.add_row("" if label == before else f"  {fitted(label, LABEL_WIDTH)}", said)
        before = label
    return table
