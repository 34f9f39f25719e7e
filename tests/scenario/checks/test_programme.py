"""Dates, candidates, known results, grants by results: what is well formed and makes no sense."""

import pytest

from sim.scenario import ScenarioError, from_data, load
from tests.helpers import stage

EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0}}
TEAMS = ("a", "b", "c", "late")


def programme(changes=None):
    """Two stages, an entry between them, one supplier; `changes` are laid over by dotted path."""
    first = stage(1, EXAM, cut={"keep": 2}, gate={"risk": 0.1, "mode": "apart"})
    first["entry"] = {"day": "2026-04-15", "candidates": ["late"]}
    data = {
        "format": 1,
        "name": "A test",
        "as_of": "2027-01-01",
        "hardware": {"B200": {"peak": 1000.0, "mfu": 0.5}},
        "suppliers": {"lease": {}},
        "teams": {t: {"name": t} for t in TEAMS},
        "stages": {"s1": first, "s2": stage(2, EXAM, cut={"keep": 1})},
    }
    return from_data(data, changes)


def test_the_programme_itself_makes_sense():
    assert programme().candidates == {"late"}


NONSENSE = [
    # dates
    ({"stages.s1.train": {"a": "2026-01-01 to 2026-04-10"}}, "stages.s1.train", "no window for 'b'"),
    (
        {"stages.s1.train": {"default": "2026-04-10 to 2026-01-01"}},
        "stages.s1.train.default",
        "before it opens",
    ),
    (
        {"stages.s1.train": {"default": "2026-01-01 to 2026-04-10", "x": "2026-01-01 to 2026-04-10"}},
        "stages.s1.train.x",
        "no team 'x'",
    ),
    ({"stages.s1.evaluated": "2026-04-09"}, "stages.s1.evaluated", "2026-04-09"),
    ({"stages.s1.evaluated": "2026-04-11"}, "stages.s1.evaluated", "2026-04-11"),
    (
        {"stages.s1.result": {"planned": "2026-05-01", "actual": "2026-04-01"}},
        "stages.s1.result",
        "2026-04-01",
    ),
    ({"stages.s2.shift": -30}, "stages.s2.train", "opens on 2026-03-22"),
    ({"stages.s2.shift": {"uniform": [-30, 5]}}, "stages.s2.train", "opens on 2026-03-22"),
    (
        {"stages.s2.train": "2201-01-01 to 2201-04-01", "stages.s2.result": "2201-04-01"},
        "stages.s2",
        "2201-01-01",
    ),
    (
        {"suppliers.lease.slow.x": {"starts": "1066-01-01", "days": 1, "speed": 0.5}},
        "suppliers.lease.slow.x.starts",
        "1066",
    ),
    (
        {"suppliers.lease.slow.x": {"starts": "9999-12-31", "days": 1, "speed": 0.5}},
        "suppliers.lease.slow.x.starts",
        "9999",
    ),
    # entries
    ({"stages.s1.entry.day": "2026-04-09"}, "stages.s1.entry.day", "2026-04-09"),
    ({"stages.s1.entry.day": "2026-07-29"}, "stages.s2.train", "'late' that closes on 2026-07-29"),
    ({"stages.s1.entry.candidates": ["lat"]}, "stages.s1.entry.candidates.lat", "no team 'lat'"),
    ({"stages.s1.entry.candidates": list(TEAMS)}, "teams", "nobody who is there from the start"),
    (
        {"stages.s2.entry": {"day": "2026-08-01", "candidates": ["c"]}},
        "stages.s2.entry",
        "after the last stage",
    ),
    # known results
    ({"stages.s2.happened": {}}, "stages.s2.happened", "known result after 's1'"),
    ({"stages.s1.happened": {"late": "out-by-points"}}, "stages.s1.happened.late", "not there"),
    (
        {
            "stages.s2.gate": None,
            "stages.s1.happened": {},
            "stages.s1.entry.happened": "nobody",
            "stages.s2.happened": {"a": "out-at-gate"},
        },
        "stages.s2.happened.a",
        "without a gate",
    ),
    (
        {"stages.s1.cut": None, "stages.s1.happened": {"a": "out-by-points"}},
        "stages.s1.happened.a",
        "without a cut",
    ),
    ({"stages.s1.entry.happened": ["late"]}, "stages.s1.entry.happened", "not known"),
    (
        {"stages.s1.happened": {}, "stages.s1.entry.happened": ["a"]},
        "stages.s1.entry.happened.a",
        "no candidate",
    ),
    (
        {
            "stages.s1.happened": {},
            "stages.s1.entry.happened": ["late"],
            "stages.s1.entry.when_fewer_than": 3,
        },
        "stages.s1.entry.happened",
        "although 3 teams remained",
    ),
    (
        {"stages.s1.happened": {}, "stages.s2.happened": {"a": "out-by-points"}},
        "stages.s2.happened",
        "known result after 's1.entry'",
    ),
    # grants
    (
        {"stages.s1.grants": {"pool": {"B200": 5}, "shares": "by-score"}},
        "stages.s1.grants.shares",
        "first stage",
    ),
    (
        {"stages.s1.grants": {"pool": {"B200": 5}, "shares": {"by_rank": [0.5]}}},
        "stages.s1.grants.shares",
        "first",
    ),
    (
        {"stages.s2.grants": {"pool": {"B200": 5}, "shares": {"by_rank": [0.7, 0.4]}}},
        "stages.s2.grants.shares",
        "1.1",
    ),
    (
        {
            "stages.s1.happened": {},
            "stages.s1.entry.happened": "nobody",
            "stages.s2.grants": {"pool": {"B200": 5}, "shares": "winner"},
        },
        "stages.s2.grants.shares",
        "not known",
    ),
    ({"stages.s1.grants.supplier": "leese"}, "stages.s1.grants.supplier.leese", "no supplier 'leese'"),
    ({"stages.s1.grants.supplier": {"x": "lease"}}, "stages.s1.grants.supplier.x", "no team 'x'"),
    ({"stages.s1.own": {"x": "none"}}, "stages.s1.own.x", "no team 'x'"),
    ({"stages.s1.own": {"a": {"H200": 5}}}, "stages.s1.own.a.H200", "no hardware 'H200'"),
    # points
    (
        {
            "stages.s1.points": {
                "jury": {"max": 9, "mean": 5, "spread": 1, "items": {"x": {"max": 9, "target": 140}}}
            }
        },
        "stages.s1.points.jury.items.x.target",
        "judged",
    ),
]


@pytest.mark.parametrize(("changes", "path", "found"), NONSENSE)
def test_what_makes_no_sense_is_refused_where_it_stands(changes, path, found):
    with pytest.raises(ScenarioError) as refused:
        programme(changes)
    told = [f"{each.found} {each.expected}" for each in refused.value.problems if each.path == path]
    assert any(found in text for text in told), refused.value


MALFORMED = [
    (
        {
            "stages.s1.points": {
                "e": {"max": 9, "mean": 5, "spread": 1, "noise": 1, "raters": {"n": 3, "sd": 1}}
            }
        },
        "raters",
    ),
    (
        {
            "stages.s1.points": {
                "e": {"max": 9, "mean": 5, "spread": 1, "raters": {"n": 2, "sd": 1, "trim": 1}}
            }
        },
        "2 trim < n",
    ),
    (
        {
            "stages.s1.points": {
                "e": {"max": 9, "mean": 5, "per_eci": 1, "items": {"x": {"max": 9, "target": 140, "mean": 1}}}
            }
        },
        "target",
    ),
    ({"stages.s2.grants": {"pool": {"B200": 5}, "shares": {"by_rank": [0.5]}, "among": ["a"]}}, "among"),
    ({"stages.s1.entry.places": 0}, "1"),
    ({"stages.s1.happened": {"a": "out"}}, "out-by-points"),
]


@pytest.mark.parametrize(("changes", "found"), MALFORMED)
def test_what_contradicts_itself_is_refused(changes, found):
    with pytest.raises(ScenarioError, match=found):
        programme(changes)


def test_what_is_known_says_who_is_out_and_who_contends():
    known = programme({"stages.s1.happened": {"b": "out-at-gate"}, "stages.s1.entry.happened": "nobody"})
    assert known.out == {"b": "s1", "late": "s1"}
    assert known.contenders == ["a", "c"]
    assert known.ahead == ["s2"]
    assert known.from_start() == programme()


def test_a_candidate_whose_id_is_a_part_of_the_word_nobody_is_out_like_any_other():
    known = programme(
        {
            "teams.body": {"name": "Body"},
            "stages.s1.happened": {"a": "out-at-gate"},
            "stages.s1.entry.candidates": ["late", "body"],
            "stages.s1.entry.happened": "nobody",
        }
    )
    assert known.out == {"a": "s1", "late": "s1", "body": "s1"}
    assert "body" not in known.in_play("s2")


@pytest.mark.parametrize("name", ["k-ai", "late-gpus", "gate-first", "one-finalist"])
def test_the_real_programme_knows_who_is_left(name):
    scenario = load(f"scenarios/{name}.yaml")
    assert scenario.contenders == ["lg", "upstage", "skt"]
    assert scenario.ahead == ["stage-3"]
