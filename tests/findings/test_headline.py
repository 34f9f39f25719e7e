"""The headline of a run: who stands out is decided once, for the sentence and for the title of a figure."""

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.findings.headline import headline, headline_of_options
from sim.render.text.layout import Names
from sim.render.text.run import first_sentence, title
from sim.scenario import from_data
from tests.helpers import quiet, stage

EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0, "noise": 2.0}}
SPREAD = {"capability": {"team_spread": 2.0, "stage_spread": 3.0}}
RUNS = 600


def field(effects, keep=1, **more):
    """Teams with these known leads, of which so many are kept in one stage."""
    teams = {team: {"effect": effect} for team, effect in effects.items()}
    return from_data({**quiet(teams, [stage(1, EXAM, cut={"keep": keep})], **SPREAD).resolved(), **more})


def of(scenario, runs=RUNS):
    return headline(sim.run(scenario, runs).summary)


CASES = {
    "nobody": ({"a": 0, "b": 1, "c": 2}, 0),
    "everybody": ({"a": 0, "b": 1, "c": 2}, 3),
    "alike": ({"a": 0, "b": 0, "c": 0}, 1),
    "level": ({"a": 0, "b": 0.1, "c": 0.05}, 1),
    "unclear": ({"a": 0, "b": 0.6, "c": 1.2, "d": 1.8}, 1),
    "apart": ({"a": 0, "b": 0, "c": 30}, 1),
}


@pytest.mark.parametrize(("standing", "case"), CASES.items())
def test_how_teams_stand_is_told_by_what_is_known_of_them(standing, case):
    effects, keep = case
    found = of(field(effects, keep))
    assert found.standing == standing
    assert found.everybody.teams == tuple(effects)
    assert bool(found.most) == (standing in ("apart", "everybody"))
    assert bool(found.least) == (standing in ("apart", "nobody"))


def test_equal_inputs_are_alike_even_where_dice_put_their_intervals_apart():
    scenario, found = field({"a": 0, "b": 0}), []
    for seed in range(200):  # few runs, and so many seeds that luck separates some pair of intervals
        summary = sim.run(scenario, 20, seed).summary
        rows = [row.estimate for row in summary.rows() if row.chance == "selected"]
        found.append(max(e.all_low for e in rows) > min(e.all_high for e in rows))
        assert headline(summary).standing == "alike"
    assert any(found)


def test_a_group_stands_apart_if_the_intervals_of_all_at_once_do():
    summary = sim.run(field({"a": 0, "b": 0, "c": 4, "d": 4}, 2), 3_000).summary
    found, rows = (
        headline(summary),
        {row.team: row.estimate for row in summary.rows() if row.chance == "selected"},
    )
    assert found.most is not None
    assert found.least is not None
    assert (found.most.teams, found.least.teams) == (("c", "d"), ("a", "b"))
    assert min(rows[t].all_low for t in "cd") > max(rows[t].all_high for t in "ab")
    assert (found.most.lowest.p, found.most.highest.p) == tuple(sorted(rows[t].p for t in "cd"))


def test_what_is_common_is_the_mean_of_all_and_spans_their_intervals():
    summary = sim.run(field({"a": 0, "b": 0, "c": 0}), RUNS).summary
    rows = [row.estimate for row in summary.rows() if row.chance == "selected"]
    common = headline(summary).common
    assert common.p == pytest.approx(1 / 3)
    assert (common.low, common.high) == (min(e.low for e in rows), max(e.high for e in rows))


def test_with_choices_or_doubts_it_is_about_leaving():
    doubts = {"doubts": {"capability.stage_spread": [5.0]}}
    choices = {"choices": {"stages.s1.cut.keep": [1, 2]}}
    teams = {"a": 0, "b": 1}
    told = [of(field(teams, **more)) for more in ({}, doubts, choices)]
    assert [each.judged for each in told] == ["selected", "leaves_at_all", "leaves_at_all"]
    assert [each.option for each in told] == ["", "", "keep 1"]
    assert [each.size is None for each in told] == [False, True, True]


@pytest.mark.parametrize(
    "effects", [{"a": 0, "b": 0, "c": 0}, {"a": 0, "b": 0.1, "c": 0}, {"a": 0, "b": 1, "c": 9}]
)
@pytest.mark.parametrize("choices", [{}, {"stages.s1.cut.keep": [1, 2]}])
def test_a_figures_table_tells_the_same_as_the_run(effects, choices):
    scenario = field(effects, choices=choices, doubts={"capability.stage_spread": [5.0]})
    result = sim.run(scenario, RUNS)
    sentence, drawn = headline(result.summary), headline_of_options(result.options(), scenario, RUNS)
    assert drawn == sentence
    figure = result.plot("briefing")
    assert " ".join(figure.get_suptitle().split()) == title(Names.of(scenario, "en"), sentence)


def test_a_table_without_a_default_has_no_headline():
    scenario = field({"a": 0, "b": 1}, choices={"stages.s1.cut.keep": [1, 0]})
    table = sim.run(scenario, 20).options()
    with pytest.raises(ValueError, match="default"):
        headline_of_options(table[~table.default], scenario, 20)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("share", [True, False, None])
@pytest.mark.parametrize("judged", ["selected", "leaves_at_all"])
@pytest.mark.parametrize("option", ["", "keep 1"])
@pytest.mark.parametrize(("standing", "case"), CASES.items())
def test_every_standing_has_its_sentence_and_its_title(standing, case, option, judged, share, lang):
    scenario = field(*case)
    summary = sim.run(scenario, 200).summary
    found = replace(headline(summary), standing=standing, judged=judged, option=option)
    if share is None:
        found = replace(found, size=None)
    elif share and standing not in ("nobody", "everybody"):
        assert found.size is not None
        found = replace(
            found, size=found.size._replace(share=summary.estimate(lambda tally: (150, tally.runs)))
        )
    names = Names.of(scenario, lang)
    assert first_sentence(names, found).endswith(".")
    assert not title(names, found).endswith(".")
    assert np.all([part not in first_sentence(names, found) for part in ("{", "None", "nan")])


def test_one_team_is_told_in_the_singular():
    scenario = quiet({"solo": {}}, [stage(1, EXAM, gate={"risk": 0.5})])
    names, found = Names.of(scenario, "en"), of(scenario)
    assert " 1 teams" not in first_sentence(names, found)
    assert first_sentence(names, replace(found, size=None, judged="leaves_at_all")).startswith(
        "solo leaves with"
    )


@pytest.mark.parametrize("known", [{}, {"a": "out-by-points"}, {"a": "out-by-points", "b": "out-by-points"}])
@pytest.mark.parametrize("open_question", [{}, {"doubts": {"teams.c.effect": [1.0]}}])
def test_of_a_programme_that_is_over_it_is_told_what_happened(known, open_question):
    base = field({"a": 0, "b": 1, "c": 2}, 3 - len(known), as_of="2030-01-01", **open_question).resolved()
    (only,) = base["stages"]
    base["stages"][only]["happened"] = known
    scenario = from_data(base)
    found = of(scenario, 20)
    left = tuple(team for team in "abc" if team not in known)
    assert (found.standing, found.everybody.teams, found.is_decided) == ("known", left, True)
    assert found.size is not None
    assert (found.size.left, found.size.teams, found.size.share) == (len(left), 3, None)
    for lang in ("en", "ko"):
        names = Names.of(scenario, lang)
        said = first_sentence(names, found)
        assert all(names.teams[team] in said for team in left)
        assert str(scenario.stages[only].decided) in said
        assert "rules" not in said
        assert title(names, found) == said


def test_where_no_number_of_teams_is_left_in_half_of_the_runs_a_range_is_told():
    teams: dict[str, dict[str, object]] = {f"t{k}": {} for k in range(30)}
    scenario = quiet(teams, [stage(1, EXAM, cut={"minimum": 50})], **SPREAD)
    summary = sim.run(scenario, 2_000).summary
    size = headline(summary).size
    assert size is not None
    assert size.range is not None
    low, high, share = size.range
    # Each stays with a chance of a half, all apart: a binomial law, whose middle nine tenths are 11 to 19.
    assert abs(low - 11) <= 1
    assert abs(high - 19) <= 1
    assert share.p >= 0.9
    names = Names.of(scenario, "en")
    assert f"{low} to {high} of 30 teams" in first_sentence(names, headline(summary))
