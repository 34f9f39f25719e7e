"""Replications that failed: counted out, told with the command that plays one alone, and a row each."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.execute.case import Case
from sim.execute.group import Played
from sim.folder.errors import ResultsWarning
from sim.folder.tables import write_table
from sim.stats.tally import Failure
from sim.studies.study import OwnCode, Study

FAILURES = "failures.csv"
_FIELDS = ("replication", "stage", "error", "message")


def write_failures(out: Path, study: Study, played: Sequence[Played[Any]]) -> list[Path]:
    """Write a row for each failed replication: its seed and number, where and why, and how to play it alone.

    Returns the file, or no file where none failed.
    """
    rows = [
        [study.request.seed, *(getattr(failure, name) for name in _FIELDS), study.command_for(group, failure)]
        for group, each in zip(study.groups, played, strict=True)
        for failure in each.failures
    ]
    if not rows:
        (out / FAILURES).unlink(missing_ok=True)
        return []
    import pandas as pd  # late: most studies have no failures

    write_table(pd.DataFrame(rows, columns=["seed", *_FIELDS, "command"]), out / FAILURES)
    return [out / FAILURES]


def warn_of_failures(study: Study, played: Sequence[Played[Any]]) -> None:
    """Say in one `ResultsWarning` how many replications failed, and how to play the first of them alone."""
    failed = [pair for pair in zip(study.groups, played, strict=True) if pair[1].failures]
    if failed:
        group, each = failed[0]
        more = f" (and at {len(failed) - 1} more)" if len(failed) > 1 else ""
        where = f"{group.label}{more}: " if group.label else ""
        first, counted = each.failures[0], f"{len(each.failures):,} of {group.size:,}"
        told = f"{counted} replications failed and are not counted. {first}. To see it: "
        warnings.warn(f"{where}{told}{study.command_for(group, first)}", ResultsWarning, stacklevel=4)


def command_alone(case: Case, failure: Failure, given: str) -> str:
    """Return the command that plays one replication of a case alone.

    `given` is the scenario as the command line names it, with `--set` and all; without it, or with functions
    of a user's own, the command is Python.
    """
    one = failure.replication
    own = OwnCode(case.rules, case.processes)
    if not case.is_by_the_file or not given:
        named = {"rules": own.rule_names, "processes": own.process_names}
        theirs = "".join(f", {key}=[{', '.join(names)}]" for key, names in named.items() if names)
        return f"sim.run(scenario, seed={case.seed}, replications=({one}, {one + 1}){theirs})"
    return f"sim run {given} --seed {case.seed} --replications {one}:{one + 1} --engine {case.engine}"


def set_options(values: dict[str, Any]) -> str:
    """Return `--set` options for a shell, each with a blank before it."""
    from sim.scenario.language.provenance import format_flow

    return "".join(f" --set {shlex.quote(f'{path}={format_flow(value)}')}" for path, value in values.items())
