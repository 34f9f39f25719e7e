"""Long names of a figure cut to the room there is, so that different names stay different.

In a terminal `sim.render.text.layout.fit_names` cuts them in another way: all names of a column have the
same few cells there, so that the middle goes first, and no two may ever read the same, so that numbers tell
apart what words cannot. Here each name may have a width of its own, and its end goes first.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile

Fits = Callable[[int, str], bool]
"""Whether a text fits where the i-th name is to stand."""

_LEAST_HEAD = 3  # letters of a name's beginning, so that it is recognised


def shorten_names(names: Sequence[str], fits: Fits) -> list[str]:
    """Cut each name that does not fit; the end goes first.

    Where that leaves names that a reader cannot tell apart, the middle goes instead, up to the word that
    tells them apart: "Consortium for…red…" and "Consortium for…blue…".
    """
    made = [name if fits(i, name) else _cut_end(name, i, fits) for i, name in enumerate(names)]
    partings: list[set[int]] = [set() for _ in names]
    # Names that part early can hide that some of them part again later: each round adds one such place.
    for _ in names:
        alike = {i: _find_alike(i, names, made) for i in range(len(names)) if made[i] != names[i]}
        if not any(alike.values()):
            break
        for i, others in alike.items():
            if others:
                partings[i].add(_count_common([names[i], *(names[j] for j in others)]))
                made[i] = _cut_middle(names[i], sorted(partings[i]), i, fits) or made[i]
    return made


def _find_alike(i: int, names: Sequence[str], made: Sequence[str]) -> list[int]:
    """The other names of which the i-th text could be a cut, and the i-th name of theirs."""
    return [
        j
        for j in range(len(names))
        if names[j] != names[i] and _could_be(made[i], names[j]) and _could_be(made[j], names[i])
    ]


def _could_be(text: str, name: str) -> bool:
    """Whether a text with ellipses is what is left of a name."""
    if text == name:
        return True
    begin, *middle, end = text.split("…") if "…" in text else (text, text)
    if not (name.startswith(begin) and name.endswith(end)):
        return False
    at = len(begin)
    for piece in middle:
        at = name.find(piece, at) + len(piece)
        if at < len(piece):
            return False
    return at + len(end) <= len(name)


def _count_common(names: Iterable[str]) -> int:
    """How many letters all the names begin with."""
    return len(list(takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))))


def _cut_end(name: str, i: int, fits: Fits) -> str:
    def cut(end: int) -> str:
        return name[:end].rstrip() + "…"

    return cut(_find_longest(2, len(name) - 1, lambda end: fits(i, cut(end))) or min(1, len(name) - 1))


def _cut_middle(name: str, partings: Sequence[int], i: int, fits: Fits) -> str | None:
    """The beginning, and the words at `partings`, where other names differ; None if they do not fit."""
    words = [_find_word(name, at) for at in partings]
    # Without spaces a word can be the whole name: then a few letters from where it differs must do.
    four, one = ([(at, min(len(name), at + n)) for at in partings] for n in (4, 1))
    for pieces in (words, four, one):
        if text := _cut_between(name, pieces, i, fits):
            return text
    return None


def _find_word(name: str, at: int) -> tuple[int, int]:
    """Where the word around a letter begins and ends."""
    if name[at : at + 1] == " ":
        at += 1  # the other name ends here, or its word goes on: ours differs by the next word
    end = name.find(" ", at + 1)
    return name.rfind(" ", 0, at) + 1, len(name) if end < 0 else end


def _cut_between(name: str, pieces: Sequence[tuple[int, int]], i: int, fits: Fits) -> str | None:
    """The pieces (start, stop) of a name, and as much of its beginning as fits before them."""
    tail, at = "", -1
    for start, stop in pieces:
        tail += name[max(start, at) : stop] if start <= at else "…" + name[start:stop]
        at = max(at, stop)
    tail += "…" if at < len(name) else ""

    def cut(head: int) -> str:
        return name[:head].rstrip() + tail

    head = _find_longest(_LEAST_HEAD, pieces[0][0] - 1, lambda head: fits(i, cut(head)))
    return None if head is None else cut(head)


def _find_longest(least: int, most: int, fits: Callable[[int], bool]) -> int | None:
    """The greatest number from `least` to `most` that fits, where less fits too; None if none does."""
    # Halving, for a figure takes a millisecond to measure a text.
    at = bisect_left(range(least, most + 1), True, key=lambda number: not fits(number))
    return least + at - 1 if at else None
