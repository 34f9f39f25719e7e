"""`sim compare`: what it prints, within 80 columns and without a claim that was not found."""

import json
import re
import shutil

import pandas as pd
import pytest
from rich.cells import cell_len

import sim
from sim.render.figures.forest import draw_forest
from sim.render.figures.labels import Labels
from sim.scenario import load
from sim.scenario.language.provenance import format_flow
from tests.cli.command import command, once
from tests.helpers import quiet, stage

CHANGED = "k-ai --set stages.stage-3.grants.gpus.lg.B200=2000"


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    "given", [("k-ai", CHANGED), ("k-ai", "k-ai", "one-finalist"), ("minimal", "k-ai")], ids=str
)
def test_it_fits_and_has_a_column_and_a_label_for_every_scenario(given, lang):
    printed = once("compare", *given, "--runs", 300, "--lang", lang)
    assert (printed.code, printed.err) == (0, "")
    assert [line for line in printed.out.splitlines() if cell_len(line) > 80] == []
    for letter, name in zip("ABC", given, strict=False):
        assert f"{letter}  {name[:60]}" in printed.out


def run_alone(given):
    """What `sim run` tells programs of one of the scenarios, whose doubts move no number here."""
    return json.loads(once("run", *given.split(), "--set", "doubts=null", "--runs", 300, "--json").out)


def test_hours_and_money_stand_in_the_table_with_their_difference():
    lines = once("compare", "k-ai", CHANGED, "--runs", 300).out.splitlines()
    hours = next(line for line in lines if line.startswith("  GPU-hours granted"))
    # 27.7 M, and half of the 31 days by which the window of stage 2 may close later: 0.76 M. The same run by
    # run but for 1,000 more GPUs on 153 days.
    assert hours.split()[-4:] == ["28.4M", "32.1M", "+3.7M", "–"]
    won = [run_alone(each)["responses"]["cost"]["mean"] / 1e8 for each in ("k-ai", CHANGED)]
    lease = next(line for line in lines if line.startswith("  Lease, 억"))
    assert lease.split()[-4:] == [*(f"{each:,.0f}" for each in won), f"{won[1] - won[0]:+,.0f}", "–"]
    at = lines.index("WHAT DIFFERS, A AND B")
    assert lines[at + 1].startswith("  GPUs for each team (LG AI Research), Stage 3 ")


def test_chances_are_those_of_the_runs_alone():
    printed = once("compare", "k-ai", CHANGED, "--runs", 300).out
    for at, given in enumerate(("k-ai", CHANGED)):
        teams = run_alone(given)["teams"]
        (row,) = (line.split() for line in printed.splitlines() if line.startswith("  LG AI Research "))
        assert row[3 + at] == str(int(100 * teams["lg"]["leaves_at_all"]["p"] + 0.5))


def test_scenarios_that_do_not_differ_are_told_as_such():
    printed = once("compare", "k-ai", "k-ai", "one-finalist", "--runs", 300, "--lang", "en").out
    assert "no value differs" in printed
    assert "No run has other fates." in printed


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("k-ai",), "sim: "),
        (("k-ai", "k-aj"), "k-aj: no such file (did you mean 'k-ai'?)"),
        (("k-ai", "k-ai --sat x=1"), "sim: 'k-ai --sat x=1': expected FILE --set PATH=VALUE ..."),
        (("k-ai", "k-ai --set"), "sim: 'k-ai --set': expected FILE --set PATH=VALUE ..."),
        (("k-ai", "k-ai --set stages.stage-3.cut.kep=1"), "unknown key 'kep' (did you mean 'keep'?)"),
        (("minimal",) * 7, "sim: 7 scenarios, expected at most 6"),
        (("k-ai", "'k-ai"), "sim: "),
    ],
)
def test_a_mistake_is_one_line(given, said):
    printed = command("compare", *given)
    assert printed.code == 2
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1


def test_every_difference_is_saved_with_a_figure(tmp_path):
    out = tmp_path / "out"
    printed = command("compare", "k-ai", CHANGED, "k-ai", "--runs", 200, "--out", out, "--lang", "ko")
    assert (printed.code, printed.err) == (0, "")
    assert content(out).keys() == {
        *("manifest.json", "differences.csv", "results.xlsx", "counts/total.json.gz"),
        *(f"forest-ko.{suffix}" for suffix in ("png", "svg", "txt", "csv")),
    }
    table = pd.read_csv(
        out / "differences.csv", encoding="utf-8-sig", keep_default_na=False, na_values={"low": [""]}
    )
    assert set(table.scenario) == {1, 2}
    selected = table[(table.what == "selected") & (table.team == "lg")].set_index("scenario")
    assert selected.second[1] - selected["first"][1] == pytest.approx(selected.estimate[1])
    assert (selected.estimate[2], selected["first"][2]) == (0, selected.second[2])
    hours = table[(table.what == "gpu_hours") & (table.scenario == 1)].iloc[0]
    assert (hours.unit, hours.second - hours["first"]) == ("GPU-hours", pytest.approx(1000 * 24 * 153))
    asked = json.loads((out / "manifest.json").read_text("utf-8"))["request"]
    assert asked["given"] == ["k-ai", CHANGED, "k-ai"]
    assert asked["scenarios"][0] == asked["scenarios"][2] != asked["scenarios"][1]


def cells_of(text, label):
    """The cells of the row of that label: first, second, difference, its ends, how much sharper."""
    (row,) = (line for line in text.splitlines() if line.startswith(f"  {label}  "))
    return re.findall(r"[-+]?\d+\.\d+x?", row)


HARD = ("minimal", "minimal --set 'stages.second.cut={keep: 2, minimum: 68}'")
"""Of the second nobody is selected in many a run, so that its best that stays is asked of the others only."""


def test_columns_and_differences_are_over_the_same_runs_and_those_of_the_table(tmp_path):
    out = tmp_path / "out"
    printed = command("compare", *HARD, "--runs", 300, "--out", out).out
    table = pd.read_csv(out / "differences.csv", encoding="utf-8-sig", keep_default_na=False)
    for what, label in (
        ("strength_selected", "Best that stays, ECI"),
        ("behind_frontier_months", "Best that stays, months behind"),
    ):
        row = table[table.what == what].iloc[0]
        assert 10 < int(row["of"]) < 290  # a part of the runs
        first, second, difference, *_ = cells_of(printed, label)
        saved = [float(row[name]) for name in ("first", "second", "estimate")]
        assert abs(saved[2]) > 0.01
        assert (first, second, difference) == (f"{saved[0]:.1f}", f"{saved[1]:.1f}", f"{saved[2]:+.2f}")
        assert saved[1] - saved[0] == pytest.approx(saved[2])
    alone = json.loads(command("run", "minimal", "--runs", 300, "--json").out)["responses"]
    assert f"{alone['strength_selected']['mean']:.1f}" != cells_of(printed, "Best that stays, ECI")[0]


def test_one_run_is_one_and_tells_no_interval_of_a_mean():
    given = ("compare", "minimal", "one-finalist", "--runs", 1)
    english, korean = (" ".join(once(*given, "--lang", lang).out.split()) for lang in ("en", "ko"))
    assert "1 run of each, the same luck, seed 1" in english
    assert "One run tells no interval of a mean." in english
    assert "1회 실행으로는 평균의 신뢰구간을 구할 수 없다." in korean
    assert "inf" not in english + korean
    more = once("compare", "minimal", "equal-teams", "--runs", 2).out
    assert "2 runs of each" in more
    assert "no interval" not in more


def test_a_mean_that_no_run_has_in_both_is_a_dash():
    nobody = "minimal --set 'stages.second.cut={keep: 1, minimum: 100}'"
    printed = once("compare", "minimal", nobody, "--runs", 20).out
    (row,) = (line for line in printed.splitlines() if line.startswith("  Best that stays, ECI"))
    assert row.split()[-4:] == ["–"] * 4
    assert "nan" not in printed


def test_choices_that_are_played_at_their_default_are_told():
    english, korean = (once("compare", "k-ai", CHANGED, "--runs", 300, "--lang", x).out for x in ("en", "ko"))
    assert "Choices are played at their default (A: keep 2, B: keep 2).\n" in english
    assert "결정 사항은 기본값을 적용하였다(A: 2개 팀 선정, B: 2개 팀 선정).\n" in korean
    some = once("compare", "minimal", "k-ai", "--runs", 300).out
    assert "default (B: keep 2)." in some
    assert "default (B: held)." in once("compare", "minimal", "one-finalist", "--runs", 2).out
    assert "default" not in once("compare", "minimal", "equal-teams", "--runs", 2).out


def test_what_differs_is_called_by_its_name_where_it_has_one():
    changed = "minimal --set stages.second.grants.pool.B200=3000 --set stages.first.cut.keep=3"
    english, korean = (
        once("compare", "minimal", changed, "--runs", 20, "--lang", x).out for x in ("en", "ko")
    )
    assert "  B200 in the pool, second" in english
    assert "  B200 공동 물량, second" in korean
    assert "  Teams that stay, first" in english
    assert "  남는 팀의 수, first" in korean


def test_where_fates_part_is_told_as_the_event_engine_played_it(tmp_path):
    """Only that engine plays faults one by one; the batch engine would give fates that did not part."""
    exam = {"exam": {"max": 100, "mean": 50, "per_eci": 0.5}}
    scenario = quiet(
        {"a": {"name": "Anna"}, "b": {"name": "Bert"}},
        [stage(1, exam, cut={"keep": 1})],
        capability={"per_tenfold_compute": 60.0},
        faults={"per_node_day": 0.01, "restart": 6000},
    )
    path = tmp_path / "faulty.yaml"
    path.write_text(format_flow(scenario.resolved()), encoding="utf-8")
    each = f"{path} --set faults.mode=each"
    lines = command("compare", path, each, "--runs", 60).out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("First run in which fates differ: "))
    replication = int(lines[at].split(": ")[1].split(",")[0])
    stays = {}
    for letter, mode in (("A", "average"), ("B", "each")):
        run = sim.run(load(path, {"faults.mode": mode}), replications=(replication, replication + 1), seed=1)
        stays[letter] = {t: run.tally.kept[0][i] == 1 for i, t in enumerate(("Anna", "Bert"))}
    for name, line in zip(("Anna", "Bert"), lines[at + 1 :], strict=False):
        told = {letter: "stays" if stays[letter][name] else "out by points" for letter in "AB"}
        assert line == f"  {name}: {told['A']} in A, {told['B']} in B"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_long_names_fit(tmp_path, lang):
    name = "The National Consortium for Foundation Models of the "
    teams = {t: {"name": f"{name}{t} Coast", "effect": e} for t, e in (("east", 0), ("west", 1))}
    scenario = quiet(teams, [{**stage(1, {"jury": {"max": 100, "mean": 50, "spread": 5}}), "name": name}])
    path = tmp_path / "long.yaml"
    path.write_text(format_flow(scenario.resolved()), encoding="utf-8")
    printed = command("compare", path, f"{path} --set stages.s1.cut.keep=1", "--runs", 20, "--lang", lang)
    assert (printed.code, printed.err) == (0, "")
    assert [line for line in printed.out.splitlines() if cell_len(line) > 80] == []
    rows = [line for line in printed.out.splitlines() if "…" in line and line.endswith(("x", "–"))]
    assert [word for row in rows for word in row.split() if word in ("east", "west")] == ["east", "west"]


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    printed = command("compare", "k-ai", "one-finalist", "--runs", 10, "--out", tmp_path)
    assert printed.code == 2
    assert printed.err == f"sim: {tmp_path}: not empty and no results of this program; choose another --out\n"


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """A comparison that was saved in Korean; tests take a copy."""
    out = tmp_path_factory.mktemp("compared") / "out"
    command("compare", "k-ai", CHANGED, "--runs", 200, "--out", out, "--lang", "ko")
    return out


@pytest.fixture
def saved(compared, tmp_path):
    return shutil.copytree(compared, tmp_path / "out")


def test_what_is_saved_can_be_shown_verified_and_repeated(saved):
    out = saved
    shown = command("results", "show", out)
    assert shown.out.splitlines()[0].startswith("A comparison of k-ai, k-ai --set")
    assert "Complete, and every checksum agrees." in shown.out
    assert command("results", "replay", out).out.splitlines()[-1] == "The same: 8 files agree, byte for byte."
    before = (out / "differences.csv").read_bytes()
    (out / "differences.csv").write_bytes(before[:-5])
    assert "Truncated or edited: differences.csv" in command("results", "show", out).out
    assert command("resume", out).code == 0
    assert (out / "differences.csv").read_bytes() == before
    again = command("compare", "k-ai", CHANGED, "--runs", 201, "--out", out)
    assert (again.code, "another run (ranges [[0, 200]]" in again.err) == (2, True)


def test_halves_of_a_comparison_are_merged_to_the_whole(tmp_path):
    for name in ("0:50", "50:120", "0:120"):
        command("compare", "k-ai", CHANGED, "--replications", name, "--out", tmp_path / name)
    halves = tmp_path / "50:120", tmp_path / "0:50"
    printed = command("results", "merge", *halves, "--out", tmp_path / "merged")
    assert (printed.code, printed.err) == (0, "")
    assert "2 folders, 120 runs" in printed.out
    found, expected = content(tmp_path / "merged"), content(tmp_path / "0:120")
    assert {name for name in found | expected if found.get(name) != expected.get(name)} <= {"manifest.json"}
    ours, theirs = (json.loads(each.pop("manifest.json")) for each in (found, expected))
    assert {key for key in ours | theirs if ours.get(key) != theirs.get(key)} <= {"command"}


def test_the_figure_is_drawn_again_from_the_folder_alone(saved):
    out, before = saved, content(saved)
    for path in out.glob("forest-*"):
        path.unlink()
    assert command("plot", out, "--lang", "ko").code == 0
    assert content(out) == before
    assert "Next: sim plot" in command("results", "show", out).out
    assert command("plot", out).code == 0
    assert (out / "forest-en.svg").exists()
    replayed = command("results", "replay", out)  # the figure in English is nothing strange
    assert (replayed.code, replayed.out) == (0, "The same: 8 files agree, byte for byte.\n")


def test_one_that_was_broken_off_gets_its_figure_in_the_language_that_was_asked_for(saved):
    out, before = saved, content(saved)
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    broken = {key: value for key, value in manifest.items() if key not in ("parts", "files", "checksum")}
    (out / "manifest.json").write_text(json.dumps(broken), encoding="utf-8")
    for path in (*out.glob("forest-*"), out / "differences.csv"):
        path.unlink()
    unfinished = command("plot", out)
    assert (unfinished.code, "no differences.csv, it did not finish; sim resume" in unfinished.err) == (
        2,
        True,
    )
    assert command("resume", out).code == 0
    assert content(out) == before


def test_a_manifest_that_was_emptied_is_told_so(tmp_path):
    command("compare", "k-ai", "one-finalist", "--runs", 50, "--out", tmp_path / "out")
    (tmp_path / "out" / "manifest.json").write_text(
        '{"format": 2, "request": {"kind": "comparison"}}', encoding="utf-8"
    )
    printed = command("results", "show", tmp_path / "out")
    assert (printed.code, len(printed.err.splitlines())) == (2, 1)
    assert "no scenario_hash" in printed.err


def content(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_scenarios_without_a_team_in_common_are_compared_as_a_whole(tmp_path):
    printed = command("compare", "minimal", "equal-teams", "--runs", 100, "--out", tmp_path)
    assert (printed.code, printed.err) == (0, "")
    assert "No team is in both." in printed.out
    assert "No run has other fates" not in printed.out
    assert list(tmp_path.glob("*.png")) == []
    assert "nothing to draw" in command("plot", tmp_path).err
    assert command("resume", tmp_path).out.startswith("Complete: nothing is missing")


def test_a_team_that_only_some_of_them_have_has_lanes_where_it_is(tmp_path):
    printed = command("compare", "k-ai", "equal-teams", "k-ai", "--runs", 50, "--out", tmp_path)
    assert (printed.code, printed.err) == (0, "")
    assert (tmp_path / "forest-en.svg").exists()


def test_results_that_only_one_of_them_knows_are_told():
    told = "Results are known in A that B draws: --from-start draws them in both."
    assert told in command("compare", "k-ai", "k-ai-2025-plan", "--runs", 50).out
    assert (
        told.replace("A", "B", 1).replace("that B", "that A")
        in command("compare", "k-ai-2025-plan", "k-ai", "--runs", 50).out
    )
    assert "Results are known" not in command("compare", "k-ai", "one-finalist", "--runs", 50).out


def test_the_figure_has_a_lane_for_every_team_and_scenario():
    scenarios = [load("k-ai"), load("k-ai"), load("one-finalist")]
    table = sim.compare(scenarios, 200).differences()
    labels = Labels(
        title="k-ai",
        teams={"lg": "LG", "upstage": "Upstage", "skt": "SKT"},
        stages={},
        runs=200,
        scenario_hash="0" * 8,
        known_until="2026-11-22",
        lang="en",
    )
    figure = draw_forest(table[table.what == "leaves_at_all"], ["A", "B", "C"], labels)
    (axes,) = figure.axes
    points = [line for line in axes.lines if str(line.get_label()).split()[0] in labels.teams]
    assert len(points) == 6
    texts = [text.get_text() for text in axes.texts if "→" in text.get_text() and "%" in text.get_text()]
    assert [text[-3:] for text in texts[::2]] == ["(0)"] * 3
    assert all("(+" in text for text in texts[1::2])  # one stays where two did
