"""Every key of the language is explained, in both languages, with an example that works."""

from typing import Any

import pytest

from sim.scenario import load
from sim.scenario.language.catalogue import MAIN, example, find_keys, keys
from sim.scenario.language.load import from_data
from sim.scenario.models.science import Strength
from sim.scenario.models.trained_model import Scaling
from sim.scenario.problems import ANY
from sim.text import sentences

FAULTS = {"faults": "faults", "teams.*.faults": "teams.lg.faults"}
"""Where something may be said of faults, and where for one team."""

BESIDE: dict[str, dict[str, Any]] = {
    "afterwards.institutes.on_foreign.base": {
        "openness": {"open": {"closes": {"earliest": "2026-09-01"}}},
        "afterwards": {
            "until": "2027-12-31",
            "share_of_frontier": 0.6,
            "institutes": {"count": 23, "needs": 0.6, "on_foreign": {"share": 0.3}},
        },
    },
    "afterwards.institutes.needs_strength": {
        "afterwards": {"until": "2027-12-31", "share_of_frontier": 0.6, "institutes": {"count": 23}}
    },
    **{
        f"stages.*.points.*.items.*.raters.{name}": {
            "stages.stage-3.points.experts.items.technique.raters": {"n": 5, "sd": 1}
        }
        for name in ("n", "sd", "trim")
    },
    **{f"{faults}.bad_nodes.replaced": {f"{path}.bad_nodes.shape": 0.13} for faults, path in FAULTS.items()},
    **{
        f"{faults}.storage.{name}": {f"{path}.storage": {"chance": 0.2, "days": 7, "speed": 0.1}}
        for faults, path in FAULTS.items()
        for name in ("chance", "days", "speed")
    },
    **{
        f"openness.continued.{name}": {"openness.continued.closes.earliest": "2026-09-01"}
        for name in ("closes.after", "closes.chance", "delay")
    },
    "stages.*.base": {"openness.open.compute": 3},
    "breakthroughs.*.level": {"breakthroughs.hub": {"day": {"earliest": "2026-09-01"}}},
    "effort.field": {"effort.rivals": 0.1},
    **{
        f"stages.*.model.*.{name}": {
            "stages.stage-3.model.upstage": {
                "parameters": "250B",
                "active": "15B",
                "special": {"of": "users", "gain": 1},
            }
        }
        for name in (
            "unique",
            "leverage",
            "tokens",
            "special",
            "special.of",
            "special.gain",
            "special.elsewhere",
        )
    },
    "stages.*.model.*.modalities.*.compute": {"stages.stage-3.model.upstage": {"parameters": "250B"}},
    "stages.*.model.*.granularity": {
        "stages.stage-3.model.upstage": {"parameters": "250B", "active": "15B", "leverage": "by-experts"}
    },
    **{
        f"stages.*.points.*.items.*.efficiency{name}": {
            "stages.stage-3.model.default": {"parameters": "250B"},
            "stages.stage-3.points.benchmark.items.nia.efficiency": {"per_halving": 1, "reference": "9B"},
        }
        for name in ("", ".per_halving", ".reference")
    },
    **{
        f"stages.*.points.*.efficiency{name}": {
            "stages.stage-3.model.default": {"parameters": "250B"},
            "stages.stage-3.points.benchmark.efficiency": {"per_halving": 1, "reference": "9B"},
            "stages.stage-3.points.benchmark.items.aaii.per_eci_share": None,
        }
        for name in ("", ".per_halving", ".reference")
    },
}
_TRANCHES = {"first": {"gpus": {"B200": 10080}, "day": "2026-02-01"}}
_SUPPLY = {
    "supply": {"state": {"part": 0.1, "tranches": _TRANCHES}},
    "stages.stage-3.grants.supply": {"of": "state", "shares": "equal"},
}
BESIDE |= {f"stages.*.grants.supply.{key}": _SUPPLY for key in ("gpus", "among", "leftover")}
BESIDE |= {f"supply.*.{key}": _SUPPLY for key in ("until", "days_a_month")}
BESIDE["stages.*.grants.supply.shares.by_rank"] = {
    **{"stages.stage-2.happened": None, "stages.stage-2.facts": None},
    **{"supply": _SUPPLY["supply"], "stages.stage-3.grants.supply": {"of": "state"}},
}
"""What has to be changed beside some keys, since they take the place of others."""


def ids():
    return [key.dotted for key in keys()]


def test_no_key_comes_twice():
    assert len(set(ids())) == len(ids())


@pytest.mark.parametrize("key", keys(), ids=ids())
def test_every_key_says_what_it_means_and_what_may_be_written(key):
    assert len(key.meaning) > 5
    assert not key.meaning.endswith(".")
    assert key.kinds


def test_every_key_is_explained_in_korean_and_nothing_else_is():
    head = "key.meaning."
    korean = {key.removeprefix(head) for key in sentences("ko") if key.startswith(head)}
    assert korean == set(ids())
    assert all(any("가" <= letter <= "힣" for letter in key.meaning_in("ko")) for key in keys())
    assert all(key.meaning_in("en") == key.meaning for key in keys())


@pytest.mark.parametrize("key", [key for key in keys() if example(key)], ids=lambda key: key.dotted)
def test_every_example_can_be_used(key):
    shown = example(key)
    assert shown is not None
    assert find_keys(shown.path) == [key]
    if shown.file:
        assert load(shown.file)
    elif key.dotted == "choices":
        assert load(MAIN, {path: {"choice": values} for path, values in shown.value.items()}).choices
    else:
        beside = BESIDE.get(key.dotted, {})
        assert load(MAIN, {**beside, shown.path: shown.value})


def test_only_blocks_have_no_example_of_their_own():
    blocks = {key.path[: -1 if key.path[-1] == ANY else None] for key in keys()}
    without = [key for key in keys() if example(key) is None]
    assert all(
        any(other[: len(key.path)] == key.path and other != key.path for other in blocks) for key in without
    )


def test_numbers_have_a_unit_unless_their_name_says_it_all():
    counted = {"max", "n", "trim", "places", "when_fewer_than", "round_to", "mode", "interval"}
    bare = [
        key.dotted
        for key in keys()
        if "a number" in key.kinds and not key.unit and key.path[-1] not in counted
    ]
    assert bare == []


def test_a_path_may_have_ids_or_stars_or_be_the_end_of_one():
    (key,) = find_keys("stages.stage-3.cut.keep")
    assert find_keys("stages.*.cut.keep") == find_keys("cut.keep") == find_keys("keep") == [key]
    assert len(find_keys("follows_strength")) == 3
    assert find_keys("keeps") == []


def test_defaults_are_those_of_a_scenario_that_says_nothing():
    least = load("minimal").resolved()
    for name in ("capability", "frontier", "judging", "training", "faults"):
        least.pop(name)
    scenario = from_data(least).resolved()
    scenario["scaling"] = Scaling().model_dump()  # where models have a size alone
    scenario["strength"] = Strength().model_dump()  # of a programme without hardware alone
    for key in keys():
        if key.default is not None and len(key.path) == 2 and ANY not in key.path:
            assert scenario[key.path[0]][key.path[1]] == key.default
