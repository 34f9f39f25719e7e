"""The table of a stage ahead, option by option, laid out and checked for the figure of a briefing."""

from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from sim.findings.cells import Floats, are_ordered, need_columns
from sim.render.figures.labels import one_line
from sim.text import Lang

MOST_TEAMS, MOST_OPTIONS = 12, 5  # more do not fit on a page, or cannot be told apart
NUMBERS = ("p", "low", "high", "range_low", "range_high")
COLUMNS = (
    "team", "team_en", "team_ko", "option", "option_en", "option_ko", "default", *NUMBERS, "certain",
)  # fmt: skip


@dataclass(frozen=True)
class Board:
    """Teams and options in table order, and a chance for each pair (teams by options).

    `names` and `others` are the teams' names in the figure's language and in the other; `default` is the
    place of the default option. `p`, `low`, `high` and the range over assumptions are in 0..1; the ranges
    are NaN where there is none, and all five are where `certain` is "0" or "1" rather than "".
    """

    teams: tuple[str, ...]
    names: tuple[str, ...]
    others: tuple[str, ...]
    options: tuple[str, ...]
    said: tuple[str, ...]
    default: int
    p: Floats
    low: Floats
    high: Floats
    range_low: Floats
    range_high: Floats
    certain: tuple[tuple[str, ...], ...]
    without: Floats | None = None  # the chance without facts; None where there are none

    def settled(self, i: int) -> str:
        """Return what is certain of the i-th team whatever is decided, "0" or "1"; "" if nothing is."""
        found = set(self.certain[i])
        return found.pop() if len(found) == 1 else ""


def read_board(table: pd.DataFrame, lang: Lang) -> Board:
    """Lay the table out by team and option.

    Raises ValueError if columns or pairs are missing, doubled or contradict each other, there are more teams
    or options than a page holds, no option or several are the default, or a number is not a chance.
    """
    need_columns(table, COLUMNS, "options")
    other: Lang = "ko" if lang == "en" else "en"
    names, others = (_one_each(table, "team", f"team_{at}") for at in (lang, other))
    said = _one_each(table, "option", f"option_{lang}")
    pairs = pd.MultiIndex.from_product([names, said], names=["team", "option"])
    _check_pairs(table, pairs)
    wide = table.set_index(["team", "option"]).reindex(pairs)
    shape = (len(names), len(said))
    certain = np.asarray(wide["certain"].fillna("").astype(str)).reshape(shape)
    numbers = {
        name: np.where(certain == "", wide[name].to_numpy(np.float64, na_value=np.nan).reshape(shape), np.nan)
        for name in NUMBERS
    }
    made = Board(
        teams=tuple(names),
        names=_check_names(names, f"team_{lang}"),
        others=tuple(one_line(str(name)) if isinstance(name, str) else "" for name in others.values()),
        options=tuple(said),
        said=_check_names(said, f"option_{lang}"),
        default=_find_default(_one_each(table, "option", "default")),
        certain=tuple(tuple(str(cell) for cell in row) for row in certain),
        without=np.asarray(wide["without"], dtype=np.float64).reshape(shape) if "without" in wide else None,
        **numbers,
    )
    _check_numbers(made)
    return made


def _one_each(table: pd.DataFrame, key: str, column: str) -> dict[str, Any]:
    """Return the value of `column` for each `key`, in table order. Raises ValueError if a key has two."""
    pairs = table[[key, column]].drop_duplicates()
    twice = pairs[pairs.duplicated(key)][key]
    if not twice.empty:
        at = twice.iloc[0]
        found = pairs[pairs[key] == at][column].tolist()
        raise ValueError(f"{key} {at!r} has more than one {column}: {found[0]!r} and {found[1]!r}")
    return dict(zip(pairs[key].astype(str), pairs[column], strict=True))


def _check_pairs(table: pd.DataFrame, pairs: pd.MultiIndex) -> None:
    teams, options = (len(level) for level in pairs.levels)
    for found, most, what in ((teams, MOST_TEAMS, "teams"), (options, MOST_OPTIONS, "options")):
        if found > most:
            raise ValueError(f"the table has {found} {what}, the figure holds at most {most}")
    rows = pd.MultiIndex.from_frame(table[["team", "option"]])
    if rows.has_duplicates:
        team, option = rows[rows.duplicated()][0]
        raise ValueError(f"the table has team {team!r} and option {option!r} twice")
    missing = pairs.difference(rows, sort=False)
    if len(missing):
        team, option = missing[0]
        raise ValueError(f"the table has no row for team {team!r} and option {option!r}")


def _check_names(names: dict[str, object], column: str) -> tuple[str, ...]:
    lines = {key: one_line(name) if isinstance(name, str) else "" for key, name in names.items()}
    nameless = [key for key, line in lines.items() if not line]
    if nameless:
        raise ValueError(f"{column} has no text for {nameless[0]!r}")
    return tuple(lines.values())


def _find_default(chosen: dict[str, object]) -> int:
    found = [k for k, value in enumerate(chosen.values()) if bool(value)]
    if len(found) != 1:
        raise ValueError(f"{len(found)} options are the default, expected exactly one")
    return found[0]


def _check_numbers(made: Board) -> None:
    ordered = are_ordered(made.p, made.low, made.high)
    for i, team in enumerate(made.teams):
        for j, option in enumerate(made.options):
            where = f"team {team!r}, option {option!r}"
            if made.certain[i][j] not in {"", "0", "1"}:
                raise ValueError(f"{where}: certain is {made.certain[i][j]!r}, expected '', '0' or '1'")
            if made.certain[i][j]:
                continue
            if not ordered[i, j]:
                p, low, high = made.p[i, j], made.low[i, j], made.high[i, j]
                raise ValueError(f"{where}: {low:g}, {p:g}, {high:g} break 0 <= low <= p <= high <= 1")
            ends = made.range_low[i, j], made.range_high[i, j]
            if not (all(map(isnan, ends)) or 0 <= ends[0] <= ends[1] <= 1):
                raise ValueError(f"{where}: the range {ends[0]:g} to {ends[1]:g} is not within 0..1")
