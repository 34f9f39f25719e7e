"""What a folder of results holds: its study, which parts are as they were written, what their counts tell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.execute.group import Group, Played
from sim.execute.runner import Runner
from sim.execute.sums import RunningSum
from sim.folder.counts import COUNTS, counts_file
from sim.folder.errors import ResultsError
from sim.folder.files import name_in
from sim.folder.rows import Range
from sim.rules.book import Rulebook
from sim.scenario.problems import ScenarioError
from sim.studies.comparison import ComparisonStudy
from sim.studies.manifest import MANIFEST, Manifest, find_damage, read_manifest
from sim.studies.request import (
    AnyRequest,
    ComparisonRequest,
    RunRequest,
    SensitivityRequest,
    StudyRequest,
    SweepRequest,
)
from sim.studies.run import RunStudy
from sim.studies.sensitivity import SensitivityStudy
from sim.studies.store import SpoiltError, identity, read_part, read_total, total_file
from sim.studies.study import NO_CODE, OwnCode, Result, Study, scenario_hash
from sim.studies.sweep import SweepStudy

STUDIES: dict[type[StudyRequest], type[Study]] = {
    RunRequest: RunStudy,
    SweepRequest: SweepStudy,
    ComparisonRequest: ComparisonStudy,
    SensitivityRequest: SensitivityStudy,
}


def study_of(request: AnyRequest, code: OwnCode | None = None) -> Study:
    """Return the study that plays a request.

    Functions of a user's own that are not at hand stand for themselves in what is told, and cannot be played.
    """
    has_own = bool(request.own_rules or request.own_processes)
    return STUDIES[type(request)](request, code or (_NOT_SAVED if has_own else NO_CODE))


def _not_saved(*_: Any) -> Any:
    raise ResultsError("played with rules or processes of one's own, which are not saved")


_NOT_SAVED = OwnCode(Rulebook(rank=_not_saved))


def open_study(out: Path) -> tuple[Manifest, Study]:
    """Read the manifest of a folder and make its study. Raises `ResultsError` for one that was edited."""
    manifest = read_manifest(out)
    study = study_of(manifest.request)
    try:
        now = scenario_hash(study)
    except ScenarioError as error:  # of a sweep over files
        raise ResultsError(f"{out}: its scenario cannot be read: {error.problems[0]}") from None
    if now != manifest.scenario_hash:
        was = manifest.scenario_hash[:8]
        raise ResultsError(f"{out / MANIFEST}: edited: scenario_hash {was}, its scenario has {now[:8]}")
    if study.ranges is not None and manifest.ranges != study.ranges:
        raise ResultsError(f"{out / MANIFEST}: edited: its ranges are not those of its request")
    return manifest, study


def refuse_own_code(out: Path, manifest: Manifest) -> None:
    """Raise `ResultsError` if functions of a user's own were at work, which no manifest can hold."""
    request = manifest.request
    names = (*request.own_rules, *request.own_processes)
    if names:
        raise ResultsError(
            f"{out}: played with rules or processes of one's own ({', '.join(names)}), which are not "
            "saved; repeat the Python that made it"
        )


@dataclass(frozen=True)
class FolderState:
    """A folder of results as it is, its files compared with their checksums."""

    out: Path
    manifest: Manifest
    study: Study
    parts: int | None  # that there should be; None where playing tells how many
    there: int  # parts that are there as they were written
    missing: list[Range]  # of parts that are not there, or not as they were written
    damage: dict[str, str]  # files that are not as they were written, by name, and why
    played: list[Played[Any]] | None  # what the parts that are there yielded; None if there are none

    @property
    def is_complete(self) -> bool:
        """Whether everything is there as it was written."""
        return self.manifest.is_finished and not self.missing and not self.damage

    @property
    def engines(self) -> set[str]:
        """The engines that play it."""
        return {case.engine for group in self.study.groups for case in group.cases}

    def result(self, runner: Runner) -> Result | None:
        """Return what the counts of the folder tell, without playing again; None if there are none."""
        if self.played is None:
            return None
        return self.study.result(self.played, self.manifest.ranges or (), runner)


def inspect_folder(out: Path) -> FolderState:
    """Look at a folder. Raises `ResultsError` if it holds no results, or a manifest contradicts itself."""
    manifest, study = open_study(out)
    damage = find_damage(out, manifest)
    if manifest.parts and study.keeps == "total":
        return _inspect_total(out, manifest, study, damage)
    expected, parts = identity(study), 0
    sums: list[RunningSum[Any]] = [RunningSum(group.zero) for group in study.groups]
    missing = []
    for number, group in enumerate(study.groups):
        for part in group.parts():
            parts += 1
            found = _read_part(out, study, group, part, expected, damage)
            if found is None:
                missing.append(part)
            else:
                sums[number].add(found)
    played = [each.total() for each in sums]
    known: int | None = parts
    there = parts - len(missing)
    if manifest.ranges is None:  # what was played so far, however far it goes
        known, there = None, sum(1 for _ in (out / COUNTS).glob("*/*.json.gz"))
    return FolderState(
        out, manifest, study, known, there, missing, damage, played if len(missing) < parts else None
    )


def _inspect_total(out: Path, manifest: Manifest, study: Study, damage: dict[str, str]) -> FolderState:
    name = name_in(out, total_file(out))
    missing, played = list(manifest.ranges or ()), None
    if name not in damage:
        try:
            _, played = read_total(out, study, manifest.ranges)
            missing = []
        except ResultsError:
            damage[name] = "of another run"
        except (OSError, ValueError):
            damage[name] = "truncated or edited"
    return FolderState(out, manifest, study, 1, int(played is not None), missing, damage, played)


def _read_part(
    out: Path,
    study: Study,
    group: Group[Any],
    part: Range,
    expected: dict[str, Any],
    damage: dict[str, str],
) -> Played[Any] | None:
    """What a part yielded, if its counts and rows are as they were written; what is not goes to `damage`."""
    path = counts_file(out, group.name, *part)
    if not path.exists():
        return None
    name = name_in(out, path)
    try:
        played = read_part(out, group, part, expected, keeps_rows=study.keeps == "rows")
    except ResultsError:
        damage[name] = "of another run"
    except SpoiltError as error:
        damage[name_in(out, error.path)] = error.why
    else:
        return None if name in damage else played
    return None
