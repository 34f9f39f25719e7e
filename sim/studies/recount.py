"""A recount in a folder: its tables, a workbook, and a file that says what they are; nothing is played."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.findings.recount import RecountFindings
from sim.folder.errors import ResultsError, describe_os_error
from sim.folder.files import DIGITS, PARTIAL, as_json_text, checksum, remove_partial_files, write_atomically
from sim.folder.lock import LOCK, lock_folder
from sim.folder.tables import write_table
from sim.folder.workbook import write_workbook
from sim.render.json import recount_as_json
from sim.render.workbook.recount import recount_sheets
from sim.rules.recount import Recount
from sim.text import Lang

if TYPE_CHECKING:
    import pandas as pd

ABOUT, WORKBOOK = "recount.json", "results.xlsx"
_FORMAT = 1

_FLOATS = f"%.{DIGITS}g"
"""How numbers stand in the tables: sums of points have no more digits than they support."""


def save_recount(found: RecountFindings, out: Path, lang: Lang) -> list[Path]:
    """Write the tables of a recount, a workbook in one language, and what they are; return the files.

    The same recount may be written again, in another language, too. Raises `ResultsError` where the folder
    holds anything else, or a file that somebody has edited.
    """
    result = recount_as_json(found)
    with lock_folder(out):
        try:
            _refuse_others(out, result)
            remove_partial_files(out)
            # First of all, so that a folder in which this is broken off is known again.
            write_atomically(out / ABOUT, _about(result, {}))
            for name, table in recount_tables(found).items():
                write_table(table, out / name, _FLOATS)
            write_workbook(out / WORKBOOK, recount_sheets(found, lang))
            names = [*recount_tables(found), WORKBOOK]
            write_atomically(out / ABOUT, _about(result, {name: checksum(out / name) for name in names}))
        except OSError as error:
            raise ResultsError(describe_os_error(error, out)) from None
    return [out / name for name in (ABOUT, *names)]


def _about(result: dict[str, Any], files: dict[str, str]) -> str:
    return as_json_text({"format": _FORMAT, "command": sys.argv, "result": result, "files": files})


def _refuse_others(out: Path, result: dict[str, Any]) -> None:
    """Raise `ResultsError` if the folder holds anything but this very recount, as it was written."""
    if not (out / ABOUT).exists():
        theirs = (path for path in out.iterdir() if path.name != LOCK and not path.name.endswith(PARTIAL))
        if any(theirs):
            raise ResultsError(f"{out}: not empty and no recount of this program; choose another --out")
        return
    there = _read(out)
    if there.get("result") != json.loads(json.dumps(result)):
        raise ResultsError(f"{out}: holds another recount; choose another --out or remove it")
    files = there.get("files")
    for name, written in (files if isinstance(files, dict) else {}).items():
        if (out / name).exists() and checksum(out / name) != written:
            raise ResultsError(
                f"{out / name}: edited after it was written; choose another --out or remove it"
            )


def _read(out: Path) -> dict[str, Any]:
    try:
        found = json.loads((out / ABOUT).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ResultsError(f"{out / ABOUT}: cannot be read: {error}") from None
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise ResultsError(f"{out / ABOUT}: not a recount of format {_FORMAT}; choose another --out")
    return found


def recount_tables(found: RecountFindings) -> dict[str, pd.DataFrame]:
    """Return the tables that are saved, by the name of their file; the same in every language.

    `points.csv` has a row for each team, `without.csv` for each block that is left out, `weights.csv` for
    each stretch of shares of a block or item at which the same teams leave. Several teams stand in one cell,
    with blanks between their ids.
    """
    import pandas as pd

    return {
        "points.csv": pd.DataFrame(_points(found)),
        "without.csv": pd.DataFrame(
            [{"without": block, **_who(one)} for block, one in found.without.items()],
            columns=["without", "leaves", "tied", "margin"],
        ),
        "weights.csv": pd.DataFrame(_weights(found), columns=_COLUMNS),
    }


def _points(found: RecountFindings) -> list[dict[str, Any]]:
    return [
        {
            "team": row.team,
            "team_en": found.scenario.teams[row.team].name.en,
            "team_ko": found.scenario.teams[row.team].name.ko,
            **{f"points.{block}": points for block, points in row.points.items()},
            "total": row.total,
            "reported_total": found.reported_totals.get(row.team),
            "rank": row.rank,
            "rank_at_worst": row.rank_at_worst,
            "fate": row.fate,
        }
        for row in found.rows
    ]


def _who(one: Recount) -> dict[str, Any]:
    return {"leaves": _ids(one.leaving), "tied": _ids(one.tied), "margin": one.margin}


def _ids(teams: Sequence[str]) -> str:
    return " ".join(teams)


_COLUMNS = ["part", "now", "low", "low_from", "low_to", "high", "high_from", "high_to", "leaves", "tied"]


def _weights(found: RecountFindings) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for each in found.reweighings:
        borders = each.weight.borders
        for i, span in enumerate(each.weight.spans):
            below, above = borders[i - 1] if i else None, borders[i] if i < len(borders) else None
            rows.append(
                {
                    "part": each.weight.name,
                    "now": each.weight.now,
                    "low": span.low,
                    "low_from": None if below is None else below.low,
                    "low_to": None if below is None else below.high,
                    "high": span.high,
                    "high_from": None if above is None else above.low,
                    "high_to": None if above is None else above.high,
                    "leaves": _ids(span.leaving),
                    "tied": _ids(span.tied),
                }
            )
    return rows
