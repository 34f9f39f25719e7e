"""`sim sweep`: what it prints, saves and draws."""

import json

import pandas as pd
import pytest
from rich.cells import cell_len

import sim
from sim.stats.input_effects import name_input
from tests.cli.command import MINIMAL, command, once
from tests.render.figures.drawing import words_of

VARY = ("--vary", "stages.first.grants.pool.B200=500:3000:6")
TWO = (*VARY, "--vary", "stages.first.cut.keep=1,2,3")
KEYS = ["point", "stages.first.grants.pool.B200", "option", "default", "gpu_hours", "cost_eok"]


def flat(text):
    return " ".join(text.split())


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("vary", [VARY, TWO, ("--vary", "FILE=minimal,k-ai")], ids=["one", "two", "files"])
def test_it_fits_and_says_what_was_swept(vary, lang):
    printed = once("sweep", MINIMAL, *vary, "--runs", 200, "--lang", lang)
    assert (printed.code, printed.err) == (0, "")
    assert [line for line in printed.out.splitlines() if cell_len(line) > 80] == []
    named = "minimal, k-ai · " if "FILE=minimal,k-ai" in vary else "minimal.yaml · "
    told, _, rest = printed.out.rpartition(named)
    # The first sentence stands before, where some team is at two points.
    assert told.endswith(".\n\n") or (told == "" and vary[1].startswith("FILE="))
    assert rest


def test_a_row_a_point_with_the_chances_of_the_run_that_it_is():
    printed = once("sweep", MINIMAL, *VARY, "--runs", 200, "--lang", "en").out
    (row,) = (line.split() for line in printed.splitlines() if line.startswith("1,500 "))
    alone = command(
        "run", MINIMAL, "--runs", 200, "--set", "stages.first.grants.pool.B200=1500", "--json"
    ).out
    teams = json.loads(alone)["teams"].values()
    assert row[1:4] == [str(int(100 * team["leaves_at_all"]["p"] + 0.5)) for team in teams]


@pytest.mark.parametrize(
    ("lang", "called"),
    [("en", "maximum of exam points, rescaled as a whole, first"), ("ko", "exam 배점(비례 조정), first")],
)
def test_the_maximum_of_a_block_that_scales_all_of_it_has_a_name(lang, called):
    assert name_input("stages.first.points.exam.max_rescaled", lang, sim.load(MINIMAL)) == called


def test_what_is_saved_can_be_drawn_in_both_languages(tmp_path):
    out = tmp_path / "out"
    printed = command("sweep", MINIMAL, *VARY, "--runs", 100, "--out", out)
    assert (printed.code, printed.err) == (0, "")
    table = pd.read_parquet(out / "chances.parquet")
    assert list(table.columns[:6]) == KEYS
    assert table.point.nunique() == 6
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert (manifest["request"]["kind"], manifest["ranges"]) == ("sweep", [[0, 100]])
    assert command("plot", out).code == 0
    assert command("plot", out, "--x", "cost_eok", "--lang", "ko").code == 0
    drawn = {"sweep-en.svg", "sweep-ko.svg", "sweep-cost_eok-ko.svg"}
    assert {path.name for path in out.glob("*.svg")} == drawn


def test_two_factors_make_a_map(tmp_path):
    assert command("sweep", MINIMAL, *TWO, "--runs", 100, "--out", tmp_path).code == 0
    assert command("plot", tmp_path, "--lang", "en").out.startswith(
        "Figures, each with .svg, .txt and .csv beside it: map-en.png"
    )


def test_files_are_told_with_their_own_options_and_teams():
    text = once("sweep", MINIMAL, "--vary", "FILE=k-ai,one-finalist", "--runs", 200, "--lang", "en").out
    assert "2 points (6 with all options)" in " ".join(text.split())
    assert "EACH WITH ITS FIRST OPTION" in text
    text = once("sweep", MINIMAL, "--vary", "FILE=minimal,equal-teams", "--runs", 200, "--lang", "en").out
    (row,) = (line.split() for line in text.splitlines() if line.startswith("equal-teams"))
    assert row[1:4] == ["–"] * 3
    assert row[4] != "–"


def test_one_run_and_one_point_are_one():
    one = once("sweep", MINIMAL, "--vary", "stages.first.cut.keep=2", "--runs", 1, "--lang", "en").out
    assert one.startswith("minimal.yaml · 1 point, 1 run at each, the same luck at all, seed 1\n")
    more = once("sweep", MINIMAL, "--vary", "stages.first.cut.keep=1,2", "--runs", 1, "--lang", "en").out
    assert "\nminimal.yaml · 2 points, 1 run at each, " in more


@pytest.mark.parametrize(
    ("lang", "named", "said"),
    [
        ("en", ["B200 in the pool, first", "Teams that stay, first"], "keep 2"),
        ("ko", ["B200 공동 물량, first", "남는 팀의 수, first"], "2개 팀 선정"),
    ],
)
def test_what_varies_is_called_by_its_name_where_it_has_one(lang, named, said):
    text = once("sweep", MINIMAL, *TWO, "--runs", 20, "--lang", lang).out
    header = flat(text)
    assert [each for each in named if each.replace(" ", "") not in header.replace(" ", "")] == []
    assert "stages.first" not in header
    options = once(
        "sweep", "late-gpus", "--vary", "judging.follows_strength=0:0.5:2", "--runs", 20, "--lang", lang
    )
    assert said in options.out
    assert "judging.follows_strength" not in options.out


def test_suspicious_points_are_told_once_each():
    printed = command("sweep", MINIMAL, "--vary", "stages.first.cut.keep=1:3:5", "--runs", 20)
    assert [line.split(": ")[1] for line in printed.err.splitlines()] == ["point 1", "point 3"]
    assert printed.code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--design", "lhs", *VARY, "--vary", "teams.red.effect=-2:2:3"), "differ in Red's lead in strength"),
        ((*VARY, "--vary", "stages.first.cut.keep=1,2", "--vary", "teams.red.effect=-2:2:2"), "lead in"),
        (("--vary", "stages.second.grants.shares=equal,by-score"), "by-score"),
        (("--vary", "FILE=minimal,k-ai,one-finalist"), "Several scenarios"),
    ],
    ids=["sampled", "three", "names", "files"],
)
def test_whatever_is_swept_can_be_drawn(tmp_path, arguments, said, monkeypatch):
    from matplotlib.figure import Figure

    assert command("sweep", MINIMAL, *arguments, "--runs", 50, "--out", tmp_path).code == 0
    drawn = []
    save = Figure.savefig

    def noted(figure, *arguments, **options):
        drawn.append(figure)
        return save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", noted)
    for x in ((), ("--x", "cost_eok")):
        printed = command("plot", tmp_path, "--lang", "en", *x)
        assert (printed.code, printed.err) == (0, "")
    assert said in words_of(drawn[0])


def test_another_sweep_does_not_take_the_place_of_one(tmp_path):
    command("sweep", MINIMAL, *VARY, "--runs", 100, "--out", tmp_path)
    again = command("sweep", MINIMAL, *VARY, "--runs", 101, "--out", tmp_path)
    assert again.code == 2
    assert again.err.startswith(f"sim: {tmp_path}: holds results of another run (ranges [[0, 100]]")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--vary"),
        (("--vary", "stages.first.cut.keep"), "--vary: stages.first.cut.keep: no factor, expected PATH="),
        (("--vary", "stages.first.cut.kep=1,2"), "unknown key 'kep' (did you mean 'keep'?"),
        (("--vary", "stages.first.cut.keep=1:9:9"), "keep: 4 teams to keep"),
        (("--vary", "stages.first.cut.keep=1:3:2.5"), "'1:3:2.5', expected START:STOP:COUNT"),
        (("--vary", "stages.first.grants.pool.B200=1,000,2,000"), "expected 1000 without a comma"),
        (("--vary", "stages.first.cut.keep=1,2", "--set", "stages.first.cut.keep=1"), "and set by --set"),
        (("--vary", "FILE=nowhere.yaml"), "nowhere.yaml: no such file"),
        (
            ("--vary", "stages.first.cut.keep="),
            "keep: no value, expected values; null removes",
        ),
        (("--vary", "stages.first.cut.keep= # none"), "stages.first.cut.keep: no value"),
        (("--vary", "stages.first.cut.keep=,"), "stages.first.cut.keep: no value"),
        (("--vary", "stages.first.cut.keep=2,"), "keep: an empty value after the last comma"),
        (("--vary", "stages.first.cut.keep=2,,1"), "a ',' with nothing before it"),
        (("--vary", "stages.first.train.days=1e9"), "1000000000.0, expected days, 1 to 76,701"),
        (("--vary", "stages.first.train.days=1:1e9:3"), "500000000.5, expected days, 1 to 76,701"),
        (("--vary", "stages.first.train.days=500000"), "500000, expected days, 1 to 76,701"),
        (("--vary", "stages.first.train.days=0"), "days: 0, expected days, 1 to 76,701"),
        (("--vary", "stages.first.train.days=true"), "days: true, expected days"),
        (
            ("--vary", "teams.red.effect=-1e308:1e308:3"),
            "expected two numbers within 1e+40",
        ),
        (("--vary", "teams.red.effect=1:1e300:2"), "a range without end"),
        (("--vary", "teams.red.effect=1e300,2"), "teams.red.effect: 1e+300, expected at most 10,000"),
        (("--vary", "stages.first.points.exam.max_rescaled=1e300"), "points above 0 and at most 1,000,000"),
        (("--vary", "teams.red.effect=1:2:" + "9" * 5000), "expected START:STOP:COUNT"),
        ((*VARY, *VARY), "the same path twice"),
        ((*VARY, "--runs", "0"), "--runs 0: expected at least 1"),
    ],
)
def test_a_mistake_is_one_line(arguments, said):
    printed = command("sweep", MINIMAL, *arguments)
    assert printed.code == 2
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1
    assert printed.out == ""


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    printed = command("sweep", MINIMAL, *VARY, "--runs", 10, "--out", tmp_path)
    assert printed.code == 2
    assert printed.err == f"sim: {tmp_path}: not empty and no results of this program; choose another --out\n"
    run = tmp_path / "run"
    command("run", MINIMAL, "--runs", 50, "--out", run)
    assert "no sweep" in command("plot", run, "--x", "cost_eok").err
