"""The gate: who fails, and whom the cut then ranks."""

import numpy as np
import pytest

from sim.model.draws import Draws, Key, Purpose
from sim.rules.decisions import cut_field, fails
from tests.helpers import assert_chances

SIZE = 200_000
U = Draws(1).columns([Key(Purpose.GATE, "s", team) for team in "abcd"], 0, SIZE).T


def test_teams_fail_as_often_as_their_risks_say():
    risks = np.array([0.001, 0.05, 0.5, 0.999])
    assert_chances(fails(U, risks), risks)


def test_no_risk_never_fails_and_a_full_risk_always():
    failed = fails(U, np.array([0.0, 1.0, 0.0, 1.0]))
    assert not failed[:, [0, 2]].any()
    assert failed[:, [1, 3]].all()


def test_a_greater_risk_fails_everyone_whom_a_smaller_one_did():
    assert np.all(fails(U, np.array([0.2])) >= fails(U, np.array([0.1])))


PRESENT = np.array([True, True, False, False])
FAILED = np.array([False, True, True, False])


@pytest.mark.parametrize(
    ("mode", "field"), [("first", [True, False, False, False]), ("apart", PRESENT.tolist())]
)
def test_the_cut_ranks_those_who_passed_or_all_who_are_present(mode, field):
    assert cut_field(PRESENT, FAILED, mode).tolist() == field
