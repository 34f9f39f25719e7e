"""What a folder of results holds: which parts are there as they were written, and their counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.runs import manifest as manifests
from sim.runs.parts import rows_file
from sim.runs.problems import ResultsError
from sim.runs.store import brief, counts_file, identity, read_counts
from sim.runs.whole import checksum
from sim.runs.work import Job
from sim.scenario.language.load import from_data
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import ScenarioError
from sim.stats.tally import Tally, nothing

Range = tuple[int, int]


@dataclass(frozen=True)
class Saved:
    """A folder of results as it is, its files compared with their checksums."""

    out: Path
    known: dict[str, Any]  # the manifest
    job: Job
    parts: list[Range]  # that there should be
    missing: list[Range]  # that are not there, or not as they were written
    wrong: dict[str, str]  # files that are not as they were written, by name, and why
    tally: Tally  # of the parts that are there

    @property
    def complete(self) -> bool:
        """Whether everything is there as it was written."""
        return manifests.finished(self.known) and not self.missing and not self.wrong


def saved(out: Path) -> Saved:
    """Look at a folder. Raises `ResultsError` if it holds no results, or a manifest contradicts itself."""
    known = manifests.whole_manifest(out)
    scenario = scenario_of(out, known)
    job = Job(scenario, known["seed"], known["engine"], out=out, keep=known["keep"])
    if manifests.own(known):
        job = replace(job, processes=(not_saved,))
    wrong = manifests.amiss(out, known)
    parts, missing, total = manifests.pieces(scenario, known), [], nothing(scenario)
    for piece in parts:
        try:
            said, tally = read_counts(counts_file(out, *piece))
        except FileNotFoundError:
            missing.append(piece)
            continue
        except ValueError:
            _spoilt(out, counts_file(out, *piece), wrong)
            missing.append(piece)
            continue
        if not identity(job).items() <= said.items():
            wrong[counts_file(out, *piece).relative_to(out).as_posix()] = "of another run"
            missing.append(piece)
            continue
        rows = rows_file(out, *piece)
        if said["rows"] is not None and not (rows.exists() and checksum(rows) == said["rows"]):
            _spoilt(out, rows, wrong)
            missing.append(piece)
        total += tally
    return Saved(out, known, job, parts, missing, wrong, total)


def _spoilt(out: Path, path: Path, wrong: dict[str, str]) -> None:
    why = "truncated or edited" if path.exists() else "missing"
    wrong.setdefault(path.relative_to(out).as_posix(), why)


def not_saved(world: object) -> Any:
    """In the place of rules and processes of a user's own, which no manifest can hold."""
    raise ResultsError("played with rules or processes of one's own, which are not saved")


def scenario_of(out: Path, known: dict[str, Any]) -> Scenario:
    """The scenario in a manifest. Raises `ResultsError` if it is not the one that was run."""
    scenario = stored(out, known["scenario"])
    refuse_other_hash(out, known, scenario.digest())
    return scenario


def stored(out: Path, data: dict[str, Any]) -> Scenario:
    """A scenario as the manifest of `out` holds it. Raises `ResultsError` if it is none."""
    try:
        return from_data(data, file=str(out / manifests.NAME))
    except ScenarioError as error:
        raise ResultsError(str(error).splitlines()[0]) from None  # the first says that it is spoilt


def refuse_other_hash(out: Path, known: dict[str, Any], digest: str) -> None:
    """Raise `ResultsError` if a manifest names another hash than that of what it holds."""
    if digest != known["scenario_hash"]:
        was, now = brief(known["scenario_hash"]), brief(digest)
        raise ResultsError(f"{out / manifests.NAME}: edited: scenario_hash {was}, its scenario has {now}")


def joined_up(ranges: Sequence[Range]) -> list[Range]:
    """Ranges in order, those that touch as one."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and found[-1][1] == first:
            found[-1] = found[-1][0], last
        else:
            found.append((first, last))
    return found
