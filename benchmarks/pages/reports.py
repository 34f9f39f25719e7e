"""Reports: how long one takes to write from a folder, how large it is, and what a browser finds of it.

Processor seconds of the whole command, from its start to its end.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import html5lib
from pypdf import PdfReader

import sim
from benchmarks.pages.browser import violations
from benchmarks.pages.measure import Measure
from benchmarks.scenarios import programme
from sim.scenario.language.load import from_data

REPEATS = 3
WIDTHS = (1280, 390)
KILOBYTES = {"en": 100, "ko": 200}

_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As whoever has installed it: compiled once. The first of the tries compiles."""


def large() -> sim.Scenario:
    """The largest programme that is promised, with decisions and doubts."""
    data = programme(32, 32).resolved()
    data["stages"]["s31"]["cut"] = {"keep": {"choice": [4, 1, 2, 8]}}
    data["doubts"] = {"judging.lasting": [0, 1], "judging.follows_strength": [-0.4, 0.9]}
    return from_data(data)


def saved(scenario: sim.Scenario, folder: Path, runs: int = 500) -> Path:
    """Play a scenario into a folder with all that a report needs."""
    found = sim.run(scenario, runs=runs, out=folder, tables="en")
    found.write_tables(folder, "en")
    return folder


def report_measures(browser: Any, scratch: Path) -> Iterator[Measure]:
    """Give a measure after the other."""
    k_ai = saved(sim.load("scenarios/k-ai.yaml"), scratch / "k-ai")
    for lang, most in KILOBYTES.items():
        path = _write(k_ai, lang)
        yield Measure(f"report of k-ai, {lang}", path.stat().st_size / 1000, most, "kB")
        yield from _seen(browser, path, f"report of k-ai, {lang}")
    folder = saved(large(), scratch / "large")
    seconds = min(_seconds(folder) for _ in range(REPEATS))
    yield Measure("report of 32 teams x 32 stages: processor time", seconds, 2, "s", varies=True)
    yield Measure("report of 32 teams x 32 stages", _write(folder, "en").stat().st_size / 1000, 2000, "kB")


def _write(folder: Path, lang: str) -> Path:
    command = [sys.executable, "-m", "sim", "report", str(folder), "--lang", lang]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_ENVIRONMENT)
    return folder / f"report-{lang}.html"


def _seconds(folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _write(folder, "en")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _seen(browser: Any, path: Path, what: str) -> Iterator[Measure]:
    """What a validator, a printer and a browser of two widths find of a page."""
    parser = html5lib.HTMLParser()
    parser.parse(path.read_text("utf-8"))
    yield Measure(f"{what}: faults of its HTML", len(parser.errors), 0)
    faults, sideways = 0, 0
    asked: list[str] = []
    for width in WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 844}, bypass_csp=True)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        faults += len(violations(page))
        sideways += page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        sheets = len(PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages)
        context.close()
    fetched = [each for each in asked if each != path.as_uri() and not each.startswith("data:")]
    yield Measure(f"{what}: faults that axe finds, two widths", faults, 0)
    yield Measure(f"{what}: slid sideways at 390 px", sideways, 0, "px")
    yield Measure(f"{what}: requests", len(fetched), 0)
    yield Measure(f"{what}: sheets of A4", sheets, 3)
