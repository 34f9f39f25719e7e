"""Sweeps, comparisons and analyses of a scenario with facts: how many are used, and from which past."""

import datetime
import json
from io import StringIO

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import t

import sim
from sim.execute import inference
from sim.execute.runner import Runner
from sim.findings.chances import chances
from sim.findings.headline import headline
from sim.forecast.island import Effort
from sim.render.text.layout import Names
from sim.render.text.run import DetailedText
from sim.scenario import ScenarioError, from_data
from sim.scenario.evidence import as_of, fact_names, leave_out, without_facts
from sim.stats.particles import count_particles
from sim.studies import evidence
from sim.studies.inspect import open_study
from sim.studies.request import SweepRequest
from sim.studies.study import OwnCode
from sim.studies.sweep import SweepStudy
from sim.text import LANGS
from tests.cli.command import command
from tests.forecast.closed import programme

EFFORT = Effort(islands=4, particles=30, lines=20, singles=5, numbers=5)
FACTS = [
    {"first": {"of": "total", "first": "A"}, "gap": {"of": "total", "gap": 3, "within": [-1, 1]}},
    {"last": {"of": "total", "last": "B"}},
]
SCENARIO = from_data(programme("AB", FACTS).resolved(), {"as_of": "2026-10-01"})
AHEAD, PAST = "stages.s3.cut.keep=1,2", "capability.team_spread=2,4"
EVE = datetime.date(2026, 6, 1)
"""Between the first result and the second."""

KNOWN = {
    "everything": (None, lambda scenario: scenario),
    "nothing": (sim.Knowledge(without_facts=True), without_facts),
    "one fact less": (sim.Knowledge(without=("gap",)), lambda s: leave_out(s, ["gap"])),
    "an earlier day": (sim.Knowledge(as_of=EVE), lambda s: as_of(s, EVE)),
}


pytestmark = pytest.mark.usefixtures("brief")


@pytest.fixture
def inferred(monkeypatch):
    """The pasts that are inferred from now on."""
    found = []
    play = inference.IslandGroup.play

    def noted(self, start, stop, **how):
        found.append(self.name)
        return play(self, start, stop, **how)

    monkeypatch.setattr(inference.IslandGroup, "play", noted)
    return found


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text(json.dumps(SCENARIO.resolved()), "utf-8")
    return path


def study(*vary, **more):
    return SweepStudy(SweepRequest(scenario=SCENARIO, vary=vary, seed=1, **more))


@pytest.mark.parametrize("name", KNOWN)
def test_every_point_knows_what_was_asked_for(name):
    known, expected = KNOWN[name]
    for point in study(AHEAD, known=known).points:
        keep = point.point[0]
        varied = from_data(SCENARIO.resolved(), {"stages.s3.cut.keep": keep})
        assert point.scenario == expected(varied).settled()


def test_a_fact_that_no_point_has_is_refused():
    with pytest.raises(ScenarioError, match="no fact 'gab'"):
        _ = study(AHEAD, known=sim.Knowledge(without=("gab",))).points


def test_what_varies_ahead_of_the_facts_takes_one_inference(inferred):
    found = sim.sweep(SCENARIO, AHEAD, 100, jobs=1)
    assert len(set(inferred)) == 1
    assert found.findings().pasts == (1, 2, 2)
    assert all(each.tally.islands for each in found.summaries)


def test_what_facts_bear_on_takes_one_for_each_value(inferred):
    found = sim.sweep(SCENARIO, [AHEAD, PAST], 100, jobs=1)
    assert len(set(inferred)) == 2
    assert found.findings().pasts == (2, 4, 4)


def test_a_half_width_is_refused_if_any_point_has_facts(file, tmp_path):
    bare = tmp_path / "bare.yaml"
    bare.write_text(json.dumps(without_facts(SCENARIO).resolved()), "utf-8")
    with pytest.raises(ValueError, match="more runs do not narrow"):
        sim.sweep(bare, f"FILE={bare},{file}", until_halfwidth=0.02)


def test_without_facts_nothing_is_inferred(inferred):
    found = sim.sweep(SCENARIO, [AHEAD, PAST], 100, jobs=1, known=sim.Knowledge(without_facts=True))
    assert inferred == []
    assert found.findings().pasts is None
    bare = sim.run(without_facts(found.points[0].scenario), 100, jobs=1)
    assert found.summaries[0].shares() == bare.summary.shares()


def test_points_without_facts_are_counted_apart(file, tmp_path):
    bare = tmp_path / "bare.yaml"
    bare.write_text(json.dumps(without_facts(SCENARIO).resolved()), "utf-8")
    found = sim.sweep(file, f"FILE={file},{bare}", 100, jobs=1)
    assert found.findings().pasts == (1, 1, 2)


SAID = {
    AHEAD: {"en": "so that one past serves all", "ko": "과거 추론 하나를 함께 쓴다"},
    PAST: {"en": "so that 2 pasts had to be inferred", "ko": "과거를 2번 따로 추론하였다"},
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("vary", SAID)
def test_the_text_says_in_a_line_from_which_past_points_are_played(file, vary, lang):
    printed = command("sweep", file, "--vary", vary, "--runs", 100, "--jobs", 1, "--lang", lang)
    assert (printed.code, printed.err) == (0, "")
    about, line = printed.out.split("\n\n")[1].split("\n", 1)  # below the first sentence
    assert "two.yaml" in about
    assert SAID[vary][lang] in " ".join(line.split())
    bare = command(
        "sweep", file, "--vary", vary, "--runs", 100, "--jobs", 1, "--without-facts", "--lang", lang
    )
    assert "\n" not in bare.out.split("\n\n")[1]


@pytest.mark.parametrize("verb", ["sweep", "sensitivity"])
@pytest.mark.parametrize(
    ("options", "known"),
    [
        (["--without-facts"], set()),
        (["--without", "gap"], {"s1.first", "s2.last"}),
        (["--as-of", EVE], {"s1.first", "s1.gap"}),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, list) else "",
)
def test_what_is_known_is_saved_and_repeated(file, tmp_path, verb, options, known):
    out = tmp_path / "out"
    asked = ("--vary", AHEAD, "--runs", 100) if verb == "sweep" else ("--points", 64)
    printed = command(verb, file, *asked, *options, "--jobs", 1, "--out", out)
    assert (printed.code, printed.err) == (0, "")
    request = json.loads((out / "manifest.json").read_text("utf-8"))["request"]
    assert request["given"] == [" ".join([str(file), *map(str, options)])]
    shown = command("results", "show", out)
    assert (shown.code, shown.err) == (0, "")

    _, again = open_study(out)
    played = [case.scenario for group in again.groups for case in group.cases] or [again.scenario]
    assert all(fact_names(scenario).keys() == known for scenario in played)
    (out / "counts" / "total.json.gz").unlink()
    resumed = command("resume", out, "--jobs", 1)
    assert resumed.code == 0, resumed.err
    assert "checksum" in resumed.out or "Complete" in resumed.out or "완료" in resumed.out
    replayed = command("results", "replay", out)
    assert replayed.code == 0, replayed.out + replayed.err


def test_another_knowledge_is_another_study(file, tmp_path):
    out = tmp_path / "out"
    asked = ("sweep", file, "--vary", AHEAD, "--runs", 100, "--jobs", 1, "--out", out)
    assert command(*asked, "--without-facts").code == 0
    refused = command(*asked, "--without", "gap")
    assert refused.code != 0
    assert "holds results of another run" in refused.err


def test_a_command_for_one_run_of_another_file_knows_as_much(file):
    asked = study(f"FILE={file},{file}", known=sim.Knowledge(EVE, without=("gap",)))
    assert asked._given_as("x.yaml") == f"x.yaml --as-of {EVE} --without gap"


def test_facts_that_clash_are_told_where_they_stand(file):
    clash = "stages.s1.facts.first={of: total, first: A, last: A}"
    printed = command("sweep", file, "--vary", AHEAD, "--runs", 100, "--set", clash)
    assert printed.code != 0
    assert "stages.s1.facts" in printed.err


@pytest.mark.parametrize(
    "asked",
    [
        ("compare", "{file}", "{file} --set stages.s3.cut.keep=2"),
        ("sweep", "{file}", "--vary", AHEAD),
        ("sensitivity", "{file}", "--points", "64", "--set", "stages.s3.gate={risk: {uniform: [0.1, 0.3]}}"),
        ("run", "{file}"),
    ],
    ids=lambda asked: asked[0],
)
def test_particles_that_tell_too_little_are_refused_whatever_was_asked(file, tmp_path, monkeypatch, asked):
    verb, *rest = (word.replace("{file}", str(file)) for word in asked)
    monkeypatch.setattr(evidence, "FULL", EFFORT)  # with less than that no dice are told
    monkeypatch.setattr(evidence, "LEAST_EFFECTIVE", 10**6)
    runs = () if verb == "sensitivity" else ("--runs", 100)
    refused = command(verb, *rest, *runs, "--out", tmp_path / "out")
    assert refused.code == 2
    assert refused.out == ""
    (line,) = refused.err.splitlines()
    assert "120 particles are worth" in line
    assert "expected at least 1000000" in line


@pytest.mark.parametrize(("vary", "pasts"), [(AHEAD, 1), (PAST, 2)], ids=["ahead", "past"])
def test_each_past_of_a_forecast_is_looked_into_once(monkeypatch, vary, pasts):
    looked_into = []
    monkeypatch.setattr(evidence, "look_into", lambda found, *_: looked_into.append(found))
    sim.sweep(SCENARIO, vary, 100, jobs=1)
    assert looked_into == []  # what is inferred with less effort is set beside a forecast
    monkeypatch.setattr(evidence, "FULL", EFFORT)
    sim.sweep(SCENARIO, vary, 100, jobs=1)
    assert len(looked_into) == len({id(found) for found in looked_into}) == pasts


def test_what_an_analysis_pins_is_not_pinned_where_its_past_is_looked_into(monkeypatch):
    monkeypatch.setattr(evidence, "FULL", EFFORT)
    monkeypatch.setattr(evidence, "LEAST_EFFECTIVE", 0)
    monkeypatch.setattr(evidence, "MOST_R_HAT", 2)
    monkeypatch.setattr(evidence, "FUTURES", 40)  # more of them than the design has replications
    changed = from_data(SCENARIO.resolved(), {"stages.s3.gate": {"risk": {"uniform": [0.1, 0.3]}}})
    plays, count = [], count_particles

    def noted(*given):
        found = count(*given)
        plays.append(int(found.plays.sum()))
        return found

    monkeypatch.setattr(evidence, "count_particles", noted)
    assert sim.sensitivity(changed, points=64, jobs=1).past is not None
    # Once where the past is looked into, and once for what facts leave open.
    assert sum(plays) == 2 * 40 * EFFORT.islands * EFFORT.particles


def test_futures_are_counted_for_each_scenario_that_is_played(monkeypatch):
    first, second = (point.scenario for point in study(AHEAD).points)
    runner = Runner(jobs=1)
    cases = [OwnCode().case(scenario, 1) for scenario in (first, second)]
    found = inference.infer(cases[0], runner)
    kept = [evidence.count_futures(case, found, runner).leaves.sum() for case in (*cases, cases[0])]
    futures = evidence.FUTURES * EFFORT.islands * EFFORT.particles
    assert kept == [futures, 0, futures]  # of two teams one is kept, or both


def test_tables_have_the_dice_of_islands():
    found = sim.sweep(SCENARIO, AHEAD, 960, jobs=1)
    point = found.summaries[0]
    assert point.tally.islands
    share = [int(part.kept[-1, 0]) / part.runs for part in point.tally.islands]
    half = t(len(share) - 1).ppf(0.975) * np.std(share, ddof=1) / np.sqrt(len(share))
    for table in (found.odds(), sim.run(found.points[0].scenario, 960, jobs=1).odds()):
        (row, *_) = table[(table.team == "A") & (table.chance == "selected")].itertuples()
        assert (row.low, row.high) == pytest.approx((row.p - half, row.p + half))
    sure = found.odds().query("certain != ''")
    assert (sure.low == sure.high).all()


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "If 2 are kept, the rules let no team leave."),
        ("ko", "2개 팀을 남길 경우 규칙상 탈락하는 팀은 없다."),
    ],
)
def test_where_the_rules_decide_the_first_sentence_of_a_forecast_says_so(monkeypatch, lang, said):
    monkeypatch.setattr(evidence, "LEAST_EFFECTIVE", 0)
    monkeypatch.setattr(evidence, "MOST_R_HAT", 2)
    asked = from_data(SCENARIO.resolved(), {"stages.s3.cut": {"keep": {"choice": [2, 1]}}})
    result = sim.run(asked, 100, jobs=1)
    assert result.evidence is not None
    printed = StringIO()
    text = DetailedText(Names.of(asked, lang), result.facts)
    Console(file=printed, width=200).print(text.opening(headline(result.summary), result.evidence))
    assert printed.getvalue().splitlines()[0].rstrip() == said
    assert result.evidence.level(chances(result.alternatives)) == ()


def test_a_comparison_takes_a_day_in_quotes(file):
    printed = command("compare", file, f"{file} --as-of {EVE}", "--runs", 200, "--lang", "en")
    assert (printed.code, printed.err) == (0, "")
    flat = " ".join(printed.out.split())
    assert "The pasts of A and B are inferred each by itself" in flat
    assert "By facts: all intervals follow from how islands of particles differ." in flat
    wrong = command("compare", file, f"{file} --as-of tomorrow")
    assert "--as-of 'tomorrow', expected a day such as 2026-08-17" in wrong.err


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("--set stages.s3.cut.keep=2", {"en": "A and B have the same past", "ko": "과거 추론이 같다"}),
        ("--without-facts", {"en": "are used in A only", "ko": "A에만 반영하였다"}),
    ],
    ids=["ahead", "without"],
)
def test_a_comparison_says_which_past_it_is_from(file, changes, said, lang):
    printed = command("compare", file, f"{file} {changes}", "--runs", 200, "--lang", lang)
    assert said[lang] in " ".join(printed.out.split())
