"""`sim trace`: one life told by date, within 80 columns, in both languages, the same as the record."""

import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from rich.cells import cell_len

from sim.engines.event import trace_replication
from sim.engines.happenings import LEAVES, What
from sim.execute.case import Case
from sim.execute.runner import Runner
from sim.findings.trace import trace_findings
from sim.folder.files import SavedFiles
from sim.render.text.layout import print_text
from sim.render.text.trace import render_trace
from sim.scenario import from_data, load
from sim.scenario.evidence import without_facts
from tests.cli.command import BUNDLED, MINIMAL, SCENARIOS, command, imported_by, once, process
from tests.cli.test_korean import LATIN
from tests.generate import scenarios

K_AI = SCENARIOS / "k-ai.yaml"


def told(*arguments, file=K_AI):
    printed = once("trace", file, *arguments)
    assert (printed.code, printed.err) == (0, "")
    return printed.out


def refused(*arguments, file=K_AI):
    printed = command("trace", file, *arguments)
    assert (printed.code, printed.out) == (2, "")
    assert len(printed.err.splitlines()) == 1
    return printed.err


def records(*arguments, file=K_AI):
    return [json.loads(line) for line in told("--json", *arguments, file=file).splitlines()]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("more", [[], ["--from-start"], ["--team", "lg"], ["--check-known"]], ids=" ".join)
@pytest.mark.parametrize("name", BUNDLED)
def test_the_text_is_within_80_columns_and_plain(name, more, lang):
    if more[-1:] == ["lg"] and name in ("minimal", "equal-teams"):
        more = []
    out = told("--replication", 3, "--lang", lang, *more, file=SCENARIOS / f"{name}.yaml")
    assert [line for line in out.splitlines() if cell_len(line) > 80 or line != line.rstrip()] == []
    assert not re.search(r"\b(nan|inf|None)\b|\x1b|\{|\}", out)


def renamed(data, name):
    """The same with names that are long, wide and hold what a terminal would take as markup."""
    for kind in ("teams", "stages"):
        for block in data[kind].values():
            block["name"] = {"en": f"[b]{name} " * 4, "ko": f"아주 긴 이름의 {name} " * 4}
    return data


@settings(max_examples=60)
@given(scenarios(), st.sampled_from(["en", "ko"]), st.sampled_from([None, "a"]), st.booleans())
def test_any_life_is_told_within_80_columns(data, lang, team, long):
    scenario = from_data(renamed(data, "team") if long else data)
    happenings = trace_replication(scenario, 3, 11)
    findings = trace_findings(scenario, 3, 11, happenings, team)
    text = render_trace(findings, "a.yaml", lang)
    for section in findings.sections:
        assert team is None or set(section.teams) <= {"", team}
    out = capture(text)
    assert [line for line in out.splitlines() if cell_len(line) > 80] == []
    assert not re.search(r"\b(nan|inf|None)\b", out)


def capture(text):
    import io
    from contextlib import redirect_stdout

    with redirect_stdout(io.StringIO()) as out:
        print_text(text)
    return out.getvalue()


def test_dates_stand_at_the_left_in_order_and_planned_ones_where_they_differ():
    out = told("--replication", 7)
    days = [date.fromisoformat(day) for day in re.findall(r"^(\d{4}-\d\d-\d\d) ", out, re.MULTILINE)]
    assert days == sorted(set(days))
    assert days[0] == date(2025, 9, 9)
    assert re.search(r"^2026-01-15 Stage 1: result, planned for 2025-12-31$", out, re.MULTILINE)
    assert re.search(r"^2026-08-18 Stage 2: result, planned for 2026-06-30$", out, re.MULTILINE)
    assert out.count("planned for") == 2


def test_the_heading_says_what_it_is_and_that_it_is_one_of_many():
    out = told("--replication", 7, "--seed", 3, "--without-facts")
    assert f"k-ai.yaml {without_facts(load(K_AI)).digest()[:8]} · replication 7, seed 3" in out
    assert "One of many courses that the dice can take. No forecast." in out
    assert "* is known to have" in out
    drawn = told("--replication", 7, "--from-start")
    assert load(K_AI).from_start().digest()[:8] in drawn
    assert "*" not in drawn


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "all else is drawn, so that it agrees with what is known of points."),
        (("--without-facts",), "* is known to have happened; all else is drawn."),
    ],
)
def test_the_heading_says_whether_the_past_agrees_with_facts(more, said):
    top = told(*more).split("\n\n")[0]
    assert said in " ".join(top.split())


def test_known_results_are_marked_and_drawn_ones_are_not():
    out = told("--replication", 7)
    assert re.search(r"Naver Cloud +out at the independence review \*", out)
    assert re.search(r"NC AI +out by points \*, returns 1,024 H100", out)
    assert re.search(r"Motif +comes in \*", out)
    drawn = out[out.index("Stage 3: points") :]
    assert "*" not in drawn


@pytest.mark.parametrize("more", [[], ["--from-start"]], ids=["known", "from-start"])
def test_the_first_sentence_is_what_the_record_says(more):
    found = records("--replication", 12, *more)
    scenario = load(K_AI)
    names = {t: team.name.en for t, team in scenario.teams.items()}
    first = " ".join(told("--replication", 12, *more).split("\nIndependent")[0].split())
    selected = [names[r["team"]] for r in found if r["what"] == "selected"]
    assert first.startswith(f"Selected in the end: {', '.join(selected)}.")
    for one in found:
        if one["what"] in {str(what) for what in LEAVES}:
            assert names[one["team"]] in first.split("Out:")[1]


def test_numbers_of_the_text_are_those_of_the_json():
    out = told("--replication", 7)
    for one in records("--replication", 7):
        if one["what"] == "submits":
            assert f"{one['compute']:.1e} FLOP".replace("e+", "e") in out
        if one["what"] == "scores":
            points = [f"{block} {one[f'points.{block}']:.1f}" for block in ("benchmark", "experts", "users")]
            assert f"{one['total']:.1f}: {', '.join(points)}" in out
        if one["what"] == "rank":
            assert f"rank {one['rank']:.0f} of {one['of']:.0f}" in out


def test_json_lines_are_the_record():
    lines = records("--replication", 7)
    happenings = Runner().inform(Case(load(K_AI), 1, "batch")).trace(7)
    assert len(lines) == len(happenings)
    for line, one in zip(lines, happenings, strict=True):
        head = {"replication": 7, "day": str(one.date), "phase": one.phase.name.lower(), "stage": one.stage}
        head |= {"team": one.team, "what": str(one.what), "fixed": one.fixed}
        planned = line.pop("planned", None)
        assert line == head | dict(one.values)
        result = one.phase.name in ("GATE", "CUT") and one.stage != "stage-3"
        late = (one.phase.name, one.stage, str(one.date)) == ("REPORT", "stage-2", "2026-07-31")
        assert (planned is not None) == (result or (late and one.team != "motif"))


def test_one_team_is_told_alone():
    assert {line["team"] for line in records("--team", "motif")} == {"motif"}
    out = told("--replication", 7, "--team", "motif")
    body = out.split("\n\n")[1]
    assert "LG AI" not in body
    assert "Motif" in body
    assert "Wildcard" in body


def test_a_candidate_reads_that_no_entry_was_held():
    out = told(
        "--from-start", "--team", "trillion", "--find", "trillion does not enter and ncai stays at stage-1"
    )
    assert "Did not come in" in out
    assert "Wildcard" in out


def test_a_replication_is_found_and_the_next_command_goes_on_from_there():
    out = told("--from-start", "--find", "Upstage leaves at Stage 2", "--from", 20, "--seed", 2)
    index = int(re.findall(r"replication (\d+), seed 2", out)[0])
    assert index >= 20
    left = [
        h.team
        for h in trace_replication(load(K_AI).from_start(), 2, index)
        if h.what in LEAVES and h.stage == "stage-2"
    ]
    assert "upstage" in left
    assert "The first from replication 20 of which it is true: Upstage leaves at Stage 2" in " ".join(
        out.split()
    )
    following = out.split("Next: ")[1].replace("\\\n", "")
    assert f'--from {index + 1} --find "Upstage leaves at Stage 2" --from-start --seed 2' in following


def test_set_changes_what_is_told():
    out = told(
        "--set", "stages.stage-3.cut.keep=3", "--replication", 7, "--set", "stages.stage-3.gate.risk=0"
    )
    assert out.count(", selected") == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--team", "upstagee"], "--team upstagee: no such team (did you mean 'upstage'?)"),
        (["--replication", -1], "--replication -1: expected 0 or more"),
        (["--replication", 2**62], "expected 0 or more, below 2^62"),
        (["--from", 5], "--from: expected with --find"),
        (["--replication", 5, "--find", "lg leaves"], "expected one of them"),
        (["--find", "lg leeves"], "--find: 'lg leeves' is no question (did you mean 'leaves'?)"),
        (["--find", "lgg leaves"], "--find: no team 'lgg' (did you mean 'lg'?)"),
        (["--find", "lg wins stage-1"], "--from-start draws them"),
        (["--find", "ncai is selected"], "true of none of the replications 0 to 99,999 with seed 1"),
    ],
)
def test_bad_requests_are_refused_in_one_line(arguments, said):
    assert said in refused(*arguments)


def test_known_runs_are_printed_and_nothing_else():
    out = told("--check-known")
    assert out.startswith("KNOWN RUNS")
    assert "replication" not in out
    assert "A.X K1" in out
    assert told("--check-known", file=MINIMAL) == "The scenario names no known runs.\n"
    assert told("--check-known", "--lang", "ko").startswith("실제 사례와 비교")


def test_korean_is_korean():
    units = {
        "B200",
        "H200",
        "H100",
        "GPU",
        "FLOP",
        "M",
        "e",
        "B",
        "H",
        "AI",
        "LG",
        "NC",
        "SK",
        "k",
        "ai",
        "yaml",
        "ECI",
        "Epoch",
    }
    body = told("--lang", "ko", "--replication", 7).split("다음:")[0]
    digest = load(K_AI).digest()[:8]
    left = set(LATIN.findall(body.replace(digest, ""))) - units - {"benchmark", "experts", "users"}
    assert left == set()
    assert "모티프테크놀로지스" in body


def test_every_kind_of_happening_is_told_somewhere():
    """A text whose sections leave a kind out would hide it from readers."""
    said = {
        What.TOO_LATE: "too late",
        What.SUBMITS_NOTHING: "no model",
        What.SLOW: "of full speed",
        What.NORMAL: "full speed again",
        What.NOBODY_SELECTED: "nobody is selected",
    }
    data = load(K_AI).model_dump(mode="json", exclude_none=True)
    lease = data["suppliers"]["skt-lease"]["slow"]["autumn-2025"]
    lease |= {"starts": "2025-10-01", "days": 20, "speed": 0.5}
    data["stages"]["stage-3"]["grants"]["delay"] = 400
    data["stages"]["stage-3"]["cut"] = {"keep": 0}
    data.pop("choices", None)
    scenario = from_data(data)
    happenings = trace_replication(scenario, 1, 7)
    assert set(said) <= {h.what for h in happenings}
    out = capture(render_trace(trace_findings(scenario, 1, 7, happenings), "k-ai.yaml", "en"))
    for what, phrase in said.items():
        assert phrase in out, what


def test_help_imports_nothing_heavy_and_a_pipe_may_close():
    assert imported_by(("trace", "--help")) == [[0, []]]
    piped = process("trace", K_AI, "--lang", "ko")
    assert (piped.code, piped.err) == (0, "")
    assert piped.out == told("--lang", "ko")


def test_a_folder_gets_the_figure_of_who_holds_which_gpus(tmp_path):
    told = command(
        "trace", SCENARIOS / "k-ai.yaml", "--replication", 3, "--out", tmp_path / "out", "--lang", "ko"
    )
    assert told.code == 0, told.err
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"holdings-3-ko.{suffix}" for suffix in ("png", "svg", "txt", "csv")}
    assert "holdings-3-ko.png" in told.out


def test_a_team_that_never_holds_a_gpu_has_no_strip(tmp_path, monkeypatch):
    drawn: list[Any] = []

    def save(figure, *_):
        drawn.append(figure)
        return SavedFiles([], [])

    monkeypatch.setattr("sim.render.figures.drawing.save_beside_others", save)
    command("trace", SCENARIOS / "k-ai.yaml", "--out", tmp_path)
    words_drawn = {text.get_text() for text in drawn[0].findobj(Text)}
    assert "Motif" in words_drawn
    assert "Trillion Labs" not in words_drawn
