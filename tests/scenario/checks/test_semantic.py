"""What is well formed and makes no sense."""

import pytest

from tests.scenario.broken import GOOD, changed, loaded, refused, where


@pytest.mark.parametrize(
    ("grants", "path"),
    [
        ("{gpus: {gren: {B200: 5}}}", "stages.first.grants.gpus.gren"),
        ("{gpus: {red: {B20: 5}}}", "stages.first.grants.gpus.red.B20"),
        ("{pool: {B20: 5}, shares: equal}", "stages.first.grants.pool.B20"),
        ("{pool: {B200: 5}, shares: {rde: 0.5}}", "stages.first.grants.shares.rde"),
        ("{pool: {B200: 5}, shares: {red: {H100: 0.5}}}", "stages.first.grants.shares.red.H100"),
        ("{pool: {B200: 5}, shares: equal, among: [red, blu]}", "stages.first.grants.among.blu"),
    ],
)
def test_a_grant_to_what_does_not_exist_is_refused(tmp_path, grants, path):
    (problem,) = refused(tmp_path, changed("{pool: {B200: 1024}, shares: equal}", grants))
    assert problem.path == path
    assert problem.line == 13


def test_a_missing_team_is_met_with_the_nearest_one(tmp_path):
    (problem,) = refused(
        tmp_path, changed("{pool: {B200: 1024}, shares: equal}", "{gpus: {bleu: {B200: 5}}}")
    )
    assert problem.hint == "did you mean 'blue'?"


@pytest.mark.parametrize(
    "grants",
    [
        "{pool: {B200: 5}}",
        "{shares: equal}",
        "{pool: {B200: 5}, shares: equal, gpus: {red: none}}",
        "{pool: {B200: 5}, shares: {red: 1}, among: [red]}",
        "{gpus: {red: {B200: 5}}, among: [red]}",
    ],
)
def test_a_grant_has_one_rule(tmp_path, grants):
    assert (
        refused(tmp_path, changed("{pool: {B200: 1024}, shares: equal}", grants))[0].path
        == "stages.first.grants"
    )


@pytest.mark.parametrize(
    "shares", ["{red: 0.6, blue: 0.5}", "{red: 0.6, default: 0.5}", "{red: 0.6, blue: {uniform: [0.1, 0.5]}}"]
)
def test_shares_that_may_exceed_the_pool_are_refused(tmp_path, shares):
    (problem,) = refused(tmp_path, changed("shares: equal", f"shares: {shares}"))
    assert problem.path == "stages.first.grants.shares"
    assert "1.1" in problem.found


def test_shares_that_leave_some_over_are_fine(tmp_path):
    assert loaded(tmp_path, changed("shares: equal", "shares: {red: 0.6, blue: 0.3}"))


@pytest.mark.parametrize(("part", "total"), [("19", "59"), ("21", "61"), ("20.001", "60.001")])
def test_items_sum_to_their_block(tmp_path, part, total):
    (problem,) = refused(tmp_path, changed("maths: 20", f"maths: {part}"))
    assert where(problem)[2] == "stages.first.points.exam.items"
    assert total in problem.found
    assert "60" in problem.expected


def test_items_that_sum_to_their_block_but_for_rounding_are_fine(tmp_path):
    thirds = changed("{maths: 20, code: 40}", "{a: 20.1, b: 20.2, c: 19.7}")
    assert loaded(tmp_path, thirds)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("2026-01-01 to 2026-06-30", "2026-06-30 to 2026-01-01", "stages.first.train"),
        ("result: 2026-07-15", "result: 2026-06-29", "stages.first.result"),
        ("2026-07-16 to 2026-12-31", "2026-07-15 to 2026-12-31", "stages.second.train"),
        ("2026-07-16 to 2026-12-31", "2026-06-01 to 2026-12-31", "stages.second.train"),
        ("result: 2027-01-15", "result: 2025-01-15", "stages.second.result"),
    ],
)
def test_dates_out_of_order_are_refused_where_they_stand(tmp_path, old, new, path):
    problems = refused(tmp_path, changed(old, new))
    assert path in [problem.path for problem in problems]
    assert all(problem.line for problem in problems)


def test_a_result_on_the_last_day_of_training_and_a_window_on_the_next_day_are_fine(tmp_path):
    text = changed("result: 2026-07-15", "result: 2026-06-30")
    assert loaded(tmp_path, changed("2026-07-16 to", "2026-07-01 to", text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("per_eci: 0.8, items", "per_eci: 0.8, spread: 2, items"),
        ("spread: 2.5", "noise: 2.5"),
        ("maths: 20", "maths: {max: 20, spread: 1}"),
        ("spread: 2.5", "spread: 2.5, items: {x: {max: 40, per_eci: 1}}"),
        ("per_eci: 0.8, items", "per_eci: 0.8, follows_strength: 0.5, items"),
        ("keep: 1", "keep: 1, drop: 1"),
    ],
)
def test_what_excludes_each_other_is_refused_together(tmp_path, old, new):
    assert refused(tmp_path, changed(old, new))[0].path.startswith("stages.first.")


def test_a_tie_break_by_a_block_that_is_not_scored_is_refused(tmp_path):
    (problem,) = refused(tmp_path, changed("cut: {keep: 1}", "cut: {keep: 1}\n    ties: [jury, user]"))
    assert problem.path == "stages.first.ties.user"


@pytest.mark.parametrize("block", ["teams", "stages"])
def test_a_scenario_needs_at_least_one_of_each(tmp_path, block):
    text = GOOD[: GOOD.index(f"{block}:")] + f"{block}: {{}}\n"
    following = {"teams": "stages:", "stages": None}[block]
    text += GOOD[GOOD.index(following) :] if following else ""
    assert block in [problem.path for problem in refused(tmp_path, text)]


def test_a_guess_must_be_a_key_of_its_block(tmp_path):
    (problem,) = refused(tmp_path, changed("cut: {keep: 1}", "cut: {keep: 1, guess: [kep]}"))
    assert problem.path == "stages.first.cut"
    assert "kep" in problem.found


def test_five_hundred_and_one_teams_are_too_many(tmp_path):
    more = "".join(f"  t{i}: {{name: T}}\n" for i in range(499))
    (problem,) = refused(tmp_path, changed("stages:\n", f"{more}stages:\n"))
    assert problem.path == "teams"
