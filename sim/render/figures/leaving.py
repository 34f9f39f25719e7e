"""The figure of the chance of leaving, by stage and team."""

import pandas as pd
from matplotlib.figure import Figure

from sim.render.figures.dots import dots
from sim.render.figures.facts import Facts, dash_note, error_note, facts
from sim.render.figures.findings import Whole, finding, over_stages
from sim.render.figures.frame import Heading
from sim.render.figures.grid import grid
from sim.render.figures.labels import Labels
from sim.render.figures.style import MARKS, style
from sim.render.figures.words import words

_DOT_STAGES = 4  # more marks than this in a row cannot be told apart at a glance
_DOT_TEAMS = 12  # more than this and the figure is longer than a page


def leaving(chances: pd.DataFrame, labels: Labels) -> Figure:
    """The chance of leaving at each stage, a row a team, in file order and never ranked.

    `chances` holds a row of chance "leaves" for each team and stage (columns: stage, team, chance, count,
    of, p, low, high; chances in 0..1), all of a team's on the same runs. Rows "given_present" on no runs
    mark a team as not in the field at a stage; rows "not_entered" mark late entrants, which the finding
    under the title does not compare. Few stages and teams are drawn as marks, more as a table of shades.

    Raises ValueError if columns or rows are missing or contradict each other, or a name is missing;
    RuntimeError if Korean is needed and there is no font for it.
    """
    found = facts(chances, "leaves", labels)
    whole = over_stages(found.cells)
    few = len(found.cells.stages) <= min(_DOT_STAGES, len(MARKS)) and len(found.cells.teams) <= _DOT_TEAMS
    with style(labels):
        draw = dots if few else grid
        return draw(found, whole, _heading(found, whole, labels), labels)


def _heading(found: Facts, whole: Whole, labels: Labels) -> Heading:
    said, stages = words(labels.lang), found.cells.stages
    title = said.leaving if len(stages) > 1 else said.leaving_one.format(labels.stage(stages[0]))
    what = finding(whole, found.compared, labels, said.at_risk, said.least_at_risk)
    return Heading(title, what, error_note(found, labels) + dash_note(found, labels))
