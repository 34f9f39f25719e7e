"""Editors, by the language server that they run: what they mark, show and offer agrees with `sim check`."""

import json
import re
import textwrap

import pytest

from sim.cli.app import run_command
from sim.scenario.language.schema import schema_text
from tests.scenario.broken import GOOD, changed
from tests.scenario.language.editor import ROOT, an_editor, skip_without_server

SCENARIOS = ROOT / "scenarios"
BAD = ROOT / "tests/bad_scenarios"
YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    """An editor with the schema of today, whatever is shipped."""
    skip_without_server()
    schema = tmp_path_factory.mktemp("schema") / "schema.json"
    schema.write_text(schema_text(), encoding="utf-8")
    with an_editor(schema) as found:
        yield found


@pytest.fixture
def marked(editor, tmp_path):
    """What an editor marks in a text: line, column (both from 1) and message."""

    def look(text):
        path = tmp_path / f"{abs(hash(text))}.yaml"
        found = editor.open({path: text})[path]
        return [(*place(one), one["message"]) for one in found]

    return look


def place(mark):
    start = mark["range"]["start"]
    return start["line"] + 1, start["character"] + 1


def test_no_bundled_scenario_is_marked(editor):
    files = {path: path.read_text("utf-8") for path in SCENARIOS.glob("*.yaml")}
    assert len(files) > 10
    assert {path.stem: found for path, found in editor.open(files).items() if found} == {}


def test_a_new_file_is_not_marked(marked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_command(["scenario", "new", "mine"]) == 0
    text = (tmp_path / "mine.yaml").read_text("utf-8")
    assert marked(text.replace("$schema=", "none=")) == []


FRAMES = ("extends: a.yaml\n{}", "extends: a.yaml\nstages:\n{}", "extends: a.yaml\nstages:\n  any:\n{}")
"""Where an example of the documentation may stand: in a file, in its stages, in one of them."""


def documented():
    """Each key with its value in a block of YAML of the documentation, and whole files."""
    for page in sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]):
        for number, block in enumerate(YAML_BLOCK.findall(page.read_text("utf-8"))):
            text = textwrap.dedent(block)
            parts = (
                [text] if text.startswith(("format:", "extends:")) else re.split(r"^(?=\S)", text, flags=re.M)
            )
            if "keeep" in text:  # the tutorial shows what is said of mistakes
                continue
            yield from ((f"{page.stem}-{number}-{i}", part) for i, part in enumerate(parts) if part)


def test_no_documented_example_is_marked(editor, tmp_path):
    files = {}
    for name, text in documented():
        frames = ("{}",) if text.startswith(("format:", "extends:")) else FRAMES
        for i, frame in enumerate(frames):
            depth = "    "[: 2 * i]
            files[tmp_path / f"{name}-{i}.yaml"] = frame.format(textwrap.indent(text, depth))
    assert len(files) > 60
    found = editor.open(files)
    fine = {path.stem.rpartition("-")[0] for path, marks in found.items() if not marks}
    assert {name for name, _ in documented()} - fine == set()


ONLY_THE_PROGRAM_KNOWS = {
    "what other parts of the file say": """
        a-result-after-an-open-one a-share-of-the-slope-where-people-judge a-widest-range-below-zero
        a-window-that-may-close-after-its-result actual-day-that-is-still-to-come
        decomposed-hangul-of-an-unknown-team doubt-about-nothing doubt-about-one-of-two-laws-of-a-draw
        duplicate-id-in-two-forms-of-hangul entry-after-the-last-stage entry-that-nobody-can-win
        fact-as-a-choice fact-known-after-the-day-of-the-file fact-of-an-unknown-item fact-of-an-unknown-team
        fact-of-too-many-points facts-of-a-stage-ahead fewer-left-than-the-cut-takes
        held-after-a-stage-that-is-not items-that-exceed-their-block keep-more-than-there-are
        left-before-it-came like-an-unknown-stage more-left-than-the-cut-takes
        out-at-a-gate-that-is-not-there out-by-points-without-a-cut result-before-training-ends
        result-known-before-its-day shares-above-the-pool shares-by-results-of-no-stage
        shares-of-the-slope-above-one shares-of-the-slope-below-one tie-broken-by-an-unknown-block
        unknown-hardware unknown-supplier unknown-team window-that-closes-before-it-opens
        windows-of-one-team-that-overlap windows-that-overlap
    """,
    "what other files say": """
        extends-a-circle extends-a-missing-file extends-an-absolute-path extends-and-keeps-too-many
        extends-and-lets-a-team-in-again extends-and-misspells-a-stage extends-and-removes-nothing
        extends-itself extends-out-of-the-folder
    """,
    "that one of several keys is needed, or that one number is above another": """
        an-empty-list fact-that-says-nothing fact-with-a-range-upside-down no-window
    """,
    "what we refuse of YAML, and editors take": """
        alias merge-key no-blank-in-braces not-a-number only-a-comment tab-behind-a-colon two-documents
    """,
}
"""Broken files in which an editor marks nothing, by what it would have to know."""


def broken_files():
    """Texts of those that are UTF-8: of others an editor shows garbled letters, or asks for the encoding."""
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in sorted(BAD.glob("*.yaml"))}
    return {path: text for path, text in texts.items() if "\ufffd" not in text}


def test_every_broken_file_is_marked_but_where_only_the_program_can_know(editor):
    unmarked = {path.stem for path, found in editor.open(broken_files()).items() if not found}
    assert unmarked == set(" ".join(ONLY_THE_PROGRAM_KNOWS.values()).split())


LINE = re.compile(r"^[^:]+:(\d+):\d+: ")


def test_marks_of_the_schema_stand_in_lines_that_the_program_names(editor):
    """Or just below, at the value of a key. Where YAML itself is broken, an editor guesses and marks more."""
    elsewhere = {}
    for path, marks in editor.open(broken_files()).items():
        told = {
            int(m[1]) for m in map(LINE.match, path.with_suffix(".txt").read_text("utf-8").splitlines()) if m
        }
        schema_only = all(str(mark.get("source", "")).startswith("yaml-schema") for mark in marks)
        if schema_only and (lines := {place(mark)[0] for mark in marks} - told - {line + 1 for line in told}):
            elsewhere[path.stem] = lines
    assert elsewhere == {}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cut: {keep: 1}", "cut: {keep: -1}", "Value is below the minimum of 0."),
        ("cut: {keep: 1}", "cut: {keep: '1'}", "Expected a number, or a distribution of it"),
        ("cut: {keep: 1}", "cut: {keep: {choice: [1, -2]}}", "Value is below the minimum of 0."),
        ("cut: {keep: 1}", "gate: {risk: 1.5}", "Value is above the maximum of 1."),
        ("cut: {keep: 1}", "gate: {risk: 150 %}", "Expected a share such as 0.23 or 23 %"),
        ("cut: {keep: 1}", "gate: {risk: {uniform: [0, 2]}}", "Value is above the maximum of 1."),
        (
            "cut: {keep: 1}",
            "gate: {risk: {triangular: [0, 1]}}",
            "Array has too few items. Expected 3 or more.",
        ),
        (
            "cut: {keep: 1}",
            "gate: {risk: {uniform: [0, 1], normal: [0, 1]}}",
            "`uniform` beside `normal`: only one of them can be used",
        ),
        ("cut: {keep: 1}", "cut: {keep: 1, drop: 1}", "`drop` beside `keep`: only one of them can be used"),
        ("cut: {keep: 1}", "shift: 2 months", "Expected a number in days or weeks"),
        ("{name: Red}", "{owns: 512 B200}", "Property owns is not allowed."),
        ("{name: Red}", "~", "Nothing here: give it a value or leave it out"),
        ("2026-07-15", "2026-02-29", "Expected a day such as 2026-01-15, or {planned: ..., actual: ...}"),
        (
            "as_of: 2026-01-01",
            "as_of: 2026-02-29",
            "Expected a day of the calendar, 1990 to 2200, such as 2026-01-15",
        ),
        (" to 2026-06-30", " to 2026-06-31", "Expected two days, as in 2025-09-09 to 2025-12-30"),
        ("{B200: 1024}", "1024", "Expected GPUs with their type, as in 512 B200 or {B200: 512}"),
        ("max: 60", "max: 0", "Value is below the exclusive minimum of 0."),
    ],
)
def test_the_first_mistake_of_a_file_is_marked_in_its_line(old, new, message, marked):
    text = changed(old, new)
    line = next(i for i, row in enumerate(text.splitlines(), start=1) if new in row)
    found = marked(text)
    assert [(row, said) for row, _, said in found] == [(line, message)]


def test_only_a_file_that_stands_alone_must_be_whole(marked):
    assert marked("extends: k-ai\n") == []
    assert (
        marked("extends: k-ai\nstages: {stage-3: {cut: {keep: 1}, points: {experts: {spread: 2}}}}\n") == []
    )
    missing = {message for _, _, message in marked("name: Alone\n")}
    keys = ("format", "as_of", "teams", "stages")
    assert missing == {f'Missing property "{key}".' for key in keys}


def test_a_copy_or_a_choice_may_bring_what_is_missing(marked):
    second = GOOD.replace(
        "    points:\n      exam: {max: 60, mean: 35, per_eci: 0.8}\n",
        "    points: {like: first, jury: {spread: 2}}\n",
    )
    assert second != GOOD
    assert marked(second) == []
    assert marked(changed("shares: equal}", "shares: equal}\n    gate: {choice: [{risk: 0.1}, ~]}")) == []
    raters = "raters: {choice: [{n: 10, sd: 2}, {n: 20, sd: 2}]}"
    assert marked(changed("spread: 2.5}", f"spread: 2.5, {raters}}}")) == []


def test_what_is_shown_over_a_key_says_it_in_both_languages(editor, tmp_path):
    path = tmp_path / "hover.yaml"
    text = changed("cut: {keep: 1}", "gate: {risk: {uniform: [0, 0.1]}}")
    editor.open({path: text})
    lines = text.splitlines()
    row = next(i for i, line in enumerate(lines) if "gate:" in line)
    shown = editor.hover(path, row, lines[row].index("risk"))
    assert shown.startswith("#### stages.\\*.gate.risk")
    for part in (
        "Chance that a team fails",
        "팀이 심사에서 탈락할 확률",
        "from 0 to 1",
        "0.05 if left out",
    ):
        assert part in shown
    law = editor.hover(path, row, lines[row].index("uniform"))
    assert "Every value between low and high alike" in law
    team = editor.hover(path, lines.index("  red: {name: Red}"), 3)
    assert team.startswith("#### teams.\\*")
    assert "참가 팀" in team


def test_keys_and_values_are_offered(editor, tmp_path):
    path = tmp_path / "complete.yaml"
    text = changed("    cut: {keep: 1}\n", "    gate:\n      r\n").replace("shares: equal", "shares: ")
    editor.open({path: text})
    lines = text.splitlines()
    keys = editor.complete(path, lines.index("      r"), 7)
    assert {"risk", "mode", "like", "source"} <= set(keys)
    assert keys["risk"]["insertText"] == "risk: ${1:0.05}"
    assert "Chance that a team fails" in json.dumps(keys["risk"]["documentation"])
    row = next(i for i, line in enumerate(lines) if "shares:" in line)
    assert {"equal", "by-score", "winner"} <= set(
        editor.complete(path, row, lines[row].index("shares: ") + 8)
    )


def test_the_shipped_schema_is_the_one_that_files_name(editor):
    path = SCENARIOS / "not-saved.yaml"
    text = (SCENARIOS / "minimal.yaml").read_text("utf-8").replace("keep: 2", "keep: -2")
    assert [mark["message"] for mark in editor.open({path: text})[path]] == [
        "Value is below the minimum of 0."
    ]
