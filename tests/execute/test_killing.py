"""A run that is killed at any moment ends, once it is resumed, with the bytes of one that was not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forks")
@pytest.mark.parametrize("what", ["run", "sweep"])
def test_eight_kills_at_random_moments_lose_nothing(what):
    """Fifty: see docs/development.md."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.execute.killing", "8", "20261122", what],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("exit 0, differ: []") == 8
