"""`sim plot` and `sim trace --out` take no figure away: another axis has another name, others are kept."""

import pytest

from tests.cli.command import MINIMAL, command

VARY = ("--vary", "stages.first.grants.pool.B200=500,3000")


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def figures(folder):
    return {name: data for name, data in content(folder).items() if name.endswith((".png", ".svg"))}


@pytest.fixture
def swept(tmp_path):
    out = tmp_path / "out"
    assert command("sweep", MINIMAL, *VARY, "--runs", 100, "--out", out).code == 0
    return out


def test_each_axis_has_files_of_its_own(swept):
    command("plot", swept, "--lang", "en")
    before = figures(swept)
    assert before.keys() == {"sweep-en.png", "sweep-en.svg"}
    printed = command("plot", swept, "--lang", "en", "--x", "cost_eok")
    assert "sweep-cost_eok-en.png" in printed.out
    after = figures(swept)
    assert after.keys() - before.keys() == {"sweep-cost_eok-en.png", "sweep-cost_eok-en.svg"}
    assert {name: after[name] for name in before} == before
    assert after["sweep-cost_eok-en.svg"] != after["sweep-en.svg"]


def test_each_language_has_files_of_its_own(swept):
    command("plot", swept, "--lang", "en")
    before = figures(swept)
    command("plot", swept, "--lang", "ko")
    after = figures(swept)
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {"sweep-ko.png", "sweep-ko.svg"}


def test_the_same_figure_drawn_again_replaces_nothing_and_says_nothing(swept):
    first = command("plot", swept).out
    before = figures(swept)
    assert command("plot", swept).out == first
    assert figures(swept) == before


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_figure_that_somebody_edited_is_kept_under_another_name(swept, lang):
    command("plot", swept, "--lang", lang)
    drawn = figures(swept)
    for edited in (b"mine", b"mine again"):
        (swept / f"sweep-{lang}.svg").write_bytes(edited)
        printed = command("plot", swept, "--lang", lang)
        assert (printed.code, printed.err) == (0, "")
        assert f"sweep-{lang}.before" in printed.out
    there = figures(swept)
    assert {name: there[name] for name in drawn} == drawn
    assert there[f"sweep-{lang}.before.svg"] == b"mine"
    assert there[f"sweep-{lang}.before-2.svg"] == b"mine again"


def test_a_folder_with_what_was_kept_is_whole_and_replays(swept):
    command("plot", swept)
    (swept / "sweep-en.svg").write_bytes(b"mine")
    command("plot", swept, "--lang", "en")
    command("plot", swept, "--lang", "en", "--x", "cost_eok")
    assert "Complete, and every checksum agrees." in command("results", "show", swept).out
    replayed = command("results", "replay", swept)
    assert replayed.code == 0
    assert "sweep-en.before.svg" in replayed.out  # named as not of the sweep
    assert "sweep-cost_eok" not in replayed.out


def test_a_run_drawn_again_keeps_what_was_edited(tmp_path):
    out = tmp_path / "out"
    command("run", "minimal", "--runs", 50, "--out", out)
    before = figures(out)
    (out / "leaving-en.png").write_bytes(b"mine")
    assert "leaving-en.before.png" in command("plot", out, "--lang", "en").out
    after = figures(out)
    assert {name: after[name] for name in before} == before
    assert after["leaving-en.before.png"] == b"mine"


def test_a_trace_of_another_seed_keeps_the_figure_that_was_there(tmp_path):
    command("trace", "minimal", "--out", tmp_path)
    before = figures(tmp_path)
    again = command("trace", "minimal", "--out", tmp_path)
    assert "kept as" not in again.out
    other = command("trace", "minimal", "--seed", 2, "--out", tmp_path)
    assert "They are kept as: holdings-0-en.before" in other.out
    there = figures(tmp_path)
    assert there["holdings-0-en.before.svg"] == before["holdings-0-en.svg"]
