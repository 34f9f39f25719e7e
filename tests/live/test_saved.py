"""`sim report DIR --live`: the page of the very scenario that was run."""

import json
import re

import sim
from sim.explorer.answers import Answers, Asked
from sim.explorer.settings import Playground
from tests.cli.command import SCENARIOS, command


def test_a_folder_yields_the_page_of_its_scenario(tmp_path):
    out = tmp_path / "out"
    changes = {"stages.stage-3.gate.risk": 0.12}
    scenario = sim.load(SCENARIOS / "k-ai.yaml", changes)
    assert command("run", SCENARIOS / "k-ai.yaml", "--set", "stages.stage-3.gate.risk=0.12",
                   "--runs", 300, "--seed", 3, "--out", out).code == 0  # fmt: skip
    printed = command("report", out, "--live")
    assert (printed.code, "live-en.html" in printed.out) == (0, True)
    page = (out / "live-en.html").read_text("utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    assert scenario.digest() in json.dumps(data)
    path = tmp_path / "again.yaml"
    path.write_text(json.dumps(scenario.resolved(), ensure_ascii=False), encoding="utf-8")
    base = Answers(Playground(path), 3, "en").answer(Asked({}, {}, 10_000))
    assert f'"p": {base["teams"][0]["chance"]["p"]}' in json.dumps(data)
    again = (out / "live-en.html").read_bytes()
    assert command("report", out, "--live").code == 0
    assert (out / "live-en.html").read_bytes() == again


def test_what_no_page_takes_is_refused_by_name(tmp_path):
    out = tmp_path / "out"
    assert command("run", SCENARIOS / "programmes" / "indiaai.yaml", "--runs", 100, "--out", out).code == 0
    printed = command("report", out, "--live")
    assert printed.code == 2
    assert "does not take stages.summer.entry" in printed.err
    assert "Traceback" not in printed.err


def test_a_comparison_has_no_page_with_sliders(tmp_path):
    out = tmp_path / "out"
    files = [SCENARIOS / f"{name}.yaml" for name in ("minimal", "equal-teams")]
    assert command("compare", *files, "--runs", 100, "--out", out).code == 0
    printed = command("report", out, "--live")
    assert printed.code == 2
    assert "made of `sim run`" in printed.err


def test_so_many_teams_that_few_runs_fit_are_refused_at_once(tmp_path):
    """The luck of 300 teams leaves room for 100 runs, which tell nothing of chances of one in a hundred."""
    path, page = tmp_path / "contest.yaml", tmp_path / "page.html"
    path.write_text(
        """
format: 1
name: A contest
as_of: 2026-01-01
teams: {one: {effect: 1}, rest: {copies: 299}}
stages:
  first: {result: 2026-02-15, points: {jury: {max: 100, mean: 50, spread: 5}}, cut: {keep: 60}}
  second: {result: 2026-04-15, points: {jury: {max: 100, mean: 50, spread: 5}}, cut: {keep: 12}}
  third: {result: 2026-06-15, points: {jury: {max: 100, mean: 50, spread: 5}}, cut: {keep: 3}}
""",
        encoding="utf-8",
    )
    printed = command("explore", path, "--export", page)
    assert (printed.code, printed.out, page.exists()) == (2, "", False)
    assert len(printed.err.splitlines()) == 1
    assert "so many teams and stages: a page has room for 100 runs of them, of at least 1,000" in printed.err
