"""`sim report`: a folder of results as one HTML file to send."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from sim.cli.errors import BadInputError, plainly
from sim.cli.options import Switch
from sim.folder.files import SavedFiles
from sim.text import Lang, say


def report(
    folder: Path,
    /,
    *,
    contact: Annotated[str, Parameter(show_default=False)] = "",
    live: Switch = False,
    zipped: Annotated[Switch, Parameter(name="--zip")] = False,
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
    live
        Write a page to mail beside it, whose sliders move what lies ahead without any connection.
    zipped
        Also pack what is written into a .zip, for mail systems that drop attachments of .html.
    lang
        Language of the report; both makes one file with a switch.
    """
    from rich.text import Text

    from sim.folder.archive import pack_files
    from sim.render.text.layout import print_text
    from sim.studies.report import report_folder

    langs: tuple[Lang, ...] = ("en", "ko") if lang == "both" else (lang,)
    with plainly(folder):
        files, kept = report_folder(folder, langs, contact)
        for each in langs if live else ():
            more, aside = _write_live(folder, each, contact)
            files, kept = [*files, *more], [*kept, *aside]
        if zipped:
            more, aside = pack_files(files)
            files, kept = [*files, *more], [*kept, *aside]
    told = "en" if lang == "both" else lang
    lines = [say(told, "report.saved", files=" ".join(path.name for path in files), folder=folder)]
    if kept:
        lines.append(say(told, "report.kept", files=" ".join(path.name for path in kept)))
    if not contact:
        lines.append(say(told, "report.no_contact"))
    print_text(Text("\n".join(lines)))


def _write_live(folder: Path, lang: Lang, contact: str) -> SavedFiles:
    from sim.live.saved import write_live_page
    from sim.live.taken import NotTakenError

    try:
        return write_live_page(folder, lang, contact)[0]
    except NotTakenError as refused:
        raise BadInputError(say(lang, "live.refused", name=folder, what=refused)) from None
