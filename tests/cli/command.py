"""The command line in this process, and what it printed."""

import io
import json
import math
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import pytest

from sim import api
from sim.cli import console
from sim.cli.app import run_command
from sim.scenario import Scenario
from sim.studies.study import Result

console.PLAIN_EVERY = math.inf  # what a slow machine would say of how far it is

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
BUNDLED = ("k-ai", "k-ai-2025-plan", "equal-teams", "minimal", "no-wildcard", "one-finalist", "late-gpus")
MINIMAL = SCENARIOS / "minimal.yaml"


class Printed(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str


def command(*arguments):
    """Run `sim` with these arguments."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_command([str(argument) for argument in arguments])
    return Printed(code, out.getvalue(), err.getvalue())


@cache
def once(*arguments):
    """The same, for commands whose output several tests look at.

    A run or comparison is played once for all languages, for its details and its JSON: they tell the same
    result. A test that plays anew for each uses `command`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "run", partial(_play_once, api.run))
        patch.setattr(api, "compare", partial(_play_once, api.compare))
        printed = command(*arguments)
    if printed.err and _results:
        _results.popitem()  # the last: what it warned of, others are to be warned of, too
    return printed


_results: dict[tuple[str, ...], Result] = {}


def _play_once(play, of, *, out, **told):
    """What `play` returns; who is told of it, and in which language, changes nothing."""
    assert out is None
    scenarios = [of] if isinstance(of, Scenario) else of
    asked = {key: value for key, value in told.items() if key not in ("progress", "tables")}
    key = (play.__name__, *(each.digest() for each in scenarios), repr(sorted(asked.items())))
    result = _results.pop(key, None) or play(of, **told)
    _results[key] = result
    return result


HEAVY = {"numpy", "scipy", "pandas", "matplotlib", "pyarrow", "simpy", "distributed"}
IMPORTED = f"""
import json, sys
from sim.cli.app import run_command
told = [[run_command(arguments), sorted({HEAVY} & set(sys.modules))] for arguments in json.loads(sys.argv[1])]
print("|" + json.dumps(told))
"""


def imported_by(*commands):
    """For each command its code and the heavy libraries that are there after it; of one new process."""
    printed = process(json.dumps(commands), code=IMPORTED)
    return json.loads(printed.out.rpartition("|")[2])


def process(*arguments, code=None, **environment):
    """Run `sim`, or Python `code`, in a process of its own, its output in pipes."""
    start = ["-m", "sim"] if code is None else ["-c", code]
    done = subprocess.run(
        [sys.executable, *start, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )
    return Printed(done.returncode, done.stdout, done.stderr)
