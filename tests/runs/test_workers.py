"""What may be handed to worker processes, and what happens to what may not."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.runs import run as runs

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
MINIMAL = sim.load(SCENARIO)
LOCAL: dict[str, Any] = {
    "cut": lambda rank, field, keep, drop: field & (rank <= 1)
}  # no other process can import it


def script(text, tmp_path):
    """Run a Python file as a user writes it; in it a pool pays at once."""
    path = tmp_path / "script.py"
    root = SCENARIO.parents[1]
    opening = f"import sys; sys.path.insert(0, {str(root)!r})\nimport sim, sim.runs.run\n"
    path.write_text(f"{opening}sim.runs.run.POOL_PAYS_AFTER = 0\n{text}", encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(runs.cores() < 2, reason="one core takes no pool by itself")
def test_a_long_run_in_a_plain_script_needs_no_main_guard(tmp_path):
    done = script(f"print(len(sim.run(sim.load({str(SCENARIO)!r}), runs=200_000).odds()))\n", tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{2 * 3 * 6 + 3 * 3}\n"), done.stderr[-500:]


@pytest.mark.skipif(runs.cores() < 2, reason="one core takes no pool by itself")
def test_a_long_run_by_a_rule_of_ones_own_is_played_without_being_asked_for_workers(monkeypatch):
    monkeypatch.setattr(runs, "POOL_PAYS_AFTER", 0.0)
    found = sim.run(MINIMAL, 200_000, rules=LOCAL)
    assert found.tally.runs == 200_000


def test_workers_asked_for_with_a_rule_that_cannot_be_sent_give_the_same_or_one_clear_line():
    alone = sim.run(MINIMAL, 500, rules=LOCAL, jobs=1)
    try:
        found: Any = sim.run(MINIMAL, 500, rules=LOCAL, jobs=2, block=50).as_json()
    except ValueError as error:
        found = str(error)
    assert found == alone.as_json() or re.fullmatch(".*jobs.*", str(found))


@pytest.mark.parametrize("jobs", [0, -1])
def test_no_workers_at_all_are_refused(jobs):
    with pytest.raises(ValueError, match="jobs"):
        sim.run(MINIMAL, 10, jobs=jobs)


@pytest.mark.parametrize("block", [0, -1])
def test_blocks_of_nothing_are_refused(block):
    with pytest.raises(ValueError, match="block"):
        sim.run(MINIMAL, 10, block=block)
