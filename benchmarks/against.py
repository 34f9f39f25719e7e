"""What whole commands take beside an earlier version, in turns: processor time, and what is kept in memory.

python -m benchmarks.against CHECKOUT

CHECKOUT is a folder with the other version, as `git worktree add CHECKOUT COMMIT` makes it.
"""

from __future__ import annotations

import argparse
import compileall
import os
import statistics
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parents[1]

ALONE = ("--jobs", "1")
"""No workers: what those of a pool take is not told to the process that the pool works for."""

COMMANDS = {
    "sim run k-ai": ("run", "scenarios/k-ai.yaml", *ALONE),
    "sim run k-ai-2025-plan": ("run", "scenarios/k-ai-2025-plan.yaml", *ALONE),
    "sim run minimal": ("run", "scenarios/minimal.yaml", *ALONE),
    "sim compare of two plans": ("compare", "scenarios/k-ai-2025-plan.yaml", "scenarios/no-wildcard.yaml"),
    "sim compare k-ai, without facts": ("compare", "scenarios/k-ai.yaml", "scenarios/k-ai-2025-plan.yaml"),
    "sim sensitivity k-ai-2025-plan": ("sensitivity", "scenarios/k-ai-2025-plan.yaml", *ALONE),
    "sim sensitivity k-ai": ("sensitivity", "scenarios/k-ai.yaml", *ALONE),
    "sim sweep k-ai, 100 points of GPUs": (
        *("sweep", "scenarios/k-ai.yaml", "--vary", "stages.stage-3.grants.gpus.default.B200=500:2000:100"),
        *("--runs", "10000", *ALONE),
    ),
}


class Taken(NamedTuple):
    """What a process took."""

    seconds: float  # of processors
    megabytes: float  # at most at a time


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    found = argparse.ArgumentParser(prog="python -m benchmarks.against", description=__doc__.splitlines()[0])
    found.add_argument("checkout", type=Path)
    found.add_argument("--repeats", type=int, default=3)
    return found


def main() -> int:
    """Print the medians of both versions and their ratios."""
    options = parser().parse_args()
    other, repeats = options.checkout.resolve(), options.repeats
    for checkout in (other, HERE):
        compileall.compile_dir(checkout / "sim", quiet=1)  # or the new one would be at each of its starts
    print(f"{'':40}{'s before':>10}{'s now':>8}{'ratio':>8}{'MB before':>11}{'MB now':>8}")
    for name, command in COMMANDS.items():
        pairs = [(_take(other, command), _take(HERE, command)) for _ in range(repeats)]
        before, now = (
            Taken(*map(statistics.median, zip(*side, strict=True))) for side in zip(*pairs, strict=True)
        )
        ratio = now.seconds / before.seconds
        print(
            f"{name:40}{before.seconds:10.2f}{now.seconds:8.2f}{ratio:8.2f}"
            f"{before.megabytes:11.0f}{now.megabytes:8.0f}"
        )
    return 0


def _take(checkout: Path, command: tuple[str, ...]) -> Taken:
    """Run a command of a version to its end, and say what it took. Raises `ChildProcessError`."""
    pid = os.fork()
    if pid == 0:
        os.chdir(checkout)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        environment = {**os.environ, "PYTHONPATH": str(checkout)}
        os.execve(sys.executable, [sys.executable, "-m", "sim", *command], environment)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise ChildProcessError(f"{checkout}: sim {' '.join(command)} ended with {status}")
    return Taken(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
