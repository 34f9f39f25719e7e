"""Reports in a browser: read by everybody, on a telephone and on paper, without asking for anything."""

import base64
import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

import sim
from benchmarks.pages.browser import a_browser, violations
from sim.findings.evidence import Change, FactEffect
from sim.render.html.document import Origin
from sim.render.html.page import render_page
from sim.render.html.run import run_document
from sim.scenario.evidence import fact_names
from sim.stats.percent import whole_numbers
from sim.studies.report import report_folder
from tests.browser.page import NARROW, WIDE, open_page, skip_without_browser
from tests.cli.command import SCENARIOS

KAI = SCENARIOS / "k-ai.yaml"
LANGS = ("en", "ko")


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests."""
    skip_without_browser()
    with a_browser() as found:
        yield found


def report(folder, langs):
    (path,), _ = report_folder(folder, langs)
    return path


@pytest.fixture(scope="module")
def kai(tmp_path_factory):
    """The reports of k-ai: in each language, and in both."""
    folder = tmp_path_factory.mktemp("kai") / "out"
    sim.run(sim.load(KAI), runs=2000, jobs=1, out=folder, tables="en").write_tables(folder, "en")
    return {lang: report(folder, [lang]) for lang in LANGS} | {"both": report(folder, LANGS)}


@pytest.fixture(scope="module")
def each_fact(kai, tmp_path_factory):
    """Reports of k-ai with as much of what each fact moved as they ever say: all move every chance."""
    found = sim.run(sim.load(KAI), runs=2000, jobs=1).findings()
    by = Change(-0.034, -0.04, -0.03)
    effects = [FactEffect(fact, dict.fromkeys(found.chances.teams, by)) for fact in fact_names(sim.load(KAI))]
    told, origin = (
        replace(found, each_fact=effects),
        Origin("sim run k-ai --each-fact", "evalsched 1", 1, 64 * "0", ""),
    )
    made = {}
    for lang in LANGS:
        made[lang] = tmp_path_factory.mktemp("each") / f"report-{lang}.html"
        with whole_numbers():
            made[lang].write_text(render_page([run_document(told, lang, origin)]), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """Reports of other programmes and studies, in both languages."""
    base = tmp_path_factory.mktemp("others")
    minimal, plan = (sim.load(SCENARIOS / f"{name}.yaml") for name in ("minimal", "k-ai-2025-plan"))
    contest, prizes = (sim.load(SCENARIOS / f"programmes/{name}.yaml") for name in ("strictly", "lagc"))
    how: Any = {"jobs": 1, "tables": "en"}
    changed = sim.load(SCENARIOS / "minimal.yaml", {"stages.first.cut.keep": 1})
    made: dict[str, Any] = {
        "plan": sim.run(plan, runs=300, out=base / "plan", **how),
        "contest": sim.run(contest, runs=300, out=base / "contest", **how),
        "prizes": sim.run(prizes, runs=300, out=base / "prizes", **how),
        "comparison": sim.compare([minimal, changed], runs=500, out=base / "comparison", **how),
        "sweep": sim.sweep(
            minimal, "stages.first.grants.pool.B200=500:6000:4", runs=500, out=base / "sweep", **how
        ),
        "sensitivity": sim.sensitivity(minimal, points=64, out=base / "sensitivity", **how),
    }
    for name, found in made.items():
        found.write_tables(base / name, "en")
    return {name: report(base / name, LANGS) for name in made}


OTHERS = ("plan", "contest", "prizes", "comparison", "sweep", "sensitivity")


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("lang", [*LANGS, "both"])
def test_no_rule_of_accessibility_is_broken(browser, kai, lang, width):
    page, _ = open_page(browser, kai[lang], width, bypass_csp=True)  # axe is a script
    assert violations(page) == []
    page.locator("summary:visible").click()
    assert violations(page) == []
    if lang == "both":
        page.locator("label[for=to-ko]").click()
        assert violations(page) == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", OTHERS)
def test_nor_in_the_report_of_any_other_study(browser, others, name, width):
    page, _ = open_page(browser, others[name], width, bypass_csp=True)
    assert violations(page) == []


@pytest.mark.parametrize("lang", [*LANGS, "both"])
def test_it_asks_for_nothing_and_complains_of_nothing(browser, kai, lang):
    page, noted = open_page(browser, kai[lang])
    page.locator("summary:visible").click()
    page.emulate_media(media="print")
    page.wait_for_timeout(100)
    assert [each for each in noted if not each.startswith("data:font/woff")] == []


def sideways(page):
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("lang", [*LANGS, "both"])
def test_on_a_telephone_nothing_is_slid_sideways_and_the_answer_is_whole(browser, kai, lang):
    page, _ = open_page(browser, kai[lang], NARROW)
    page.locator("summary:visible").click()
    assert sideways(page) == 0
    figure = page.locator("figure svg:visible").first
    box = figure.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW
    texts = figure.locator("text")
    ends = texts.evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(r => [r.left, r.right])"
    )
    assert len(ends) > 10
    assert min(left for left, _ in ends) >= box["x"] - 1
    assert max(right for _, right in ends) <= box["x"] + box["width"] + 1
    sizes = texts.evaluate_all("all => all.map(each => parseFloat(getComputedStyle(each).fontSize))")
    assert min(sizes) * box["width"] / 358 >= 11.5  # what one reads at arm's length


@pytest.mark.parametrize("name", OTHERS)
def test_nor_is_any_other_report_slid_on_a_telephone(browser, others, name):
    page, _ = open_page(browser, others[name], NARROW)
    for lang in LANGS:
        page.locator(f"label[for=to-{lang}]").click()
        page.locator("summary:visible").click()
        assert sideways(page) == 0


@pytest.mark.parametrize("lang", LANGS)
def test_texts_of_the_figure_do_not_overlap(browser, kai, lang):
    for width in (WIDE, NARROW):
        page, _ = open_page(browser, kai[lang], width)
        boxes = (
            page.locator("figure svg:visible")
            .first.locator("text")
            .evaluate_all(
                "all => all.map(e => e.getBoundingClientRect()).map(r => [r.left, r.top, r.right, r.bottom])"
            )
        )
        shrunk = [
            (a + 1, b + 4, c - 1, d - 4) for a, b, c, d in boxes
        ]  # a line's box is taller than its letters
        apart = [
            a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            for i, a in enumerate(shrunk)
            for b in shrunk[:i]
        ]
        assert all(apart)


@pytest.mark.parametrize("lang", LANGS)
def test_it_is_no_more_with_what_each_fact_moved(browser, each_fact, lang):
    page, _ = open_page(browser, each_fact[lang], bypass_csp=True)
    assert violations(page) == []
    assert len(PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages) <= 3
    page, _ = open_page(browser, each_fact[lang], NARROW)
    assert sideways(page) == 0
    slid = page.locator("article section .scroll:visible").evaluate_all(
        "all => all.map(e => e.scrollWidth - e.clientWidth)"
    )
    assert max(slid) <= 0  # no column is out of sight


@pytest.mark.parametrize("lang", LANGS)
def test_it_is_three_pages_of_paper_with_the_answer_on_the_first(browser, kai, lang):
    page, _ = open_page(browser, kai[lang])
    pages = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert len(pages) <= 3
    for each in pages:
        assert [round(float(end)) for end in each.mediabox[2:]] == [595, 842]  # A4, in points
    # What is on the first page ends before its printed height: A4 without the margins of 14 mm, at 96 dpi.
    page.emulate_media(media="print")
    page.set_viewport_size({"width": round(180 / 25.4 * 96), "height": 1000})
    bottom = page.locator("section").first.bounding_box()
    assert bottom["y"] + bottom["height"] <= (297 - 28) / 25.4 * 96
    first = re.sub(r"\s+", "", pages[0].extract_text())
    told = {
        "en": ("leaveswithachance", "Whatnobodyknows", "Bestteamthatstays"),
        "ko": ("결정별결과", "사업전체"),
    }
    for part in told[lang] if lang == "en" else ():
        assert part in first


def test_what_it_rests_on_is_open_in_print_and_folded_on_a_screen(browser, kai):
    page, _ = open_page(browser, kai["en"])
    listed = page.locator("details li").first
    assert not listed.is_visible()
    text = "".join(each.extract_text() for each in PdfReader(BytesIO(page.pdf())).pages)
    assert "how far judges follow strength" in text
    assert "guesses: nobody has published them" in text


def test_the_language_is_switched_without_a_script(browser, kai):
    page, _ = open_page(browser, kai["both"], java_script_enabled=False)
    titles = page.locator("h1")
    assert [titles.nth(i).is_visible() for i in range(2)] == [True, False]
    page.locator("label[for=to-ko]").click()
    assert [titles.nth(i).is_visible() for i in range(2)] == [False, True]
    page.keyboard.press("ArrowLeft")
    assert [titles.nth(i).is_visible() for i in range(2)] == [True, False]


TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, style = getComputedStyle(node.parentElement);
    found.push([style.fontWeight, node.data]);
  }
  for (const cell of document.querySelectorAll('[data-head]'))
    found.push([getComputedStyle(cell, '::before').fontWeight || '400', cell.dataset.head]);
  return found;
}"""


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("lang", ["ko", "both"])
def test_every_hangul_letter_has_its_glyph_in_the_weight_that_is_shown(browser, kai, lang, width):
    path = kai[lang]
    rules = re.findall(r"font-weight:(\d+);[^}]*?base64,([^\"]+)", path.read_text("utf-8"))
    known = {w: TTFont(BytesIO(base64.b64decode(data))).getBestCmap().keys() for w, data in rules}
    page, _ = open_page(browser, path, width)
    texts = page.evaluate(TEXTS)
    shown = {(weight, letter) for weight, text in texts for letter in text if "가" <= letter <= "힣"}
    assert len(shown) > 200
    assert {(weight, letter) for weight, letter in shown if ord(letter) not in known[weight]} == set()
    assert page.evaluate("document.fonts.check('16px \"evalsched Hangul\"', '가')")
