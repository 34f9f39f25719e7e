"""Sentences: the same in both languages, with the same fields; each is said somewhere, none is missing."""

import ast
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import sim
from sim.scenario.language.catalogue import keys
from sim.text import LANGS, Forms, say, sentences

CODE = {path: path.read_text("utf-8") for path in Path(sim.__file__).parent.rglob("*.py")}

PATTERNS = {
    "input.block.": "ids of blocks of points, sim.scenario.names",
    "key.kind.": "what the catalogue calls kinds of values",
    "key.meaning.": "paths of keys; in English they stand in the models",
    "key.word.": "words that may stand in many places",
    "results.file.": "what may be wrong with a file of results",
    "results.keep.": "values of --keep",
    "results.replay.": "how a replayed file may differ",
}
"""Beginnings of keys whose ends are data, and where from; any other key stands in the code as it is."""

IN_KOREAN_ALONE = "key.meaning."


def faults(en: Mapping[str, Forms], ko: Mapping[str, Forms], code: Mapping[Path, str]) -> Iterator[str]:
    """What is wrong with the sentences of two languages and the code that says them."""
    korean = {key for key in ko if not key.startswith(IN_KOREAN_ALONE)}
    yield from (f"{key}: in one language only" for key in en.keys() ^ korean)
    for key in en.keys() & korean:
        found = {frozenset(fields(form)) for forms in (en[key], ko[key]) for form in all_forms(forms)}
        if len(found) > 1:
            yield f"{key}: other fields in another language or form"
        if isinstance(en[key], dict) != isinstance(ko[key], dict):
            yield f"{key}: plural forms in one language only"
    trees = {path: ast.parse(text) for path, text in code.items()}
    written = {text for tree in trees.values() for text in literals(tree)}
    begun = {text for tree in trees.values() for text in beginnings(tree)}
    yield from (f"{each}...: no code begins a key so" for each in PATTERNS if code and each not in begun)
    yield from (f"{key}: never said" for key in {*en, *ko} - written if not key.startswith(tuple(PATTERNS)))
    for path, tree in trees.items():
        for line, key in said(tree):
            if key not in en and key not in ko:
                yield f"{path.name}:{line}: there is no sentence {key}"


def all_forms(forms: Forms) -> list[str]:
    return list(forms.values()) if isinstance(forms, dict) else [forms]


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def literals(tree: ast.AST) -> Iterator[str]:
    """Every string in the code but docstrings."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def beginnings(tree: ast.AST) -> Iterator[str]:
    """What f-strings begin with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            yield str(node.values[0].value)


def said(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The keys that are written where something is said: `say(lang, key)`, or a method `say(key)`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = isinstance(node.func, ast.Name) and node.func.id == "say"
        method = isinstance(node.func, ast.Attribute) and node.func.attr == "say"
        for key in choices(node.args[function]) if (function or method) and len(node.args) > function else ():
            if function or "." in key:  # a method may say words of another kind
                yield node.lineno, key


def choices(node: ast.expr) -> Iterator[str]:
    """The strings that an expression may be, as far as they stand in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from choices(node.body)
        yield from choices(node.orelse)


def test_every_sentence_is_there_in_both_languages_and_said_somewhere():
    assert list(faults(sentences("en"), sentences("ko"), CODE)) == []


def test_only_meanings_of_keys_are_in_korean_alone():
    meanings = {f"key.meaning.{key.dotted}" for key in keys()}
    assert meanings == {key for key in sentences("ko") if key.startswith(IN_KOREAN_ALONE)}
    assert not any(key.startswith(IN_KOREAN_ALONE) for key in sentences("en"))


EN: Mapping[str, Forms] = {"run.a": "{n:,} of {of}", "run.b": {"one": "{n} run", "other": "{n} runs"}}
KO: Mapping[str, Forms] = {"run.a": "{of} {n}", "run.b": {"one": "{n}회", "other": "{n}회"}}
GOOD = 'say(lang, "run.a" if few else "run.b", n=1, of=2)\n' + "\n".join(
    f'f"{each}{{x}}"' for each in PATTERNS
)


def faults_of(en=EN, ko=KO, code=GOOD):
    return list(faults(en, ko, {Path("code.py"): code}))


def test_what_is_right_is_found_right():
    assert faults_of() == []
    assert list(faults({}, {}, {})) == []


AFTER = len(GOOD.splitlines())


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"ko": {"run.a": KO["run.a"]}}, "run.b: in one language only"),
        ({"en": {"run.a": EN["run.a"]}}, "run.b: in one language only"),
        ({"ko": {**KO, "run.a": "{of} {m}"}}, "run.a: other fields in another language or form"),
        ({"ko": {**KO, "run.a": "{of}"}}, "run.a: other fields in another language or form"),
        (
            {"en": {**EN, "run.b": {"one": "a run", "other": "{n} runs"}}},
            "run.b: other fields in another language or form",
        ),
        ({"ko": {**KO, "run.b": "{n}회"}}, "run.b: plural forms in one language only"),
        ({"code": GOOD.replace("run.a", "run.b")}, "run.a: never said"),
        ({"code": '"""run.a"""\n' + GOOD.replace("run.a", "run.b")}, "run.a: never said"),
        ({"code": f'{GOOD}\nsay(lang, "run.c")'}, f"code.py:{AFTER + 1}: there is no sentence run.c"),
        ({"code": f'{GOOD}\nself.say("run.c")'}, f"code.py:{AFTER + 1}: there is no sentence run.c"),
        (
            {"code": f'{GOOD}\nsay(lang, "run.a" if x else "run.c")'},
            f"code.py:{AFTER + 1}: there is no sentence run.c",
        ),
    ],
)
def test_what_is_wrong_is_found(changed, found):
    assert faults_of(**changed) == [found]


def test_a_pattern_that_no_code_uses_is_found():
    found = faults_of(code=GOOD.replace("key.kind.", "key.kinds."))
    assert found == ["key.kind....: no code begins a key so"]


@pytest.mark.parametrize("lang", LANGS)
def test_numbers_choose_the_plural_form(lang):
    assert "1 file agrees" in say("en", "results.same", n=1)
    assert "2 files agree" in say("en", "results.same", n=2)
    forms = sentences(lang)["results.same"]
    assert isinstance(forms, dict)
    assert say(lang, "results.same", n=3) == forms["other"].format(n=3)


def test_english_sentences_are_in_english_but_for_the_unit_of_money():
    for key, forms in sentences("en").items():
        assert {each for form in all_forms(forms) for each in form if "가" <= each <= "힣"} <= {"억"}, key


def test_a_sentence_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        say("en", "run.nothing")
    with pytest.raises(KeyError):
        say("en", "results.merged", n=1)
