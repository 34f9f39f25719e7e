"""Folders of results: what can be done with them from what their manifest says, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim import api
from sim.runs import manifest as manifests
from sim.runs.problems import ResultsError
from sim.runs.run import Progress
from sim.runs.store import brief
from sim.scenario import Scenario, from_data
from sim.scenario.problems import ScenarioError


def resume(
    folder: str | Path, *, jobs: int | None = None, progress: Progress | None = None
) -> api.Result | None:
    """Go on with a run that was broken off, and end with the same bytes as if it had not been.

    None if nothing was missing: every file is then, byte for byte, as it was written. What was not is
    named in a `ResultsWarning`. Raises `ResultsError` where there is nothing to go on with.
    """
    out = Path(folder)
    known = whole_manifest(out)
    wrong = manifests.amiss(out, known)
    if manifests.finished(known) and not wrong:
        return None
    refuse_own(out, known)
    manifests.name_amiss(out, known, wrong)
    result = again(known, out, into=out, jobs=jobs, progress=progress)
    for lang in known["tables"]:
        result.write_tables(out, lang)
    return result


def whole_manifest(out: Path) -> dict[str, Any]:
    """The manifest of a folder; raises `ResultsError` if it does not say how to run it again."""
    known = manifests.read(out)
    for key in ("scenario", "scenario_hash", "seed", "replications", "engine", "keep", "tables"):
        if key not in known:
            raise ResultsError(f"{out / manifests.NAME}: no {key}, so the run cannot be repeated from it")
    return known


def again(known: dict[str, Any], out: Path, *, into: Path, **how: Any) -> api.Result:
    """Run what a manifest says into a folder. Raises `ResultsError` if it contradicts itself."""
    return api.run(
        scenario_of(known, out),
        seed=known["seed"],
        replications=tuple(known["replications"]),
        engine=known["engine"],
        out=into,
        keep=known["keep"],
        **how,
    )


def scenario_of(known: dict[str, Any], out: Path) -> Scenario:
    """The scenario in a manifest. Raises `ResultsError` if it is not the one that was run."""
    try:
        scenario = from_data(known["scenario"], file=str(out / manifests.NAME))
    except ScenarioError as error:
        raise ResultsError(str(error).splitlines()[0]) from None  # the first says that it is spoilt
    if scenario.digest() != known.get("scenario_hash"):
        was, now = brief(known.get("scenario_hash")), brief(scenario.digest())
        raise ResultsError(f"{out / manifests.NAME}: edited: scenario_hash {was}, its scenario has {now}")
    return scenario


def refuse_own(out: Path, known: dict[str, Any]) -> None:
    """Raise `ResultsError` if the run had functions of a user's own, which no manifest can hold."""
    own = [*known.get("own_rules", ()), *known.get("own_processes", ())]
    if own:
        raise ResultsError(
            f"{out}: played with rules or processes of one's own ({', '.join(own)}), which are not saved; "
            "repeat the Python that made it"
        )
