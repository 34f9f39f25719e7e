"""A Dask scheduler and workers as processes of their own, on this machine alone."""

import json
import os
import subprocess
import sys
import time
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path

from distributed import Client

ROOT = Path(__file__).resolve().parents[2]
IN_WORKER = "EVALSCHED_TEST_WORKER"
"""Set in the environment of workers: a rule of a test knows by it where it is applied."""

QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",  # of no use here, and not for nothing
    "OPENBLAS_NUM_THREADS": "1",
}
HERE = ("--host", "127.0.0.1", "--no-dashboard")


def wait_until(condition, seconds=120.0):
    """Wait for what is bound to happen; the time is for machines that are very slow."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


class Processes:
    """A scheduler with its workers; all that were started end with the block in which it was opened."""

    def __init__(self, folder, protocol="tcp", **environment):
        self.folder, self.environment, self.started = folder, environment, []
        told = folder / "scheduler.json"
        options = ("--port", "0", "--protocol", protocol, "--scheduler-file", told)
        self.scheduler = self._start("dask_scheduler", *options)

        def address():
            with suppress(OSError, ValueError):
                return json.loads(told.read_text("utf-8"))["address"]
            return None

        self.address = wait_until(address)

    def add_worker(self, *, path=(), **environment):
        """Start a worker of one thread, with folders before all others on its path."""
        ahead = os.pathsep.join(map(str, (*path, ROOT)))
        options = (self.address, "--nthreads", "1", "--no-nanny", "--local-directory", self.folder)
        return self._start("dask_worker", *options, PYTHONPATH=ahead, **{IN_WORKER: "yes"}, **environment)

    def _start(self, program, *options, **environment):
        number = len(self.started)
        with (self.folder / f"{program}-{number}.log").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{program}", *HERE, *map(str, options)],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, **QUIET, **self.environment, **environment},
            )
        self.started.append(child)
        return child

    def workers(self):
        """How many workers the scheduler knows."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some have other versions on purpose
            client = Client(self.address, set_as_default=False)
        with client:
            return len(client.scheduler_info(n_workers=-1)["workers"])

    def end(self):
        """End all, workers first: they would complain of a scheduler that is gone."""
        for child in reversed(self.started):
            child.kill()
            child.wait()


@contextmanager
def processes(folder, workers, **how):
    """A scheduler and so many workers, all of them there."""
    folder.mkdir(exist_ok=True)
    found = Processes(folder, **how)
    try:
        for _ in range(workers):
            found.add_worker()
        if workers:
            wait_until(lambda: found.workers() == workers)
        yield found
    finally:
        found.end()
