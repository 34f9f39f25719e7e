"""Korean output is complete: nothing of it is left in English but names, units, files and commands."""

import re
import string

import pytest

import sim
from sim.scenario.language.catalogue import keys
from sim.scenario.models.inputs import inputs
from sim.scenario.names import input_name
from sim.studies.what_ifs import _ends
from sim.text import sentences
from tests.cli.command import BUNDLED, MINIMAL, SCENARIOS, command, once

ALLOWED = {
    "ECI",
    "Epoch",
    "GPU",
    "DIR",
    "without",  # an option, as are the next four
    "from",
    "start",
    "json",
    "details",
    "out",
    "sim",
    "run",
    "set",
    "rows",
    "parquet",
}
"""Units, what is typed, and names of files."""

LATIN = re.compile(r"(?<!%)[A-Za-z]+")  # %p are percentage points
RUNS = 300


def forms(lang, key):
    """A sentence in all its plural forms."""
    found = sentences(lang)[key]
    return list(found.values()) if isinstance(found, dict) else [found]


def placeholders(*texts):
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}


EN, KO = ([key for key in sentences(lang) if key.startswith("run.")] for lang in ("en", "ko"))


def test_every_sentence_is_there_in_both_languages():
    assert EN == KO


OPTIONAL = {"billion"}
"""A value that only English needs: a second unit of money."""


@pytest.mark.parametrize("key", EN)
def test_a_sentence_has_the_same_places_to_fill_in_both_languages(key):
    en, ko = placeholders(*forms("en", key)), placeholders(*forms("ko", key))
    assert ko <= en | {"n"}
    assert en - ko <= OPTIONAL


@pytest.mark.parametrize("key", KO)
def test_a_korean_sentence_has_no_english_words(key):
    fixed = " ".join(re.sub(r"\{[^}]*\}", "", form) for form in forms("ko", key))
    assert set(LATIN.findall(fixed)) <= ALLOWED


@pytest.mark.parametrize("key", EN)
def test_an_english_sentence_has_no_hangul_but_the_unit_of_money(key):
    assert set(re.findall(r"[가-힣]", " ".join(forms("en", key)))) <= {"억"}


@pytest.mark.parametrize("key", [key for key in sentences("en") if key.startswith("input.at.")])
def test_the_name_of_an_input_is_filled_in_from_its_path(key):
    for lang in ("en", "ko"):
        # A slow period is told by its supplier.
        assert placeholders(sentences(lang)[key]) == placeholders(key) - {"period"}
    assert set(LATIN.findall(re.sub(r"\{[^}]*\}", "", str(sentences("ko")[key])))) <= ALLOWED


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


NAMELESS = {
    "stages.*.points.exam.items.maths.noise": ("Measurement noise (exam, maths)", "측정 오차 (exam, maths)"),
    "stages.first.cut.keep": ("Teams that stay (first)", "남는 팀의 수 (first)"),
    "teams.red.faults.restart": ("Time from a fault until training goes on (Red)", None),
    "stages.*.points.jury.follows_strength": ("how far judges follow strength (jury)", None),
    "capability.carry": ("Share of a team's effective compute of the stage before that still counts", None),
    "shared:weather": ("the shared number weather", "공통 값 weather"),
    "nonsense": ("nonsense", "nonsense"),
}


@pytest.mark.parametrize(("path", "told"), NAMELESS.items())
def test_an_input_without_a_name_is_told_by_what_its_key_means_and_whose_it_is(path, told):
    for lang, name in zip(("en", "ko"), told, strict=True):
        assert name in (None, input_name(path, lang, {"red": "Red"}))


def test_no_number_of_the_language_is_told_by_its_path():
    for key in keys():
        if {"a number", "a whole number", "a distribution"} & set(key.kinds):
            for lang in ("en", "ko"):
                name = input_name(key.dotted.replace("stages.*", "stages.first"), lang, {})
                assert not re.search(r"\w\.\w", name), name


def leftovers(out, scenario, *names):
    """Latin words of Korean output that are no names of the scenario, files or commands."""
    out = re.sub(r"다음: .*", "", out, flags=re.DOTALL)  # at the start of a line, or behind a short one
    known = [scenario.name.ko, *(team.name.ko for team in scenario.teams.values()), *scenario.hardware]
    known += [stage.name.ko if stage.name else s for s, stage in scenario.stages.items()]
    known += [scenario.digest()[:8], *names]
    for each in sorted(known, key=len, reverse=True):
        out = re.sub(r"\s+".join(map(re.escape, each.split())), " ", out)
    return set(LATIN.findall(out)) - ALLOWED


@pytest.mark.parametrize("name", BUNDLED)
def test_korean_output_has_no_english_words(name):
    path = SCENARIOS / f"{name}.yaml"
    for more in ((), ("--details",)):
        printed = once("run", path, "--runs", RUNS, "--lang", "ko", *more)
        assert leftovers(printed.out, sim.load(path), path.name) == set()


@pytest.mark.parametrize(
    "options", [["--engine", "event"], ["--set", "stages.second.cut.keep=0"]], ids=" ".join
)
def test_neither_has_that_of_less_usual_runs(options):
    printed = command("run", MINIMAL, "--runs", 50, "--lang", "ko", "--details", *options)
    changes = sim.scenario.read_overrides([options[1]]) if options[0] == "--set" else {}
    assert leftovers(printed.out, sim.load(MINIMAL, changes), MINIMAL.name) == set()


def test_korean_and_english_tell_the_same_numbers():
    def numbers(lang):
        out = once("run", SCENARIOS / "equal-teams.yaml", "--runs", RUNS, "--lang", lang, "--details").out
        end = out.index("GUESSED" if lang == "en" else "가정값")
        return re.findall(r"[<>]?\d[\d,.]*", out[out.index("\n\n") : end])

    en, ko = numbers("en"), numbers("ko")
    assert [n for n in en if "," not in n and n != "279.0"][:30] == [n for n in ko if "," not in n][:30]


def test_a_scenario_is_shown_with_comments_in_korean_and_is_the_same_scenario(tmp_path):
    english, korean = (
        once("scenario", "show", MINIMAL).out,
        once("scenario", "show", MINIMAL, "--lang", "ko").out,
    )
    comments = [line.partition("  # ")[2] for line in korean.splitlines()]
    assert {each for each in comments if re.search("[A-Za-z]", re.sub(r"\S+\.yaml:\d+", "", each))} == set()
    assert any(each == "기본값" for each in comments)
    assert any(each.endswith(", 가정값") for each in comments)
    (tmp_path / "shown.yaml").write_text(korean, encoding="utf-8")
    assert sim.load(tmp_path / "shown.yaml").digest() == sim.load(MINIMAL).digest()
    assert [line.partition("  # ")[0].rstrip() for line in english.splitlines()] == [
        line.partition("  # ")[0].rstrip() for line in korean.splitlines()
    ]
