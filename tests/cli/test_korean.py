"""Korean output is complete: nothing of it is left in English but names, units, files and commands."""

import re
import string

import pytest

import sim
from sim.render.text.words import EN, KO, words
from sim.scenario.input_names import INPUTS, input_name
from sim.scenario.marks import inputs
from sim.studies.what_ifs import _ends
from tests.cli.command import BUNDLED, MINIMAL, SCENARIOS, command, once

ALLOWED = {
    "ECI",
    "Epoch",
    "GPU",
    "M",
    "DIR",
    "out",
    "sim",
    "run",
    "set",
    "rows",
    "parquet",
    "faults",
    "mode",
    "each",
}
"""Units, what is typed, and names of files."""

LATIN = re.compile(r"(?<!%)[A-Za-z]+")  # %p are percentage points
RUNS = 300


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_phrase_is_there_in_both_languages():
    assert EN.keys() == KO.keys()


OPTIONAL = {"have", "billion"}
"""Parts of a phrase that only English needs: a verb's form, a second unit of money."""


@pytest.mark.parametrize("key", EN)
def test_a_phrase_has_the_same_places_to_fill_in_both_languages(key):
    assert placeholders(KO[key]) <= placeholders(EN[key])
    assert placeholders(EN[key]) - placeholders(KO[key]) <= OPTIONAL


@pytest.mark.parametrize("key", KO)
def test_a_korean_phrase_has_no_english_words(key):
    fixed = re.sub(r"\{[^}]*\}", "", KO[key])
    assert set(LATIN.findall(fixed)) <= ALLOWED


@pytest.mark.parametrize("key", EN)
def test_an_english_phrase_has_no_hangul_but_the_unit_of_money(key):
    assert set(re.findall(r"[가-힣]", EN[key])) <= {"억"}


@pytest.mark.parametrize(("pattern", "en", "ko"), INPUTS)
def test_the_name_of_an_input_is_there_in_both_languages(pattern, en, ko):
    assert placeholders(en) == placeholders(ko) == set(re.compile(pattern).groupindex)
    assert set(LATIN.findall(re.sub(r"\{[^}]*\}", "", ko))) <= ALLOWED


@pytest.mark.parametrize("name", BUNDLED)
def test_every_input_that_may_be_told_of_has_a_name(name):
    for each in inputs(sim.load(SCENARIOS / f"{name}.yaml")):
        if _ends(each) is not None:
            path = re.sub(r"^stages\.[^.]+\.", "stages.*.", each.path)
            assert input_name(path, "ko", {}) != path


GUESSES = {
    "frontier": "frontier.growth_per_year",
    "faults": "faults.checkpoint",
    "hardware.B200": "hardware.B200.mfu",
    "capability": "capability.progress_per_year",
    "training": "training.main_run_share",
}


@pytest.mark.parametrize(("block", "path"), GUESSES.items())
def test_an_input_with_a_plausible_range_has_a_name_once_it_is_marked_as_a_guess(block, path):
    found = {each.path: each for each in inputs(sim.load(MINIMAL, {f"{block}.guess": True}))}
    assert _ends(found[path]) is not None
    assert input_name(path, "ko", {}) != path


@pytest.mark.parametrize("path", ["hardware.B200.mfu", "stages.*.round_to", "nonsense"])
def test_an_input_without_a_name_is_told_by_its_path_or_better(path):
    assert input_name(path, "ko", {})


def leftovers(out, scenario, *names):
    """Latin words of Korean output that are no names of the scenario, files or commands."""
    out = re.sub(r"^다음: .*", "", out, flags=re.MULTILINE | re.DOTALL)
    known = [scenario.name.ko, *(team.name.ko for team in scenario.teams.values()), *scenario.hardware]
    known += [stage.name.ko if stage.name else s for s, stage in scenario.stages.items()]
    known += [scenario.digest()[:8], *names]
    for each in sorted(known, key=len, reverse=True):
        out = re.sub(r"\s+".join(map(re.escape, each.split())), " ", out)
    return set(LATIN.findall(out)) - ALLOWED


@pytest.mark.parametrize("name", BUNDLED)
def test_korean_output_has_no_english_words(name):
    path = SCENARIOS / f"{name}.yaml"
    printed = once("run", path, "--runs", RUNS, "--lang", "ko")
    assert leftovers(printed.out, sim.load(path), path.name) == set()


@pytest.mark.parametrize(
    "options", [["--engine", "event"], ["--set", "stages.second.cut.keep=0"]], ids=" ".join
)
def test_neither_has_that_of_less_usual_runs(options):
    printed = command("run", MINIMAL, "--runs", 50, "--lang", "ko", *options)
    changes = sim.scenario.read_overrides([options[1]]) if options[0] == "--set" else {}
    assert leftovers(printed.out, sim.load(MINIMAL, changes), MINIMAL.name) == set()


def test_korean_and_english_tell_the_same_numbers():
    def numbers(lang):
        out = once("run", SCENARIOS / "equal-teams.yaml", "--runs", RUNS, "--lang", lang).out
        end = out.index("GUESSED" if lang == "en" else "추정값")
        return re.findall(r"[<>]?\d[\d,.]*", out[out.index("\n\n") : end])

    en, ko = numbers("en"), numbers("ko")
    assert [n for n in en if "," not in n and n != "279.0"][:30] == [n for n in ko if "," not in n][:30]


def test_an_unknown_language_of_words_is_english():
    assert words("fr") is EN
