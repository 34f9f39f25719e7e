"""What every table of a figure must have; complaints are one plain line each."""

from collections.abc import Iterable
from typing import Any

import pandas as pd


def need_columns(table: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    """Raises ValueError if the table, called `what`, lacks columns or has no rows."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ValueError(f"the table of {what} lacks the columns {', '.join(missing)}")
    if table.empty:
        raise ValueError(f"the table of {what} has no rows")


def one_each(table: pd.DataFrame, key: str, column: str) -> dict[str, Any]:
    """The value of `column` for each `key`, in table order. Raises ValueError if a key has two."""
    pairs = table[[key, column]].drop_duplicates()
    twice = pairs[pairs.duplicated(key)][key]
    if not twice.empty:
        at = twice.iloc[0]
        found = pairs[pairs[key] == at][column].tolist()
        raise ValueError(f"{key} {at!r} has more than one {column}: {found[0]!r} and {found[1]!r}")
    return dict(zip(pairs[key].astype(str), pairs[column], strict=True))
