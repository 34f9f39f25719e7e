"""The order of Python's sets and dictionaries has no say."""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "k-ai-2025-plan.yaml"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two folders of the same run, made by processes with different hash seeds."""
    found = [tmp_path_factory.mktemp("hashed") for _ in range(2)]
    command = [sys.executable, "-m", "sim", "run", str(SCENARIO), "--runs", "300", "--json", "--out"]
    started = [
        subprocess.Popen(
            [*command, str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=SCENARIO.parents[1],
        )
        for folder, seed in zip(found, ("0", "4242"), strict=True)
    ]
    told = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0, 0]
    return found, told


def test_two_hash_seeds_give_the_same_files(folders):
    one, other = (
        {
            str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file() and path.name != "manifest.json"
        }
        for folder in folders[0]
    )
    assert len(one) >= 8  # a part, two tables, the JSON, two figures twice
    assert one == other


def test_two_hash_seeds_give_the_same_manifest_but_for_the_command(folders):
    one, other = (json.loads((folder / "manifest.json").read_text(encoding="utf-8")) for folder in folders[0])
    assert one.pop("command") != other.pop("command")
    assert json.dumps(one) == json.dumps(other)


def test_two_hash_seeds_print_the_same(folders):
    one, other = folders[1]
    assert one == other
