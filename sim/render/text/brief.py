"""The text that `sim run` prints by default: what one quotes, on about fifteen lines.

`--details` tells the rest (`sim.render.text.run`), in the same parts, each printed as soon as it is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from sim.findings.chances import Chances
from sim.findings.evidence import FactFindings
from sim.findings.fold import team_rows
from sim.findings.headline import Headline
from sim.findings.run import Ending, Guesses, Moves, RunFacts
from sim.render.text.chances import award_tables, brief_error_lines, brief_table, group_tables, same_sentences
from sim.render.text.ecosystem import ecosystem_lines
from sim.render.text.ending import (
    leak_line,
    lease_lines,
    months_line,
    paid_line,
    purse_lines,
    supply_lines,
)
from sim.render.text.evidence import level_lines
from sim.render.text.known import known_table
from sim.render.text.layout import WIDTH, Names, justify_line
from sim.render.text.lost import lost_lines
from sim.render.text.run import (
    WhereSaved,
    about_line,
    about_values,
    cost_and_months,
    effect_values,
    lead,
    move_lines,
    unusual_lines,
)
from sim.stats.differences import ChanceShift
from sim.stats.input_effects import Effect


class BriefText(NamedTuple):
    """The parts of the short text; `DetailedText` has the same."""

    names: Names
    played: RunFacts

    def opening(self, headline: Headline, evidence: FactFindings | None) -> RenderableType:
        """Return the first sentence, and what of the run is not as usual."""
        lines = [lead(self.names, headline, evidence), *unusual_lines(self.names, self.played)]
        return Group(*(Text(line) for line in lines), *known_table(self.names, self.played.scenario))

    def answer(
        self, chances: Chances, ending: Ending, guesses: Guesses, evidence: FactFindings | None
    ) -> RenderableType:
        """Return the honest clause, the table of chances, and the end."""
        names = self.names
        end = (
            *months_line(names, ending, "run.brief.months"),
            *lease_lines(names, ending, "run.brief.lease"),
            *paid_line(names, ending),
            *leak_line(names, ending),
            *purse_lines(names, ending),
            *supply_lines(names, ending),
            *lost_lines(names, chances),
            *ecosystem_lines(names, ending.ecosystem),
        )
        if chances.is_over:
            return Group(*end)
        return Group(
            Text(" ".join(caveats(names, self.played, chances, guesses, evidence))),
            Text(""),
            brief_table(names, chances),
            *group_tables(names, chances),
            *award_tables(names, chances),
            *(Text(line) for line in brief_error_lines(names, chances)),
            *end,
        )

    def rest(self, moves: Moves | None, guesses: Guesses, _: Chances) -> RenderableType:
        """Return what twice the GPUs change, else what moves a team, else the guess that matters most."""
        lines = [*gpu_lines(self.names, moves)] if moves else []
        if moves and not lines:
            lines = [Text(line, overflow="fold") for line in move_lines(self.names, moves)]
        if not lines and guesses.effects and guesses.effects[0].notable:
            lines.append(_most(self.names, guesses.effects[0]))
        return Group(*lines)

    def closing(self, file: str, saved: WhereSaved) -> RenderableType:
        """Return on one line what was played and how, where it is saved, and how to see more."""
        about = _about(self.names, file, self.played)
        told = [self.names.say("run.brief.more")]
        if saved.folder is not None:
            told.insert(0, self.names.say("run.brief.saved", n=len(saved.files), folder=saved.folder))
        line = " · ".join([about, *told])
        if cell_len(line) > WIDTH:
            line = f"{about}\n{' · '.join(told)}"
        return Text(line, overflow="fold")


_SLACK = 1e-6
"""By which a float, or a number of nine digits, may lie above the whole number that it stands for."""


def caveats(
    names: Names, played: RunFacts, chances: Chances, guesses: Guesses, evidence: FactFindings | None
) -> Iterator[str]:
    """Say how much is guessed, how far doubts move the chances, and whom nothing tells apart."""
    count = {"guesses": guesses.guesses, "inputs": guesses.inputs, "date": played.scenario.as_of}
    if most := ceil(100 * chances.most_doubted - _SLACK):
        yield names.say("run.brief.odds_doubted", n=most, **count)
    else:
        yield names.say("run.brief.odds", n=guesses.guesses, **count)
    if chances.undecided or not chances.all_alike:  # or else the first sentence says so
        yield from same_sentences(names, chances, [row.teams for row in team_rows(chances, pool=True)])
    if evidence is not None:
        for line in level_lines(names, chances.teams, evidence.level(chances)):
            yield line.strip()


def _most(names: Names, effect: Effect) -> Text:
    values = effect_values(names, effect)
    label = names.say("run.brief.most", what=values["what"])
    return justify_line(label, names.say(f"run.brief.most_{effect.moves}", **values))


def gpu_lines(names: Names, moves: Moves) -> Iterator[Text]:
    """Return a line for twice the GPUs of one team, and one for twice those of all."""
    for one in moves.changes:
        if one.factor == 2 and one.kind in ("gpus", "all_gpus"):
            label = names.say(f"run.brief.{one.kind}", team=names.teams[moves.team])
            told = [_moved(names, moves, one.difference), *cost_and_months(names, one)]
            yield justify_line(label, "; ".join(told))


def _moved(names: Names, moves: Moves, change: ChanceShift) -> str:
    """By how much a team's chance changes; no change seen where 0 lies within the dice."""
    key = "unmoved" if not change.is_beyond_dice else "lower" if change.estimate < 0 else "higher"
    told = str(change)
    size = told.lstrip("<>+-")
    bound = ">" if told[0] in "<>" else ""
    return names.say(f"run.brief.{key}", p=moves.chance, points=f"{bound}{size}", n=float(size))


def _about(names: Names, file: str, played: RunFacts) -> str:
    """What was run; the day that is known stands in the caveats, which a programme that is over lacks."""
    if played.scenario.is_over:
        return about_line(names, file, played)
    key = "run.brief.about_events" if played.engine == "event" else "run.brief.about"
    return names.say(key, **about_values(file, played))
