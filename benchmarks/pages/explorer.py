"""The page of `sim explore` in a browser: first picture, slider to picture, many pages at once, memory.

Times are of the clock, on a machine that does nothing else.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.pages.browser import violations
from benchmarks.pages.measure import Measure, of_many

STEPS = 45
PAGES, SECONDS = 20, 10

# From the input of a slider to the frame after the picture of its answer has been drawn.
STEP = """async ([index, runs, share]) => {
    const sliders = [...document.querySelectorAll("input[type=range]")];
    const slider = sliders[index % sliders.length];
    const drawn = new Promise((done) => {
        const watch = new MutationObserver(() => {
            watch.disconnect();
            requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
        });
        watch.observe(document.getElementById("figure"), { childList: true });
    });
    const started = performance.now();
    slider.value = Math.round(share * 200);
    slider.dispatchEvent(new Event(runs === 2000 ? "input" : "change"));
    return (await drawn) - started;
}"""


@contextmanager
def served(*arguments: str) -> Iterator[tuple[str, int]]:
    """Start `sim explore`; give its address and process."""
    command = [sys.executable, "-m", "sim", "explore", *arguments, "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        found = re.search(r"http://\S+", running.stdout.readline())
        assert found is not None
        try:
            yield found[0], running.pid
        finally:
            running.kill()


def memory(pid: int) -> float:
    """The most memory that a process has had, in MB; Linux alone tells."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else float("nan")


def open_page(browser: Any, address: str) -> Any:
    """Open the page and wait for its picture."""
    page = browser.new_page(bypass_csp=True)
    page.goto(address)
    page.locator("#figure svg").wait_for()
    return page


def time_steps(page: Any, runs: int) -> list[float]:
    """Milliseconds of each of many steps, over all sliders in turn."""
    page.wait_for_timeout(1500)
    found = []
    for step in range(STEPS):
        share = (step * 0.37) % 1
        found.append(page.evaluate(STEP, [step, runs, share]))
        page.wait_for_timeout(50)
    return found


def time_many(browser: Any, address: str) -> list[float]:
    """Milliseconds of the steps of many pages, each of which moves a slider every second."""
    pages = [open_page(browser, address) for _ in range(PAGES)]
    start = """async ([step, seconds, seed]) => {
        const one = eval(step), found = [];
        for (let i = 0; i < seconds; i++) {
            found.push(await one([seed + i, 10000, ((seed + i) * 0.37) % 1]));
            await new Promise((done) => setTimeout(done, 1000));
        }
        window.found = found;
    }"""
    for seed, page in enumerate(pages):
        page.evaluate(f"([a, b, c]) => {{ ({start})([a, b, c]); }}", [STEP, SECONDS, seed])
    for page in pages:
        page.wait_for_function("window.found", timeout=300_000)
    return [each for page in pages for each in page.evaluate("window.found")]


def explorer_measures(browser: Any) -> Iterator[Measure]:
    """Give a measure after the other."""
    with served("k-ai") as (address, pid):
        open_page(browser, address).close()  # the first is the browser's own
        before = time.perf_counter()
        page = open_page(browser, address)
        taken = 1000 * (time.perf_counter() - before)
        yield Measure("page of k-ai: first picture", taken, 1000, "ms", varies=True)
        yield Measure("page of k-ai: faults that axe finds", len(violations(page)), 0)
        for runs, bar in ((2000, 70), (10_000, 150)):
            yield of_many(f"page of k-ai: a step at {runs:,} runs", time_steps(page, runs), bar)
        page.close()
        yield of_many(f"page of k-ai: a step of {PAGES} pages at once", time_many(browser, address), 1000)
        yield Measure("page of k-ai: memory of the server", memory(pid), 500, "MB", varies=True)
    with served("k-ai-2025-plan") as (address, _):
        page = open_page(browser, address)
        yield of_many("page of k-ai-2025-plan: a step at 10,000 runs", time_steps(page, 10_000), 250)
