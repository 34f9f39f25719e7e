"""The differential test is worth as much as its scenarios: what must occur among them, and how often."""

import json
from collections import Counter

import numpy as np
from hypothesis import given, settings

from sim.engines import batch
from sim.engines.prepare import prepare
from sim.model.draws import Draws
from sim.rules.fates import Fate
from sim.scenario import from_data
from tests.generate import KINDS, scenarios

EXAMPLES = 300
SOURCE = Draws(2)
START, STOP = 5, 17

AT_LEAST = {
    "a tie at the cut": 20,
    "a whole field tied": 20,
    "an empty field": 20,
    "a team out at the gate": 60,
    "all present out at the gate": 20,
    "delivery within the window but late": 20,
    "delivery after the window": 20,
    "a team without compute": 60,
    "grants shared equally": 60,
    "grants among some teams": 10,
    "grants by table of shares": 60,
    "grants by table of GPUs": 60,
    "no grants": 60,
    "a default in a table": 20,
    "`best` beside set intervals": 10,
    "carry": 20,
    "rescaled to the leader": 30,
    "items with numbers of their own": 20,
    "blocks that break ties": 30,
    "a gate apart": 20,
    "a cut by keep": 60,
    "a cut by drop": 60,
    "eight teams": 5,
    "six stages": 10,
    "three types of hardware": 60,
    **dict.fromkeys(KINDS, 100),
}


def test_what_must_occur_occurs_often():
    found: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES)
    @given(scenarios())
    def count(data):
        found.update(written(data) | happening(from_data(data)))

    count()
    too_rare = {what: found[what] for what, least in AT_LEAST.items() if found[what] < least}
    assert too_rare == {}


def written(data):
    """What a scenario says."""
    stages = list(data["stages"].values())
    grants = [stage["grants"] for stage in stages]
    tables = [
        table
        for rule in grants
        for table in (rule.get("shares"), rule.get("gpus"))
        if isinstance(table, dict)
    ]
    blocks = [block for stage in stages for block in stage["points"].values()]
    items = [item for block in blocks for item in block.get("items", {}).values()]
    usual = data.get("faults", {}).get("interval", "best")
    intervals = [team.get("faults", {}).get("interval", usual) for team in data["teams"].values()]
    says = {
        "grants shared equally": any(rule.get("shares") == "equal" for rule in grants),
        "grants among some teams": any("among" in rule for rule in grants),
        "grants by table of shares": any(isinstance(rule.get("shares"), dict) for rule in grants),
        "grants by table of GPUs": any("gpus" in rule for rule in grants),
        "no grants": any("pool" not in rule and "gpus" not in rule for rule in grants),
        "a default in a table": any("default" in table for table in tables),
        "`best` beside set intervals": "best" in intervals and any(i != "best" for i in intervals),
        "carry": data.get("capability", {}).get("carry", 0) != 0,
        "rescaled to the leader": any(block.get("rescale") == "leader" for block in blocks),
        "items with numbers of their own": any(len(item) > 1 for item in items),
        "blocks that break ties": any(stage.get("ties") for stage in stages),
        "a gate apart": any(stage.get("gate", {}).get("mode") == "apart" for stage in stages),
        "a cut by keep": any("keep" in stage.get("cut", {}) for stage in stages),
        "a cut by drop": any("drop" in stage.get("cut", {}) for stage in stages),
        "eight teams": len(data["teams"]) == 8,
        "six stages": len(stages) == 6,
        "three types of hardware": len(data["hardware"]) == 3,
    }
    text = json.dumps(data)
    return {name for name, true in says.items() if true} | {kind for kind in KINDS if f'"{kind}": ' in text}


def happening(scenario):
    """What comes about when it is played."""
    inputs = prepare(scenario, SOURCE, START, STOP)
    played = batch.play(scenario, SOURCE, START, STOP)
    return set().union(*(of_stage(*both) for both in zip(inputs.stages, played.stages, strict=True)))


def of_stage(stage, outcome):
    present, fate = outcome.fate != Fate.GONE, outcome.fate
    window = stage.closes - stage.opens
    total = np.where(np.isnan(outcome.capability), -1, outcome.total)
    field = outcome.rank > 0
    highest = np.max(np.where(field, total, -np.inf), axis=1)
    lowest = np.min(np.where(field, total, np.inf), axis=1)
    last_kept = np.min(np.where(fate == Fate.KEPT, total, np.inf), axis=1)
    first_out = np.max(np.where(fate == Fate.OUT_BY_POINTS, total, -np.inf), axis=1)
    says = {
        "a tie at the cut": last_kept == first_out,
        "a whole field tied": (np.count_nonzero(field, axis=1) > 2) & (highest == lowest),
        "an empty field": ~present.any(axis=1),
        "a team out at the gate": fate == Fate.OUT_AT_GATE,
        "all present out at the gate": (present.sum(axis=1) > 1)
        & ((fate == Fate.OUT_AT_GATE) == present).all(axis=1),
        "delivery within the window but late": present & (stage.delay > 0) & (stage.delay < window),
        "delivery after the window": present & (stage.delay >= window),
        "a team without compute": present & (outcome.effective == 0),
    }
    return {name for name, true in says.items() if np.any(true)}
