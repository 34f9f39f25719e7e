"""Workers that die: a new pool, only what is missing, and the range that kills them is named."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sim
from sim.execute.piece import Piece
from sim.execute.pool import WorkerError, play_by_workers
from sim.folder import rows as parts

SCENARIO = sim.load(Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml")
PART = 256


def times_ten(first, last):
    return 10 * first, last


def deadly(first, last):
    if first == 3:
        os._exit(1)
    return times_ten(first, last)


def deadly_once(first, last):
    """Kills the worker that plays 2 the first time: then a file says that it has."""
    mark = Path(os.environ["SIM_TEST_MARK"])
    if first == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return times_ten(first, last)


PIECES = [Piece(0, n, n + 1) for n in range(8)]


def by_workers(task, pieces, workers):
    """The pieces with what a worker's call of the function gives of each."""
    return play_by_workers(
        lambda pool, piece: pool.submit(task, piece.start, piece.stop), pieces, workers, writes=False
    )


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_a_range_that_kills_its_workers_is_named_when_all_others_are_done(workers):
    found: list[tuple[Piece, tuple[int, int]]] = []
    with pytest.raises(WorkerError, match=re.escape("replications 3:4 ended their worker process 3 times")):
        found.extend(by_workers(deadly, PIECES, workers))
    assert sorted(found) == [(PIECES[n], (10 * n, n + 1)) for n in range(8) if n != 3]


def test_a_range_is_given_to_as_many_workers_as_is_said():
    """With one worker nothing else is under way that could be blamed for its end."""
    given = []

    def submit(pool, piece):
        given.append(piece.start)
        return pool.submit(deadly, piece.start, piece.stop)

    with pytest.raises(WorkerError):
        list(play_by_workers(submit, [PIECES[3]], 1, writes=False))
    assert given == [3, 3, 3]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal")
def test_a_worker_that_is_killed_once_costs_nothing_but_time(tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_TEST_MARK", str(tmp_path / "mark"))
    script = (
        "from tests.execute.test_killed_workers import *\n"
        "print(sorted(by_workers(deadly_once, PIECES, 2)) == "
        "[(PIECES[n], (10 * n, n + 1)) for n in range(8)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.stdout == "True\n", done.stderr[-500:]
    assert (tmp_path / "mark").exists()


def fatal(world):
    """A process of a user's own that takes the whole worker with it."""
    if world.index == 700:
        os._exit(1)
    yield world.env.timeout(1)


def harmless(world):
    yield world.env.timeout(1)


def test_a_process_that_ends_its_worker_loses_its_own_part_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "_ROWS", PART * 6)
    with pytest.raises(WorkerError, match="replications 512:768 ended"):
        sim.run(SCENARIO, 1024, processes=[fatal], out=tmp_path / "one", jobs=2)
    sim.run(SCENARIO, 1024, processes=[harmless], out=tmp_path / "other", jobs=1)
    there = {path.name: path.read_bytes() for path in parts.part_files(tmp_path / "other")}
    del there["part-000000000512-000000000768.parquet"]
    assert {path.name: path.read_bytes() for path in parts.part_files(tmp_path / "one")} == there


ORPHANS = """
import os, sys, time
from tests.execute.test_killed_workers import Piece, by_workers, slow
for piece, pid in by_workers(slow, [Piece(0, 0, 1), Piece(0, 0, 1), Piece(0, 2, 1), Piece(0, 2, 1)], 2):
    print(pid, flush=True)
"""


def slow(first, last):
    """The worker's process id, at once for 0 and after a minute for 2."""
    time.sleep(30 * first)
    return os.getpid()


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks processes up in /proc")
def test_workers_end_with_the_process_that_started_them():
    with subprocess.Popen(
        [sys.executable, "-c", ORPHANS],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    ) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        process.kill()
    until = time.monotonic() + 20
    while _alive(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _alive(worker)


def _alive(pid):
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_no_worker_is_left_when_a_run_is_over():
    sim.run(SCENARIO, 600, processes=[harmless], jobs=2, block=100)
    assert multiprocessing.active_children() == []
