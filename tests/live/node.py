"""Plays the kernel of a live page in Node, where that is installed."""

import json
import shutil
import subprocess
import tempfile
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from sim.live.data import kernel_data, luck_bytes

PAGE = Path(str(files("sim.live"))) / "page"
FATES = Path(__file__).with_name("fates.js")


def skip_without_node():
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")


def node(*arguments):
    """What a script prints."""
    done = subprocess.run(["node", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def kernel_fates(exported, settings, data=None):
    """The kernel's fates at each of some settings, (settings, stages, teams, runs), and what it tells."""
    shape = (len(settings), len(exported.field.stages), len(exported.field.teams), exported.runs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data.json").write_text(json.dumps(data or kernel_data(exported)), encoding="utf-8")
        (folder / "luck.bin").write_bytes(luck_bytes(exported))
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        told = json.loads(node(FATES, folder, PAGE))
        fates = np.frombuffer((folder / "fates.bin").read_bytes(), dtype=np.uint8)
    return fates.reshape(shape), told
