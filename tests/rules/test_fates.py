"""What becomes of a team."""

import numpy as np
import pytest

from sim.rules.decisions import Fate, decide_fates

TOGETHER = [
    (True, False, True),
    (True, False, False),
    (True, True, True),
    (True, True, False),
    (False, False, False),
]
"""Present, failed, kept: everything that can come together."""


def fate(*, present, failed, kept):
    return Fate(int(decide_fates(np.array([present]), np.array([failed]), np.array([kept]))[0]))


def test_a_team_that_passed_and_is_kept_is_kept():
    assert fate(present=True, failed=False, kept=True) == Fate.KEPT


def test_a_team_that_passed_and_is_not_kept_is_out_by_points():
    assert fate(present=True, failed=False, kept=False) == Fate.OUT_BY_POINTS


@pytest.mark.parametrize("kept", [True, False])
def test_a_team_that_failed_is_out_at_the_gate_wherever_it_ranked(kept):
    assert fate(present=True, failed=True, kept=kept) == Fate.OUT_AT_GATE


def test_a_team_that_had_left_is_gone():
    assert fate(present=False, failed=False, kept=False) == Fate.GONE


def test_one_replication_alone_has_the_fates_that_it_has_among_many():
    present, failed, kept = (np.array(flags) for flags in zip(*TOGETHER, strict=True))
    table = decide_fates(present[:, None], failed[:, None], kept[:, None])
    assert [fate(present=p, failed=f, kept=k) for p, f, k in TOGETHER] == table[:, 0].tolist()
