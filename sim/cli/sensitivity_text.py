"""The text that `sim sensitivity` prints: a sentence on what matters most, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.cli.layout import fitted, packed, plain_table
from sim.cli.words_sensitivity import words
from sim.runs.sensitivity import INNER, Sensitivity
from sim.runs.targets import DROPPED, LEAVES
from sim.runs.unknowns import Unknown
from sim.scenario.input_names import value_text
from sim.stats.intervals import wilson
from sim.stats.percent import margin, share
from sim.stats.sobol import Indices

_MOST, _NAMED, _NAME, _TEAM = 6, 3, 30, 12
"""Numbers in a table and in a sentence; cells of a name and of a team's."""

_TELLING = 0.005
"""Share of a variance below which nobody asks for a number."""

_WORTH_A_WORD = 0.02


class SensitivityText:
    """One analysis, in one language. `team` is the one whose chances are told at the ends of the numbers."""

    def __init__(self, found: Sensitivity, file: str, team: str | None, lang: str) -> None:
        self.found, self.file, self.team, self.lang = found, file, team, lang
        self.words = words(lang)
        scenario = found.scenario
        self.teams = {t: one.name.get(lang) for t, one in scenario.teams.items()}
        self.dropped = next((t for t, one in enumerate(found.targets) if one.what == DROPPED), None)

    def say(self, word: str, **values: object) -> str:
        """A fixed phrase with its values filled in."""
        return self.words[word].format(**values)

    def text(self, files: Sequence[Path], out: Path | None) -> RenderableType:
        """All of it."""
        return Group(*self._parts(files, out))

    def _parts(self, files: Sequence[Path], out: Path | None) -> Iterator[RenderableType]:
        found = self.found
        about = {
            "file": self.file,
            "numbers": len(found.unknowns),
            "points": found.points,
            "seed": found.seed,
        }
        yield Text(self.say("about" if found.unknowns else "about_none", runs=f"{found.runs:,}", **about))
        yield Text()
        yield Text(" ".join(self._sentences()))
        if found.indices:
            yield Text()
            yield self._table()
            yield from (Text(line) for line in packed(self._notes()))
        if left_out := list(self._left_out()):
            yield Text(self.say("out", what=", ".join(left_out)))
        if out is None:
            yield Text(self.say("unsaved"))
        else:
            names = " ".join(path.name for path in files if path.suffix != ".svg")
            yield Text(self.say("saved", files=names, folder=out))
            if any(path.suffix == ".png" for path in files):
                yield Text(self.say("next", folder=out))

    def _sentences(self) -> Iterator[str]:
        found = self.found
        if not found.unknowns:
            yield self.say("none")
            return
        if not found.indices:
            yield self.say("certain")
            return
        leaving = found.leaving
        moved = leaving is not None and leaving.told
        if leaving is not None and moved:
            first, *others = self._named(leaving)
            also = self.say("also", listed=self._listed(leaving, others)) if others else ""
            yield self.say("most", name=self._name(first), law=self._law(found.unknowns[first]))
            yield self.say("known", share=self._share(leaving, first), others=also)
        elif leaving is not None:
            yield self.say("unmoved")
        if self.dropped is not None:
            indices = found.indices[self.dropped]
            if indices.told:
                listed = self._listed(indices, self._named(indices))
                yield self.say("dropped_most", stage=self._stage(), listed=listed)
            else:
                word = "dropped_alone" if moved or leaving is None else "dropped_unmoved"
                yield self.say(word, stage=self._stage())
        yield self.say("dice")

    def _named(self, indices: Indices) -> list[int]:
        """The numbers that a sentence names: the one that matters most, and others worth a word."""
        first, *others = telling(indices)
        return [first, *(i for i in others if indices.total[i].estimate >= _WORTH_A_WORD)][:_NAMED]

    def _listed(self, indices: Indices, numbers: Sequence[int]) -> str:
        shares = (self._share(indices, i) for i in numbers)
        each = zip(numbers, shares, strict=True)
        return "; ".join(self.say("share_of", name=self._name(i), share=told) for i, told in each)

    def _share(self, indices: Indices, i: int) -> str:
        at, _, interval = share(*indices.first[i]).partition(" ")
        return self.say("share", share=at, interval=interval).rstrip()

    def _name(self, i: int) -> str:
        return self.found.unknowns[i].called(self.lang, self.found.scenario)

    def _law(self, unknown: Unknown) -> str:
        ends = unknown.extremes if unknown.widened else (unknown.low, unknown.high)
        low, high = (value_text(end, unknown.unit) for end in ends)
        return self.say("guessed" if unknown.widened else "uncertain", low=low, high=high)

    def _stage(self) -> str:
        assert self.dropped is not None
        stage = self.found.targets[self.dropped].stage
        named = self.found.scenario.stages[stage].name
        return named.get(self.lang) if named else stage

    def _table(self) -> Table:
        """Chances of leaving as one, then whether the strongest leaves; each as far as numbers move it."""
        found = self.found
        table = plain_table()
        table.show_header = False
        table.add_column("", ratio=1, no_wrap=True)
        for _ in range(5):
            table.add_column("", justify="right", no_wrap=True)
        if found.leaving is not None and found.leaving.told:
            at = next((t for t, one in enumerate(found.targets) if one.team and one.team == self.team), None)
            name = fitted(self.teams[self.team or ""], _TEAM)
            self._fill(table, self.say("leaves", team=name), found.leaving, at)
        if self.dropped is not None and found.indices[self.dropped].told:
            title = self.say("dropped", stage=self._stage())
            self._fill(table, title, found.indices[self.dropped], self.dropped)
        return table

    def _fill(self, table: Table, title: str, indices: Indices, target: int | None) -> None:
        table.add_row(Text(title), *map(self.say, ("low", "high", "first", "total", "chance")))
        for i in telling(indices)[:_MOST]:
            unknown = self.found.unknowns[i]
            name = ("* " if unknown.widened else "  ") + fitted(self._name(i), _NAME)
            values = (value_text(end, unknown.unit) for end in (unknown.low, unknown.high))
            shares = share(*indices.first[i]), share(*indices.total[i])
            table.add_row(Text(name), *values, *shares, self._at_ends(i, target))

    def _at_ends(self, i: int, target: int | None) -> str:
        if target is None or self.found.ends is None:
            return ""
        between, n = self.found.ends.between(i, target), self.found.ends.runs
        return f"{100 * between.first / n:.0f} → {100 * between.second / n:.0f}"

    def _notes(self) -> Iterator[str]:
        found, told = self.found, [one for one in self._of_interest() if one.told]
        if not told:
            return
        if found.leaving is not None and found.leaving.told:
            yield self.say("spread", teams=self._spread())
        yield self.say("reading", dice=self._dice())
        shown = {i for one in told for i in telling(one)[:_MOST]}
        if any(found.unknowns[i].widened for i in shown):
            yield self.say("star")
        others = [one.total[i].high for one in told for i in range(len(found.unknowns)) if i not in shown]
        if others:
            n = len(found.unknowns) - len(shown)
            yield self.say("more", n=n, share=max(1, round(100 * max(others))))
        if found.failed:
            yield self.say("failed", n=f"{found.failed:,}", of=f"{found.points * INNER:,}")

    def _spread(self) -> str:
        """The chance of leaving of each team and the standard deviation that the numbers give it."""
        found, ends = self.found, self.found.ends
        assert ends is not None
        each = zip(found.targets, found.indices, ends.drawn, strict=True)
        told = (
            f"{self.teams[target.team]} {100 * drawn / ends.runs:.0f} ± "
            f"{100 * sqrt(max(0.0, indices.variance.estimate)):.0f}"
            for target, indices, drawn in each
            if target.what == LEAVES
        )
        return ", ".join(told)

    def _of_interest(self) -> list[Indices]:
        """Those that have a table."""
        leaving = [] if self.found.leaving is None else [self.found.leaving]
        return leaving + ([] if self.dropped is None else [self.found.indices[self.dropped]])

    def _dice(self) -> str:
        ends = self.found.ends
        assert ends is not None
        found = [wilson(int(k), ends.runs) for k in (*ends.low.ravel(), *ends.high.ravel())]
        return margin(max(float(high - low) / 2 for low, high in found))

    def _left_out(self) -> Iterator[str]:
        found = self.found
        if found.opened.without_range:
            yield self.say("out_guesses", n=found.opened.without_range)
        if found.scenario.doubts:
            yield self.say("out_doubts", n=len(found.scenario.doubts))
        if found.scenario.choices:
            yield self.say("out_choices")


def telling(indices: Indices) -> list[int]:
    """The numbers whose total share can be told from 0, largest first; the largest at least."""
    ordered = sorted(range(len(indices.total)), key=lambda i: -indices.total[i].estimate)
    told = [i for i in ordered if indices.total[i].low > 0 and indices.total[i].estimate >= _TELLING]
    return told or ordered[:1]
