"""Kill a run or a sweep at random moments, go on with it, and compare every byte with an unbroken one.

python -m tests.execute.killing 50 [SEED] [run|sweep]

Everything is imported once, and each run is a fork of this process, so that a kill takes no second to set
up. It prints a line for each kill and ends with 1 if a byte differs.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import sim
from sim.cli.app import run_command
from sim.folder import rows as parts

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
PART, PARTS = 256, 16
MANIFEST = "manifest.json"
WORKERS_START = 4.0  # seconds, about
VARY = "stages.first.grants.pool.B200=500:5000:12"
FRESH = {
    "run": ("run", SCENARIO, "--runs", PART * PARTS),
    "sweep": ("sweep", SCENARIO, "--vary", VARY, "--runs", PART * PARTS),
}


def started(*arguments):
    """The id of a new process that runs `sim` with these arguments."""
    child = os.fork()
    if child:
        return child
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    with redirect_stdout(nowhere), redirect_stderr(nowhere):
        code = run_command([str(argument) for argument in arguments])
    os._exit(code)


def ended(child):
    """The exit code of a process; minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def content(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def going_on(what, folder, jobs):
    """How an unfinished folder is taken up again: before its manifest is there, by the same command."""
    if (folder / MANIFEST).exists():
        return "resume", folder, "--jobs", jobs
    return *FRESH[what], "--jobs", jobs, "--out", folder


def survives(what, folder, jobs, moments, expected):
    """Kill the run after so many seconds, and what goes on with it, too; then let it end. What differs?"""
    for moment in moments:
        child = started(*going_on(what, folder, jobs))
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        ended(child)
    left = len(content(folder)) if folder.exists() else 0
    code = ended(started(*going_on(what, folder, 1)))
    if code == 0 and ended(started("resume", folder)) != 0:
        code = 99
    found = content(folder)
    return code, left, sorted(name for name in {**expected, **found} if expected.get(name) != found.get(name))


def kill(times, seed, what):
    """How many of so many kills lost something."""
    parts._ROWS = PART * 6  # so small that a short run writes many
    luck, bad = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole"
        began = time.time()
        assert ended(started(*going_on(what, whole, 1))) == 0
        lasts = time.time() - began
        counts = [
            path.stat().st_mtime for path in whole.glob("counts/part-*")
        ]  # a sweep's are gone at the end
        parts_last = max(counts) - began if counts else 0.8 * lasts
        expected = content(whole)
        for number in range(times):
            folder = Path(scratch) / str(number)
            span = lasts if number % 2 else 1.2 * parts_last
            jobs = 2 if number % 5 == 4 else 1
            span += WORKERS_START * (jobs - 1)
            moments = [luck.uniform(0, span) for _ in range(1 + (number % 4 == 3))]
            code, left, differ = survives(what, folder, jobs, moments, expected)
            bad += code != 0 or bool(differ)
            shutil.rmtree(folder, ignore_errors=True)
            at = " and ".join(f"{moment:.3f}" for moment in moments)
            print(f"jobs {jobs}, killed after {at} s of {lasts:.2f}", end=", ")
            print(f"{left} files there: exit {code}, differ: {differ}", flush=True)
    return bad


def imported():
    """Import everything that a run needs."""
    for name in ("matplotlib.pyplot", "pandas", "pyarrow.parquet"):
        import_module(name)
    for module in walk_packages(sim.__path__, "sim."):
        if not module.name.endswith("__main__"):
            import_module(module.name)


if __name__ == "__main__":
    imported()
    times, seed, what = [*sys.argv[1:], *("50", "1", "run")[len(sys.argv) - 1 :]]
    sys.exit(bool(kill(int(times), int(seed), what)))
