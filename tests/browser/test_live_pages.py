"""Pages to mail, opened from a file in a browser: they move, ask for nothing, and break no rule."""

import json
from statistics import median

import pytest

from sim.explorer.answers import Answers, Asked
from sim.explorer.settings import Playground
from sim.live.document import live_page
from tests.cli.command import SCENARIOS

browsers = pytest.importorskip("tests.browser.page")

KEEP, GPUS = "stages.stage-3.cut.keep", "stages.stage-3.grants.gpus.default.B200"
MOST_LOOPS = 8
"""A step is to take 40 ms on a quiet machine, on which the loop below takes 10; this is twice that."""

LOOP = """() => {
  const began = performance.now();
  let sum = 0;
  for (let i = 1; i < 700000; i++) sum += Math.expm1(1 / i) * Math.log10(i);
  return sum > 0 ? performance.now() - began : NaN;
}"""

MOVE = """i => new Promise(done => {
  const ranges = [...document.querySelectorAll('input[type=range]')], moved = ranges[i % ranges.length];
  moved.value = (i * 37) % 200;
  const began = performance.now();
  moved.dispatchEvent(new Event('input', {bubbles: true}));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""


@pytest.fixture(scope="module")
def browser():
    browsers.skip_without_browser()
    with browsers.a_browser() as found:
        yield found


@pytest.fixture(scope="module")
def k_ai():
    return Answers(Playground(SCENARIOS / "k-ai.yaml"), 1, "ko")


@pytest.fixture(scope="module")
def page_file(k_ai, tmp_path_factory):
    path = tmp_path_factory.mktemp("live") / "k-ai.html"
    path.write_text(live_page(k_ai)[0], encoding="utf-8")
    return path


def opened(browser, path, **how):
    page, noted = browsers.open_page(browser, path, **how)
    page.wait_for_selector("body.live #figure svg")
    return page, noted


def test_what_is_moved_is_what_the_engine_finds(browser, page_file, k_ai):
    page, noted = opened(browser, page_file)
    settings = {KEEP: 1, GPUS: 600}
    address = "&".join(f"{path}={json.dumps(value)}" for path, value in settings.items())
    page.goto(f"{page_file.as_uri()}#{address}")
    page.reload()
    page.wait_for_selector("body.live .control.moved")
    page.wait_for_selector("#table thead th:nth-child(4)")
    there = k_ai.answer(Asked(settings, {}, 10_000))["teams"]
    rows = page.locator("#table tbody tr").all_inner_texts()
    for row, each in zip(rows, there, strict=True):
        assert f"{each['chance']['text']} %" in row
        assert each["change"]["text"].replace("-", "−") in row
    assert [each for each in noted if not each.startswith(page_file.as_uri())] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_no_rule_of_accessibility_is_broken_and_nothing_scrolls_sideways(browser, page_file, width):
    page, _ = opened(browser, page_file, width=width, bypass_csp=True)
    assert browsers.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_script_the_table_stands_there(browser, page_file):
    page, noted = browsers.open_page(browser, page_file, java_script_enabled=False)
    assert page.locator("#still table tbody tr").count() == 3
    assert page.locator("#still").is_visible()
    assert page.locator("noscript").is_visible()
    assert noted == []


def test_on_paper_the_table_of_the_file_stands_alone(browser, page_file):
    page, _ = opened(browser, page_file)
    page.emulate_media(media="print")
    assert page.locator("#still table").is_visible()
    assert not page.locator("main").is_visible()


def test_where_counts_differ_there_is_a_table_and_no_slider(browser, page_file, tmp_path):
    """As in a browser whose arithmetic is another."""
    path = tmp_path / "wrong.html"
    text = page_file.read_text("utf-8")
    start = text.index('"checks":[{"settings":{},"counts":[[[') + len('"checks":[{"settings":{},"counts":[[[')
    path.write_text(text[:start] + "9" + text[start:], encoding="utf-8")
    page, noted = browsers.open_page(browser, path)
    page.wait_for_selector("#status.problem")
    assert "다르므로" in page.locator("#status").inner_text()
    assert page.locator("#still table").is_visible()
    assert page.locator("input:visible").count() == 0
    assert noted == []


def test_a_step_is_fast(browser, page_file):
    page, _ = opened(browser, page_file)
    pairs = [(page.evaluate(LOOP), page.evaluate(MOVE, i)) for i in range(45)]
    loop, step = (median(each) for each in zip(*pairs, strict=True))
    assert step < MOST_LOOPS * loop, (step, loop)
