"""`sim report`: a folder of results as one HTML file to send."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from sim.cli.errors import plainly
from sim.text import say


def report(
    folder: Path,
    /,
    *,
    contact: Annotated[str, Parameter(show_default=False)] = "",
    lang: Literal["en", "ko", "both"] = "en",
) -> None:
    """Write a report for people who decide, to send or to print: one HTML file. Nothing is played.

    It stands in the folder as report-en.html, report-ko.html or report-both.html, asks for no other file
    and runs no script. Of a run it says who leaves with which chance, what would change it and what it
    rests on; of a sweep, a comparison or a sensitivity analysis likewise. Print it from a browser for a PDF.

    Parameters
    ----------
    folder
        A folder that sim run, sweep, compare or sensitivity --out has written.
    contact
        Whom readers may ask: a name, an office, a telephone number.
    lang
        Language of the report; both makes one file with a switch.
    """
    from rich.text import Text

    from sim.render.text.layout import print_text
    from sim.studies.report import report_folder

    with plainly(folder):
        files, kept = report_folder(folder, ("en", "ko") if lang == "both" else (lang,), contact)
    told = "en" if lang == "both" else lang
    lines = [say(told, "report.saved", files=" ".join(path.name for path in files), folder=folder)]
    if kept:
        lines.append(say(told, "report.kept", files=" ".join(path.name for path in kept)))
    if not contact:
        lines.append(say(told, "report.no_contact"))
    print_text(Text("\n".join(lines)))
