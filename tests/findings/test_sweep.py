"""Whose chance changes most along a sweep: against the tables of chances, and SciPy's intervals."""

from itertools import combinations

import pytest
from scipy.stats import binomtest

import sim
from sim.findings.sweep import change_table, choose_movers, find_swept_change, find_widest_span, read_change
from sim.render.text.sweep import sweep_sentence

CHANCES = {"there and back": (0.1, 0.9, 0.1), "falling": (0.5, 0.4, 0.2), "rising": (0.2, 0.3, 0.4)}
POOL, SHARES = "stages.first.grants.pool.B200", "stages.second.grants.shares"


def lives(found):
    """Chances of leaving with their counts, by team, a row for each point in its order."""
    rows = found.odds().query("chance == 'leaves_at_all' and default")
    return {team: list(zip(of.p, of["count"], of.of, strict=True)) for team, of in rows.groupby("team")}


def lie_apart(both, among):
    """Whether two of SciPy's intervals, each good for so many chances, have nothing in common."""
    ends = [
        binomtest(int(count), int(of)).proportion_ci(1 - 0.05 / among, method="wilson")
        for _, count, of in both
    ]
    return ends[0].high < ends[1].low or ends[1].high < ends[0].low


def assert_is_widest_between_ends(found, change):
    """The change is that of the team that moves most between the least and the greatest level."""
    chances, levels = lives(found), [point.point[0] for point in found.points]
    least, most = levels.index(min(levels)), levels.index(max(levels))
    widest = max(chances, key=lambda team: abs(chances[team][most][0] - chances[team][least][0]))
    assert (change.team, change.is_along) == (widest, True)
    assert (change.low, change.high) == ((min(levels),), (max(levels),))
    ends = chances[widest][least], chances[widest][most]
    assert (change.first.p, change.last.p) == (ends[0][0], ends[1][0])
    return ends


@pytest.mark.parametrize(
    ("vary", "is_seen"),
    [
        ("teams.red.effect=-2:2:3", True),
        ("teams.red.effect=2,0,-2", True),
        ("teams.red.effect=0:0.2:2", False),
    ],
)
def test_along_a_number_it_is_between_its_least_and_its_greatest_value(vary, is_seen):
    found = sim.sweep("minimal", vary, runs=500)
    change = found.findings().change
    assert change is not None
    ends = assert_is_widest_between_ends(found, change)
    assert change.is_seen == lie_apart(ends, len(lives(found))) == is_seen


def test_along_a_budget_what_pairs_of_runs_see_counts_too():
    """A few percent of the runs tell the ends apart, which intervals of the two chances cannot show."""
    found = sim.sweep("minimal", f"{POOL}=500,3000", runs=2000)
    path = found.cost_path
    assert path is not None
    assert path.steps[-1].is_seen
    change, alone = found.findings().change, find_swept_change(found.points, found.summaries)
    assert change is not None
    assert alone is not None
    ends = assert_is_widest_between_ends(found, change)
    assert not lie_apart(ends, len(lives(found)))
    assert (change.team, change.is_seen, alone.is_seen) == (path.team, True, False)


def test_by_names_it_is_between_the_points_that_lie_farthest_apart():
    found = sim.sweep("minimal", f"{SHARES}=equal,by-score,winner", runs=500)
    change, chances = found.findings().change, lives(found)
    assert change is not None
    spans = {
        team: max(abs(one[0] - other[0]) for one, other in combinations(of, 2))
        for team, of in chances.items()
    }
    assert change.team == max(spans, key=spans.__getitem__)
    assert change.last.p - change.first.p == pytest.approx(spans[change.team], abs=0)
    assert not change.is_along


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    "vary",
    [
        (f"{POOL}=500:3000:3",),
        (f"{POOL}=500:510:3",),
        (f"{SHARES}=equal,by-score",),
        ("FILE=minimal,one-finalist",),
        ("stages.first.cut.keep=1,2", f"{POOL}=500,3000"),
    ],
    ids=["moved", "unmoved", "names", "files", "two"],
)
def test_the_figure_says_the_sentence_of_the_text(vary, lang):
    found = sim.sweep("minimal", vary, runs=500)
    said = sweep_sentence(found.findings(), lang)
    figure = found.plot(lang=lang)
    assert f"{figure.heading.title}." == said  # type: ignore[attr-defined]


def test_of_one_point_no_change_is_told():
    found = sim.sweep("minimal", f"{POOL}=500", runs=50)
    assert found.findings().change is None
    assert sweep_sentence(found.findings(), "en") == "Chances of leaving, by: B200 in the pool, first."


def test_as_a_table_it_is_the_same():
    found = sim.sweep("minimal", f"{POOL}=500,3000", runs=50)
    change = find_swept_change(found.points, found.summaries)
    assert change is not None
    assert read_change(change_table(change)) == change
    assert read_change(change_table(None)) is None


def test_a_span_is_between_the_extremes():
    assert find_widest_span(CHANCES) == "there and back"


def test_of_very_many_teams_those_that_move_most_are_shown_in_their_order():
    chances = {f"t{k}": [0.5, 0.5 + 0.01 * (k % 7)] for k in range(21)}
    assert choose_movers(chances, 4) == ["t5", "t6", "t13", "t20"]
    assert choose_movers(chances, 100) == list(chances)
