"""Folders of results: what can be done with them from what their manifest says, and nothing else."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim import api
from sim.figures import Lang, sealed_figures
from sim.runs import compare_store, sensitivity_store, sweep_store
from sim.runs import manifest as manifests
from sim.runs.compare import Compared
from sim.runs.lock import NAME as LOCK
from sim.runs.merge import merge as merged
from sim.runs.problems import ResultsError
from sim.runs.run import Progress
from sim.runs.saved import Range, Saved, saved, scenario_of
from sim.runs.sensitivity import Sensitivity
from sim.runs.sweep import Sweep
from sim.runs.whole import write_whole

_FIGURE = re.compile(r"(leaving|survival|briefing|sweep|map|forest|tornado)-(en|ko)\.(png|svg)")
"""What `sim plot` adds to a folder, whenever it is asked to."""

_ADDED = ("visits", "checksum")
"""Keys that manifests of this format did not have from the beginning."""


def resume(
    folder: str | Path, *, jobs: int | None = None, progress: Progress | None = None
) -> api.Result | Sweep | Compared | Sensitivity | None:
    """Go on with what was broken off, and end with the same bytes as if it had not been.

    None if nothing was missing: every file is then, byte for byte, as it was written. What was not is
    named in a `ResultsWarning`. Figures are drawn in the languages that were asked for at first. Raises
    `ResultsError` where there is nothing to go on with.
    """
    out = Path(folder)
    kind = manifests.read(out).get("kind")
    if kind == sweep_store.KIND:
        return sweep_store.resumed(out, workers=jobs, progress=progress)
    if kind == compare_store.KIND:
        compared = compare_store.resumed(out)
        if compared is not None:
            _drawn(out)
        return compared
    if kind == sensitivity_store.KIND:
        analysed = sensitivity_store.resumed(out, jobs=jobs, progress=progress)
        if analysed is not None:
            _drawn(out)
        return analysed
    known = manifests.whole_manifest(out)
    scenario_of(out, known)
    wrong = manifests.amiss(out, known)
    if manifests.finished(known) and not wrong:
        return None
    manifests.refuse_own(out, known)
    if "ranges" in known:
        raise ResultsError(f"{out}: spoilt, and merged from several folders; merge them again")
    manifests.name_amiss(out, known, wrong)
    return _again(out, known, out, jobs=jobs, progress=progress)


def _drawn(out: Path) -> None:
    """Draw the figures of a folder that was made again, in every language that was asked for."""
    for lang in manifests.read(out)["tables"]:
        sealed_figures(out, lang)


def counted(found: Saved) -> api.Result:
    """What the counts of a folder tell, without playing anything again: choices at their default, no doubts.

    Raises `ResultsError` if no part is there.
    """
    if not found.tally.runs:
        raise ResultsError(f"{found.out}: no part is there yet; sim resume {found.out} plays them")
    job = replace(found.job, scenario=found.job.scenario.settled(), out=None)
    start, stop = found.known["replications"]
    return api.Result(job, start, stop, found.tally)


def merge(folders: Sequence[str | Path], out: str | Path, lang: Lang = "en") -> tuple[Saved, list[Range]]:
    """Join ranges of one run that were computed apart in a new folder; return it and the gaps between them.

    Tables and figures are written where there is no gap. Raises `ResultsError`; see `sim.runs.merge`.
    """
    found, gaps = merged([Path(folder) for folder in folders], Path(out))
    if not gaps:
        start, stop = found.known["replications"]
        api.Result(found.job, start, stop, found.tally).write_tables(found.out, lang)
    return found, gaps


@dataclass(frozen=True)
class Replayed:
    """What came of running a folder's manifest again."""

    files: int  # that were compared
    differ: dict[str, str]  # names of those that are not the same, and why
    more: list[str]  # files that are there and are not of the run
    versions: list[str]  # what has another version now


def replay(folder: str | Path, *, jobs: int | None = None, progress: Progress | None = None) -> Replayed:
    """Run what the manifest says in a temporary folder, and compare every byte.

    Raises `ResultsError` for a folder without results or not complete, and for a run with functions of a
    user's own.
    """
    out = Path(folder)
    known = manifests.read(out)
    manifests.refuse_unfinished(out, known)
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "whole"
        if known.get("kind") == sweep_store.KIND:
            sweep_store.repeated(out, fresh, workers=jobs, progress=progress)
        elif known.get("kind") == compare_store.KIND:
            compare_store.repeated(out, fresh)
            _drawn(fresh)
        elif known.get("kind") == sensitivity_store.KIND:
            sensitivity_store.repeated(out, fresh, jobs=jobs, progress=progress)
            _drawn(fresh)
        else:
            manifests.refuse_own(out, manifests.whole_manifest(out))
            fresh = _played_again(out, known, Path(scratch), jobs=jobs, progress=progress)
        _as_old(fresh, known)
        expected = _content(fresh)
    there = _content(out)
    differ = {name: "missing" for name in expected if name not in there}
    differ |= {name: "differs" for name, raw in expected.items() if there.get(name, raw) != raw}
    now, was = manifests.versions(), known.get("versions", {})
    changed = [f"{k} {was.get(k)}, now {now.get(k)}" for k in {**was, **now} if was.get(k) != now.get(k)]
    more = sorted(name for name in there.keys() - expected if not _FIGURE.fullmatch(name))
    return Replayed(len(expected), dict(sorted(differ.items())), more, changed)


def _as_old(fresh: Path, known: dict[str, Any]) -> None:
    """Leave out of a manifest what those of earlier versions do not say."""
    if later := [key for key in _ADDED if key not in known]:
        said = {key: value for key, value in manifests.read(fresh).items() if key not in later}
        write_whole(fresh / manifests.NAME, manifests.as_text(said))


def _played_again(out: Path, known: dict[str, Any], scratch: Path, **how: Any) -> Path:
    """The folder as it should be; it names the command of the first run."""
    fresh, ranges = scratch / "whole", manifests.ranges_of(known)
    if len(ranges) == 1:
        _again(out, known, fresh, **how)
    else:
        alone = {key: value for key, value in known.items() if key != "ranges"} | {"tables": []}
        folders = [scratch / str(start) for start, _ in ranges]
        for each, part in zip(ranges, folders, strict=True):
            _again(out, alone | {"replications": list(each)}, part, **how)
        merged(folders, fresh)
        _tables(fresh, known)
    said = manifests.read(fresh) | {"command": known["command"]}
    order = {key: said[key] for key in known if key in said}
    manifests.write(fresh, {**order, **said})
    return fresh


def _tables(fresh: Path, known: dict[str, Any]) -> None:
    found = saved(fresh)
    start, stop = known["replications"]
    for lang in known["tables"]:
        api.Result(found.job, start, stop, found.tally).write_tables(fresh, lang)


def _again(out: Path, known: dict[str, Any], into: Path, **how: Any) -> api.Result:
    """Run what the manifest of `out` says into a folder, tables and figures too."""
    result = api.run(
        scenario_of(out, known),
        seed=known["seed"],
        replications=tuple(known["replications"]),
        engine=known["engine"],
        out=into,
        keep=known["keep"],
        **how,
    )
    for lang in known["tables"]:
        result.write_tables(into, lang)
    return result


def _content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != LOCK]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
