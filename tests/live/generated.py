"""Generated scenarios as live pages: each is refused, or its kernel agrees with the engine.

`python -m tests.live.generated --examples 300` says how many were taken. Most have something that the kernel
does not take; `plainer` leaves the commonest of that out.
"""

import argparse
import copy
import json
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from sim.live.taken import NotTakenError
from sim.scenario.problems import ScenarioError
from tests.generate import scenarios
from tests.generate_wide import wide_scenarios
from tests.live.differential import compare, exported_scenario
from tests.mended import mended

RUNS, SETTINGS = 200, 3


def plainer(data):
    """A scenario without entries, coarse steps, delays, suppliers, further grants, results; equal shares."""
    data = copy.deepcopy(data)
    data.pop("suppliers", None)
    data.get("faults", {}).pop("mode", None)
    for stage in data["stages"].values():
        for key in ("entry", "happened", "facts", "held", "round_to"):
            stage.pop(key, None)
        for key in ("places", "at_most", "budget", "asks"):
            stage.get("cut", {}).pop(key, None)
        grants = stage.get("grants", {})
        for key in ("delay", "supplier", "more", "leftover", "counted_in"):
            grants.pop(key, None)
        if isinstance(grants.get("shares"), str) or "by_rank" in (grants.get("shares") or {}):
            grants["shares"] = "equal"
        for block in stage.get("points", {}).values():
            for item in (block.get("items") or {}).values():
                if isinstance(item, dict) and "target" in item:
                    del item["target"]
                    item["mean"] = item["max"] / 2
    return mended(data)


def check(data, runs=RUNS, number=SETTINGS):
    """Why a scenario is refused, "agrees", or an AssertionError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "generated.yaml")
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        try:
            answers, exported = exported_scenario(path, runs)
        except NotTakenError as refused:
            return f"refused: {str(refused).split('.')[-1]}"
        except ScenarioError as wrong:
            return f"no scenario: {wrong.problems[0].expected}"
        found = compare(answers, exported, number)
    assert found.differing <= 1, (found, data)
    assert found.agrees, data
    return "agrees"


def check_many(examples, strategy, change=lambda data: data):
    """What came of so many generated scenarios, each with its number."""
    counted: Counter[str] = Counter()

    @seed(1)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy())
    def run(data):
        counted[check(change(data))] += 1

    run()
    return counted


def main():
    """Print what came of generated scenarios of both kinds, as they are and made plainer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100)
    examples = parser.parse_args().examples
    for strategy in (scenarios, wide_scenarios):
        for change in (lambda data: data, plainer):
            print(
                strategy.__name__,
                getattr(change, "__name__", ""),
                check_many(examples, strategy, change),
                flush=True,
            )


if __name__ == "__main__":
    main()
