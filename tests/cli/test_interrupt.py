"""Ctrl-C at any moment: one line, code 130, no traceback, no process left, a folder that can be resumed."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command import ROOT, command

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="looks at groups of processes as Linux shows them"
)

SIM = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored where the tests run
def press(): os.kill(os.getpid(), signal.SIGINT)
{before}
sys.argv[0] = "sim"
from sim.__main__ import main
sys.exit(main())
"""
"""The script `sim`, after some more code."""

AT_IMPORT = """
class Press:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}: press()
sys.meta_path.insert(0, Press())
"""


def start(*arguments, before="", code=SIM):
    """A command in a process group of its own, as a shell would start it."""
    return subprocess.Popen(
        [sys.executable, "-c", code.format(before=before), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )


def group(leader):
    """How many processes there are in the group that a process leads."""
    count = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended just now
            continue
        count += fields[2] == str(leader.pid) and fields[0] != "Z"
    return count


def wait_for(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


PROGRESS = re.compile(r"[\d,]+ of [\d,]+ .*, \d+ s left\n")
"""A line that a slow machine prints every ten seconds."""


def assert_stopped(child, *, answered=False):
    """It ends with one line; the chances are printed before figures are drawn, and stay."""
    printed, errors = child.communicate(timeout=120)
    assert (child.returncode, PROGRESS.sub("", errors)) == (130, "sim: stopped\n")
    assert printed.startswith("Still in after second: ") if answered else printed == ""
    wait_for(lambda: group(child) == 0)


MOMENTS = {
    "cyclopts": "the command line is imported",
    "ruamel.yaml": "a file is read",
    "numpy": "what plays is imported",
    "pyarrow.parquet": "rows are written",
    "matplotlib.backends.backend_svg": "figures are drawn",
}


@pytest.fixture(scope="module")
def pressed_at_import(tmp_path_factory):
    """A run that is stopped while it imports a module, by module; they run side by side."""
    folder = tmp_path_factory.mktemp("imports")
    run = ("run", "minimal", "--runs", 20, "--out")
    runs = {
        each: start(*run, folder / each, before=AT_IMPORT.format(module=each).replace("{", "{{"))
        for each in MOMENTS
    }
    yield runs
    for child in runs.values():  # another worker may have been given the test that waits for it
        child.communicate()


@pytest.mark.parametrize("module", MOMENTS, ids=MOMENTS.values())
def test_while_modules_are_imported(pressed_at_import, module):
    child = pressed_at_import[module]
    assert_stopped(child, answered=MOMENTS[module] == "figures are drawn")


LONG = {
    "run": ("run", "minimal", "--runs", 30_000_000, "--keep", "counts"),
    "sweep": ("sweep", "minimal", "--vary", "hardware.B200.mfu=0.2,0.25,0.3", "--runs", 10_000_000),
    "sensitivity": ("sensitivity", "minimal", "--points", 65_536),
}


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """Commands that have work for minutes, side by side, and their folders."""
    folder = tmp_path_factory.mktemp("long")
    return {
        verb: (start(*arguments, "--jobs", 2, "--out", folder / verb), folder / verb)
        for verb, arguments in LONG.items()
    }


@pytest.mark.parametrize(("verb", "to"), [("run", "process"), ("sweep", "group"), ("sensitivity", "group")])
def test_while_workers_play(long, verb, to):
    child, folder = long[verb]
    wait_for(lambda: group(child) >= 5)  # with what forks workers, what cleans up after them, and two of them
    (os.killpg if to == "group" else os.kill)(child.pid, signal.SIGINT)
    assert_stopped(child)
    assert list(folder.rglob("*.partial")) == []
    shown = command("results", "show", folder)
    assert shown.code == 0
    assert "Not complete: sim resume" in shown.out


def test_a_run_that_was_stopped_can_be_resumed(tmp_path):
    at_the_figures = AT_IMPORT.format(module="sim.render.figures.leaving")
    child = start("run", "minimal", "--runs", 50, "--out", tmp_path / "out", before=at_the_figures)
    assert_stopped(child, answered=True)
    assert command("resume", tmp_path / "out").out.startswith("Complete: what was missing")
    assert command("resume", tmp_path / "out").out.startswith("Complete: nothing is missing")


SWALLOWED = """
import time
from sim.cli import interrupt
interrupt.TIDY_UP_WITHIN = 0.5
import sim.cli.app
def swallow(arguments=None):
    for i in range(100):
        try:
            press() if i == 0 else time.sleep(0.3)
        except KeyboardInterrupt:
            pass
    return 0
sim.cli.app.run_command = swallow
"""

TWICE = """
from sim.cli import interrupt
interrupt.TIDY_UP_WITHIN = 600
import sim.cli.app
def go_on(arguments=None):
    try:
        press()
    finally:
        press()
sim.cli.app.run_command = go_on
"""

IN_A_DESTRUCTOR = """
import sim.cli.app
class Last:
    def __del__(self): press()
def drop(arguments=None):
    last = Last()
    del last
    time.sleep(30)
    return 0
sim.cli.app.run_command = drop
"""

CONVERTED = """
import sim.cli.app
def convert(arguments=None):
    try:
        press()
    except KeyboardInterrupt:
        raise ImportError("a library that could not be imported") from None
sim.cli.app.run_command = convert
"""

AT_THE_END = """
import atexit
import sim.cli.app
sim.cli.app.run_command = lambda: print("all of it") or 0
atexit.register(press)
"""


LOST = {
    "swallowed": SWALLOWED,
    "pressed again": TWICE,
    "in a destructor": IN_A_DESTRUCTOR,
    "converted": CONVERTED,
}


@pytest.mark.parametrize("before", LOST.values(), ids=LOST)
def test_an_interrupt_that_is_lost_on_its_way_stops_all_the_same(before):
    began = time.monotonic()
    assert_stopped(start(before=before))
    assert time.monotonic() - began < 20


IN_GENERATED_CODE = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
def press(): exec("os.kill(os.getpid(), signal.SIGINT)")  # as named tuples and dataclasses are made
"""


def test_in_generated_code_python_m_ends_with_the_code_and_not_by_the_signal(tmp_path):
    early = IN_GENERATED_CODE + AT_IMPORT.format(module="cyclopts")
    (tmp_path / "sitecustomize.py").write_text(early, encoding="utf-8")
    paths = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    ended = subprocess.run(
        [sys.executable, "-m", "sim", "--version"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "sim: stopped\n")


def test_once_all_is_done_it_is_too_late_to_stop():
    child = start(before=AT_THE_END)
    assert child.communicate(timeout=60) == ("all of it\n", "")
    assert child.returncode == 0


def test_whoever_starts_it_may_have_ctrl_c_ignored():
    ignoring = "signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + AT_IMPORT.format(module="cyclopts")
    child = start("--version", before=ignoring)
    _, errors = child.communicate(timeout=60)
    assert (child.returncode, errors) == (0, "")
