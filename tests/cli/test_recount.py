"""`sim recount`: a sentence first, within 80 columns, the same numbers as the JSON, nothing drawn."""

import json
import re

import pandas as pd
import pytest
from rich.cells import cell_len

import sim
from tests.cli.command import HEAVY, MINIMAL, command, process
from tests.cli.test_korean import leftovers

SCENARIO = """\
format: 1
name: {en: Four teams, ko: 네 팀}
as_of: 2026-08-20
hardware: {B200: {peak: 2250 TFLOPS, mfu: 0.23}}
teams:
  skt:     {name: {en: SK Telecom, ko: 에스케이텔레콤}}
  upstage: {name: {en: Upstage, ko: 업스테이지}}
  lg:      {name: {en: LG AI Research, ko: 엘지인공지능연구원}}
  motif:   {name: {en: Motif, ko: 모티프테크놀로지스}, own: {B200: 8}}
stages:
  stage-1:
    train: 2026-01-01 to 2026-01-31
    result: 2026-01-31
    points: {exam: {max: 10, mean: 5, per_eci: 0.1}}
    reported:
      out_of: {exam: 10}
      points: {skt: {exam: 9}, lg: {exam: 8}}
  stage-2:
    name: {en: Stage 2, ko: 2단계}
    train: 2026-02-01 to 2026-07-31
    result: 2026-08-18
    points:
      benchmark: {max: 40, mean: 22.5, per_eci: 0.5, items: {aaii: 25, nia: 15}}
      experts: {max: 35, mean: 28.8, spread: 1.2}
      users: {max: 25, mean: 17.6, spread: 2.2, items: {professionals: 15, citizens: 10}}
    cut: {keep: 3}
    ties: [benchmark, experts]
    reported:
      out_of:    {benchmark: {aaii: 25, nia: 15}, experts: 35, users: 25}
      points:
        skt:     {benchmark: 22.3, experts: 29.1, users: 19.2}
        upstage: {benchmark: 22.4, experts: 29.1, users: 18.4}
        lg:      {benchmark: 20.7, experts: 29.5, users: 18.8}
        motif:   {benchmark: 24.6, experts: 27.1, users: 14.1}
      items: {benchmark: {aaii: {skt: 8.75, upstage: 9.35, lg: 7.75, motif: 11.85}}}
      totals: {skt: 70.6, upstage: 69.9, lg: 69.0, motif: 65.8}
      source: 신문
      confidence: D
      guess: [points]
"""
USERS = "stages.stage-2.points.users"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "four.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def changed(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def told(*arguments):
    printed = command("recount", *arguments)
    assert (printed.code, printed.err) == (0, "")
    return printed.out


def on_a_line(out):
    return " ".join(out.split())


def as_json(*arguments):
    return json.loads(told(*arguments, "--json"))


def test_the_second_evaluation_is_told_within_80_columns(file):
    out = told(file)
    lines = out.splitlines()
    assert lines[0] == "Recounted: Motif leaves, 3.2 points behind the cut."
    assert len(lines) <= 25
    assert [line for line in lines if cell_len(line) > 80 or line != line.rstrip()] == []
    assert re.search(r"^  Motif +24\.6 +27\.1 +14\.1 +65\.8 +4 leaves$", out, re.MULTILINE)
    assert re.search(r"^  users +LG AI Research, 1\.2 points behind$", out, re.MULTILINE)
    assert re.search(
        r"^  benchmark/aaii, now 25 % above 37\.\d \(.*\) %: LG AI Research, not Motif$", out, re.MULTILINE
    )
    assert "The sums are the totals reported" in out
    assert "GUESSED: points" in out


def test_korean_tells_the_same_numbers_in_korean(file):
    en, ko = told(file), told(file, "--lang", "ko")
    assert ko.splitlines()[0] == "재집계: 모티프테크놀로지스 탈락, 당락 기준과 3.2점 차."
    assert [line for line in ko.splitlines() if cell_len(line) > 80] == []
    assert leftovers(ko, sim.load(file), file.name, "aaii", "nia") <= {
        "D"
    }  # ids of items, and the confidence

    def of_table(out):
        return re.findall(r"\d+\.\d", out[out.index("\n\n") :])

    assert of_table(en) == of_table(ko)


def test_json_has_the_documented_keys(file):
    found = as_json(file)
    assert {"scenario", "stage", "maxima", "reported_out_of", "leaves", "tied", "margin"} < found.keys()
    assert found["scenario"]["hash"] == sim.load(file).digest()
    assert found["maxima"] == {"benchmark/aaii": 25, "benchmark/nia": 15, "experts": 35, "users": 25}
    assert (found["stage"], found["leaves"], found["tied"], found["margin"]) == (
        "stage-2",
        ["motif"],
        [],
        3.2,
    )
    assert found["teams"]["motif"] == {
        "points": {"benchmark": 24.6, "experts": 27.1, "users": 14.1},
        "total": 65.8,
        "reported_total": 65.8,
        "rank": 4,
        "rank_at_worst": 4,
        "fate": "leaves",
    }
    assert found["without"]["users"] == {"leaves": ["lg"], "tied": [], "margin": 1.2}
    aaii = found["weights"]["benchmark/aaii"]
    assert aaii["now"] == 0.25
    assert [span["leaves"] for span in aaii["spans"]] == [["motif"], ["lg"]]
    assert aaii["spans"][0]["to"] == aaii["spans"][1]["from"] == aaii["borders"][0]["at"]
    assert aaii["borders"][0]["low"] < aaii["borders"][0]["at"] < aaii["borders"][0]["high"]


def test_the_stage_is_the_last_with_reported_points_or_the_one_asked_for(file):
    assert as_json(file)["stage"] == "stage-2"
    found = as_json(file, "--stage", "stage-1")
    assert (found["stage"], found["leaves"], found["margin"]) == ("stage-1", [], None)
    assert told(file, "--stage", "stage-1").startswith("Recounted: nobody leaves.")


def test_leaving_a_block_out_is_a_maximum_of_nothing(file):
    without = as_json(file, "--without", "users")
    assert (without["leaves"], without["margin"]) == (["lg"], 1.2)
    assert as_json(file, "--set", f"{USERS}.max=0") == without
    by_item = as_json(file, "--without", "benchmark/aaii")
    assert as_json(file, "--set", "stages.stage-2.points.benchmark.items.aaii=0") == by_item
    assert as_json(file, "--set", "stages.stage-2.points.benchmark.items.aaii.max=0") == by_item
    assert by_item["maxima"]["benchmark/nia"] == 15


def test_points_count_in_proportion_to_a_new_maximum(file):
    found = as_json(file, "--set", f"{USERS}.max=10")
    assert found["teams"]["motif"]["points"]["users"] == pytest.approx(14.1 * 10 / 25)
    assert found["maxima"]["users"] == 10
    assert found["reported_out_of"]["users"] == 25
    assert found["teams"]["motif"]["reported_total"] == 65.8
    out = on_a_line(told(file, "--set", f"{USERS}.max=10"))
    assert out.startswith("Recounted at other weights: Motif leaves, 0.4 points behind the cut.")
    assert "users 10 instead of 25; 85 in all (reported out of 100)." in out
    assert "As reported: Motif, 3.2 points behind." in out


def test_a_block_and_its_items_set_together_are_checked_as_the_file_is(file):
    both = (f"{USERS}.max=20", f"{USERS}.items={{professionals: 10, citizens: 10}}")
    options = [part for change in both for part in ("--set", change)]
    assert as_json(file, *options)["maxima"]["users"] == 20
    bad = command("recount", file, "--set", f"{USERS}.max=20", "--set", f"{USERS}.items.citizens=20")
    assert bad.code == 2
    assert "expected the block's 20" in bad.err


def test_a_scenario_with_other_maxima_than_were_reported_is_recounted_with_them(file):
    by_option = as_json(file, "--set", "stages.stage-2.points.experts.max=70")
    changed(file, "experts: {max: 35", "experts: {max: 70")
    by_file = as_json(file)
    assert by_file.pop("scenario") != by_option.pop("scenario")
    assert by_file == by_option


def test_other_values_are_set_as_everywhere(file):
    assert as_json(file, "--set", "stages.stage-2.cut.keep=2")["leaves"] == ["lg", "motif"]
    said = told(file, "--set", "stages.stage-2.cut.keep=2").splitlines()[0]
    assert said == "Recounted: LG AI Research and Motif leave; the cut is 0.9 points wide."
    assert told(file, "--set", "stages.stage-2.cut.keep=0").startswith("Recounted: all leave.")


MOTIF = "stages.stage-2.reported.points.motif"


def test_a_tie_is_told_as_a_tie(file):
    like_lg = ("--set", f"{MOTIF}={{benchmark: 20.7, experts: 29.5, users: 18.8}}")
    said = "Recounted: LG AI Research and Motif tie at the cut, and the points do not say who leaves."
    assert on_a_line(told(file, *like_lg)).startswith(said)
    found = as_json(file, *like_lg)
    assert (found["tied"], found["leaves"], found["margin"]) == (["lg", "motif"], [], 0)
    assert {found["teams"][team]["fate"] for team in ("lg", "motif")} == {"tied"}
    assert (found["teams"]["lg"]["rank"], found["teams"]["lg"]["rank_at_worst"]) == (3, 4)


def test_a_tie_that_the_ladder_breaks_is_told_as_one(file):
    better_at_benchmarks = f"{MOTIF}={{benchmark: 20.8, experts: 29.5, users: 18.7}}"
    said = "Recounted: LG AI Research out by the tie-break, level in points with the last to stay."
    assert on_a_line(told(file, "--set", better_at_benchmarks)).startswith(said)


def test_totals_that_differ_are_told(file):
    changed(file, "upstage: 69.9,", "upstage: 70.9,")
    out = told(file)
    assert "  Upstage: the points sum to 69.9, reported is 70.9." in out.splitlines()
    assert "The sums are" not in out


def test_many_blocks_and_long_names_keep_the_width(file):
    name = "A very long name of a consortium of many universities and firms"
    changed(file, "en: SK Telecom", f"en: {name}")
    blocks = {f"a-long-name-of-block-{i}": 4 + i for i in range(9)}
    points = ", ".join(f"{b}: {{max: {m}, mean: 1, spread: 1}}" for b, m in blocks.items())
    given = ", ".join(f"{b}: {m - 1}" for b, m in blocks.items())
    most = ", ".join(f"{b}: {m}" for b, m in blocks.items())
    for old, new in (
        ("points: {exam: {max: 10, mean: 5, per_eci: 0.1}}", f"points: {{{points}}}"),
        ("out_of: {exam: 10}", f"out_of: {{{most}}}"),
        ("skt: {exam: 9}, lg: {exam: 8}", f"skt: {{{given}}}, lg: {{{given.replace(': 3', ': 2')}}}"),
    ):
        changed(file, old, new)
    for lang in ("en", "ko"):
        out = told(file, "--stage", "stage-1", "--set", "stages.stage-1.cut.drop=1", "--lang", lang)
        assert [line for line in out.splitlines() if cell_len(line) > 80] == []
        assert "…" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--stage", "stage-3"], "did you mean 'stage-2'?"),
        (["--without", "user"], "did you mean 'users'?"),
        (["--without", "users/citizens"], "no points of 'users/citizens' are reported"),
        (["--without", "users", "--without", "experts", "--without", "benchmark"], "no points are left"),
        (["--set", "stages.stage-2.points.user.max=3"], "did you mean 'users'?"),
        (["--set", f"{USERS}.max=-1"], f"{USERS}.max"),
        (["--set", f"{USERS}.max=many"], f"{USERS}.max"),
        (["--set", f"{USERS}.max"], "PATH=VALUE"),
        (["--set", "stages.stage-2.cut.keep={uniform: [1, 3]}"], "the cut is uncertain"),
        (["--set", "stages.stage-2.reported.points.skt.users=26"], "26 points, expected at most 25"),
        (["--lang", "fr"], "fr"),
    ],
)
def test_a_bad_option_is_told_in_one_line(file, options, said):
    printed = command("recount", file, *options)
    assert (printed.code, printed.out) == (2, "")
    (line,) = printed.err.splitlines()
    assert said in line


def test_a_scenario_without_reported_points_is_told_so():
    printed = command("recount", MINIMAL)
    assert (printed.code, printed.out) == (2, "")
    assert "no stage has reported points" in printed.err


def test_reported_points_change_nothing_in_a_run(file):
    def played():
        found = json.loads(command("run", file, "--runs", 50, "--json").out)
        return {key: value for key, value in found.items() if key != "scenario"}

    before = played()
    assert as_json(file, "--set", f"{USERS}.items={{professionals: 15, citizens: 10}}")["leaves"] == ["motif"]
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"    reported:\n(      .*\n)+", "", text), encoding="utf-8")
    assert "reported" not in file.read_text(encoding="utf-8")
    assert played() == before


def test_help_imports_no_heavy_library_and_keeps_the_width():
    code = (
        "import json, sys\nfrom sim.cli.app import run_command\nrun_command(['recount', '--help'])\n"
        f"print('|' + json.dumps(sorted(set({HEAVY}) & set(sys.modules))))"
    )
    out = process(code=code).out
    assert out.rsplit("|", 1)[1].strip() == "[]"
    for option in ("--stage", "--set", "--without", "--json", "--lang"):
        assert option in out
    assert [line for line in out.splitlines() if cell_len(line) > 80] == []


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def read(path):
    return pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False)


def test_a_folder_holds_the_numbers_of_the_json_as_tables(file, tmp_path):
    out = tmp_path / "out"
    printed = command("recount", file, "--out", out)
    assert (printed.code, printed.err) == (0, "")
    names = ["recount.json", "points.csv", "without.csv", "weights.csv", "results.xlsx"]
    assert printed.out.splitlines()[-1].endswith(f"in {out}")
    assert content(out).keys() == set(names)
    told = json.loads(command("recount", file, "--json").out)
    assert json.loads((out / "recount.json").read_text("utf-8"))["result"] == told
    points = read(out / "points.csv").set_index("team")
    for team, one in told["teams"].items():
        row = points.loc[team]
        assert [row[f"points.{block}"] for block in one["points"]] == pytest.approx([*one["points"].values()])
        assert (row.total, row.reported_total) == pytest.approx((one["total"], one["reported_total"]))
        assert (row["rank"], row.fate) == (one["rank"], one["fate"])
    without = read(out / "without.csv").set_index("without")
    assert {block: row.leaves.split() for block, row in without.iterrows()} == {
        block: one["leaves"] for block, one in told["without"].items()
    }
    weights = read(out / "weights.csv")
    for part, one in told["weights"].items():
        rows = weights[weights.part == part]
        assert [*rows.low] == pytest.approx([span["from"] for span in one["spans"]], abs=1e-6)
        assert [text.split() for text in rows.leaves] == [span["leaves"] for span in one["spans"]]
        assert [float(each) for each in [*rows.low_from][1:]] == pytest.approx(
            [border["low"] for border in one["borders"]], abs=1e-6
        )


def test_the_workbook_is_in_the_language_that_was_asked_for_last(file, tmp_path):
    command("recount", file, "--out", tmp_path / "out")
    before = content(tmp_path / "out")
    assert command("recount", file, "--out", tmp_path / "out", "--lang", "ko").code == 0
    after = content(tmp_path / "out")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"results.xlsx", "recount.json"}
    sheets = pd.read_excel(tmp_path / "out" / "results.xlsx", sheet_name=None)
    assert [*sheets][1:3] == ["영역 제외 시", "배점 변경 시"]
    assert "모티프테크놀로지스" in set(next(iter(sheets.values()))["팀"])


@pytest.mark.parametrize("name", ["mine.txt", "points.csv", "manifest.json"])
def test_a_folder_of_anything_else_is_refused_and_left_as_it_is(file, tmp_path, name):
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("mine", encoding="utf-8")
    printed = command("recount", file, "--out", out)
    assert (printed.code, printed.out) == (2, "")
    assert printed.err == f"sim: {out}: not empty and no recount of this program; choose another --out\n"
    assert content(out) == {name: b"mine"}


def test_another_recount_and_an_edited_table_are_refused(file, tmp_path):
    out = tmp_path / "out"
    command("recount", file, "--out", out)
    before = content(out)
    other = command("recount", file, "--without", "users", "--out", out)
    assert other.err == f"sim: {out}: holds another recount; choose another --out or remove it\n"
    assert content(out) == before
    (out / "points.csv").write_text("edited", encoding="utf-8")
    edited = command("recount", file, "--out", out)
    assert (edited.code, "points.csv: edited after it was written" in edited.err) == (2, True)
    assert (out / "points.csv").read_text("utf-8") == "edited"
    (out / "points.csv").unlink()  # what is missing is written again
    assert command("recount", file, "--out", out).code == 0
    assert content(out)["points.csv"] == before["points.csv"]


def test_a_run_does_not_write_into_a_recount(file, tmp_path):
    command("recount", file, "--out", tmp_path / "out")
    refused = command("run", MINIMAL, "--runs", 10, "--out", tmp_path / "out")
    assert "not empty and no results of this program" in refused.err
