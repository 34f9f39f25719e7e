"""A run of 10^8 in one folder, counts only: killed half-way, gone on with, and how large it is.

    python -m benchmarks.long                       10^8 runs of k-ai-2025-plan, a quarter of an hour
    python -m benchmarks.long --runs 2000000

Prints seconds, bytes and the memory of the process that asks, and checks that no replication is missing or
counted twice: how often each stays must not be told from a run of a hundredth.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import sim
from benchmarks.cluster import SCENARIO, SEED
from benchmarks.machine import described
from benchmarks.once import ROOT, WORKERS, scenario_named
from sim.folder.rows import part_ranges
from sim.studies.inspect import inspect_folder

START = """
import sys, sim
from benchmarks.once import scenario_named
name, runs, seed, jobs, out = sys.argv[1:]
sim.run(scenario_named(name), int(runs), int(seed), jobs=int(jobs), out=out, keep="counts")
"""

RESUME = """
import sys, sim
jobs, out = sys.argv[1:]
sim.resume(out, jobs=int(jobs))
"""


def child(code: str, *arguments: object) -> subprocess.Popen[bytes]:
    """Start Python code in a process group of its own."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def parts_of(out: Path) -> int:
    """How many parts of the counts are there."""
    return sum(1 for _ in out.glob("counts/*.json.gz"))


def play(runs: int, out: Path) -> tuple[float, float]:
    """Play into a folder, kill it half-way, go on; return the seconds of each half. Raises `RuntimeError`."""
    half = sum(1 for _ in part_ranges(scenario_named(SCENARIO), 0, runs)) // 2
    began = time.perf_counter()
    first = child(START, SCENARIO, runs, SEED, WORKERS, out)
    while parts_of(out) < half:
        time.sleep(0.1)
        if first.poll() is not None:
            raise RuntimeError("it ended before it could be killed: too few runs")
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    killed = time.perf_counter()
    if child(RESUME, WORKERS, out).wait():
        raise RuntimeError("it could not be resumed")
    return killed - began, time.perf_counter() - killed


def main(arguments: Sequence[str] | None = None) -> None:
    """Play and print what it took."""
    options = parser().parse_args(arguments)
    print(described())
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        before, after = play(options.runs, out)
        megabytes = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e6
        # The largest child that was waited for; workers are children of a server that nobody here waits for.
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**10
        print(f"{options.runs:,} runs of {SCENARIO}, {parts_of(out)} parts, {megabytes:.0f} MB")
        print(f"{before:.0f} s until it was killed, {after:.0f} s more; at most {memory:.0f} MB of memory")
        check(options.runs, out)


def check(runs: int, out: Path) -> None:
    """Raise `AssertionError` for a folder that is not whole, or of other chances."""
    state = inspect_folder(out)
    assert state.is_complete
    assert state.played is not None
    (played,) = state.played
    assert played.counts.runs == runs
    few = sim.run(scenario_named(SCENARIO), max(runs // 100, 10_000), SEED + 1, jobs=WORKERS).tally
    apart = abs(played.counts.kept / runs - few.kept / few.runs).max()
    assert apart < 5 * 0.5 / few.runs**0.5, apart
    print("complete, and every chance as in a run of a hundredth with other luck")


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    found = argparse.ArgumentParser(prog="python -m benchmarks.long", description=__doc__.splitlines()[0])
    found.add_argument("--runs", type=int, default=10**8)
    return found


if __name__ == "__main__":
    main()
