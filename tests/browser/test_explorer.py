"""The page of `sim explore` in a browser: what it shows, says and keeps, by mouse, keyboard and address."""

import json
import re
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

import sim
from benchmarks.pages.browser import a_browser, violations
from sim.cli.explore import listen
from sim.explorer.server import Explorer, web_app
from tests.browser.page import NARROW, WIDE, skip_without_browser
from tests.cli.command import SCENARIOS, command

KEEP, GPUS = "stages.second.cut.keep", "stages.second.grants.pool.B200"


class Served:
    """An explorer that answers on this machine until it is closed."""

    def __init__(self, file, lang="en"):
        self.explorer, self.socket = Explorer(file, 1, lang), listen(0)
        self.server = uvicorn.Server(
            uvicorn.Config(web_app(self.explorer), log_level="error", lifespan="off")
        )
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        self.thread.start()
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}/?token={self.explorer.token}"

    def close(self):
        self.server.should_exit = True
        self.thread.join()


@pytest.fixture(scope="module")
def browser():
    skip_without_browser()
    with a_browser() as found:
        yield found


@pytest.fixture(scope="module")
def minimal():
    served = Served(SCENARIOS / "minimal.yaml")
    yield served
    served.close()


@pytest.fixture(scope="module")
def k_ai():
    served = Served(SCENARIOS / "k-ai.yaml")
    yield served
    served.close()


@pytest.fixture
def opened(browser, minimal):
    """Open the page; what it complains of is noted."""
    contexts = []

    def open_it(address=minimal.address, width=WIDE, **how):
        context = browser.new_context(viewport={"width": width, "height": 844}, **how)
        contexts.append(context)
        page, noted = context.new_page(), []
        page.on("console", lambda message: noted.append(message.text))
        page.on("pageerror", lambda error: noted.append(str(error)))
        page.goto(address)
        page.locator("#figure svg").wait_for()
        settle(page)
        return SimpleNamespace(page=page, noted=noted)

    yield open_it
    for context in contexts:
        context.close()


def settle(page):
    """Wait until 10,000 runs are drawn."""
    page.locator("#legend", has_text="10,000").wait_for()


def shown(page):
    """Chances by team, as the table says them."""
    rows = page.locator("#table tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("td").first.inner_text() for row in rows}


def range_of(page, name):
    return page.get_by_role("slider", name=re.compile(name)).first


def test_it_shows_chances_and_complains_of_nothing(opened):
    """With the policy that it is sent with: nothing is asked for that is not its own, and no icon either."""
    found = opened()
    assert found.noted == []
    assert found.page.locator("h1").inner_text()
    assert list(shown(found.page)) == ["Red", "Blue", "Green"]
    assert found.page.locator("#figure svg[role=img]").get_attribute("aria-label")


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_nothing_keeps_anybody_out(opened, minimal, monkeypatch, width, lang):
    monkeypatch.setattr(minimal.explorer, "lang", lang)
    found = opened(width=width, bypass_csp=True)
    page = found.page
    assert found.noted == []  # a letter that no font has would be asked for in vain
    page.locator("#fixed summary").click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_shown_is_what_sim_run_says_of_the_downloaded_file(opened, tmp_path):
    page = opened().page
    slider = range_of(page, "B200 in the pool, second")
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.get_by_label("Teams that stay, first").last.fill("3")
    page.keyboard.press("Enter")
    settle(page)
    page.wait_for_timeout(400)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download").click()
    path = tmp_path / "moved.yaml"
    downloading.value.save_as(path)
    (tmp_path / "minimal.yaml").write_text((SCENARIOS / "minimal.yaml").read_text("utf-8"), encoding="utf-8")
    told = json.loads(command("run", path, "--json").out)
    assert page.locator("#about code").inner_text() == told["scenario"]["hash"][:16]
    answer = page.evaluate("answer")
    assert answer["runs"] == 10_000
    for team in answer["teams"]:
        there = told["teams"][team["id"]]["leaves_at_all"]
        assert [team["chance"][key] for key in ("p", "low", "high")] == [
            there[key] for key in ("p", "low", "high")
        ]


def test_a_slider_speaks_with_its_unit_and_moves_by_keys(opened):
    page = opened().page
    slider = range_of(page, "B200 in the pool, first")
    before = slider.get_attribute("aria-valuetext")
    assert before == "1,536 GPUs"
    slider.focus()
    page.keyboard.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") != before
    settle(page)
    page.wait_for_timeout(300)
    assert page.locator("#live").inner_text() == page.locator("h1").inner_text()


def test_the_address_keeps_what_is_moved_and_back_undoes_it(opened, minimal):
    page = opened().page
    start = shown(page)
    keep = page.get_by_label("Teams that stay, second").last
    keep.fill("3")
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    moved = shown(page)
    assert moved != start
    assert "cut.keep=3" in page.url
    again = opened(page.url).page
    again.wait_for_timeout(600)
    assert shown(again) == moved
    page.go_back()
    page.wait_for_timeout(600)
    assert shown(page) == start


@pytest.mark.parametrize(
    "wrong", ["no.such.path=1", f"{KEEP}=99", f"{KEEP}=%22x%22", f"{GPUS}", "%3Cimg%20src%3Dx%3E=1"]
)
def test_what_an_address_cannot_mean_is_said(opened, minimal, wrong):
    found = opened(f"{minimal.address}#{wrong}")
    said = found.page.locator("#status").inner_text()
    assert "cannot be moved so here" in said
    assert found.noted == []


def test_a_number_out_of_range_is_said_and_put_back(opened):
    page = opened().page
    before = shown(page)
    keep = page.get_by_label("Teams that stay, second").last
    keep.fill("77")
    page.keyboard.press("Enter")
    assert "77, expected 0 to 3" in page.locator("#status").inner_text()
    assert keep.input_value() == "1"
    assert shown(page) == before


def test_a_baseline_is_compared_with(opened):
    page = opened().page
    heads = page.locator("#table thead th")
    assert heads.count() == 3  # nothing is compared yet
    keep = page.get_by_label("Teams that stay, second").last
    keep.fill("2")
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    assert page.locator("#figure path.mark").count() == 6  # each team's, and hollow its baseline's
    assert heads.count() == 4
    page.get_by_role("button", name="Compare with this").click()
    page.wait_for_timeout(600)
    assert page.locator("#figure path.mark").count() == 3
    assert all(row.inner_text().endswith("0") for row in page.locator("#table tbody tr").all())


def test_what_one_team_is_lent_follows_what_all_are_until_it_is_moved(opened, k_ai):
    page = opened(k_ai.address).page
    of_all, of_one = range_of(page, "B200 lent to each team"), range_of(page, "B200 lent to LG")
    assert of_one.get_attribute("aria-valuetext") == "as all"
    of_all.focus()
    page.keyboard.press("End")
    assert of_one.input_value() == of_all.input_value() == "200"
    of_one.focus()
    page.keyboard.press("Home")
    of_all.focus()
    page.keyboard.press("ArrowLeft")
    assert (of_one.input_value(), of_one.get_attribute("aria-valuetext")) == ("0", "500 GPUs")
    settle(page)


def switch(page):
    return page.get_by_label("Use the 18 published facts about points")


def test_facts_are_left_out_by_a_control_like_any_other(opened, k_ai, tmp_path):
    """What it shows then is what the command says that it tells, and Back brings the facts back."""
    page = opened(k_ai.address).page
    given = shown(page)
    switch(page).select_option("no")
    page.wait_for_timeout(800)
    bare = shown(page)
    assert bare != given
    assert page.url.endswith("#facts=false")
    assert "not used" in page.locator("#legend").inner_text()
    assert "another past" in page.locator("#table caption").inner_text()
    assert page.locator("#figure path.mark").count() == 6  # hollow: with facts
    changes = [row.locator("td").last.inner_text() for row in page.locator("#table tbody tr").all()]
    assert all(re.match(r"[+−]\d+ \(", each) for each in changes)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download").click()
    path = tmp_path / "moved.yaml"
    downloading.value.save_as(path)
    assert "sim run moved.yaml --without-facts" in path.read_text("utf-8").splitlines()[0]
    told = json.loads(command("run", path, "--without-facts", "--json").out)
    assert page.locator("#about code").inner_text() == told["scenario"]["hash"][:16]
    assert "sim run moved.yaml --without-facts" in page.locator("#about").inner_text()
    for team in page.evaluate("answer.teams"):
        there = told["teams"][team["id"]]["leaves_at_all"]
        assert [team["chance"][key] for key in ("p", "low", "high")] == [
            there[key] for key in ("p", "low", "high")
        ]
    page.go_back()
    page.wait_for_timeout(800)
    assert shown(page) == given
    assert switch(page).input_value() == "0"


def test_an_address_can_leave_out_the_facts(opened, k_ai):
    page = opened(f"{k_ai.address}#facts=false").page
    page.wait_for_timeout(600)
    assert switch(page).input_value() == "1"
    assert "not used" in page.locator("#legend").inner_text()


def test_a_scenario_without_facts_has_no_such_control(opened, minimal):
    page = opened().page
    assert page.get_by_text("published facts").count() == 0
    assert not page.locator("#facts").is_visible()
    assert (
        "cannot be moved so here"
        in opened(f"{minimal.address}#facts=false").page.locator("#status").inner_text()
    )


EACH: dict[str, Any] = {
    "done": 2,
    "of": 2,
    "lines": ["2 published facts about points are used, of Stage 1."],
    "heads": ["LG AI Research", "Upstage", "SK Telecom"],
    "rows": [
        ["Stage 2, users' points, professionals", "ministry, 2026-08-20", "+2.9", "−2.2", "(−0.7)"],
        ["Stage 1, benchmark points, nia", "", "(+0.1)", "+1.6", "−1.6"],
    ],
}


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("at_hand", [False, True])
def test_what_facts_moved_keeps_nobody_out(opened, k_ai, monkeypatch, width, lang, at_hand):
    """Where pasts are at hand a table, for whose look here it says the same as for 18 facts."""
    monkeypatch.setattr(k_ai.explorer, "lang", lang)
    monkeypatch.setattr(k_ai.explorer._first, "lang", lang)
    if at_hand:
        steps = iter([{**EACH, "done": 1, "rows": []}, EACH])
        monkeypatch.setattr(k_ai.explorer._first.facts, "tell", lambda: next(steps))
    found = opened(k_ai.address, width=width, bypass_csp=True)
    page = found.page
    page.locator("#controls select").first.select_option(index=1)
    page.locator("#facts summary").click()
    page.locator("#facts table" if at_hand else "#facts p").first.wait_for()
    page.locator("#fixed summary").click()
    assert found.noted == []
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if at_hand:
        heads = page.locator("#facts thead th").all_inner_texts()
        assert heads[1:] == EACH["heads"]
        assert page.locator("#facts tbody td").all_inner_texts() == [
            c for row in EACH["rows"] for c in row[2:]
        ]
        slid = page.locator("#facts .slid")
        assert slid.evaluate("each => each.scrollWidth - each.clientWidth") <= 0
    else:
        assert "--each-fact" in page.locator("#facts").inner_text()


DROP = """async text => {
    const data = new DataTransfer();
    data.items.add(new File([text], "mine.yaml"));
    const how = { dataTransfer: data, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent("drop", how));
}"""


def test_a_dropped_file_is_opened_or_its_problems_told_beside_the_last_good_picture(opened):
    page = opened().page
    before = shown(page)
    page.evaluate(DROP, "extends: minimal.yaml\nteams: {red: {effect: high}}\n")
    page.locator("#status.problem").wait_for()
    assert "dropped.yaml:2:" in page.locator("#status").inner_text()
    assert shown(page) == before
    hostile = "<script>alert(1)</script>"
    page.evaluate(DROP, f"extends: minimal.yaml\nname: Mine\nteams: {{red: {{name: '{hostile}'}}}}\n")
    page.locator("#programme", has_text="Mine").wait_for()
    assert hostile in shown(page)
    assert page.locator("#figure script, #table script").count() == 0


def test_on_a_telephone_the_figure_stays_in_view_while_controls_are_moved(opened):
    page = opened(width=NARROW).page
    last = page.get_by_role("slider").last
    last.scroll_into_view_if_needed()
    page.wait_for_timeout(100)
    figure, slider = page.locator("#figure svg").bounding_box(), last.bounding_box()
    assert 0 <= figure["y"] < figure["y"] + figure["height"] <= slider["y"] < 844


def test_the_page_has_no_words_of_its_own():
    """Every sentence comes with the start, in one language."""
    page = Path(sim.__file__).with_name("explorer").joinpath("page", "page.js").read_text("utf-8")
    texts = re.findall(r"textContent(?: =|:) [\"'`]([^\"'`]*)[\"'`]", page)
    assert [text for text in texts if re.search(r"[A-Za-z]{3}", text) and "${" not in text] == []


def test_what_rounds_to_nothing_has_no_sign_and_ends_of_sliders_have_three_digits(opened):
    page = opened(bypass_csp=True).page
    assert page.evaluate("[signed(-0.0004), signed(0.0004), signed(-0.004), signed(0.004)]") == [
        *("0.0", "0.0", "−0.4", "+0.4")
    ]
    assert page.evaluate("[spanned('0', '0'), spanned('0', '1')]") == ["0", "0–1"]
    control = "{low: 0.7133974596, high: 2.3308846015, scale: 'linear', unit: '', whole: false}"
    ends = page.evaluate(f"[fromPlace({control}, 0), fromPlace({control}, STEPS)]")
    assert ends == [0.72, 2.33]  # within what the slider takes
