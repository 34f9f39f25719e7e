"""`sim recount`: count the reported points of an evaluation again, as they stand and at other weights."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.console import print_as_json
from sim.cli.errors import BadInputError, plainly
from sim.cli.options import Json, OutputFolder, SetOptions, TextLang, Texts
from sim.scenario import Scenario, load, read_overrides
from sim.scenario.models.base import is_number
from sim.scenario.problems import did_you_mean
from sim.text import Lang, say

if TYPE_CHECKING:
    from sim.findings.recount import RecountFindings
    from sim.rules.recount import ScoreSheet

_MAXIMUM = re.compile(
    r"stages\.(?P<stage>[^.]+)\.points\.(?P<block>[^.]+)\.(?:max|items\.(?P<item>[^.]+)(?:\.max)?)"
)


def recount(
    scenario: Path,
    /,
    *,
    stage: str | None = None,
    set_: SetOptions = (),
    without: Texts = (),
    out: OutputFolder = None,
    json: Json = False,
    lang: TextLang = "en",
) -> None:
    """Recount the reported points of an evaluation: who leaves, and at which weights somebody else would.

    Parameters
    ----------
    scenario
        A scenario file with reported points (stages.<stage>.reported).
    stage
        The stage to recount. [default: the last with reported points]
    set_
        Change a value, PATH=VALUE. A block or item whose maximum is changed counts in proportion, as in
        stages.stage-2.points.users.max=10; may be repeated.
    without
        Leave out a block, or an item as BLOCK/ITEM; may be repeated.
    out
        Folder for three tables, an Excel workbook (results.xlsx) and recount.json.
    """
    overrides = read_overrides(set_)
    stage_id = _stage(load(scenario), str(scenario), stage)
    maxima, others = _maxima(stage_id, overrides)
    found = load(scenario, others)
    from sim.findings.recount import recount_findings

    reported, counted = _sheets(found, stage_id, maxima | dict.fromkeys(without, 0.0))
    findings = recount_findings(found, stage_id, reported, counted)
    files = _save(findings, out, lang)
    if json:
        from sim.render.json import recount_as_json

        print_as_json(recount_as_json(findings))
    else:
        from sim.render.text.layout import print_text
        from sim.render.text.recount import render_recount

        print_text(render_recount(findings, scenario.name, lang))
        if files:
            print(say(lang, "results.saved", files=" ".join(path.name for path in files), folder=out))


def _save(findings: RecountFindings, out: Path | None, lang: Lang) -> list[Path]:
    """Write a folder, before anything is printed that would say that it is there."""
    if out is None:
        return []
    from sim.studies.recount import save_recount  # pandas takes a second to load

    with plainly(out):
        return save_recount(findings, out, lang)


def _stage(scenario: Scenario, file: str, asked: str | None) -> str:
    """The stage to recount: the one asked for, or the last with reported points."""
    reported = [stage_id for stage_id, stage in scenario.stages.items() if stage.reported is not None]
    if asked is None and reported:
        return reported[-1]
    if asked in reported:
        return asked
    if not reported:
        raise BadInputError(f"{file}: no stage has reported points, expected stages.<stage>.reported in one")
    raise BadInputError(
        f"--stage {asked}: no such stage with reported points ({did_you_mean(asked or '', reported)})"
    )


def _maxima(stage_id: str, overrides: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    """The overrides that only reweigh the stage, by block or `block/item`, and all others.

    They may be 0, and a block's items follow it, which the file itself does not allow. Where both a block
    and its items are set, they are the file's to check.
    """
    named = {path: _reweighed(stage_id, path) for path, value in overrides.items() if _is_maximum(value)}
    blocks = {name for name in named.values() if name is not None and "/" not in name}
    whole = {block for block in blocks if any(_has_items(stage_id, block, path) for path in overrides)}
    taken = {path: name for path, name in named.items() if name and name.partition("/")[0] not in whole}
    maxima = {name: float(overrides[path]) for path, name in taken.items()}
    return maxima, {path: value for path, value in overrides.items() if path not in taken}


def _reweighed(stage_id: str, path: str) -> str | None:
    """The block, or `block/item`, whose maximum stands at a path; None for any other path."""
    match = _MAXIMUM.fullmatch(path)
    if match is None or match["stage"] != stage_id:
        return None
    return f"{match['block']}/{match['item']}" if match["item"] else match["block"]


def _has_items(stage_id: str, block: str, path: str) -> bool:
    """Whether setting the value at a path sets items of the block."""
    above = f"stages.{stage_id}.points.{block}"
    return path == above or f"{path}.".startswith(f"{above}.items.")


def _is_maximum(value: Any) -> bool:
    return is_number(value) and 0 <= value < math.inf


def _sheets(scenario: Scenario, stage_id: str, maxima: dict[str, float]) -> tuple[ScoreSheet, ScoreSheet]:
    """The points out of the maxima under which they were reported, and as they are to count."""
    from sim.rules.recount import recount_points, sheet

    try:
        given = sheet(scenario.stages[stage_id])
        reported = given.weighing({part.name: part.out_of for part in given.parts})
        reweighed = given.weighing(maxima)
        recount_points(reweighed)
    except ValueError as error:
        raise BadInputError(f"{stage_id}: {error}") from None
    return reported, reweighed
