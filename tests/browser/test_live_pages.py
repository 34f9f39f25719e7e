"""Pages to mail, opened from a file in a browser: they move, ask for nothing, and break no rule."""

import json
from io import BytesIO

import pytest
from pypdf import PdfReader

from benchmarks.pages.browser import a_browser, violations
from sim.explorer.answers import Answers, Asked
from sim.explorer.settings import Playground
from sim.live.document import live_page
from tests.browser.page import open_page, skip_without_browser
from tests.cli.command import SCENARIOS, command

KEEP, GPUS = "stages.stage-3.cut.keep", "stages.stage-3.grants.gpus.default.B200"


@pytest.fixture(scope="module")
def browser():
    skip_without_browser()
    with a_browser() as found:
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
    page, noted = open_page(browser, path, **how)
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
        assert f"{each['chance']['text']}%" in row
        assert each["change"]["text"].replace("-", "−") in row
    assert [each for each in noted if not each.startswith(page_file.as_uri())] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_no_rule_of_accessibility_is_broken_and_nothing_scrolls_sideways(browser, page_file, width):
    page, _ = opened(browser, page_file, width=width, bypass_csp=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_script_the_table_stands_there(browser, page_file):
    page, noted = open_page(browser, page_file, java_script_enabled=False)
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
    page, noted = open_page(browser, path)
    page.wait_for_selector("#status.problem")
    assert "다르므로" in page.locator("#status").inner_text()
    assert page.locator("#still table").is_visible()
    assert page.locator("input:visible").count() == 0
    assert noted == []


@pytest.fixture(scope="module")
def of_folder(tmp_path_factory):
    """The page and the report of a folder, in English."""
    out = tmp_path_factory.mktemp("folder") / "out"
    assert command("run", SCENARIOS / "k-ai.yaml", "--runs", 500, "--jobs", 1, "--out", out).code == 0
    assert command("report", out, "--live", "--contact", "Kim, 02-1234").code == 0
    return out / "live-en.html", out / "report-en.html"


def texts_of(page, within):
    return page.locator(f"{within} article").inner_text()


def test_of_a_folder_it_is_the_report_without_a_script(browser, of_folder):
    live, report = of_folder
    page, noted = open_page(browser, live, java_script_enabled=False)
    other, _ = open_page(browser, report, java_script_enabled=False)
    assert texts_of(page, "#still") == texts_of(other, "main")
    assert "Kim, 02-1234" in texts_of(page, "#still")
    assert page.locator("#view").is_hidden()
    assert noted == []


def test_and_on_paper_with_as_many_sheets(browser, of_folder):
    live, report = of_folder
    page, _ = opened(browser, live)
    other, _ = open_page(browser, report)
    sheets, those = (PdfReader(BytesIO(each.pdf(prefer_css_page_size=True))).pages for each in (page, other))
    assert len(sheets) == len(those)
    assert sheets[0].extract_text() == those[0].extract_text()


@pytest.mark.parametrize("width", [1280, 390])
def test_on_a_screen_with_a_script_it_is_the_sliders_alone(browser, of_folder, width):
    page, noted = opened(browser, of_folder[0], width=width)
    assert page.locator("#still").is_hidden()
    assert page.locator("input[type=range]:visible").count() > 5
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert noted == []
    page, _ = opened(browser, of_folder[0], width=width, bypass_csp=True)
    assert violations(page) == []
