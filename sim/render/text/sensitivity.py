"""The text that `sim sensitivity` prints: a sentence on what matters most, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.findings.sensitivity import PastUsed, SensitivityFindings, WeighedChance
from sim.folder.files import without_companions
from sim.render.text.layout import Names, add_numbers, fit_names, fitted, packed, plain_table
from sim.scenario.names import value_text
from sim.stats.percent import margin, share
from sim.stats.sobol import VarianceShare

_MOST, _NAMED, _NAME, _TEAM = 6, 3, 30, 12
"""Numbers in a table and in a sentence; cells of a name and of a team's."""

_HEADS = (
    "sensitivity.low_end",
    "sensitivity.high_end",
    "sensitivity.first",
    "sensitivity.total",
    "sensitivity.chance",
)


def render_sensitivity(
    found: SensitivityFindings, file: str, lang: str, files: Sequence[Path], out: Path | None
) -> RenderableType:
    """Render all of an analysis of `file`, in one language; `files` are those that are saved in `out`."""
    return Group(*SensitivityText(found, lang).parts(file, files, out))


class SensitivityText:
    """One analysis, in one language."""

    def __init__(self, found: SensitivityFindings, lang: str) -> None:
        self.found, self.names = found, Names.of(found.scenario, lang)
        self.say = self.names.say

    def parts(self, file: str, files: Sequence[Path], out: Path | None) -> Iterator[RenderableType]:
        """Render sentences, table, notes, and where everything is saved."""
        yield Text(self._about(file))
        if self.found.past is not None:
            yield from (Text(line) for line in packed(self._of_past(self.found.past)))
        yield Text()
        yield Text(" ".join(self.sentences()))
        if not self.found.is_decided:
            yield Text()
            yield self._table()
            yield from (Text(line) for line in packed(self._notes()))
        if left := list(self.left_out()):
            yield Text(self.say("sensitivity.left_out", what=", ".join(left)))
        if out is None:
            yield Text(self.say("sensitivity.unsaved"))
            return
        names = " ".join(path.name for path in without_companions(files))
        yield Text(self.say("results.saved", files=names, folder=out))
        if any(path.suffix == ".png" for path in files):
            yield Text(self.say("results.plot", folder=out))

    def _about(self, file: str) -> str:
        found = self.found
        if not found.inputs:
            return self.say("sensitivity.about_none", file=file)
        return self.say(
            "sensitivity.about",
            file=file,
            n=len(found.inputs),
            points=found.points,
            runs=f"{found.runs:,}",
            seed=found.seed,
        )

    def _of_past(self, past: PastUsed) -> Iterator[str]:
        """Which facts are used, for what, and how far what they leave open moves chances."""
        yield self.say("sensitivity.facts", n=len(past.facts))
        if past.inputs:
            yield self.say("sensitivity.with_past", n=len(past.inputs))
        if past.spreads:
            teams = (f"{self.names.teams[team]} ± {100 * sd:.0f}" for team, sd in past.spreads.items())
            yield self.say("sensitivity.past_moves", teams=", ".join(teams))

    def sentences(self) -> Iterator[str]:
        """Return what matters most, the first sentence first, and what can be told of it."""
        found = self.found
        if not found.inputs:
            yield self.say("sensitivity.none" if found.past is None else "sensitivity.none_ahead")
            return
        if found.is_decided:
            over = found.scenario.is_over
            yield self.say("sensitivity.decided_known" if over else "sensitivity.decided")
            return
        if found.leaving is not None:
            yield from self._of_leaving(found.leaving)
        if found.strongest is not None:
            yield self._of_strongest(found.strongest)
        if found.more_points is not None:
            yield self.say("sensitivity.unsure", points=f"{found.points:,}", more=found.more_points)
        yield self.say("sensitivity.dice")

    def _of_leaving(self, leaving: WeighedChance) -> Iterator[str]:
        """What matters most for who leaves, and what comes next."""
        if not leaving.is_told:
            yield self.say("sensitivity.unmoved")
            return
        first, *others = leaving.by_first[:_NAMED]
        unknown = self.found.inputs[first]
        key = "sensitivity.most_guess" if unknown.widened else "sensitivity.most_uncertain"
        ends = unknown.extremes if unknown.widened else (unknown.low, unknown.high)
        low, high = (value_text(end, unknown.unit, self.names.lang) for end in ends)
        yield self.say(key, name=self.name(first), low=low, high=high)
        told = self._share(leaving.indices.first[first])
        if others:
            yield self.say("sensitivity.known_next", share=told, listed=self._listed(leaving, others))
        else:
            yield self.say("sensitivity.known", share=told)

    def _of_strongest(self, strongest: WeighedChance) -> str:
        """What matters most for whether the strongest leaves."""
        stage = self.names.stages[strongest.stage]
        if strongest.is_told:
            listed = self._listed(strongest, strongest.by_first[:_NAMED])
            return self.say("sensitivity.strongest_most", stage=stage, listed=listed)
        leaving = self.found.leaving
        if leaving is None or leaving.is_told:
            return self.say("sensitivity.strongest_alone", stage=stage)
        return self.say("sensitivity.strongest_unmoved", stage=stage)

    def _listed(self, weighed: WeighedChance, inputs: Sequence[int]) -> str:
        each = ((self.name(i), self._share(weighed.indices.first[i])) for i in inputs)
        return "; ".join(self.say("sensitivity.share_of", name=name, share=told) for name, told in each)

    def _share(self, one: VarianceShare) -> str:
        at, _, interval = share(*one).partition(" ")
        return self.say("sensitivity.share", share=at, interval=interval).rstrip()

    def name(self, i: int) -> str:
        """Return what an input is called."""
        return self.found.inputs[i].called(self.names.lang, self.found.scenario)

    def _title(self, weighed: WeighedChance) -> str:
        if weighed.stage:
            return self.say("sensitivity.strongest", stage=self.names.stages[weighed.stage])
        team = self.found.team
        return self.say("sensitivity.leaves", team=fitted(self.names.teams[team], _TEAM) if team else "")

    def _table(self) -> Table:
        table = plain_table(show_header=False)
        table.add_column("", ratio=1, no_wrap=True)
        add_numbers(table, *([""] * len(_HEADS)))
        for weighed in self.found.told:
            table.add_row(Text(self._title(weighed)), *map(self.say, _HEADS))
            shown = weighed.by_total[:_MOST]
            names = fit_names([self.name(i) for i in shown], _NAME)
            for i, name in zip(shown, names, strict=True):
                table.add_row(*self._row(weighed, i, name))
        return table

    def _row(self, weighed: WeighedChance, i: int, name: str) -> tuple[Text | str, ...]:
        unknown = self.found.inputs[i]
        label = ("* " if unknown.widened else "  ") + name
        low, high = (value_text(end, unknown.unit, self.names.lang) for end in (unknown.low, unknown.high))
        first, total = (share(*shares[i]) for shares in (weighed.indices.first, weighed.indices.total))
        return Text(label), low, high, first, total, self._at_ends(weighed, i)

    def _at_ends(self, weighed: WeighedChance, i: int) -> str:
        if not weighed.bounds:
            return ""
        between = weighed.bounds[i]
        return f"{100 * between.first / between.n:.0f} → {100 * between.second / between.n:.0f}"

    def _notes(self) -> Iterator[str]:
        found = self.found
        if not found.told:
            return
        if found.leaving is not None and found.leaving.is_told:
            yield self.say("sensitivity.spread", teams=", ".join(self._spreads()))
        yield self._reading()
        shown = {i for weighed in found.told for i in weighed.by_total[:_MOST]}
        if any(found.inputs[i].widened for i in shown):
            yield self.say("sensitivity.star")
        if found.leaving is not None and any(one.widened for one in found.inputs):
            yield self.say("sensitivity.other_baseline")
        for rest in found.remainders(shown):
            key = "sensitivity.more_told" if rest.told else "sensitivity.more_untold"
            yield self.say(key, n=rest.number, share=max(1, round(100 * rest.at_most)))
        if found.failed:
            yield self.say("sensitivity.failed", failed=f"{found.failed:,}", of=f"{found.of:,}")

    def _spreads(self) -> Iterator[str]:
        for each in self.found.spreads:
            yield f"{self.names.teams[each.team]} {100 * each.chance:.0f} ± {100 * each.deviation:.0f}"

    def _reading(self) -> str:
        """How to read the table, with the error of the least exact of the chances at its right."""
        dice = [each.half_width(each.by_total[:_MOST]) for each in self.found.told if each.bounds]
        if not dice:
            return self.say("sensitivity.reading")
        return self.say("sensitivity.reading_with_chances", dice=margin(max(dice)))

    def left_out(self) -> Iterator[str]:
        """Return what the analysis leaves out."""
        found = self.found
        if found.guesses_left_out:
            yield self.say("sensitivity.guesses_left_out", n=found.guesses_left_out)
        if found.scenario.doubts:
            yield self.say("sensitivity.doubts_left_out", n=len(found.scenario.doubts))
        if found.scenario.choices:  # at their default
            yield self.say("sensitivity.choices_left_out")
