"""`sim resume`: go on with what was saved and broken off."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from sim.cli.options import Whole


def resume(
    folder: Path,
    /,
    *,
    jobs: Whole | None = None,
    lang: Annotated[Literal["en", "ko"], Parameter(show_default=True)] = "en",
) -> None:
    """Go on with what was broken off, or verify that nothing of it is missing or changed.

    A run, a sweep, a comparison or a sensitivity analysis ends with the same bytes as if it had never been
    broken off.

    Parameters
    ----------
    folder
        A folder that sim run, sweep, compare or sensitivity --out was writing.
    jobs
        Processes to use. [default: more than one only where it pays]
    lang
        Language of the text.
    """
    from sim.api import resume as go_on
    from sim.cli.errors import at_least_one, plainly
    from sim.cli.progress import progress
    from sim.text import say

    at_least_one("--jobs", jobs)
    with plainly(folder), progress(lang) as report:
        result = go_on(folder, jobs=jobs, progress=report)
    print(say(lang, "results.complete" if result is None else "results.resumed", folder=folder))
