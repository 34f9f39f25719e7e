"""`sim plot`: draw the figures of saved results."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import Literal

from sim.cli.errors import plainly
from sim.text import say


def plot(
    folder: Path,
    /,
    *,
    x: str | None = None,
    lang: Literal["en", "ko", "both"] = "both",
) -> None:
    """Draw the figures of a folder of results, as PNG and SVG.

    Of a run: chance of leaving, survival curves, and what facts about points moved. Of a sweep:
    chances against what varies. Of a comparison: how each scenario differs. Of a sensitivity
    analysis: what matters most.

    Parameters
    ----------
    folder
        A folder that sim run, sweep, compare or sensitivity --out has written.
    x
        For a sweep: the axis, such as cost_eok or gpu_hours. [default: what varies]
    lang
        Language of the figures.
    """
    from sim.render.text.layout import WIDTH
    from sim.studies.save import plot_folder

    with plainly(folder):
        files = plot_folder(folder, ("en", "ko") if lang == "both" else (lang,), x)
    names = " ".join(path.name for path in files)
    said = say("en" if lang == "both" else lang, "results.figures", files=names, folder=folder)
    print(fill(said, WIDTH, break_long_words=False, break_on_hyphens=False))
