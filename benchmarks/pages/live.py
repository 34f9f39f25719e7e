"""A live page from its file: its size, its first picture, and its steps, on a slow processor too.

A step is from the input of a slider to the task after the frame that shows what came of it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.pages.browser import violations
from benchmarks.pages.measure import Measure, of_many

STEPS = 45
SLOW = 4
"""How many times slower the processor of a cheap telephone is taken to be."""

MOVE = """i => new Promise(done => {
  const ranges = [...document.querySelectorAll('input[type=range]')], moved = ranges[i % ranges.length];
  moved.value = (i * 37) % 200;
  const began = performance.now();
  moved.dispatchEvent(new Event('input', {bubbles: true}));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""


def live_measures(browser: Any, scratch: Path) -> Iterator[Measure]:
    """Give a measure after the other, of each language."""
    for lang in ("en", "ko"):
        path = scratch / f"live-{lang}.html"
        export = ["explore", "k-ai", "--export", str(path), "--lang", lang]
        subprocess.run([sys.executable, "-m", "sim", *export], check=True, stdout=subprocess.DEVNULL)
        yield Measure(f"live page of k-ai, {lang}", path.stat().st_size / 1e6, 3, "MB")
        yield from _opened(browser, path, f"live page of k-ai, {lang}")


def _opened(browser: Any, path: Path, what: str) -> Iterator[Measure]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    began = time.perf_counter()
    page.goto(path.as_uri())
    page.wait_for_selector("body.live #figure svg")
    yield Measure(f"{what}: first picture", 1000 * (time.perf_counter() - began), 1000, "ms", varies=True)
    yield of_many(f"{what}: a step at 10,000 runs", [page.evaluate(MOVE, i) for i in range(STEPS)], 40)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
    slowly = [page.evaluate(MOVE, i) for i in range(STEPS)]
    yield of_many(f"{what}: the same, processor {SLOW} times slower", slowly, 150)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 1})
    yield Measure(f"{what}: faults that axe finds", len(violations(page)), 0)
    fetched = [each for each in asked if each != path.as_uri() and not each.startswith("data:")]
    yield Measure(f"{what}: requests", len(fetched), 0)
    context.close()
