"""Any executor may play: that of a Dask client gives what one process gives, byte for byte."""

from pathlib import Path

import pytest
from distributed import Client, LocalCluster

import sim
from sim.folder import rows as parts
from sim.folder.counts import pack
from tests.playing import forbid_plays

MINIMAL = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
SCENARIO = sim.load(MINIMAL)
RUNS, SEED, PART = 5000, 20261122, 1024


@pytest.fixture(scope="module")
def client():
    """Two worker processes that listen on this machine only, without the dashboard."""
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address=None,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def no_more_here(monkeypatch):
    """Once called, nothing can be played in this process, so that what is found was found by the workers."""
    return lambda: forbid_plays(monkeypatch)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """So small that a few runs fill several."""
    monkeypatch.setattr(parts, "_ROWS", PART * len(SCENARIO.stages) * len(SCENARIO.teams))


def kept(folder):
    """Name -> bytes of all files of rows and counts below a folder."""
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.glob("*/*"))}


def test_a_run_has_the_same_counts(client, no_more_here):
    alone = pack(sim.run(SCENARIO, RUNS, SEED, jobs=1).tally)
    no_more_here()
    shared = sim.run(SCENARIO, RUNS, SEED, executor=client.get_executor(pure=False), block=100)
    assert pack(shared.tally) == alone


def test_a_saved_run_has_the_same_files(client, no_more_here, tmp_path):
    one, other = tmp_path / "alone", tmp_path / "shared"
    alone = sim.run(SCENARIO, RUNS, SEED, jobs=1, out=one)
    no_more_here()
    shared = sim.run(SCENARIO, RUNS, SEED, executor=client.get_executor(pure=False), out=other)
    assert len(kept(one)) == 2 * 5  # rows and counts of five parts
    assert kept(other) == kept(one)
    assert pack(shared.tally) == pack(alone.tally)


def test_a_rule_made_on_the_spot_travels(client, no_more_here):
    """Dask sends code itself, where worker processes of our own would have to import it."""
    rules = {"cut": lambda rank, field, keep, drop: field & (rank <= 1)}
    alone = pack(sim.run(SCENARIO, 1000, SEED, rules=rules, jobs=1).tally)
    no_more_here()
    shared = sim.run(SCENARIO, 1000, SEED, rules=rules, executor=client.get_executor(pure=False), block=100)
    assert pack(shared.tally) == alone
