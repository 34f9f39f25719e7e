"""Long names cut to the room there is, so that different names stay different."""

from collections.abc import Callable, Sequence
from itertools import takewhile

Fits = Callable[[int, str], bool]
"""Whether a text fits where the i-th name is to stand."""

_LEAST_HEAD = 3  # letters of a name's beginning, so that it is recognised


def shorten_names(names: Sequence[str], fits: Fits) -> list[str]:
    """Cut each name that does not fit; the end goes first.

    Where that makes different names alike, the middle goes instead, up to the word that tells them apart:
    "Consortium for…red…" and "Consortium for…blue…".
    """
    made = [name if fits(i, name) else _cut_end(name, i, fits) for i, name in enumerate(names)]
    # Names that part early may hide some that part later: each round tells one more step apart.
    for _ in names:
        alike = _find_alike(names, made)
        if not alike:
            break
        for group in alike:
            parting = _count_common([names[i] for i in group])
            for i in group:
                made[i] = _cut_middle(names[i], parting, i, fits) or made[i]
    return made


def _find_alike(names: Sequence[str], made: Sequence[str]) -> list[list[int]]:
    """Groups of different names that were cut to the same text."""
    groups: dict[str, list[int]] = {}
    for i, text in enumerate(made):
        groups.setdefault(text, []).append(i)
    return [group for group in groups.values() if len({names[i] for i in group}) > 1]


def _count_common(names: Sequence[str]) -> int:
    """How many letters all the names begin with."""
    return len(list(takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))))


def _cut_end(name: str, i: int, fits: Fits) -> str:
    end = len(name) - 1
    while end > 1 and not fits(i, name[:end].rstrip() + "…"):
        end -= 1
    return name[:end].rstrip() + "…"


def _cut_middle(name: str, parting: int, i: int, fits: Fits) -> str | None:
    """The beginning and the word at `parting`, where the name differs from others; None if nothing fits."""
    if name[parting : parting + 1] == " ":
        parting += 1  # the other name ends here, or its word goes on: ours differs by the next word
    begin = name.rfind(" ", 0, parting) + 1
    end = name.find(" ", parting + 1)
    end = len(name) if end < 0 else end
    # Without spaces a word can be the whole name: then a few letters from where it differs must do.
    for start, stop in ((begin, end), (parting, end), (parting, parting + 4), (parting, parting + 1)):
        tail = name[start:stop] + ("…" if stop < len(name) else "")
        for head in range(start - 1, min(_LEAST_HEAD, start) - 1, -1):
            text = f"{name[:head].rstrip()}…{tail}"
            if fits(i, text):
                return text
    return None
