"""The page where teams are too many for a row each: what is shown of them, and what is said of the rest."""

import pytest

from benchmarks.pages.browser import a_browser, violations
from sim.explorer.answers import Answers, Asked
from sim.explorer.settings import Playground
from tests.browser.page import NARROW, WIDE, skip_without_browser
from tests.browser.test_explorer import Served, settle

TEAMS, SHOWN = 40, 12
CONTEST = f"""
format: 1
name: {{en: A contest, ko: 경연}}
as_of: 2026-01-01
strength: {{spread: 2.5, luck: 4.0, guess: true}}
teams: {{{", ".join(f"t{i}: {{name: Entrant {i}, effect: {i / 10}}}" for i in range(1, TEAMS + 1))}}}
stages:
  final: {{result: 2026-02-15, points: {{jury: {{max: 100, mean: 50, spread: 5}}}}, cut: {{keep: 5}}}}
"""
LAST = "Entrant 1's lead in strength"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    path = tmp_path_factory.mktemp("contest") / "contest.yaml"
    path.write_text(CONTEST, encoding="utf-8")
    found = Served(path)
    yield found
    found.close()


@pytest.fixture(scope="module")
def browser():
    skip_without_browser()
    with a_browser() as found:
        yield found


@pytest.fixture
def page(browser, served, request):
    context = browser.new_context(
        viewport={"width": getattr(request, "param", WIDE), "height": 844}, bypass_csp=True
    )
    found = context.new_page()
    found.goto(served.address)
    found.locator("#figure svg").wait_for()
    settle(found)
    yield found
    context.close()


def rows(page):
    return [row.inner_text() for row in page.locator("#table tbody th").all()]


def test_those_that_stay_most_often_have_a_row_and_of_the_rest_the_chances_are_told(page, served):
    told = Answers(Playground(served.explorer._first.playground.file), 1, "en").answer(Asked({}, {}, 2000))
    order = sorted(told["teams"], key=lambda team: team["chance"]["p"])
    best = {f"Entrant {team['id'].removeprefix('t')}" for team in order[:SHOWN]}
    assert set(rows(page)) == best
    assert page.locator("#figure path.mark").count() == SHOWN
    rest = [team for team in page.evaluate("answer.teams") if f"Entrant {team['id'][1:]}" not in best]
    low, high = (end(team["chance"]["p"] for team in rest) for end in (min, max))
    said = page.locator("#rest").inner_text()
    assert f"Of the other {TEAMS - SHOWN} the chances are {100 * low:.0f} to {100 * high:.0f} %" in said


def test_all_are_shown_when_asked_for(page):
    page.get_by_role("button", name=f"Show all {TEAMS} teams").click()
    assert len(rows(page)) == TEAMS
    assert page.locator("#figure path.mark").count() == TEAMS
    page.get_by_role("button", name=f"Show {SHOWN} teams").click()
    assert len(rows(page)) == SHOWN


def test_controls_of_one_team_are_in_sight_and_who_is_moved_has_a_row(page):
    lead = page.get_by_role("slider", name=LAST)
    assert lead.is_visible()  # of the team that is chosen first
    assert "Entrant 1" not in rows(page)
    lead.focus()
    page.keyboard.press("End")
    settle(page)
    page.locator("#table tbody tr").nth(SHOWN).wait_for()  # one more than there were
    assert "Entrant 1" in rows(page)
    assert len(rows(page)) == SHOWN + 1
    page.get_by_label("Team", exact=True).select_option(label="Entrant 7")
    assert page.get_by_role("slider", name="Entrant 7's lead in strength").is_visible()
    assert lead.is_visible()  # what is moved stays in sight
    assert not page.get_by_role("slider", name="Entrant 2's lead in strength").is_visible()


@pytest.mark.parametrize("page", [WIDE, NARROW], indirect=True)
def test_nothing_keeps_anybody_out(page):
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
