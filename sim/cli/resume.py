"""`sim resume`: go on with what was saved and broken off."""

from __future__ import annotations

from pathlib import Path

from sim.cli.errors import at_least_one, plainly
from sim.cli.options import Jobs, TextLang
from sim.cli.progress import progress
from sim.text import say


def resume(
    folder: Path,
    /,
    *,
    jobs: Jobs = None,
    lang: TextLang = "en",
) -> None:
    """Go on with what was broken off, or verify that nothing of it is missing or changed.

    A run, a sweep, a comparison or a sensitivity analysis ends with the same bytes as if it had never been
    broken off.

    Parameters
    ----------
    folder
        A folder that sim run, sweep, compare or sensitivity --out was writing.
    """
    from sim.api import resume as go_on

    at_least_one("--jobs", jobs)
    with plainly(folder), progress(lang) as report:
        result = go_on(folder, jobs=jobs, progress=report)
    print(say(lang, "results.complete" if result is None else "results.resumed", folder=folder))
