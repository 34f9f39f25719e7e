"""Sentences: the same in both languages, with the same fields; each is said somewhere, none is missing."""

import ast
import re
import string
import tomllib
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.scenario.language.catalogue import keys
from sim.text import LANGS, Forms, say, sentences

CODE = {path: path.read_text("utf-8") for path in Path(sim.__file__).parent.rglob("*.py")}

PATTERNS = {
    "figure.ends_*": "ways in which a team ends",
    "figure.sweep_*": "what is spent at a point",
    "input.at.*": "paths of inputs",
    "input.block.*": "ids of blocks of points",
    "input.block_of.*": "ids of blocks of points",
    "key.kind.*": "what the catalogue calls kinds of values",
    "key.meaning.*": "paths of keys; in English they stand in the models",
    "key.word.*": "words that may stand in many places",
    "option.*.*": "labels and conditions of frequent decisions",
    "recount.*.*": "how it is worded who leaves, and how it is decided",
    "recount.*.tie_and": "how it is worded",
    "recount.fate.*": "what becomes of a team",
    "recount.key.*": "keys of reported points",
    "report.fact_part.*": "what a fact says",
    "results.file.*": "what may be wrong with a file of results",
    "results.keep.*": "values of --keep",
    "results.kind.*": "kinds of studies",
    "results.replay.*": "how a replayed file may differ",
    "*_around": "whether the gap may be on either side of the frontier",
    "*_only": "whether guesses have been moved",
    "*_or_nobody": "whether it may be that nobody is left",
    "*_unmoved": "whether there is a range to move a guess in",
    "run.brief.*": "kinds of what-ifs, and whether a chance rises or falls",
    "run.change_*": "kinds of what-ifs",
    "run.effect_on_*": "whose chance a guess moves most",
    "run.headline.*.*": "what a headline is about, and how teams stand",
    "run.out_by_*": "ways of being out",
    "run.place.*": "on which side of the frontier",
    "run.title.*.*": "what a title is about, and how teams stand",
    "score.who.*": "whose forecast is scored",
    "trace.heading.*": "kinds of sections",
    "trace.known.value.*": "what of a known run is compared",
    "trace.known.verdict.*": "how a known run compares",
    "workbook.response.*": "names of responses and chances",
}
"""Keys of which a part is data, and what data; any other key stands in the code as it is."""

IN_KOREAN_ALONE = "key.meaning."
IN_ENGLISH_ALONE = {"billion"}
"""A field: money in a second unit, which Koreans do not need."""


def faults(
    en: Mapping[str, Forms], ko: Mapping[str, Forms], code: Mapping[Path, str], patterns: Collection[str] = ()
) -> Iterator[str]:
    """What is wrong with the sentences of two languages and the code that says them."""
    korean = {key for key in ko if not key.startswith(IN_KOREAN_ALONE)}
    yield from (f"{key}: in one language only" for key in sorted(en.keys() ^ korean))
    for key in sorted(en.keys() & korean):
        if not have_same_fields(en[key], ko[key]):
            yield f"{key}: other fields in another language or form"
    trees = {path: ast.parse(text) for path, text in code.items()}
    prefixes = {"", *(each for tree in trees.values() for each in prefixes_of(tree))}
    written = {prefix + text for prefix in prefixes for tree in trees.values() for text in literals(tree)}
    built = {prefix + glob for prefix in prefixes for tree in trees.values() for glob in globs(tree)}
    yield from (f"{each}: no code builds such a key" for each in patterns if each not in built)
    for key in sorted({*en, *ko} - written):
        if not any(fnmatchcase(key, each) for each in patterns):
            yield f"{key}: never said"
    for path, tree in trees.items():
        for line, key in said(tree):
            if not any(prefix + key in {*en, *ko} for prefix in prefixes):
                yield f"{path.name}:{line}: there is no sentence {key}"


def have_same_fields(*languages: Forms) -> bool:
    """Whether all forms have the same fields.

    The number that chooses between plural forms need not be filled in, and the form for one thing may do
    with fewer fields: `a run`.
    """
    unsaid = IN_ENGLISH_ALONE | ({"n"} if any(isinstance(forms, dict) for forms in languages) else set())
    whole = {frozenset(fields(all_forms(forms)[-1]) - unsaid) for forms in languages}
    ones = [fields(forms["one"]) - unsaid for forms in languages if isinstance(forms, dict)]
    return len(whole) == 1 and all(one <= each for one in ones for each in whole)


def all_forms(forms: Forms) -> list[str]:
    return [forms["one"], forms["other"]] if isinstance(forms, dict) else [forms]


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def literals(tree: ast.AST) -> Iterator[str]:
    """Every string in the code but docstrings."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def globs(tree: ast.AST) -> Iterator[str]:
    """F-strings, with * for what is filled in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "*" for each in node.values)


def prefixes_of(tree: ast.AST) -> Iterator[str]:
    """What methods `say` put before a key, as in `return say(self.lang, f"run.{key}")`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "say":
            yield from (glob[:-1] for glob in globs(node) if re.fullmatch(r"[a-z_.]+\.\*", glob))


def said(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The keys that are written where something is said: `say(lang, key)`, or a method `say(key)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = isinstance(node.func, ast.Name) and node.func.id == "say"
            method = isinstance(node.func, ast.Attribute) and node.func.attr == "say"
            if (function or method) and len(node.args) > function:
                yield from ((node.lineno, key) for key in choices(node.args[function]))


def choices(node: ast.expr) -> Iterator[str]:
    """The strings that an expression may be, as far as they stand in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from choices(node.body)
        yield from choices(node.orelse)


def test_every_sentence_is_there_in_both_languages_and_said_somewhere():
    en, ko = ({k: v for k, v in sentences(lang).items() if not k.startswith(OF_PAGES)} for lang in LANGS)
    assert list(faults(en, ko, CODE, PATTERNS)) == []


OF_PAGES = ("explore.page.", "live.page.")
"""Sentences that the scripts of pages say."""

SCRIPTS = "".join(path.read_text("utf-8") for path in Path(sim.__file__).parent.rglob("*.js"))


def test_every_sentence_of_a_page_is_there_in_both_languages_and_said_by_its_script():
    en, ko = ({k: v for k, v in sentences(lang).items() if k.startswith(OF_PAGES)} for lang in LANGS)
    assert en.keys() == ko.keys()
    assert all(have_same_fields(en[key], ko[key]) for key in en)
    said_by_script = set(re.findall(r'say\("(\w+)"|words\.(\w+)|\["(\w+)", answer', SCRIPTS))
    whole = {key for found in said_by_script for key in found if key} | {"column_interval", "column_change"}
    begun = tuple(re.findall(r"(?:say\(|words\[)`([\w.]+)\$\{", SCRIPTS))
    keys_of_pages = {key.split(".", 2)[2] for key in en}
    assert {key for key in keys_of_pages if key not in whole and not key.startswith(begun)} == set()
    assert whole <= keys_of_pages | {"team"}


def test_only_meanings_of_keys_are_in_korean_alone():
    meanings = {f"key.meaning.{key.dotted}" for key in keys()}
    assert meanings == {key for key in sentences("ko") if key.startswith(IN_KOREAN_ALONE)}
    assert not any(key.startswith(IN_KOREAN_ALONE) for key in sentences("en"))


EN: dict[str, Forms] = {"run.a": "{n:,} of {of}", "run.b": {"one": "a run", "other": "{n} runs"}}
KO: dict[str, Forms] = {"run.a": "{of} {n}", "run.b": "{n}회"}
GOOD = 'say(lang, "run.a" if few else "run.b", n=1, of=2)'


def faults_of(en=EN, ko=KO, code=GOOD, patterns=()):
    return list(faults(en, ko, {Path("code.py"): code}, patterns))


def test_what_is_right_is_found_right():
    assert faults_of() == []
    assert list(faults({}, {}, {})) == []


PREFIXED = """
def say(self, key): return say(self.lang, f"run.{key}")
names.say("a")
names.say("b")
"""


@pytest.mark.parametrize("code", [GOOD, PREFIXED, GOOD + '\nself.say("run.a")'])
def test_a_key_may_be_said_by_a_method_and_without_its_beginning(code):
    assert faults_of(code=code) == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"ko": {"run.a": KO["run.a"]}}, "run.b: in one language only"),
        ({"en": {"run.a": EN["run.a"]}}, "run.b: in one language only"),
        ({"ko": {**KO, "run.a": "{of} {m}"}}, "run.a: other fields in another language or form"),
        ({"ko": {**KO, "run.a": "{of}"}}, "run.a: other fields in another language or form"),
        (
            {"en": {**EN, "run.b": {"one": "{n} run of {of}", "other": "{n} runs"}}},
            "run.b: other fields in another language or form",
        ),
        ({"code": GOOD.replace("run.a", "run.b")}, "run.a: never said"),
        ({"code": '"""run.a"""\n' + GOOD.replace("run.a", "run.b")}, "run.a: never said"),
        ({"code": PREFIXED.replace('"a"', '"b"')}, "run.a: never said"),
        ({"code": f'{GOOD}\nsay(lang, "run.c")'}, "code.py:2: there is no sentence run.c"),
        ({"code": f'{GOOD}\nself.say("run.c")'}, "code.py:2: there is no sentence run.c"),
        ({"code": f'{PREFIXED}names.say("c")'}, "code.py:5: there is no sentence c"),
        ({"code": f'{GOOD}\nsay(lang, "run.a" if x else "run.c")'}, "code.py:2: there is no sentence run.c"),
        ({"patterns": ["run.c.*"]}, "run.c.*: no code builds such a key"),
    ],
)
def test_what_is_wrong_is_found(changed, found):
    assert faults_of(**changed) == [found]


def test_a_key_of_which_a_part_is_data_is_said_by_a_pattern():
    more: dict[str, Forms] = {"run.c.x": "x"}
    code = GOOD + '\nsay(lang, f"run.c.{x}")'
    assert faults_of(EN | more, KO | more, code, ["run.c.*"]) == []
    assert faults_of(EN | more, KO | more, code) == ["run.c.x: never said"]


@pytest.mark.parametrize("lang", LANGS)
def test_numbers_choose_the_plural_form(lang):
    assert "1 file agrees" in say("en", "results.same", n=1)
    assert "2 files agree" in say("en", "results.same", n=2)
    assert "3" in say(lang, "results.same", n=3)


def test_english_sentences_are_in_english_but_for_the_unit_of_money():
    for key, forms in sentences("en").items():
        assert {each for form in all_forms(forms) for each in form if "가" <= each <= "힣"} <= {"억"}, key


def test_a_sentence_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        say("en", "run.nothing")
    with pytest.raises(KeyError):
        say("en", "results.merged", n=1)


@pytest.mark.parametrize("lang", LANGS)
def test_topics_read_one_by_one_hold_what_the_file_holds(lang):
    data = tomllib.loads(Path(sim.text.__file__).with_name(f"{lang}.toml").read_text("utf-8"))
    whole = {".".join(path): forms for path, forms in leaves(data)}
    assert whole
    assert sentences(lang) == whole


def leaves(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Forms]]:
    """The sentences of a table, and of those in it, with the names that lead to them."""
    for name, value in table.items():
        if isinstance(value, str) or set(value) == {"one", "other"}:
            yield (name,), value
        else:
            yield from (((name, *path), forms) for path, forms in leaves(value))
