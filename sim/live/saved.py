"""The page to mail of a folder of results: the sliders of what was run."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from sim.explorer.answers import Answers
from sim.explorer.settings import Playground
from sim.folder.errors import ResultsError
from sim.folder.files import SavedFiles, put_aside, write_atomically
from sim.live.document import LiveParts, Still, live_page
from sim.render.html.fonts import embed_fonts
from sim.render.html.page import render_body, report_style
from sim.stats.percent import whole_numbers
from sim.studies.inspect import open_study
from sim.studies.report import report_documents
from sim.studies.request import RunRequest
from sim.text import Lang


def write_live_page(out: Path, lang: Lang, contact: str = "") -> tuple[SavedFiles, LiveParts]:
    """Write `live-LANG.html` into the folder of a run; another file of that name is renamed.

    Without a script, and on paper, it is the folder's report.

    Raises `ResultsError` for a folder that holds no run, `NotTakenError` for a scenario that no page takes.
    """
    manifest, _ = open_study(out)
    request = manifest.request
    if not isinstance(request, RunRequest) or request.own_rules or request.own_processes:
        raise ResultsError(f"{out}: a page with sliders is made of `sim run` by the file alone")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "saved.yaml")
        path.write_text(json.dumps(request.scenario.resolved(), ensure_ascii=False), encoding="utf-8")
        answers = Answers(Playground(path), request.seed, lang)
        with whole_numbers():
            still = Still(render_body(report_documents(out, [lang], contact)), report_style())
        text, parts = live_page(answers, fonts=embed_letters, still=still)
    target = out / f"live-{lang}.html"
    kept = put_aside(target, text.encode("utf-8"))
    write_atomically(target, text)
    return SavedFiles([target], [kept] if kept else []), parts


def embed_letters(page: str) -> str:
    """Return style rules with the letters that a reader's machine may lack."""
    return str(embed_fonts(page))
