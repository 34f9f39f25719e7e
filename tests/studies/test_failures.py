"""A replication that raises is a row that says so, and not the end of the run."""

import csv
import json
import re
from math import log2
from pathlib import Path

import numpy as np
import pytest
from rich.console import Group as Lines

import sim
from sim.execute.case import Case
from sim.execute.group import HOPELESS, play_block
from sim.findings.headline import headline
from sim.folder import rows as parts
from sim.render.text.layout import Names
from sim.scenario.evidence import without_facts
from sim.stats.tally import Failure
from tests.folder.reading import read_rows
from tests.playing import watch_plays

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
MINIMAL = sim.load(SCENARIOS / "minimal.yaml")
ONE_LESS = sim.load(SCENARIOS / "minimal.yaml", {"stages.first.cut.keep": 1})
K_AI = without_facts(sim.load(SCENARIOS / "k-ai.yaml"))
RUNS = 20


def breaks_in_seven(world):
    """A process of a user's own that cannot cope with replication 7, on a day of the second stage."""
    yield world.env.timeout(250)
    if world.index == 7:
        raise ZeroDivisionError("no power,\nno training")


def harmless(world):
    yield world.env.timeout(250)


def breaks_always(world):
    yield world.env.timeout(1)
    raise KeyError("always")


def failing(monkeypatch, fails):
    """Let the batch engine of this process raise what `fails(start, stop)` raises."""
    watch_plays(monkeypatch, lambda _, __, start, stop: fails(start, stop))


def content(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def with_failure(*arguments, **how):
    with pytest.warns(sim.ResultsWarning, match="1 of .* replications failed"):
        return sim.run(*arguments, processes=[breaks_in_seven], **how)


def test_the_run_goes_on_and_says_what_failed_and_how_to_see_it():
    with pytest.warns(sim.ResultsWarning) as told:
        result = sim.run(MINIMAL, RUNS, processes=[breaks_in_seven], jobs=1)
    assert [str(each.message) for each in told] == [
        "1 of 20 replications failed and are not counted. replication 7: in stage second, ZeroDivisionError: "
        "no power, no training. To see it: sim.run(scenario, seed=1, replications=(7, 8), "
        "processes=[breaks_in_seven])"
    ]
    assert result.tally.runs == RUNS - 1
    assert result.tally.failures == (Failure(7, "second", "ZeroDivisionError", "no power,\nno training"),)


def test_the_one_replication_alone_raises_what_it_raised():
    with pytest.raises(ZeroDivisionError, match="no power") as raised:
        sim.run(MINIMAL, replications=(7, 8), processes=[breaks_in_seven])
    assert "in stage second" in raised.value.__notes__


def test_chances_are_those_of_all_other_replications():
    result = with_failure(MINIMAL, RUNS, jobs=1)
    others = [sim.run(MINIMAL, replications=r, processes=[harmless]) for r in ((0, 7), (8, RUNS))]
    kept = sum(other.tally.kept for other in others)
    assert np.array_equal(result.tally.kept, kept)
    assert set(result.odds().of) >= {RUNS - 1}
    assert result.as_json()["failed"] == 1
    assert result.as_json()["runs"] == RUNS - 1
    rows = result.outcomes()
    assert sorted(set(rows.replication)) == [r for r in range(RUNS) if r != 7]


@pytest.mark.parametrize("how", [{"block": 1}, {"block": 7}, {"block": 8}, {"jobs": 2, "block": 3}], ids=str)
def test_neither_blocks_nor_workers_change_what_is_kept(tmp_path, monkeypatch, how):
    monkeypatch.setattr(parts, "_ROWS", 256 * 6)
    one = with_failure(MINIMAL, 300, jobs=1, out=tmp_path / "one")
    other = with_failure(MINIMAL, 300, out=tmp_path / "other", **({"jobs": 1} | how))
    assert one.as_json() == other.as_json()
    assert content(tmp_path / "one") == content(tmp_path / "other")


def test_failures_are_in_the_folder_and_in_its_counts(tmp_path):
    with pytest.warns(sim.ResultsWarning, match="failed"):
        sim.run(MINIMAL, RUNS, seed=3, processes=[breaks_in_seven], out=tmp_path, jobs=1)
    with (tmp_path / "failures.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert table == [
        ["seed", "replication", "stage", "error", "message", "command"],
        [
            *("3", "7", "second", "ZeroDivisionError", "no power,\nno training"),
            "sim.run(scenario, seed=3, replications=(7, 8), processes=[breaks_in_seven])",
        ],
    ]
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert "failures.csv" in manifest["parts"]
    rows = read_rows(tmp_path).to_pandas()
    assert sorted(set(rows.replication)) == [r for r in range(RUNS) if r != 7]


def test_rows_beside_a_failure_are_those_of_a_run_without_one(tmp_path):
    with_failure(MINIMAL, RUNS, out=tmp_path / "one", jobs=1)
    sim.run(MINIMAL, RUNS, processes=[harmless], out=tmp_path / "other", jobs=1)
    one, other = (read_rows(tmp_path / each).to_pandas() for each in ("one", "other"))
    assert one.equals(other[other.replication != 7].reset_index(drop=True))
    assert list(one.stage.cat.categories) == list(other.stage.cat.categories)


def test_nothing_is_left_of_a_failure_that_was_mended(tmp_path):
    def mended(world):
        yield world.env.timeout(250)

    mended.__name__ = "breaks_in_seven"
    with_failure(MINIMAL, RUNS, out=tmp_path / "one", jobs=1)
    sim.run(MINIMAL, RUNS, processes=[mended], out=tmp_path / "one", jobs=1)
    assert not (tmp_path / "one" / "failures.csv").exists()


def test_options_and_doubts_are_compared_over_what_did_not_fail():
    result = with_failure(K_AI, 12, jobs=1)
    with pytest.warns(sim.ResultsWarning, match="1 replications failed beside options, doubts"):
        assert len(result.options()) > 0
    with pytest.warns(sim.ResultsWarning, match="only the default option is played"):
        told = result.as_json()
    assert (told["runs"], told["failed"]) == (11, 1)
    assert [one.summary.tally.runs for one in result.alternatives] == [11] * len(result.alternatives)


def test_where_all_fail_the_first_error_is_raised(tmp_path):
    with pytest.raises(KeyError, match="always"):
        sim.run(MINIMAL, 5, processes=[breaks_always], jobs=1)
    with pytest.raises(KeyError, match="always"):
        sim.run(MINIMAL, 5, processes=[breaks_always], jobs=1, out=tmp_path)


def test_code_that_always_fails_is_not_tried_a_thousand_times():
    tried = []

    def fails(world):
        tried.append(world.index)
        yield world.env.timeout(0)
        raise KeyError("always")

    with pytest.raises(KeyError, match="always"):
        sim.run(MINIMAL, 5000, processes=[fails], jobs=1)
    # Halved and halved again, in order: fewer than HOPELESS ranges fail whole, and the last is being halved.
    assert len(tried) <= 2 * HOPELESS + log2(5000)


def four_fails(start, stop):
    if start <= 4 < stop:
        raise ValueError(f"{start} to {stop}")


@pytest.mark.parametrize("cases", [1, 2])
def test_a_range_that_raises_is_tried_one_by_one(monkeypatch, cases):
    """And given in stretches without a gap, of each case the same replications."""
    failing(monkeypatch, four_fails)
    group = [Case(MINIMAL, 1, "batch"), Case(ONE_LESS, 1, "batch")][:cases]

    def played(start, stop):
        stretches, failures = play_block(group, start, stop)
        assert all(len({(world.start, world.stop) for world in worlds}) == 1 for worlds in stretches)
        assert all(len(worlds) == cases for worlds in stretches)
        return [(worlds[0].start, worlds[0].stop) for worlds in stretches], [f[0:4:3] for f in failures]

    assert played(3, 7) == ([(3, 4), (5, 7)], [(4, "4 to 5")])
    assert played(5, 9) == ([(5, 9)], [])
    assert played(4, 5) == ([], [(4, "4 to 5")])


def test_too_little_memory_is_no_failure_of_a_replication(monkeypatch):
    def full(start, stop):
        if start <= 3 < stop:
            raise MemoryError

    failing(monkeypatch, full)
    for start, stop in ((0, 5), (3, 4)):
        with pytest.raises(MemoryError):
            play_block([Case(MINIMAL, 1, "batch")], start, stop)


def test_the_text_says_how_many_failed():
    from sim.render.text.run import DetailedText

    result = with_failure(MINIMAL, RUNS, jobs=1)
    for lang, said in {"en": "Failed: 1 of 20 runs", "ko": "실패: 20회 중 1회"}.items():
        shown = DetailedText(Names.of(MINIMAL, lang), result.facts).opening(headline(result.summary), None)
        assert isinstance(shown, Lines)
        lines = [str(line) for line in shown.renderables]
        assert any(re.search(said, line) for line in lines)
