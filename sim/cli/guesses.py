"""What is guessed, how much that matters, and what moves a named team's chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from sim.cli.layout import short
from sim.cli.telling import Telling
from sim.runs.influence import Influence
from sim.runs.moves import Move
from sim.scenario.input_names import block_name, input_name
from sim.scenario.models.inputs import inputs
from sim.stats.paired import Difference
from sim.stats.percent import margin

MOST_INFLUENCES = 3
"""One fewer where options and what moves a team take their lines."""


def what_moves(told: Telling, team: str, moved: Sequence[tuple[Move, Difference]]) -> Iterator[str]:
    """What moves a team's chance of leaving, in points: paired differences from the default."""
    changes = [
        (one.option.label(told.lang), one.beside.leaves_more(team)) for one in told.alternatives if one.beside
    ]
    changes += [(_named(told, team, move), difference) for move, difference in moved]
    if not changes:
        return
    dice = margin(max((difference.high - difference.low) / 2 for _, difference in changes))
    p = str(told.rows["", team, "leaves_at_all"])
    yield told.say("moves_head", team=told.names[team], p=p, dice=dice)
    yield f"  {'; '.join(f'{name}: {difference}' for name, difference in changes)}"


def _named(told: Telling, team: str, move: Move) -> str:
    factor = "×2" if move.factor > 1 else "×½"
    return told.say(
        f"move_{move.kind}", factor=factor, team=told.names[team], block=block_name(move.what, told.lang)
    )


def guesses(told: Telling, influences: Sequence[Influence]) -> Iterator[str]:
    """How many inputs are guesses, and which of them matter most."""
    found = inputs(told.scenario)
    count = {"guesses": sum(each.guess for each in found), "inputs": len(found)}
    if not influences:
        yield told.say("no_range" if count["guesses"] else "not_guessed", **count, runs=0)
        return
    yield told.say("guessed" if count["guesses"] else "not_guessed", **count, runs=f"{influences[0].runs:,}")
    most = MOST_INFLUENCES - told.by_option
    shown = [each for each in influences if each.notable][:most]
    for influence in shown:
        yield f"  {_influence(told, influence)}"
    rest = [each.strength for each in influences if each not in shown]
    without = sum(each.guess and not each.ranged for each in found)
    little = "one_moves_little" if len(rest) == 1 else "moves_little"
    less = [told.say(little, n=len(rest), points=ceil(100 * max(*rest, 0.02)))] if rest else []
    unmoved = [told.say("no_ranges", n=without)] if without else []
    if less or unmoved:
        yield f"  {'; '.join([*less, *unmoved])}"


def _influence(told: Telling, influence: Influence) -> str:
    team_moves_most = influence.swing >= influence.strength
    before, after = influence.selected if team_moves_most else influence.strongest_dropped
    ends = {"low": short(influence.low), "high": short(influence.high)}
    what = input_name(influence.path, told.lang, told.names)
    word = "moves_team" if team_moves_most else "moves_strongest"
    return told.say(word, what=what, **ends, team=told.names[influence.team], before=before, after=after)
