"""`sim check` and `sim scenario`: what they say, and that they say it quickly."""

import json
import re

import fastjsonschema
import pytest
from pydantic import TypeAdapter
from rich.cells import cell_len

from sim.scenario import load
from sim.scenario.comparison import differences
from sim.scenario.language.catalogue import WORD_EXAMPLES, keys
from sim.scenario.language.files import bundled_names
from sim.scenario.language.yamltree import parse, parse_value
from sim.scenario.models.numbers import LAWS, Number
from sim.text import say
from tests.cli.command import SCENARIOS, command, imported_by, once

NAMES = bundled_names()
LANGS = ("en", "ko")
UNDOUBTED = ("--set", "doubts=null")
"""Doubts are played one by one, which takes most of a short run."""


def assert_fits(printed):
    assert printed.code == 0, printed.err
    assert [line for line in printed.out.splitlines() if cell_len(line) > 80] == []


def test_check_says_that_a_file_is_fine_and_how_much_of_it_is_guessed():
    printed = command("check", SCENARIOS / "minimal.yaml", "k-ai")
    first, second = printed.out.splitlines()
    assert "no mistakes; 3 teams, 2 stages; 4 of 55 inputs are guesses" in first
    assert second.startswith("k-ai: no mistakes; 7 teams, 3 stages, 18 facts; ")
    assert (printed.code, printed.err) == (0, "")


def test_check_looks_at_a_change_before_it_is_made():
    assert command("check", "k-ai", "--set", "stages.stage-3.cut.keep=1").code == 0
    refused = command("check", "k-ai", "--set", "stages.stage-3.cut.keep=9")
    assert (refused.code, "9 teams to keep" in refused.err) == (2, True)


def test_check_tells_the_mistakes_of_all_files_at_once(tmp_path):
    for name, line in (("one", "teems: 1"), ("two", "format: 2")):
        (tmp_path / f"{name}.yaml").write_text(f"extends: three.yaml\n{line}\n", encoding="utf-8")
    (tmp_path / "three.yaml").write_text((SCENARIOS / "minimal.yaml").read_text("utf-8"), encoding="utf-8")
    printed = command("check", tmp_path / "one.yaml", tmp_path / "three.yaml", tmp_path / "two.yaml")
    assert printed.code == 2
    assert len(printed.out.splitlines()) == 1
    one, two = printed.err.splitlines()
    assert "one.yaml:2:1: teems: unknown key 'teems' (did you mean 'teams'?)" in one
    assert "two.yaml:2:1: format: '2', expected 1 (evalsched" in two


@pytest.mark.parametrize("lang", LANGS)
def test_the_list_has_every_bundled_scenario(lang):
    printed = once("scenario", "list", "--lang", lang)
    assert_fits(printed)
    assert [line.split()[0] for line in printed.out.splitlines()[1:-1]] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_what_show_prints_is_the_same_scenario(name, tmp_path):
    copy = tmp_path / "copy.yaml"
    copy.write_text(once("scenario", "show", name).out, encoding="utf-8")
    assert load(copy).digest() == load(name).digest()


def test_show_says_where_each_value_comes_from():
    lines = once("scenario", "show", "k-ai-2025-plan", "--set", "stages.stage-1.cut.keep=5").out.splitlines()

    def comment(text):
        (line,) = (line for line in lines if text in line)
        return line.partition("# ")[2]

    assert comment("cut: {keep: 5}") == "--set"
    assert comment("carry: 0 ") == "default"
    assert comment("follows_strength: 0.3") == "default, guess"
    assert comment("H200: {uniform: {low: 512").startswith("k-ai-teams.yaml:13, guess")
    number = int(comment("as_of: 2025-08-04").removeprefix("k-ai-2025-plan.yaml:"))
    assert (SCENARIOS / "k-ai-2025-plan.yaml").read_text("utf-8").splitlines()[
        number - 1
    ] == "as_of: 2025-08-04"


def test_show_says_that_a_table_of_weights_is_in_the_file():
    """Whose values may be written in several ways: 0, or 0.0."""
    shown = command("scenario", "show", "k-ai").out.splitlines()
    (line,) = [line for line in shown if "weighted:" in line]
    assert "# k-ai.yaml:" in line


def test_a_copied_block_comes_from_where_it_is_copied():
    text = once("scenario", "show", "k-ai").out
    source = (SCENARIOS / "k-ai.yaml").read_text("utf-8").splitlines()
    (line,) = [i for i, line in enumerate(source, start=1) if "{like: stage-2" in line and "points" in line][
        :1
    ]
    assert f"# k-ai.yaml:{line}" in text
    assert re.search(r"\n  stages\.stage-3\.cut\.keep: \[2, 1, 3\] +# k-ai\.yaml:\d", text)
    assert re.search(r"\n  stages\.stage-3\.held: \[true, false\] +# k-ai\.yaml:\d", text)


def test_a_scenario_differs_from_itself_in_nothing_and_from_another_by_path():
    assert command("scenario", "diff", "k-ai", "k-ai").out == "No value differs.\n"
    printed = command("scenario", "diff", "k-ai-2025-plan", "annual")
    assert_fits(printed)
    assert "stages.stage-2.result                   2026-06-30          2026-12-31\n" in printed.out


def test_differences_are_the_changes_that_were_made():
    changes = {
        "stages.stage-1.cut.keep": 3.0,
        "teams.skt.own": {"H200": 10.0},
        "judging.follows_strength": 0.5,
    }
    found = differences(load("k-ai"), load("k-ai", changes))
    assert {d.path: d.second for d in found} == {
        "teams.skt.own.H200": 10.0,
        "stages.stage-1.cut.keep": 3.0,
        "judging.follows_strength": 0.5,
        "doubts.judging.follows_strength": None,  # who sets it does not doubt it
    }
    back = differences(load("k-ai", changes), load("k-ai"))
    assert [(d.path, d.first, d.second) for d in back] == [(d.path, d.second, d.first) for d in found]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("key", keys(), ids=lambda key: key.dotted)
def test_every_key_can_be_explained(key, lang):
    printed = command("scenario", "explain", key.dotted, "--lang", lang)
    assert_fits(printed)
    assert printed.out.startswith(key.dotted)
    assert " ".join(key.meaning.split()) in " ".join(printed.out.split())


def test_a_misspelt_key_gets_a_suggestion():
    printed = command("scenario", "explain", "stages.first.cut.kep")
    assert printed.code == 2
    assert printed.err == "sim: stages.first.cut.kep: no key of a scenario (did you mean 'keep'?)\n"


def test_the_schema_beside_the_scenarios_is_current():
    printed = once("scenario", "schema").out
    assert (SCENARIOS / "schema.json").read_text("utf-8") == printed, (
        "sim scenario schema > scenarios/schema.json"
    )


@pytest.fixture(scope="module")
def valid():
    """Checks data by the schema."""
    return fastjsonschema.compile(json.loads(once("scenario", "schema").out))


@pytest.mark.parametrize("path", sorted(SCENARIOS.rglob("*.yaml")), ids=lambda path: path.stem)
def test_our_files_keep_the_schema(path, valid):
    data = parse(path.read_text("utf-8"), path.name).data
    if path.parent.name == "parts":
        data["extends"] = []
    else:
        up = "../" if path.parent.name == "programmes" else ""
        assert path.read_text("utf-8").startswith(f"# yaml-language-server: $schema={up}schema.json\n")
    valid(data)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("teams",), 5),
        (("teems",), {}),
        (("as_of",), 7),
        (("stages", "first", "cut"), {"kep": 3}),
        (("stages", "first", "cut"), {"keep": "many"}),
        (("stages", "first", "gate"), {"mode": "last"}),
        (("teams", "red", "own"), 512),
        (("format",), 2),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(path, value, valid):
    data = parse((SCENARIOS / "minimal.yaml").read_text("utf-8"), "minimal.yaml").data
    valid(data)
    block = data
    for step in path[:-1]:
        block = block[step]
    block[path[-1]] = value
    with pytest.raises(fastjsonschema.JsonSchemaException):
        valid(data)


@pytest.mark.parametrize("kind", [[], ["--contest"]])
def test_a_new_file_is_fine_as_it_is_and_never_overwrites_one(tmp_path, valid, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    printed = command("scenario", "new", "mine", *kind)
    assert printed.out == "Written: mine.yaml. Next: sim check mine.yaml, then sim run mine.yaml\n"
    checked = command("check", "mine.yaml")
    assert (checked.code, checked.err) == (0, "")
    valid(parse((tmp_path / "mine.yaml").read_text("utf-8"), "mine.yaml").data)
    assert command("run", "mine.yaml", "--runs", 200).code == 0
    again = command("scenario", "new", "mine.yaml")
    assert (again.code, again.err) == (2, "sim: mine.yaml: is there already; choose another name\n")
    for name in ("", " ", ".", "/"):
        nameless = command("scenario", "new", name)
        assert (nameless.code, nameless.err.count("\n")) == (2, 1)
        assert nameless.err.startswith("sim: a file needs a name, as in")
    nowhere = command("scenario", "new", "no/such/folder/mine")
    assert nowhere.code == 2
    assert nowhere.err.count("\n") == 1


def test_a_bundled_scenario_goes_by_its_bare_name_unless_a_file_has_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load("k-ai").digest() == load(SCENARIOS / "k-ai.yaml").digest()
    (tmp_path / "minimal").write_text("format: 1\n", encoding="utf-8")
    assert "minimal:1:1: name: missing" in command("check", "minimal").err
    assert command("run", "minima").err == "minima: no such file (did you mean 'minimal'?)\n"


def test_these_verbs_import_no_heavy_library():
    commands = (
        ("check", "k-ai"),
        ("scenario", "list"),
        ("scenario", "show", "minimal"),
        ("scenario", "diff", "minimal", "k-ai"),
        ("scenario", "explain", "keep"),
        ("scenario", "schema"),
        ("scenario", "--help"),
        ("check", "--help"),
    )
    assert dict(zip(commands, imported_by(*commands), strict=True)) == {each: [0, []] for each in commands}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("teams.red.own", "512 B200"),
        ("teams.red.own", "{B200: {lognormal: {p5: 589, p95: 1971}}}"),
        ("teams.red.effect", "{truncated: {normal: [0, 2], low: -1}, shared: weather}"),
        ("teams.red.faults", "0.01"),
        ("hardware.B200.price", "1.2만원"),
        ("hardware.B200.mfu", "{beta: [2, 5]}"),
        ("stages.first.shift", "{poisson: 3}"),
        ("stages.first.shift", "{uniform: [1 week, 3 weeks]}"),
        ("stages.first.cut", "{choice: [{keep: 1}, {drop: 1}]}"),
        ("stages.second.points", "{like: first, exam: ~}"),
        ("stages.first.points.exam.items", "{maths: 20, code: {max: 40, target: 140}}"),
        ("stages.first.result", "{planned: 2026-07-15}"),
    ],
)
def test_the_schema_takes_what_the_loader_takes(path, text, valid):
    load("minimal", {path: parse_value(text)})
    data = parse((SCENARIOS / "minimal.yaml").read_text("utf-8"), "minimal.yaml").data
    *steps, last = path.split(".")
    block = data
    for step in steps:
        block = block.setdefault(step, {})
    block[last] = parse_value(text)
    valid(data)


def test_from_the_start_no_known_result_stands_against_a_changed_rule():
    changed = ("run", "k-ai", "--runs", 50, *UNDOUBTED, "--set", "stages.stage-1.cut.keep=2")
    assert "stages.stage-1.happened: 1 of 5 teams out by points" in command(*changed).err
    assert command(*changed, "--from-start").code == 0
    assert command("trace", "k-ai", "--from-start", "--set", "stages.stage-1.cut.keep=2").code == 0


def test_a_run_tells_what_is_suspicious_and_runs_all_the_same():
    printed = command("run", "minimal", "--runs", 50, "--set", "stages.second.grants=null")
    assert printed.code == 0
    assert "warning: " in printed.err
    assert "teams.red: no GPUs in second: it submits nothing and gets 0 points" in printed.err


@pytest.mark.parametrize("word", [*WORD_EXAMPLES, "uniform"])
def test_words_without_a_path_are_explained_too(word):
    printed = command("scenario", "explain", word)
    assert_fits(printed)
    for lang in LANGS:
        assert say(lang, f"key.word.{word}") in " ".join(printed.out.split())
    assert any("가" <= letter <= "힣" for letter in say("ko", f"key.word.{word}"))


def test_the_laws_that_are_explained_are_those_that_there_are():
    assert set(LAWS) <= set(WORD_EXAMPLES)
    for law in LAWS:
        shown = WORD_EXAMPLES[law]
        value = parse_value(shown if shown.startswith("{") else "{constant: 1024}")
        assert TypeAdapter(Number).validate_python(value)


def test_a_bundled_scenario_can_be_changed_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("k-ai", "k-ai.yaml"):
        (tmp_path / "mine.yaml").write_text(f"extends: {name}\nname: Mine\n", encoding="utf-8")
        assert differences(load("mine.yaml"), load("k-ai"))[0].path == "name.en"
    (tmp_path / "k-ai.yaml").write_text("extends: minimal\n", encoding="utf-8")
    assert load("mine.yaml").stages.keys() == load("minimal").stages.keys()  # the nearest file counts
    (tmp_path / "mine.yaml").write_text("extends: [minimal, parts/gpus.yaml]\n", encoding="utf-8")
    assert load("mine.yaml").hardware.keys() == {"B200", "H200", "H100"}


def test_what_is_set_leaves_its_alternatives_behind():
    assert load("k-ai", {"stages.stage-3.cut.drop": 1}).stages["stage-3"].cut.keep is None
    pool = load("k-ai", {"stages.stage-3.grants.pool": {"B200": 9}, "stages.stage-3.grants.shares": "equal"})
    assert pool.stages["stage-3"].grants.gpus == {}
    points = load("minimal", {"stages.first.points.exam.spread": 2}).stages["first"].points["exam"]
    assert points.judged


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "stages.second.points.exam.mean=70",
            "a mean of 70 points: most teams get all 60, expected at most 60",
        ),
        ("hardware.B200.price=1.2", "a price of 1.2 KRW an hour, expected a unit, as in 1.2만원"),
        ("hardware.B200.peak=2.25", "a peak of 2.25 TFLOPS, less than any such GPU has"),
        ("stages.first.cut.keep=0", "0 teams to keep, with a stage to follow"),
        ("stages.first.cut.keep=1.5", "1.5 teams, played as 2, expected a whole number"),
    ],
)
def test_what_looks_like_a_slip_is_told(change, said):
    printed = command("run", "minimal", "--runs", 20, "--set", change)
    assert printed.code == 0
    assert said in printed.err


def test_a_day_after_a_drawn_result_is_suspicious_if_others_are_known():
    assert "but the result of 'stage-3' of 2027-02-15 is not in the file" in (
        command("run", "k-ai", "--runs", 20, *UNDOUBTED, "--set", "as_of=2027-03-01").err
    )
    assert command("run", "k-ai", "--runs", 20, *UNDOUBTED, "--from-start").err == ""


def test_korean_windows_may_be_written_with_a_wave():
    window = {"stages.first.train": "2026-01-01 ~ 2026-06-30"}
    assert load("minimal", window).digest() == load("minimal").digest()
