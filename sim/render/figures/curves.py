"""From chances of being in to points to draw: where each team's curve begins and ends."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.render.figures.facts import Facts
from sim.render.figures.labels import Labels
from sim.render.figures.tables import cells
from sim.render.figures.words import percent_text, words


@dataclass(frozen=True)
class Curve:
    """A team's points: `x` is 0 before the first stage and k after the k-th; chances are in 0..1.

    `row` is the team's row in the facts. A team that was never in has no points.
    """

    row: int
    team: str
    x: tuple[float, ...]
    p: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def curves(chances: pd.DataFrame, found: Facts) -> list[Curve]:
    """A curve a team, in file order. Late entrants begin at the first stage by which they were in."""
    outside = cells(chances, "not_entered", found.cells)
    # Without rows nobody is late; 0 of 1 says so.
    nobody = (np.nan_to_num(outside.count) == np.nan_to_num(outside.of, nan=1.0)) & (outside.of > 0)
    return [_curve(found, i, nobody[i]) for i in range(len(found.cells.teams))]


def end_text(curve: Curve, found: Facts, labels: Labels) -> str:
    """What is printed at a curve's end: a percent, or what is known."""
    said = words(labels.lang)
    if not curve.x:
        return said.never_in
    if found.out[curve.row]:
        return said.out
    if found.known[curve.row, -1]:
        return said.still_in
    return percent_text(curve.p[-1], curve.low[-1], curve.high[-1], labels.lang)


def _curve(found: Facts, i: int, outside: np.ndarray) -> Curve:
    made = found.cells
    at = [j for j in range(len(made.stages)) if not outside[j] and not np.isnan(made.p[i, j])]
    x = tuple(j + 1 for j in at)
    p, low, high = (tuple(float(cell[i, j]) for j in at) for cell in (made.p, made.low, made.high))
    if not found.late[i]:
        x, p, low, high = (0, *x), (1.0, *p), (1.0, *low), (1.0, *high)
    return Curve(i, made.teams[i], x, p, low, high)
