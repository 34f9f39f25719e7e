"""`sim results merge`: join ranges that were computed apart."""

from __future__ import annotations

from pathlib import Path

from sim.cli.errors import plainly
from sim.text import Lang, say


def merge(folder: Path, /, *more: Path, out: Path, lang: Lang = "en") -> None:
    """Join ranges of one run that were computed apart (sim run --replications A:B) in a new folder.

    Parameters
    ----------
    folder
        A folder that sim run --out has written.
    more
        Further ones, of the same scenario, seed, engine and versions.
    out
        The new folder.
    lang
        Language of text and figures.
    """
    from rich.text import Text

    from sim.execute.runner import Runner
    from sim.render.text.layout import print_text
    from sim.studies.merge import merge_folders

    with plainly(out):
        found, gaps = merge_folders([folder, *more], out, Runner(), lang)
    runs = sum(stop - start for start, stop in found.manifest.ranges or ())
    print_text(Text(say(lang, "results.merged", n=1 + len(more), runs=f"{runs:,}", folder=out)))
    if gaps:
        ranges = ", ".join(f"{first}:{last}" for first, last in gaps)
        print_text(Text(say(lang, "results.gaps", ranges=ranges)))
