"""A Dask scheduler and two workers on this machine against `--jobs 2`: runs in turns, counts only.

    python -m benchmarks.cluster                            10^7 runs of k-ai-2025-plan, three rounds
    python -m benchmarks.cluster --runs 1000000 --rounds 1

Each run is timed with all that it takes: the start of its worker processes, or the connection to a cluster,
whose scheduler and workers are there before. Nothing here passes or fails: other work on the machine shifts a
time by more than any tolerance.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import sim
from benchmarks.machine import described
from benchmarks.once import WORKERS, scenario_named
from sim.folder.counts import pack

SCENARIO = "k-ai-2025-plan"
SEED = 1
READY_WITHIN = 60.0


@contextmanager
def local_cluster() -> Iterator[str]:
    """Give the address of a scheduler whose workers are there, started as docs/cluster.md says."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as children:
        told = Path(folder) / "scheduler.json"

        def start(program: str, *options: object) -> None:
            command = [
                sys.executable,
                "-m",
                f"distributed.cli.{program}",
                "--host",
                "127.0.0.1",
                "--no-dashboard",
            ]
            child = subprocess.Popen([*command, *map(str, options)], stderr=subprocess.DEVNULL, cwd=folder)
            children.callback(child.wait)
            children.callback(child.terminate)

        start("dask_scheduler", "--port", 0, "--scheduler-file", told)
        address = _address(told)
        start("dask_worker", address, "--nworkers", WORKERS, "--nthreads", 1)
        with sim.Cluster(address) as cluster:
            cluster.client.wait_for_workers(WORKERS, timeout=READY_WITHIN)
        yield address


def _address(told: Path) -> str:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            return str(json.loads(told.read_text("utf-8"))["address"])
        except (OSError, ValueError):
            time.sleep(0.1)
    raise TimeoutError("the scheduler did not start")


def rounds(runs: int, number: int) -> Iterator[tuple[float, float]]:
    """Seconds by `--jobs` and on the cluster, round by round; who begins changes. Both count the same."""
    scenario = scenario_named(SCENARIO)
    with local_cluster() as address:

        def by_jobs() -> sim.RunResult:
            return sim.run(scenario, runs, SEED, jobs=WORKERS)

        def on_cluster() -> sim.RunResult:
            with sim.Cluster(address) as cluster:
                return sim.run(scenario, runs, SEED, executor=cluster)

        on_cluster()  # workers that have not played yet have to import what they need
        for turn in range(number):
            seconds, counted = {}, []
            for play in (by_jobs, on_cluster) if turn % 2 == 0 else (on_cluster, by_jobs):
                began = time.perf_counter()
                counted.append(play().tally)
                seconds[play] = time.perf_counter() - began
            assert pack(counted[0]) == pack(counted[1])
            yield seconds[by_jobs], seconds[on_cluster]


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    found = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__.splitlines()[0])
    found.add_argument("--runs", type=int, default=10_000_000)
    found.add_argument("--rounds", type=int, default=3)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Time and print as it comes."""
    options = parser().parse_args(arguments)
    print(described(), f"{options.runs:,} runs of {SCENARIO}, counts only.", sep="\n")
    print(f"\n| round | `--jobs {WORKERS}` | {WORKERS} Dask workers | efficiency |\n|---:|---:|---:|---:|")
    ratios = []
    for number, (jobs, cluster) in enumerate(rounds(options.runs, options.rounds), start=1):
        ratios.append(jobs / cluster)
        print(f"| {number} | {jobs:.1f} s | {cluster:.1f} s | {ratios[-1]:.1%} |", flush=True)
    print(f"| median | | | {median(ratios):.1%} |")


if __name__ == "__main__":
    main()
