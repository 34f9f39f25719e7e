"""The figure of the points of a stage: how each team's vary from run to run, and where the cut falls."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.findings.cells import Floats
from sim.findings.totals import Totals
from sim.render.figures.axes import Scale, choose_ticks, make_mark, write_beside, write_row_name
from sim.render.figures.frame import Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.labels import Labels
from sim.render.figures.style import GREY, INK, MIDDLE, PALE, SMALL, TINY, WIDTH, style
from sim.render.figures.texts import measure_widest, shorten_all
from sim.stats.intervals import HIGH, LOW, MEDIAN
from sim.text import say

MOST_TEAMS = 12
"""Teams that have a row; of more those with the most points."""

_ROW, _LOW_ROW, _FEW, _AXIS, _TOP = 0.5, 0.34, 6, 0.45, 0.2  # inches
_NAME_LIMIT, _HILL = 1.7, 0.8  # inches; the part of a row that the highest hill takes
_POINTS, _BINS = 160, 400  # at which a hill is drawn, and into which values are counted
_LEAST = 0.1  # points that a title tells: no margin is less than 0.0
_PART = 0.002  # of the runs at either end, that the scale leaves out


def draw_totals(found: Totals, labels: Labels) -> SourcedFigure:
    """Draw a hill for each team, in file order: how often it has how many points; and the cut through all.

    A tick stands at the middle of each, and a line from 5 to 95 %. Raises RuntimeError if Korean is needed
    and there is no font for it.
    """
    medians = {team: float(np.median(values)) for team, values in found.values.items()}
    ranked = sorted(medians, key=lambda team: -medians[team])[:MOST_TEAMS]
    teams = [team for team in medians if team in ranked]
    with style(labels):
        page = _Page(found, teams, labels)
        return _draw(page, _make_heading(page))


@dataclass(frozen=True)
class _Page:
    found: Totals
    teams: list[str]
    labels: Labels

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the scale: all but the rarest points of the teams that are drawn, and of the cut."""
        values = np.concatenate([self.found.values[team] for team in self.teams])
        low, high = np.quantile(values, (_PART, 1 - _PART))
        least, _, most = _quantiles(self.found.cut)
        return min(float(low), least), max(float(high), most)


def _quantiles(values: Floats) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, (LOW, MEDIAN, HIGH))
    return float(low), float(middle), float(high)


def _make_heading(page: _Page) -> Heading:
    found, labels = page.found, page.labels
    lang = labels.lang
    title = say(lang, "figure.totals_finding", margin=f"{max(_LEAST, found.usual_margin):.1f}")
    notes = [labels.out, say(lang, "figure.totals_note")]
    if len(page.teams) < len(found.values):
        notes.append(say(lang, "figure.totals_some", shown=len(page.teams), n=len(found.values)))
    rows, data = [], []
    for team in page.teams:
        low, middle, high = _quantiles(found.values[team])
        told = say(lang, "figure.spread", mean=f"{middle:.1f}", low=f"{low:.1f}", high=f"{high:.1f}")
        rows.append(say_row(labels, labels.team(team), told))
        data.append((team, labels.team(team), len(found.values[team]), low, middle, high))
    low, middle, high = _quantiles(found.cut)
    told = say(lang, "figure.spread", mean=f"{middle:.1f}", low=f"{low:.1f}", high=f"{high:.1f}")
    rows.append(say_row(labels, say(lang, "figure.cut"), told))
    data.append(("", say(lang, "figure.cut"), len(found.cut), low, middle, high))
    table = pd.DataFrame(data, columns=["team", "team_name", "runs", "q05", "q50", "q95"])
    subtitle = say(lang, "figure.totals", stage=labels.stage(found.stage))
    return Heading(title, subtitle, tuple(notes), tuple(rows), table)


def _draw(page: _Page, heading: Heading) -> SourcedFigure:
    labels = page.labels
    names = shorten_all([labels.team(team) for team in page.teams], MIDDLE, _NAME_LIMIT)
    left = measure_widest(names, MIDDLE) + 0.15
    pitch = _ROW if len(page.teams) <= _FEW else _LOW_ROW
    tall = pitch * len(page.teams)
    frame = make_frame(labels, heading, WIDTH, tall + _AXIS + _TOP)
    wide = WIDTH - left - 0.1
    axes = frame.add_axes(left, _AXIS, wide, tall)
    axes.set_xlim(*page.ends)
    axes.set_ylim(len(page.teams) - 0.5, -0.5)
    _set_scale(axes, page, wide)
    _draw_cut(axes, page.found.cut, labels)
    highest = 0.0
    hills = []
    for team in page.teams:
        x, y = _make_hill(page.found.values[team], page.ends)
        hills.append((x, y))
        highest = max(highest, float(y.max()))
    for i, (team, (x, y)) in enumerate(zip(page.teams, hills, strict=True)):
        _draw_hill(axes, i, x, y * _HILL / highest, page.found.values[team], labels, team)
        write_row_name(axes, i, names[i], left, -0.1 * 72 * pitch, MIDDLE, INK)
    return frame.figure


def _make_hill(values: Floats, ends: tuple[float, float]) -> tuple[Floats, Floats]:
    """How often values lie where, over the scale; a spike where they are all the same."""
    x = np.linspace(*ends, _POINTS)
    if np.ptp(values) < 1e-9:
        width = (ends[1] - ends[0]) / _POINTS
        return x, np.where(np.abs(x - values[0]) <= width, 0.5 / width, 0.0)
    # A kernel estimate with Scott's width, from bins: SciPy's takes a second to load.
    width = float(np.std(values)) * len(values) ** -0.2
    counts, edges = np.histogram(values, bins=_BINS)
    middles = (edges[1:] + edges[:-1]) / 2
    heights = np.exp(-0.5 * ((x[:, None] - middles) / width) ** 2) @ counts
    return x, heights / (len(values) * width * np.sqrt(2 * np.pi))


def _set_scale(axes: Axes, page: _Page, wide: float) -> None:
    ticks = choose_ticks(Scale(*page.ends, wide, is_logarithmic=False), 7)
    axes.set_xticks(ticks, [f"{v:g}" for v in ticks], color=GREY, fontsize=TINY)
    axes.set_yticks([])
    axes.set_xlabel(say(page.labels.lang, "figure.totals_axis"), color=GREY, fontsize=SMALL)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.spines["bottom"].set_color(PALE)
    axes.tick_params(length=2, color=GREY)


def _draw_cut(axes: Axes, cut: Floats, labels: Labels) -> None:
    """The band in which the cut falls in nine of ten runs, and a line in its middle."""
    low, middle, high = _quantiles(cut)
    axes.axvspan(low, high, color=PALE, alpha=0.6, linewidth=0, zorder=0.5, label="cut band")
    axes.axvline(middle, color=INK, linewidth=1.0, linestyle=(0, (4, 2)), zorder=3.5, label="cut")
    start, end = axes.get_xlim()
    side, shift = ("left", -2) if middle < (start + end) / 2 else ("right", 2)
    told = say(labels.lang, "figure.cut_at", points=f"{middle:.1f}")
    at_top = axes.get_xaxis_transform()
    write_beside(axes, told, (middle, 1), (shift, 4), TINY, xycoords=at_top, ha=side, va="bottom", color=INK)


def _draw_hill(axes: Axes, i: int, x: Floats, y: Floats, values: Floats, labels: Labels, team: str) -> None:
    """A team's hill on the line of its row, its middle, and its 5 to 95 %."""
    mark, base = labels.mark(team), i + 0.38
    axes.fill_between(x, base, base - y, color=mark.colour, alpha=0.35, linewidth=0, zorder=2, label=team)
    axes.plot(x, base - y, color=mark.colour, linewidth=1.1, zorder=2.5)
    low, middle, high = _quantiles(values)
    axes.hlines(base, low, high, color=mark.colour, linewidth=2.2, zorder=3)
    axes.add_line(make_mark([middle], [base], mark, team))
