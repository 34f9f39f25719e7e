"""`sim scenario explain`: what a key of a scenario means."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Literal

from rich.padding import Padding
from rich.text import Text

from sim.cli.errors import BadInputError
from sim.cli.layout import plain_table, show
from sim.cli.words_scenario import Words, words
from sim.scenario.language.catalogue import Key, find_keys, keys, keys_inside
from sim.scenario.language.examples import MAIN, example
from sim.scenario.language.meanings_ko import KOREAN, WORDS
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.quantities import format_bound

_LABEL = 14


def explain(path: str, /, *, lang: Literal["en", "ko"] = "en") -> None:
    """Say what a key of a scenario means, in English and Korean.

    Parameters
    ----------
    path
        The path of a key, as in stages.stage-1.cut.keep or stages.*.cut.keep, or its end: keep.
    lang
        Language of the labels.
    """
    found, say = find_keys(path), words(lang)
    if path in WORDS and len(found) != 1:
        english, korean, shown = WORDS[path]
        print(path)
        for text in (f"{english}.", f"{korean}."):
            show(Padding(Text(text), (0, 0, 0, 2)))
        _facts([(say["example"], shown)])
        return
    if not found:
        last = path.rpartition(".")[2]
        near = get_close_matches(last, {*WORDS, *(key.path[-1] for key in keys())}, n=1)
        hint = f"did you mean '{near[0]}'?" if near else "sim scenario explain teams shows those of a team"
        raise BadInputError(f"{path}: no key of a scenario ({hint})")
    if len(found) > 1:
        print(say["several"].format(n=len(found), path=path))
        _list(found, lang)
        return
    (key,) = found
    print(key.dotted)
    for text in (f"{key.meaning}.", f"{KOREAN[key.dotted]}."):
        show(Padding(Text(text), (0, 0, 0, 2)))
    _facts(list(_told(key, say)))
    within = keys_inside(key)
    if within:
        print(f"\n{say['inside']}")
        _list(within, lang)


def _told(key: Key, say: Words) -> Iterator[tuple[str, str]]:
    """What else there is to say of a key: labels and texts."""
    of = f" ({key.unit})" if key.unit else ""
    yield say["kind"], f"{_written(key, say)}{of}"
    if not keys_inside(key):
        yield say["default"], _default(key, say)
    if key.plausible:
        low, high = (f"{end:g}" for end in key.plausible)
        yield say["plausible"], say["from_to"].format(low=low, high=high)
    if key.symbol:
        yield say["symbol"], f"{key.symbol} (docs/model.md)"
    if key.source:
        yield say["source"], key.source
    shown = example(key)
    if shown is not None:
        yield (
            say["example"],
            f"{shown.path}: {format_flow(shown.value)}" + (f"   ({shown.file})" if shown.file else ""),
        )
        if not keys_inside(key) and not shown.file:
            yield say["try"], f"sim run {MAIN} --set '{shown.path}={format_flow(shown.value)}'"


def _written(key: Key, say: Words) -> str:
    """What may be written, and from where to where."""
    kinds = say["or"].join(say.get(kind, kind) for kind in key.kinds)
    if key.allowed is None:
        return kinds
    low = say["above" if key.allowed.above else "at_least"].format(number=format_bound(key.allowed.low))
    high = say["at_most"].format(number=format_bound(key.allowed.high))
    return f"{kinds}, {low}{high}"


def _default(key: Key, say: Words) -> str:
    if key.required:
        return say["needed"]
    if key.default in (None, {}, ()):
        return say["nothing"]
    value = format_flow(key.default)
    return f"{value}, {say['guess']}" if key.guess else value


def _facts(rows: list[tuple[str, str]]) -> None:
    table = plain_table()
    table.add_column("", min_width=_LABEL, no_wrap=True)
    table.add_column("", ratio=1, overflow="fold")
    table.show_header = False
    for label, text in rows:
        table.add_row(f"  {label}", Text(text))
    show(table)


def _list(found: list[Key], lang: str) -> None:
    table = plain_table()
    table.show_header = False
    table.add_column("", overflow="fold")
    table.add_column("", ratio=1, overflow="fold")
    for key in found:
        table.add_row(Text(f"  {key.dotted}"), Text(KOREAN[key.dotted] if lang == "ko" else key.meaning))
    show(table)
