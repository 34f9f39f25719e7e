"""The text that `sim run` prints by default: what one quotes, on about fifteen lines.

`--details` tells the rest. It has the parts of that text (`sim.render.text.run`), each printed as soon as it
is known, and begins likewise.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from sim.findings.chances import Chances
from sim.findings.evidence import FactFindings
from sim.findings.run import Ending, Guesses, Moves
from sim.render.text.chances import award_tables, brief_error_lines, brief_table
from sim.render.text.evidence import level_lines
from sim.render.text.layout import MOST_NAMED, Names, justify_line, packed
from sim.render.text.run import (
    SavedFiles,
    cost_and_months,
    lease_lines,
    months_line,
    name_effect,
    paid_line,
    told_strength,
)


def answer(names: Names, chances: Chances, ending: Ending, evidence: FactFindings | None) -> RenderableType:
    """Return what is to be said beside the first sentence, the table of chances, and the end."""
    return Group(
        *(Text(line) for line in _caveats(names, chances, evidence)),
        Text(""),
        brief_table(names, chances),
        *award_tables(names, chances),
        *(Text(line) for line in brief_error_lines(names, chances)),
        *months_line(names, ending, "run.brief.months"),
        *lease_lines(names, ending),
        *paid_line(names, ending),
    )


def _caveats(names: Names, chances: Chances, evidence: FactFindings | None) -> Iterator[str]:
    """The honest clause: how far doubts move the chances, and whom facts do not tell apart."""
    told = [*_doubted(names, chances)]
    if evidence is not None:
        levels = level_lines(names, chances.teams, evidence.level(chances))
        told += [line.strip() for line in levels]
    if told:
        yield " ".join(told)


def _doubted(names: Names, chances: Chances) -> Iterator[str]:
    """How far doubts move the chances of the default option: of each team, or the most of any."""
    spans = {
        team: (found.estimate.p, found.range)
        for team in chances.teams
        if (found := chances.default.teams.get(("", team, "leaves_at_all"))) and found.range
    }
    if not spans:
        return
    if len(spans) <= MOST_NAMED:
        each = (
            names.say(
                "run.brief.span", team=names.teams[team], low=f"{100 * low:.0f}", high=f"{100 * high:.0f}"
            )
            for team, (_, (low, high)) in spans.items()
        )
        yield names.say("run.brief.doubted", spans=", ".join(each))
        return
    most = max(max(p - low, high - p) for p, (low, high) in spans.values())
    yield names.say("run.brief.doubted_most", points=f"{100 * most:.0f}")


def rest(names: Names, moves: Moves | None, guesses: Guesses, _: Chances) -> RenderableType:
    """Return what twice the GPUs would change, for one team and for all, and what is guessed."""
    return Group(*(move_lines(names, moves) if moves else ()), *guess_lines(names, guesses))


def move_lines(names: Names, moves: Moves) -> Iterator[Text]:
    """Return a line for twice the GPUs of one team, and one for twice those of all."""
    for one in moves.changes:
        if one.factor == 2 and one.kind in ("gpus", "all_gpus"):
            label = names.say(f"run.brief.{one.kind}", team=names.teams[moves.team])
            told = [names.say("run.brief.moved", points=one.difference)]
            yield justify_line(label, ", ".join([*told, *cost_and_months(names, one)]))


def guess_lines(names: Names, found: Guesses) -> Iterator[Text]:
    """Return how many inputs are guesses, and which input matters most."""
    key = "run.brief.guessed" if found.guesses else "run.not_guessed_only"
    told = [names.say(key, n=found.inputs, inputs=found.inputs, guesses=found.guesses)]
    if found.effects:
        most = found.effects[0]
        if most.notable:
            told.append(names.say("run.brief.most", effect=name_effect(names, most)))
        else:
            told.append(names.say("run.brief.little", points=told_strength(most.strength)))
    yield Text(" ".join(told), overflow="fold")


def closing(names: Names, about: str, saved: SavedFiles) -> RenderableType:
    """Return on one line what was played and how, where it is saved, and how to see more."""
    where = names.say("results.unsaved")
    if saved.folder is not None:
        where = names.say("run.brief.saved", n=len(saved.files), folder=saved.folder)
    lines = packed([about, where, names.say("run.brief.more")])
    return Group(*(Text(line, overflow="fold") for line in lines))
