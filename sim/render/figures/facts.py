"""What a figure has to know about each cell of a table before it draws it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.render.figures.labels import Labels
from sim.render.figures.tables import Bools, Cells, absent, cells, late, where_known
from sim.render.figures.words import percent_text, words
from sim.stats.percent import margin


@dataclass(frozen=True)
class Facts:
    """One kind of chance with what is known beside it; the first three are teams by stages.

    `absent`: in the field in no run. `known`: it has happened. `drawn`: neither, so there is a chance to
    show. By team, `out`: known to have left; `late`: not in from the start in every run; `compared`: neither.
    """

    cells: Cells
    absent: Bools
    known: Bools
    drawn: Bools
    out: Bools
    late: Bools

    @property
    def compared(self) -> Bools:
        """Which teams it is fair to compare."""
        return ~self.out & ~self.late


def facts(chances: pd.DataFrame, chance: str, labels: Labels) -> Facts:
    """The facts of one kind of chance. Raises ValueError as `sim.render.figures.tables.cells` does."""
    made = cells(chances, chance)
    leaves = cells(chances, "leaves", made)
    nowhere, known = absent(chances, made), where_known(labels.known, made)
    return Facts(
        cells=made,
        absent=nowhere,
        known=known & ~nowhere,
        drawn=~nowhere & ~known,
        out=np.logical_or.reduce(known & (np.nan_to_num(leaves.p) > 0.5), axis=1),
        late=late(chances, made),
    )


def cell_text(found: Facts, team: int, stage: int, labels: Labels) -> str:
    """What is printed for a cell: a percent, a fact ("out", "in"), or a dash for nobody there."""
    said = words(labels.lang)
    if found.absent[team, stage]:
        return "–"
    p = float(found.cells.p[team, stage])
    if found.known[team, stage]:
        return said.out if p > 0.5 else said.still_in
    made = found.cells
    return percent_text(p, float(made.low[team, stage]), float(made.high[team, stage]), labels.lang)


def error_note(found: Facts, labels: Labels) -> tuple[str, ...]:
    """The largest sampling error that the figure shows, in words; nothing where all is known."""
    made, at = found.cells, found.drawn
    if not at.any():
        return ()
    error = np.maximum(made.high[at] - made.p[at], made.p[at] - made.low[at]).max()
    return (words(labels.lang).error.format(margin(float(error))),)


def dash_note(found: Facts, labels: Labels) -> tuple[str, ...]:
    """What a dash means, if there is one."""
    return (words(labels.lang).absent,) if found.absent.any() else ()
