"""The figure of the chance of still being in, stage after stage."""

import pandas as pd
from matplotlib.figure import Figure

from sim.render.figures.curves import curves
from sim.render.figures.facts import error_note, facts
from sim.render.figures.findings import at_end, finding
from sim.render.figures.frame import Heading
from sim.render.figures.labels import Labels
from sim.render.figures.lines import lines
from sim.render.figures.panels import panels
from sim.render.figures.style import MARKS, style
from sim.render.figures.words import words


def survival(chances: pd.DataFrame, labels: Labels) -> Figure:
    """Each team's chance of still being in, before the first stage and after each, in file order.

    `chances` holds a row of chance "kept" for each team and stage (columns: stage, team, chance, count, of,
    p, low, high; chances in 0..1). A team starts at 100 % unless rows "not_entered" say that it may come
    later: then its curve begins at the first stage by which it was in, in some run. Pale bands are the
    intervals. Up to eight teams share one picture; more get a panel each.

    Raises ValueError if columns or rows are missing or contradict each other, or a name is missing;
    RuntimeError if Korean is needed and there is no font for it.
    """
    found = facts(chances, "kept", labels)
    said = words(labels.lang)
    what = finding(at_end(found.cells), found.compared, labels, said.likely_in, said.least_likely_in)
    heading = Heading(said.survival, what, error_note(found, labels))
    made = curves(chances, found)
    with style(labels):
        draw = lines if len(made) <= len(MARKS) else panels
        return draw(made, found, heading, labels)
