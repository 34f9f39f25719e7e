"""The text that `sim run` prints: within 80 columns, a plain sentence first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.api import Result
from sim.cli.words import input_name, words
from sim.runs.influence import Influence
from sim.stats.groups import leading
from sim.stats.percent import margin, percent
from sim.stats.responses import KRW_PER_EOK
from sim.stats.summary import Summary

WIDTH = 80
MOST_STAGES = 4
"""Stages that fit into a line; of more, the first and the last are shown."""

MOST_NAMED = 4
"""Teams that a sentence names one by one."""

MOST_INFLUENCES = 3
NAME_WIDTH, STAGE_WIDTH = 22, 10
"""Cells for names of teams and of stages in a table; longer names lose their middle."""


@dataclass
class Report:
    """The parts of the text about one run, in one language."""

    result: Result
    file: str
    lang: str

    def __post_init__(self) -> None:
        self.words = words(self.lang)
        self.summary: Summary = self.result.summary
        scenario = self.result.scenario
        self.names = {t: team.name.get(self.lang) for t, team in scenario.teams.items()}
        self.stages = {
            s: stage.name.get(self.lang) if stage.name else s for s, stage in scenario.stages.items()
        }
        self.short = {s: fitted(name, STAGE_WIDTH) for s, name in self.stages.items()}
        self.rows = {(row.stage, row.team, row.chance): row.estimate for row in self.summary.rows()}

    def say(self, word: str, **values: object) -> str:
        """A fixed phrase with its values filled in."""
        return self.words[word].format(**values)

    def answer(self) -> RenderableType:
        """The text from the first sentence to the cost."""
        return Group(*self._answer())

    def rest(self, influences: Sequence[Influence], last_lines: Sequence[str]) -> RenderableType:
        """What is guessed and how much that matters, and `last_lines`."""
        lines = [*self._guesses(influences), *last_lines]
        return Group(*(Text(line, overflow="fold") for line in lines))

    def _answer(self) -> Iterator[RenderableType]:
        scenario = self.result.scenario
        yield Text(self._sentence())
        yield Text(scenario.name.get(self.lang), style="bold")
        runs = self.summary.tally.runs
        about = {
            "file": self.file,
            "hash": scenario.digest()[:8],
            "runs": self.say("one_run" if runs == 1 else "many_runs", runs=f"{runs:,}"),
        }
        yield Text(
            self.say("about", **about, seed=self.result.job.seed, engine=self._engine(), date=scenario.as_of)
        )
        yield Text()
        yield self._chances()
        yield from (Text(line) for line in self._error_lines())
        yield from self._at_end()

    def _engine(self) -> str:
        return self.say("event") if self.result.job.engine == "event" else ""

    def _sentence(self) -> str:
        return f"{self._left()}{self._who()}"

    def _who(self) -> str:
        """Who stays more often than others, as far as these runs tell."""
        selected = {t: self.rows["", t, "selected"] for t in self.names}
        best, worst = leading(selected), leading(selected, reverse=True)
        if len(selected) == 1:
            (team,) = selected
            return self.say("alone", teams=self.names[team], p=selected[team])
        if max(e.all_low for e in selected.values()) <= min(e.all_high for e in selected.values()):
            return self.say("level", p=self._mean(list(selected)))
        if not (best and worst):
            low, high = (of(selected.values(), key=lambda e: e.p) for of in (min, max))
            return self.say("unclear", q=low, p=high)
        about = {"teams": self._listed(best), "p": self._mean(best)}
        return self.say("leaders", **about, last=self._listed(worst), q=self._mean(worst))

    def _listed(self, teams: Sequence[str]) -> str:
        names = [self.names[t] for t in teams]
        return self.say("and").join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]

    def _mean(self, teams: Sequence[str]) -> str:
        shown = [self.rows["", t, "selected"] for t in teams]
        p = sum(e.p for e in shown) / len(shown)
        return percent(p, min(e.low for e in shown), max(e.high for e in shown))

    def _left(self) -> str:
        """How many teams are left, most often."""
        sizes: Counter[int] = Counter()
        for bits, count in self.summary.tally.together.items():
            sizes[bits.bit_count()] += count
        (left, count), stage = sizes.most_common(1)[0], list(self.stages.values())[-1]
        about = {"left": left, "teams": len(self.names), "stage": stage}
        if count == self.summary.tally.runs:
            return self.say("left_always", **about)
        return self.say("left_mostly", **about, share=self.summary.estimate(count))

    def _shown(self) -> list[str]:
        ids = self.result.scenario.ahead or list(self.stages)
        return ids if len(ids) <= MOST_STAGES else [*ids[:2], "", *ids[-2:]]

    def _table(self) -> Table:
        return Table(
            box=None, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False, header_style="", width=WIDTH
        )

    def _chances(self) -> Table:
        """Chances by stage and team, and below them what happens at each stage."""
        gates = any(stage.gate is not None for stage in self.result.scenario.stages.values())
        table = self._table()
        title = self.say("leaving") + (f"\n{self.say('parts')}" if gates else "")
        table.add_column(title, ratio=1, no_wrap=True, min_width=NAME_WIDTH + 2)
        for stage in self._shown():
            when = f"\n{self.result.scenario.stages[stage].decided}" if stage else ""
            table.add_column((self.short[stage] + when) if stage else "…", justify="right", overflow="fold")
        table.add_column(self.say("stays"), justify="right", max_width=9)
        for team, name in self.names.items():
            cells = [self._leaves(stage, team, gates) if stage else "" for stage in self._shown()]
            table.add_row(f"  {fitted(name, NAME_WIDTH)}", *cells, str(self.rows["", team, "selected"]))
        for label, of_stage in self._stage_rows():
            table.add_row(label, *(of_stage(stage) if stage else "" for stage in self._shown()))
        return table

    def _stage_rows(self) -> Iterator[tuple[str, Callable[[str], str]]]:
        yield self.say("dropped"), lambda s: str(self.summary.chance(f"most_capable_dropped.{s}"))
        yield self.say("kept"), lambda s: str(self.summary.chance(f"least_capable_kept.{s}"))
        yield self.say("regret"), self._lost

    def _leaves(self, stage: str, team: str, gates: bool) -> str:
        if not gates:
            return str(self.rows[stage, team, "leaves"])
        return f"{self.rows[stage, team, 'by_points']!s} + {self.rows[stage, team, 'by_gate']!s}"

    def _error_lines(self) -> Iterator[str]:
        widths = [
            e.half_width for e in self.rows.values() if e.certain is None and e.of == self.summary.tally.runs
        ]
        yield f"  {self.say('dice', margin=margin(max(widths)))}" if widths else f"  {self.say('no_dice')}"
        for same in self.summary.indistinct():
            few = len(same) <= MOST_NAMED
            teams = (
                self._listed(same)
                if few
                else self.say("many_teams", first=self.names[same[0]], n=len(same) - 1)
            )
            yield f"  {self.say('same', teams=teams)}"

    def _lost(self, stage: str) -> str:
        regret = self.summary.measure(f"regret.{stage}")
        return f"{regret.mean():.1f}" if regret.size else "–"

    def _at_end(self) -> Iterator[RenderableType]:
        yield Text(self.say("at_end"))
        for label, value in self._end_rows():
            gap = WIDTH - cell_len(label) - cell_len(value) - 2
            between = " " * gap if gap > 0 else "\n" + " " * max(0, WIDTH - cell_len(value))
            yield Text(f"  {label}{between}{value}", overflow="fold")

    def _end_rows(self) -> Iterator[tuple[str, str]]:
        yield self.say("together"), self._together()
        behind = self.summary.measure("behind_frontier_months")
        if behind.size:
            low, high = (f"{behind.quantile(p):.0f}" for p in (0.05, 0.95))
            gap = f"{self.summary.measure('behind_frontier').mean():.0f}"
            months = self.say("months", mean=f"{behind.mean():.0f}", low=low, high=high, gap=gap)
            yield self.say("behind"), months
        if "target_reached" in self.summary.tally.chances:
            target = f"{100 * (self.result.scenario.frontier.target or 0):g}"
            yield self.say("target", target=target), f"{self.summary.chance('target_reached')!s} %"
        yield from self._cost()
        yield from self._own()

    def _together(self) -> str:
        (members, first), *others = self.summary.together()
        if others and others[0][1].high >= first.low:
            sets = self.say("together_level", p=str(first))
        else:
            sets = f"{' + '.join(self.names[t] for t in members) or self.say('nobody')}: {first!s} %"
        nobody = self.summary.chance("nobody_selected")
        settled = nobody.certain is not None or not members
        return sets if settled else f"{sets}; {self.say('nobody')} {nobody!s} %"

    def _cost(self) -> Iterator[tuple[str, str]]:
        cost = self.summary.measure("cost").mean()
        if not cost:
            return
        share = 100 * self.summary.measure("cost_of_leavers").mean() / cost
        hours = f"{self.summary.measure('gpu_hours').mean() / 1e6:,.1f}M"
        spent = {
            "eok": f"{cost / KRW_PER_EOK:,.0f}",
            "billion": f"{cost / 1e9:,.1f}",
            "share": f"{share:.0f}",
        }
        yield self.say("cost", hours=hours), self.say("krw", **spent)

    def _own(self) -> Iterator[tuple[str, str]]:
        """The teams' own GPUs, apart from the programme's money."""
        if "own_gpu_hours" not in self.summary.tally.measures:
            return
        hours = f"{self.summary.measure('own_gpu_hours').mean() / 1e6:,.1f}M"
        worth = self.summary.measure("own_cost").mean()
        value = self.say("worth", eok=f"{worth / KRW_PER_EOK:,.0f}", billion=f"{worth / 1e9:,.1f}")
        yield self.say("own", hours=hours), value if worth else self.say("unpriced")

    def _guesses(self, influences: Sequence[Influence]) -> Iterator[str]:
        from sim.scenario.marks import inputs

        found = inputs(self.result.scenario)
        count = {"guesses": sum(each.guess for each in found), "inputs": len(found)}
        if not influences:
            yield self.say("no_range" if count["guesses"] else "not_guessed", **count)
            return
        yield self.say(
            "guessed" if count["guesses"] else "not_guessed", **count, runs=f"{influences[0].runs:,}"
        )
        told = [each for each in influences if each.notable][:MOST_INFLUENCES]
        for influence in told:
            yield f"  {self._influence(influence)}"
        rest = [each.strength for each in influences if each not in told]
        without = sum(each.guess and not each.ranged for each in found)
        told_less = (
            [self.say("moves_little", n=len(rest), points=ceil(100 * max(*rest, 0.02)))] if rest else []
        )
        unmoved = [self.say("no_ranges", n=without)] if without else []
        if told_less or unmoved:
            yield f"  {'; '.join([*told_less, *unmoved])}"

    def _influence(self, influence: Influence) -> str:
        team_moves_most = influence.swing >= influence.strength
        moved = influence.selected if team_moves_most else influence.strongest_dropped
        before, after = moved
        ends = {"low": _short(influence.low), "high": _short(influence.high)}
        what = input_name(influence.path, self.lang, self.names)
        word = "moves_team" if team_moves_most else "moves_strongest"
        return self.say(word, what=what, **ends, team=self.names[influence.team], before=before, after=after)


def fitted(text: str, cells: int) -> str:
    """The text within so many terminal cells; of a longer one the middle goes, where names differ least."""
    if cell_len(text) <= cells:
        return text
    end = ""
    for letter in reversed(text):
        if cell_len(letter + end) > cells // 2:
            break
        end = letter + end
    return set_cell_size(text, cells - 1 - cell_len(end)).rstrip() + "…" + end


def _short(number: float) -> str:
    """A number in three digits, thousands with commas, without an exponent where that reads better."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
