"""What may be handed to worker processes, and what happens to what may not."""

import re
import subprocess
import sys
import threading
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.execute import inference, runner
from sim.execute.case import Case
from sim.execute.group import tally_group
from sim.execute.piece import cut_into_pieces
from sim.folder.counts import pack
from sim.forecast import island
from tests.forecast.closed import programme

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
MINIMAL = sim.load(SCENARIO)
LOCAL: dict[str, Any] = {
    "cut": lambda rank, field, keep, drop: field & (rank <= 1)
}  # no other process can import it
AT_ONCE = "runner.POOL_PAYS_AFTER = 0\nrunner.is_pool_ready = lambda **_: True\n"


BRIEF = island.Effort(islands=4, particles=20, lines=5, singles=2, numbers=2)


def script(text, tmp_path):
    """Run a Python file as a user writes it; in it a pool pays at once."""
    path = tmp_path / "script.py"
    root = SCENARIO.parents[1]
    opening = f"import sys; sys.path.insert(0, {str(root)!r})\nimport sim\nfrom sim.execute import runner\n"
    path.write_text(f"{opening}{AT_ONCE}{text}", encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(runner.count_cores() < 2, reason="one core takes no pool by itself")
def test_a_long_run_in_a_plain_script_needs_no_main_guard(tmp_path):
    done = script(f"print(len(sim.run(sim.load({str(SCENARIO)!r}), runs=200_000).odds()))\n", tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{2 * 3 * 6 + 3 * 3}\n"), done.stderr[-500:]


@pytest.mark.skipif(runner.count_cores() < 2, reason="one core takes no pool by itself")
def test_a_long_run_by_a_rule_of_ones_own_is_played_without_being_asked_for_workers(monkeypatch):
    monkeypatch.setattr(runner, "POOL_PAYS_AFTER", 0.0)
    found = sim.run(MINIMAL, 200_000, rules=LOCAL)
    assert found.tally.runs == 200_000


def test_workers_asked_for_with_a_rule_that_cannot_be_sent_give_the_same_or_one_clear_line():
    alone = sim.run(MINIMAL, 500, rules=LOCAL, jobs=1)
    try:
        found: Any = sim.run(MINIMAL, 500, rules=LOCAL, jobs=2, block=50).as_json()
    except ValueError as error:
        found = str(error)
    assert found == alone.as_json() or re.fullmatch(".*jobs.*", str(found))


BY_A_SCRIPT = """
LEAST = 1
def keep_one(rank, field, keep, drop):
    return field & (rank <= LEAST)
seen = []
def watch(world):
    seen.append(world.index)
    yield world.env.timeout(1)
if __name__ == "__main__":
    scenario = sim.load({scenario!r})
    by_workers = runner.play_by_workers
    handed = []
    def counted(submit, pieces, *rest, **how):
        handed.append(len(pieces))
        return by_workers(submit, pieces, *rest, **how)
    runner.play_by_workers = counted
    {code}
"""


@pytest.mark.parametrize("asked", ["", ", jobs=2"], ids=["auto", "asked"])
@pytest.mark.skipif(runner.count_cores() < 2, reason="one core takes no pool by itself")
def test_rules_of_a_script_are_played_by_workers_and_give_the_same(tmp_path, asked):
    same = "scenario, 2_000, rules={'cut': keep_one}, block=100"
    code = f"here, there = sim.run({same}, jobs=1), sim.run({same}{asked})\n"
    code += "    print(here.odds().equals(there.odds()), len(handed))"
    done = script(BY_A_SCRIPT.format(scenario=str(SCENARIO), code=code), tmp_path)
    assert (done.returncode, done.stdout) == (0, "True 1\n"), done.stderr[-500:]


@pytest.mark.skipif(runner.count_cores() < 2, reason="one core takes no pool by itself")
def test_a_process_of_a_script_stays_where_it_may_write_down_what_it_sees(tmp_path):
    code = "sim.run(scenario, 300, processes=[watch], block=50)\n    print(len(seen), handed)"
    done = script(BY_A_SCRIPT.format(scenario=str(SCENARIO), code=code), tmp_path)
    assert (done.returncode, done.stdout) == (0, "300 []\n"), done.stderr[-500:]


def test_workers_asked_for_with_a_rule_that_holds_a_lock_are_refused_in_one_line():
    lock = threading.Lock()

    def locked(rank, field, keep, drop):
        with lock:
            return field & (rank <= 1)

    with pytest.raises(
        ValueError, match=r"jobs=2 .* such as a lock or a connection: leave it out"
    ) as refused:
        sim.run(MINIMAL, 500, rules={"cut": locked}, jobs=2, block=50)
    assert "\n" not in str(refused.value)
    assert sim.run(MINIMAL, 500, rules={"cut": locked}).tally.runs == 500


def pieces_of(start, stop, block):
    """The ranges that are played one after another, of a run that keeps nothing."""
    group = replace(tally_group(Case(MINIMAL, 1, "batch"), [(start, stop)]), block=block)
    return [(piece.start, piece.stop) for piece, _ in cut_into_pieces([group], None)]


class Here(Executor):
    """An executor that plays at once, in this process."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@pytest.mark.parametrize("count", [1, 2, 7, 40, 300])
def test_pieces_are_the_whole_range_in_order_and_small_at_both_ends(count):
    stop = 5 + 10 * count - 3
    pieces = pieces_of(5, stop, block=10)
    assert [piece for first, last in pieces for piece in range(first, last)] == list(range(5, stop))
    sizes = [-(-(last - first) // 10) for first, last in pieces]  # in blocks
    assert sizes[0] == sizes[-1] == 1
    assert max(sizes) == 8 if count == 300 else max(sizes) <= 8
    assert all(size <= max(1, sum(sizes[i:]) / 12) for i, size in enumerate(sizes))


@pytest.mark.skipif(runner.count_cores() < 2, reason="one core takes no pool by itself")
def test_a_run_plays_on_until_its_workers_are_ready(monkeypatch):
    """They take half a second to start, and no core need be idle meanwhile."""
    handed: list[tuple[int, int]] = []
    asked = iter([False, False, False, True])

    def by_workers(submit, pieces, *_, **__):
        handed.extend((piece.start, piece.stop) for piece in pieces)
        return ((piece, submit(Here(), piece).result()) for piece in pieces)

    monkeypatch.setattr(runner, "POOL_PAYS_AFTER", 0.0)
    monkeypatch.setattr(runner, "is_pool_ready", lambda **_: next(asked))
    monkeypatch.setattr(runner, "play_by_workers", by_workers)
    found = sim.run(MINIMAL, 1000, block=20)
    assert handed == pieces_of(0, 1000, block=20)[4:]
    assert pack(found.tally) == pack(sim.run(MINIMAL, 1000, jobs=1).tally)


@pytest.mark.parametrize(("lines", "handed"), [(2_000, [0, 1, 2, 3]), (5, [])], ids=["long", "short"])
def test_islands_that_take_long_go_to_workers_at_once(monkeypatch, tmp_path, lines, handed):
    """A quarter of a minute would go by if the first were played to find out how long they take."""
    found: list[int] = []

    def by_workers(submit, pieces, *_, **__):
        found.extend(piece.start for piece in pieces)
        return ((piece, submit(Here(), piece).result()) for piece in pieces)

    def play_island(posterior, seed, number, effort):
        return island.play_island(posterior, seed, number, BRIEF)

    monkeypatch.setattr(runner, "play_by_workers", by_workers)
    monkeypatch.setattr(runner, "count_cores", lambda: 2)
    monkeypatch.setattr(inference, "play_island", play_island)
    monkeypatch.setattr(inference, "_known", {})
    monkeypatch.setenv("EVALSCHED_CACHE", str(tmp_path))
    facts = {"first": {"of": "total", "first": "A"}}
    effort = island.Effort(islands=4, particles=500, lines=lines, singles=5, numbers=5)
    case = Case(programme("AB", [facts]), 1, "batch", effort=effort)
    assert len(inference.infer(case, runner.Runner()).islands) == 4
    assert found == handed


@pytest.mark.parametrize("jobs", [0, -1])
def test_no_workers_at_all_are_refused(jobs):
    with pytest.raises(ValueError, match="jobs"):
        sim.run(MINIMAL, 10, jobs=jobs)


@pytest.mark.parametrize("block", [0, -1])
def test_blocks_of_nothing_are_refused(block):
    with pytest.raises(ValueError, match="block"):
        sim.run(MINIMAL, 10, block=block)
