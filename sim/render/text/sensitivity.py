"""The text that `sim sensitivity` prints: a sentence on what matters most, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.render.text.layout import fitted, packed, plain_table
from sim.render.text.words_sensitivity import words
from sim.scenario.input_names import value_text
from sim.stats.intervals import wilson
from sim.stats.percent import margin, share
from sim.stats.sobol import Indices, Share
from sim.stats.targets import DROPPED, LEAVES
from sim.stats.uncertain import UncertainInput
from sim.studies.sensitivity import INNER, MOST, SensitivityResult

_MOST, _NAMED, _NAME, _TEAM = 6, 3, 30, 12
"""Numbers in a table and in a sentence; cells of a name and of a team's."""


class _Part(NamedTuple):
    """A part of the table: a chance, or chances as one, whose variance is told from 0."""

    title: str
    indices: Indices
    target: int | None  # whose chance stands at the right


class SensitivityText:
    """One analysis, in one language. `team` is the one whose chances are told at the ends of the numbers."""

    def __init__(self, found: SensitivityResult, file: str, team: str | None, lang: str) -> None:
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
            "numbers": len(found.inputs),
            "points": found.study.points,
            "seed": found.study.request.seed,
        }
        yield Text(self.say("about" if found.inputs else "about_none", runs=f"{found.runs:,}", **about))
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
        if not found.inputs:
            yield self.say("none")
            return
        if not found.indices:
            yield self.say("certain")
            return
        leaving = found.leaving
        moved = leaving is not None and leaving.told
        if leaving is not None and moved:
            first, *others = named(leaving)
            also = self.say("also", listed=self._listed(leaving, others)) if others else ""
            yield self.say("most", name=self._name(first), law=self._law(found.inputs[first]))
            yield self.say("known", share=self._share(leaving, first), others=also)
        elif leaving is not None:
            yield self.say("unmoved")
        if self.dropped is not None:
            indices = found.indices[self.dropped]
            if indices.told:
                listed = self._listed(indices, named(indices))
                yield self.say("dropped_most", stage=self._stage(), listed=listed)
            else:
                word = "dropped_alone" if moved or leaving is None else "dropped_unmoved"
                yield self.say(word, stage=self._stage())
        unsure = any(not one.first[named(one)[0]].told for _, one, _ in self._table_parts())
        if unsure and found.study.points < MOST:
            yield self.say("unsure", points=f"{found.study.points:,}", more=min(4 * found.study.points, MOST))
        yield self.say("dice")

    def _listed(self, indices: Indices, numbers: Sequence[int]) -> str:
        shares = (self._share(indices, i) for i in numbers)
        each = zip(numbers, shares, strict=True)
        return "; ".join(self.say("share_of", name=self._name(i), share=told) for i, told in each)

    def _share(self, indices: Indices, i: int) -> str:
        at, _, interval = share(*indices.first[i]).partition(" ")
        return self.say("share", share=at, interval=interval).rstrip()

    def _name(self, i: int) -> str:
        return self.found.inputs[i].called(self.lang, self.found.scenario)

    def _law(self, unknown: UncertainInput) -> str:
        ends = unknown.extremes if unknown.widened else (unknown.low, unknown.high)
        low, high = (value_text(end, unknown.unit) for end in ends)
        return self.say("guessed" if unknown.widened else "uncertain", low=low, high=high)

    def _stage(self) -> str:
        assert self.dropped is not None
        stage = self.found.targets[self.dropped].stage
        named = self.found.scenario.stages[stage].name
        return named.get(self.lang) if named else stage

    def _table_parts(self) -> list[_Part]:
        """Chances of leaving as one, then whether the strongest leaves; each as far as numbers move it."""
        found, parts = self.found, []
        if found.leaving is not None and found.leaving.told:
            at = next((t for t, one in enumerate(found.targets) if one.team and one.team == self.team), None)
            title = self.say("leaves", team=fitted(self.teams[self.team or ""], _TEAM))
            parts.append(_Part(title, found.leaving, at))
        if self.dropped is not None and found.indices[self.dropped].told:
            title = self.say("dropped", stage=self._stage())
            parts.append(_Part(title, found.indices[self.dropped], self.dropped))
        return parts

    def _table(self) -> Table:
        table = plain_table()
        table.show_header = False
        table.add_column("", ratio=1, no_wrap=True)
        for _ in range(5):
            table.add_column("", justify="right", no_wrap=True)
        for part in self._table_parts():
            self._fill(table, part)
        return table

    def _fill(self, table: Table, part: _Part) -> None:
        table.add_row(Text(part.title), *map(self.say, ("low", "high", "first", "total", "chance")))
        indices = part.indices
        for i in telling(indices)[:_MOST]:
            unknown = self.found.inputs[i]
            name = ("* " if unknown.widened else "  ") + fitted(self._name(i), _NAME)
            values = (value_text(end, unknown.unit) for end in (unknown.low, unknown.high))
            shares = share(*indices.first[i]), share(*indices.total[i])
            table.add_row(Text(name), *values, *shares, self._at_ends(i, part.target))

    def _at_ends(self, i: int, target: int | None) -> str:
        if target is None or self.found.ends is None:
            return ""
        between, n = self.found.ends.between(i, target), self.found.ends.runs
        return f"{100 * between.first / n:.0f} → {100 * between.second / n:.0f}"

    def _notes(self) -> Iterator[str]:
        found, parts = self.found, self._table_parts()
        if not parts:
            return
        if found.leaving is not None and found.leaving.told:
            yield self.say("spread", teams=self._spread())
        yield self.say("reading") + self._reading_of_ends(parts)
        shown = {i for part in parts for i in telling(part.indices)[:_MOST]}
        if any(found.inputs[i].widened for i in shown):
            yield self.say("star")
        others = {
            i: [part.indices.total[i] for part in parts] for i in range(len(found.inputs)) if i not in shown
        }
        for word, told in (("more_told", True), ("more", False)):
            rest = [totals for totals in others.values() if any(one.told for one in totals) is told]
            if rest:
                yield self.say(word, n=len(rest), share=_at_most(rest))
        if found.failures:
            yield self.say("failed", n=f"{len(found.failures):,}", of=f"{found.study.points * INNER:,}")

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

    def _reading_of_ends(self, parts: Sequence[_Part]) -> str:
        """What the chances at the right of the table are, with the error of the least exact of them."""
        ends = self.found.ends
        assert ends is not None
        shown = [(i, part.target) for part in parts for i in telling(part.indices)[:_MOST]]
        counts = [int(end[i, t]) for i, t in shown if t is not None for end in (ends.low, ends.high)]
        found = [wilson(count, ends.runs) for count in counts]
        dice = [float(high - low) / 2 for low, high in found]
        return self.say("reading_ends", dice=margin(max(dice))) if dice else ""

    def _left_out(self) -> Iterator[str]:
        found = self.found
        if found.study.widened.without_range:
            yield self.say("out_guesses", n=found.study.widened.without_range)
        if found.scenario.doubts:
            yield self.say("out_doubts", n=len(found.scenario.doubts))
        if found.scenario.choices:
            yield self.say("out_choices")


def telling(indices: Indices) -> list[int]:
    """The numbers whose total share can be told from 0, largest first; the largest at least."""
    return _told(indices.total)


def named(indices: Indices) -> list[int]:
    """The numbers that a sentence names: those whose first share is told from 0, largest first; or one."""
    return _told(indices.first)[:_NAMED]


def _told(shares: Sequence[Share]) -> list[int]:
    ordered = sorted(range(len(shares)), key=lambda i: -shares[i].estimate)
    return [i for i in ordered if shares[i].told] or ordered[:1]


def _at_most(shares: Sequence[Sequence[Share]]) -> int:
    """The greatest upper end, in percent."""
    return max(1, round(100 * min(1.0, max(one.high for each in shares for one in each))))
