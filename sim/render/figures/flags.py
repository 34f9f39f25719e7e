"""Texts that hang on days of a time axis, in lanes, so that none covers another or another's line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

LANE = 0.15  # inches


@dataclass(frozen=True)
class Hung:
    """A text `width` inches wide that beside a day; `shape` is the mark there."""

    day: float
    text: str
    width: float
    shape: str = ""


def lanes(hung: Sequence[Hung], inches_a_day: float) -> list[int]:
    """The lane of each, from 0, the lowest, where each text begins at its day.

    A text lies above all later ones that begin before its end, so that no line down from these meets it.
    For texts that end at their days turn time round: `lanes(mirrored(hung), ...)`.
    """
    found: dict[int, int] = {}
    for k in sorted(range(len(hung)), key=lambda k: (-hung[k].day, k)):
        end = hung[k].day + hung[k].width / inches_a_day
        found[k] = 1 + max((lane for i, lane in found.items() if hung[i].day < end), default=-1)
    return [found[k] for k in range(len(hung))]


def mirrored(hung: Iterable[Hung]) -> list[Hung]:
    """The same with time turned round."""
    return [replace(h, day=-h.day) for h in hung]


def room(hung: Iterable[Hung], first: float, last: float, wide: float) -> float:
    """The day at which an axis `wide` inches long must end, `last` or later, to hold all of the texts."""
    # A text may have half of the axis at most: a longer one would push the end away without bound.
    needs = ((h.day - first) * wide / (wide - min(h.width, wide / 2)) for h in hung)
    return max([last, *(first + need for need in needs)])
