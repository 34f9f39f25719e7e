"""What is wrong with a scenario file, said once and in one form; and the paths that lead to its values."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

KeyPath = tuple[str, ...]
"""The way to a value in a scenario: keys of blocks, ids of tables, positions in lists."""

ANY = "*"
"""Stands in a pattern of paths for an id that the file chooses."""


def path_fits(pattern: KeyPath, path: KeyPath) -> bool:
    """Whether `path` is one of those that `pattern` stands for; where it has * itself, it is about any id."""
    return len(pattern) == len(path) and all(p in (ANY, step) for p, step in zip(pattern, path, strict=True))


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what was found and what was expected.

    `line` and `column` count from 1; 0 means that the place is not in the file (a default, an override).
    """

    file: str
    line: int
    column: int
    path: str
    found: str
    expected: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        path = f" {self.path}:" if self.path else ""
        expected = f", expected {self.expected}" if self.expected else ""
        hint = f" ({self.hint})" if self.hint else ""
        return printable(f"{place}:{path} {self.found}{expected}{hint}")


class ScenarioError(ValueError):
    """A scenario that cannot be used; `problems` holds every one of them, a line each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def raise_if_any(problems: Collection[Problem]) -> None:
    """Raise `ScenarioError` with the problems, unless there are none.

    A mistake in a block that other stages are `like` is told once, at its first stage.
    """
    told: dict[tuple[object, ...], Problem] = {}
    for each in problems:
        place = (each.file, each.line, each.column, *(() if each.line else (each.path,)))
        told.setdefault((*place, each.found, each.expected, each.hint), each)
    if told:
        raise ScenarioError(told.values())


def printable(text: str) -> str:
    """The text on one line, with an escape for whatever a terminal would not print or take as a command."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


_LONGEST = 80
"""Characters of a value that a message names."""


def quoted(value: Any) -> str:
    """A value as a message names it."""
    if isinstance(value, dict):
        return "a block of keys"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value[:_LONGEST]}'" if isinstance(value, str) else str(value)[:_LONGEST]


_MOST_KNOWN = 64
"""A file may misspell thousands of words: comparing each with thousands of others would take hours."""


def fold_copies(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the first and the last of each row of names that are numbered in turn, as others-1 to others-9.

    A name alone is both; so are two of a row, which are not worth folding. Their order stays.
    """
    rows: list[list[str]] = []
    for name in names:
        number = _number_of(name)
        if rows and number and number == _number_of(rows[-1][-1], 1):
            rows[-1].append(name)
        else:
            rows.append([name])
    return [
        pair
        for row in rows
        for pair in ([(row[0], row[-1])] if len(row) > 2 else [(name, name) for name in row])
    ]


def _number_of(name: str, add: int = 0) -> tuple[str, int] | None:
    """What stands before the number at the end of a name, and the number; None where there is none."""
    found = re.fullmatch(r"(.*\D)(\d{1,4})", name)
    return (found[1], int(found[2]) + add) if found else None


def by_number(name: str) -> tuple[str, int]:
    """A key by which names are sorted as people do: others-2 before others-10."""
    return _number_of(name) or (name, 0)


def list_known(names: Iterable[str]) -> str:
    """Return names as a message lists what there is: those of copies by their first and last."""
    shown = [first if first == last else f"{first} to {last}" for first, last in fold_copies(names)]
    return ", ".join(shown)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A suggestion for a misspelt `word`, or the known words when none is near, unless they are too many."""
    known = list(known)
    if len(known) > _MOST_KNOWN:
        return ""
    near = close_match(word, known)
    if near:
        return f"did you mean '{near}'?"
    return f"known: {list_known(known)}" if known else ""


def close_match(word: str, known: Iterable[str]) -> str | None:
    """The one of the `known` words that a misspelt `word` is most likely to be, if any is near."""
    known = list(known)
    if len(known) > _MOST_KNOWN:
        return None
    # difflib takes letters of another case for others.
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.65)
    return near[0] if near else next((one for one in known if one.casefold() == word.casefold()), None)


def in_file_order(problems: Iterable[Problem], main: str) -> list[Problem]:
    """Problems by file, line and column; those of the file `main`, which was asked for, come first."""
    return sorted(problems, key=lambda p: (p.file != main, p.file, p.line, p.column))


class Diagnostic(NamedTuple):
    """What is well formed and yet makes no sense; the loader adds the place.

    Where two keys contradict each other and either may be the one to change, `rival` says the same of the
    other: the loader prefers the one that stands in the file that was asked for, or in an override.
    """

    path: KeyPath
    found: str
    expected: str = ""
    hint: str = ""
    rival: Diagnostic | None = None


_MOST_HINTS = 50
"""Unknown names of one table that are compared with those that are known; nobody reads further."""


def unknown_names(
    path: KeyPath, kind: str, names: Iterable[str], known: Iterable[str]
) -> Iterator[Diagnostic]:
    """A problem for each of `names` that is not among the `known`."""
    known = list(known)
    strange = [name for name in names if name not in known]
    for i, name in enumerate(strange):
        hint = did_you_mean(name, known) if i < _MOST_HINTS else ""
        yield Diagnostic((*path, name), f"no {kind} '{name}'", hint=hint)
