"""Who is who in a figure: the colour, shape and dashes of each team, and the shapes of stages and options.

A team looks the same in every figure of a programme: how it looks follows from its place in the file, never
from its row. Colour belongs to teams alone; stages and options are told by shape and fill.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from matplotlib.typing import MarkerType

from sim.render.figures.style import INK

COLOURS = (
    *("#0072b2", "#d96100", "#00835c", "#b8458a"),
    *("#9c6b00", "#6a4fb0", "#7d3c1b", "#2f8fce"),
)
"""Colours of the first eight teams, then again: at least 3 to 1 against white and the bands of rows."""

_SHAPES: tuple[MarkerType, ...] = (
    *("o", "s", "^", "D", "v", "P", "X", "*"),
    # Of the 17th team and later: figures whose lines cross hold eight teams, but any eight of them.
    *("<", ">", "p", "d", "h", (4, 1, 0), (6, 1, 0), (3, 1, 0)),
)
_DASHES: tuple[tuple[float, ...], ...] = (
    *((), (5, 1.5), (1.2, 1.2), (6, 1.5, 1.2, 1.5)),
    *((3, 1), (9, 2), (1.2, 2.4), (6, 1.2, 1.2, 1.2, 1.2, 1.2)),
)
_ROUND = len(COLOURS)

DISTINCT = 32
"""Teams that no two of are alike in shape and fill, which grey print and every eye tell apart."""

NEUTRAL = 8
"""Shapes of stages or options that can be told apart."""


@dataclass(frozen=True)
class Mark:
    """A shape and line that differ from the others without their colour."""

    shape: MarkerType
    colour: str
    filled: bool
    dashes: tuple[float, ...] = ()

    @property
    def face(self) -> str:
        """The colour inside the shape."""
        return self.colour if self.filled else "white"

    def in_colour(self, colour: str) -> "Mark":
        """Return the same shape in a colour: what is true of a team at a stage, or under an option."""
        return replace(self, colour=colour)


def team_mark(place: int) -> Mark:
    """Return how the team at a place in the file looks, counted from 0."""
    turn, at = divmod(place, _ROUND)
    shape = _SHAPES[(place // (2 * _ROUND) % 2) * _ROUND + at]
    # Each second turn has the other fill, so that it shares no look with the turn before.
    filled = (at % 2 == 0) != (turn % 2 == 1)
    return Mark(shape, COLOURS[at], filled, _DASHES[(at + turn) % len(_DASHES)])


def distinct_marks(places: Iterable[int]) -> list[Mark]:
    """Return how the teams at some places look beside each other: no two alike, of at most `DISTINCT`.

    Where more than `DISTINCT` compete, one whose look an earlier one has keeps its colour, while there is
    another shape or fill of it.
    """
    found: list[Mark] = []
    for place in places:
        others = (team_mark(place + turn * _ROUND + step) for step in range(_ROUND) for turn in range(_TURNS))
        taken = {(mark.shape, mark.filled) for mark in found}
        free = (mark for mark in others if (mark.shape, mark.filled) not in taken)
        found.append(next(free, team_mark(place)))
    return found


_TURNS = DISTINCT // _ROUND


def neutral_mark(place: int) -> Mark:
    """Return the shape of a stage or an option, or the line of several teams, by its place.

    Dark, and filled and hollow in turn.
    """
    at = place % NEUTRAL
    return Mark(_SHAPES[at], INK, at % 2 == 0, _DASHES[at])
