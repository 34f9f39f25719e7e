"""The kernel of live pages against the batch engine: random settings of what can be moved, fate by fate.

`python -m tests.live.differential --settings 200` plays 10,000 runs of all bundled scenarios.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.explorer.answers import Answers
from sim.explorer.settings import Playground
from sim.live.export import export, fates_ahead
from sim.live.taken import NotTakenError
from sim.model.draws import CachedSource, Draws
from tests.live.node import kernel_fates

SCENARIOS = Path(__file__).parents[2] / "scenarios"
MOST_FATES = 1e-5
"""The part of fates that may differ: totals a millionth of a point apart may be rounded to either side."""
MOST_CHANCE = 1e-4
"""By which a chance may be off: 0.01 percentage points."""
SEED = 1


class Compared(NamedTuple):
    """How many fates there were, how many differed, and by how much the worst chance of leaving was off."""

    fates: int
    differing: int
    chance: float
    milliseconds: float
    agrees: bool

    @property
    def holds(self):
        """Whether that is within what is allowed; one run may always differ, however few there are."""
        return self.differing <= max(1, MOST_FATES * self.fates) and self.agrees


def random_settings(moves, rng):
    """About half of what can be moved at random values."""
    settings = {}
    for move in moves:
        control = move.control
        if rng.random() < 0.5:
            continue
        if control.kind == "choice":
            settings[control.path] = control.values[rng.integers(len(control.values))]
        elif control.whole:
            settings[control.path] = int(rng.integers(int(control.low), int(control.high) + 1))
        elif control.scale == "log":
            settings[control.path] = float(control.low * (control.high / control.low) ** rng.random())
        else:
            settings[control.path] = float(rng.uniform(control.low, control.high))
        if control.kind not in ("choice",):
            settings[control.path] = min(max(settings[control.path], control.low), control.high)
    return settings


def compare(answers, exported, number, seed=SEED):
    """Play random settings here and there."""
    rng = np.random.default_rng(seed)
    settings = [random_settings(exported.moves, rng) for _ in range(number)]
    fates, told = kernel_fates(exported, settings)
    source, runs = CachedSource(Draws(SEED)), exported.runs
    differing, chance = 0, 0.0
    for here, each in zip(fates, settings, strict=True):
        case = answers.case_of(each)
        there = fates_ahead(case.scenario, exported.field, case.play(0, runs, source))
        differing += int(np.count_nonzero(here != there))
        off = np.count_nonzero(here[-1] != 1, axis=-1) - np.count_nonzero(there[-1] != 1, axis=-1)
        chance = max(chance, float(np.abs(off).max()) / runs)
    return Compared(fates.size, differing, chance, told["milliseconds"], told["agrees"])


def exported_scenario(path, runs):
    """A scenario's answers and what is exported of it, however large; raises `NotTakenError`."""
    answers = Answers(Playground(path), SEED, "en")
    return answers, export(answers, runs, 2**40)


def main():
    """Compare every bundled scenario, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=int, default=200)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("scenarios", nargs="*", type=Path)
    given = parser.parse_args()
    held = True
    for path in given.scenarios or sorted([*SCENARIOS.glob("*.yaml"), *SCENARIOS.glob("programmes/*.yaml")]):
        try:
            answers, exported = exported_scenario(path, given.runs)
        except NotTakenError as refused:
            print(f"{path.stem}: refused, {refused}", flush=True)
            continue
        found = compare(answers, exported, given.settings)
        is_close = found.holds and found.chance <= max(MOST_CHANCE, 1 / given.runs)
        held &= is_close
        print(
            f"{path.stem}: {found.differing} of {found.fates:,} fates differ, no chance by more than "
            f"{100 * found.chance:.3f} points; {len(exported.columns)} numbers a run, "
            f"{len(exported.moves)} controls, {found.milliseconds:.0f} ms a step"
            f"{'' if is_close else ': TOO MANY'}",
            flush=True,
        )
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
