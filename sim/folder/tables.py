"""Tables in files: CSV that spreadsheets open without harm, and Parquet; each is read back as it was."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.folder.files import atomic_file, write_atomically

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""


def write_table(table: pd.DataFrame, path: Path, float_format: str | None = None) -> None:
    """Write a table whole or not at all, as CSV or Parquet by its suffix. Raises `OSError`."""
    if path.suffix == ".parquet":
        _write_parquet(table, path)
        return
    text = defused(table).to_csv(index=False, lineterminator="\r\n", float_format=float_format)
    # The byte-order mark lets spreadsheets on Korean Windows find out that this is UTF-8.
    write_atomically(path, text, "utf-8-sig")


def defused(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet takes for a formula: an apostrophe stands before them."""
    texts = [name for name in table.columns if table[name].map(lambda cell: isinstance(cell, str)).any()]
    return table.assign(**{name: table[name].map(defused_cell) for name in texts})


def defused_cell(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula, and that `read_table` takes back."""
    return f"'{cell}" if isinstance(cell, str) and would_run(cell) else cell


def would_run(cell: str) -> bool:
    """Tell whether a spreadsheet would take a text for a formula, or has an apostrophe before one."""
    # With apostrophes before it, too: one of them would be taken away when it is read.
    return cell.lstrip("'").startswith(_FORMULA)


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write Parquet; a column that holds numbers and text is saved as text."""
    mixed = [name for name in table.columns if table[name].map(type).nunique() > 1]
    with atomic_file(path) as partial:
        table.astype(dict.fromkeys(mixed, str)).to_parquet(partial, index=False, compression="zstd")


def read_table(path: Path, numbers: Sequence[str] = (), flags: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table that `write_table` wrote. Raises `FileNotFoundError`.

    Of CSV these columns are numbers (empty is missing) and flags, all others words. Words stay as they are,
    whatever they look like: a team may be called NA or 007.
    """
    import pandas as pd

    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, "missing", str(path))
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    header = pd.read_csv(path, nrows=0).columns
    kinds: dict[str, type] = {
        name: float if name in numbers else bool if name in flags else str for name in header
    }
    missing = {name: [""] for name in numbers if name in kinds}
    table = pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values=missing)
    texts = [name for name, kind in kinds.items() if kind is str]
    return table.assign(**{name: table[name].map(_undefuse) for name in texts})


def _undefuse(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and would_run(cell) else cell
