"""`sim scenario`: list, show, compare, explain and begin scenario files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

from cyclopts import Parameter
from rich.cells import cell_len
from rich.padding import Padding
from rich.text import Text

from sim.cli.console import print_as_json, print_json
from sim.cli.errors import BadInputError, plainly
from sim.cli.options import AnyScenario, PlainSetOptions, Switch, TextLang
from sim.render.text.layout import fit_names, plain_table, print_text
from sim.scenario import load, read_overrides
from sim.scenario.comparison import differences
from sim.scenario.language.catalogue import (
    MAIN,
    WORD_EXAMPLES,
    ScenarioKey,
    example,
    find_keys,
    keys,
    keys_inside,
)
from sim.scenario.language.everyday import meant_key
from sim.scenario.language.files import SUFFIX, bundled_names
from sim.scenario.language.load import load_with_places
from sim.scenario.language.pages import page_of
from sim.scenario.language.provenance import format_flow, write_lines
from sim.scenario.models.quantities import format_bound
from sim.scenario.problems import printable
from sim.text import Lang, say

CommentLang = Annotated[Lang, Parameter(help="Language of the comments.")]

_TITLE = 41
"""Cells for a title; longer ones are shortened."""

_COMMENT = 52
"""Cells before the comment of a line."""

_LONGEST = 120
"""Letters of a value that are shown."""

_LABEL = 14
"""Cells for a label."""


def list_(*, lang: TextLang = "en") -> None:
    """List the scenarios that come with the program; each runs by its bare name.

    Parameters
    ----------
    """
    table = plain_table()
    table.add_column("", no_wrap=True)
    table.add_column("", ratio=1, no_wrap=True)
    for heading in ("scenario.teams", "scenario.stages", "scenario.known"):
        table.add_column(say(lang, heading), justify="right", no_wrap=True)
    scenarios = {name: load(name) for name in bundled_names()}
    titles = fit_names([one.name.get(lang) for one in scenarios.values()], _TITLE)
    for (name, one), title in zip(scenarios.items(), titles, strict=True):
        table.add_row(name, title, str(len(one.teams)), str(len(one.stages)), str(one.as_of))
    print_text(table)
    print(say(lang, "scenario.use", name="k-ai"))


def show_scenario(scenario: AnyScenario, /, *, set_: PlainSetOptions = (), lang: CommentLang = "en") -> None:
    """Print a scenario as it is resolved: every value, and where it comes from.

    The output is a scenario file itself, with the file and line of each value, "default" or "--set", and
    "guess" for what is one.
    """
    found, tree = load_with_places(scenario, read_overrides(set_))
    for text, comment in write_lines(found, tree, lang):
        gap = " " * max(2, _COMMENT - cell_len(text))
        print(f"{text}{gap}# {comment}" if comment else text)


def diff(a: AnyScenario, b: Path, /, *, lang: TextLang = "en") -> None:
    """Print by which paths two scenarios differ, as they are resolved.

    Sources, confidence and guesses are left aside.

    Parameters
    ----------
    b
        Another one.
    """
    found = differences(load(a), load(b))
    if not found:
        print(say(lang, "scenario.same"))
        return
    table = plain_table()
    table.add_column("", ratio=2, overflow="fold")
    for path in (a, b):
        table.add_column(path.name, ratio=1, overflow="fold")
    for each in found:
        values = (_shown(value, say(lang, "scenario.nowhere")) for value in (each.first, each.second))
        table.add_row(Text(each.path), *values)
    print_text(table)


def _shown(value: Any, nothing: str) -> Text:
    text = nothing if value is None else value if isinstance(value, str) else format_flow(value)
    return Text(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")


def new(name: Path, /, *, contest: bool = False, lang: TextLang = "en") -> None:
    """Write a commented scenario file to begin with.

    Parameters
    ----------
    name
        What the file is to be called; .yaml is added.
    contest
        One without GPUs: a jury, a vote, an exam, a gate.
    """
    if not name.name.strip():
        raise BadInputError("a file needs a name, as in `sim scenario new my-programme`")
    path = name if name.suffix == SUFFIX else name.with_name(f"{name.name}{SUFFIX}")
    starter = "starter-contest.yaml" if contest else "starter.yaml"
    text = files("sim.scenario.language").joinpath(starter).read_text("utf-8")
    with plainly(path):
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            raise BadInputError(f"{path}: is there already; choose another name") from None
    print(say(lang, "scenario.started", file=quote(printable(str(path)))))


def schema() -> None:
    """Print the JSON schema of scenario files, by which editors complete and check them.

    Put it beside your files as schema.json; a file names it in its first line:
    # yaml-language-server: $schema=schema.json
    """
    from sim.scenario.language.schema import schema_text

    print_json(schema_text())


def explain(path: str | None = None, /, *, json: Switch = False, lang: Lang = "en") -> None:
    """Say what a key of a scenario means, in English and Korean.

    Parameters
    ----------
    path
        The path of a key, as in stages.stage-1.cut.keep or stages.*.cut.keep, or its end: keep.
    json
        Print as JSON what can be moved in a scenario, given in place of a key: k-ai, if none is.
    lang
        Language of the labels.
    """
    if json:
        _print_controls(path or MAIN)
        return
    if not path:
        raise BadInputError("sim scenario explain: expected a key, as in sim scenario explain keep")
    found = find_keys(path) or _meant_key(path, lang)
    if path in WORD_EXAMPLES and len(found) != 1:
        print(path)
        _print_meanings(say("en", f"key.word.{path}"), say("ko", f"key.word.{path}"))
        _print_pairs([(say(lang, "scenario.example"), WORD_EXAMPLES[path])], min_width=_LABEL, no_wrap=True)
        return
    if not found:
        last = path.rpartition(".")[2]
        near = get_close_matches(last, {*WORD_EXAMPLES, *(key.path[-1] for key in keys())}, n=1)
        hint = f"did you mean '{near[0]}'?" if near else "sim scenario explain teams shows those of a team"
        raise BadInputError(f"{path}: no key of a scenario ({hint})")
    if len(found) > 1:
        print(say(lang, "scenario.several", n=len(found), path=path))
        _print_keys(found, lang)
        return
    (key,) = found
    print(key.dotted)
    _print_meanings(key.meaning, key.meaning_in("ko"))
    _print_pairs(_rows(key, lang), min_width=_LABEL, no_wrap=True)
    within = keys_inside(key)
    if within:
        print(f"\n{say(lang, 'scenario.inside')}")
        _print_keys(within, lang)


def _print_controls(scenario: str) -> None:
    from sim.studies.controls import controls  # late: it asks laws for their quantiles

    print_as_json([asdict(each) for each in controls(load(scenario))])


def _meant_key(word: str, lang: str) -> list[ScenarioKey]:
    """The key for which people use a word that is none; nothing if they do not."""
    meant = meant_key(word)
    if meant is None:
        return []
    key = min(find_keys(meant), key=lambda key: len(key.path))
    print(say(lang, "scenario.meant", word=word, path=key.dotted))
    return [key]


def _print_meanings(english: str, korean: str) -> None:
    for text in (f"{english}.", f"{korean}."):
        print_text(Padding(Text(text), (0, 0, 0, 2)))


def _print_keys(found: Iterable[ScenarioKey], lang: str) -> None:
    _print_pairs(((key.dotted, key.meaning_in(lang)) for key in found), overflow="fold")


def _print_pairs(rows: Iterable[tuple[str, str]], **labels: Any) -> None:
    """Print labels and texts in two columns; `labels` says how the first of them is set."""
    table = plain_table(show_header=False)
    table.add_column("", **labels)
    table.add_column("", ratio=1, overflow="fold")
    for label, text in rows:
        table.add_row(Text(f"  {label}"), Text(text))
    print_text(table)


def _rows(key: ScenarioKey, lang: str) -> Iterator[tuple[str, str]]:
    """What else there is to say of a key: labels and texts."""
    of = f" ({key.unit})" if key.unit else ""
    yield say(lang, "scenario.kind"), f"{_written(key, lang)}{of}"
    if not keys_inside(key):
        yield say(lang, "scenario.default"), _default(key, lang)
    if key.plausible:
        low, high = (f"{end:g}" for end in key.plausible)
        yield say(lang, "scenario.plausible"), say(lang, "scenario.from_to", low=low, high=high)
    if key.symbol:
        yield say(lang, "scenario.symbol"), f"{key.symbol} ({page_of(key.path)})"
    if key.source:
        yield say(lang, "scenario.source"), key.source
    shown = example(key)
    if shown is not None:
        file = f"   ({shown.file})" if shown.file else ""
        yield say(lang, "scenario.example"), f"{shown.path}: {format_flow(shown.value)}{file}"
        if not keys_inside(key) and not shown.file:
            yield say(lang, "scenario.try"), f"sim run {MAIN} --set '{shown.path}={format_flow(shown.value)}'"


def _written(key: ScenarioKey, lang: str) -> str:
    """What may be written, and from where to where."""
    kinds = _either(
        [kind if kind.startswith("`") else say(lang, f"key.kind.{kind}") for kind in key.kinds], lang
    )
    if key.allowed is None:
        return kinds
    low, high = (format_bound(end) for end in (key.allowed.low, key.allowed.high))
    both = "scenario.above_at_most" if key.allowed.above else "scenario.at_least_at_most"
    return say(lang, both, kinds=kinds, low=low, high=high)


def _either(kinds: list[str], lang: str) -> str:
    """Several kinds of value, of which one may be written."""
    text = kinds[0]
    for kind in kinds[1:]:
        text = say(lang, "scenario.either", kinds=text, last=kind)
    return text


def _default(key: ScenarioKey, lang: str) -> str:
    if key.required:
        return say(lang, "scenario.needed")
    if key.default in (None, {}, ()):
        return say(lang, "scenario.nothing")
    value = format_flow(key.default)
    return say(lang, "scenario.default_guess", value=value) if key.guess else value
