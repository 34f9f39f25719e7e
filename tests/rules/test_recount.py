"""A recount: totals, places, the cut, and the weights at which somebody else would leave."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.rules.recount import disagreements, recount_points, sheet, without
from sim.rules.weights import weights
from tests.helpers import quiet, stage
from tests.oracles.cases import case

D12 = case("D12_scoring_replay")
MAXIMA = {"benchmark": 40, "experts": 35, "users": 25}
REPORTED = {team: dict(zip(MAXIMA, row, strict=True)) for team, row in D12.inputs["scores"].items()}
INDEX = {"SKT": 35.0, "UPSTAGE": 37.4, "LG": 31.0, "MOTIF": 47.4}
"""Artificial Analysis Intelligence Index of the four models, whose points are a quarter of it."""

AAII = {"benchmark": {"aaii": {team: index * 25 / 100 for team, index in INDEX.items()}}}


def evaluated(points, out_of, *, now=None, items=None, totals=None, **rules):
    """A stage with these reported points; `now` are the maxima that count, if they are others."""
    blocks = {}
    for block, maximum in (now or out_of).items():
        parts = maximum if isinstance(maximum, dict) else {}
        most = sum(parts.values()) if parts else maximum
        blocks[block] = {"max": most, "mean": 0.5 * most, "spread": 1.0, "items": parts}
    report = {"out_of": out_of, "points": points, "items": items or {}, "totals": totals or {}}
    scenario = quiet({team: {} for team in points}, [stage(1, blocks, reported=report, **rules)])
    return scenario.stages["s1"]


def counted(points, out_of, **more):
    return recount_points(sheet(evaluated(points, out_of, **more)))


def second_evaluation(**more):
    out_of = {"benchmark": {"aaii": 25, "nia": 15}, "experts": 35, "users": 25}
    return sheet(evaluated(REPORTED, out_of, items=AAII, cut={"keep": 3}, **more))


def weight(sheet, name):
    (found,) = [each for each in weights(sheet) if each.name == name]
    return found


# The second evaluation (oracle D12)


def test_the_totals_and_the_team_that_left_are_those_of_the_second_evaluation():
    found = counted(REPORTED, MAXIMA, cut={"keep": 3})
    assert found.total == D12.near([D12.expected["totals"][team] for team in REPORTED])
    assert [points.mean() for points in found.blocks.values()] == D12.near(D12.expected["block_means"])
    assert found.leaving == (D12.expected["dropped"],)
    assert found.margin == pytest.approx(69.0 - 65.8)
    assert found.first.tolist() == found.last.tolist() == [1, 2, 3, 4]


def test_without_the_users_another_team_leaves():
    found = without(sheet(evaluated(REPORTED, MAXIMA, cut={"keep": 3})))["users"]
    assert found.leaving == (D12.expected["dropped_without_users"],)
    assert found.margin == pytest.approx((22.3 + 29.1) - (20.7 + 29.5))


def test_aaii_at_a_weight_of_37_to_38_percent_would_have_put_motif_above_lg():
    found = weight(second_evaluation(), "benchmark/aaii")
    assert found.now == pytest.approx(0.25)
    assert [span.leaving for span in found.spans] == [("MOTIF",), ("LG",)]
    # w x index + (1 - w) x (total - points)/75 is the same for both
    lead = ((69.0 - 7.75) - (65.8 - 11.85)) / 75
    (border,) = found.borders
    assert border.share == pytest.approx(lead / (lead + 0.474 - 0.310))
    assert 0.37 <= border.share <= 0.38


def test_users_below_a_tenth_would_have_kept_motif():
    found = weight(second_evaluation(), "users")
    lead, lag = (51.7 - 50.2) / 75, (18.8 - 14.1) / 25
    assert [span.leaving for span in found.spans] == [("LG",), ("MOTIF",)]
    assert found.borders[0].share == pytest.approx(lead / (lead + lag))


# Points, maxima, places, the cut


def test_points_under_another_maximum_count_in_proportion():
    points = {"a": {"x": 30, "y": 10}, "b": {"x": 20, "y": 18}}
    found = counted(points, {"x": 40, "y": 20}, now={"x": 10, "y": 60}, cut={"drop": 1})
    assert found.total == pytest.approx([30 / 4 + 30, 20 / 4 + 54])
    assert found.leaving == ("a",)


def test_points_by_item_are_summed():
    points = {"a": {"x": {"p": 11.85, "q": 12.75}}, "b": {"x": {"p": 7.75, "q": 12.95}}}
    found = counted(points, {"x": {"p": 25, "q": 15}})
    assert found.total == pytest.approx([24.6, 20.7])


def test_known_items_leave_the_rest_of_their_block():
    (aaii, nia, *_) = second_evaluation().parts
    assert aaii.name == "benchmark/aaii"
    assert nia.name == "benchmark/nia"
    assert nia.points == pytest.approx([22.3 - 8.75, 22.4 - 9.35, 20.7 - 7.75, 24.6 - 11.85])
    assert (nia.out_of, nia.maximum) == (15, 15)


def test_items_known_only_together_count_together():
    points = {"a": {"x": 30}, "b": {"x": 20}}
    items = {"x": {"p": {"a": 9, "b": 8}}}
    out_of = {"x": {"p": 10, "q": 20, "r": 10}}
    both = sheet(evaluated(points, out_of, items=items, now={"x": {"p": 30, "q": 10, "r": 5}})).parts[1]
    assert (both.name, both.out_of, both.maximum) == ("x/q+r", 30, 15)
    with pytest.raises(ValueError, match="q, r of x"):
        sheet(evaluated(points, out_of, items=items, now={"x": {"p": 10, "q": 10, "r": 20}}))


@pytest.mark.parametrize(
    ("cut", "leaving", "margin"),
    [
        ({}, "", None),
        ({"keep": 3}, "", None),
        ({"keep": 0}, "abc", None),
        ({"keep": 1}, "ac", 2),
        ({"drop": 1}, "a", 3),
        ({"drop": 9}, "abc", None),
    ],
)
def test_the_cut_is_the_stages_own(cut, leaving, margin):
    found = counted({"a": {"x": 5}, "b": {"x": 10}, "c": {"x": 8}}, {"x": 10}, cut=cut)
    assert found.leaving == tuple(leaving)
    assert found.margin == margin


def test_an_uncertain_cut_is_told_in_words():
    with pytest.raises(ValueError, match="cut is uncertain"):
        counted({"a": {"x": 5}}, {"x": 10}, cut={"keep": {"uniform": [0, 1]}})


def test_a_stage_without_reported_points_is_told_in_words():
    with pytest.raises(ValueError, match="no points are reported"):
        sheet(quiet({"a": {}}, [stage(1, {"x": {"max": 10, "mean": 5, "spread": 1}})]).stages["s1"])


def test_a_tie_at_the_cut_is_told_as_a_tie():
    points = {"a": {"x": 5}, "b": {"x": 9}, "c": {"x": 5}, "d": {"x": 5}, "e": {"x": 1}}
    found = counted(points, {"x": 10}, cut={"keep": 2})
    assert found.tied == ("a", "c", "d")
    assert found.leaving == ("e",)
    assert found.margin == 0
    assert found.first.tolist() == [2, 1, 2, 2, 5]
    assert found.last.tolist() == [4, 1, 4, 4, 5]


def test_a_tie_that_the_cut_does_not_split_parts_nobody():
    points = {"a": {"x": 5}, "b": {"x": 9}, "c": {"x": 5}}
    assert counted(points, {"x": 10}, cut={"keep": 1}).leaving == ("a", "c")
    assert counted({**points, "b": {"x": 2}}, {"x": 10}, cut={"keep": 2}).leaving == ("b",)


def test_the_ladder_of_the_stage_breaks_a_tie_if_it_can():
    points = {"a": {"x": 5, "y": 3}, "b": {"x": 4, "y": 4}, "c": {"x": 9, "y": 9}}
    for ties, leaving in ((["x"], ("b",)), (["y"], ("a",))):
        found = counted(points, {"x": 10, "y": 10}, cut={"keep": 2}, ties=ties)
        assert (found.leaving, found.tied, found.margin) == (leaving, (), 0)


def test_totals_are_rounded_as_the_stage_says():
    points = {"a": {"x": 5.04}, "b": {"x": 5.01}}
    assert counted(points, {"x": 10}, cut={"keep": 1}).leaving == ("b",)
    assert counted(points, {"x": 10}, cut={"keep": 1}, round_to=0.1).tied == ("a", "b")


def test_nothing_is_left_to_count_without_the_only_block():
    alone = sheet(evaluated({"a": {"x": 5}}, {"x": 10}))
    assert without(alone) == {}
    assert weights(alone) == []
    with pytest.raises(ValueError, match="no points"):
        recount_points(alone.weighing({"x": 0}))


def test_weighing_keeps_the_proportions_of_a_block():
    found = second_evaluation().weighing({"benchmark": 80})
    assert found.maxima == pytest.approx({"benchmark": 80, "experts": 35, "users": 25})
    assert [part.maximum for part in found.parts] == pytest.approx([50, 30, 35, 25])
    back = found.weighing({"benchmark": 0}).weighing({"benchmark": 40, "benchmark/aaii": 5})
    assert [part.maximum for part in back.parts] == pytest.approx([5, 15, 35, 25])


@pytest.mark.parametrize("name", ["user", "benchmark/aai", "aaii", ""])
def test_what_has_no_reported_points_has_no_weight(name):
    with pytest.raises(ValueError, match=r"no points of '.*' are reported \("):
        second_evaluation().weighing({name: 1})


# Totals as reported


@pytest.mark.parametrize(("total", "differs"), [(70.6, 0), (70.8, 0), (70.4, 0), (70.9, 1), (70.3, 1)])
def test_totals_that_rounding_does_not_explain_are_found(total, differs):
    found = disagreements(evaluated(REPORTED, MAXIMA, totals={"SKT": total}).reported)
    assert [(each.team, each.reported) for each in found] == [("SKT", total)][:differs]
    assert all(each.summed == pytest.approx(70.6) for each in found)


def test_more_decimals_leave_less_to_rounding():
    points = {team: {"x": round(given["users"] + 0.001, 3)} for team, given in REPORTED.items()}
    assert disagreements(evaluated(points, {"x": 25}, totals={"SKT": 19.203}).reported)
    assert not disagreements(evaluated(points, {"x": 25}, totals={"SKT": 19.202}).reported)


# Weights, against a count in fractions at a share of one's choice

tenths = st.integers(0, 100)
tables = st.integers(2, 5).flatmap(
    lambda teams: st.lists(st.tuples(tenths, tenths, tenths), min_size=teams, max_size=teams)
)


def tabled(rows):
    points = {f"t{i}": dict(zip("xyz", (v / 10 for v in row), strict=True)) for i, row in enumerate(rows)}
    return sheet(evaluated(points, {"x": 10, "y": 10, "z": 20}, cut={"keep": 1}))


def exact_totals(row, share):
    """A hundredth of the points of a team when x has that share of all, y and z keeping 1 to 2."""
    x, y, z = (Fraction(v, 10) for v in row)
    return share * x / 10 + (1 - share) * (y / 10 / 3 + z / 20 * 2 / 3)


@given(tables, st.fractions(0, 1, max_denominator=997))
def test_at_any_weight_those_leave_who_have_the_fewest_points(rows, share):
    found = weight(tabled(rows), "x")
    if any(abs(border.share - share) < 1e-6 for border in found.borders):
        return
    totals = [exact_totals(row, share) for row in rows]
    best = [f"t{i}" for i, total in enumerate(totals) if total == max(totals)]
    (span,) = [span for span in found.spans if span.low <= share <= span.high]
    if 0 < share < 1:  # at the very ends lines may meet
        near = [t for t in totals if 0 < max(totals) - t < Fraction(1, 10**6)]
        if not near and len(best) == 1:
            assert set(span.leaving) == {f"t{i}" for i in range(len(rows))} - set(best)


@given(tables)
def test_spans_run_from_nothing_to_all_and_change_at_the_borders(rows):
    for found in weights(tabled(rows)):
        assert found.spans[0].low == 0
        assert found.spans[-1].high == 1
        assert [span.high for span in found.spans[:-1]] == [border.share for border in found.borders]
        assert [span.low for span in found.spans[1:]] == [border.share for border in found.borders]
        for before, after in zip(found.spans, found.spans[1:], strict=False):
            assert (before.leaving, before.tied) != (after.leaving, after.tied)


@given(tables, st.lists(st.floats(-0.05, 0.05), min_size=15, max_size=15))
def test_no_rounding_of_the_points_moves_a_crossing_out_of_its_brackets(rows, errors):
    found = weight(tabled(rows[:2]), "x")
    moved = (np.array(rows[:2]) + 10 * np.array(errors[:6]).reshape(2, 3)) / 10
    (x0, rest0), (x1, rest1) = ((row[0] / 10, row[1] / 30 + row[2] / 30) for row in moved)
    for border in found.borders:
        lead, lag = rest0 - rest1, x1 - x0
        if lead * lag > 0:
            assert border.low - 1e-9 <= lead / (lead + lag) <= border.high + 1e-9
        assert border.low <= border.share <= border.high


@given(tables, st.floats(0.1, 10))
def test_all_maxima_times_the_same_factor_change_nobodys_place(rows, factor):
    plain = tabled(rows)
    scaled = recount_points(plain.weighing({block: factor * most for block, most in plain.maxima.items()}))
    assert scaled.first.tolist() == recount_points(plain).first.tolist()
    assert scaled.total == pytest.approx(factor * recount_points(plain).total, abs=1e-5)


@given(tables)
def test_the_order_of_the_teams_does_not_matter(rows):
    plain, turned = recount_points(tabled(rows)), recount_points(tabled(rows[::-1]))
    assert plain.first.tolist() == turned.first.tolist()[::-1]
    assert plain.last.tolist() == turned.last.tolist()[::-1]
    assert plain.stays.tolist() == turned.stays.tolist()[::-1]


@given(tables)
def test_a_weight_of_nothing_is_the_recount_without_the_block(rows):
    table = tabled(rows)
    bare = without(table)["x"]
    if not bare.tied and (bare.margin is None or bare.margin > 1e-3):
        assert weight(table, "x").spans[0].leaving == bare.leaving


def test_a_cut_that_goes_by_more_than_a_number_is_not_counted_as_if_it_did():
    """Of teams that are all below the minimum nobody would leave by `keep` alone."""
    scenario = sim.load("k-ai", {"stages.stage-2.cut.minimum": 60})
    with pytest.raises(ValueError, match="the cut goes by `minimum`"):
        sheet(scenario.stages["stage-2"])
