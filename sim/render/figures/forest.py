"""The figure of a comparison: how each scenario's chances differ from those of the first, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.render.figures.axes import leave_scale_below
from sim.render.figures.frame import Heading, make_frame
from sim.render.figures.labels import Labels
from sim.render.figures.style import INK, MARKS, MIDDLE, PALE, SMALL, WIDTH, Mark, style
from sim.render.figures.texts import measure_widest, shorten_all
from sim.stats.percent import points
from sim.text import say

_ROW, _GAP, _AXIS = 0.2, 0.16, 0.4  # inches: a scenario's lane, between teams, the scale below
_NAME_LIMIT, _TEXT = 2.0, 1.3  # inches
_LEAST_REACH = 1.0
"""Points to each side that the scale shows at least."""


def draw_forest(
    differences: pd.DataFrame, given: Sequence[str], labels: Labels, everybody: int = 0
) -> Figure:
    """Draw a row for each team and scenario: how its chance of leaving differs from the first's.

    `differences` has a row for each team and scenario (columns: team, scenario (1 for the second), estimate,
    low, high; paired, in 0..1); `given` says what each scenario is. All have a lane, even if they coincide.
    `everybody` is of how many teams these are the ones with the greatest change.
    """
    teams = [team for team in labels.teams if (differences.team == team).any()]
    others = range(1, len(given))
    letters = [chr(ord("A") + i) for i in range(len(given))]
    with style(labels):
        names = shorten_all([labels.team(team) for team in teams], MIDDLE, _NAME_LIMIT)
        left = measure_widest(names, MIDDLE) + 0.2
        notes = tuple(f"{letter}: {told}" for letter, told in zip(letters, given, strict=True))
        if len(teams) < everybody:
            notes = (say(labels.lang, "figure.forest_some", shown=len(teams), n=everybody), *notes)
        heading = Heading(say(labels.lang, "figure.forest"), say(labels.lang, "figure.forest_axis"), notes)
        pitch = _ROW * len(others) + _GAP
        page = make_frame(labels, heading, WIDTH, len(teams) * pitch + _AXIS)
        axes = page.add_axes(left, _AXIS, WIDTH - left - _TEXT, len(teams) * pitch)
        # Room beyond the farthest end, which would else lie on the edge.
        reach = max(_LEAST_REACH, 108 * float(differences[["low", "high"]].abs().max().max()))
        _set_scale(axes, reach, len(teams) * pitch)
        names_at = -reach * (1 + 2 * left / (WIDTH - left - _TEXT))
        for i, team in enumerate(teams):
            top = i * pitch + _GAP / 2
            axes.text(names_at, top + _ROW * len(others) / 2, names[i], va="center", fontsize=MIDDLE)
            for j in others:
                both = differences[(differences.team == team) & (differences.scenario == j)]
                if both.empty:
                    continue  # a team that this scenario does not have
                at, low, high = (float(both.iloc[0][name]) for name in ("estimate", "low", "high"))
                y = top + (j - 0.5) * _ROW
                _draw_lane(axes, y, 100 * at, 100 * low, 100 * high, MARKS[j - 1])
                text = f"{letters[j]} {points(at, low, high)}"
                axes.text(reach * 1.04, y, text, va="center", fontsize=SMALL, color=INK)
        return page.figure


def _set_scale(axes: Axes, reach: float, height: float) -> None:
    """Points to both sides of a line at no difference; rows are inches downwards."""
    axes.set_xlim(-reach, reach)
    axes.set_ylim(height, 0)
    leave_scale_below(axes)
    axes.axvline(0, color=PALE, linewidth=1.0, zorder=0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+.3g}" if value else "0")


def _draw_lane(axes: Axes, y: float, at: float, low: float, high: float, mark: Mark) -> None:
    """A difference and its interval, in points."""
    axes.hlines(y, low, high, color=mark.colour, linewidth=1.4, zorder=2)
    point = Line2D([at], [y], color=mark.colour, linewidth=0, zorder=3)
    point.set(marker=mark.shape, markerfacecolor=mark.face, markersize=5)
    axes.add_line(point)
