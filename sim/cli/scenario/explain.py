"""`sim scenario explain`: what a key of a scenario means."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from rich.padding import Padding
from rich.text import Text

from sim.cli.errors import BadInputError
from sim.render.text.layout import plain_table, print_text
from sim.scenario.language.catalogue import (
    MAIN,
    WORD_EXAMPLES,
    ScenarioKey,
    example,
    find_keys,
    keys,
    keys_inside,
)
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.quantities import format_bound
from sim.text import Lang, say

_LABEL = 14


def explain(path: str, /, *, lang: Lang = "en") -> None:
    """Say what a key of a scenario means, in English and Korean.

    Parameters
    ----------
    path
        The path of a key, as in stages.stage-1.cut.keep or stages.*.cut.keep, or its end: keep.
    lang
        Language of the labels.
    """
    found = find_keys(path)
    if path in WORD_EXAMPLES and len(found) != 1:
        print(path)
        _meanings(say("en", f"key.word.{path}"), say("ko", f"key.word.{path}"))
        _facts([(say(lang, "scenario.example"), WORD_EXAMPLES[path])])
        return
    if not found:
        last = path.rpartition(".")[2]
        near = get_close_matches(last, {*WORD_EXAMPLES, *(key.path[-1] for key in keys())}, n=1)
        hint = f"did you mean '{near[0]}'?" if near else "sim scenario explain teams shows those of a team"
        raise BadInputError(f"{path}: no key of a scenario ({hint})")
    if len(found) > 1:
        print(say(lang, "scenario.several", n=len(found), path=path))
        _list(found, lang)
        return
    (key,) = found
    print(key.dotted)
    _meanings(key.meaning, key.meaning_in("ko"))
    _facts(list(_rows(key, lang)))
    within = keys_inside(key)
    if within:
        print(f"\n{say(lang, 'scenario.inside')}")
        _list(within, lang)


def _meanings(english: str, korean: str) -> None:
    for text in (f"{english}.", f"{korean}."):
        print_text(Padding(Text(text), (0, 0, 0, 2)))


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
        yield say(lang, "scenario.symbol"), f"{key.symbol} (docs/model.md)"
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


def _facts(rows: list[tuple[str, str]]) -> None:
    table = plain_table()
    table.add_column("", min_width=_LABEL, no_wrap=True)
    table.add_column("", ratio=1, overflow="fold")
    table.show_header = False
    for label, text in rows:
        table.add_row(f"  {label}", Text(text))
    print_text(table)


def _list(found: list[ScenarioKey], lang: str) -> None:
    table = plain_table()
    table.show_header = False
    table.add_column("", overflow="fold")
    table.add_column("", ratio=1, overflow="fold")
    for key in found:
        table.add_row(Text(f"  {key.dotted}"), Text(key.meaning_in(lang)))
    print_text(table)
