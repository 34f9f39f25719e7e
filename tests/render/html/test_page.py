"""Reports as HTML: well formed, closed to the world, and the same words and numbers as the text."""

import re
from collections import Counter
from pathlib import Path

import html5lib
import pytest

import sim
from benchmarks.scenarios import programme
from sim.render.html.document import Origin
from sim.render.html.page import render_page
from sim.render.html.run import run_document
from sim.render.text.layout import Names
from sim.render.text.run import lead
from sim.scenario.language.load import from_data
from sim.stats.percent import whole_numbers
from sim.text import LANGS
from tests.cli.command import SCENARIOS

HTML = Path(sim.__file__).parent / "render/html"
ORIGIN = Origin("sim run k-ai", "evalsched 1", 1, 64 * "0", "")
XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"

NAMED = ("k-ai-2025-plan", "late-gpus")
WITHOUT_GPUS = ("strictly", "geniac", "indiaai", "cots", "lagc")


def findings(scenario, runs=300):
    return sim.run(scenario, runs=runs, jobs=1).findings()


def page_of(found, langs=LANGS, origin=ORIGIN):
    with whole_numbers():
        return render_page([run_document(found, lang, origin) for lang in langs])


@pytest.fixture(scope="module")
def kai():
    return findings(sim.load(SCENARIOS / "k-ai.yaml"), 2000)


@pytest.fixture(scope="module", params=[*NAMED, *(f"programmes/{name}" for name in WITHOUT_GPUS)])
def found(request):
    return findings(sim.load(SCENARIOS / f"{request.param}.yaml"))


def parse(page):
    """The tree of a page; any fault that a browser would mend is an error."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=True).parse(page)


def text_of(node):
    return " ".join("".join(node.itertext()).split())


def test_a_page_has_no_error(found):
    tree = parse(page_of(found))
    ids = Counter(node.get("id") for node in tree.iter() if node.get("id"))
    assert [name for name, n in ids.items() if n > 1] == []
    labels = {name for node in tree.iter() for name in (node.get("aria-labelledby") or "").split()}
    assert labels - ids.keys() == set()
    headings = [node for level in range(1, 4) for node in tree.iter(f"{XHTML}h{level}")]
    assert headings
    assert [node for node in headings if not text_of(node)] == []


def test_every_cell_of_a_table_has_its_heads(found):
    for table in parse(page_of(found)).iter(f"{XHTML}table"):
        columns = len(table.find(f"{XHTML}thead/{XHTML}tr"))
        assert all(th.get("scope") for th in table.iter(f"{XHTML}th"))
        for row in table.findall(f"{XHTML}tbody/{XHTML}tr"):
            assert sum(int(cell.get("colspan", 1)) for cell in row) == columns


def test_nothing_is_asked_of_the_world(found):
    page = page_of(found)
    assert "default-src 'none'" in page
    attributes = {(name, value) for node in parse(page).iter() for name, value in node.attrib.items()}
    links = {value for name, value in attributes if name in ("src", "href", "action", "srcset")}
    assert links == set()
    assert not re.search(r"<(script|link|iframe|object|embed|form)\b", page)
    assert re.findall(r"url\((?!\"data:font/woff;base64,)", page) == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_sentence_is_that_of_the_text(found, lang):
    names = Names.of(found.played.scenario, lang)
    (title,) = parse(page_of(found, [lang])).iter(f"{XHTML}h1")
    with whole_numbers():
        assert text_of(title) == " ".join(lead(names, found.headline, found.evidence).split())


def test_the_figure_has_the_numbers_of_the_table(kai):
    tree = parse(page_of(kai, ["en"]))
    for look in ("wide", "narrow"):
        svg = next(node for node in tree.iter(f"{SVG}svg") if node.get("class") == look)
        drawn = [text_of(node) for node in svg.iter(f"{SVG}text")]
        for one in kai.chances.shown:
            for team in kai.chances.teams:
                assert str(one.teams["", team, "leaves_at_all"].estimate) in drawn
    table = next(tree.iter(f"{XHTML}table"))
    heads = [text_of(node) for node in table.iter(f"{XHTML}th") if node.get("scope") == "col"]
    assert heads == ["Team", "keep 2assumed above", "keep 1", "keep 3"]
    rows = {
        text_of(row[0]): [cell.text for cell in row[1:]] for row in table.iter(f"{XHTML}tr") if len(row) > 2
    }
    names = kai.played.scenario.teams
    order = [kai.chances.default, *(one for one in kai.chances.shown if one is not kai.chances.default)]
    for team in kai.chances.teams:
        told = [str(one.teams["", team, "leaves_at_all"].estimate) for one in order]
        assert rows[names[team].name.en] == told


def test_ends_of_a_team_add_up_or_are_not_drawn_as_parts():
    found = findings(sim.load(SCENARIOS / "programmes/geniac.yaml"))
    page = page_of(found, ["en"])  # whose teams may return
    assert "Chance to stay to the end" in page
    assert "Where each team ends" not in page
    plan = page_of(findings(sim.load(SCENARIOS / "k-ai-2025-plan.yaml")), ["en"])
    assert "Where each team ends" in plan


def test_a_minister_gets_no_decimals_and_no_jargon_before_what_it_rests_on(kai):
    page = page_of(kai, ["en"])
    start, end = page.index("<h1>"), page.index("<details>")
    told = re.sub(r"<svg.*?</svg>|<style.*?</style>|<[^>]+>", " ", page[start:end], flags=re.DOTALL)
    assert "ECI" not in told
    for word in ("paired", "Sobol", "R-hat", "particle", "seed", "stages.", "interval", "doubt"):
        assert word not in told
    decimals = [each for each in re.findall(r"\d+\.\d+", told) if not re.match(r"[02]\.[4-9]", each)]
    assert decimals == []  # but for values that were tried, such as -0.4


HOSTILE = (
    "<script>alert(1)</script>",
    "</title>",
    "]]>",
    "\" onload='x'",
    "&lt;b&gt; {{ 7 * 7 }}",
    "*/ } body {",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_name_is_text(hostile):
    changes = {
        "name": hostile,
        "teams.red.name": hostile,
        "stages.first.name": hostile,
        "source": f"{hostile} ]]>",
        "confidence": "M",
    }
    found = findings(sim.load(SCENARIOS / "minimal.yaml", changes), 100)
    page = page_of(found, LANGS, Origin(hostile, hostile, 1, hostile, hostile))
    tree = parse(page)
    assert not list(tree.iter(f"{XHTML}script"))
    assert {node.get("onload") for node in tree.iter()} == {None}
    shown = text_of(tree)
    assert shown.count(" ".join(hostile.split())) >= 10
    told = {text_of(node) for node in tree.iter(f"{SVG}text")}
    assert any((each and each in hostile) or each == " ".join(hostile.split()) for each in told)
    (style,) = tree.iter(f"{XHTML}style")
    assert hostile not in (style.text or "")


def test_only_drawings_are_marked_as_safe():
    templates = sorted((HTML / "templates").glob("*.j2"))
    assert len(templates) == 2
    for path in templates:
        text = path.read_text("utf-8")
        assert "safe" not in text.split("{%", 1)[-1].replace("unsafe-inline", "")
        assert "autoescape" not in text
    for path in HTML.glob("*.py"):
        for call in re.findall(r"Markup\((?!\))(.*)", path.read_text("utf-8")):
            # Of a literal, or of what was rendered with escaping, or of a file of the package.
            assert re.match(r"['\"]|render_body\(|report_style\(|notice\)|rule\)", call), (path.name, call)


def test_the_same_findings_give_the_same_bytes(kai):
    assert page_of(kai) == page_of(kai)


@pytest.mark.parametrize(("langs", "most"), [(["en"], 100_000), (["ko"], 200_000), (LANGS, 250_000)])
def test_a_report_is_small(kai, langs, most):
    assert len(page_of(kai, langs).encode()) <= most


def test_many_teams_stages_and_decisions_are_told_in_two_megabytes():
    data = programme(32, 32).resolved()
    data["stages"]["s31"]["cut"] = {"keep": {"choice": [4, 1, 2, 8]}}
    data["doubts"] = {"judging.lasting": [0, 1], "judging.follows_strength": [-0.4, 0.9]}
    found = findings(from_data(data), 50)
    page = page_of(found)
    parse(page)
    assert len(page.encode()) <= 2_000_000
