"""The differential test is worth as much as its scenarios: what must occur among them, and how often."""

import json
from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings

from sim.engines import batch
from sim.engines.inputs import prepare
from sim.model.capability import basket_accuracy
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import from_data
from tests.alone import alone
from tests.generate import KINDS, scenarios

RUNS, EXAMPLES = 10, 50  # Hypothesis plays variations of what it has found: ten runs have more different ones
SOURCE = Draws(2)
START, STOP = 5, 17

AT_LEAST = {
    "a tie at the cut": 20,
    "a whole field tied": 33,
    "an empty field": 33,
    "a team out at the gate": 100,
    "all present out at the gate": 33,
    "delivery within the window but late": 33,
    "delivery after the window": 33,
    "a team without compute": 100,
    "grants shared equally": 100,
    "grants among some teams": 17,
    "grants by table of shares": 100,
    "grants by table of GPUs": 100,
    "no grants": 100,
    "a default in a table": 33,
    "`best` beside set intervals": 17,
    "carry": 33,
    "rescaled to the leader": 50,
    "items with numbers of their own": 33,
    "items with a share of the slope": 20,
    "blocks that break ties": 50,
    "taste that lasts": 33,
    "taste of a block that lasts": 50,
    "judges that agree": 20,
    "a gate apart": 33,
    "a cut by keep": 100,
    "a cut by drop": 100,
    "eight teams": 8,
    "six stages": 17,
    "three types of hardware": 100,
    "an entrant whose stage has not begun": 20,
    "an entrant who joins a stage under way": 20,
    "an entry that is not held": 10,
    "an entry that nobody is good enough for": 8,
    "several entrants": 8,
    "a team that never enters": 30,
    "grants by results to an entrant": 6,
    "a stage that is not held": 25,
    "a first stage that is not held": 15,
    "an entry before a stage that is not held": 6,
    "a known result": 30,
    "a known result that names a team": 20,
    "a known entrant": 5,
    "a known entry of nobody": 5,
    "a slow period over a part of a window": 20,
    "a slow period over a whole window": 10,
    "two slow periods in a window": 5,
    "a supplier that is late": 30,
    "suppliers by team": 20,
    "grants by rank": 20,
    "grants by score": 20,
    "grants to the winner": 20,
    "leftover shared": 30,
    "raters": 60,
    "raters of whom some are dropped": 40,
    "an item against a target": 20,
    "points against a target that are cut off": 5,
    "a minimum that takes somebody": 30,
    "a minimum that takes all": 20,
    "a minimum that takes some before keep or drop is applied": 5,
    "a stage that moves": 60,
    "a stage that moves by an uncertain number of days": 40,
    "windows by team": 60,
    "a window that may be extended": 60,
    "a window that is extended by an uncertain number of days": 40,
    "an evaluation some days before its result": 60,
    "own GPUs of a stage": 60,
    **dict.fromkeys(KINDS, 167),
    "poisson": 67,  # only where whole numbers fit between the ends
}


def test_what_must_occur_occurs_often():
    assert json.loads(alone("tests.engines.test_generate", "print_too_rare")) == {}


def print_too_rare():
    """What occurs less often than it must, and how often, as JSON."""
    found: Counter[str] = Counter()

    def count(data):
        found.update(written(data) | happening(from_data(data)))

    # Nothing to shrink: counting does not fail, and a scenario that it cannot count is shown as it is.
    plainly = settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    for run in range(RUNS):
        seed(run)(plainly(given(scenarios())(count)))()
    print(json.dumps({what: found[what] for what, least in AT_LEAST.items() if found[what] < least}))


def written(data):
    """What a scenario says."""
    stages = list(data["stages"].values())
    text = json.dumps(data)
    says = {
        "carry": data.get("capability", {}).get("carry", 0) != 0,
        "taste that lasts": data.get("judging", {}).get("lasting", 0) != 0 and len(stages) > 1,
        "taste of a block that lasts": any(
            block.get("lasting", 0) != 0 for one in stages for block in one["points"].values()
        ),
        "judges that agree": data.get("judging", {}).get("agree", 0) != 0,
        "eight teams": len(data["teams"]) == 8,
        "six stages": len(stages) == 6,
        "three types of hardware": len(data["hardware"]) == 3,
    }
    return (
        true_of(says | of_lending(data, [stage["grants"] for stage in stages]) | of_points(stages))
        | true_of(of_rules(stages) | of_days(stages))
        | {kind for kind in KINDS if f'"{kind}": ' in text}
    )


def of_lending(data, grants):
    """What it says of GPUs and faults."""
    tables = [table for rule in grants for table in (rule.get("shares"), rule.get("gpus"))]
    by_team = [table for table in tables if isinstance(table, dict) and "by_rank" not in table]
    usual = data.get("faults", {}).get("interval", "best")
    intervals = [team.get("faults", {}).get("interval", usual) for team in data["teams"].values()]
    lent = [rule for rule in grants if "pool" in rule or "gpus" in rule]
    late = {s for s, supplier in data.get("suppliers", {}).items() if supplier.get("delay")}
    named = [rule.get("supplier", ()) for rule in lent]
    served = [{name} if isinstance(name, str) else set(dict(name).values()) for name in named]
    shares = [rule["shares"] for rule in grants if "shares" in rule]
    return {
        "grants shared equally": "equal" in shares,
        "grants among some teams": any("among" in rule for rule in grants),
        "grants by table of shares": any(isinstance(s, dict) and "by_rank" not in s for s in shares),
        "grants by table of GPUs": any("gpus" in rule for rule in grants),
        "no grants": len(lent) < len(grants),
        "a default in a table": any("default" in table for table in by_team),
        "`best` beside set intervals": "best" in intervals and any(i != "best" for i in intervals),
        "a supplier that is late": any(late & names for names in served),
        "suppliers by team": any(isinstance(name, dict) for name in named),
        "grants by rank": any(isinstance(s, dict) and "by_rank" in s for s in shares),
        "grants by score": "by-score" in shares,
        "grants to the winner": "winner" in shares,
        "leftover shared": any(rule.get("leftover") == "shared" for rule in lent),
    }


def of_points(stages):
    """What it says of points."""
    blocks = [block for stage in stages for block in stage["points"].values()]
    items = [item for block in blocks for item in block.get("items", {}).values()]
    raters = [part["raters"] for part in (*blocks, *items) if "raters" in part]
    return {
        "rescaled to the leader": any(block.get("rescale") == "leader" for block in blocks),
        "items with numbers of their own": any(len(item) > 1 for item in items),
        "items with a share of the slope": any("per_eci_share" in item for item in items),
        "raters": bool(raters),
        "raters of whom some are dropped": any(rater["trim"] and rater["sd"] for rater in raters),
    }


def of_rules(stages):
    """What it says of gates, cuts and known results."""
    entries = [stage["entry"].get("happened") for stage in stages if "entry" in stage]
    known = [stage["happened"] for stage in stages if "happened" in stage]
    unheld = [s for s, stage in enumerate(stages) if stage.get("held") is False]
    return {
        "a stage that is not held": unheld,
        "a first stage that is not held": unheld[:1] == [0],
        "an entry before a stage that is not held": any("entry" in stages[s - 1] for s in unheld if s),
        "blocks that break ties": any(stage.get("ties") for stage in stages),
        "a gate apart": any(stage.get("gate", {}).get("mode") == "apart" for stage in stages),
        "a cut by keep": any("keep" in stage.get("cut", {}) for stage in stages),
        "a cut by drop": any("drop" in stage.get("cut", {}) for stage in stages),
        "a known result": bool(known),
        "a known result that names a team": any(known),
        "a known entrant": any(isinstance(who, list) for who in entries),
        "a known entry of nobody": "nobody" in entries,
    }


def of_days(stages):
    """What it says of windows and days."""
    shifts = [stage.get("shift", 0) for stage in stages]
    trains = [stage["train"] for stage in stages]
    windows = [w for train in trains for w in (train.values() if "default" in train else [train])]
    longer = [window["extension"] for window in windows if isinstance(window, dict)]
    return {
        "a stage that moves": any(shifts),
        "a stage that moves by an uncertain number of days": any(isinstance(s, dict) for s in shifts),
        "windows by team": any("default" in stage["train"] for stage in stages),
        "a window that may be extended": any(longer),
        "a window that is extended by an uncertain number of days": any(isinstance(x, dict) for x in longer),
        "an evaluation some days before its result": any(s["evaluated"] < s["result"] for s in stages),
        "own GPUs of a stage": any(stage.get("own") for stage in stages),
    }


def happening(scenario):
    """What comes about when it is played."""
    stages = prepare(scenario, SOURCE, START, STOP).stages
    outcomes = batch.play_batch(scenario, SOURCE, START, STOP).stages
    found = [of_stage(stage, outcome) for stage, outcome in zip(stages, outcomes, strict=True)]
    found += [of_grants(stage, outcome) for stage, outcome in zip(stages, outcomes, strict=True)]
    for (stage, outcome), (_, after) in pairwise(zip(stages, outcomes, strict=True)):
        if stage.entry is not None:
            found.append(of_entry(stage.entry, outcome, after))
    for (_, outcome), (stage, after) in pairwise(zip(stages, outcomes, strict=True)):
        came = (outcome.fate == Fate.NOT_ENTERED) & there(after) & (after.gpu_hours > 0)
        if (stage.grants.by_score or stage.grants.shares is not None) and came.any():
            found.append({"grants by results to an entrant"})
    if (outcomes[-1].fate == Fate.NOT_ENTERED).any():
        found.append({"a team that never enters"})
    return set().union(*found)


def there(outcome):
    return (outcome.fate != Fate.GONE) & (outcome.fate != Fate.NOT_ENTERED)


def true_of(says):
    return {name for name, true in says.items() if np.any(true)}


def of_stage(stage, outcome):
    """Of an evaluation."""
    present, fate = there(outcome), outcome.fate
    total = np.where(np.isnan(outcome.capability), -1, outcome.total)
    field = outcome.rank > 0
    highest = np.max(np.where(field, total, -np.inf), axis=1)
    lowest = np.min(np.where(field, total, np.inf), axis=1)
    last_kept = np.min(np.where(fate == Fate.KEPT, total, np.inf), axis=1)
    first_out = np.max(np.where(fate == Fate.OUT_BY_POINTS, total, -np.inf), axis=1)
    minimum = -1 if stage.cut.minimum is None else stage.cut.minimum
    short = field & (outcome.total < minimum)
    all_short = field.any(axis=1) & (short == field).all(axis=1)
    limited = stage.cut.keep is not None or stage.cut.drop is not None
    some_short = short.any(axis=1) & (field & ~short).any(axis=1)
    drawn = stage.happened is None
    targets = [(block, target) for block in stage.scoring.blocks for target in block.targets]
    full = [
        present * target.full * np.nan_to_num(basket_accuracy(outcome.capability))
        > block.most[0, target.item]
        for block, target in targets
    ]
    return true_of(
        {
            "a tie at the cut": last_kept == first_out,
            "a whole field tied": (np.count_nonzero(field, axis=1) > 2) & (highest == lowest),
            "an empty field": ~present.any(axis=1),
            "a team out at the gate": fate == Fate.OUT_AT_GATE,
            "all present out at the gate": (present.sum(axis=1) > 1)
            & ((fate == Fate.OUT_AT_GATE) == present).all(axis=1),
            "a team without compute": present & (outcome.effective == 0),
            "a minimum that takes somebody": drawn & short & (fate == Fate.OUT_BY_POINTS),
            "a minimum that takes all": drawn & all_short,
            "a minimum that takes some before keep or drop is applied": drawn & limited & some_short,
            "an item against a target": targets and (present & (outcome.effective > 0)).any(),
            "points against a target that are cut off": any(np.any(most) for most in full),
        }
    )


def of_grants(stage, outcome):
    """Of what is lent in a stage, and when."""
    grants, lent = stage.grants, there(outcome) & (outcome.gpu_hours > 0)
    window = stage.days.closes - stage.days.opens
    delivered = stage.days.opens + grants.delay
    slow = [
        lent
        & period.served
        & (period.speed < 1)
        & (period.ends > delivered)
        & (period.starts < stage.days.closes)
        for period in grants.slow
        if (period.ends > period.starts).any()
    ]
    whole = [
        lent
        & period.served
        & (period.speed < 1)
        & (period.starts <= delivered)
        & (period.ends >= stage.days.closes)
        for period in grants.slow
    ]
    periods = sum(np.broadcast_to(one, outcome.fate.shape).astype(int) for one in slow)
    pool = grants.pool[..., 0].sum(axis=-1) > 0
    return true_of(
        {
            "delivery within the window but late": lent & (grants.delay > 0),
            "delivery after the window": there(outcome) & (grants.delay >= window) & pool[:, None],
            "a slow period over a part of a window": np.any(slow) and not np.any(whole),
            "a slow period over a whole window": any(np.any(one) for one in whole),
            "two slow periods in a window": periods > 1,
        }
    )


def of_entry(entry, before, after):
    """Of an entry between two stages."""
    entered = (before.fate == Fate.NOT_ENTERED) & there(after) & entry.candidates
    remain = (before.fate == Fate.KEPT).sum(axis=1, keepdims=True)
    waited = (before.fate == Fate.NOT_ENTERED) & entry.candidates
    held = waited.any(axis=1, keepdims=True) & (entry.fewer_than is None or remain < entry.fewer_than)
    drawn = entry.happened is None
    nobody = ~entered.any(axis=1, keepdims=True)
    late = entry.late[:, None]
    return true_of(
        {
            "an entrant whose stage has not begun": entered & ~late,
            "an entrant who joins a stage under way": entered & late,
            "an entry that is not held": drawn & ~held,
            "an entry that nobody is good enough for": drawn & held & nobody,
            "several entrants": entered.sum(axis=1) > 1,
        }
    )
