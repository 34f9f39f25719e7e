"""The differential test of the two engines: `python -m tests.engines.differential --examples 10000`."""

import argparse
import io
import sys
import time
import warnings
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sim.engines import batch, event
from sim.model.draws import LANES, Draws
from sim.scenario import from_data
from tests.engines.agree import first_difference
from tests.generate import scenarios
from tests.generate_wide import wide_scenarios
from tests.generate_world import world_scenarios

SEED = 20260101
REPLICATIONS = 12
EVERY = 1000


def starts():
    """A first replication that is not where one of the generator's runs of four words begins."""
    return st.integers(1, 10_000).filter(lambda start: start % LANES != 0)


def check(data, start):
    """Play a scenario by both engines; raises `AssertionError` with scenario and event where they part."""
    scenario, source = from_data(data), Draws(SEED)
    stop = start + REPLICATIONS
    outcomes = [play(scenario, source, start, stop) for play in (event.play_events, batch.play_batch)]
    difference = first_difference(scenario, *outcomes)
    if difference is not None:
        raise AssertionError(f"{difference}\nseed {SEED}, replications {start}:{stop} of\n{as_yaml(data)}")


def as_yaml(data):
    """Plain data as the text of a scenario file."""
    text = io.StringIO()
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style, yaml.sort_base_mapping_type_on_output = None, False
    yaml.width = 110
    yaml.representer.ignore_aliases = lambda _: True  # a scenario file has none
    yaml.dump(data, text)
    return text.getvalue()


def run(examples, random, generated):
    """Check so many generated scenarios, shrinking the first that fails; prints how far it is."""
    began, done = time.monotonic(), 0
    while done < examples:
        done += play_some(min(EVERY, examples - done), f"{random}, from {done}", generated)
        print(f"{done:,} scenarios agree, {time.monotonic() - began:,.0f} s", flush=True)


def play_some(examples, random, generated):
    """Check some scenarios and count them; few enough for Hypothesis to remember them all."""
    played = []

    @seed(random)
    @settings(
        max_examples=examples,
        derandomize=False,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(generated, starts())
    def play(data, start):
        check(data, start)
        played.append(start)

    play()
    return len(played)


def main():
    """The command line; 1 if the engines disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000, help="how many scenarios to generate")
    parser.add_argument(
        "--seed", type=int, default=0, help="which scenarios; not the seed of the replications"
    )
    parser.add_argument(
        "--world", action="store_true", help="scenarios with blocks of the wider world, and only these"
    )
    options = parser.parse_args()
    warnings.simplefilter("error")
    generated = world_scenarios() if options.world else scenarios() | wide_scenarios()
    try:
        run(options.examples, options.seed, generated)
    except AssertionError as error:
        print(f"The engines disagree: {error}")
        return 1
    print(f"The engines agree, in {REPLICATIONS} replications of each.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
