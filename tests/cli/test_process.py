"""The process of a command: what it does about memory, and that it undoes what only its start is for."""

import gc
import subprocess
import sys

import pytest

from sim.cli import process
from sim.cli.app import run_command

FAULTS = """
import resource, sys
import numpy as np
from sim.execute.allocator import keep_freed_memory
if "keep" in sys.argv:
    assert keep_freed_memory()
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        [np.ones(500_000) for _ in range(5)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""


@pytest.fixture
def collector():
    """The collector of this process as it was."""
    yield
    gc.unfreeze()
    gc.enable()


@pytest.mark.usefixtures("collector")
def test_unused_objects_are_looked_for_from_the_call_of_a_command_on(monkeypatch, capsys):
    seen = []

    def command():
        seen.append(gc.isenabled())
        return run_command(["scenario", "show", "minimal"]) + 7

    monkeypatch.setattr(process, "run_command", command)
    assert process.run_process() == 7
    assert seen == [False]
    assert gc.isenabled()
    assert "teams:" in capsys.readouterr().out


def test_a_command_that_python_calls_leaves_its_objects_alone(capsys):
    before = gc.get_freeze_count()
    assert run_command(["scenario", "show", "minimal"]) == 0
    assert (gc.isenabled(), gc.get_freeze_count()) == (True, before)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of glibc")
def test_memory_that_is_freed_is_not_asked_for_again():
    """Arrays of four megabytes are a thousand pages each; five are more than glibc keeps by itself."""
    once, again = (
        int(subprocess.run([sys.executable, "-c", FAULTS, *how], capture_output=True, check=True).stdout)
        for how in ((), ("keep",))
    )
    assert once > 100 * max(again, 1)
