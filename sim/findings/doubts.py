"""How far doubts move each chance of the default option: as a table, from a run or from what it has saved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.findings.chances import Chances

if TYPE_CHECKING:
    import pandas as pd

Ranges = Mapping[tuple[str, str, str], tuple[float, float]]
"""The least and the greatest chance over the doubts, by stage ("" for all), team and kind of chance."""

_COLUMNS = ("stage", "team", "chance", "low", "high")


def doubts_table(found: Chances) -> pd.DataFrame:
    """Return a row for each chance with a range over doubts: stage, team, chance, low, high; 0..1."""
    return _table((*key, *one.range) for key, one in found.default.teams.items() if one.range is not None)


def read_doubts_table(file: Path) -> pd.DataFrame:
    """Read the same from `result.json`; without rows where an earlier version wrote none.

    Raises `ValueError` for a file that is no JSON, `LookupError` or `AttributeError` for another content.
    """
    if not file.exists():
        return _table(())
    data: dict[str, Any] = json.loads(file.read_text("utf-8"))
    # With options or doubts the default option is the first; else there is one alone.
    default = next(iter(data.get("options", {"": data}).values()))["teams"]
    return _table(_read_rows(default))


def _read_rows(default: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    for team, of_team in default.items():
        of_stages = {**of_team["stages"], "": {k: v for k, v in of_team.items() if k != "stages"}}
        for stage, kinds in of_stages.items():
            for kind, chance in kinds.items():
                low, high = (chance.get("range") if isinstance(chance, dict) else None) or (None, None)
                if low is not None and high is not None:
                    yield stage, team, kind, float(low), float(high)


def _table(rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(_COLUMNS))


def ranges_of(table: pd.DataFrame) -> Ranges:
    """Return the ranges of such a table, by what they are of; those that are not known are left out."""
    told = table[table.low.notna() & table.high.notna()]
    keys = zip(told.stage, told.team, told.chance, strict=True)
    return dict(zip(keys, zip(told.low, told.high, strict=True), strict=True))
