"""What moves a team: more GPUs help it; a block that counts twice is one with twice the points."""

import math
from typing import Any

import pytest

import sim
from sim.model.quantiles import at
from sim.scenario import from_data
from sim.scenario.models.windows import common_window
from sim.scenario.options import what_ifs
from sim.studies.factors import overrides
from tests.helpers import quiet, stage

BLOCKS = {
    "exam": {
        "max": 40,
        "mean": 20,
        "per_eci": 0.5,
        "noise": 1.0,
        "items": {"x": 10, "y": {"max": 30, "noise": 2}},
    },
    "jury": {"max": 60, "mean": 30, "spread": 2.0, "raters": {"n": 5, "sd": 3.0, "trim": 1}},
}
FIELD: dict[str, dict[str, Any]] = {"a": {}, "b": {}, "c": {}}
SPREAD = {"capability": {"team_spread": 2.0, "stage_spread": 3.0}}


def scenario(**grants):
    lent = {"grants": grants} if grants else {}
    first = stage(1, BLOCKS, cut={"keep": 2}, **lent)
    return quiet(FIELD, [first, stage(2, BLOCKS, cut={"keep": 1}, **lent)], **SPREAD)


def by_name(found):
    return {(move.kind, move.factor): move.scenario for move in found}


def test_a_team_with_a_grant_of_its_own_gets_twice_or_half_of_it_in_the_stages_ahead():
    found = by_name(what_ifs(scenario(), "b"))
    for factor in (2.0, 0.5):
        changed = {f"stages.{s}.grants.gpus.b": {"B200": 100.0 * factor} for s in ("s1", "s2")}
        assert found["gpus", factor] == from_data(scenario().resolved(), changed)


def test_all_that_is_lent_is_doubled_for_every_team_alike():
    lent = {"a": "none", "b": {"B200": 40}, "default": {"B200": 100}}
    found = by_name(what_ifs(scenario(gpus=lent), "b"))
    for factor in (2.0, 0.5):
        changed = {"a": "none", "b": {"B200": 40 * factor}, "default": {"B200": 100 * factor}}
        for told in found["all_gpus", factor].resolved()["stages"].values():
            assert told["grants"]["gpus"] == changed


def test_a_pool_that_all_share_is_changed_as_a_whole():
    shared = scenario(pool={"B200": 300}, shares="equal")
    found = by_name(what_ifs(shared, "b"))
    changed = {f"stages.{s}.grants.pool": {"B200": 150.0} for s in ("s1", "s2")}
    assert found["all_gpus", 0.5] == from_data(shared.resolved(), changed)
    assert ("gpus", 0.5) not in found  # nobody can be given more of it alone


def test_further_grants_change_with_the_others():
    more = {"later": {"day": "2026-02-01", "gpus": {"b": {"B200": 10}, "c": {"B200": 20}}}}
    found = by_name(what_ifs(scenario(gpus={"default": {"B200": 100}}, more=more), "b"))
    mine, all_of_it = (
        found[kind, 2.0].resolved()["stages"]["s2"]["grants"]["more"]["later"]["gpus"]
        for kind in ("gpus", "all_gpus")
    )
    assert mine == {"b": {"B200": 20.0}, "c": {"B200": 20.0}}
    assert all_of_it == {"b": {"B200": 20.0}, "c": {"B200": 40.0}}


def test_a_team_that_is_lent_nothing_has_no_gpus_of_its_own_to_change():
    nothing = scenario(gpus={"b": "none", "default": {"B200": 100}})
    assert {move.kind for move in what_ifs(nothing, "b")} == {"weight", "all_gpus"}


def test_all_are_not_told_where_one_alone_is_lent_anything():
    alone = scenario(gpus={"b": {"B200": 100}, "default": "none"})
    assert {move.kind for move in what_ifs(alone, "b")} == {"weight", "gpus"}


def test_an_uncertain_grant_is_left_as_it_is_and_nothing_is_told_of_all():
    unsure = scenario(gpus={"a": {"B200": {"uniform": [50, 150]}}, "default": {"B200": 100}})
    assert {move.kind for move in what_ifs(unsure, "b")} == {"weight", "gpus"}
    assert {move.kind for move in what_ifs(unsure, "a")} == {"weight"}


def of_two_stages(first, second):
    """Two stages ahead, each with its own grants, and another block at the last."""
    last = {**BLOCKS, "essay": {"max": 20, "mean": 10, "per_eci": 0.1}}
    stages = [
        stage(1, BLOCKS, cut={"keep": 2}, grants=first),
        stage(2, last, cut={"keep": 1}, grants=second),
    ]
    return quiet(FIELD, stages, **SPREAD)


NONE_FOR_B = {"gpus": {"b": "none", "default": {"B200": 100}}}
POOL = {"pool": {"B200": 300}, "shares": "equal"}
OWN_TABLE = {"gpus": {"default": {"B200": 100}}}


def test_a_grant_of_a_later_stage_is_changed_where_the_first_lends_nothing():
    later = of_two_stages(NONE_FOR_B, OWN_TABLE)
    found = by_name(what_ifs(later, "b"))
    changed = {"stages.s2.grants.gpus.b": {"B200": 200.0}}
    assert found["gpus", 2.0] == from_data(later.resolved(), changed)


@pytest.mark.parametrize("pool_first", [True, False])
def test_every_way_of_lending_in_the_stages_ahead_is_changed_by_itself(pool_first):
    mixed = of_two_stages(*((POOL, OWN_TABLE) if pool_first else (OWN_TABLE, POOL)))
    found = by_name(what_ifs(mixed, "b"))
    pool, own = ("s1", "s2") if pool_first else ("s2", "s1")
    for factor in (2.0, 0.5):
        more = {f"stages.{own}.grants.gpus.b": {"B200": 100.0 * factor}}
        assert found["gpus", factor] == from_data(mixed.resolved(), more)
        more = {
            f"stages.{pool}.grants.pool": {"B200": 300.0 * factor},
            f"stages.{own}.grants.gpus.default": {"B200": 100.0 * factor},
        }
        assert found["all_gpus", factor] == from_data(mixed.resolved(), more)


def test_the_blocks_that_count_twice_are_those_of_the_last_stage():
    found = what_ifs(of_two_stages(OWN_TABLE, OWN_TABLE), "b")
    assert [each.what for each in found if each.kind == "weight"] == ["exam", "essay"]
    before = of_two_stages(OWN_TABLE, OWN_TABLE).stages["s1"]
    assert all(each.scenario.stages["s1"] == before for each in found if each.kind == "weight")


def test_points_that_were_reported_of_other_maxima_are_forgotten():
    data = scenario().resolved()
    data["stages"]["s2"]["reported"] = {
        "out_of": {"exam": 40, "jury": 60},
        "points": {"a": {"exam": 30, "jury": 50}},
    }
    reported = from_data(data)
    twice = by_name(what_ifs(reported, "a"))["weight", 2.0]
    swept = from_data(data, overrides(reported, {"stages.s2.points.exam.max_rescaled": 80}))
    assert reported.stages["s2"].reported is not None
    assert twice.stages["s2"].reported is swept.stages["s2"].reported is None
    assert twice == swept


def test_a_known_stage_is_left_as_it_was():
    data = scenario().resolved()
    data["stages"]["s1"]["happened"] = {"c": "out-by-points"}
    found = by_name(what_ifs(from_data(data), "b"))
    assert found["gpus", 2.0].stages["s1"] == from_data(data).stages["s1"]


def test_a_block_that_counts_twice_has_twice_of_all_that_is_in_points():
    weighed = by_name(what_ifs(scenario(), "a"))["weight", 2.0].stages["s2"].points["exam"]
    assert (weighed.max, weighed.mean, weighed.per_eci, weighed.noise) == (80, 40, 1.0, 2.0)
    assert (weighed.items["x"].max, weighed.items["y"].max, weighed.items["y"].noise) == (20, 60, 4)


def test_a_block_alone_cannot_count_more():
    alone = quiet(FIELD, [stage(1, {"exam": BLOCKS["exam"]}, cut={"keep": 1})], **SPREAD)
    assert {move.kind for move in what_ifs(alone, "a")} == {"gpus", "all_gpus"}


def played(scenario, team, runs=3_000):
    return {
        (one.what_if.kind, one.what_if.factor): one for one in sim.run(scenario, runs).play_what_ifs(team)
    }


def test_more_gpus_make_leaving_rarer_and_fewer_make_it_more_frequent():
    moved = played(scenario(), "a")
    assert moved["gpus", 2.0].change.high < 0 < moved["gpus", 0.5].change.low


def test_twice_the_gpus_for_all_change_no_order_and_bring_all_nearer_to_the_frontier():
    """Equal teams: each model is better by the slope of strength times the logarithm of 2, whoever stays."""
    base = quiet(FIELD, [stage(1, BLOCKS, cut={"keep": 1}, grants=OWN_TABLE)], **SPREAD)
    moved = played(base, "a", 500)
    for factor, sign in ((2.0, -1), (0.5, 1)):
        one = moved["all_gpus", factor]
        assert (one.change.b, one.change.c) == (0, 0)
        gained = at(base.capability.per_tenfold_compute, 0.5) * math.log10(2)
        months = 12 * gained / at(base.frontier.growth_per_year, 0.5)
        # Months are counted in tenths: two rounding errors in each of 500 runs.
        assert one.months == pytest.approx(sign * months, abs=4 * 0.1 * math.sqrt(2 / 12 / 500))


def test_what_is_lent_to_one_costs_as_many_gpu_hours_more_as_it_gets():
    """100 GPUs more over the window of days, each hour at its price; for all three, three times that."""
    base = quiet(FIELD, [stage(1, BLOCKS, cut={"keep": 1}, grants=OWN_TABLE)], **SPREAD)
    hours = 100 * 24 * common_window(base.stages["s1"].train).days()
    moved = played(base, "a", 50)
    price = at(base.hardware["B200"].price, 0.5)
    assert moved["gpus", 2.0].cost == pytest.approx(hours * price)
    assert moved["all_gpus", 2.0].cost == pytest.approx(3 * hours * price)
    assert moved["all_gpus", 0.5].cost == pytest.approx(-1.5 * hours * price)
    assert moved["weight", 2.0].cost == 0


def test_an_unknown_team_is_refused():
    with pytest.raises(ValueError, match="no team 'aa'"):
        sim.run(scenario(), 10).moved("aa")


def test_what_moves_a_team_is_a_table_with_names_in_both_languages():
    result = sim.run(scenario(), 300)
    table, told = result.moved("a"), result.play_what_ifs("a")
    assert list(table.columns[:9]) == [
        *("kind", "what", "factor", "estimate", "low", "high", "gained", "lost", "of")
    ]
    for row, (what_if, change, cost, months) in zip(table.to_dict("records"), told, strict=True):
        assert (row["cost"], row["months"]) == (cost, months)
        assert (row["kind"], row["what"], row["factor"]) == (what_if.kind, what_if.what, what_if.factor)
        assert (row["estimate"], row["low"], row["high"]) == (change.estimate, change.low, change.high)
        assert (row["gained"] - row["lost"]) / row["of"] == pytest.approx(row["estimate"])
    assert table.name_en.tolist() == [
        *("GPUs ×2 for it alone", "GPUs ×2 for all", "GPUs ×½ for it alone", "GPUs ×½ for all"),
        "exam points ×2",
    ]
    assert table.name_ko.tolist() == [
        *("이 팀만 GPU ×2", "전 팀 GPU ×2", "이 팀만 GPU ×½", "전 팀 GPU ×½"),
        "exam 배점 ×2",
    ]


def test_where_nothing_can_be_changed_the_table_is_empty_and_has_its_columns():
    alone = quiet({"a": {}}, [stage(1, {"exam": BLOCKS["exam"]}, grants={"gpus": {"default": "none"}})])
    table = sim.run(alone, 10).moved("a")
    assert len(table) == 0
    assert list(table.columns[-2:]) == ["name_en", "name_ko"]


NAMED: dict[str, dict[str, Any]] = {
    "a": {"name": {"en": "Team One", "ko": "하나 팀"}},
    "b": {"name": "Twins"},
    "c": {"name": "twins"},
}


@pytest.mark.parametrize("given", ["a", "Team One", "team one", "하나 팀", "하나팀"])
def test_a_team_goes_by_its_id_and_by_its_names(given):
    named = quiet(NAMED, [stage(1, BLOCKS, cut={"keep": 2})], **SPREAD)
    assert sim.run(named, 50).moved(given).equals(sim.run(named, 50).moved("a"))
    assert sim.run(named, 5, team=given).study.request.team == "a"
    assert sim.sensitivity(named, 64, team=given).study.request.team == "a"


def test_a_name_that_two_teams_have_is_refused():
    named = quiet(NAMED, [stage(1, BLOCKS, cut={"keep": 2})], **SPREAD)
    with pytest.raises(ValueError, match="b and c are both called 'Twins', expected an id"):
        sim.run(named, 5).moved("Twins")


def test_uncertain_points_count_twice_too_but_a_count_does_not():
    laws = (
        {"beta": {"a": 2, "b": 5, "low": 10, "high": 20}},
        {"beta": {"mean": 12, "sd": 1, "low": 10, "high": 20}},
        {"lognormal": {"p5": 10, "p95": 20}},
        {"truncated": {"normal": [15, 5], "low": 10}, "shared": "luck"},
        {"poisson": 15},
    )
    for law in laws:
        one = {"exam": {"max": 40, "mean": law, "per_eci": 0.5}, "jury": BLOCKS["jury"]}
        field = quiet(FIELD, [stage(1, one, cut={"keep": 1})])
        found = by_name(what_ifs(field, "b"))
        if "poisson" in law:
            assert ("weight", 2.0) not in found
            continue
        mean, twice = (s.stages["s1"].points["exam"].mean for s in (field, found["weight", 2.0]))
        assert [at(twice, u) for u in (0.01, 0.5, 0.9)] == pytest.approx(
            [2 * at(mean, u) for u in (0.01, 0.5, 0.9)]
        )
