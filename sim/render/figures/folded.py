"""The rows of a figure where teams are too many for one each: the best, the worst, the rest, and groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Literal, NamedTuple

import numpy as np

from sim.findings.cells import Floats
from sim.findings.fold import MOST_ROWS, TeamRow, fold_teams
from sim.render.figures.identity import Mark, neutral_mark
from sim.render.figures.labels import Labels, format_percent
from sim.scenario.problems import fold_copies
from sim.text import say


class FigureRow(NamedTuple):
    """What one row shows: its name, the places of its teams in the table, and how they are put together."""

    name: str
    short: str  # the same where there is little room, and the count of teams stands elsewhere
    at: tuple[int, ...]
    kind: Literal["one", "each", "rest"]
    is_group: bool = False

    @property
    def is_pooled(self) -> bool:
        """Whether it stands for several teams, and so for no team's look."""
        return self.kind != "one" or self.is_group


def figure_rows(teams: Sequence[str], merit: Mapping[str, float], labels: Labels) -> list[FigureRow]:
    """Return the rows of a figure, those of groups last; by `merit` the best, of the least, come first."""
    place = {team: i for i, team in enumerate(teams)}
    rows = fold_teams(teams, labels.indistinct, lambda row: (_mean([merit[team] for team in row.teams]),))
    found = [
        FigureRow(*_names(row, labels), tuple(place[team] for team in row.teams), row.kind) for row in rows
    ]
    if len(teams) <= MOST_ROWS:
        return found
    for name, members in labels.groups.items():
        told = say(labels.lang, "run.row.group", name=name, n=len(members)).strip()
        at = tuple(place[team] for team in members if team in place)
        found.append(FigureRow(told, name, at, "each", is_group=True))
    return [row for row in found if row.at]


def _names(row: TeamRow, labels: Labels) -> tuple[str, str]:
    first, others = labels.team(row.teams[0]), len(row.teams) - 1
    if row.kind == "each":
        copies = fold_copies(map(labels.team, row.teams))
        if len(copies) == 1:
            name = say(labels.lang, "run.row.copies", first=copies[0][0], last=copies[0][1])
        else:
            name = say(labels.lang, "run.row.each", first=first, n=others)
        return name, say(labels.lang, "figure.and_more", first=first, n=others)
    if row.kind == "one":
        return first, first
    return say(labels.lang, "run.row.rest", n=others + 1), say(labels.lang, "figure.rest", n=others + 1)


def row_marks(rows: Sequence[FigureRow], teams: Sequence[str], labels: Labels) -> list[Mark]:
    """Return how rows look: a team as everywhere, several teams dark, each row in its own way."""
    alone = iter(labels.marks(teams[row.at[0]] for row in rows if not row.is_pooled))
    pooled = map(neutral_mark, count())
    return [next(pooled) if row.is_pooled else next(alone) for row in rows]


def pool(values: Floats, at: Sequence[int]) -> Floats:
    """Return at each stage the mean over those of some teams (rows) that have a number; nan if none has."""
    return np.array([_mean(column) for column in values[list(at)].T])


def _mean(values: Sequence[float]) -> float:
    asked = [float(value) for value in values if not np.isnan(value)]
    return sum(asked) / len(asked) if asked else float("nan")


def format_span(texts: Sequence[str], labels: Labels, chances: Sequence[float]) -> str:
    """Return the least and the greatest of several chances as they are told, or the text that all have."""
    asked = [i for i, p in enumerate(chances) if not np.isnan(p)]
    if len(set(texts)) == 1 or not asked:
        return texts[0]
    ends = min(asked, key=chances.__getitem__), max(asked, key=chances.__getitem__)
    low, high = (texts[i].rstrip(" %") for i in ends)
    p = low if low == high else say(labels.lang, "figure.span", low=low, high=high)
    return say(labels.lang, "figure.percent", p=p)


def format_pooled(texts: Sequence[str], labels: Labels, p: float, low: float, high: float) -> str:
    """Return the mean of several chances, or the text that all of them have, such as that they are out."""
    return texts[0] if np.isnan(p) else format_percent(p, low, high, labels.lang)
