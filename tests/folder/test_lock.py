"""One process at a time in a folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.folder.lock import LOCK, lock_folder

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"

HOLDER = """
import sys
from pathlib import Path
from sim.folder.lock import lock_folder
with lock_folder(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=SCENARIO.parents[1],
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_refused_in_one_line_and_changes_nothing(tmp_path, holder):
    for _ in range(2):  # being refused does not take the lock away
        with pytest.raises(sim.ResultsError, match="another process is writing here") as refused:
            sim.run(sim.load(SCENARIO), 10, out=tmp_path)
        assert "\n" not in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill that cannot be caught")
def test_a_lock_does_not_outlive_a_killed_process(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    sim.run(sim.load(SCENARIO), 10, out=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"manifest.json", "rows", "counts"}


def test_a_lock_is_gone_when_its_process_is_done(tmp_path, holder):
    holder.communicate()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_is_for_one_in_this_process_too_and_ends_with_an_error(tmp_path):
    with (
        lock_folder(tmp_path),
        pytest.raises(sim.ResultsError, match="another process"),
        lock_folder(tmp_path),
    ):
        pass
    with pytest.raises(ZeroDivisionError), lock_folder(tmp_path):
        raise ZeroDivisionError
    with lock_folder(tmp_path):
        assert (tmp_path / LOCK).exists()
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_locks_is_said_to_be_one(tmp_path, monkeypatch):
    def none(_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr("sim.folder.lock._lock", none)
    with pytest.warns(sim.ResultsWarning, match="has no locks"), lock_folder(tmp_path):
        pass
