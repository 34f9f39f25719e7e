"""Who stands apart from whom."""

import pytest

from sim.findings.headline import compare_chances
from sim.stats.summary import Estimate


def chance(low, high, certain=None):
    p = (low + high) / 2
    return Estimate(round(1000 * p), 1000, p, low, high, low, high, certain)


def compare(*ends, indistinct=()):
    return compare_chances({f"t{i}": chance(*each) for i, each in enumerate(ends)}, indistinct)


def test_one_group_above_and_one_below_stand_apart():
    found = compare((0.1, 0.2), (0.5, 0.6), (0.3, 0.4), (0.12, 0.22))
    assert (found.kind, found.most, found.least) == ("apart", ("t1",), ("t0", "t3"))
    assert (found.lowest, found.highest) == ("t0", "t1")


def test_intervals_that_all_overlap_are_level_though_their_chances_differ():
    found = compare((0.1, 0.31), (0.2, 0.4), (0.3, 0.5))
    assert (found.kind, found.most, found.least) == ("level", (), ())
    assert (found.lowest, found.highest) == ("t0", "t2")


def test_a_chain_of_overlaps_is_unclear():
    found = compare((0.1, 0.3), (0.2, 0.4), (0.35, 0.5))
    assert (found.kind, found.most, found.least) == ("unclear", (), ())


def test_intervals_that_touch_are_not_apart():
    assert compare((0.1, 0.3), (0.3, 0.5)).kind == "level"


@pytest.mark.parametrize(
    ("certain", "kind", "most", "least"),
    [
        ((0, 0), "nobody", (), ("t0", "t1")),
        ((1, 1), "everybody", ("t0", "t1"), ()),
        ((1, 0), "settled", ("t0",), ("t1",)),
    ],
)
def test_what_the_rules_decide_needs_no_interval(certain, kind, most, least):
    found = compare(*((float(c), float(c), c) for c in certain))
    assert found.is_decided
    assert (found.kind, found.most, found.least) == (kind, most, least)


def test_teams_that_no_input_tells_apart_are_alike_however_far_apart_luck_puts_them():
    ends = ((0.1, 0.2), (0.5, 0.6))
    assert compare(*ends, indistinct=[("t0", "t1", "t9")]).kind == "alike"
    assert compare(*ends, indistinct=[("t0", "t9")]).kind == "apart"


def test_a_team_that_nobody_is_beside_is_not_alike():
    assert compare((0.1, 0.2), indistinct=[("t0", "t1")]).kind == "level"


def test_nothing_cannot_be_compared():
    with pytest.raises(ValueError, match="no chances"):
        compare_chances({})
