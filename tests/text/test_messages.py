"""Korean messages: every line of the table is one that the program raises; the rest stays in English."""

import ast
import re
import string
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

import sim
from sim.cli import app
from sim.cli.language import format_message, format_problems, language_of
from sim.scenario.language.load import check_file
from sim.scenario.problems import Problem, ScenarioError
from sim.text import messages
from tests.cli.command import MINIMAL, command
from tests.text.test_sentences import globs, literals

BAD = sorted((Path(__file__).parents[1] / "bad_scenarios").glob("*.yaml"))
TYPED = (
    *("run --lan ko", "rn", "qqqq", "run k-ai --runs x", "run k-ai --engine foo", "run", "run k-ai extra"),
    *("run k-ai --zzzzzz", "run k-ai --as-of x", "run k-ai --until-halfwidth x"),
    *("resume /nowhere/at/all", "scenario new /nowhere/at/all"),
)
"""Commands that are refused by the library behind the command line, or for what stands on the disk."""

SHORTEST = 4
"""Letters that a piece of the code must have to be taken for a message."""


def parts(problem):
    return [part for part in (problem.found, problem.expected, problem.hint) if part]


@pytest.fixture(scope="module")
def raised():
    """What the bad scenarios and the bad commands raise, each part by itself and in its own parts."""
    found: list[str] = []

    def listen(text, _):
        found.append(text)
        return text

    for path in BAD:
        try:
            problems = tuple(check_file(path, {})[1])
        except ScenarioError as error:
            problems = error.problems
        found += [part for one in problems for part in parts(one)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "format_message", listen)
        assert {command(*words.split()).code for words in TYPED} == {2}
    return {*found, *(piece for text in found for piece in re.split(r" or |, |; ", text))}


@pytest.fixture(scope="module")
def written():
    """What of messages stands in the code, with * for what is filled in."""
    trees = [ast.parse(path.read_text("utf-8")) for path in Path(sim.__file__).parent.rglob("*.py")]
    texts = {text for tree in trees for text in (*literals(tree), *globs(tree))}
    texts |= {piece for text in texts for piece in re.split(", expected ", text)}
    return {text for text in texts if len(re.findall(r"[a-z]", text)) >= SHORTEST}


JOINED = {"{what_a} or {what_b}", "{what_a}, {what_b}"}
"""Messages that are put together."""


@pytest.mark.parametrize("english", [each for each in messages.messages() if each not in JOINED])
def test_every_message_of_the_table_is_raised(english, raised, written):
    pattern = messages._pattern(english)
    sample = "".join(text + ("1" if name else "") for text, name, *_ in string.Formatter().parse(english))
    in_code = (pattern.fullmatch(each) or fnmatchcase(sample, each.replace("[", "[[]")) for each in written)
    assert any(map(pattern.fullmatch, raised)) or any(in_code)


def fields(sentence):
    return sorted(name for _, name, *_ in string.Formatter().parse(sentence) if name)


def test_a_message_has_the_same_fields_in_korean():
    unsaid = {english for english, korean in messages.messages().items() if fields(english) != fields(korean)}
    assert unsaid == set()


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (("missing", "this required key"), "필수 키가 없음, 필요: 이 키를 추가"),
        (("unknown key 'asof'", "", "did you mean 'as_of'?"), "알 수 없는 키 'asof' (혹시 'as_of'?)"),
        (("'one'", "a number"), "'one', 필요: 숫자"),
        (("5", "at least 0 and at most 1, such as 0.05 or 5 %"), "5, 필요: 0 이상 1 이하(예: 0.05 또는 5%)"),
        (("'2026-02-30'", "a day that the calendar has"), "'2026-02-30', 필요: 달력에 있는 날짜"),
        (("no team 'rde'", "", "did you mean 'red'?"), "'rde' 팀이 없음 (혹시 'red'?)"),
        (
            ("3 teams to keep, where there can be no more than 2", "at most 2"),
            "남길 팀 3개, 그 단계에 있을 수 있는 팀은 최대 2개, 필요: 2 이하",
        ),
        (("'low'", "a number or 'best'"), "'low', 필요: 숫자 또는 'best'"),
        (("no such file", "", "known: annual, k-ai"), "파일이 없음 (가능한 값: annual, k-ai)"),
        # What has no sentence stays as it is, in a frame that is Korean; and so does a part of it.
        (("a strange thing", "a strange end"), "a strange thing, 필요: a strange end"),
        (("1", "a number or a strange end"), "1, 필요: a number or a strange end"),
    ],
)
def test_a_problem_is_told_in_korean_with_its_place(problem, told):
    found = Problem("a.yaml", 3, 5, "teams.red", *problem)
    assert format_problems([found], "ko") == [f"a.yaml:3:5: teams.red: {told}"]
    assert format_problems([found], "en") == [str(found)]


def test_a_name_commands_no_terminal_in_korean_either():
    (line,) = format_problems([Problem("a.yaml", 1, 1, "", "unknown key '\x1b[31m\n'")], "ko")
    assert line.isprintable()


def test_most_of_what_the_bad_scenarios_raise_is_in_korean():
    told = [messages.translate(part) for path in BAD for part in _parts_of(path)]
    english = [each for each in told if re.search(r"[a-z]{3}", re.sub(r"['`{(][^'`})]*['`})]", "", each))]
    korean = [each for each in told if re.search("[가-힣]", each)]
    assert len(korean) > 4 * len([each for each in english if each not in korean])


def _parts_of(path):
    try:
        check_file(path, {})
    except ScenarioError as error:
        return [part for one in error.problems for part in parts(one)]
    return []


NO_LOCALE: dict[str, str] = {}
KOREAN = {"LANG": "ko_KR.UTF-8"}


@pytest.mark.parametrize(
    ("words", "environment", "lang"),
    [
        ("run k-ai", NO_LOCALE, "en"),
        ("run k-ai --lang ko", NO_LOCALE, "ko"),
        ("run k-ai --lang=ko", NO_LOCALE, "ko"),
        ("run k-ai", KOREAN, "ko"),
        ("run k-ai --lang en", KOREAN, "en"),
        ("run k-ai --lang de", KOREAN, "ko"),
        ("run k-ai --lang", KOREAN, "ko"),
        ("run k-ai -- --lang ko", NO_LOCALE, "en"),
        ("run --language ko", NO_LOCALE, "en"),
        ("run k-ai", {"LC_ALL": "C.UTF-8", **KOREAN}, "en"),
        ("run k-ai", {"LC_ALL": "", "LC_MESSAGES": "ko_KR.UTF-8", "LANG": "en_US.UTF-8"}, "ko"),
    ],
)
def test_the_language_is_that_of_the_option_or_of_the_locale(words, environment, lang):
    assert language_of(words.split(), environment) == lang


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "nothing-here"], "nothing-here: 파일이 없음"),
        (["run", MINIMAL, "--set", "teams.red.nam=x"], "teams.red.nam: 알 수 없는 키 'nam' (혹시 'name'?)"),
        (["run", MINIMAL, "--runs", 0], "sim: --runs 0, 필요: 1 이상"),
        (["run", MINIMAL, "--runs", "x"], "sim: --runs의 값 'x', 필요: 정수(예: 10000) (sim --help로 사용법"),
        (["run", MINIMAL, "--team", "zzz"], "sim: --team zzz: 없는 팀 (가능한 값: red, blue, green)"),
        (["check", MINIMAL, "--set", "stages.second.cut.keep=9"], "남길 팀 9개, 그 단계에 있을 수 있는"),
        (
            ["check", MINIMAL, "--set", "stages.second.result=2026-07-02"],
            "학습이 끝나는 2026-12-31 또는 그 이후의 날짜",
        ),
    ],
)
def test_a_bad_command_is_refused_in_korean(words, told):
    printed = command(*words, "--lang", "ko")
    assert (printed.code, printed.out) == (2, "")
    assert told in printed.err
    assert "expected" not in printed.err


def test_a_command_is_refused_in_english_unless_korean_is_asked_for(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert "expected at least 1" in command("run", MINIMAL, "--runs", 0).err
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert "필요: 1 이상" in command("run", MINIMAL, "--runs", 0).err
    assert format_message("--runs 0: expected at least 1", "en") == "--runs 0: expected at least 1"
