"""What docs/model.md says was measured is measured again, and its sections are where it says."""

import re
from pathlib import Path

import pytest

import sim
from sim.scenario.evidence import without_facts
from tests.cli.command import SCENARIOS, command

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
ENDS = re.findall(r"^\| [^|]+ \| `([\w.-]+)` \| (\S+) to (\S+) \| (.+) \|$", PAGE, re.MULTILINE)
SETTINGS = re.findall(r"^\| (none|`gate=null[^`]*`) \| (\S+) \|$", PAGE, re.MULTILINE)
OF_STAGE = ("points", "gate", "grants")
AIM = "stage-3"


def path(key):
    """The place that a key of the page stands for."""
    return f"stages.{AIM}.{key}" if key.split(".")[0] in OF_STAGE else key


def measured(settings):
    """Strongest leaves in %, months behind the best, and LG leaves in %."""
    changes = {path(key): value for key, value in settings.items()}
    result = sim.run(without_facts(sim.load(SCENARIOS / "k-ai.yaml", changes)))
    found = result.responses().set_index("response")["mean"]
    odds = result.odds().set_index(["stage", "team", "chance"])["p"]
    return (
        100 * found[f"most_capable_dropped.{AIM}"],
        found["behind_frontier_months"],
        100 * odds["", "lg", "leaves_at_all"],
    )


def close(shown, found):
    """Whether a number of the page is what was found, to its last digit."""
    assert float(shown) == pytest.approx(found, abs=0.06 if "." in shown else 0.6)


@pytest.mark.parametrize(("key", "low", "high", "shown"), ENDS, ids=[row[0] for row in ENDS])
def test_the_ends_of_an_assumption_give_what_the_page_says(key, low, high, shown):
    columns = [2] if re.search(r"\blg\b", key) else [0, 1]
    cells = [cell.split(" → ") for cell in shown.split(" | ")]
    for end, value in enumerate((low, high)):
        found = measured({key: float(value)})
        assert len(cells) == len(columns)
        for column, cell in zip(columns, cells, strict=True):
            close(cell[end], found[column])


@pytest.mark.parametrize(("settings", "shown"), SETTINGS, ids=range(len(SETTINGS)))
def test_the_settings_that_take_luck_out_give_what_the_page_says(settings, shown):
    given = dict(word.split("=") for word in settings.strip("`").split() if word != "none")
    values = {key: None if value == "null" else float(value) for key, value in given.items()}
    close(shown, measured(values)[0])


def test_no_row_of_the_page_is_passed_over():
    assert len(ENDS) == len([line for line in PAGE.splitlines() if " → " in line])
    assert len(SETTINGS) == 4


def test_known_runs_compare_as_the_page_says():
    said = re.search(
        r"A.X K1 \((\d+) % less .* \((\d+) against (\d+)\).*\(([\d,]+) against\s+([\d,]+) 억", PAGE, re.DOTALL
    )
    assert said is not None
    less, modelled, days, cost, paid = said.groups()
    printed = " ".join(command("trace", SCENARIOS / "k-ai.yaml", "--check-known").out.split())
    assert f"{less} % less" in printed
    assert f"{days} days {modelled} days" in printed
    assert f"{paid}억 {cost}억" in printed


def test_equal_teams_lose_their_strongest_as_the_page_says():
    said = re.search(r"in (\d+) % of runs where one of five is dropped, and in (\d+) %", PAGE)
    assert said is not None
    result = sim.run(sim.load(SCENARIOS / "equal-teams.yaml"))
    found = result.responses().set_index("response")["mean"]
    for shown, stage in zip(said.groups(), ("stage-1", "stage-3"), strict=True):
        close(shown, 100 * found[f"most_capable_dropped.{stage}"])


def test_every_section_that_the_page_points_to_is_there():
    titles = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    there = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= there
