"""Widths of the printed text, and how a name is made to fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len, set_cell_size
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

WIDTH = 80
NAME_WIDTH, STAGE_WIDTH = 22, 10
"""Cells for names of teams and of stages in a table; longer names lose their middle."""


def fitted(text: str, cells: int) -> str:
    """The text within so many terminal cells; of a longer one the middle goes, where names differ least."""
    if cell_len(text) <= cells:
        return text
    end = ""
    for letter in reversed(text):
        if cell_len(letter + end) > cells // 2:
            break
        end = letter + end
    return set_cell_size(text, cells - 1 - cell_len(end)).rstrip() + "…" + end


def show(text: RenderableType) -> None:
    """Print it at most as wide as the text, without codes: the same in a terminal and in a pipe."""
    console = Console(width=WIDTH, highlight=False, soft_wrap=False, emoji=False, markup=False)
    with console.capture() as printed:
        console.print(text)
    print("\n".join(line.rstrip() for line in printed.get().splitlines()), flush=True)


def plain_table() -> Table:
    """A table without lines, as wide as the text."""
    return Table(
        box=None, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False, header_style="", width=WIDTH
    )


def packed(phrases: Iterable[str], indent: int = 0) -> Iterator[str]:
    """Phrases on as few lines as their order allows."""
    line = ""
    for phrase in phrases:
        if line and indent + cell_len(line) + 1 + cell_len(phrase) > WIDTH:
            yield " " * indent + line
            line = phrase
        else:
            line = f"{line} {phrase}".lstrip()
    if line:
        yield " " * indent + line


def spread(label: str, value: str) -> Text:
    """A label at the left and its value at the right, on two lines if one is too short."""
    gap = WIDTH - cell_len(label) - cell_len(value) - 2
    between = " " * gap if gap > 0 else "\n" + " " * max(0, WIDTH - cell_len(value))
    return Text(f"  {label}{between}{value}", overflow="fold")


def short(number: float) -> str:
    """A number in three digits, thousands with commas, without an exponent where that reads better."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
