"""The command line in this process, and what it printed."""

import io
import math
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sim.cli import console
from sim.cli.app import main

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
        code = main([str(argument) for argument in arguments])
    return Printed(code, out.getvalue(), err.getvalue())


once = cache(command)
"""The same, for commands whose output several tests look at."""


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
