"""Workers that die in any study: a new pool, the same bytes; and who kills every worker is named."""

import os
from functools import partial
from multiprocessing import parent_process
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.execute.pool import WorkerError
from sim.folder import rows as parts
from sim.rules.decisions import cut
from tests.studies.small_studies import KINDS, PART, SCENARIO, content, save_small


def die_once(mark, rank, field, keep, drop):
    """The built-in cut, which ends the first worker that applies it: then a file says that it has."""
    if parent_process() is not None and not Path(mark).exists():
        Path(mark).touch()
        os._exit(1)
    return cut(rank, field, keep, drop)


def die_if_one_is_kept(rank, field, keep, drop):
    if parent_process() is not None and np.all(keep == 1) and rank.shape[0] > 1 and np.any(rank == 3):
        os._exit(1)
    return cut(rank, field, keep, drop)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(parts, "_ROWS", PART * 6)


@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_that_dies_is_replaced_and_changes_no_byte(tmp_path, kind):
    mark = tmp_path / "mark"
    rules = {"cut": partial(die_once, str(mark))}
    save_small(kind, tmp_path / "one", rules=rules, jobs=2)
    assert mark.exists()
    save_small(kind, tmp_path / "other", rules=rules, jobs=1)
    one, other = content(tmp_path / "one"), content(tmp_path / "other")
    assert one == other
    assert len(one) > 3


def test_a_point_that_ends_every_worker_is_named_when_all_others_are_done(tmp_path):
    vary, rules = "stages.first.cut.keep=2,1", {"cut": die_if_one_is_kept}
    with pytest.raises(WorkerError, match="replications 0:200 of point 1, default ended their worker"):
        sim.sweep(SCENARIO, vary, 200, rules=rules, jobs=2, out=tmp_path)
    assert [path.parent.name[:2] for path in tmp_path.glob("counts/*/*.gz")] == ["0-"]
