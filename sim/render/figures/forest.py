"""The figure of a comparison: how each scenario's chances differ from those of the first, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.findings.comparison import find_greatest_change
from sim.render.figures.axes import MARK, draw_key, lay_out_key, leave_scale_below, make_mark, write_beside
from sim.render.figures.frame import Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.identity import Mark, neutral_mark
from sim.render.figures.labels import Labels
from sim.render.figures.style import GREY, INK, MIDDLE, SMALL, TINY, WIDTH, ZEBRA, style
from sim.render.figures.texts import measure_widest, shorten_all
from sim.stats.percent import percent, points
from sim.text import say

_ROW, _GAP, _AXIS, _WAYS = 0.21, 0.16, 0.3, 0.22  # inches: a lane, between teams, the scale, words below it
_NAME_LIMIT, _KEY_LIMIT = 1.5, 4.1  # inches
_LEAST_REACH = 1.0
"""Points to each side that the scale shows at least."""
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class _Lane:
    """A difference of a team: chances before and after, and the difference with its interval, 0..1."""

    team: str
    scenario: int
    first: float
    second: float
    estimate: float
    low: float
    high: float


def draw_forest(
    differences: pd.DataFrame, given: Sequence[str], labels: Labels, everybody: int = 0
) -> SourcedFigure:
    """Draw a row for each team and scenario: how its chance of leaving differs from the first's.

    `differences` has a row for each team and scenario (columns: team, scenario (1 for the second), first,
    second, estimate, low, high; paired, in 0..1); `given` says by what each scenario differs from the first,
    which is what it is called. All have a lane, even if they coincide. `everybody` is of how many teams
    these are the ones with the greatest change.
    """
    columns = ["team", "scenario", "first", "second", "estimate", "low", "high"]
    lanes = {
        (str(team), int(scenario)): _Lane(str(team), int(scenario), *map(float, numbers))
        for team, scenario, *numbers in differences[columns].itertuples(index=False)
    }
    teams = [team for team in labels.teams if any(key[0] == team for key in lanes)]
    with style(labels, given):
        page = _Page(lanes, teams, list(given), labels)
        return _draw(page, _make_heading(page, everybody))


@dataclass(frozen=True)
class _Page:
    lanes: dict[tuple[str, int], _Lane]
    teams: list[str]
    given: list[str]
    labels: Labels

    @property
    def others(self) -> range:
        """The scenarios beside the first."""
        return range(1, len(self.given))

    def mark(self, team: str, scenario: int) -> Mark:
        """The shape of the scenario in the colour of the team."""
        return neutral_mark(scenario - 1).in_colour(self.labels.mark(team).colour)

    def text(self, lane: _Lane) -> str:
        """From what to what the chance changes, and by how many points."""
        change = points(lane.estimate, lane.low, lane.high).replace("-", _MINUS)
        before, after = (_whole(share) for share in (lane.first, lane.second))
        return say(self.labels.lang, "figure.forest_change", before=before, after=after, change=change)


def _whole(share: float) -> str:
    """A chance of which the difference, and not this, is told with its error."""
    return percent(share, share - 0.01, share + 0.01)


def _make_heading(page: _Page, everybody: int) -> Heading:
    labels = page.labels
    lang = labels.lang
    table = pd.DataFrame([vars(lane) for lane in page.lanes.values()])
    greatest = find_greatest_change(table)
    if greatest is None:
        title = say(lang, "figure.forest_still")
    else:
        lane = page.lanes[greatest]
        words = {"before": _whole(lane.first), "after": _whole(lane.second)}
        title = say(
            lang, "figure.forest_moves", team=labels.team(lane.team), what=page.given[lane.scenario], **words
        )
    notes = [say(lang, "figure.forest_first", first=page.given[0]), say(lang, "figure.forest_interval")]
    if len(page.teams) < everybody:
        notes.append(say(lang, "figure.some_teams", shown=len(page.teams), n=everybody))
    rows = tuple(
        say_row(
            labels,
            labels.team(team),
            *(
                say(lang, "figure.at_stage", stage=page.given[j], p=page.text(page.lanes[team, j]))
                for j in page.others
                if (team, j) in page.lanes
            ),
        )
        for team in page.teams
    )
    names = {team: labels.team(team) for team in page.teams}
    data = table.assign(team_name=table.team.map(names), given=[page.given[j] for j in table.scenario])
    return Heading(title, say(lang, "figure.forest"), tuple(notes), rows, data)


def _draw(page: _Page, heading: Heading) -> SourcedFigure:
    labels, others = page.labels, page.others
    names = shorten_all([labels.team(team) for team in page.teams], MIDDLE, _NAME_LIMIT)
    left = measure_widest(names, MIDDLE) + 0.15
    right = measure_widest([page.text(lane) for lane in page.lanes.values()], SMALL) + 0.12
    said = shorten_all(page.given[1:], SMALL, _KEY_LIMIT)
    key = [make_mark([], [], neutral_mark(j - 1), name) for j, name in zip(others, said, strict=True)]
    columns, above = lay_out_key(key, WIDTH)
    pitch = _ROW * len(others) + _GAP
    tall = len(page.teams) * pitch
    frame = make_frame(labels, heading, WIDTH, tall + _AXIS + _WAYS + above + 0.05)
    wide = WIDTH - left - right
    axes = frame.add_axes(left, _AXIS + _WAYS, wide, tall)
    ends = [abs(end) for lane in page.lanes.values() for end in (lane.low, lane.high)]
    # Room beyond the farthest end, which would else lie on the edge.
    reach = max(_LEAST_REACH, 108 * max(ends))
    _set_scale(axes, reach, (wide, tall), labels)
    names_at = -reach * (1 + 2 * left / wide)
    for i, team in enumerate(page.teams):
        top = i * pitch
        if i % 2 == 0:
            band = axes.axhspan(top, top + pitch, -left / wide, 1 + right / wide, color=ZEBRA, zorder=0)
            band.set_clip_on(False)
        axes.text(names_at, top + pitch / 2, names[i], va="center", fontsize=MIDDLE)
        for j in others:
            if lane := page.lanes.get((team, j)):  # else a team that this scenario does not have
                y = top + _GAP / 2 + (j - 0.5) * _ROW
                _draw_lane(axes, y, lane, page.mark(team, j), wide / (2 * reach))
                axes.text(
                    reach * (1 + 0.12 / wide), y, page.text(lane), va="center", fontsize=SMALL, color=INK
                )
    draw_key(axes, key, columns, (-left, 0.04))
    return frame.figure


def _set_scale(axes: Axes, reach: float, size: tuple[float, float], labels: Labels) -> None:
    """Points to both sides of a line at no difference, with what each side means; rows are inches down."""
    wide, height = size
    axes.set_xlim(-reach, reach)
    axes.set_ylim(height, 0)
    leave_scale_below(axes)
    axes.axvline(0, color=GREY, linewidth=0.8, zorder=0.5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+.3g}".replace("-", _MINUS) if value else "0")
    below = axes.get_xaxis_transform()
    ways = [say(labels.lang, "figure.forest_less"), say(labels.lang, "figure.forest_more")]
    told = shorten_all(ways, TINY, wide / 2 - 0.1)
    for text, x, side in zip(told, (-reach * 0.04, reach * 0.04), ("right", "left"), strict=True):
        write_beside(axes, text, (x, 0), (0, -20), TINY, xycoords=below, ha=side, va="top", color=GREY)


def _draw_lane(axes: Axes, y: float, lane: _Lane, mark: Mark, inch: float) -> None:
    """A difference and its interval, in points; `inch` is how wide a point is."""
    at, low, high = (100 * value for value in (lane.estimate, lane.low, lane.high))
    if (high - low) * inch > MARK / 72:
        axes.hlines(y, low, high, color=mark.colour, linewidth=1.4, zorder=2)
    point = Line2D([at], [y], color=mark.colour, linewidth=0, zorder=3, label=f"{lane.team} {lane.scenario}")
    point.set(marker=mark.shape, markerfacecolor=mark.face, markersize=5.5)
    axes.add_line(point)
