"""A function of a test in a process of its own.

Hypothesis takes constants from every module that happens to be loaded, so what it generates depends on which
tests ran before in the same process. Where counts or the smallest example matter, none may have run.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def alone(module, function):
    """What `function` of `module`, called without arguments, prints."""
    done = subprocess.run(
        [sys.executable, "-c", f"from {module} import {function}; {function}()"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
